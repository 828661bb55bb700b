import type { DataOf, EventDraft, FeeCreditDeclined, FeeCreditGranted } from '@client-graph/events';
import {
  type Context,
  type Db,
  Decimal,
  findForUpdate,
  type Money,
  positiveMoney,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In, LessThan } from 'typeorm';
import { FeeCreditRow, OrderRow } from '../entities.js';
import { reachableOrder } from '../orders/orders.js';
import { type CreditState, decline, grant, release, request } from './fee-credits.rules.js';

type PayFee = { requestId: string; orderId: string; amount: Money };

/** Asks loyalty to pay a part of a fee with points; its answer comes as an event. */
export const payFeeWithPoints = (db: Db, input: PayFee): Promise<FeeCreditRow> =>
  transact(db, (tx) =>
    tx.once('payFeeWithPoints', input, FeeCreditRow, async (id) => {
      const amount = positiveMoney(input.amount, 'amount');
      const seen = await reachableOrder(tx, input.orderId);
      // Under the order's lock the credits of one fee are asked for one after the other, so none slips over the ceiling.
      const order = await findForUpdate(tx, OrderRow, seen.id);
      const credits = await tx.find(FeeCreditRow, { where: { orderId: order.id } });
      const { credit, events } = request(order, await bookedFee(tx, order.id), credits, { id, amount });
      await tx.record(...events);
      return tx.insert(FeeCreditRow, { ...credit, requestedAt: tx.now, version: 1 });
    }),
  );

/** What an order has cost in fees so far; nothing once it was reversed. */
async function bookedFee(tx: Tx, orderId: string): Promise<Decimal> {
  const [row] = await tx.query<{ fee: string }>(
    'select coalesce(sum(fee), 0) as fee from settlement where order_id = $1',
    [orderId],
  );
  return new Decimal(row?.fee ?? 0);
}

type Step = {
  changes: { state: CreditState; reason?: string; redemptionId?: string };
  events: EventDraft[];
} | null;

async function take(tx: Tx, credit: FeeCreditRow, step: Step): Promise<void> {
  if (step === null) return;
  await tx.update(FeeCreditRow, credit, step.changes);
  await tx.record(...step.events);
}

/** Loyalty has taken the points. */
export async function bookCredit(tx: Tx, granted: DataOf<typeof FeeCreditGranted>): Promise<void> {
  const order = await findForUpdate(tx, OrderRow, granted.orderId);
  const credit = await findForUpdate(tx, FeeCreditRow, granted.creditId);
  await take(tx, credit, grant(credit, order, granted));
}

/** Loyalty has taken nothing. */
export async function declineCredit(tx: Tx, declined: DataOf<typeof FeeCreditDeclined>): Promise<void> {
  const credit = await findForUpdate(tx, FeeCreditRow, declined.creditId);
  await take(tx, credit, decline(credit, declined.reason));
}

/** The settlement of an order was taken back, and the credits on its fee with it. The order is locked. */
export async function releaseCredits(tx: Tx, orderId: string): Promise<void> {
  const credits = await tx.manager.find(FeeCreditRow, {
    where: { orderId, state: In(['REQUESTED', 'BOOKED']) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  for (const credit of credits) await take(tx, credit, release(credit, 'ORDER_REVERSED'));
}

const WAIT_MS = 7 * 86_400_000;
const AT_ONCE = 200;

/** Gives up credits that loyalty has not answered in a week. Run again, it finds none. */
export async function releaseUnanswered(db: Db): Promise<void> {
  for (;;) {
    const released = await transact(db, async (tx) => {
      const credits = await tx.manager.find(FeeCreditRow, {
        where: { state: 'REQUESTED', requestedAt: LessThan(new Date(tx.now.getTime() - WAIT_MS)) },
        order: { id: 'ASC' },
        take: AT_ONCE,
        lock: { mode: 'pessimistic_write' },
      });
      for (const credit of credits) await take(tx, credit, release(credit, 'TIMED_OUT'));
      return credits.length;
    });
    if (released < AT_ONCE) return;
  }
}

/** The credits on the fees of many orders cost one statement. */
export const creditsOf = (ctx: Context, order: OrderRow): Promise<FeeCreditRow[]> =>
  ctx.loadList(FeeCreditRow, 'orderId', order.id);
