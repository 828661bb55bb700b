import type { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals, refuse } from '@client-graph/kit/refusals';
import {
  CLASSES,
  type Class,
  GRADES,
  type Grade,
  type GradingTables,
  INSTITUTION_GRADES,
  type Level,
  type Row,
  tableProblems,
} from '../grading-tables.rules.js';

export type RuleSetStatus = 'PROPOSED' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED';
export type RuleSet = { status: RuleSetStatus; effectiveFrom: string; makerId: string | null };

export const refuseRuleSet = defineRefusals({
  TABLES_WRONG: 'The tables contradict themselves; the details say where.',
  EFFECTIVE_DATE_PAST: 'Tables take effect on a day to come, so that their effect can be seen before.',
  EFFECTIVE_DATE_TAKEN: 'Other tables take effect on that day already: choose another.',
  VERSION_TAKEN: 'A set of tables of this version exists: give the new one a version of its own.',
});

/** A set takes effect tomorrow at the earliest; today has been graded by the present one. */
export function mustBeToCome(effectiveFrom: string, today: string): void {
  if (effectiveFrom <= today) throw refuseRuleSet('EFFECTIVE_DATE_PAST', { today });
}

type Line<Code> = Code & { min: Decimal; below?: Decimal | null | undefined };
export type TablesAsk = {
  clientClasses: readonly Line<{ class: Class }>[];
  assetRanks: readonly Line<{ rank: number }>[];
  toleranceRanks: readonly { level?: Level | null | undefined; rank: number }[];
  experienceRanks: readonly Line<{ rank: number }>[];
  institutionGrades: readonly Line<{ grade: Grade }>[];
  mediumFromProductClasses: number;
  financialInstitutionLargeFrom: Decimal;
};

/** The tables that were asked for, in the currency of those in force. Refuses TABLES_WRONG with every problem, BAD_INPUT for a figure. */
export function tablesOf(ask: TablesAsk, currency: string): GradingTables {
  const problems: string[] = [];
  const rank = (level: Level | null): number => {
    const [found, ...others] = ask.toleranceRanks.filter((row) => (row.level ?? null) === level);
    if (found !== undefined && others.length === 0) return found.rank;
    problems.push(`toleranceRanks: one row for ${level ?? 'none'}`);
    return found?.rank ?? 1;
  };
  const tables: GradingTables = {
    currency,
    clientClass: rowsOf(ask.clientClasses, CLASSES, (line) => line.class, 'clientClasses'),
    grade: {
      assetRanks: rowsOf(ask.assetRanks, null, (line) => line.rank, 'assetRanks'),
      toleranceRanks: {
        NONE: rank(null),
        LOW: rank('LOW'),
        MEDIUM_LOW: rank('MEDIUM_LOW'),
        MEDIUM: rank('MEDIUM'),
        MEDIUM_HIGH: rank('MEDIUM_HIGH'),
        HIGH: rank('HIGH'),
      },
      experienceRanksYears: rowsOf(ask.experienceRanks, null, (line) => line.rank, 'experienceRanks'),
      names: Object.fromEntries(GRADES.map((grade, index) => [index + 1, grade])),
    },
    institutionGrade: {
      rows: rowsOf(ask.institutionGrades, INSTITUTION_GRADES, (line) => line.grade, 'institutionGrades'),
      mediumFromProductClasses: ask.mediumFromProductClasses,
      financialLargeFrom: figure(ask.financialInstitutionLargeFrom, 'financialInstitutionLargeFrom'),
    },
  };
  problems.push(...tableProblems(tables));
  if (problems.length > 0) throw refuseRuleSet('TABLES_WRONG', { problems });
  return tables;
}

/** Rows with codes of the one kind that a table is about. */
function rowsOf<
  Asked extends { min: Decimal; below?: Decimal | null | undefined },
  Given,
  Code extends Given,
>(
  lines: readonly Asked[],
  codes: readonly Code[] | null,
  codeOf: (line: Asked) => Given,
  field: string,
): Row<Code>[] {
  return lines.map((line) => {
    const given = codeOf(line);
    const code = codes === null ? given : codes.find((known) => known === given);
    if (!isOf<Code>(code))
      throw refuseRuleSet('TABLES_WRONG', { problems: [`${field}: a row of another table`] });
    const below = line.below ?? null;
    return [code, figure(line.min, field), below === null ? null : figure(below, field)];
  });
}

const isOf = <Code>(code: unknown): code is Code => code !== undefined;

/** Lines of the tables are exact numbers of whole cents that JSON can carry. */
function figure(amount: Decimal, field: string): number {
  if (amount.isNegative() && !amount.isZero()) throw refuse('BAD_INPUT', { field, reason: 'NEGATIVE' });
  if (amount.decimalPlaces() > 2)
    throw refuse('BAD_INPUT', { field, reason: 'TOO_MANY_DECIMALS', decimals: 2 });
  if (amount.greaterThan(1e13)) throw refuse('BAD_INPUT', { field, reason: 'TOO_LARGE' });
  return amount.toNumber();
}
