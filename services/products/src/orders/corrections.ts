import { type Db, type Decimal, isUuid, refuse as refuseAny, type Tx, transact } from '@client-graph/kit';
import { type HoldingRow, OrderRow, SettlementRow } from '../entities.js';
import { NavCorrectionRow } from '../navs/corrections.entities.js';
import { refuse } from '../navs/corrections.rules.js';
import { post } from './booking.js';
import { correct, type Posted } from './correction.rules.js';
import type { Order } from './orders.rules.js';
import { demandFree, fromProductOf, lockToSettle, orderById, standingPostings } from './settlements.js';

type Correct = { requestId: string; orderId: string; expectedVersion: number; correctionId: string };

/** Books a settled order anew at the value that was approved; rows that undo and rows that do it again are added, none is changed. */
export const correctSettlement = (db: Db, input: Correct): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const first = await tx.once('correctSettlement', input, SettlementRow, async (id) => {
      const { order, product } = await lockToSettle(tx, input);
      const correction = await approvedCorrection(tx, input.correctionId);
      const fromProduct = await fromProductOf(tx, order);
      const standing = await standingPostings(tx, order);
      const { changes, postings, events } = correct(order, { product, fromProduct }, standing, correction);
      for (const [productId, units] of netOf(postings))
        await demandFree(tx, order.clientId, { productId, units });
      const row = (await post(tx, order, postings, id)).at(-1);
      await tx.update(OrderRow, order, { ...changes, settlementId: lastOf(order, postings, id) });
      await tx.record(...events);
      if (row === undefined) throw new Error('A correction without a row of the ledger.');
      return row;
    });
    return orderById(tx, first.orderId);
  });

async function approvedCorrection(tx: Tx, id: string): Promise<NavCorrectionRow> {
  const correction = isUuid(id) ? await tx.findOne(NavCorrectionRow, { id }) : null;
  if (correction === null) throw refuseAny('NOT_FOUND', { record: 'CORRECTION' });
  if (correction.state !== 'APPROVED') throw refuse('NOT_APPROVED', { state: correction.state });
  return correction;
}

/** What a correction moves in all of each product: where that is less than nothing, as much must be free. */
function netOf(postings: readonly Posted<HoldingRow>[]): Map<string, Decimal> {
  const net = new Map<string, Decimal>();
  for (const { leg } of postings)
    net.set(leg.productId, (net.get(leg.productId) ?? leg.units.times(0)).plus(leg.units));
  return net;
}

/** The newest row of the order's own product that stands: the last one booked, where it is one. */
const lastOf = (
  order: Order & { settlementId: string | null },
  postings: readonly Posted<HoldingRow>[],
  id: string,
) => {
  const last = postings.at(-1);
  return last !== undefined && last.leg.productId === order.productId && last.reversesId === undefined
    ? id
    : order.settlementId;
};
