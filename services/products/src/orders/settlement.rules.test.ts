import { Decimal } from '@client-graph/kit/decimal';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fail, type Order } from './orders.rules.js';
import {
  giveUpRest,
  type Leg,
  purchase,
  redemption,
  reverse,
  settle,
  settled,
  settlePart,
  spread,
} from './settlement.rules.js';

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
  settledAmount: new Decimal(0),
  settledUnits: new Decimal(0),
  version: 2,
  ...facts,
});
const FROM = '01900000-0000-7000-8000-00000000000f';
const NOW = new Date('2026-03-02T02:00:00.000Z');
const ask = { nav: d('2'), fromNav: d('3'), settledOn: '2026-03-02' };
const told = (order: Order, products: Parameters<typeof settle>[1]) => {
  const now = { ...order, productId: order.id };
  const { changes, legs, ...whole } = settle(now, products, ask, NOW);
  const events = settled({ ...now, ...changes }, products.product, whole);
  return {
    amount: changes.amount.toFixed(),
    legs: legs.map((leg) => [leg.units.toFixed(), leg.fee.toFixed(), leg.amount.toFixed()]),
    events: events.map((event) => [event.contract.type, event.data['amountMinor']]),
    moved: [events[0]?.data['feeMinor'], events[0]?.data['units'], events[0]?.data['fromProductId']],
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
      moved: [100, '50', undefined],
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
      moved: [40, '10', undefined],
    });
  });

  test('a switch: what one side pays out the other takes in, and both fees are one', () => {
    const order = anOrder({ side: 'SWITCH', units: d('10'), fromProductId: FROM });
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
      moved: [30, '10', FROM],
    });
    const settled = () => settle(order, { product: FREE, fromProduct: FREE }, { ...ask, fromNav: null }, NOW);
    expect(settled).toThrow(expect.objectContaining({ code: 'FROM_NAV_MISSING' }));
  });

  test('a value that would pay more than any real money is a mistake and refused', () => {
    const order = anOrder({ side: 'REDEEM', units: d('1000000') });
    const mistyped = { ...ask, nav: d('999999999999') };
    expect(() => settle(order, { product: FREE, fromProduct: null }, mistyped, NOW)).toThrow(
      expect.objectContaining({ code: 'BAD_INPUT' }),
    );
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

describe('an order is settled in parts', () => {
  const products = { product: DEAR, fromProduct: FREE };
  const codeOf = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return 'DONE';
  };
  const buy = anOrder({ amount: d('100') });
  const sell = anOrder({ side: 'REDEEM', units: d('10'), amount: d('20') });

  test.each([
    ['DONE', buy, { amount: d('99.99') }],
    ['PART_TOO_LARGE', buy, { amount: d('100') }],
    ['BAD_INPUT', buy, { amount: d('0') }],
    ['BAD_INPUT', buy, { amount: d('1.001') }],
    ['BAD_INPUT', buy, { units: d('1') }],
    ['BAD_INPUT', buy, {}],
    ['BAD_INPUT', buy, { amount: d('1'), units: d('1') }],
    ['DONE', sell, { units: d('9.999999') }],
    ['PART_TOO_LARGE', sell, { units: d('10') }],
    ['BAD_INPUT', sell, { units: d('0') }],
    ['BAD_INPUT', sell, { units: d('0.0000001') }],
    ['BAD_INPUT', sell, { amount: d('1') }],
    ['WRONG_STATE', anOrder({ state: 'SUBMITTED' }), { amount: d('1') }],
    ['BAD_INPUT', buy, { amount: d('1'), nav: d('1.123456789') }],
    ['NAV_NOT_POSITIVE', buy, { amount: d('1'), nav: d('0') }],
    ['SETTLED_IN_FUTURE', buy, { amount: d('1'), settledOn: '2026-03-03' }],
  ] as const)('%s', (code, order, part) => {
    expect(codeOf(() => settlePart(order, products, { ...ask, ...part }, NOW))).toBe(code);
  });

  test('what has moved is not undone by a failure, and what has not moved cannot be all there is', () => {
    expect(codeOf(() => giveUpRest(buy))).toBe('NOTHING_SETTLED');
    const partly = { ...buy, settledAmount: d('40') };
    expect(giveUpRest(partly).changes).toMatchObject({ state: 'SETTLED', amount: d('40'), units: null });
    expect(codeOf(() => fail(partly, FREE, 'PAYMENT_MISSING'))).toBe('PARTLY_SETTLED');
  });

  test('of thousands of orders in any number of parts: the parts and the rest are the whole, to the coin and the millionth', () => {
    const nav = fc.integer({ min: 1, max: 9_999_999 }).map((scaled) => d(String(scaled)).div(1_000_000));
    const cut = fc.record({ part: fc.integer({ min: 1, max: 99 }), nav });
    fc.assert(
      fc.property(
        fc.constantFrom('BUY' as const, 'REDEEM' as const, 'SWITCH' as const),
        fc.integer({ min: 100_000, max: 90_000_000 }),
        fc.array(cut, { maxLength: 6 }),
        nav,
        (side, size, cuts, lastNav) => {
          let order = anOrder({
            side,
            amount: d(String(size)).div(100),
            units: side === 'BUY' ? null : d(String(size)).div(1_000),
            fromProductId: side === 'SWITCH' ? 'from' : null,
          });
          const all: Leg[] = [];
          for (const { part, nav: value } of cuts) {
            const left =
              side === 'BUY'
                ? order.amount.minus(order.settledAmount)
                : order.units?.minus(order.settledUnits);
            const piece = left
              ?.times(part)
              .div(100)
              .toDecimalPlaces(side === 'BUY' ? 2 : 6, Decimal.ROUND_DOWN);
            const asked = {
              ...ask,
              nav: value,
              fromNav: value,
              ...(side === 'BUY' ? { amount: piece } : { units: piece }),
            };
            try {
              const { changes, legs } = settlePart(order, products, asked, NOW);
              order = { ...order, ...changes };
              all.push(...legs);
            } catch (error) {
              // A piece too small for a millionth of a unit, or for the smallest coin.
              if (!['NO_UNITS', 'BAD_INPUT'].includes((error as { code: string }).code)) throw error;
            }
          }
          const rest = (() => {
            try {
              return settle(order, products, { ...ask, nav: lastNav, fromNav: lastNav }, NOW);
            } catch (error) {
              if ((error as { code?: string }).code === 'NO_UNITS') return null;
              throw error;
            }
          })();
          if (rest === null) return true;
          all.push(...rest.legs);
          const own = all.filter((leg) => (side === 'SWITCH' ? leg.productId === 'from' : true));
          const units = own.reduce((sum, leg) => sum.plus(leg.units), d('0'));
          const money = own.reduce((sum, leg) => sum.plus(leg.amount), d('0'));
          if (
            !all.every((leg) => leg.amount.equals(leg.units.times(leg.nav).plus(leg.residual).plus(leg.fee)))
          )
            return false;
          if (side === 'BUY') return money.equals(order.amount) && rest.changes.amount.equals(order.amount);
          return units.negated().equals(order.units ?? 0) && money.negated().equals(rest.changes.amount);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});

describe('units that leave several holdings', () => {
  const leg = (units: string): Leg => ({
    productId: 'p',
    ...redemption(d(units), d('1.337'), d('1'), 'CNY'),
    settledOn: '2026-03-02',
  });

  test('are taken in order, each row adds up by itself, and all of them to the whole', () => {
    const whole = leg('100.5');
    const parts = spread(whole, [d('60'), d('40.4'), d('7')]);
    expect(parts.map(({ units }) => units.toFixed())).toEqual(['-60', '-40.4', '-0.1']);
    for (const part of parts)
      expect(part.amount.toFixed()).toBe(
        part.units.times(part.nav).plus(part.residual).plus(part.fee).toFixed(),
      );
    for (const figure of ['units', 'amount', 'fee', 'residual'] as const)
      expect(parts.reduce((sum, part) => sum.plus(part[figure]), d('0')).toFixed()).toBe(
        whole[figure].toFixed(),
      );
  });

  test('are refused where there are not enough', () => {
    expect(() => spread(leg('100.5'), [d('60'), d('40.4')])).toThrow(
      expect.objectContaining({ code: 'UNITS_MISSING' }),
    );
    expect(() => spread(leg('1'), [])).toThrow(expect.objectContaining({ code: 'UNITS_MISSING' }));
  });
});
