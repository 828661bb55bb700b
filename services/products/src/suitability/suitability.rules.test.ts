import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type Category, type IssuerType, RATINGS, type Rating } from '../products/products.rules.js';
import type { Level } from './levels.rules.js';
import {
  allowed,
  decide,
  endOfDay,
  type Inputs,
  type SuitabilityTables,
  withWords,
} from './suitability.rules.js';

const { tables } = JSON.parse(
  readFileSync(new URL('../../data/suitability-2026.1.json', import.meta.url), 'utf8'),
) as { tables: SuitabilityTables };

const TODAY = '2026-03-02';
const LEVELS = ['LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'] as const;
const CATEGORIES = [
  'CASH',
  'FIXED_INCOME',
  'STEADY_MIX',
  'BALANCED_MIX',
  'EQUITY',
  'PRIVATE_EQUITY',
  'STRUCTURED',
] as const;
const ISSUERS = ['BANK_WMP', 'PUBLIC_FUND', 'PRIVATE_FUND', 'TRUST', 'INSURANCE', 'BROKER_AM'] as const;
const AGES = ['UNDER_18', 'FROM_18', 'FROM_31', 'FROM_46', 'FROM_56', 'FROM_65'] as const;

type Facts = { [Part in 'client' | 'product' | 'order' | 'exposure']?: Partial<Inputs[Part]> } & {
  profile?: Partial<NonNullable<Inputs['profile']>> | null;
};

/** An active client of 40 who is HIGH and holds CNY 900,000 asks for CNY 10,000 of a listed R1 cash product: nothing is against it. */
const someInputs = (facts: Facts = {}): Inputs => ({
  today: TODAY,
  client: { id: 'c', kind: 'INDIVIDUAL', status: 'ACTIVE', ageBand: 'FROM_31', ...facts.client },
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
    issuerType: 'BANK_WMP',
    currency: 'CNY',
    minAmount: '10000',
    ...facts.product,
  },
  order: { amount: '10000', currency: 'CNY', ...facts.order },
  exposure: { inProduct: '0', inAll: '900000', ...facts.exposure },
});

const codesOf = (facts: Facts) => decide(tables, someInputs(facts)).reasons.map((reason) => reason.code);

test('nothing against it: SUITABLE without reasons', () => {
  expect(decide(tables, someInputs())).toEqual({ result: 'SUITABLE', reasons: [] });
});

// The matching table of the policy, typed out: ✓ may buy, o would need an override (blocked in this release), x never.
const MATCHING = {
  LOWEST: '✓xxxx',
  LOW: '✓oxxx',
  MEDIUM_LOW: '✓✓oxx',
  MEDIUM: '✓✓✓ox',
  MEDIUM_HIGH: '✓✓✓✓o',
  HIGH: '✓✓✓✓✓',
} as const;
const profileOf = (row: keyof typeof MATCHING) =>
  row === 'LOWEST' ? { level: 'LOW' as Level, lowestCategory: true } : { level: row, lowestCategory: false };
const cells = Object.keys(MATCHING).flatMap((row) =>
  RATINGS.map((rating, at) => [row, rating, [...MATCHING[row as keyof typeof MATCHING]][at]] as const),
) as [keyof typeof MATCHING, Rating, string][];

