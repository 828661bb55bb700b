import type { InstitutionType, RiskLevel } from '@client-graph/events';
import type { Decimal } from '@client-graph/kit/decimal';

/** Segments and grades of individuals, grades of institutions, lowest first; the order is the rank. */
export const CLASSES = ['ORDINARY', 'HIGH_NET_WORTH', 'ULTRA_HIGH_NET_WORTH'] as const;
export const GRADES = ['BRONZE', 'SILVER', 'GOLD', 'DIAMOND'] as const;
export const INSTITUTION_GRADES = ['SMALL', 'MEDIUM', 'LARGE'] as const;
export type IndividualClass = (typeof CLASSES)[number];
export type IndividualGrade = (typeof GRADES)[number];
export type InstitutionGrade = (typeof INSTITUTION_GRADES)[number];
export type InstitutionKind = (typeof InstitutionType)['options'][number];
/** The class of an institution is its type (policy 2.2). */
export type Class = IndividualClass | InstitutionKind;
export type Grade = IndividualGrade | InstitutionGrade;
export type Level = (typeof RiskLevel)['options'][number];

/** Lower bound, included, and upper bound, excluded (null: none) of what a row stands for. */
export type Row<Code> = readonly [code: Code, min: number, below: number | null];

/** The tables of policy 2.1, 2.3 and 2.4, which the firm may change (`domain.md` 3.1.4). */
export type GradingTables = {
  currency: string;
  clientClass: readonly Row<IndividualClass>[];
  grade: {
    assetRanks: readonly Row<number>[];
    toleranceRanks: Readonly<Record<Level | 'NONE', number>>;
    experienceRanksYears: readonly Row<number>[];
    names: Readonly<Record<string, IndividualGrade>>;
  };
  institutionGrade: {
    rows: readonly Row<InstitutionGrade>[];
    /** SMALL by net assets is MEDIUM with at least this many classes of product used. */
    mediumFromProductClasses: number;
    /** A financial institution with at least these net assets is LARGE. */
    financialLargeFrom: number;
  };
};
export type GradingRules = { version: string; tables: GradingTables };

/** The row a value falls in: a value on the line between two belongs to the higher row. */
export function rowOf<Code>(rows: readonly Row<Code>[], value: Decimal): Row<Code> {
  const row = rows.find(([, min, below]) => value.gte(min) && (below === null || value.lt(below)));
  if (row === undefined) throw new Error(`The grading tables have no row for ${value.toFixed()}.`);
  return row;
}

/** What is wrong with a set of tables: gaps, overlaps, a missing end, ranks without a name, DIAMOND beside its segment. */
export function tableProblems({ clientClass, grade, institutionGrade }: GradingTables): string[] {
  const diamond = grade.assetRanks.at(-1);
  const highest = clientClass.at(-1);
  return [
    ...gaps('clientClass', clientClass),
    ...gaps('grade.assetRanks', grade.assetRanks),
    ...gaps('grade.experienceRanksYears', grade.experienceRanksYears),
    ...gaps('institutionGrade', institutionGrade.rows),
    ...grade.assetRanks
      .filter(([rank]) => grade.names[rank] !== GRADES[rank - 1])
      .map(([rank]) => `grade.names: rank ${rank}`),
    ...outOfOrder('grade.assetRanks', grade.assetRanks, [1, 2, 3, 4]),
    ...outOfOrder('clientClass', clientClass, CLASSES),
    ...outOfOrder('institutionGrade', institutionGrade.rows, INSTITUTION_GRADES),
    ...falling(
      'grade.experienceRanksYears',
      grade.experienceRanksYears.map(([rank]) => rank),
    ),
    ...falling(
      'grade.toleranceRanks',
      TOLERANCES.map((level) => grade.toleranceRanks[level]),
    ),
    ...(institutionGrade.mediumFromProductClasses >= 1
      ? []
      : ['institutionGrade.mediumFromProductClasses: at least 1']),
    ...(diamond?.[1] === highest?.[1]
      ? []
      : ['DIAMOND and ULTRA_HIGH_NET_WORTH must begin at the same line']),
  ];
}

const TOLERANCES = ['NONE', 'LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'] as const;

const gaps = (name: string, rows: readonly Row<unknown>[]): string[] =>
  rows.flatMap(([code, min, below], index) => {
    const next = rows[index + 1];
    const begins = index > 0 || min === 0;
    const ends = next === undefined ? below === null : below === next[1] && below > min;
    return begins && ends
      ? []
      : [`${name}: ${String(code)} must begin at 0 or where the row before ends, and the last must be open`];
  });

const outOfOrder = (name: string, rows: readonly Row<unknown>[], order: readonly unknown[]): string[] =>
  rows.length === order.length && rows.every(([code], index) => code === order[index])
    ? []
    : [`${name}: one row each for ${order.join(', ')}, in this order`];

const falling = (name: string, ranks: readonly number[]): string[] =>
  ranks.every((rank, index) => rank >= 1 && rank >= (ranks[index - 1] ?? 1))
    ? []
    : [`${name}: ranks begin at 1 and never fall`];
