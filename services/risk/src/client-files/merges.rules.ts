import { type RiskLevel, rankOf } from '../levels.rules.js';

/** What of a profile a merge looks at. */
export type Level = {
  level: RiskLevel;
  lowestCategory: boolean;
  validFrom: string;
  validTo: string;
  assessmentId: string;
};

const counts = ({ validFrom, validTo }: Level, today: string): boolean =>
  validFrom <= today && today <= validTo;

/**
 * Whose level counts once two clients are one. Of two levels that count it is the lower one, for a merge must never raise what a
 * client is offered; a level that counts goes before one that has ended; else the later one stays as the history of the client.
 */
export function counting(
  survivor: Level | null,
  merged: Level | null,
  today: string,
): 'SURVIVOR' | 'MERGED' | null {
  if (survivor === null || merged === null)
    return survivor !== null ? 'SURVIVOR' : merged !== null ? 'MERGED' : null;
  const later = merged.validTo > survivor.validTo ? 'MERGED' : 'SURVIVOR';
  if (counts(survivor, today) !== counts(merged, today)) return counts(merged, today) ? 'MERGED' : 'SURVIVOR';
  if (!counts(survivor, today)) return later;
  const steps = rankOf(merged.level) - rankOf(survivor.level);
  if (steps !== 0) return steps < 0 ? 'MERGED' : 'SURVIVOR';
  if (merged.lowestCategory !== survivor.lowestCategory) return merged.lowestCategory ? 'MERGED' : 'SURVIVOR';
  return later;
}
