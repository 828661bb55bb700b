import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Banned = z.object({ phrases: z.array(z.string().min(1)), negations: z.array(z.string().min(1)) });

/** The phrases that no message may contain, a table of the firm's. */
export const banned = Banned.parse(
  JSON.parse(readFileSync(new URL('../../data/banned-phrases.json', import.meta.url), 'utf8')),
);
