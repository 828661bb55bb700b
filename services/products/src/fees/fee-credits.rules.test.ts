import { FeeCreditGranted } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { isRefusal } from '@client-graph/kit/refusals';
import { expect, test } from '@jest/globals';
import {
  CREDIT_MOVES,
  type CreditAction,
  type CreditState,
  decline,
  type FeeCredit,
  grant,
  moveCredit,
  release,
  request,
} from './fee-credits.rules.js';

const id = (n: number) => `019c0000-0000-7000-8000-00000000000${n}`;
const order = { id: id(1), clientId: id(2), state: 'SETTLED', currency: 'CNY' } as const;
const aCredit = (facts: Partial<FeeCredit> = {}): FeeCredit => ({
  id: id(3),
  orderId: order.id,
  clientId: order.clientId,
  amount: new Decimal('10'),
  currency: 'CNY',
  state: 'REQUESTED',
  reason: null,
  redemptionId: null,
  ...facts,
});
const granted = (facts: Record<string, unknown> = {}) =>
  FeeCreditGranted({
    clientId: order.clientId,
    orderId: order.id,
    creditId: id(3),
    redemptionId: id(4),
    points: 1_000,
    amountMinor: 1_000,
    currency: 'CNY',
    ...facts,
  }).data as Parameters<typeof grant>[2];

const WAYS: Record<CreditState, Partial<Record<CreditAction, CreditState>>> = {
  REQUESTED: { book: 'BOOKED', decline: 'DECLINED', release: 'RELEASED' },
  BOOKED: { release: 'RELEASED' },
  DECLINED: {},
  RELEASED: {},
};
const states = Object.keys(CREDIT_MOVES) as CreditState[];
test.each(
  states.flatMap((state) =>
    (['book', 'decline', 'release'] as const).map((action): [CreditState, CreditAction] => [state, action]),
  ),
)('%s and %s: the table says what follows, and nothing else happens', (state, action) => {
  const next = WAYS[state][action] ?? null;
  expect(moveCredit(state, action)).toBe(next);
  const credit = aCredit({ state });
  const step =
    action === 'book'
      ? grant(credit, order, granted())
      : action === 'decline'
        ? decline(credit, 'NO_POINTS')
        : release(credit, 'TIMED_OUT');
  expect(step?.changes.state ?? null).toBe(next);
});

test.each([
  ['5', '10', [], null],
  ['5.01', '10', [], 'OVER_CEILING'],
  ['0.01', '0.03', [], null],
  ['0.02', '0.03', [], 'OVER_CEILING'],
  ['3', '10', [aCredit({ amount: new Decimal(2) })], null],
  ['3.01', '10', [aCredit({ amount: new Decimal(2) })], 'OVER_CEILING'],
  ['3.01', '10', [aCredit({ amount: new Decimal(2), state: 'BOOKED' })], 'OVER_CEILING'],
  ['5', '10', [aCredit({ amount: new Decimal(2), state: 'DECLINED' }), aCredit({ state: 'RELEASED' })], null],
  ['0.01', '0', [], 'OVER_CEILING'],
])('%s of a fee of %s', (amount, fee, credits, code) => {
  const work = () =>
    request(order, new Decimal(fee), credits, {
      id: id(3),
      amount: { amount: new Decimal(amount), currency: 'CNY' },
    });
  if (code === null) expect(work().credit.amount.toFixed()).toBe(amount);
  else expect(work).toThrow(expect.objectContaining({ code }));
});

test.each(['SUBMITTED', 'ACCEPTED', 'REVERSED', 'REJECTED'] as const)(
  'no credit on an order that is %s',
  (state) => {
    const ask = { id: id(3), amount: { amount: new Decimal(1), currency: 'CNY' } };
    const codeOf = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        if (isRefusal(error)) return error.code;
      }
      return null;
    };
    expect(codeOf(() => request({ ...order, state }, new Decimal(10), [], ask))).toBe('NOT_SETTLED');
    const dollars = { ...ask, amount: { amount: new Decimal(1), currency: 'USD' } };
    expect(codeOf(() => request(order, new Decimal(10), [], dollars))).toBe('BAD_INPUT');
  },
);

test('points that come for a reversed order, or for another sum, go back', () => {
  const codes = (step: ReturnType<typeof grant>) => [
    step?.changes.state,
    step?.events.map((e) => e.data['reason']),
  ];
  expect(codes(grant(aCredit(), { ...order, state: 'REVERSED' }, granted()))).toEqual([
    'RELEASED',
    ['ORDER_REVERSED'],
  ]);
  expect(codes(grant(aCredit(), order, granted({ amountMinor: 999 })))).toEqual([
    'RELEASED',
    ['OTHER_AMOUNT'],
  ]);
  expect(codes(grant(aCredit(), order, granted({ currency: 'USD' })))).toEqual([
    'RELEASED',
    ['OTHER_AMOUNT'],
  ]);
});
