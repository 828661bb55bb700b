import { defineRefusals } from '@client-graph/kit/refusals';
import { ALERT_TYPES, AlertRules, type AlertType } from '../alerts/alerts.rules.js';
import { AssessmentRules } from '../assessments/assessments.rules.js';
import { LEVELS } from '../levels.rules.js';
import type { Text } from '../words.rules.js';

export const refuseTable = defineRefusals({
  TABLE_MALFORMED: 'The table is not sound; details name every problem.',
  TABLE_VERSION_EXISTS: 'This version of the table is there already: give the new one another version.',
  TABLE_IN_PAST: 'A table takes effect on a day to come, so that nothing decided is judged by it.',
  TABLE_DAY_TAKEN:
    'Another version takes effect on the same day or later: a table begins after those that are there.',
  CHANGE_CLOSED: 'The change was decided, withdrawn or left to expire before.',
});

export const TABLE_KINDS = ['ASSESSMENT_RULES', 'ALERT_RULES'] as const;
export type TableKind = (typeof TABLE_KINDS)[number];
export type ChangeKind = TableKind | 'QUESTIONNAIRE_RETIREMENT';
export type ChangeState = 'OPEN' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED';

export const CHANGE_STATE_LABELS: Readonly<Record<ChangeState, Text>> = {
  OPEN: { en: 'Waits for a second person', zh: '待复核', zhHant: '待覆核' },
  APPROVED: { en: 'Approved', zh: '已批准', zhHant: '已批准' },
  REJECTED: { en: 'Rejected', zh: '已否决', zhHant: '已否決' },
  WITHDRAWN: { en: 'Withdrawn', zh: '已撤回', zhHant: '已撤回' },
  EXPIRED: { en: 'Not decided in time', zh: '逾期未决', zhHant: '逾期未決' },
};

const TABLES = { ASSESSMENT_RULES: AssessmentRules, ALERT_RULES: AlertRules } as const;

/** A table as it is proposed: what it says of itself, and all of it. */
export type ReadTable = { version: string; effectiveFrom: string; definition: AssessmentRules | AlertRules };

/** Reads a table. Refuses TABLE_MALFORMED with every problem at once. */
export function readTable(kind: TableKind, content: unknown): ReadTable {
  const read = TABLES[kind].safeParse(content);
  const problems = read.success
    ? problemsOf(read.data)
    : read.error.issues.map((issue) => `${issue.path.join('.') || 'content'}: ${issue.message}`);
  if (!read.success || problems.length > 0)
    throw refuseTable('TABLE_MALFORMED', { problems: problems.slice(0, 100) });
  const { version, effectiveFrom } = read.data;
  return { version, effectiveFrom, definition: read.data };
}

const problemsOf = (table: AssessmentRules | AlertRules): string[] => [
  ...(/^[A-Za-z0-9_.-]{1,64}$/.test(table.version)
    ? []
    : ['version: 1 to 64 letters, digits, dot, dash or _']),
  ...('types' in table ? alertProblems(table) : assessmentProblems(table)),
];

/** Limits without which an alert would never be raised and the book would look calm. */
const NEEDED: Readonly<Partial<Record<AlertType, readonly string[]>>> = {
  SINGLE_PRODUCT_CONCENTRATION: ['shareBp', 'shareR5Bp'],
  HIGH_RISK_SHARE: ['shareBp'],
  ASSESSMENT_EXPIRING: ['heldFromRating'],
  ASSESSMENT_EXPIRED: ['heldFromRating'],
  SENIOR_THRESHOLD: ['heldFromRating'],
  ASSESSMENT_SHOPPING: ['submissions', 'days', 'riseSteps'],
  LARGE_REDEMPTION: ['shareBp'],
  MISMATCH_OVERRIDE: ['severeCount', 'days'],
};

const alertProblems = ({ types }: AlertRules): string[] =>
  ALERT_TYPES.flatMap((type) => [
    ...(NEEDED[type] ?? [])
      .filter((name) => (types[type].thresholds[name] ?? -1) < 0)
      .map((name) => `types.${type}.thresholds.${name}: a number, zero or more`),
    ...(Object.keys(types[type].ackWithin).length > 0
      ? []
      : [`types.${type}.ackWithin: at least one severity`]),
  ]);

/** What a level is offered never shrinks as the level rises, and the lowest category is offered no more than LOW. */
function assessmentProblems({ limits, offers, materialChanges }: AssessmentRules): string[] {
  const ratings = LEVELS.map((level) => offers.levels[level].productRisks);
  const lowest = offers.lowestCategory.productRisks;
  return [
    ...(limits.maxPer12Months < limits.maxPerDay ? ['limits: fewer a year than a day'] : []),
    ...LEVELS.filter(
      (_, rank) => rank > 0 && ratings[rank - 1]?.some((rating) => !ratings[rank]?.includes(rating)),
    ).map((level) => `offers.levels.${level}: what the level below is offered is missing`),
    ...(lowest.every((rating) => ratings[0]?.includes(rating))
      ? []
      : ['offers.lowestCategory: more than LOW is offered']),
    ...materialChanges.changes
      .filter(
        ({ field, fact, becomes }) => (field === undefined) === (fact === undefined || becomes === undefined),
      )
      .map(({ code }) => `materialChanges.${code}: either a field, or a fact and what it becomes`),
  ];
}

/** Versions begin one after the other, on days to come. */
export function mustFollow(
  table: Pick<ReadTable, 'version' | 'effectiveFrom'>,
  there: readonly Pick<ReadTable, 'version' | 'effectiveFrom'>[],
  today: string,
): void {
  const { version, effectiveFrom } = table;
  if (there.some((other) => other.version === version))
    throw refuseTable('TABLE_VERSION_EXISTS', { version });
  if (effectiveFrom <= today) throw refuseTable('TABLE_IN_PAST', { effectiveFrom, today });
  const last = there
    .map((other) => other.effectiveFrom)
    .sort()
    .at(-1);
  if (last !== undefined && effectiveFrom <= last)
    throw refuseTable('TABLE_DAY_TAKEN', { effectiveFrom, last });
}
