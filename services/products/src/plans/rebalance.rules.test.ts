import { readFileSync } from 'node:fs';
import { Decimal } from '@client-graph/kit/decimal';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Category, RATINGS, type Rating } from '../products/products.rules.js';
import type { Level } from '../suitability/levels.rules.js';
import type { SuitabilityTables } from '../suitability/suitability.rules.js';
import {
  type AllocationTable,
  allocationOf,
  driftOf,
  equityWeight,
  type Goal,
  type Position,
  targetOf,
} from './allocation.rules.js';
import { type Ask, type Candidate, type Line, rebalance } from './rebalance.rules.js';

const { tables } = JSON.parse(
  readFileSync(new URL('../../data/suitability-2026.3.json', import.meta.url), 'utf8'),
) as { tables: SuitabilityTables & { allocation: AllocationTable } };
const table = tables.allocation;

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
const GOALS = ['PRESERVE', 'INCOME', 'BALANCED', 'GROWTH'] as const;
const D = (value: Decimal.Value) => new Decimal(value);

// Level and goal → least, most and aim, typed out from the bands of the policy.
test.each([
  ['LOW', 'GROWTH', 0, 0, 0],
  ['MEDIUM_LOW', null, 0, 20, 10],
  ['MEDIUM_LOW', 'PRESERVE', 0, 5, 2.5],
  ['MEDIUM', 'INCOME', 20, 35, 27.5],
  ['MEDIUM', 'BALANCED', 27.5, 42.5, 35],
  ['MEDIUM_HIGH', 'GROWTH', 57.5, 75, 66.25],
  ['HIGH', null, 60, 90, 75],
  ['HIGH', 'PRESERVE', 60, 67.5, 63.75],
] as const)('%s with %s: equity from %d to %d %%, aiming at %d', (level, goal, min, max, aim) => {
  const target = targetOf(table, level, goal);
  expect([target.minPct, target.maxPct, target.aimPct].map(Number)).toEqual([min, max, aim]);
});

test.each([
  ['CASH', 0],
  ['FIXED_INCOME', 0],
  ['STEADY_MIX', 0.2],
  ['BALANCED_MIX', 0.5],
  ['EQUITY', 1],
  ['STRUCTURED', 1],
] as const)('%s is equity by %d', (category, weight) => {
  expect(equityWeight(table, category).toNumber()).toBe(weight);
});

const held = (
  productId: string,
  category: Category,
  value: number,
  facts: Partial<Position> = {},
): Position => ({
  productId,
  category,
  rating: 'R2',
  value: D(value),
  freeUnits: D(value),
  nav: D(1),
  ...facts,
});
const offered = (productId: string, category: Category, facts: Partial<Candidate> = {}): Candidate => ({
  productId,
  category,
  rating: 'R2',
  minAmount: D(100),
  maxPct: null,
  ...facts,
});
const ask = (facts: Partial<Ask> & { level?: Level; goal?: Goal } = {}): Ask => {
  const { level = 'MEDIUM', goal = 'BALANCED', ...rest } = facts;
  return {
    table,
    level,
    target: targetOf(table, level, goal),
    allowed: {
      ratings: [...(tables.matching.levels[level] as Rating[])],
      categories: [...(tables.categories[level] as Category[])],
    },
    positions: [],
    candidates: [],
    cash: D(0),
    currency: 'CNY',
    ...rest,
  };
};
const told = (lines: readonly Line[]) =>
  lines.map(({ side, fromProductId, productId, amount, reasons }) =>
    [
      side,
      ...(fromProductId ? [fromProductId] : []),
      productId,
      amount.toFixed(),
      reasons.map(({ code }) => code).join(' '),
    ].join(' '),
  );

