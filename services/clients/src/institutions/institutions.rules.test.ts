import { readFileSync } from 'node:fs';
import { Decimal } from '@client-graph/kit/decimal';
import { describe, expect, test } from '@jest/globals';
import { decide, evaluateInstitution, type InstitutionFacts } from '../grading.rules.js';
import {
  type GradingRules,
  type GradingTables,
  INSTITUTION_GRADES,
  type InstitutionGrade,
  type InstitutionKind,
} from '../grading-tables.rules.js';
import { reasonsOf } from '../reasons.rules.js';
import {
  countsInstead,
  financialsOf,
  type InstitutionApplication,
  institutionOf,
  usccOf,
} from './institutions.rules.js';

const TODAY = '2026-03-02';
const tables = JSON.parse(
  readFileSync(new URL('../../data/grading-rules.json', import.meta.url), 'utf8'),
) as GradingTables;
const RULES: GradingRules = { version: '2026.1', tables };

const outcome = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    const { code, details } = error as { code: string; details: { reason?: string; field?: string } };
    return [code, details.field, details.reason].filter((part) => part !== undefined).join(' ');
  }
};

describe('unified social credit codes', () => {
  test.each([
    ['91350100M000100Y43', '91350100M000100Y43'],
    [' 9135 0100 m000100y43 ', '91350100M000100Y43'],
    ['９１３５０１００Ｍ０００１００Ｙ４３', '91350100M000100Y43'],
    ['91350100M000100Y42', 'USCC_INVALID CHECKSUM'],
    ['91350100M000100Y4', 'USCC_INVALID FORM'],
    ['91350100M000100Y4I', 'USCC_INVALID FORM'],
    ['9135O100M000100Y43', 'USCC_INVALID FORM'],
    ['', 'USCC_INVALID FORM'],
  ])('%s: %s', (text, expected) => expect(outcome(() => usccOf(text))).toBe(expected));

  test('one wrong character is always found', () => {
    const right = '91350100M000100Y43';
    const characters = '0123456789ABCDEFGHJKLMNPQRTUWXY';
    for (let place = 8; place < 17; place += 1)
      for (const character of characters)
        if (character !== right[place])
          expect(outcome(() => usccOf(right.slice(0, place) + character + right.slice(place + 1)))).toBe(
            'USCC_INVALID CHECKSUM',
          );
  });
});

const anApplication = (changes: Partial<InstitutionApplication> = {}): InstitutionApplication => ({
  legalName: ' 上海示例有限公司 ',
  uscc: '91350100M000100Y43',
  institutionType: 'ENTERPRISE',
  legalRepresentative: '陈一',
  businessScope: '软件开发',
  investmentNeeds: '闲置资金理财',
  contactName: '林二',
  phone: '021 6123-4567',
  address: '上海市浦东新区 1 号',
  ...changes,
});

test('an application becomes an institution in one spelling', () => {
  expect(institutionOf(anApplication())).toMatchObject({
    legalName: '上海示例有限公司',
    phone: '+862161234567',
    email: null,
  });
});

test.each<[string, Partial<InstitutionApplication>, string]>([
  ['a blank name', { legalName: ' ' }, 'BAD_INPUT legalName EMPTY'],
  ['no representative', { legalRepresentative: '' }, 'BAD_INPUT legalRepresentative EMPTY'],
  ['a line break', { businessScope: 'a\nb' }, 'BAD_INPUT businessScope LINE_BREAK'],
  ['a scope of 1,001', { businessScope: 'x'.repeat(1001) }, 'BAD_INPUT businessScope TOO_LONG'],
  ['a phone of letters', { phone: 'call us' }, 'BAD_INPUT phone FORM'],
  ['an e-mail without @', { email: 'a.b.cn' }, 'BAD_INPUT email FORM'],
])('%s is refused', (_, changes, expected) => {
  expect(outcome(() => institutionOf(anApplication(changes)))).toBe(expected);
});

describe('financial statements', () => {
  const yuan = (amount: string, currency = 'CNY') => ({ amount: new Decimal(amount), currency });
  const ask = {
    yearEnd: '2025-12-31',
    netAssets: yuan('20000000'),
    liabilities: yuan('0'),
    revenue: yuan('5'),
    profit: yuan('-5'),
    source: 'AUDITED',
  } as const;
  test.each([
    ['a year end', {}, 'OK'],
    ['net assets below zero', { netAssets: yuan('-1') }, 'OK'],
    ['a February of a leap year', { yearEnd: '2024-02-29' }, 'OK'],
    ['a day within a month', { yearEnd: '2025-12-30' }, 'YEAR_END_IMPOSSIBLE'],
    ['a year end to come', { yearEnd: '2026-03-31' }, 'YEAR_END_IMPOSSIBLE'],
    ['eleven years ago', { yearEnd: '2014-12-31' }, 'YEAR_END_IMPOSSIBLE'],
    ['revenue below zero', { revenue: yuan('-1') }, 'BAD_INPUT revenue NEGATIVE'],
    ['liabilities below zero', { liabilities: yuan('-1') }, 'BAD_INPUT liabilities NEGATIVE'],
    ['half a fen', { profit: yuan('-0.005') }, 'BAD_INPUT profit TOO_MANY_DECIMALS'],
    ['dollars', { netAssets: yuan('1', 'USD') }, 'BAD_INPUT netAssets CURRENCY'],
    ['no currency', { netAssets: yuan('1', 'XXX') }, 'BAD_INPUT netAssets CURRENCY'],
  ])('%s: %s', (_, changes, expected) => {
    expect(outcome(() => financialsOf({ ...ask, ...changes }, 'CNY', TODAY) && 'OK')).toBe(expected);
  });

  test('the later year end counts, of one the later word', () => {
    expect(countsInstead({ yearEnd: '2024-12-31' }, null)).toBe(true);
    expect(countsInstead({ yearEnd: '2024-12-31' }, { yearEnd: '2025-12-31' })).toBe(false);
    expect(countsInstead({ yearEnd: '2025-12-31' }, { yearEnd: '2025-12-31' })).toBe(true);
  });
});

