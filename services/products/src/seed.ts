import { readFileSync } from 'node:fs';
import type { Db } from '@client-graph/kit';
import { SuitabilityRuleRow } from './entities.js';

const DEFAULTS = ['suitability-2026.1.json', 'suitability-2026.2.json', 'suitability-2026.3.json'] as const;

/** Loads the rule tables the firm starts with. A version that is there stays as it is. */
export async function seed(db: Db): Promise<void> {
  const rules = DEFAULTS.map(
    (file): SuitabilityRuleRow =>
      JSON.parse(readFileSync(new URL(`../data/${file}`, import.meta.url), 'utf8')),
  );
  await db.source.createQueryBuilder().insert().into(SuitabilityRuleRow).values(rules).orIgnore().execute();
}
