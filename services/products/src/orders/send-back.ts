import { ClientCopyRow, type Db, type Tx, transact } from '@client-graph/kit';
import { OrderRow, type ProductRow } from '../entities.js';
import { decideFor, lockProduct } from '../suitability/suitability.js';
import { againOf, sendToBeginning, standsStill } from './orders.js';
import { BEFORE_SUBMISSION, OPEN_STATES, reject } from './orders.rules.js';

const LOOKED_AT: readonly string[] = [...BEFORE_SUBMISSION, ...OPEN_STATES];

/**
 * After a change of a product: a purchase that was checked and not yet placed begins anew, and one that waits for acceptance and may
 * not be sold any more, or does not suit any more, is rejected. Each order in a transaction of its own: acceptance decides anew under
 * the product's lock, so nothing slips through while others are still to be looked at.
 */
export const sendBack = (db: Db, orderId: string): Promise<void> =>
  transact(db, async (tx) => {
    const seen = await tx.manager.findOneOrFail(OrderRow, { where: { id: orderId } });
    const client = await tx.manager.findOneOrFail(ClientCopyRow, {
      where: { id: seen.clientId },
      lock: { mode: 'pessimistic_write' },
    });
    const product = await lockProduct(tx, seen.productId);
    const order = await tx.manager.findOneOrFail(OrderRow, {
      where: { id: orderId },
      lock: { mode: 'pessimistic_write' },
    });
    if (!LOOKED_AT.includes(order.state)) return;
    if (order.state !== 'SUBMITTED') return sendToBeginning(tx, order, product);
    const reason =
      product.status === 'LISTED' ? await whyUnsuitable(tx, client, order, product) : 'PRODUCT_NOT_SOLD';
    if (reason === null) return;
    const { changes, events } = reject(order, product, reason);
    await tx.update(OrderRow, order, changes);
    await tx.record(...events);
  });

async function whyUnsuitable(
  tx: Tx,
  client: ClientCopyRow,
  order: OrderRow,
  product: ProductRow,
): Promise<'SUITABILITY_CHANGED' | null> {
  const decision = await decideFor(tx, client, product, order, againOf(order));
  return (await standsStill(tx, decision, order)) ? null : 'SUITABILITY_CHANGED';
}
