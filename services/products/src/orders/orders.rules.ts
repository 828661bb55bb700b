import {
  OrderAccepted,
  OrderCancelled,
  OrderExpired,
  OrderFailed,
  OrderRejected,
  OrderSubmitted,
} from '@client-graph/events';
import type { Decimal } from '@client-graph/kit/decimal';
import { minorUnits } from '@client-graph/kit/money';
import { defineRefusals } from '@client-graph/kit/refusals';
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
  ACCEPTED: { settlePart: 'ACCEPTED', settle: 'SETTLED', giveUpRest: 'SETTLED', fail: 'FAILED' },
  SETTLED: { correct: 'SETTLED', reverse: 'REVERSED' },
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
  'settlePart',
  'settle',
  'giveUpRest',
  'reject',
  'cancel',
  'expire',
  'fail',
  'redraft',
  'correct',
  'reverse',
] as const;
export type Action = (typeof ACTIONS)[number];
export type OrderState = keyof typeof TRANSITIONS;

/** Placed and not yet accepted: what changes before acceptance can still send the order back. */
export const OPEN_STATES = ['SUBMITTED'] as const satisfies readonly OrderState[];

/** Checked and not yet placed: what changes now sends the order back to its beginning. */
export const BEFORE_SUBMISSION = [
  'CHECKED',
  'WARNED',
  'CONFIRMED_RISK',
  'COOLING_OFF',
  'CALLBACK_OK',
] as const satisfies readonly OrderState[];

/** Meant to be settled: their money counts for concentration. */
export const UNDER_WAY = [
  'COOLING_OFF',
  'CALLBACK_OK',
  'SUBMITTED',
  'ACCEPTED',
] as const satisfies readonly OrderState[];

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

export type Side = 'BUY' | 'REDEEM' | 'SWITCH';
export type RejectReason =
  | 'ISSUER_DECLINED'
  | 'PAYMENT_MISSING'
  | 'SUITABILITY_CHANGED'
  | 'PRODUCT_NOT_SOLD'
  | 'CLIENT_NOT_SERVED';

export type ReverseReason = 'WRONG_NAV' | 'WRONG_AMOUNT' | 'WRONG_CLIENT' | 'DOUBLE_BOOKING';

export type Order = {
  id: string;
  clientId: string;
  productId: string;
  side: Side;
  amount: Decimal;
  currency: string;
  /** What a redemption or a switch gives up; null for a purchase. */
  units: Decimal | null;
  /** The product whose units a switch gives up. */
  fromProductId: string | null;
  state: OrderState;
  acceptedAt: Date | null;
  coolingOffUntil: Date | null;
  isOverride: boolean;
  settledAmount: Decimal;
  settledUnits: Decimal;
  version: number;
};

