import {
  OrderAccepted,
  OrderCancelled,
  OrderRejected,
  OrderSettled,
  OrderSubmitted,
} from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { minorUnits } from '@client-graph/kit/money';
import { defineRefusals } from '@client-graph/kit/refusals';
import { dayOf } from '@client-graph/kit/time';
import type { IssuerType } from '../products/products.rules.js';
import type { Reason, Result } from '../suitability/suitability.rules.js';

/** Every move an order can make (domain: order state machine): state → action → state. What is not here is refused. */
export const TRANSITIONS = {
  DRAFT: { check: 'CHECKED', cancel: 'CANCELLED', expire: 'EXPIRED' },
  CHECKED: {
    warn: 'WARNED',
    coolOff: 'COOLING_OFF',
    submit: 'SUBMITTED',
    redraft: 'DRAFT',
    cancel: 'CANCELLED',
    expire: 'EXPIRED',
  },
  WARNED: { confirmRisk: 'CONFIRMED_RISK', redraft: 'DRAFT', cancel: 'CANCELLED', expire: 'EXPIRED' },
  CONFIRMED_RISK: {
    coolOff: 'COOLING_OFF',
    submit: 'SUBMITTED',
    redraft: 'DRAFT',
    cancel: 'CANCELLED',
    expire: 'EXPIRED',
  },
  COOLING_OFF: { callBack: 'CALLBACK_OK', redraft: 'DRAFT', cancel: 'CANCELLED', expire: 'EXPIRED' },
  CALLBACK_OK: { submit: 'SUBMITTED', redraft: 'DRAFT', cancel: 'CANCELLED', expire: 'EXPIRED' },
  SUBMITTED: { accept: 'ACCEPTED', reject: 'REJECTED', cancel: 'CANCELLED' },
  ACCEPTED: { settle: 'SETTLED', fail: 'FAILED' },
  SETTLED: { reverse: 'REVERSED' },
  REJECTED: {},
  CANCELLED: {},
  EXPIRED: {},
  FAILED: {},
  REVERSED: {},
} as const satisfies Record<string, Partial<Record<Action, string>>>;

export const ACTIONS = [
  'check',
  'warn',
  'confirmRisk',
  'coolOff',
  'callBack',
  'submit',
  'accept',
  'settle',
  'reject',
  'cancel',
  'expire',
  'fail',
  'redraft',
  'reverse',
] as const;
export type Action = (typeof ACTIONS)[number];
export type OrderState = keyof typeof TRANSITIONS;

/** Placed and not yet accepted: what changes before acceptance can still send the order back. */
export const OPEN_STATES = ['SUBMITTED'] as const satisfies readonly OrderState[];

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;
const words = (EN: string, ZH_HANS: string, ZH_HANT: string): Words => ({ EN, ZH_HANS, ZH_HANT });

export const STATE_WORDS = {
  DRAFT: words('Draft', '草稿', '草稿'),
  CHECKED: words('Checked', '已适当性匹配', '已適當性匹配'),
  WARNED: words('Warned', '已风险提示', '已風險提示'),
  CONFIRMED_RISK: words('Risk confirmed', '已确认风险', '已確認風險'),
  COOLING_OFF: words('Cooling off', '冷静期', '冷靜期'),
  CALLBACK_OK: words('Called back', '已回访', '已回訪'),
  SUBMITTED: words('Submitted', '已提交', '已提交'),
  ACCEPTED: words('Accepted', '已受理', '已受理'),
  SETTLED: words('Settled', '已确认', '已確認'),
  REJECTED: words('Rejected', '已拒绝', '已拒絕'),
  CANCELLED: words('Cancelled', '已撤销', '已撤銷'),
  EXPIRED: words('Expired', '已失效', '已失效'),
  FAILED: words('Failed', '失败', '失敗'),
  REVERSED: words('Reversed', '已冲正', '已沖正'),
} as const satisfies Record<OrderState, Words>;

export type Side = 'BUY';
export type RejectReason = 'ISSUER_DECLINED' | 'PAYMENT_MISSING' | 'SUITABILITY_CHANGED' | 'PRODUCT_NOT_SOLD';

export type Order = {
  id: string;
  clientId: string;
  productId: string;
  side: Side;
  amount: Decimal;
  currency: string;
  state: OrderState;
  acceptedAt: Date | null;
  version: number;
};

