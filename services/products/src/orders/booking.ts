import type { Tx } from '@client-graph/kit';
import { type HoldingRow, type OrderRow, ProductRow, SettlementRow } from '../entities.js';
import { holdingFor, holdingsToGive, moveUnits, tellHolding } from '../holdings/holdings.js';
import { type Leg, spread } from './settlement.rules.js';

/** A leg at the holding that it moves. */
type Posting = { leg: Leg; holding: HoldingRow; reversesId?: string; booking?: string };

/** Books the legs of a settlement: what leaves is taken from the client's holdings, what comes joins one. The last leg's row gets the id. */
export async function book(
  tx: Tx,
  order: OrderRow,
  legs: readonly Leg[],
  id: string,
): Promise<SettlementRow[]> {
  const postings: Posting[] = [];
  for (const leg of legs) {
    if (leg.units.greaterThan(0)) {
      postings.push({ leg, holding: await holdingFor(tx, order, leg.productId, leg) });
      continue;
    }
    const holdings = await holdingsToGive(tx, order, leg.productId);
    const parts = spread(
      leg,
      holdings.map(({ units }) => units),
    );
    for (const [at, part] of parts.entries()) {
      const holding = holdings[at];
      if (holding !== undefined) postings.push({ leg: part, holding });
    }
  }
  return post(tx, order, postings, id);
}

/** Writes the rows of the ledger and moves the units; then each product that was moved is told once. */
export async function post(
  tx: Tx,
  order: OrderRow,
  postings: readonly Posting[],
  id: string,
): Promise<SettlementRow[]> {
  const rows: SettlementRow[] = [];
  // Two legs may move one holding: the second sees what the first has left.
  const moved = new Map<string, HoldingRow>();
  for (const [at, { leg, holding, reversesId, booking }] of postings.entries()) {
    const { productId: _, ...figures } = leg;
    moved.set(holding.id, await moveUnits(tx, moved.get(holding.id) ?? holding, leg));
    const row = await tx.insert(SettlementRow, {
      id: at === postings.length - 1 ? id : tx.newId(),
      orderId: order.id,
      holdingId: holding.id,
      ...figures,
      reversesId: reversesId ?? null,
      bookingId: reversesId === undefined ? (booking ?? id) : null,
      currency: order.currency,
      bookedAt: tx.now,
    });
    rows.push(row);
  }
  for (const productId of new Set(postings.map(({ leg }) => leg.productId))) {
    const { rating } = await tx.manager.findOneOrFail(ProductRow, { where: { id: productId } });
    await tellHolding(tx, { clientId: order.clientId, productId, rating });
  }
  return rows;
}
