import {
  type ClientCopyRow,
  type Db,
  findForUpdate,
  isRefusal,
  type Refusal,
  type Tx,
  transact,
} from '@client-graph/kit';
import type { DecisionRow } from '../entities.js';
import { heldOf } from '../holdings/holdings.js';
import { holdingValue } from '../holdings/holdings.rules.js';
import { submit } from '../orders/orders.js';
import { objection } from '../orders/orders.rules.js';
import { placeRedemption, unitsToGiveUp } from '../orders/redemptions.js';
import { decideFor, lockProduct, type Purchase } from '../suitability/suitability.js';
import { PlanAcceptanceRow, PlanLineRow, PlanRow } from './plans.entities.js';
import { clientOfPlan, givenUpIn, giveWayTo, paidOutIn } from './plans.js';
import { accept } from './plans.rules.js';

type Accept = {
  requestId: string;
  planId: string;
  expectedVersion: number;
  acknowledgedWarnings?: readonly string[] | undefined;
};

/**
 * Turns every line of a plan into an order, once, all or none. Each purchase is decided anew; when one does not suit any more the
 * decisions are committed all the same and the refusal is thrown after.
 */
export async function acceptPlan(db: Db, input: Accept): Promise<PlanRow> {
  const acknowledged = [...new Set(input.acknowledgedWarnings ?? [])];
  const outcome = await transact(db, async (tx): Promise<PlanRow | Refusal> => {
    const client = await clientOfPlan(tx, input.planId);
    const before = await tx.answered('acceptPlan', input, PlanAcceptanceRow);
    if (before !== null) return tx.manager.findOneOrFail(PlanRow, { where: { id: before.planId } });
    const plan = await findForUpdate(tx, PlanRow, input.planId, input.expectedVersion);
    const lines = await tx.find(PlanLineRow, { where: { planId: plan.id }, order: { n: 'ASC' } });
    const { changes, events } = accept(plan, lines, tx.now);
    const decisions = await decideLines(tx, client, plan, lines);
    for (const decision of decisions.values()) {
      const against = objection(decision, acknowledged);
      if (against !== null) return against;
    }
    await tx.once('acceptPlan', input, PlanAcceptanceRow, (id) =>
      tx.insert(PlanAcceptanceRow, { id, planId: plan.id, acceptedAt: tx.now, acceptedBy: tx.actor.id }),
    );
    for (const line of lines)
      await tx.update(PlanLineRow, line, {
        orderId: await placed(tx, client, plan, { line, decision: decisions.get(line.id), acknowledged }),
      });
    await giveWayTo(tx, client.id, plan.currency, 'ACCEPTED');
    await tx.record(...events);
    return tx.update(PlanRow, plan, { ...changes, decidedBy: tx.actor.id });
  });
  if (isRefusal(outcome)) throw outcome;
  return outcome;
}

/** Decides about every purchase, those before it in the plan counted as under way. */
async function decideLines(tx: Tx, client: ClientCopyRow, plan: PlanRow, lines: readonly PlanLineRow[]) {
  const decisions = new Map<string, DecisionRow>();
  const alongside: Purchase[] = [];
  for (const line of lines) {
    if (line.side === 'REDEEM') continue;
    const product = await lockProduct(tx, line.productId);
    const amount = await worthNow(tx, client, line);
    const money = { amount, currency: plan.currency };
    const givesUp = givenUpIn(line);
    const options = { alongside: [...alongside], paidOut: paidOutIn(lines), givesUp };
    decisions.set(line.id, await decideFor(tx, client, product, money, options));
    alongside.push({ productId: product.id, ...money, givesUp });
  }
  return decisions;
}

/** A purchase is of its amount; a switch of what its units are worth by now. */
async function worthNow(tx: Tx, client: ClientCopyRow, { fromProductId, units, amount }: PlanLineRow) {
  if (fromProductId === null || units === null) return amount;
  const held = await heldOf(tx, client.id, fromProductId);
  return held === null ? amount : holdingValue({ ...held, units });
}

type Placing = { line: PlanLineRow; decision: DecisionRow | undefined; acknowledged: string[] };

async function placed(
  tx: Tx,
  client: ClientCopyRow,
  plan: PlanRow,
  { line, decision, acknowledged }: Placing,
): Promise<string> {
  const id = tx.newId();
  const product = await lockProduct(tx, line.productId);
  if (decision === undefined)
    return (await placeRedemption(tx, id, client, { product, units: line.units })).id;
  const money = { amount: decision.amount, currency: plan.currency };
  const what = { amount: money, acknowledged, decision, product, witness: null };
  if (line.fromProductId === null || line.units === null)
    return (await submit(tx, id, { side: 'BUY', ...what })).id;
  const { units } = await unitsToGiveUp(tx, client, line.fromProductId, line.units);
  return (
    await submit(tx, id, { side: 'SWITCH', units, from: await lockProduct(tx, line.fromProductId), ...what })
  ).id;
}
