import {
  ClientCopyRow,
  type Connection,
  type Db,
  type Decimal,
  findForUpdate,
  isRefusal,
  isUuid,
  type Money,
  type PageArgs,
  page,
  positiveMoney,
  type Refusal,
  reaches,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { type DecisionRow, OrderRow, ProductRow, SettlementRow } from '../entities.js';
import { creditHolding } from '../holdings/holdings.js';
import { decideFor, lockClient, lockProduct } from '../suitability/suitability.js';
import {
  accept,
  cancel,
  type OrderState,
  objection,
  type RejectReason,
  reject,
  type Side,
  settle,
  stateWhenPlaced,
  submitted,
} from './orders.rules.js';

type PlaceOrder = {
  requestId: string;
  clientId: string;
  productId: string;
  side?: Side | undefined;
  amount: Money;
  acknowledgedWarnings?: readonly string[] | undefined;
};

/**
 * Places an order that the rules let pass. When they do not, the decision is committed all the same and the refusal is thrown
 * after it: the firm must be able to show its "no". The requestId is then not used up.
 */
export async function placeOrder(db: Db, input: PlaceOrder): Promise<OrderRow> {
  const amount = positiveMoney(input.amount, 'amount');
  const acknowledged = [...new Set(input.acknowledgedWarnings ?? [])];
  const outcome = await transact(db, async (tx): Promise<OrderRow | Refusal> => {
    // Repeats of a request wait for each other here, so none of them decides twice.
    const client = await lockClient(tx, input.clientId);
    const before = await tx.answered('placeOrder', input, OrderRow);
    if (before !== null) return before;
    const product = await lockProduct(tx, input.productId);
    const decision = await decideFor(tx, client, product, amount);
    return (
      objection(decision, acknowledged) ??
      tx.once('placeOrder', input, OrderRow, (id) =>
        submit(tx, id, { side: input.side ?? 'BUY', amount, acknowledged, decision, product }),
      )
    );
  });
  return orderOf(outcome);
}

type Submission = {
  side: Side;
  amount: Money;
  acknowledged: string[];
  decision: DecisionRow;
  product: ProductRow;
};

async function submit(
  tx: Tx,
  id: string,
  { side, amount, acknowledged, decision, product }: Submission,
): Promise<OrderRow> {
  if (decision.result === 'BLOCKED') throw new Error('A blocked order is never submitted.');
  const order = await tx.insert(OrderRow, {
    id,
    clientId: decision.clientId,
    productId: product.id,
    decisionId: decision.id,
    side,
    ...amount,
    state: stateWhenPlaced(decision.result),
    acknowledgedWarnings: acknowledged,
    placedBy: tx.actor.id,
    submittedAt: tx.now,
    acceptedAt: null,
    rejectReason: null,
    settlementId: null,
    version: 1,
  });
  await tx.record(submitted(order, product));
  return order;
}

const orderOf = (outcome: OrderRow | Refusal): OrderRow => {
  if (isRefusal(outcome)) throw outcome;
  return outcome;
};

/** Accepts an order that still suits. When it does not, the new decision is committed and the refusal thrown after it. */
export async function acceptOrder(
  db: Db,
  input: { orderId: string; expectedVersion: number },
): Promise<OrderRow> {
  const outcome = await transact(db, async (tx): Promise<OrderRow | Refusal> => {
    const seen = await reachableOrder(tx, input.orderId);
    const client = await lockClient(tx, seen.clientId);
    const product = await lockProduct(tx, seen.productId);
    const order = await findForUpdate(tx, OrderRow, seen.id, input.expectedVersion);
    const { changes, events } = accept(order, product, tx.now);
    const decision = await decideFor(tx, client, product, order, order.id);
    if (decision.result === 'BLOCKED') return objection(decision, []) ?? order;
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

export const cancelOrder = (db: Db, input: { orderId: string; expectedVersion: number }): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const { order, product } = await lockOrder(tx, input);
    const { changes, events } = cancel(order, product);
    await tx.record(...events);
    return tx.update(OrderRow, order, changes);
  });

type SettleOrder = {
  requestId: string;
  orderId: string;
  expectedVersion: number;
  nav: Decimal;
  settledOn: string;
};

/** Settles an order: the order, the ledger row and the holding change in one transaction. */
export const settleOrder = (db: Db, input: SettleOrder): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const settlement = await tx.once('settleOrder', input, SettlementRow, async (id) => {
      const { order, product } = await lockOrder(tx, input);
      const { changes, settlement: settled, events } = settle(order, product, input, tx.now);
      const holdingId = await creditHolding(tx, order, settled, product.rating);
      const row = await tx.insert(SettlementRow, {
        id,
        orderId: order.id,
        holdingId,
        ...settled,
        amount: order.amount,
        currency: order.currency,
        bookedAt: tx.now,
      });
      await tx.update(OrderRow, order, { ...changes, settlementId: id });
      await tx.record(...events);
      return row;
    });
    return tx.manager.findOneOrFail(OrderRow, { where: { id: settlement.orderId } });
  });

/** After a change of the risk profile: what waits for acceptance and does not suit any more is rejected. The client is locked. */
export async function rejectUnsuitable(tx: Tx, clientId: string): Promise<void> {
  const client = await tx.findOne(ClientCopyRow, { id: clientId });
  if (client === null) return;
  const waiting = await tx.manager.find(OrderRow, {
    where: { clientId, state: 'SUBMITTED' },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  for (const order of waiting) {
    const product = await lockProduct(tx, order.productId);
    const decision = await decideFor(tx, client, product, order, order.id);
    if (decision.result !== 'BLOCKED') continue;
    const { changes, events } = reject(order, product, 'SUITABILITY_CHANGED');
    await tx.update(OrderRow, order, changes);
    await tx.record(...events);
  }
}

/** A page of all clients' orders, oldest first, as operations work through them. */
export const listOrders = (
  db: Db,
  { state, ...args }: PageArgs & { state?: OrderState | null | undefined },
): Promise<Connection<OrderRow>> => page(db, OrderRow, args, state ? { state } : {}, 'OLDEST_FIRST');

async function reachableOrder(tx: Tx, orderId: string): Promise<OrderRow> {
  const order = isUuid(orderId) ? await tx.findOne(OrderRow, { id: orderId }) : null;
  const client = order && (await tx.findOne(ClientCopyRow, { id: order.clientId }));
  if (!order || !client || !reaches(tx.actor, client)) throw refuse('NOT_FOUND');
  return order;
}

async function lockOrder(tx: Tx, { orderId, expectedVersion }: { orderId: string; expectedVersion: number }) {
  const { id, productId } = await reachableOrder(tx, orderId);
  const order = await findForUpdate(tx, OrderRow, id, expectedVersion);
  return { order, product: await tx.manager.findOneOrFail(ProductRow, { where: { id: productId } }) };
}
