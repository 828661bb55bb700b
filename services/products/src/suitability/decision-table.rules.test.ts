import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { RATINGS, type Rating } from '../products/products.rules.js';
import {
  decide,
  type Inputs,
  isOverridable,
  type ReasonCode,
  type SuitabilityTables,
} from './suitability.rules.js';

const { tables } = JSON.parse(
  readFileSync(new URL('../../data/suitability-2026.3.json', import.meta.url), 'utf8'),
) as { tables: SuitabilityTables };

const TODAY = '2026-03-02';

// The table of the domain, typed out: ✓ may buy, o only as an override, x never; ? there is no level that could speak.
const ROWS = {
  LOWEST: ['✓xxxx', { level: 'LOW', lowestCategory: true }],
  LOW: ['✓oxxx', { level: 'LOW', lowestCategory: false }],
  MEDIUM_LOW: ['✓✓oxx', { level: 'MEDIUM_LOW', lowestCategory: false }],
  MEDIUM: ['✓✓✓ox', { level: 'MEDIUM', lowestCategory: false }],
  MEDIUM_HIGH: ['✓✓✓✓o', { level: 'MEDIUM_HIGH', lowestCategory: false }],
  HIGH: ['✓✓✓✓✓', { level: 'HIGH', lowestCategory: false }],
  PROFESSIONAL: ['✓✓✓✓✓', null],
  NONE: ['?????', null],
} as const;
type Row = keyof typeof ROWS;

type Part = Partial<Record<'client' | 'product' | 'order' | 'exposure', object>>;
type Check = {
  name: string;
  facts: Part;
  code: ReasonCode;
  effect: 'BLOCKS' | 'WARNS';
  when?: (row: Row, rating: Rating) => boolean;
};

const isHigh = (rating: Rating) => rating >= 'R4';
/** Every further check, at the edge where it begins to speak; `when`: only there. */
const CHECKS: readonly Check[] = [
  { name: 'not active', facts: { client: { status: 'DORMANT' } }, code: 'CLIENT_STATUS', effect: 'BLOCKS' },
  {
    name: 'review too late',
    facts: { client: { isReviewOverdue: true } },
    code: 'REVIEW_OVERDUE',
    effect: 'BLOCKS',
  },
  {
    name: 'suspended',
    facts: { product: { status: 'SUSPENDED' } },
    code: 'PRODUCT_STATUS',
    effect: 'BLOCKS',
  },
  { name: 'closed', facts: { product: { status: 'CLOSED' } }, code: 'PRODUCT_STATUS', effect: 'BLOCKS' },
  { name: 'under 18', facts: { client: { ageBand: 'UNDER_18' } }, code: 'AGE', effect: 'BLOCKS' },
  {
    name: '65',
    facts: { client: { ageBand: 'FROM_65' } },
    code: 'AGE',
    effect: 'BLOCKS',
    when: (_, rating) => isHigh(rating),
  },
  {
    name: 'another category',
    facts: { product: { category: 'PRIVATE_EQUITY' }, client: { isQualified: true } },
    code: 'CATEGORY',
    effect: 'BLOCKS',
    when: (row) => !['HIGH', 'PROFESSIONAL', 'NONE'].includes(row),
  },
  {
    name: 'a private fund',
    facts: { product: { issuerType: 'PRIVATE_FUND' } },
    code: 'QUALIFIED_INVESTOR',
    effect: 'BLOCKS',
  },
  { name: 'another currency', facts: { order: { currency: 'USD' } }, code: 'CURRENCY', effect: 'BLOCKS' },
  {
    name: 'below the minimum',
    facts: { product: { minAmount: '100.01' } },
    code: 'MIN_AMOUNT',
    effect: 'BLOCKS',
  },
  {
    name: 'a little above 20 %',
    facts: { exposure: { inProduct: '100.01', inAll: '900' } },
    code: 'CONCENTRATION',
    effect: 'WARNS',
    when: (row, rating) => isHigh(rating) && row !== 'PROFESSIONAL',
  },
  {
    name: 'a little above 40 %',
    facts: { exposure: { inProduct: '300.01', inAll: '900' } },
    code: 'CONCENTRATION',
    effect: 'BLOCKS',
    when: (row, rating) => isHigh(rating) && row !== 'PROFESSIONAL',
  },
  { name: 'too short a time', facts: { client: { horizonMonths: 11 } }, code: 'HORIZON', effect: 'WARNS' },
  {
    name: 'more than can be paid',
    facts: { client: { liquidAssets: { amount: '99.99', currency: 'CNY' } } },
    code: 'ABILITY_TO_PAY',
    effect: 'BLOCKS',
  },
  {
    name: 'an interest of the adviser',
    facts: { order: { hasConflict: true } },
    code: 'CONFLICT',
    effect: 'WARNS',
  },
];

