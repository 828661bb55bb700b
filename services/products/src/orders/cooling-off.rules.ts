import { CoolingOffEnded, CoolingOffStarted, type EventDraft, OrderSentBack } from '@client-graph/events';
import { defineRefusals, refuse as refuseInput } from '@client-graph/kit/refusals';
import type { IssuerType } from '../products/products.rules.js';
import { cancel, expire, move, type Order, type OrderState, payload } from './orders.rules.js';

export const refuse = defineRefusals({
  COOLING_OFF_RUNS: 'The client still has time to think: call back when it is over, see `details`.',
  CALLED_BY_SELLER:
    'Whoever sells does not call back: the adviser of the client, and whoever placed the order.',
});

const HOUR_MS = 3_600_000;

/** Until when the client has time to think; null where the tables ask for none. */
export const coolsOffUntil = (
  coolingOff: { issuerTypes: readonly IssuerType[]; hours: number } | undefined,
  issuerType: IssuerType,
  now: Date,
): Date | null =>
  coolingOff?.issuerTypes.includes(issuerType) ? new Date(now.getTime() + coolingOff.hours * HOUR_MS) : null;

const told = (order: Order, until: Date) => ({
  clientId: order.clientId,
  orderId: order.id,
  productId: order.productId,
  until: until.toISOString(),
});

export const coolingOffStarted = (order: Order, until: Date) => CoolingOffStarted(told(order, until));
const ended = (order: Order): EventDraft[] =>
  order.state === 'COOLING_OFF' && order.coolingOffUntil !== null
    ? [CoolingOffEnded(told(order, order.coolingOffUntil))]
    : [];

/** Sends an order that was checked and not yet placed back to its beginning; a confirmation given for what was is gone with it. */
export const redraft = (order: Order, product: { issuerType: IssuerType }) => ({
  changes: { state: move(order.state, 'redraft'), isOverride: false, coolingOffUntil: null },
  events: [...ended(order), OrderSentBack(payload(order, product))],
});

/** The time to submit an order is over, and a cooling-off that runs with it. */
export function lapse(order: Order, product: { issuerType: IssuerType }) {
  const { changes, events } = expire(order, product);
  return { changes, events: [...ended(order), ...events] };
}

/** The client withdraws; a cooling-off that runs is over. */
export function withdraw(order: Order, product: { issuerType: IssuerType }) {
  const { changes, events } = cancel(order, product);
  return { changes, events: [...ended(order), ...events] };
}

/** The four questions (domain 2.1, C13): is it the client, was the contract read, is loss understood, is the way of disputes known. */
export type Answers = { isPerson: boolean; hasRead: boolean; knowsLoss: boolean; knowsDisputes: boolean };

const RECORDING = /^[A-Za-z0-9_.:-]{4,64}$/;

/** The call-back: with four times yes the order may be submitted, with any no it is called off. */
export function callBack(
  order: Order & { placedBy: string | null },
  product: { issuerType: IssuerType },
  ask: Answers & { recordingRef: string },
  { callerId, adviserId, now }: { callerId: string | null; adviserId: string; now: Date },
): { changes: { state: OrderState }; events: EventDraft[] } {
  const state = move(order.state, 'callBack');
  checkRecording(ask.recordingRef);
  if (callerId === order.placedBy || callerId === adviserId) throw refuse('CALLED_BY_SELLER');
  const until = order.coolingOffUntil;
  if (until !== null && now < until) throw refuse('COOLING_OFF_RUNS', { until: until.toISOString() });
  const isWell = ask.isPerson && ask.hasRead && ask.knowsLoss && ask.knowsDisputes;
  return isWell ? { changes: { state }, events: ended(order) } : withdraw(order, product);
}

/** A recording is named by the system that keeps it. Refuses BAD_INPUT. */
export function checkRecording(recordingRef: string): void {
  if (!RECORDING.test(recordingRef))
    throw refuseInput('BAD_INPUT', { field: 'recordingRef', expected: '4 to 64 letters, digits, . : - _' });
}
