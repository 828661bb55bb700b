import { Decimal } from '@client-graph/kit/decimal';
import { isRefusal } from '@client-graph/kit/refusals';
import { dayOf } from '@client-graph/kit/time';
import { expect, test } from '@jest/globals';
import { callBack, coolsOffUntil, lapse, redraft, withdraw } from './cooling-off.rules.js';
import { BEFORE_SUBMISSION, type OrderState, TRANSITIONS } from './orders.rules.js';
import { overrideProblem } from './overrides.rules.js';

const NOW = new Date('2026-03-02T02:00:00.000Z');
const FUND = { issuerType: 'PRIVATE_FUND' } as const;
const anOrder = (state: OrderState = 'COOLING_OFF') => ({
  id: '019c0000-0000-7000-8000-000000000001',
  clientId: '019c0000-0000-7000-8000-000000000002',
  productId: '019c0000-0000-7000-8000-000000000003',
  side: 'BUY' as const,
  amount: new Decimal('1000000'),
  currency: 'CNY',
  units: null,
  fromProductId: null,
  state,
  acceptedAt: null,
  coolingOffUntil: NOW,
  isOverride: true,
  settledAmount: new Decimal(0),
  settledUnits: new Decimal(0),
  placedBy: 'adviser',
  version: 1,
});
const YES = { isPerson: true, hasRead: true, knowsLoss: true, knowsDisputes: true, recordingRef: 'rec-1' };
const who = { callerId: 'back-office', adviserId: 'adviser-2', now: NOW };
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
  return 'DONE';
};
const told = (step: { changes: object; events: readonly { contract: { type: string } }[] }) => [
  step.changes,
  step.events.map((event) => event.contract.type),
];

test('time to think is given where the tables say so', () => {
  const table = { issuerTypes: ['PRIVATE_FUND'] as const, hours: 24 };
  expect(coolsOffUntil(table, 'PRIVATE_FUND', NOW)?.toISOString()).toBe('2026-03-03T02:00:00.000Z');
  expect(coolsOffUntil(table, 'PUBLIC_FUND', NOW)).toBeNull();
  expect(coolsOffUntil(undefined, 'PRIVATE_FUND', NOW)).toBeNull();
});

test('four times yes after the time is over opens the way; any no calls the order off', () => {
  expect(told(callBack(anOrder(), FUND, YES, who))).toEqual([
    { state: 'CALLBACK_OK' },
    ['order.coolingoff.ended'],
  ]);
  for (const no of ['isPerson', 'hasRead', 'knowsLoss', 'knowsDisputes'] as const)
    expect(told(callBack(anOrder(), FUND, { ...YES, [no]: false }, who))).toEqual([
      { state: 'CANCELLED' },
      ['order.coolingoff.ended', 'order.cancelled'],
    ]);
});

test.each([
  ['COOLING_OFF_RUNS', {}, { now: new Date(NOW.getTime() - 1) }],
  ['CALLED_BY_SELLER', {}, { callerId: 'adviser' }],
  ['CALLED_BY_SELLER', {}, { callerId: 'adviser-2' }],
  ['BAD_INPUT', { recordingRef: 'x' }, {}],
  ['BAD_INPUT', { recordingRef: 'a b c d' }, {}],
  ['DONE', {}, {}],
])('%s: a call-back with %j by %j', (code, ask, by) => {
  expect(codeOf(() => callBack(anOrder(), FUND, { ...YES, ...ask }, { ...who, ...by }))).toBe(code);
});

const states = Object.keys(TRANSITIONS) as OrderState[];
test.each(states)(
  'from %s only what was checked and not placed begins anew, and only what cools off is called back',
  (state) => {
    const isBefore = (BEFORE_SUBMISSION as readonly OrderState[]).includes(state);
    expect(codeOf(() => redraft(anOrder(state), FUND))).toBe(isBefore ? 'DONE' : 'WRONG_STATE');
    expect(codeOf(() => callBack(anOrder(state), FUND, YES, who))).toBe(
      state === 'COOLING_OFF' ? 'DONE' : 'WRONG_STATE',
    );
  },
);

test('beginning anew, and withdrawing, ends a cooling-off that runs', () => {
  expect(told(redraft(anOrder(), FUND))).toEqual([
    { state: 'DRAFT', isOverride: false, coolingOffUntil: null },
    ['order.coolingoff.ended', 'order.sentback'],
  ]);
  expect(told(redraft(anOrder('CALLBACK_OK'), FUND))[1]).toEqual(['order.sentback']);
  expect(told(lapse(anOrder(), FUND))).toEqual([
    { state: 'EXPIRED' },
    ['order.coolingoff.ended', 'order.expired'],
  ]);
  expect(told(withdraw(anOrder(), FUND))[1]).toEqual(['order.coolingoff.ended', 'order.cancelled']);
  expect(told(withdraw(anOrder('SUBMITTED'), FUND))[1]).toEqual(['order.cancelled']);
});

const warning = {
  id: 'w',
  clientId: 'c',
  productId: 'p',
  textVersion: 'WARN-1',
  shownAt: new Date('2026-03-01T16:00:00.000Z'),
  confirmedAt: null,
};
test.each([
  [null, {}, {}],
  ['NOT_ON_OWN_INITIATIVE', { actorClientId: null }, {}],
  ['NOT_ON_OWN_INITIATIVE', { actorClientId: 'someone' }, {}],
  ['WAS_RECOMMENDED', { wasRecommended: true }, {}],
  ['WARNING_NOT_SHOWN', {}, { clientId: 'another' }],
  ['WARNING_NOT_SHOWN', {}, { productId: 'another' }],
  ['WARNING_NOT_SHOWN', {}, { confirmedAt: NOW }],
  ['WARNING_NOT_SHOWN', {}, { shownAt: new Date('2026-03-01T15:59:59.999Z') }],
  ['OTHER_TEXT_VERSION', { textVersion: 'WARN-0' }, {}],
])('%s: asked with %j after a warning with %j', (code, ask, shown) => {
  const asked = {
    clientId: 'c',
    productId: 'p',
    textVersion: 'WARN-1',
    actorClientId: 'c',
    wasRecommended: false,
    ...ask,
  };
  const clock = { dayOf, now: NOW };
  expect(overrideProblem(asked, { ...warning, ...shown }, clock)?.code ?? null).toBe(code);
  expect(overrideProblem(asked, null, clock)?.code).toBe(
    code === 'NOT_ON_OWN_INITIATIVE' || code === 'WAS_RECOMMENDED' ? code : 'WARNING_NOT_SHOWN',
  );
});
