import { readFileSync } from 'node:fs';
import { Decimal } from '@client-graph/kit/decimal';
import { describe, expect, test } from '@jest/globals';
import { ISSUER_WORDS, type IssuerType, RATINGS, type Rating } from '../products/products.rules.js';
import { checkFacts, investorOf } from './investors.rules.js';
import type { Level } from './levels.rules.js';
import { allowed, decide, type Inputs, isOverridable, type SuitabilityTables } from './suitability.rules.js';

const read = (file: string) =>
  (
    JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), 'utf8')) as {
      tables: SuitabilityTables;
    }
  ).tables;
const tables = read('suitability-2026.2.json');
const before = read('suitability-2026.1.json');
const TODAY = '2026-03-02';

type Facts = { [Part in 'client' | 'product' | 'order' | 'exposure']?: Partial<Inputs[Part]> } & {
  profile?: Partial<NonNullable<Inputs['profile']>> | null;
};
const someInputs = (facts: Facts = {}): Inputs => ({
  today: TODAY,
  client: {
    id: 'c',
    kind: 'INDIVIDUAL',
    status: 'ACTIVE',
    ageBand: 'FROM_31',
    isQualified: false,
    horizonMonths: null,
    liquidAssets: null,
    ...facts.client,
  },
  profile:
    facts.profile === null
      ? null
      : { level: 'HIGH', lowestCategory: false, validTo: '2027-03-01', assessmentId: 'a', ...facts.profile },
  product: {
    id: 'p',
    version: 1,
    status: 'LISTED',
    rating: 'R1',
    category: 'CASH',
    issuerType: 'PUBLIC_FUND',
    currency: 'CNY',
    minAmount: '1',
    minHorizonMonths: 12,
    ...facts.product,
  },
  order: { amount: '10000', currency: 'CNY', isWitnessed: false, ...facts.order },
  exposure: { inProduct: '0', inAll: '900000', ...facts.exposure },
});
const asked = (facts: Facts, with_ = tables) => {
  const inputs = someInputs(facts);
  const { result, reasons } = decide(with_, inputs);
  return {
    result,
    codes: reasons.map((reason) => reason.code),
    isOverridable: isOverridable(with_, inputs, reasons),
  };
};

// o: the client may ask for it on their own initiative, one step above the level; x: never.
const CSRC = {
  LOWEST: '✓xxxx',
  LOW: '✓oxxx',
  MEDIUM_LOW: '✓✓oxx',
  MEDIUM: '✓✓✓ox',
  MEDIUM_HIGH: '✓✓✓✓o',
  HIGH: '✓✓✓✓✓',
};
const profileOf = (row: string): { level: Level; lowestCategory: boolean } =>
  row === 'LOWEST' ? { level: 'LOW', lowestCategory: true } : { level: row as Level, lowestCategory: false };
const issuers = Object.keys(ISSUER_WORDS) as IssuerType[];
const cells = Object.entries(CSRC).flatMap(([row, line]) =>
  RATINGS.flatMap((rating, at) =>
    issuers.map((issuer): [string, Rating, IssuerType, string] => [row, rating, issuer, [...line][at] ?? '']),
  ),
);

describe.each(cells)('%s, %s of %s: %s', (row, rating, issuerType, cell) => {
  const isCsrc = ['PUBLIC_FUND', 'PRIVATE_FUND', 'BROKER_AM'].includes(issuerType);
  const facts: Facts = {
    profile: profileOf(row),
    product: { rating, issuerType },
    client: { isQualified: true },
  };

  test('may be overridden only where the table says so', () => {
    expect(asked(facts)).toEqual({
      result: cell === '✓' ? 'SUITABLE' : 'BLOCKED',
      codes: cell === '✓' ? [] : ['RATING_ABOVE_LEVEL'],
      isOverridable: cell === 'o' && isCsrc,
    });
  });

  test.each([
    ['a client who is not active', { client: { status: 'RESTRICTED' } }],
    ['a suspended product', { product: { status: 'SUSPENDED' } }],
    ['an expired profile', { profile: { validTo: '2026-03-01' } }],
    ['no profile', { profile: null }],
    [
      'a category that is not offered',
      { product: { category: 'PRIVATE_EQUITY' }, profile: { level: 'LOW' } },
    ],
    ['a client under 18', { client: { ageBand: 'UNDER_18' } }],
    ['too small an amount', { order: { amount: '0.5' } }],
    ['more than the client can pay', { client: { liquidAssets: { amount: '9999', currency: 'CNY' } } }],
  ] as [string, Facts][])('and never with %s', (_, more) => {
    const all: Facts = {
      profile: more.profile === null ? null : { ...profileOf(row), ...more.profile },
      product: { rating, issuerType, ...more.product },
      client: { isQualified: true, ...more.client },
      order: { ...more.order },
    };
    expect(asked(all)).toMatchObject({ result: 'BLOCKED', isOverridable: false });
  });
});

test('version 2026.1 knows no override and answers as it did', () => {
  const facts: Facts = { profile: profileOf('LOW'), product: { rating: 'R2' }, client: { horizonMonths: 1 } };
  expect(asked(facts, before)).toEqual({
    result: 'BLOCKED',
    codes: ['RATING_ABOVE_LEVEL'],
    isOverridable: false,
  });
});

test.each([
  [null, 12, 'SUITABLE', []],
  [12, 12, 'SUITABLE', []],
  [11, 12, 'WARN', ['HORIZON']],
  [0, 0, 'SUITABLE', []],
] as const)(
  'a horizon of %s months and a product of %s: %s',
  (horizonMonths, minHorizonMonths, result, codes) => {
    expect(asked({ client: { horizonMonths }, product: { minHorizonMonths } })).toMatchObject({
      result,
      codes,
    });
  },
);

