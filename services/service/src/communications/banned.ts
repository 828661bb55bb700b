import type { Tx } from '@client-graph/kit';
import { tableOn } from '../table-versions/table-versions.js';
import type { BannedPhrases } from './templates.rules.js';

/** The phrases that no message may contain on a day: a table of the firm's. */
export async function bannedOn(tx: Tx, day: string): Promise<BannedPhrases> {
  const rows = await tableOn(tx, 'BANNED_PHRASES', day);
  return {
    phrases: rows.flatMap(({ terms }) => terms.phrases),
    negations: rows.flatMap(({ terms }) => terms.negations),
  };
}
