import { ClientClassified, ClientGraded, type RiskLevel } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { endOfMonth, plusDays, plusMonths } from '@client-graph/kit/time';

/** Segments and grades of individuals, lowest first; the order is the rank. */
export const CLASSES = ['ORDINARY', 'HIGH_NET_WORTH', 'ULTRA_HIGH_NET_WORTH'] as const;
export const GRADES = ['BRONZE', 'SILVER', 'GOLD', 'DIAMOND'] as const;
export type Class = (typeof CLASSES)[number];
export type Grade = (typeof GRADES)[number];
export type Level = (typeof RiskLevel)['options'][number];

/** Lower bound, included, and upper bound, excluded (null: none) of what a row stands for. */
type Row<Code> = readonly [code: Code, min: number, below: number | null];

/** The tables of policy 2.1 and 2.3, which the firm may change (`domain.md` 3.1.4). */
export type GradingTables = {
  currency: string;
  clientClass: readonly Row<Class>[];
  grade: {
    assetRanks: readonly Row<number>[];
    toleranceRanks: Readonly<Record<Level | 'NONE', number>>;
    experienceRanksYears: readonly Row<number>[];
    names: Readonly<Record<string, Grade>>;
  };
};
export type GradingRules = { version: string; tables: GradingTables };

/** What class and grade are decided from, as of one day. */
export type Facts = {
  /** Verified financial assets; 0 without a snapshot of the last twelve months. */
  assets: Decimal;
  assetsAsOf: string | null;
  /** Null without a valid assessment. */
  tolerance: Level | null;
  toleranceValidTo: string | null;
  investmentYears: number;
};

/** The inputs of a decision and what the tables made of them, frozen with it: it can be explained when the tables have changed. */
export type Grounds = {
  assets: string;
  currency: string;
  assetsAsOf: string | null;
  assetRank: number;
  assetRankMin: number;
  assetRankBelow: number | null;
  tolerance: Level | null;
  toleranceValidTo: string | null;
  toleranceRank: number;
  investmentYears: number;
  experienceRank: number;
  isTopRank: boolean;
  isSteppedDown: boolean;
  ruledClass: Class;
  ruledGrade: Grade;
  /** Since when the rule's grade is lower than the one the client still has. */
  belowSince: string | null;
};

/** How long a snapshot counts. */
const ASSETS_COUNT_MONTHS = 12;
/** How long a client must have been below the line before the next quarter end takes the grade away. */
const BELOW_DAYS = 90;

type Snapshot = { asOf: string; aumWithFirm: Decimal; externalVerified: Decimal; source: string };
type Tolerance = { level: Level; validTo: string };

/** The facts that count on a day: a declaration, a snapshot older than twelve months and a lapsed assessment count as none. */
export function factsOf(
  {
    snapshot,
    tolerance,
    investmentYears,
  }: { snapshot: Snapshot | null; tolerance: Tolerance | null; investmentYears: number },
  today: string,
): Facts {
  const isEvidence = snapshot !== null && snapshot.source !== 'DECLARATION';
  const counting = isEvidence && today <= plusMonths(snapshot.asOf, ASSETS_COUNT_MONTHS) ? snapshot : null;
  const valid = tolerance !== null && today <= tolerance.validTo ? tolerance : null;
  return {
    assets: counting === null ? new Decimal(0) : counting.aumWithFirm.plus(counting.externalVerified),
    assetsAsOf: counting?.asOf ?? null,
    tolerance: valid?.level ?? null,
    toleranceValidTo: valid?.validTo ?? null,
    investmentYears,
  };
}

/** The row a value falls in: a value on the line between two belongs to the higher row. */
function rowOf<Code>(rows: readonly Row<Code>[], value: Decimal): Row<Code> {
  const row = rows.find(([, min, below]) => value.gte(min) && (below === null || value.lt(below)));
  if (row === undefined) throw new Error(`The grading tables have no row for ${value.toFixed()}.`);
  return row;
}

/** What the tables say of these facts, whatever the client is now. Same facts and tables, same answer. */
export function evaluate({ tables }: GradingRules, facts: Facts): Omit<Grounds, 'belowSince'> {
  const [assetRank, assetRankMin, assetRankBelow] = rowOf(tables.grade.assetRanks, facts.assets);
  const toleranceRank = tables.grade.toleranceRanks[facts.tolerance ?? 'NONE'];
  const [experienceRank] = rowOf(tables.grade.experienceRanksYears, new Decimal(facts.investmentYears));
  const isTopRank = assetRankBelow === null;
  const isSteppedDown =
    !isTopRank && assetRank > 1 && toleranceRank < assetRank && experienceRank < assetRank;
  const ruledGrade = tables.grade.names[assetRank - (isSteppedDown ? 1 : 0)];
  if (ruledGrade === undefined) throw new Error(`The grading tables name no grade for rank ${assetRank}.`);
  const [ruledClass] = rowOf(tables.clientClass, facts.assets);
  return {
    assets: facts.assets.toFixed(),
    currency: tables.currency,
    assetsAsOf: facts.assetsAsOf,
    assetRank,
    assetRankMin,
    assetRankBelow,
    tolerance: facts.tolerance,
    toleranceValidTo: facts.toleranceValidTo,
    toleranceRank,
    investmentYears: facts.investmentYears,
    experienceRank,
    isTopRank,
    isSteppedDown,
    ruledClass,
    ruledGrade,
  };
}

