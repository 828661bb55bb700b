import { RiskLevel } from '@client-graph/events';
import { plusDays } from '@client-graph/kit/time';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RULES, someFacts, TABLES, TODAY, yuan } from '../test/graded.js';
import { decide, evaluate, factsOf, type Standing } from './grading.rules.js';
import {
  GRADES,
  type IndividualGrade as Grade,
  type GradingTables,
  type Level,
  tableProblems,
} from './grading-tables.rules.js';
import { reasonsOf } from './reasons.rules.js';

describe('the tables of domain.md 3.1.4', () => {
  test.each([
    ['0', 'ORDINARY'],
    ['5999999.99', 'ORDINARY'],
    ['6000000', 'HIGH_NET_WORTH'],
    ['29999999.99', 'HIGH_NET_WORTH'],
    ['30000000', 'ULTRA_HIGH_NET_WORTH'],
    ['999999999999.99', 'ULTRA_HIGH_NET_WORTH'],
  ])('assets of %s are class %s', (assets, expected) => {
    expect(evaluate(RULES, someFacts({ assets: yuan(assets) })).ruledClass).toBe(expected);
  });

  test.each([
    ['0', 1],
    ['499999.99', 1],
    ['500000', 2],
    ['2999999.99', 2],
    ['3000000', 3],
    ['29999999.99', 3],
    ['30000000', 4],
  ])('assets of %s have rank %i', (assets, rank) => {
    expect(evaluate(RULES, someFacts({ assets: yuan(assets) })).assetRank).toBe(rank);
  });

  test.each<[Level | null, number]>([
    [null, 1],
    ['LOW', 1],
    ['MEDIUM_LOW', 1],
    ['MEDIUM', 2],
    ['MEDIUM_HIGH', 3],
    ['HIGH', 3],
  ])('tolerance %s has rank %i', (tolerance, rank) => {
    expect(evaluate(RULES, someFacts({ tolerance })).toleranceRank).toBe(rank);
  });

  test.each([
    [0, 1],
    [1, 1],
    [2, 2],
    [4, 2],
    [5, 3],
    [60, 3],
  ])('%i years of experience have rank %i', (investmentYears, rank) => {
    expect(evaluate(RULES, someFacts({ investmentYears })).experienceRank).toBe(rank);
  });

  const ASSETS = ['0', '500000', '3000000', '30000000'];
  const LEVELS: Level[] = ['LOW', 'MEDIUM', 'HIGH'];
  const YEARS = [0, 2, 5];
  test.each<[number, number, number, Grade]>([
    [1, 1, 1, 'BRONZE'],
    [1, 3, 3, 'BRONZE'],
    [2, 1, 1, 'BRONZE'],
    [2, 1, 2, 'SILVER'],
    [2, 2, 1, 'SILVER'],
    [3, 2, 2, 'SILVER'],
    [3, 3, 1, 'GOLD'],
    [3, 1, 3, 'GOLD'],
    [3, 3, 3, 'GOLD'],
    [4, 1, 1, 'DIAMOND'],
  ])('the truth table: assets %i, tolerance %i, experience %i give %s', (a, t, e, grade) => {
    const facts = someFacts({
      assets: yuan(ASSETS[a - 1]!),
      tolerance: LEVELS[t - 1]!,
      investmentYears: YEARS[e - 1]!,
    });
    expect(evaluate(RULES, facts).ruledGrade).toBe(grade);
  });
});

describe('facts', () => {
  const snapshot = {
    asOf: '2025-03-02',
    aumWithFirm: yuan('100.10'),
    externalVerified: yuan('0.20'),
    source: 'STATEMENT',
  };
  const tolerance = { level: 'MEDIUM', validTo: TODAY } as const;

  test('assets with the firm and verified elsewhere count for twelve months, to the day', () => {
    const facts = (today: string) => factsOf({ snapshot, tolerance: null, investmentYears: 0 }, today);
    expect(facts('2026-03-02')).toMatchObject({ assets: yuan('100.3'), assetsAsOf: '2025-03-02' });
    expect(facts('2026-03-03')).toMatchObject({ assets: yuan(0), assetsAsOf: null });
  });

  test('a declaration counts for nothing', () => {
    const declared = { ...snapshot, source: 'DECLARATION' };
    expect(factsOf({ snapshot: declared, tolerance: null, investmentYears: 0 }, TODAY)).toMatchObject({
      assets: yuan(0),
      assetsAsOf: null,
    });
  });

  test('tolerance counts to the end of its last day', () => {
    const facts = (today: string) => factsOf({ snapshot: null, tolerance, investmentYears: 0 }, today);
    expect(facts(TODAY)).toMatchObject({ tolerance: 'MEDIUM', toleranceValidTo: TODAY });
    expect(facts('2026-03-03')).toMatchObject({ tolerance: null, toleranceValidTo: null });
  });
});

