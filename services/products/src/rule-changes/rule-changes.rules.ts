import { SuitabilityRulesApproved } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import type { AllocationTable, Goal } from '../plans/allocation.rules.js';
import { type Category, RATINGS, type Rating, ratingsUpTo } from '../products/products.rules.js';
import type { Level } from '../suitability/levels.rules.js';
import type { SuitabilityTables } from '../suitability/suitability.rules.js';

export const refuse = defineRefusals({
  TABLE_INVALID: 'The table does not hold together: `details` says where and why.',
  VERSION_TAKEN: 'A version of this name is there, or was proposed before: take another name.',
  NOT_AHEAD: 'New tables hold from a day to come, later than any version that is there.',
});

/** Lowest first. */
const LEVELS = ['LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'] as const satisfies readonly Level[];
const ROWS = ['LOWEST', ...LEVELS, 'PROFESSIONAL'] as const;
export type MatchingRow = (typeof ROWS)[number];
const GOALS = ['PRESERVE', 'INCOME', 'BALANCED', 'GROWTH'] as const satisfies readonly Goal[];

export type MatchingAsk = {
  rows: readonly { row: MatchingRow; ratings: readonly Rating[] }[];
  csrcSteps: number;
  nfraSteps: number;
};
export type CategoriesAsk = readonly { level: Level; categories: readonly Category[] }[];
export type AllocationAsk = {
  bands: readonly { level: Level; minPct: number; maxPct: number; maxSinglePct: number }[];
  goals: readonly { goal: Goal; fromPct: number; toPct: number }[];
  reviewMonths: number;
  minTradePct: number;
  planValidDays: number;
};

/** What a proposal puts in the place of the tables it is based on. */
export type TableChanges = Partial<Pick<SuitabilityTables, 'matching' | 'categories' | 'allocation'>>;

const wrong = (field: string, reason: string) => refuse('TABLE_INVALID', { field, reason });

/** All of the keys, each once. */
function byKey<Key extends string, Row>(
  field: string,
  keys: readonly Key[],
  rows: readonly Row[],
  keyOf: (row: Row) => Key,
): (key: Key) => Row {
  const found = new Map(rows.map((row) => [keyOf(row), row]));
  if (rows.length !== keys.length || keys.some((key) => !found.has(key))) throw wrong(field, 'EACH_ROW_ONCE');
  return (key) => {
    const row = found.get(key);
    if (row === undefined) throw wrong(field, 'EACH_ROW_ONCE');
    return row;
  };
}

const includesAll = <T>(larger: readonly T[], smaller: readonly T[]): boolean =>
  smaller.every((one) => larger.includes(one));
const isWithin = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

/** Each level is offered what the one below is, from R1 upwards without a gap; the lowest category no more than LOW. */
export function matchingOf(ask: MatchingAsk, base: SuitabilityTables): SuitabilityTables['matching'] {
  const row = byKey('matching', ROWS, ask.rows, (one) => one.row);
  let below: readonly Rating[] = [];
  for (const name of ROWS) {
    const { ratings } = row(name);
    const highest = RATINGS.findLast((rating) => ratings.includes(rating));
    const isGapless =
      highest !== undefined &&
      ratingsUpTo(highest).length === ratings.length &&
      includesAll(ratings, ratingsUpTo(highest));
    if (!isGapless) throw wrong(`matching.${name}`, 'FROM_R1_WITHOUT_A_GAP');
    if (!includesAll(ratings, below)) throw wrong(`matching.${name}`, 'NO_LESS_THAN_BELOW');
    below = ratings;
  }
  for (const steps of [ask.csrcSteps, ask.nfraSteps])
    if (!isWithin(steps, 0, RATINGS.length - 1)) throw wrong('matching.steps', 'OUT_OF_RANGE');
  const ratingsOf = (name: MatchingRow) =>
    ratingsUpTo(RATINGS.findLast((one) => row(name).ratings.includes(one)) ?? 'R1');
  return {
    ...base.matching,
    levels: {
      LOWEST: ratingsOf('LOWEST'),
      LOW: ratingsOf('LOW'),
      MEDIUM_LOW: ratingsOf('MEDIUM_LOW'),
      MEDIUM: ratingsOf('MEDIUM'),
      MEDIUM_HIGH: ratingsOf('MEDIUM_HIGH'),
      HIGH: ratingsOf('HIGH'),
      PROFESSIONAL: ratingsOf('PROFESSIONAL'),
      NONE: [],
    },
    overrideSteps: { CSRC: ask.csrcSteps, NFRA: ask.nfraSteps },
  };
}