describe.each(cells)('%s and %s: %s', (row, rating, cell) => {
  const base = { profile: profileOf(row), product: { rating } };
  const isAbove = cell !== '✓';
  const above = isAbove ? ['RATING_ABOVE_LEVEL'] : [];

  test('the cell alone decides when nothing else is against it', () => {
    expect(decide(tables, someInputs(base))).toEqual(
      isAbove
        ? { result: 'BLOCKED', reasons: [{ code: 'RATING_ABOVE_LEVEL', effect: 'BLOCKS' }] }
        : { result: 'SUITABLE', reasons: [] },
    );
  });

  test.each([
    ['a client who is not active', { client: { status: 'ONBOARDING' } }, ['CLIENT_STATUS', ...above]],
    ['a suspended product', { product: { status: 'SUSPENDED' } }, ['PRODUCT_STATUS', ...above]],
    ['a closed product', { product: { status: 'CLOSED' } }, ['PRODUCT_STATUS', ...above]],
    ['no profile', { profile: null }, ['NO_PROFILE']],
    ['a profile that ended yesterday', { profile: { validTo: '2026-03-01' } }, ['PROFILE_EXPIRED']],
    ['a profile that ends today', { profile: { validTo: TODAY } }, above],
    ['a client under 18', { client: { ageBand: 'UNDER_18' } }, [...above, 'AGE']],
    ['a client of unknown age', { client: { ageBand: null } }, [...above, 'AGE']],
    ['an institution, which has no age', { client: { kind: 'INSTITUTION', ageBand: null } }, above],
    ['a client of 65', { client: { ageBand: 'FROM_65' } }, [...above, ...(rating >= 'R4' ? ['AGE'] : [])]],
    ['a private fund', { product: { issuerType: 'PRIVATE_FUND' } }, [...above, 'QUALIFIED_INVESTOR']],
    ['another currency', { order: { currency: 'USD' } }, [...above, 'CURRENCY']],
    ['one cent below the minimum', { order: { amount: '9999.99' } }, [...above, 'MIN_AMOUNT']],
    [
      'half of all holdings',
      { order: { amount: '900000' } },
      [...above, ...(rating >= 'R4' ? ['CONCENTRATION'] : [])],
    ],
  ] as [string, Facts, string[]][])('%s', (_, further, expected) => {
    const facts: Facts = {
      ...base,
      ...further,
      profile: further.profile === null ? null : { ...base.profile, ...further.profile },
      product: { ...base.product, ...further.product },
    };
    const decision = decide(tables, someInputs(facts));
    expect(decision.reasons.map((reason) => reason.code)).toEqual(expected);
    expect(decision.result).toBe(expected.length > 0 ? 'BLOCKED' : 'SUITABLE');
  });
});

describe.each(LEVELS)('categories at %s', (level) => {
  const reach = { LOW: 2, MEDIUM_LOW: 3, MEDIUM: 4, MEDIUM_HIGH: 5, HIGH: 7 }[level];
  test.each(CATEGORIES.map((category, at) => [category, at < reach] as const))(
    '%s is offered: %p',
    (category, isOffered) => {
      const codes = codesOf({ profile: { level }, product: { category } });
      expect(codes).toEqual([
        ...(isOffered ? [] : ['CATEGORY']),
        ...(category === 'PRIVATE_EQUITY' ? ['QUALIFIED_INVESTOR'] : []),
      ]);
    },
  );
});

// Holdings of 100 in all; the order is added to both sides.
test.each([
  ['R4', '0', '100', '25', 'SUITABLE', 'exactly 20 %'],
  ['R4', '0', '100', '25.01', 'WARN', 'a little above 20 %'],
  ['R4', '20', '100', '25', 'WARN', '36 % with what is held'],
  ['R4', '0', '90', '60', 'WARN', 'exactly 40 %'],
  ['R4', '0', '90', '60.01', 'BLOCKED', 'a little above 40 %'],
  ['R5', '0', '0', '10', 'BLOCKED', 'a first purchase is all there is'],
  ['R3', '0', '0', '10', 'SUITABLE', 'below R4 nothing is measured'],
] as const)(
  'concentration, %s: %s held of %s, %s more: %s (%s)',
  (rating, inProduct, inAll, amount, result, _) => {
    const inputs = someInputs({
      product: { rating, minAmount: '1' },
      exposure: { inProduct, inAll },
      order: { amount },
    });
    const effect = {
      SUITABLE: [],
      WARN: [{ code: 'CONCENTRATION', effect: 'WARNS' }],
      BLOCKED: [{ code: 'CONCENTRATION', effect: 'BLOCKS' }],
    };
    expect(decide(tables, inputs)).toEqual({ result, reasons: effect[result] });
  },
);