/** Where a client stands: the class and grade they have, and since when the rules would give a lower one. */
export type Standing = {
  class: Class;
  grade: Grade;
  classBelowSince: string | null;
  gradeBelowSince: string | null;
};
export type Decision = Standing & {
  grounds: Grounds;
  /** The next day on which time alone can change the decision: a fact runs out, or a downgrade falls due. */
  gradingDueOn: string | null;
};

/**
 * Class and grade anew. A first one is given as the rules say; a higher one counts at once; a lower one is noted and counts
 * after the first quarter end that finds the client 90 days below the line. Both move together wherever DIAMOND or
 * ULTRA_HIGH_NET_WORTH is concerned, because their lines are the same (`tableProblems`).
 */
export function decide(held: Standing | null, rules: GradingRules, facts: Facts, today: string): Decision {
  const ruled = evaluate(rules, facts);
  const first = {
    class: ruled.ruledClass,
    grade: ruled.ruledGrade,
    classBelowSince: null,
    gradeBelowSince: null,
  };
  const before = held ?? first;
  const [clientClass, classBelowSince] = settle(
    CLASSES,
    before.class,
    ruled.ruledClass,
    before.classBelowSince,
    today,
  );
  const [grade, gradeBelowSince] = settle(
    GRADES,
    before.grade,
    ruled.ruledGrade,
    before.gradeBelowSince,
    today,
  );
  const days = [
    facts.assetsAsOf === null ? null : plusDays(plusMonths(facts.assetsAsOf, ASSETS_COUNT_MONTHS), 1),
    facts.toleranceValidTo === null ? null : plusDays(facts.toleranceValidTo, 1),
    classBelowSince === null ? null : downgradeOn(classBelowSince),
    gradeBelowSince === null ? null : downgradeOn(gradeBelowSince),
  ].filter((day) => day !== null);
  return {
    class: clientClass,
    grade,
    classBelowSince,
    gradeBelowSince,
    grounds: { ...ruled, belowSince: gradeBelowSince },
    gradingDueOn: days.sort()[0] ?? null,
  };
}

function settle<Code>(
  order: readonly Code[],
  held: Code,
  ruled: Code,
  belowSince: string | null,
  today: string,
): [value: Code, belowSince: string | null] {
  if (order.indexOf(ruled) >= order.indexOf(held)) return [ruled, null];
  const since = belowSince ?? today;
  return today >= downgradeOn(since) ? [ruled, null] : [held, since];
}

/** The day on which a lower class or grade counts: the day after the first quarter end that is 90 days behind `since`. */
export function downgradeOn(since: string): string {
  const earliest = plusDays(since, BELOW_DAYS);
  const monthOfQuarter = (Number(earliest.slice(5, 7)) - 1) % 3;
  return plusDays(endOfMonth(earliest, 2 - monthOfQuarter), 1);
}

/** Whether two decisions rest on the same: then no new assignment is made. */
export function isSame(a: Grounds, b: Grounds): boolean {
  const other = new Map<string, unknown>(Object.entries(b));
  return Object.entries(a).every(([name, value]) => other.get(name) === value);
}

/** The events that tell others of a new class or grade. */
export function changesOf(
  clientId: string,
  ruleVersion: string,
  from: Pick<Standing, 'class' | 'grade'>,
  to: Decision,
) {
  const by = { clientId, ruleVersion, override: false };
  return [
    ...(from.class === to.class ? [] : [ClientClassified({ ...by, from: from.class, to: to.class })]),
    ...(from.grade === to.grade ? [] : [ClientGraded({ ...by, from: from.grade, to: to.grade })]),
  ];
}

/** What is wrong with a set of tables: gaps, overlaps, a missing end, ranks without a name, DIAMOND beside its segment. */
export function tableProblems({ clientClass, grade }: GradingTables): string[] {
  const diamond = grade.assetRanks.at(-1);
  const highest = clientClass.at(-1);
  return [
    ...gaps('clientClass', clientClass),
    ...gaps('grade.assetRanks', grade.assetRanks),
    ...gaps('grade.experienceRanksYears', grade.experienceRanksYears),
    ...grade.assetRanks
      .filter(([rank]) => grade.names[rank] !== GRADES[rank - 1])
      .map(([rank]) => `grade.names: rank ${rank}`),
    ...(grade.assetRanks.length === GRADES.length ? [] : ['grade.assetRanks: one row for each grade']),
    ...clientClass
      .filter(([code], index) => code !== CLASSES[index])
      .map(([code]) => `clientClass: ${code} out of order`),
    ...(diamond?.[1] === highest?.[1]
      ? []
      : ['DIAMOND and ULTRA_HIGH_NET_WORTH must begin at the same line']),
  ];
}

const gaps = (name: string, rows: readonly Row<unknown>[]): string[] =>
  rows.flatMap(([code, min, below], index) => {
    const next = rows[index + 1];
    const begins = index > 0 || min === 0;
    const ends = next === undefined ? below === null : below === next[1] && below > min;
    return begins && ends
      ? []
      : [`${name}: ${String(code)} must begin at 0 or where the row before ends, and the last must be open`];
  });