describe('what is proposed', () => {
  test('nothing, where nothing is held and no money comes', () => {
    expect(rebalance(ask())).toEqual([]);
  });

  test('nothing, where equity lies in the band and no product is too large', () => {
    const positions = [held('a', 'BALANCED_MIX', 35), held('b', 'BALANCED_MIX', 35), held('c', 'CASH', 30)];
    expect(rebalance(ask({ positions, candidates: [offered('d', 'CASH')] }))).toEqual([]);
  });

  test('new money goes into equity up to the aim, then into what steadies, none above its limit', () => {
    const candidates = [
      offered('mix1', 'BALANCED_MIX'),
      offered('mix2', 'BALANCED_MIX'),
      offered('cash', 'CASH'),
    ];
    // MEDIUM, balanced: aim 35 % equity, 40 % of one product at most: 40,000 + 30,000 of mixes are 35,000 of equity.
    expect(told(rebalance(ask({ cash: D(100_000), candidates })))).toEqual([
      'BUY mix1 40000 NEW_MONEY BRINGS_EQUITY',
      'BUY mix2 30000 NEW_MONEY BRINGS_EQUITY',
      'BUY cash 30000 NEW_MONEY STEADIES',
    ]);
  });

  test('too much equity is brought back to the aim by a switch into what steadies', () => {
    const positions = [
      held('a', 'BALANCED_MIX', 40_000),
      held('b', 'BALANCED_MIX', 40_000),
      held('c', 'EQUITY', 0),
      held('d', 'CASH', 10_000),
    ];
    const lines = rebalance(
      ask({ level: 'MEDIUM', goal: 'PRESERVE', positions, candidates: [offered('e', 'CASH')] }),
    );
    expect(told(lines)[0]).toMatch(/^SWITCH a e .* OVER_SINGLE_LIMIT STEADIES$/);
    expect(lines.every(({ side }) => side === 'SWITCH')).toBe(true);
    expect(lines.some(({ reasons }) => reasons[0]?.code === 'EQUITY_ABOVE_BAND')).toBe(true);
    expect(lines.reduce((sum, line) => sum.plus(line.amount), D(0)).toFixed()).toBe('36000');
  });

  test('too little equity makes room by a switch out of what is no equity, and only where equity can be had', () => {
    const positions = [held('a', 'CASH', 40_000), held('b', 'CASH', 40_000), held('c', 'CASH', 20_000)];
    const candidates = [offered('e1', 'EQUITY'), offered('e2', 'EQUITY')];
    const ask1 = ask({ level: 'MEDIUM_HIGH', positions, candidates });
    const lines = rebalance(ask1);
    expect(lines.map(({ reasons }) => reasons.at(-1)?.code)).toEqual(lines.map(() => 'BRINGS_EQUITY'));
    expect(lines.reduce((sum, line) => sum.plus(line.amount), D(0)).toNumber()).toBeCloseTo(57_500, 0);
    const without = rebalance({ ...ask1, candidates: [offered('x', 'CASH')] });
    expect(without.every(({ reasons }) => reasons[0]?.code === 'OVER_SINGLE_LIMIT')).toBe(true);
  });

  test('what the level is not offered goes; paid out where nothing can take it at its minimum', () => {
    const positions = [
      held('risky', 'EQUITY', 5_000, { rating: 'R5' }),
      held('mix', 'PRIVATE_EQUITY', 3_000, { rating: 'R1' }),
    ];
    expect(
      told(
        rebalance(
          ask({ level: 'LOW', positions, candidates: [offered('big', 'CASH', { minAmount: D(10_000) })] }),
        ),
      ),
    ).toEqual([
      'REDEEM risky 5000 ABOVE_LEVEL NOTHING_FITS',
      'REDEEM mix 3000 CATEGORY_NOT_OFFERED NOTHING_FITS',
    ]);
    expect(
      told(
        rebalance(ask({ level: 'LOW', positions, candidates: [offered('a', 'CASH'), offered('b', 'CASH')] })),
      ),
    ).toEqual([
      'SWITCH risky a 4000 ABOVE_LEVEL STEADIES',
      'SWITCH risky b 1000 ABOVE_LEVEL STEADIES',
      'SWITCH mix b 3000 CATEGORY_NOT_OFFERED STEADIES',
    ]);
  });

  test('units that an order gives up already are not given up again', () => {
    const positions = [held('risky', 'EQUITY', 5_000, { rating: 'R5', freeUnits: D(0) })];
    expect(rebalance(ask({ level: 'LOW', positions, candidates: [offered('a', 'CASH')] }))).toEqual([]);
  });

  test('every line says why in three languages, with its figures', () => {
    const positions = [held('risky', 'EQUITY', 5_000, { rating: 'R5' })];
    const [line] = rebalance(ask({ level: 'LOW', positions, candidates: [] }));
    expect(line?.reasons[0]?.text).toEqual({
      EN: 'The product is rated R5, above what the level LOW is offered: it is taken out.',
      ZH_HANS: '该产品风险等级为R5，高于客户等级LOW的适配范围，建议退出。',
      ZH_HANT: '該產品風險等級為R5，高於客戶等級LOW的適配範圍，建議退出。',
    });
  });
});