test.each([
  [null, 'SUITABLE'],
  [{ amount: '10000', currency: 'CNY' }, 'SUITABLE'],
  [{ amount: '9999.99', currency: 'CNY' }, 'BLOCKED'],
  [{ amount: '0', currency: 'CNY' }, 'BLOCKED'],
  [{ amount: '1', currency: 'USD' }, 'SUITABLE'],
] as const)('10,000 asked of liquid assets %j: %s', (liquidAssets, result) => {
  expect(asked({ client: { liquidAssets } }).result).toBe(result);
});

test('what is for qualified investors only is open to them, and to nobody else', () => {
  for (const product of [{ issuerType: 'PRIVATE_FUND' }, { category: 'PRIVATE_EQUITY' }] as const) {
    expect(asked({ product, client: { isQualified: true } }).result).toBe('SUITABLE');
    expect(asked({ product }).codes).toEqual(['QUALIFIED_INVESTOR']);
  }
});

test('at 65, R4 and R5 need a second person and a recording; under 18 nothing helps', () => {
  const old = { client: { ageBand: 'FROM_65' }, product: { rating: 'R4' } } as const;
  expect(asked(old).codes).toEqual(['AGE']);
  expect(asked({ ...old, order: { isWitnessed: true } }).result).toBe('SUITABLE');
  expect(asked({ client: { ageBand: 'UNDER_18' }, order: { isWitnessed: true } }).codes).toEqual(['AGE']);
});

test('what is offered is what a decision would not block, qualified or not', () => {
  for (const isQualified of [true, false]) {
    for (const row of Object.keys(CSRC)) {
      const client = { kind: 'INDIVIDUAL', status: 'ACTIVE', ageBand: 'FROM_31', isQualified };
      const offer = allowed(tables, client, { ...profileOf(row), validTo: TODAY }, TODAY);
      for (const rating of RATINGS)
        for (const issuerType of issuers) {
          const isOffered =
            offer.ratings.includes(rating) &&
            offer.issuerTypes.includes(issuerType) &&
            offer.categories.includes('CASH');
          const { result } = asked({
            profile: profileOf(row),
            client: { isQualified },
            product: { rating, issuerType },
            exposure: { inAll: '90000000' },
          });
          expect([row, rating, issuerType, isOffered]).toEqual([
            row,
            rating,
            issuerType,
            result === 'SUITABLE',
          ]);
        }
    }
  }
});

test.each([
  ['what one can pay', '10000', undefined, undefined, []],
  ['a little more', '10000.01', undefined, undefined, ['ABILITY_TO_PAY']],
  ['with what is under way', '4000', '6000', undefined, []],
  ['more than that leaves', '4000.01', '6000', undefined, ['ABILITY_TO_PAY']],
  ['a switch, which is paid by what it gives up', '50000', '6000', true, []],
] as const)('ability to pay: %s', (_, amount, committed, isSwitch, codes) => {
  const facts: Facts = {
    client: { liquidAssets: { amount: '10000', currency: 'CNY' } },
    product: { minAmount: '1' },
    order: { amount, ...(isSwitch && { isSwitch }) },
    exposure: { ...(committed && { committed }) },
  };
  expect(asked(facts).codes).toEqual(codes);
});

test('a certificate counts through its last day', () => {
  const facts = { horizonMonths: 6, liquidAssets: new Decimal('5'), currency: 'CNY', qualifiedUntil: TODAY };
  const nothing = { status: null, review: null };
  const none = { isProfessional: false, needsProfile: false, isReviewOverdue: false };
  expect(investorOf(facts, nothing, { today: TODAY })).toEqual({
    ...none,
    isQualified: true,
    horizonMonths: 6,
    liquidAssets: { amount: '5', currency: 'CNY' },
  });
  expect(investorOf(facts, nothing, { today: '2026-03-03' }).isQualified).toBe(false);
  expect(investorOf(null, nothing, { today: TODAY })).toEqual({
    ...none,
    isQualified: false,
    horizonMonths: null,
    liquidAssets: null,
  });
});

test.each([
  ['ORDINARY', true, TODAY, { isProfessional: false, isQualified: true }],
  ['PROFESSIONAL_B', false, TODAY, { isProfessional: true, isQualified: false }],
  ['PROFESSIONAL_A', true, '2026-03-01', { isProfessional: false, isQualified: false }],
] as const)('%s, qualified %p, through %s', (investor, isQualified, validTo, expected) => {
  const standing = { status: { investor, isQualified, validTo }, review: null };
  expect(investorOf(null, standing, { today: TODAY })).toMatchObject(expected);
});

test.each([
  ['2026-03-02', true, undefined, true],
  ['2025-12-03', false, undefined, false],
  ['2025-12-02', false, undefined, true],
  ['2026-02-20', false, 10, true],
  ['2026-02-21', false, 10, false],
] as const)(
  'a review due on %s, told to block %p, with %p days allowed: overdue %p',
  (dueOn, isBlocking, reviewOverdueDays, isOverdue) => {
    const standing = { status: null, review: { dueOn, isBlocking } };
    expect(investorOf(null, standing, { today: TODAY, reviewOverdueDays }).isReviewOverdue).toBe(isOverdue);
  },
);

test.each([
  [{ horizonMonths: -1 }],
  [{ horizonMonths: 601 }],
  [{ liquidAssets: { amount: new Decimal(-1), currency: 'CNY' } }],
  [{ liquidAssets: { amount: new Decimal('0.001'), currency: 'CNY' } }],
  [{ liquidAssets: { amount: new Decimal(1), currency: 'XXX' } }],
])('facts such as %j are not kept', (ask) => {
  expect(() => checkFacts(ask)).toThrow(expect.objectContaining({ code: 'BAD_INPUT' }));
});