export const refuse = defineRefusals({
  NOT_SUITABLE:
    'The product does not suit the client: the reasons are in `details`, their words in the stored decision.',
  WARNING_NOT_ACKNOWLEDGED:
    'Show the client each warning named in `details` and send its code in acknowledgedWarnings.',
  WRONG_STATE: 'The order is in a state from which this is not possible.',
  NAV_NOT_POSITIVE: 'A net asset value is greater than zero.',
  FROM_NAV_MISSING: 'A switch is settled with the net asset value of both products: send fromNav too.',
  UNITS_MISSING:
    'The client holds fewer units than the order gives up: they have left since, as when merged clients part again.',
  UNITS_GONE:
    'The units of this settlement were redeemed since, or another order gives them up: reverse that one first.',
  NO_UNITS: 'The amount buys less than a millionth of a unit at this net asset value: check the value.',
  PARTLY_SETTLED: 'A part of the order is settled: settle the rest, or give it up with giveUpRest.',
  NOTHING_SETTLED: 'Nothing of the order is settled: record with failOrder that it cannot be.',
  PART_TOO_LARGE: 'A part is less than what is left of the order; settle the rest with settleOrder.',
  DECISION_EXPIRED: 'The decision that was shown holds no longer: check the product again.',
  OTHER_DECISION: 'The decision is about another client, product or amount.',
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

type Decided = { id: string; result: Result; reasons: readonly Reason[]; isOverridable: boolean };

/** What an order with this decision may do: an override holds only where the decision allows one. */
export const stands = (decision: Decided, { isOverride }: { isOverride: boolean }): boolean =>
  decision.result !== 'BLOCKED' || (isOverride && decision.isOverridable);

const detailsOf = (decision: Decided) => ({
  decisionId: decision.id,
  reasons: decision.reasons.map((reason) => reason.code),
  isOverridable: decision.isOverridable,
});

export const notSuitable = (decision: Decided) => refuse('NOT_SUITABLE', detailsOf(decision));

/** Why an order with this decision may not be placed; null when it may. Returned, not thrown: the decision is committed first. */
export function objection(
  decision: Decided,
  acknowledged: readonly string[],
  order: { isOverride: boolean } = { isOverride: false },
) {
  if (!stands(decision, order)) return notSuitable(decision);
  const missing = decision.reasons
    .filter((reason) => reason.effect === 'WARNS' && !acknowledged.includes(reason.code))
    .map((reason) => reason.code);
  return missing.length > 0 ? refuse('WARNING_NOT_ACKNOWLEDGED', { ...detailsOf(decision), missing }) : null;
}

/** A placed order walks to SUBMITTED at once, or to its cooling-off; with warnings, or above the level, by way of their confirmation. */
export function stateWhenPlaced(result: Result, when: 'AT_ONCE' | 'COOLS_OFF' = 'AT_ONCE'): OrderState {
  const confirming: readonly Action[] = result === 'SUITABLE' ? [] : ['warn', 'confirmRisk'];
  const path: Action[] = ['check', ...confirming, when === 'AT_ONCE' ? 'submit' : 'coolOff'];
  return path.reduce<OrderState>(move, 'DRAFT');
}

type OrderProduct = { issuerType: IssuerType };

/** What every event of an order carries. */
export const payload = (order: Order, { issuerType }: OrderProduct) => ({
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

/** Refuses PARTLY_SETTLED: what has moved is not undone by a failure. */
export function fail(order: Order, product: OrderProduct, rejectReason: RejectReason) {
  const state = move(order.state, 'fail');
  if (isPartlySettled(order)) throw refuse('PARTLY_SETTLED');
  return { changes: { state, rejectReason }, events: [OrderFailed(payload(order, product))] };
}

export const isPartlySettled = (order: Pick<Order, 'settledAmount' | 'settledUnits'>): boolean =>
  order.settledAmount.greaterThan(0) || order.settledUnits.greaterThan(0);

/** Nobody has submitted the order in time. */
export const expire = (order: Order, product: OrderProduct) => ({
  changes: { state: move(order.state, 'expire') },
  events: [OrderExpired(payload(order, product))],
});

/** What is still to come of an order, in money. */
export const outstanding = (order: Pick<Order, 'amount' | 'settledAmount'>): Decimal =>
  order.amount.minus(order.settledAmount).greaterThan(0)
    ? order.amount.minus(order.settledAmount)
    : order.amount.times(0);

/** What an order still gives up of a product; null where it gives up nothing. */
export const givenUpBy = ({
  units,
  settledUnits,
  productId,
  fromProductId,
}: Pick<Order, 'units' | 'settledUnits' | 'productId' | 'fromProductId'>) =>
  units === null ? null : { productId: fromProductId ?? productId, units: units.minus(settledUnits) };

type SeenDecision = {
  clientId: string;
  productId: string;
  amount: Decimal;
  currency: string;
  validUntil: Date;
};

/** Whether an order rests on the decision that was shown. Refuses OTHER_DECISION and DECISION_EXPIRED. */
export function mustRestOn(
  seen: SeenDecision,
  ask: { clientId: string; productId: string; amount: Decimal; currency: string },
  now: Date,
): void {
  const isOther =
    seen.clientId !== ask.clientId ||
    seen.productId !== ask.productId ||
    seen.currency !== ask.currency ||
    !seen.amount.equals(ask.amount);
  if (isOther) throw refuse('OTHER_DECISION');
  if (now > seen.validUntil) throw refuse('DECISION_EXPIRED', { validUntil: seen.validUntil.toISOString() });
}
