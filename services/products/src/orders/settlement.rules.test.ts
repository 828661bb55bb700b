import { Decimal } from '@client-graph/kit/decimal';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Order } from './orders.rules.js';
import { type Leg, purchase, redemption, reverse, settle } from './settlement.rules.js';

const d = (text: string) => new Decimal(text);
const textOf = ({ units, residual, fee, amount }: ReturnType<typeof purchase>) =>
  [units, residual, fee, amount].map((value) => value.toFixed());

// amount, net asset value, fee in per cent, currency → units, residual, fee, money
test.each([
  ['88000', '1', '0', 'CNY', ['88000', '0', '0', '88000']],
  ['101.5', '1', '1.5', 'CNY', ['100', '0', '1.5', '101.5']],
  ['100', '3', '1.5', 'CNY', ['32.84', '0', '1.48', '100']],
  ['100', '7', '1.2', 'CNY', ['14.115714', '0.000002', '1.19', '100']],
  ['1000', '3', '1', 'JPY', ['330', '0', '10', '1000']],
  ['0.01', '1', '5', 'CNY', ['0.01', '0', '0', '0.01']],
])('buying for %s at %s with a fee of %s %% in %s', (amount, nav, fee, currency, expected) => {
  expect(textOf(purchase(d(amount), d(nav), d(fee), currency))).toEqual(expected);
});

test.each([
  ['100', '1', '0', 'CNY', ['-100', '0', '0', '-100']],
  ['33.333333', '3', '0', 'CNY', ['-33.333333', '0.009999', '0', '-99.99']],
  ['100', '1.2345', '0.5', 'CNY', ['-100', '0', '0.62', '-122.83']],
  ['100', '1.2399', '0', 'JPY', ['-100', '0.99', '0', '-123']],
  ['0.000001', '1', '0', 'CNY', ['-0.000001', '0.000001', '0', '0']],
])('redeeming %s at %s with a fee of %s %% in %s', (units, nav, fee, currency, expected) => {
  expect(
    textOf(redemption(d(units), d(nav), d(fee), currency)).map((text) => text.replace(/^-0$/, '0')),
  ).toEqual(expected);
});

const FREE = { issuerType: 'BANK_WMP', purchaseFeePct: d('0'), redemptionFeePct: d('0') } as const;
const DEAR = { issuerType: 'TRUST', purchaseFeePct: d('1'), redemptionFeePct: d('2') } as const;
const anOrder = (facts: Partial<Order>): Order => ({
  id: '019c0000-0000-7000-8000-000000000001',
  clientId: '019c0000-0000-7000-8000-000000000002',
  productId: '019c0000-0000-7000-8000-000000000003',
  side: 'BUY',
  amount: d('101'),
  currency: 'CNY',
  units: null,
  fromProductId: null,
  state: 'ACCEPTED',
  acceptedAt: new Date('2026-03-01T02:00:00.000Z'),
  coolingOffUntil: null,
  isOverride: false,
  version: 2,
  ...facts,
});
const NOW = new Date('2026-03-02T02:00:00.000Z');
const ask = { nav: d('2'), fromNav: d('3'), settledOn: '2026-03-02' };
const told = (order: Order, products: Parameters<typeof settle>[1]) => {
  const { changes, legs, events } = settle({ ...order, productId: order.id }, products, ask, NOW);
  return {
    amount: changes.amount.toFixed(),
    legs: legs.map((leg) => [leg.units.toFixed(), leg.fee.toFixed(), leg.amount.toFixed()]),
    events: events.map((event) => [event.contract.type, event.data['amountMinor']]),
  };
};

describe('an order is settled', () => {
  test('a purchase with its fee inside', () => {
    expect(told(anOrder({}), { product: DEAR, fromProduct: null })).toEqual({
      amount: '101',
      legs: [['50', '1', '101']],
      events: [
        ['order.settled', 10_100],
        ['order.fee.charged', 100],
      ],
    });
  });

  test('a redemption: what was paid out becomes the money of the order', () => {
    const order = anOrder({ side: 'REDEEM', units: d('10'), amount: d('999') });
    expect(told(order, { product: DEAR, fromProduct: null })).toEqual({
      amount: '19.6',
      legs: [['-10', '0.4', '-19.6']],
      events: [
        ['order.settled', 1_960],
        ['order.fee.charged', 40],
      ],
    });
  });

  test('a switch: what one side pays out the other takes in, and both fees are one', () => {
    const order = anOrder({ side: 'SWITCH', units: d('10'), fromProductId: 'from' });
    expect(told(order, { product: DEAR, fromProduct: FREE })).toEqual({
      amount: '30',
      legs: [
        ['-10', '0', '-30'],
        ['14.85', '0.3', '30'],
      ],
      events: [
        ['order.settled', 3_000],
        ['order.fee.charged', 30],
      ],
    });
    const settled = () => settle(order, { product: FREE, fromProduct: FREE }, { ...ask, fromNav: null }, NOW);
    expect(settled).toThrow(expect.objectContaining({ code: 'FROM_NAV_MISSING' }));
  });

  test('nothing is taken back but what was settled', () => {
    expect(() => reverse(anOrder({}), FREE, [])).toThrow(expect.objectContaining({ code: 'WRONG_STATE' }));
  });
});