/** One step before each edge nothing speaks: an active client of 40 with time and money, and a listed fund of category cash. */
const inputsOf = (row: Row, rating: Rating, checks: readonly Check[]): Inputs => {
  const of = (part: keyof Part) => Object.assign({}, ...checks.map(({ facts }) => facts[part] ?? {}));
  const [, profile] = ROWS[row];
  return {
    today: TODAY,
    client: {
      id: 'c',
      kind: 'INDIVIDUAL',
      status: 'ACTIVE',
      ageBand: 'FROM_56',
      isQualified: false,
      isProfessional: row === 'PROFESSIONAL',
      isReviewOverdue: false,
      horizonMonths: 12,
      liquidAssets: { amount: '100', currency: 'CNY' },
      ...of('client'),
    },
    profile: profile && { ...profile, validTo: TODAY, assessmentId: 'a' },
    product: {
      id: 'p',
      version: 1,
      status: 'LISTED',
      rating,
      category: 'CASH',
      issuerType: 'PUBLIC_FUND',
      currency: 'CNY',
      minAmount: '100',
      minHorizonMonths: 12,
      ...of('product'),
    },
    order: { amount: '100', currency: 'CNY', isWitnessed: false, hasConflict: false, ...of('order') },
    // 20 % with the order of 100.
    exposure: { inProduct: '100', inAll: '900', ...of('exposure') },
  };
};

/** What the table and the checks say, worked out apart from the rules. */
function expected(row: Row, rating: Rating, checks: readonly Check[]) {
  const [cells] = ROWS[row];
  const cell = [...cells][RATINGS.indexOf(rating)];
  const effects = new Map<string, string>();
  if (cell === 'x' || cell === 'o') effects.set('RATING_ABOVE_LEVEL', 'BLOCKS');
  if (cell === '?') effects.set('NO_PROFILE', 'BLOCKS');
  for (const { code, effect, when } of checks)
    if (when === undefined || when(row, rating))
      effects.set(code, effects.get(code) === 'BLOCKS' ? 'BLOCKS' : effect);
  // In another currency amounts say nothing, and what can be paid is not known.
  if (effects.has('CURRENCY'))
    for (const code of ['MIN_AMOUNT', 'CONCENTRATION', 'ABILITY_TO_PAY']) effects.delete(code);
  const blocks = [...effects].filter(([, effect]) => effect === 'BLOCKS').map(([code]) => code);
  return {
    reasons: Object.fromEntries([...effects].sort()),
    result: blocks.length > 0 ? 'BLOCKED' : effects.size > 0 ? 'WARN' : 'SUITABLE',
    isOverridable: cell === 'o' && blocks.length === 1 && blocks[0] === 'RATING_ABOVE_LEVEL',
  };
}

const found = (row: Row, rating: Rating, checks: readonly Check[]) => {
  const inputs = inputsOf(row, rating, checks);
  const { result, reasons } = decide(tables, inputs);
  expect(new Set(reasons.map(({ code }) => code)).size).toBe(reasons.length);
  return {
    reasons: Object.fromEntries(reasons.map(({ code, effect }) => [code, effect] as const).sort()),
    result,
    isOverridable: isOverridable(tables, inputs, reasons),
  };
};

const cells = (Object.keys(ROWS) as Row[]).flatMap((row) => RATINGS.map((rating) => [row, rating] as const));

test.each(cells)(
  '%s × %s: the cell alone, with each further check, and with every two of them',
  (row, rating) => {
    expect(found(row, rating, [])).toEqual(expected(row, rating, []));
    for (const one of CHECKS) {
      expect([one.name, found(row, rating, [one])]).toEqual([one.name, expected(row, rating, [one])]);
      for (const other of CHECKS) {
        const names = `${one.name} and ${other.name}`;
        // Two of one part of the inputs: the later wins, as it does in the expectation.
        const isSameFact = Object.entries(one.facts).some(([part, facts]) =>
          Object.keys(facts).some((field) => field in (other.facts[part as keyof Part] ?? {})),
        );
        if (isSameFact) continue;
        // Who is qualified may buy a private fund.
        if (
          [one, other].some(({ code }) => code === 'QUALIFIED_INVESTOR') &&
          [one, other].some(({ code }) => code === 'CATEGORY')
        )
          continue;
        expect([names, found(row, rating, [one, other])]).toEqual([
          names,
          expected(row, rating, [one, other]),
        ]);
      }
    }
  },
);

test('the lowest category holds for a professional investor too', () => {
  const inputs = inputsOf('LOWEST', 'R2', []);
  const client = { ...inputs.client, isProfessional: true };
  expect(decide(tables, { ...inputs, client }).reasons).toEqual([
    { code: 'RATING_ABOVE_LEVEL', effect: 'BLOCKS' },
  ]);
});

test('every code that can be given has words in three languages', () => {
  for (const { code } of CHECKS)
    for (const words of Object.values(tables.reasons[code])) expect(words.length).toBeGreaterThan(5);
});
