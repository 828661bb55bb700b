import { Decimal } from '@client-graph/kit/decimal';
import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ACTIONS,
  type Action,
  accept,
  cancel,
  move,
  type Order,
  type OrderState,
  objection,
  reject,
  stateWhenPlaced,
  TRANSITIONS,
} from './orders.rules.js';
import { settle as settleBoth, settled, unitsFor } from './settlement.rules.js';

const NOW = new Date('2026-03-02T02:00:00.000Z');
const WMP = {
  issuerType: 'BANK_WMP',
  purchaseFeePct: new Decimal(0),
  redemptionFeePct: new Decimal(0),
} as const;
const settle = (order: Order, product: typeof WMP, ask: Parameters<typeof settleBoth>[2], now: Date) =>
  settleBoth(order, { product, fromProduct: null }, ask, now);

const anOrder = (facts: Partial<Order> = {}): Order => ({
  id: '019c0000-0000-7000-8000-000000000001',
  clientId: '019c0000-0000-7000-8000-000000000002',
  productId: '019c0000-0000-7000-8000-000000000003',
  side: 'BUY',
  amount: new Decimal('88000'),
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

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
  return 'DONE';
};

// The state machine, typed out: each state with every way out of it.
const MOVES: Record<OrderState, string> = {
  DRAFT: 'check CHECKED, cancel CANCELLED, expire EXPIRED',
  CHECKED:
    'warn WARNED, coolOff COOLING_OFF, submit SUBMITTED, redraft DRAFT, cancel CANCELLED, expire EXPIRED',
  WARNED: 'confirmRisk CONFIRMED_RISK, redraft DRAFT, cancel CANCELLED, expire EXPIRED',
  CONFIRMED_RISK: 'coolOff COOLING_OFF, submit SUBMITTED, redraft DRAFT, cancel CANCELLED, expire EXPIRED',
  COOLING_OFF: 'callBack CALLBACK_OK, redraft DRAFT, cancel CANCELLED, expire EXPIRED',
  CALLBACK_OK: 'submit SUBMITTED, redraft DRAFT, cancel CANCELLED, expire EXPIRED',
  SUBMITTED: 'accept ACCEPTED, reject REJECTED, cancel CANCELLED',
  ACCEPTED: 'settlePart ACCEPTED, settle SETTLED, giveUpRest SETTLED, fail FAILED',
  SETTLED: 'correct SETTLED, reverse REVERSED',
  REJECTED: '',
  CANCELLED: '',
  EXPIRED: '',
  FAILED: '',
  REVERSED: '',
};
const states = Object.keys(TRANSITIONS) as OrderState[];
const pairs = states.flatMap((state) => ACTIONS.map((action): [OrderState, Action] => [state, action]));

test.each(pairs)('%s and %s: the table says what follows, and nothing else is possible', (state, action) => {
  const target = new Map(MOVES[state].split(', ').map((way) => way.split(' ') as [string, string])).get(
    action,
  );
  expect(codeOf(() => move(state, action))).toBe(target === undefined ? 'WRONG_STATE' : 'DONE');
  if (target !== undefined) expect(move(state, action)).toBe(target);
});

describe.each(states)('an order that is %s', (state) => {
  test.each([
    ['accept', 'SUBMITTED', (order: Order) => accept(order, WMP, NOW)],
    ['reject', 'SUBMITTED', (order: Order) => reject(order, WMP, 'ISSUER_DECLINED')],
    ['cancel', 'SUBMITTED', (order: Order) => cancel(order, WMP)],
    [
      'settle',
      'ACCEPTED',
      (order: Order) => settle(order, WMP, { nav: new Decimal(1), settledOn: '2026-03-02' }, NOW),
    ],
  ] as const)('%s', (action, from, command) => {
    const mayCancel =
      action === 'cancel' &&
      !['ACCEPTED', 'SETTLED', 'REJECTED', 'CANCELLED', 'EXPIRED', 'FAILED', 'REVERSED'].includes(state);
    expect(codeOf(() => command(anOrder({ state })))).toBe(
      state === from || mayCancel ? 'DONE' : 'WRONG_STATE',
    );
  });
});

test('a placed order walks to SUBMITTED, with warnings by way of their confirmation', () => {
  expect(stateWhenPlaced('SUITABLE')).toBe('SUBMITTED');
  expect(stateWhenPlaced('WARN')).toBe('SUBMITTED');
});

const concentration = { code: 'CONCENTRATION', effect: 'WARNS' } as const;
test.each([
  ['SUITABLE', [], [], null],
  ['SUITABLE', [], ['CONCENTRATION'], null],
  ['WARN', [concentration], [], 'WARNING_NOT_ACKNOWLEDGED'],
  ['WARN', [concentration], ['AGE'], 'WARNING_NOT_ACKNOWLEDGED'],
  ['WARN', [concentration], ['CONCENTRATION'], null],
  ['BLOCKED', [{ code: 'AGE', effect: 'BLOCKS' }], ['AGE'], 'NOT_SUITABLE'],
] as const)('a decision %s for %j with %j acknowledged: %s', (result, reasons, acknowledged, code) => {
  const refusal = objection({ id: 'd', result, reasons, isOverridable: false }, acknowledged);
  expect(refusal?.code ?? null).toBe(code);
  if (refusal)
    expect(refusal.details).toMatchObject({ decisionId: 'd', reasons: reasons.map((reason) => reason.code) });
});

test.each([
  ['88000', '1', '88000', '0'],
  ['88000', '1.2345', '71283.920615', '0.0000007825'],
  ['100', '3', '33.333333', '0.000001'],
  ['0.01', '1', '0.01', '0'],
  ['10000', '0.9999', '10001.0001', '0.00000001'],
  ['0.000001', '1', '0.000001', '0'],
])('%s at a net asset value of %s buys %s units and leaves %s', (amount, nav, units, residual) => {
  const settled = unitsFor(new Decimal(amount), new Decimal(nav));
  expect([settled.units.toFixed(), settled.residual.toFixed()]).toEqual([units, residual]);
});

test('units are never rounded up, and units × nav + residual is the amount, exactly', () => {
  const amounts = fc
    .bigInt({ min: 1n, max: 900_719_925_474_099n })
    .map((minor) => new Decimal(minor.toString()).div(100));
  const navs = fc
    .bigInt({ min: 1n, max: 10n ** 18n })
    .map((scaled) => new Decimal(scaled.toString()).div('1000000000000'));
  fc.assert(
    fc.property(amounts, navs, (amount, nav) => {
      const { units, residual } = unitsFor(amount, nav);
      return (
        units.decimalPlaces() <= 6 &&
        residual.greaterThanOrEqualTo(0) &&
        residual.lessThan(nav.times('0.000001')) &&
        units.times(nav).plus(residual).equals(amount)
      );
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ['NAV_NOT_POSITIVE', { nav: '0', settledOn: '2026-03-02' }],
  ['NAV_NOT_POSITIVE', { nav: '-1.5', settledOn: '2026-03-02' }],
  ['SETTLED_IN_FUTURE', { nav: '1', settledOn: '2026-03-03' }],
  ['SETTLED_BEFORE_ACCEPTANCE', { nav: '1', settledOn: '2026-02-28' }],
  ['DONE', { nav: '1', settledOn: '2026-03-01' }],
  ['DONE', { nav: '1', settledOn: '2026-03-02' }],
  ['NO_UNITS', { nav: '88000000001', settledOn: '2026-03-02' }],
  ['DONE', { nav: '88000000000', settledOn: '2026-03-02' }],
])('%s: settling with %j', (code, { nav, settledOn }) => {
  expect(codeOf(() => settle(anOrder(), WMP, { nav: new Decimal(nav), settledOn }, NOW))).toBe(code);
});

test('the days of a settlement are those of Shanghai, where it is tomorrow already', () => {
  const lateInUtc = new Date('2026-03-01T17:00:00.000Z');
  const order = anOrder({ acceptedAt: lateInUtc });
  const on = (settledOn: string) =>
    codeOf(() => settle(order, WMP, { nav: new Decimal(1), settledOn }, lateInUtc));
  expect([on('2026-03-01'), on('2026-03-02'), on('2026-03-03')]).toEqual([
    'SETTLED_BEFORE_ACCEPTANCE',
    'DONE',
    'SETTLED_IN_FUTURE',
  ]);
});

test('an event of an order carries its amount in minor units and its product class', () => {
  const whole = settle(anOrder(), WMP, { nav: new Decimal('1.1'), settledOn: '2026-03-02' }, NOW);
  const events = settled({ ...anOrder(), ...whole.changes }, WMP, whole);
  expect(events[0]?.data).toEqual({
    clientId: anOrder().clientId,
    orderId: anOrder().id,
    productId: anOrder().productId,
    productClass: 'BANK_WMP',
    side: 'BUY',
    amountMinor: 8_800_000,
    currency: 'CNY',
    feeMinor: 0,
    units: '80000',
    settledOn: '2026-03-02',
  });
});