describe('whatever is bought, redeemed and taken back, in whatever order', () => {
  const nav = fc.integer({ min: 1, max: 9_999_999 }).map((scaled) => new Decimal(scaled).div(1_000_000));
  const feePct = fc.integer({ min: 0, max: 500 }).map((scaled) => new Decimal(scaled).div(100));
  const steps = fc.array(
    fc.oneof(
      fc.record({
        kind: fc.constant('BUY' as const),
        cents: fc.integer({ min: 1, max: 90_000_000 }),
        nav,
        feePct,
      }),
      fc.record({
        kind: fc.constant('REDEEM' as const),
        part: fc.integer({ min: 1, max: 100 }),
        nav,
        feePct,
      }),
      fc.record({ kind: fc.constant('REVERSE' as const), which: fc.nat(50) }),
    ),
    { minLength: 1, maxLength: 25 },
  );
  type Row = Omit<Leg, 'productId' | 'settledOn'> & { isReversed: boolean; isReversal: boolean };
  const sum = (rows: readonly Row[], of: (row: Row) => Decimal) =>
    rows.reduce((total, row) => total.plus(of(row)), new Decimal(0));

  /** Plays a history as the use cases do: nothing leaves that is not there. */
  function play(
    history: typeof steps extends fc.Arbitrary<infer T> ? T : never,
    currency: string,
    decimals: number,
  ) {
    const ledger: Row[] = [];
    const held = () => sum(ledger, (row) => row.units);
    for (const step of history) {
      if (step.kind === 'BUY') {
        const amount = new Decimal(step.cents).div(new Decimal(10).pow(decimals));
        const row = purchase(amount, step.nav, step.feePct, currency);
        if (!row.units.isZero()) ledger.push({ ...row, isReversed: false, isReversal: false });
      } else if (step.kind === 'REDEEM') {
        const units = held().times(step.part).div(100).toDecimalPlaces(6, Decimal.ROUND_DOWN);
        if (!units.isZero())
          ledger.push({
            ...redemption(units, step.nav, step.feePct, currency),
            isReversed: false,
            isReversal: false,
          });
      } else {
        const row = ledger[step.which];
        if (!row || row.isReversed || row.isReversal || held().minus(row.units).lessThan(0)) continue;
        row.isReversed = true;
        const undo = reverse(anOrder({ state: 'SETTLED' }), FREE, [
          { ...row, productId: 'p', settledOn: '' },
        ]);
        for (const leg of undo.legs) ledger.push({ ...leg, isReversed: false, isReversal: true });
      }
    }
    return ledger;
  }

  test.each([
    ['CNY', 2],
    ['JPY', 0],
  ])(
    'units are never below zero, and money in = money out + fees + worth, exactly, in %s',
    (currency, decimals) => {
      fc.assert(
        fc.property(steps, (history) => {
          const ledger = play(history, currency, decimals);
          let units = new Decimal(0);
          for (const row of ledger) {
            units = units.plus(row.units);
            if (units.lessThan(0) || units.decimalPlaces() > 6) return false;
            if (!row.amount.equals(row.units.times(row.nav).plus(row.residual).plus(row.fee))) return false;
            if (row.amount.decimalPlaces() > decimals || row.fee.decimalPlaces() > decimals) return false;
            if (!row.isReversal && (row.residual.lessThan(0) || row.fee.lessThan(0))) return false;
          }
          const money = sum(ledger, (row) => row.amount);
          const worth = sum(ledger, (row) => row.units.times(row.nav));
          return money.equals(
            worth.plus(sum(ledger, (row) => row.fee)).plus(sum(ledger, (row) => row.residual)),
          );
        }),
        { numRuns: 2_000 },
      );
    },
  );

  test('what was taken back leaves nothing behind', () => {
    fc.assert(
      fc.property(steps, (history) => {
        const ledger = play(history, 'CNY', 2);
        const gone = ledger.filter((row) => row.isReversed || row.isReversal);
        return [
          sum(gone, (row) => row.units),
          sum(gone, (row) => row.amount),
          sum(gone, (row) => row.fee),
        ].every((total) => total.isZero());
      }),
      { numRuns: 1_000 },
    );
  });
});