const money = (max: number) => fc.integer({ min: 0, max: max * 100 }).map((cents) => D(cents).div(100));
const anAsk = fc
  .record({
    level: fc.constantFrom(...LEVELS),
    goal: fc.constantFrom(...GOALS),
    cash: money(200_000),
    currency: fc.constantFrom('CNY', 'JPY'),
    held: fc.array(
      fc.record({
        category: fc.constantFrom(...CATEGORIES),
        rating: fc.constantFrom(...RATINGS),
        units: fc.integer({ min: 1, max: 200_000_000 }).map((millionths) => D(millionths).div(1_000)),
        nav: fc.integer({ min: 1, max: 50_000 }).map((n) => D(n).div(10_000)),
        freePct: fc.integer({ min: 0, max: 100 }),
      }),
      { maxLength: 6 },
    ),
    offered: fc.array(
      fc.record({
        category: fc.constantFrom(...CATEGORIES),
        min: fc.constantFrom(1, 100, 10_000, 50_000),
        limited: fc.boolean(),
      }),
      { maxLength: 8 },
    ),
  })
  .map(({ level, goal, cash, currency, held: holdings, offered: offers }): Ask => {
    const decimals = currency === 'JPY' ? 0 : 2;
    const base = ask({ level, goal });
    const positions = holdings.map(({ units, nav, freePct, ...facts }, at) => ({
      productId: `h${at}`,
      ...facts,
      nav,
      value: units.times(nav).toDecimalPlaces(decimals, Decimal.ROUND_HALF_UP),
      freeUnits: units.times(freePct).div(100).toDecimalPlaces(6, Decimal.ROUND_DOWN),
    }));
    const candidates = offers
      .filter(({ category }) => base.allowed.categories.includes(category))
      .map(({ category, min, limited }, at) =>
        offered(positions[at]?.category === category ? `h${at}` : `o${at}`, category, {
          minAmount: D(min),
          maxPct: limited ? D(20) : null,
        }),
      );
    return {
      ...base,
      positions,
      candidates,
      currency,
      cash: cash.toDecimalPlaces(decimals, Decimal.ROUND_DOWN),
    };
  });

test('of thousands of portfolios: minimums, limits, units and money hold, and equity never leaves its band by a plan', () => {
  fc.assert(
    fc.property(anAsk, (given) => {
      const lines = rebalance(given);
      const { positions, candidates, target, cash } = given;
      const total = positions.reduce((sum, one) => sum.plus(one.value), cash);
      const coin = D(given.currency === 'JPY' ? 1 : 0.01);
      const values = new Map(positions.map((one) => [one.productId, one.value]));
      const categories = new Map([...candidates, ...positions].map((one) => [one.productId, one.category]));
      let spent = D(0);
      for (const line of lines) {
        const sold =
          line.side === 'SWITCH' ? line.fromProductId : line.side === 'REDEEM' ? line.productId : null;
        const bought = line.side === 'REDEEM' ? null : line.productId;
        expect(sold === bought).toBe(false);
        expect(line.reasons.length).toBeGreaterThan(0);
        if (bought !== null) {
          const candidate = candidates.find((one) => one.productId === bought);
          expect(
            line.amount.plus(coin).greaterThanOrEqualTo(candidate?.minAmount ?? D(Number.POSITIVE_INFINITY)),
          ).toBe(true);
          values.set(bought, (values.get(bought) ?? D(0)).plus(line.amount));
        }
        if (sold !== null) values.set(sold, (values.get(sold) ?? D(0)).minus(line.amount));
        if (line.side === 'BUY') spent = spent.plus(line.amount);
      }
      expect(spent.lessThanOrEqualTo(cash)).toBe(true);
      for (const position of positions) {
        const given = lines
          .filter(
            (line) =>
              (line.fromProductId ?? (line.side === 'REDEEM' ? line.productId : null)) === position.productId,
          )
          .reduce((sum, line) => sum.plus(line.units ?? 0), D(0));
        expect(given.lessThanOrEqualTo(position.freeUnits)).toBe(true);
      }
      // What is bought never makes more of the whole than it may; rounding up of units leaves less than a few coins.
      for (const { productId, maxPct } of candidates) {
        if (!lines.some((line) => line.side !== 'REDEEM' && line.productId === productId)) continue;
        const limit = total
          .times(Decimal.min(target.maxSinglePct, maxPct ?? 100))
          .div(100)
          .plus(coin.times(lines.length + 1));
        expect((values.get(productId) ?? D(0)).lessThanOrEqualTo(limit)).toBe(true);
      }
      const weigh = (map: ReadonlyMap<string, Decimal>) =>
        [...map].reduce(
          (sum, [id, value]) => sum.plus(value.times(equityWeight(table, categories.get(id) ?? 'CASH'))),
          D(0),
        );
      const before = weigh(new Map(positions.map((one) => [one.productId, one.value])));
      const after = weigh(values);
      const most = total
        .times(target.maxPct)
        .div(100)
        .plus(coin.times(lines.length + 1));
      expect(after.lessThanOrEqualTo(Decimal.max(most, before))).toBe(true);
    }),
    { numRuns: 3_000 },
  );
});

test('what lies outside the band is measured from its nearer edge', () => {
  const target = targetOf(table, 'MEDIUM', 'BALANCED');
  const drift = (equityPct: number) => driftOf(target, { total: D(1), equityPct: D(equityPct) }).toNumber();
  expect([20, 27.5, 35, 42.5, 50].map(drift)).toEqual([-7.5, 0, 0, 0, 7.5]);
  expect(driftOf(target, allocationOf(table, [])).toNumber()).toBe(0);
});
