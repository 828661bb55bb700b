import {
  ClientCopyRow,
  type Connection,
  type Db,
  Decimal,
  dayOf,
  findForUpdate,
  isRefusal,
  isUuid,
  type Money,
  ofSeenClients,
  type PageArgs,
  page,
  positiveMoney,
  type Refusal,
  refuse,
  serves,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In } from 'typeorm';
import { DecisionRow, OrderRow, ProductRow, SpecialWarningRow } from '../entities.js';
import { feesOn } from '../fees/product-fees.js';
import { ruleOf } from '../suitability/rule-in-force.js';
import { decideFor, lockClient, lockProduct } from '../suitability/suitability.js';
import { checkRecording, coolingOffStarted, coolsOffUntil, redraft, withdraw } from './cooling-off.rules.js';
import {
  accept,
  BEFORE_SUBMISSION,
  fail,
  givenUpBy,
  mustRestOn,
  notSuitable,
  OPEN_STATES,
  type OrderState,
  objection,
  type RejectReason,
  reject,
  type Side,
  stands,
  stateWhenPlaced,
  submitted,
} from './orders.rules.js';
import { confirmedWarning, type OverrideAsk, wasRecommended } from './overrides.js';
import { refuse as refuseOverride } from './overrides.rules.js';

type PlaceOrder = {
  requestId: string;
  clientId: string;
  productId: string;
  side?: Side | undefined;
  amount: Money;
  acknowledgedWarnings?: readonly string[] | undefined;
  witness?: Witness | null | undefined;
  override?: OverrideAsk | null | undefined;
  decisionId?: string | null | undefined;
};

type Witness = { secondPersonId: string; recordingRef: string };

/**
 * Places an order that the rules let pass. When they do not, the decision is committed all the same and the refusal is thrown
 * after it: the firm must be able to show its "no". The requestId is then not used up.
 */
export async function placeOrder(db: Db, input: PlaceOrder): Promise<OrderRow> {
  if ((input.side ?? 'BUY') !== 'BUY')
    throw refuse('BAD_INPUT', {
      field: 'side',
      expected: 'BUY: redeem and switchProducts have mutations of their own',
    });
  const amount = positiveMoney(input.amount, 'amount');
  const acknowledged = [...new Set(input.acknowledgedWarnings ?? [])];
  const outcome = await transact(db, async (tx): Promise<OrderRow | Refusal> => {
    // Repeats of a request wait for each other here, so none of them decides twice.
    const client = await lockClient(tx, input.clientId);
    const before = await tx.answered('placeOrder', input, OrderRow);
    if (before !== null) return before;
    const product = await lockProduct(tx, input.productId);
    await checkSeen(tx, input.decisionId ?? null, { clientId: client.id, productId: product.id, ...amount });
    const witness = witnessOf(tx, input.witness ?? null, client.id);
    const override =
      input.override &&
      (await confirmedWarning(tx, input.override, { clientId: client.id, productId: product.id }));
    const isOverride = Boolean(override) && override?.problem === null;
    const decision = await decideFor(tx, client, product, amount, {
      isWitnessed: witness !== null,
      isOverride,
    });
    if (override && decision.result === 'BLOCKED') {
      const against = override.problem ?? notOverridable(decision);
      if (against !== null) return against;
    }
    return (
      objection(decision, acknowledged, { isOverride }) ??
      tx.once('placeOrder', input, OrderRow, async (id) => {
        const order = await submit(tx, id, { side: 'BUY', amount, acknowledged, decision, product, witness });
        if (order.isOverride && override?.warning)
          await tx.update(SpecialWarningRow, override.warning, { confirmedAt: tx.now, orderId: id });
        return order;
      })
    );
  });
  return orderOf(outcome);
}

/** The decision that the caller has seen, if one is named, must be about this and hold. */
async function checkSeen(
  tx: Tx,
  decisionId: string | null,
  ask: { clientId: string; productId: string } & Money,
): Promise<void> {
  if (decisionId === null) return;
  const seen = isUuid(decisionId) ? await tx.findOne(DecisionRow, { id: decisionId }) : null;
  if (seen === null) throw refuse('NOT_FOUND', { record: 'DECISION' });
  mustRestOn(seen, ask, tx.now);
}

const notOverridable = (decision: DecisionRow): Refusal | null =>
  decision.isOverridable
    ? null
    : refuseOverride('NOT_OVERRIDABLE', { reasons: decision.reasons.map((reason) => reason.code) });

