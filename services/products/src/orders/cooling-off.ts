import { type Db, dayOf, findForUpdate, type Refusal, transact } from '@client-graph/kit';
import { CallBackRow, OrderRow } from '../entities.js';
import { ruleInForce } from '../suitability/rule-in-force.js';
import { decideFor, lockClient, lockProduct } from '../suitability/suitability.js';
import { type Answers, callBack, coolingOffStarted, coolsOffUntil, redraft } from './cooling-off.rules.js';
import { againOf, lockOrder, orderOf, reachableOrder } from './orders.js';
import { move, objection, stateWhenPlaced, submitted } from './orders.rules.js';
import { unitsToGiveUp } from './redemptions.js';

type CallBack = {
  requestId: string;
  orderId: string;
  expectedVersion: number;
  recordingRef: string;
} & Answers;

/** Records the call-back after the cooling-off; who calls is not who sells. */
export const recordCallBack = (db: Db, input: CallBack): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const call = await tx.once('recordCallBack', input, CallBackRow, async (id) => {
      const seen = await reachableOrder(tx, input.orderId);
      const client = await lockClient(tx, seen.clientId);
      const { order, product } = await lockOrder(tx, input);
      const who = { callerId: tx.actor.id, adviserId: client.adviserId, now: tx.now };
      const { changes, events } = callBack(order, product, input, who);
      const { isPerson, hasRead, knowsLoss, knowsDisputes, recordingRef } = input;
      await tx.update(OrderRow, order, changes);
      await tx.record(...events);
      return tx.insert(CallBackRow, {
        id,
        orderId: order.id,
        isPerson,
        hasRead,
        knowsLoss,
        knowsDisputes,
        recordingRef,
        calledAt: tx.now,
        calledBy: tx.actor.id,
      });
    });
    return tx.manager.findOneOrFail(OrderRow, { where: { id: call.orderId } });
  });

type SubmitOrder = {
  orderId: string;
  expectedVersion: number;
  acknowledgedWarnings?: readonly string[] | undefined;
};

/**
 * Submits an order after its call-back, or one that was sent back to its beginning. It is decided anew; what was called back and
 * does not suit any more goes back to its beginning, and the refusal is thrown after that is committed.
 */
export async function submitOrder(db: Db, input: SubmitOrder): Promise<OrderRow> {
  const outcome = await transact(db, async (tx): Promise<OrderRow | Refusal> => {
    const seen = await reachableOrder(tx, input.orderId);
    const client = await lockClient(tx, seen.clientId);
    const product = await lockProduct(tx, seen.productId);
    const order = await findForUpdate(tx, OrderRow, seen.id, input.expectedVersion);
    const isDraft = order.state === 'DRAFT';
    // As a draft the switch gave nothing up: its units may be gone.
    if (isDraft && order.fromProductId !== null)
      await unitsToGiveUp(tx, client, order.fromProductId, order.units);
    const next = isDraft ? move(order.state, 'check') : move(order.state, 'submit');
    const acknowledgedWarnings = [
      ...new Set([...order.acknowledgedWarnings, ...(input.acknowledgedWarnings ?? [])]),
    ];
    const decision = await decideFor(tx, client, product, order, againOf(order));
    const against = objection(decision, acknowledgedWarnings, order);
    if (against !== null) {
      if (isDraft) return against;
      const { changes, events } = redraft(order, product);
      await tx.update(OrderRow, order, changes);
      await tx.record(...events);
      return against;
    }
    const { tables } = await ruleInForce(tx, dayOf(tx.now));
    const until = isDraft ? coolsOffUntil(tables.coolingOff, product.issuerType, tx.now) : null;
    const state = isDraft ? stateWhenPlaced(decision.result, until === null ? 'AT_ONCE' : 'COOLS_OFF') : next;
    const changes = { state, acknowledgedWarnings, decisionId: decision.id, submittedAt: tx.now };
    await tx.record(until === null ? submitted(order, product) : coolingOffStarted(order, until));
    return tx.update(OrderRow, order, isDraft ? { ...changes, coolingOffUntil: until } : changes);
  });
  return orderOf(outcome);
}
