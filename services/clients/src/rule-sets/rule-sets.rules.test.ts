import { Decimal } from '@client-graph/kit/decimal';
import { expect, test } from '@jest/globals';
import { type TablesAsk, tablesOf } from './rule-sets.rules.js';

const line = (min: string, below?: string) => ({
  min: new Decimal(min),
  ...(below === undefined ? {} : { below: new Decimal(below) }),
});
const ask = (changes: Partial<TablesAsk> = {}): TablesAsk => ({
  clientClasses: [
    { class: 'ORDINARY', ...line('0', '6000000') },
    { class: 'HIGH_NET_WORTH', ...line('6000000', '30000000') },
    { class: 'ULTRA_HIGH_NET_WORTH', ...line('30000000') },
  ],
  assetRanks: [
    { rank: 1, ...line('0', '500000') },
    { rank: 2, ...line('500000', '3000000') },
    { rank: 3, ...line('3000000', '30000000') },
    { rank: 4, ...line('30000000') },
  ],
  toleranceRanks: [
    { rank: 1 },
    ...(['LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'] as const).map((level) => ({ level, rank: 1 })),
  ],
  experienceRanks: [{ rank: 1, ...line('0') }],
  institutionGrades: [
    { grade: 'SMALL', ...line('0', '20000000') },
    { grade: 'MEDIUM', ...line('20000000', '200000000') },
    { grade: 'LARGE', ...line('200000000') },
  ],
  mediumFromProductClasses: 3,
  financialInstitutionLargeFrom: new Decimal('100000000'),
  ...changes,
});
const refusal = (changes: Partial<TablesAsk>) => {
  try {
    return tablesOf(ask(changes), 'CNY');
  } catch (error) {
    const { code, details } = error as { code: string; details: object };
    return { code, ...details };
  }
};

test('every problem of the tables is told at once', () => {
  expect(
    refusal({ toleranceRanks: [{ rank: 1 }, { rank: 1 }], assetRanks: [], mediumFromProductClasses: 0 }),
  ).toEqual({
    code: 'TABLES_WRONG',
    problems: [
      ...['none', 'LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'].map(
        (level) => `toleranceRanks: one row for ${level}`,
      ),
      'grade.assetRanks: one row each for 1, 2, 3, 4, in this order',
      'institutionGrade.mediumFromProductClasses: at least 1',
      'DIAMOND and ULTRA_HIGH_NET_WORTH must begin at the same line',
    ],
  });
});

test.each([
  ['0.005', 'TOO_MANY_DECIMALS'],
  ['10000000000001', 'TOO_LARGE'],
  ['-1', 'NEGATIVE'],
])('a line at %s: %s', (amount, reason) => {
  expect(refusal({ financialInstitutionLargeFrom: new Decimal(amount) })).toMatchObject({
    code: 'BAD_INPUT',
    field: 'financialInstitutionLargeFrom',
    reason,
  });
});

test('sound tables are the tables', () => {
  expect(tablesOf(ask(), 'CNY').clientClass[1]).toEqual(['HIGH_NET_WORTH', 6_000_000, 30_000_000]);
});