test.each([
  ['without an assessment', null, ['NO_PROFILE']],
  ['with one that ended yesterday', { validTo: '2026-03-01' }, ['PROFILE_EXPIRED']],
  ['with one that ends today', { level: 'LOW', validTo: TODAY }, []],
  [
    'with one of the lowest category',
    { level: 'LOW', lowestCategory: true },
    ['RATING_ABOVE_LEVEL', 'CATEGORY'],
  ],
] as const)('who became professional on application needs an assessment: %s', (_, profile, codes) => {
  const client = { isProfessional: true, needsProfile: true };
  const facts: Facts = { client, profile, product: { rating: 'R5', category: 'STRUCTURED' } };
  expect(codesOf(facts)).toEqual(codes);
  const inputs = someInputs(facts);
  const offer = allowed(tables, inputs.client, inputs.profile, TODAY);
  expect(offer.ratings.includes('R5') && offer.categories.includes('STRUCTURED')).toBe(codes.length === 0);
});

test('all reasons are heard at once, and a blocking one outweighs a warning', () => {
  const facts: Facts = {
    client: { status: 'CLOSED', ageBand: 'FROM_65' },
    profile: { level: 'MEDIUM' },
    product: { status: 'CLOSED', rating: 'R5', category: 'PRIVATE_EQUITY', issuerType: 'PRIVATE_FUND' },
    exposure: { inProduct: '0', inAll: '20000' },
    order: { amount: '9000' },
  };
  expect(codesOf(facts)).toEqual([
    'CLIENT_STATUS',
    'PRODUCT_STATUS',
    'RATING_ABOVE_LEVEL',
    'AGE',
    'CATEGORY',
    'QUALIFIED_INVESTOR',
    'MIN_AMOUNT',
    'CONCENTRATION',
  ]);
  expect(decide(tables, someInputs(facts)).result).toBe('BLOCKED');
});

test('every reason has words in three languages, and they are kept with the decision', () => {
  for (const text of Object.values(tables.reasons)) {
    expect(Object.keys(text)).toEqual(['EN', 'ZH_HANS', 'ZH_HANT']);
    expect(Object.values(text).every((words) => words.length > 5)).toBe(true);
  }
  expect(withWords(tables, [{ code: 'AGE', effect: 'BLOCKS' }])).toEqual([
    { code: 'AGE', effect: 'BLOCKS', text: tables.reasons.AGE },
  ]);
});

test('what is offered is exactly what a decision would not block, whatever level, age, rating, category and issuer', () => {
  const profiles = [
    null,
    ...Object.keys(MATCHING).map((row) => profileOf(row as keyof typeof MATCHING)),
  ].flatMap((profile) =>
    profile === null ? [null] : [TODAY, '2026-03-01'].map((validTo) => ({ ...profile, validTo })),
  );
  const clients = (['ACTIVE', 'CLOSED'] as const).flatMap((status) => [
    ...AGES.map((ageBand) => ({ kind: 'INDIVIDUAL', status, ageBand })),
    { kind: 'INDIVIDUAL', status, ageBand: null },
    { kind: 'INSTITUTION', status, ageBand: null },
  ]);
  const products = RATINGS.flatMap((rating) =>
    CATEGORIES.flatMap((category: Category) =>
      ISSUERS.map((issuerType: IssuerType) => ({ rating, category, issuerType })),
    ),
  );
  const disagreements: unknown[] = [];
  for (const profile of profiles) {
    for (const client of clients) {
      const offer = allowed(tables, client, profile, TODAY);
      for (const product of products) {
        const isOffered =
          offer.ratings.includes(product.rating) &&
          offer.categories.includes(product.category) &&
          offer.issuerTypes.includes(product.issuerType);
        // So much is held that no order is too large a part of it.
        const { result } = decide(
          tables,
          someInputs({ profile, client, product, exposure: { inAll: '9000000' } }),
        );
        if (isOffered !== (result === 'SUITABLE')) disagreements.push({ profile, client, product, result });
      }
    }
  }
  expect(disagreements).toEqual([]);
});

test('a client nobody knows is offered nothing', () => {
  expect(
    allowed(tables, null, { level: 'HIGH', lowestCategory: false, validTo: '2027-01-01' }, TODAY),
  ).toEqual({
    ratings: [],
    categories: [],
    issuerTypes: [],
  });
});

test('a decision ends with its day in Shanghai', () => {
  expect(endOfDay('2026-03-02').toISOString()).toBe('2026-03-02T15:59:59.999Z');
});