/** A second member of staff who is present while it is recorded: named by the first, and neither of them the client. Refuses BAD_INPUT. */
function witnessOf(tx: Tx, witness: Witness | null, clientId: string): Witness | null {
  if (witness === null) return null;
  checkRecording(witness.recordingRef);
  const isNamedByStaff = tx.actor.clientId === null;
  const isAnother = ![tx.actor.id, clientId].includes(witness.secondPersonId);
  if (!isNamedByStaff || !isUuid(witness.secondPersonId) || !isAnother)
    throw refuse('BAD_INPUT', {
      field: 'witness',
      expected: 'the id of another member of staff, named by staff',
    });
  return witness;
}

type Submission = {
  amount: Money;
  acknowledged: string[];
  decision: DecisionRow;
  product: ProductRow;
  witness: Witness | null;
} & ({ side: 'BUY' } | { side: 'SWITCH'; units: Decimal; from: ProductRow });

/** Stores and tells an order that the rules let pass: placed, or cooling off first. */
export async function submit(tx: Tx, id: string, submission: Submission): Promise<OrderRow> {
  const { side, amount, acknowledged, decision, product, witness } = submission;
  const today = dayOf(tx.now);
  const { tables } = await ruleOf(tx, decision.ruleVersion);
  const fees = await feesOn(tx, product, today);
  const given = submission.side === 'SWITCH' ? await feesOn(tx, submission.from, today) : fees;
  const until = coolsOffUntil(tables.coolingOff, product.issuerType, tx.now);
  const order = await tx.insert(OrderRow, {
    id,
    clientId: decision.clientId,
    productId: product.id,
    decisionId: decision.id,
    side,
    ...amount,
    units: submission.side === 'SWITCH' ? submission.units : null,
    fromProductId: submission.side === 'SWITCH' ? submission.from.id : null,
    state: stateWhenPlaced(decision.result, until === null ? 'AT_ONCE' : 'COOLS_OFF'),
    acknowledgedWarnings: acknowledged,
    placedBy: tx.actor.id,
    submittedAt: tx.now,
    acceptedAt: null,
    rejectReason: null,
    reverseReason: null,
    settlementId: null,
    // A blocked purchase comes this far only as an override.
    isOverride: decision.result === 'BLOCKED',
    coolingOffUntil: until,
    witnessId: witness?.secondPersonId ?? null,
    recordingRef: witness?.recordingRef ?? null,
    settledAmount: new Decimal(0),
    settledUnits: new Decimal(0),
    originClientId: decision.clientId,
    purchaseFeePct: fees.purchaseFeePct,
    redemptionFeePct: given.redemptionFeePct,
    version: 1,
  });
  await tx.record(until === null ? submitted(order, product) : coolingOffStarted(order, until));
  return order;
}

/** The order, or the refusal thrown now that the decision is committed. */
export const orderOf = (outcome: OrderRow | Refusal): OrderRow => {
  if (isRefusal(outcome)) throw outcome;
  return outcome;
};

/** Accepts an order that still suits. When it does not, the new decision is committed and the refusal thrown after it. */
export async function acceptOrder(
  db: Db,
  input: { orderId: string; expectedVersion: number },
): Promise<OrderRow> {
  const outcome = await transact(db, async (tx): Promise<OrderRow | Refusal> => {
    const seen = await seenOrder(tx, input.orderId);
    const client = await lockClient(tx, seen.clientId);
    const product = await lockProduct(tx, seen.productId);
    const order = await findForUpdate(tx, OrderRow, seen.id, input.expectedVersion);
    const { changes, events } = accept(order, product, tx.now);
    if (order.side === 'REDEEM') {
      await tx.record(...events);
      return tx.update(OrderRow, order, changes);
    }
    const decision = await decideFor(tx, client, product, order, againOf(order));
    if (!(await standsStill(tx, decision, order))) return notSuitable(decision);
    await tx.record(...events);
    return tx.update(OrderRow, order, changes);
  });
  return orderOf(outcome);
}

export const rejectOrder = (
  db: Db,
  input: { orderId: string; expectedVersion: number; reason: RejectReason },
): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const { order, product } = await lockOrder(tx, input);
    const { changes, events } = reject(order, product, input.reason);
    await tx.record(...events);
    return tx.update(OrderRow, order, changes);
  });

/** Records that an accepted order cannot be settled; nothing has moved. */
export const failOrder = (
  db: Db,
  input: { orderId: string; expectedVersion: number; reason: RejectReason },
): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const { order, product } = await lockOrder(tx, input);
    const { changes, events } = fail(order, product, input.reason);
    await tx.record(...events);
    return tx.update(OrderRow, order, changes);
  });