export const refuse = defineRefusals({
  NOT_SUITABLE:
    'The product does not suit the client: the reasons are in `details`, their words in the stored decision.',
  WARNING_NOT_ACKNOWLEDGED:
    'Show the client each warning named in `details` and send its code in acknowledgedWarnings.',
  WRONG_STATE: 'The order is in a state from which this is not possible.',
  NAV_NOT_POSITIVE: 'A net asset value is greater than zero.',
  NO_UNITS: 'The amount buys less than a millionth of a unit at this net asset value: check the value.',
  SETTLED_IN_FUTURE: 'Settle an order on or after the day it is settled on.',
  SETTLED_BEFORE_ACCEPTANCE: 'An order is settled on the day of its acceptance or later.',
});

/** The state an action leads to. Refuses WRONG_STATE. */
export function move(state: OrderState, action: Action): OrderState {
  const moves: Partial<Record<Action, OrderState>> = TRANSITIONS[state];
  const next = moves[action];
  if (next === undefined) throw refuse('WRONG_STATE', { state, action, possible: Object.keys(moves) });
  return next;
}

const PATHS = {
  SUITABLE: ['check', 'submit'],
  WARN: ['check', 'warn', 'confirmRisk', 'submit'],
} as const satisfies Record<string, readonly Action[]>;

type Decided = { id: string; result: Result; reasons: readonly Reason[] };

/** Why an order with this decision may not be placed; null when it may. Returned, not thrown: the decision is committed first. */
export function objection(decision: Decided, acknowledged: readonly string[]) {
  const details = { decisionId: decision.id, reasons: decision.reasons.map((reason) => reason.code) };
  switch (decision.result) {
    case 'SUITABLE':
      return null;
    case 'BLOCKED':
      return refuse('NOT_SUITABLE', details);
    case 'WARN': {
      const missing = details.reasons.filter((code) => !acknowledged.includes(code));
      return missing.length > 0 ? refuse('WARNING_NOT_ACKNOWLEDGED', { ...details, missing }) : null;
    }
    default:
      return decision.result satisfies never;
  }
}

/** In this release a placed order walks to SUBMITTED at once; with warnings by way of their confirmation. */
export const stateWhenPlaced = (result: keyof typeof PATHS): OrderState =>
  PATHS[result].reduce<OrderState>(move, 'DRAFT');

type OrderProduct = { issuerType: IssuerType };

const payload = (order: Order, { issuerType }: OrderProduct) => ({
  clientId: order.clientId,
  orderId: order.id,
  productId: order.productId,
  productClass: issuerType,
  side: order.side,
  amountMinor: minorUnits(order.amount, order.currency),
  currency: order.currency,
});

export const submitted = (order: Order, product: OrderProduct) => OrderSubmitted(payload(order, product));

export const accept = (order: Order, product: OrderProduct, now: Date) => ({
  changes: { state: move(order.state, 'accept'), acceptedAt: now },
  events: [OrderAccepted(payload(order, product))],
});

export const cancel = (order: Order, product: OrderProduct) => ({
  changes: { state: move(order.state, 'cancel') },
  events: [OrderCancelled(payload(order, product))],
});

export const reject = (order: Order, product: OrderProduct, rejectReason: RejectReason) => ({
  changes: { state: move(order.state, 'reject'), rejectReason },
  events: [OrderRejected(payload(order, product))],
});

const UNIT_DECIMALS = 6;
const UNITS_IN_ONE = new Decimal(10).pow(UNIT_DECIMALS);

/** Units that an amount buys, to six decimals, rounded down; units × nav + residual = amount, exactly. */
export function unitsFor(amount: Decimal, nav: Decimal): { units: Decimal; residual: Decimal } {
  // Whole millionths by integer division: a division rounded to some digits first could round up over the edge.
  const units = amount.times(UNITS_IN_ONE).divToInt(nav).div(UNITS_IN_ONE);
  return { units, residual: amount.minus(units.times(nav)) };
}

/** The state is checked before the figures, and the whole amount is settled: partial settlement is not known yet. */
export function settle(
  order: Order,
  product: OrderProduct,
  ask: { nav: Decimal; settledOn: string },
  now: Date,
) {
  const state = move(order.state, 'settle');
  if (ask.nav.lessThanOrEqualTo(0)) throw refuse('NAV_NOT_POSITIVE');
  const today = dayOf(now);
  if (ask.settledOn > today) throw refuse('SETTLED_IN_FUTURE', { today });
  const acceptedOn = order.acceptedAt === null ? today : dayOf(order.acceptedAt);
  if (ask.settledOn < acceptedOn) throw refuse('SETTLED_BEFORE_ACCEPTANCE', { acceptedOn });
  const { units, residual } = unitsFor(order.amount, ask.nav);
  if (units.isZero()) throw refuse('NO_UNITS');
  return {
    changes: { state },
    settlement: { units, residual, nav: ask.nav, settledOn: ask.settledOn },
    events: [OrderSettled({ ...payload(order, product), settledOn: ask.settledOn })],
  };
}