describe('whatever the facts', () => {
  const amounts = fc.oneof(
    fc.constantFrom(0, 499_999, 500_000, 2_999_999, 3_000_000, 5_999_999, 6_000_000, 29_999_999, 30_000_000),
    fc.integer({ min: 0, max: 60_000_000 }),
  );
  const anyFacts = fc
    .record({
      assets: amounts,
      tolerance: fc.option(fc.constantFrom(...RiskLevel.options)),
      investmentYears: fc.integer({ min: 0, max: 70 }),
    })
    .map(({ assets, ...rest }) =>
      someFacts({ assets: yuan(assets), toleranceValidTo: rest.tolerance && '2099-12-31', ...rest }),
    );
  const rank = (grade: Grade) => GRADES.indexOf(grade);

  test('more wealth never lowers the grade, nor the class', () => {
    fc.assert(
      fc.property(anyFacts, fc.nat(60_000_000), (facts, more) => {
        const richer = evaluate(RULES, { ...facts, assets: facts.assets.plus(more) });
        const before = evaluate(RULES, facts);
        expect(rank(richer.ruledGrade)).toBeGreaterThanOrEqual(rank(before.ruledGrade));
      }),
    );
  });

  test('tolerance and experience never raise the grade above the assets', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { ruledGrade, assetRank } = evaluate(RULES, facts);
        expect(rank(ruledGrade) + 1).toBeLessThanOrEqual(assetRank);
        expect(rank(ruledGrade) + 1).toBeGreaterThanOrEqual(Math.max(1, assetRank - 1));
      }),
    );
  });

  test('DIAMOND and ULTRA_HIGH_NET_WORTH come and go together, and the next look is always ahead', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyFacts, fc.nat(120)), { minLength: 1, maxLength: 12 }), (story) => {
        let held: Standing | null = null;
        let today = TODAY;
        for (const [facts, days] of story) {
          today = plusDays(today, days);
          const decision = decide(held, RULES, { ...facts, assetsAsOf: today }, today);
          expect(decision.grade === 'DIAMOND').toBe(decision.class === 'ULTRA_HIGH_NET_WORTH');
          expect(decision.gradingDueOn! > today).toBe(true);
          held = decision;
        }
      }),
    );
  });

  test('there are reasons in every language, at most six, and none says undefined', () => {
    fc.assert(
      fc.property(
        anyFacts,
        fc.constantFrom('EN', 'ZH_HANS', 'ZH_HANT'),
        fc.constantFrom(...GRADES),
        (facts, locale, grade) => {
          const { grounds } = decide(
            { class: 'ORDINARY', grade, classBelowSince: null, gradeBelowSince: null },
            RULES,
            facts,
            TODAY,
          );
          const reasons = reasonsOf({ grade, ruleVersion: '2026.1', grounds }, locale);
          expect(reasons.length).toBeGreaterThanOrEqual(5);
          expect(reasons.length).toBeLessThanOrEqual(6);
          expect(reasons.join()).not.toMatch(/undefined|null|NaN/);
        },
      ),
    );
  });
});

test('reasons speak of the stored inputs', () => {
  const facts = someFacts({
    assets: yuan('1234567.50'),
    tolerance: 'MEDIUM_LOW',
    toleranceValidTo: '2027-03-01',
    investmentYears: 1,
  });
  const { grounds } = decide(
    { class: 'ORDINARY', grade: 'SILVER', classBelowSince: null, gradeBelowSince: null },
    RULES,
    facts,
    TODAY,
  );
  const assignment = { grade: 'SILVER', ruleVersion: '2026.1', grounds } as const;
  expect(reasonsOf(assignment, 'EN')).toEqual([
    'Verified financial assets of CNY 1,234,567.50 as of 2026-03-02 are from 500,000 to under 3,000,000: asset rank 2.',
    'The risk level is medium-low, valid to 2027-03-01: tolerance rank 1.',
    'Investment experience is 1 year: experience rank 1.',
    'Tolerance and experience are both below asset rank 2, so the grade is one step lower.',
    'By rules 2026.1 this is Bronze.',
    'Silver is kept until 2026-07-01: the inputs have been below its line since 2026-03-02.',
  ]);
  expect(reasonsOf(assignment, 'ZH_HANS')[1]).toBe('风险等级为中低风险，有效期至2027-03-01：承受能力等级1。');
  expect(reasonsOf(assignment, 'ZH_HANT')[4]).toBe('按規則2026.1為青銅級。');
});

describe('tables that contradict themselves are found', () => {
  const grade = TABLES.grade;
  test.each<[string, Partial<GradingTables>]>([
    [
      'a gap',
      {
        clientClass: [
          ['ORDINARY', 0, 5_000_000],
          ['HIGH_NET_WORTH', 6_000_000, 30_000_000],
          ['ULTRA_HIGH_NET_WORTH', 30_000_000, null],
        ],
      },
    ],
    [
      'an overlap',
      {
        grade: {
          ...grade,
          experienceRanksYears: [
            [1, 0, 3],
            [2, 2, 5],
            [3, 5, null],
          ],
        },
      },
    ],
    [
      'a beginning above 0',
      {
        grade: {
          ...grade,
          experienceRanksYears: [
            [1, 1, 2],
            [2, 2, 5],
            [3, 5, null],
          ],
        },
      },
    ],
    [
      'an end',
      {
        grade: {
          ...grade,
          experienceRanksYears: [
            [1, 0, 2],
            [2, 2, 5],
          ],
        },
      },
    ],
    [
      'an empty row',
      {
        grade: {
          ...grade,
          experienceRanksYears: [
            [1, 0, 0],
            [2, 0, null],
          ],
        },
      },
    ],
    [
      'classes out of order',
      {
        clientClass: [
          ['HIGH_NET_WORTH', 0, 30_000_000],
          ['ULTRA_HIGH_NET_WORTH', 30_000_000, null],
        ],
      },
    ],
    ['a rank without its grade', { grade: { ...grade, names: { ...grade.names, 2: 'GOLD' } } }],
    [
      'DIAMOND apart from its segment',
      {
        clientClass: [
          ['ORDINARY', 0, 6_000_000],
          ['HIGH_NET_WORTH', 6_000_000, 40_000_000],
          ['ULTRA_HIGH_NET_WORTH', 40_000_000, null],
        ],
      },
    ],
  ])('%s', (_, changes) => expect(tableProblems({ ...TABLES, ...changes })).not.toEqual([]));

  test("and the firm's own have none", () => expect(tableProblems(TABLES)).toEqual([]));
});
