import { defineRefusals } from '@client-graph/kit/refusals';
import { plusMonths } from '@client-graph/kit/time';

/** The classes of what is filed; the last three are kept elsewhere and only have their time here (`domain.md` 3.1.7). */
export const ITEM_CLASSES = [
  'IDENTITY',
  'TRADE',
  'SUITABILITY',
  'SERVICE_RECORD',
  'COMPLAINT',
  'CONSENT',
  'IMPACT_ASSESSMENT',
  'LEAD_LOST',
  'AUDIT',
] as const;
export type ItemClass = (typeof ITEM_CLASSES)[number];

/** From when on the years of a retention count. */
export const STARTS = ['RELATIONSHIP_ENDS', 'WRITTEN', 'MATTER_ENDS', 'MATTER_OR_RELATIONSHIP_ENDS'] as const;
export type Starts = (typeof STARTS)[number];

export type RetentionRow = { itemClass: ItemClass; starts: Starts; years: number; law: string };
export type RetentionSetStatus = 'PROPOSED' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED';

export const refuseRetention = defineRefusals({
  RETENTION_WRONG: 'The rows contradict themselves; the details say where.',
  EFFECTIVE_DATE_PAST: 'Tables take effect on a day to come, so that their effect can be seen before.',
  EFFECTIVE_DATE_TAKEN: 'Other tables take effect on that day already: choose another.',
  VERSION_TAKEN: 'A set of tables of this version exists: give the new one a version of its own.',
});

/** The days on which an item's clocks can begin; null for what has not come. */
export type Clocks = { writtenOn: string; endedOn: string | null; relationshipEndedOn: string | null };

/**
 * The last day on which an item must be kept: the longest of all the rows that apply to its class. Null while one of them
 * has not begun to count, for then nobody can say.
 */
export function retainedUntil(
  rows: readonly RetentionRow[],
  itemClass: ItemClass,
  clocks: Clocks,
): string | null {
  const ends = rows
    .filter((row) => row.itemClass === itemClass)
    .map(({ starts, years }) => {
      const start = startOf(starts, clocks);
      return start === null ? null : plusMonths(start, 12 * years);
    });
  const known = ends.filter((end) => end !== null);
  if (known.length === 0 || known.length < ends.length) return null;
  return known.reduce((longest, end) => (longest > end ? longest : end));
}

function startOf(starts: Starts, { writtenOn, endedOn, relationshipEndedOn }: Clocks): string | null {
  switch (starts) {
    case 'WRITTEN':
      return writtenOn;
    case 'MATTER_ENDS':
      return endedOn;
    case 'RELATIONSHIP_ENDS':
      return relationshipEndedOn;
    case 'MATTER_OR_RELATIONSHIP_ENDS':
      return endedOn ?? relationshipEndedOn;
    default:
      return starts satisfies never;
  }
}

const YEARS_MAX = 100;

/** Every class has a time, once per law and start. Refuses RETENTION_WRONG with every problem. */
export function mustBeSound(rows: readonly RetentionRow[]): void {
  const named = rows.map(({ itemClass, starts, law }) => `${itemClass} ${starts} ${law}`);
  const problems = [
    ...ITEM_CLASSES.filter((itemClass) => !rows.some((row) => row.itemClass === itemClass)).map(
      (itemClass) => `${itemClass}: no row`,
    ),
    ...rows
      .filter(({ years }) => years < 1 || years > YEARS_MAX)
      .map(({ itemClass }) => `${itemClass}: 1 to ${YEARS_MAX} years`),
    ...rows
      .filter(({ law }) => law.trim() === '' || law.length > 200)
      .map(({ itemClass }) => `${itemClass}: law`),
    ...named.filter((name, index) => named.indexOf(name) !== index).map((name) => `${name}: twice`),
  ];
  if (problems.length > 0) throw refuseRetention('RETENTION_WRONG', { problems });
}
