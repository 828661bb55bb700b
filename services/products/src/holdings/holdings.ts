import { Decimal, type Tx } from '@client-graph/kit';
import { HoldingRow, type OrderRow } from '../entities.js';
import type { Rating } from '../products/products.rules.js';
import { credit, type Settled } from './holdings.rules.js';

/** Adds what an order settled to the client's holding, which its first settlement opens; returns the holding's id. */
export async function creditHolding(
  tx: Tx,
  order: OrderRow,
  settled: Settled,
  rating: Rating,
): Promise<string> {
  const { clientId, productId, currency } = order;
  // Two first settlements at once: the second waits for the first one's row, finds it there and adds to it.
  await tx.manager
    .createQueryBuilder()
    .insert()
    .into(HoldingRow)
    .values({
      id: tx.newId(),
      clientId,
      productId,
      currency,
      units: new Decimal(0),
      lastNav: settled.nav,
      asOf: settled.settledOn,
      version: 0,
    })
    .orIgnore()
    .execute();
  const holding = await tx.manager.findOneOrFail(HoldingRow, {
    where: { clientId, productId },
    lock: { mode: 'pessimistic_write' },
  });
  const { changes, events } = credit(holding, settled, rating);
  await tx.update(HoldingRow, holding, changes);
  await tx.record(...events);
  return holding.id;
}