/** Each level is offered the categories of the one below, and at least one. */
export function categoriesOf(ask: CategoriesAsk): SuitabilityTables['categories'] {
  const row = byKey('categories', LEVELS, ask, (one) => one.level);
  let below: readonly Category[] = [];
  for (const level of LEVELS) {
    const { categories } = row(level);
    if (categories.length === 0 || new Set(categories).size !== categories.length)
      throw wrong(`categories.${level}`, 'SOME_EACH_ONCE');
    if (!includesAll(categories, below)) throw wrong(`categories.${level}`, 'NO_LESS_THAN_BELOW');
    below = categories;
  }
  const of = (level: Level) => [...row(level).categories];
  return {
    LOW: of('LOW'),
    MEDIUM_LOW: of('MEDIUM_LOW'),
    MEDIUM: of('MEDIUM'),
    MEDIUM_HIGH: of('MEDIUM_HIGH'),
    HIGH: of('HIGH'),
  };
}

/** Bands lie within 0 and 100 per cent and never fall as the level rises. */
export function allocationOf(ask: AllocationAsk, base: AllocationTable): AllocationTable {
  const band = byKey('allocation.bands', LEVELS, ask.bands, (one) => one.level);
  const goal = byKey('allocation.goals', GOALS, ask.goals, (one) => one.goal);
  let [lowest, highest] = [0, 0];
  for (const level of LEVELS) {
    const { minPct, maxPct, maxSinglePct } = band(level);
    const isBand =
      isWithin(minPct, 0, 100) && isWithin(maxPct, minPct, 100) && isWithin(maxSinglePct, 1, 100);
    if (!isBand) throw wrong(`allocation.${level}`, 'OUT_OF_RANGE');
    if (minPct < lowest || maxPct < highest) throw wrong(`allocation.${level}`, 'NO_LESS_THAN_BELOW');
    [lowest, highest] = [minPct, maxPct];
  }
  for (const name of GOALS) {
    const { fromPct, toPct } = goal(name);
    if (!isWithin(fromPct, 0, 100) || !isWithin(toPct, fromPct, 100))
      throw wrong(`allocation.${name}`, 'OUT_OF_RANGE');
  }
  const limits = [
    ['reviewMonths', 1, 60],
    ['minTradePct', 0, 20],
    ['planValidDays', 1, 90],
  ] as const;
  for (const [field, min, max] of limits)
    if (!isWithin(ask[field], min, max)) throw wrong(`allocation.${field}`, 'OUT_OF_RANGE');
  const bandOf = (level: Level) => [band(level).minPct, band(level).maxPct] as const;
  const goalOf = (name: Goal) => [goal(name).fromPct, goal(name).toPct] as const;
  const { reviewMonths, minTradePct, planValidDays } = ask;
  return {
    ...base,
    ...{ reviewMonths, minTradePct, planValidDays },
    equityTargetPct: forLevels(bandOf),
    maxSingleProductPct: forLevels((level) => band(level).maxSinglePct),
    goals: {
      PRESERVE: goalOf('PRESERVE'),
      INCOME: goalOf('INCOME'),
      BALANCED: goalOf('BALANCED'),
      GROWTH: goalOf('GROWTH'),
    },
  };
}

const forLevels = <T>(of: (level: Level) => T): Record<Level, T> => ({
  LOW: of('LOW'),
  MEDIUM_LOW: of('MEDIUM_LOW'),
  MEDIUM: of('MEDIUM'),
  MEDIUM_HIGH: of('MEDIUM_HIGH'),
  HIGH: of('HIGH'),
});

const CODE = /^[A-Za-z0-9_.-]{3,32}$/;

/** The form of a proposal: a name, a source, a day to come after every version there is, and at least one table. */
export function checkProposal(
  ask: { version: string; source: string; effectiveFrom: string },
  changes: TableChanges,
  { today, latest }: { today: string; latest: string },
): void {
  if (!CODE.test(ask.version)) throw wrong('version', 'LETTERS_DIGITS_DOT_DASH');
  if (ask.source.trim() === '' || ask.source.length > 200) throw wrong('source', 'ONE_TO_200_CHARACTERS');
  if (Object.keys(changes).length === 0) throw wrong('tables', 'NONE_GIVEN');
  mustBeAhead(ask.effectiveFrom, { today, latest });
}

/** Refuses NOT_AHEAD: what was decided is never judged by later tables, and versions follow each other. */
export function mustBeAhead(
  effectiveFrom: string,
  { today, latest }: { today: string; latest: string },
): void {
  if (effectiveFrom <= today || effectiveFrom <= latest) throw refuse('NOT_AHEAD', { today, latest });
}

export const approved = (rule: { version: string; effectiveFrom: string }) =>
  SuitabilityRulesApproved({ ruleVersion: rule.version, effectiveFrom: rule.effectiveFrom });
