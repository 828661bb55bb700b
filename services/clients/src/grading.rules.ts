import { ClientClassified, ClientGraded } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { endOfMonth, plusDays, plusMonths } from '@client-graph/kit/time';
import {
  CLASSES,
  type Class,
  GRADES,
  type Grade,
  type GradingRules,
  INSTITUTION_GRADES,
  type IndividualClass,
  type IndividualGrade,
  type InstitutionGrade,
  type InstitutionKind,
  type Level,
  rowOf,
} from './grading-tables.rules.js';

/** What class and grade of a person are decided from, as of one day. */
export type IndividualFacts = {
  /** Verified financial assets; 0 without a snapshot of the last twelve months. */
  assets: Decimal;
  assetsAsOf: string | null;
  /** Null without a valid assessment. */
  tolerance: Level | null;
  toleranceValidTo: string | null;
  investmentYears: number;
};

/** What the grade of an institution is decided from. */
export type InstitutionFacts = {
  institutionType: InstitutionKind;
  /** Null without a financial statement on file. */
  netAssets: Decimal | null;
  yearEnd: string | null;
  /** How many classes of product the institution has bought. */
  productClasses: number;
};
export type Facts = IndividualFacts | InstitutionFacts;

/** A grade that a second person has approved against the rules, up to and with a day. */
export type Override = { id: string; grade: Grade; until: string };

/** The inputs of a decision and what the tables made of them, frozen with it: it can be explained when the tables have changed. */
export type IndividualGrounds = {
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
  ruledClass: IndividualClass;
  ruledGrade: IndividualGrade;
} & Course;

export type InstitutionGrounds = {
  institutionType: InstitutionKind;
  /** Null without a financial statement on file. */
  netAssets: string | null;
  currency: string;
  yearEnd: string | null;
  productClasses: number;
  /** The grade by net assets alone, and the line of the table that lifted it, if one did. */
  tableGrade: InstitutionGrade;
  tableMin: number;
  tableBelow: number | null;
  lift: 'PRODUCT_CLASSES' | 'FINANCIAL_INSTITUTION' | null;
  liftFrom: number | null;
  ruledClass: InstitutionKind;
  ruledGrade: InstitutionGrade;
} & Course;

type Course = {
  /** Since when the rule's grade is lower than the one the client still has. */
  belowSince: string | null;
  /** The override in force, where one is. */
  overrideId?: string;
  overrideUntil?: string;
};
export type Grounds = IndividualGrounds | InstitutionGrounds;
type Ruled<G extends Grounds> = G extends unknown ? Omit<G, keyof Course> : never;