export const cancelOrder = (db: Db, input: { orderId: string; expectedVersion: number }): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const { order, product } = await lockOrder(tx, input);
    const { changes, events } = withdraw(order, product);
    await tx.record(...events);
    return tx.update(OrderRow, order, changes);
  });

/** What an order is decided about anew with. An override is told once, when the order is placed: it is one, however often it is checked. */
export const againOf = (order: OrderRow) => ({
  orderId: order.id,
  givesUp: givenUpBy(order),
  isWitnessed: order.witnessId !== null,
});

/** Whether an order still may be accepted: an override not once the product was recommended to the client, as while their level was higher. */
export const standsStill = async (tx: Tx, decision: DecisionRow, order: OrderRow): Promise<boolean> =>
  stands(decision, order) && (decision.result !== 'BLOCKED' || !(await wasRecommended(tx, order)));

/** Sends an order that was not placed yet back to its beginning. */
export async function sendToBeginning(tx: Tx, order: OrderRow, product: ProductRow): Promise<void> {
  const { changes, events } = redraft(order, product);
  await tx.update(OrderRow, order, changes);
  await tx.record(...events);
}

/**
 * After a change of the risk profile: what was checked for the level that was begins anew, and what waits for acceptance and
 * does not suit any more is rejected. The client is locked.
 */
export async function rejectUnsuitable(tx: Tx, clientId: string): Promise<void> {
  const client = await tx.findOne(ClientCopyRow, { id: clientId });
  if (client === null) return;
  const open = await tx.manager.find(OrderRow, {
    where: { clientId, state: In([...BEFORE_SUBMISSION, ...OPEN_STATES]), side: In(['BUY', 'SWITCH']) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  for (const order of open) {
    const product = await lockProduct(tx, order.productId);
    if (order.state !== 'SUBMITTED') {
      await sendToBeginning(tx, order, product);
      continue;
    }
    const decision = await decideFor(tx, client, product, order, againOf(order));
    if (await standsStill(tx, decision, order)) continue;
    const { changes, events } = reject(order, product, 'SUITABILITY_CHANGED');
    await tx.update(OrderRow, order, changes);
    await tx.record(...events);
  }
}

/** A page of all clients' orders, oldest first, as operations work through them. */
export const listOrders = (
  db: Db,
  { state, ...args }: PageArgs & { state?: OrderState | null | undefined },
): Promise<Connection<OrderRow>> =>
  page(db, OrderRow, args, { ...(state ? { state } : {}), ...ofSeenClients(db.actor) }, 'OLDEST_FIRST');

/** The order, not locked; whether the caller reaches its client is still to be asked. */
async function seenOrder(tx: Tx, orderId: string): Promise<OrderRow> {
  const order = isUuid(orderId) ? await tx.findOne(OrderRow, { id: orderId }) : null;
  if (order === null) throw refuse('NOT_FOUND');
  return order;
}

/** The order, not locked, if the caller reaches its client. */
export async function reachableOrder(tx: Tx, orderId: string): Promise<OrderRow> {
  const order = await seenOrder(tx, orderId);
  const client = await tx.findOne(ClientCopyRow, { id: order.clientId });
  if (client === null || !serves(tx.actor, client)) throw refuse('NOT_FOUND');
  return order;
}

/** The client before the order, as everywhere, so that two who move one client's units never wait for each other in a ring. */
export async function lockWithClient(tx: Tx, input: { orderId: string; expectedVersion: number }) {
  const { clientId } = await seenOrder(tx, input.orderId);
  await lockClient(tx, clientId);
  const order = await findForUpdate(tx, OrderRow, input.orderId, input.expectedVersion);
  // Clients merged in between: whoever reaches the one that was need not reach the one that is.
  if (order.clientId !== clientId) await reachableOrder(tx, order.id);
  return { order, product: await tx.manager.findOneOrFail(ProductRow, { where: { id: order.productId } }) };
}

/** The order, locked, if the caller reaches its client. */
export async function lockOrder(
  tx: Tx,
  { orderId, expectedVersion }: { orderId: string; expectedVersion: number },
) {
  const { id, productId } = await reachableOrder(tx, orderId);
  const order = await findForUpdate(tx, OrderRow, id, expectedVersion);
  return { order, product: await tx.manager.findOneOrFail(ProductRow, { where: { id: productId } }) };
}
