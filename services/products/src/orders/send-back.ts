import { ClientCopyRow, type Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { OrderRow, type ProductRow } from '../entities.js';
import { decideFor } from '../suitability/suitability.js';
import { againOf, sendToBeginning } from './orders.js';
import { BEFORE_SUBMISSION, OPEN_STATES, reject, stands } from './orders.rules.js';

/**
 * After a change of a product, which the caller has locked: purchases that were checked and not yet placed begin anew, and
 * what waits for acceptance and may not be sold any more, or does not suit any more, is rejected.
 */
export async function sendBack(tx: Tx, product: ProductRow): Promise<void> {
  const open = await tx.manager.find(OrderRow, {
    where: {
      productId: product.id,
      side: In(['BUY', 'SWITCH']),
      state: In([...BEFORE_SUBMISSION, ...OPEN_STATES]),
    },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  for (const order of open) await sendOneBack(tx, order, product);
}

async function sendOneBack(tx: Tx, order: OrderRow, product: ProductRow): Promise<void> {
  if (order.state !== 'SUBMITTED') return sendToBeginning(tx, order);
  const reason = product.status === 'LISTED' ? await whyUnsuitable(tx, order, product) : 'PRODUCT_NOT_SOLD';
  if (reason === null) return;
  const { changes, events } = reject(order, product, reason);
  await tx.update(OrderRow, order, changes);
  await tx.record(...events);
}

async function whyUnsuitable(
  tx: Tx,
  order: OrderRow,
  product: ProductRow,
): Promise<'SUITABILITY_CHANGED' | null> {
  const client = await tx.manager.findOneOrFail(ClientCopyRow, { where: { id: order.clientId } });
  const decision = await decideFor(tx, client, product, order, againOf(order));
  return stands(decision, order) ? null : 'SUITABILITY_CHANGED';
}