/** How long a snapshot counts. */
export const ASSETS_COUNT_MONTHS = 12;
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
): IndividualFacts {
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

/** What the tables say of these facts, whatever the client is now. Same facts and tables, same answer. */
export function evaluate({ tables }: GradingRules, facts: IndividualFacts): Ruled<IndividualGrounds> {
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

/** The grade of an institution: its net assets name a row, and two lines of the table can lift it (`domain.md` 3.1.4). */
export function evaluateInstitution(
  { tables: { institutionGrade: table, currency } }: GradingRules,
  facts: InstitutionFacts,
): Ruled<InstitutionGrounds> {
  const netAssets = Decimal.max(facts.netAssets ?? 0, 0);
  const [tableGrade, tableMin, tableBelow] = rowOf(table.rows, netAssets);
  const isFinancial = facts.institutionType === 'FINANCIAL_INSTITUTION';
  const isLarge = tableGrade !== 'LARGE' && isFinancial && netAssets.gte(table.financialLargeFrom);
  const isMedium = tableGrade === 'SMALL' && facts.productClasses >= table.mediumFromProductClasses;
  const lifted: Pick<InstitutionGrounds, 'lift' | 'liftFrom' | 'ruledGrade'> = isLarge
    ? { lift: 'FINANCIAL_INSTITUTION', liftFrom: table.financialLargeFrom, ruledGrade: 'LARGE' }
    : isMedium
      ? { lift: 'PRODUCT_CLASSES', liftFrom: table.mediumFromProductClasses, ruledGrade: 'MEDIUM' }
      : { lift: null, liftFrom: null, ruledGrade: tableGrade };
  return {
    institutionType: facts.institutionType,
    netAssets: facts.netAssets?.toFixed() ?? null,
    currency,
    yearEnd: facts.yearEnd,
    productClasses: facts.productClasses,
    tableGrade,
    tableMin,
    tableBelow,
    ...lifted,
    ruledClass: facts.institutionType,
  };
}

/** Where a client stands: the class and grade they have, and since when the rules would give a lower one. */
export type Standing = {
  class: Class;
  grade: Grade;
  classBelowSince: string | null;
  gradeBelowSince: string | null;
  /** Of each class and grade above the one by rule, down from the one that is held, since when the rules give a lower one. */
  linesBelow?: Lines;
};
type Lines = Readonly<Record<string, string>>;
export type Decision = Standing & {
  linesBelow: Lines;
  grounds: Grounds;
  /** The next day on which time alone can change the decision: a fact runs out, a downgrade falls due, an override ends. */
  gradingDueOn: string | null;
};

/**
 * Class and grade anew. A first one is given as the rules say; a higher one counts at once; a lower one is noted and counts
 * after the first quarter end that finds the client 90 days below the line. Both move together wherever DIAMOND or
 * ULTRA_HIGH_NET_WORTH is concerned, because their lines are the same (`tableProblems`). An override takes the place of the
 * grade by rule while it lasts; the caller hands `afterOverride` when one has just ended.
 */
export function decide(
  held: Standing | null,
  rules: GradingRules,
  facts: Facts,
  today: string,
  override: Override | null = null,
): Decision {
  const ruled = 'institutionType' in facts ? evaluateInstitution(rules, facts) : evaluate(rules, facts);
  const first = {
    class: ruled.ruledClass,
    grade: ruled.ruledGrade,
    classBelowSince: null,
    gradeBelowSince: null,
    linesBelow: {},
  };
  const settled = settleBoth(held ?? first, ruled, today);
  const standing = override === null ? settled : overridden(settled, override);
  const days = [
    ...runningOut(facts),
    standing.classBelowSince === null ? null : downgradeOn(standing.classBelowSince),
    standing.gradeBelowSince === null ? null : downgradeOn(standing.gradeBelowSince),
    override === null ? null : plusDays(override.until, 1),
  ].filter((day) => day !== null);
  const course = {
    belowSince: standing.gradeBelowSince,
    ...(override === null ? {} : { overrideId: override.id, overrideUntil: override.until }),
  };
  return { ...standing, grounds: { ...ruled, ...course }, gradingDueOn: days.sort()[0] ?? null };
}

/** The days after which a fact no longer counts. */
const runningOut = (facts: Facts): (string | null)[] =>
  'institutionType' in facts
    ? []
    : [
        facts.assetsAsOf === null ? null : plusDays(plusMonths(facts.assetsAsOf, ASSETS_COUNT_MONTHS), 1),
        facts.toleranceValidTo === null ? null : plusDays(facts.toleranceValidTo, 1),
      ];

function settleBoth(before: Standing, ruled: Ruled<Grounds>, today: string): Settled {
  const { classBelowSince, gradeBelowSince, linesBelow = {} } = before;
  const isInstitution = 'institutionType' in ruled;
  const held = { value: before.grade, since: gradeBelowSince, lines: linesBelow };
  // The type of an institution is a fact, not a rank: it counts at once.
  const clientClass = isInstitution
    ? { value: ruled.ruledClass, lines: {} }
    : settle(
        CLASSES,
        { value: before.class, since: classBelowSince, lines: linesBelow },
        ruled.ruledClass,
        today,
      );
  const grade = isInstitution
    ? settle(INSTITUTION_GRADES, held, ruled.ruledGrade, today)
    : settle(GRADES, held, ruled.ruledGrade, today);
  return standingOf(clientClass, grade);
}

type Settled = Standing & { linesBelow: Lines };
const standingOf = (
  clientClass: { value: Class; lines: Lines },
  grade: { value: Grade; lines: Lines },
): Settled => ({
  class: clientClass.value,
  classBelowSince: clientClass.lines[clientClass.value] ?? null,
  grade: grade.value,
  gradeBelowSince: grade.lines[grade.value] ?? null,
  linesBelow: { ...clientClass.lines, ...grade.lines },
});

/** DIAMOND and its segment go together, whoever has decided on the grade; any other segment goes on as the rules say. */
function overridden(settled: Settled, override: Override): Settled {
  const grade = { value: override.grade, lines: {} };
  if (override.grade === 'DIAMOND') return standingOf({ value: 'ULTRA_HIGH_NET_WORTH', lines: {} }, grade);
  if (settled.class === 'ULTRA_HIGH_NET_WORTH')
    return standingOf({ value: 'HIGH_NET_WORTH', lines: {} }, grade);
  const isOfClass = ([line]: [string, string]) => CLASSES.some((one) => one === line);
  const lines = Object.fromEntries(Object.entries(settled.linesBelow).filter(isOfClass));
  return standingOf({ value: settled.class, lines }, grade);
}

/**
 * Where a client stands on the day after an override: nothing is left of the grade, so that the rules take over at once, and
 * nothing of a segment that it had brought; a segment of its own waits on.
 */
export const afterOverride = (held: Standing): Standing | null =>
  held.class === 'ULTRA_HIGH_NET_WORTH'
    ? null
    : { ...held, grade: lowestOf(held.grade), gradeBelowSince: null };

const lowestOf = (grade: Grade): Grade =>
  INSTITUTION_GRADES.some((one) => one === grade) ? INSTITUTION_GRADES[0] : GRADES[0];

/**
 * Falls line by line: each is lost after the quarter end that finds the client 90 days below it, and where one is kept, those
 * beneath it are kept with it.
 */
function settle<Code extends string>(
  order: readonly Code[],
  { value, since, lines }: { value: string; since: string | null; lines: Lines },
  ruled: Code,
  today: string,
): { value: Code; lines: Lines } {
  const held = order.find((code) => code === value);
  if (held === undefined || order.indexOf(ruled) >= order.indexOf(held)) return { value: ruled, lines: {} };
  // Of those who fell before each line was kept, the first day stands for all.
  const sinceUnkept = lines[held] === undefined ? (since ?? today) : today;
  const crossed = order
    .slice(order.indexOf(ruled) + 1, order.indexOf(held) + 1)
    .map((code) => ({ code, since: lines[code] ?? sinceUnkept }));
  const kept = crossed.findLastIndex((line) => today < downgradeOn(line.since));
  const left = crossed.slice(0, kept + 1).map((line) => [line.code, line.since]);
  return { value: crossed[kept]?.code ?? ruled, lines: Object.fromEntries(left) };
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
  const entries = Object.entries(a);
  return entries.length === other.size && entries.every(([name, value]) => other.get(name) === value);
}

/** The events that tell others of a new class or grade. */
export function changesOf(
  clientId: string,
  ruleVersion: string,
  from: Pick<Standing, 'class' | 'grade'>,
  to: Decision,
) {
  const by = { clientId, ruleVersion, override: to.grounds.overrideId !== undefined };
  return [
    ...(from.class === to.class ? [] : [ClientClassified({ ...by, from: from.class, to: to.class })]),
    ...(from.grade === to.grade ? [] : [ClientGraded({ ...by, from: from.grade, to: to.grade })]),
  ];
}