describe('the grade of an institution', () => {
  const facts = (
    institutionType: InstitutionKind,
    netAssets: string | null,
    productClasses: number,
  ): InstitutionFacts => ({
    institutionType,
    netAssets: netAssets === null ? null : new Decimal(netAssets),
    yearEnd: netAssets === null ? null : '2025-12-31',
    productClasses,
  });

  test.each<[InstitutionKind, string | null, number, InstitutionGrade]>([
    ['ENTERPRISE', null, 0, 'SMALL'],
    ['ENTERPRISE', null, 2, 'SMALL'],
    ['ENTERPRISE', null, 3, 'MEDIUM'],
    ['ENTERPRISE', '-5000000', 0, 'SMALL'],
    ['ENTERPRISE', '19999999.99', 2, 'SMALL'],
    ['ENTERPRISE', '19999999.99', 3, 'MEDIUM'],
    ['ENTERPRISE', '20000000', 0, 'MEDIUM'],
    ['ENTERPRISE', '199999999.99', 9, 'MEDIUM'],
    ['ENTERPRISE', '200000000', 0, 'LARGE'],
    ['GOVERNMENT_PUBLIC', '100000000', 0, 'MEDIUM'],
    ['FINANCIAL_INSTITUTION', '99999999.99', 9, 'MEDIUM'],
    ['FINANCIAL_INSTITUTION', '100000000', 0, 'LARGE'],
    ['FINANCIAL_INSTITUTION', '200000000', 0, 'LARGE'],
    ['FINANCIAL_INSTITUTION', null, 3, 'MEDIUM'],
  ])('%s with %s and %i classes of product is %s', (type, netAssets, classes, grade) => {
    const decision = decide(null, RULES, facts(type, netAssets, classes), TODAY);
    expect(decision).toMatchObject({ class: type, grade, gradingDueOn: null });
    for (const locale of ['EN', 'ZH_HANS', 'ZH_HANT'] as const) {
      const reasons = reasonsOf({ grade, ruleVersion: '2026.1', grounds: decision.grounds }, locale);
      expect(reasons.length).toBeLessThanOrEqual(6);
      expect(reasons.join()).not.toMatch(/undefined|null|NaN/);
    }
  });

  test('more net assets never lower it', () => {
    const lines = ['0', '19999999', '20000000', '99999999', '100000000', '199999999', '200000000', '1e12'];
    for (const type of ['ENTERPRISE', 'FINANCIAL_INSTITUTION', 'GOVERNMENT_PUBLIC'] as const)
      for (const classes of [0, 3]) {
        const ranks = lines.map((line) =>
          INSTITUTION_GRADES.indexOf(evaluateInstitution(RULES, facts(type, line, classes)).ruledGrade),
        );
        expect([...ranks].sort((a, b) => a - b)).toEqual(ranks);
      }
  });

  test('is lowered only after the quarter end that finds it 90 days below, as for people', () => {
    const large = { class: 'ENTERPRISE', grade: 'LARGE', classBelowSince: null } as const;
    const poor = facts('ENTERPRISE', '1', 0);
    expect(decide({ ...large, gradeBelowSince: null }, RULES, poor, TODAY)).toMatchObject({
      grade: 'LARGE',
      gradeBelowSince: TODAY,
      gradingDueOn: '2026-07-01',
    });
    expect(decide({ ...large, gradeBelowSince: TODAY }, RULES, poor, '2026-07-01').grade).toBe('SMALL');
  });

  test('its reasons are words about the stored figures', () => {
    const { grounds } = decide(null, RULES, facts('FINANCIAL_INSTITUTION', '150000000', 1), TODAY);
    expect(reasonsOf({ grade: 'LARGE', ruleVersion: '2026.1', grounds }, 'EN')).toEqual([
      'Net assets of CNY 150,000,000 at 2025-12-31 are from 20,000,000 to under 200,000,000: Medium by net assets.',
      'For a financial institution net assets of 100,000,000 or more are Large.',
      'By rules 2026.1 this is Large.',
    ]);
  });
});
