import { type Db, dayOf, type Tx, transact } from '@client-graph/kit';
import { In, LessThan } from 'typeorm';
import { OrderRow, ProductRow } from '../entities.js';
import { ruleInForce } from '../suitability/rule-in-force.js';
import { lockCopy } from '../suitability/standing.js';
import { lapse, withdraw } from './cooling-off.rules.js';
import { BEFORE_SUBMISSION, reject, type Side } from './orders.rules.js';

/** Purchases end with the readiness to serve; what is the client's own may be taken out until the record rests. */
const ENDING = {
  PURCHASES: ['BUY', 'SWITCH'],
  ALL: ['BUY', 'SWITCH', 'REDEEM'],
} as const satisfies Record<string, readonly Side[]>;

/**
 * The client is no longer served: orders that were not placed are called off, and those that wait for acceptance rejected. What the
 * issuer has accepted goes on, for its money has moved.
 */
export async function endOrders(tx: Tx, clientId: string, which: keyof typeof ENDING): Promise<void> {
  await lockCopy(tx, clientId);
  const open = await tx.manager.find(OrderRow, {
    where: {
      clientId,
      side: In([...ENDING[which]]),
      state: In(['DRAFT', ...BEFORE_SUBMISSION, 'SUBMITTED']),
    },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  for (const order of open) {
    const product = await tx.manager.findOneOrFail(ProductRow, { where: { id: order.productId } });
    const { changes, events } =
      order.state === 'SUBMITTED' ? reject(order, product, 'CLIENT_NOT_SERVED') : withdraw(order, product);
    await tx.update(OrderRow, order, changes);
    await tx.record(...events);
  }
}

const AT_ONCE = 200;
const DAY_MS = 86_400_000;
/** Where the tables do not say how long an order may wait for its submission, it is this many days. */
const DRAFT_DAYS = 30;

/** Ends orders that nobody has submitted in time. Run again, it finds none. */
export async function expireDrafts(db: Db): Promise<void> {
  while ((await transact(db, expireBatch)) === AT_ONCE);
}

async function expireBatch(tx: Tx): Promise<number> {
  const { tables } = await ruleInForce(tx, dayOf(tx.now));
  const before = new Date(tx.now.getTime() - (tables.draftDays ?? DRAFT_DAYS) * DAY_MS);
  const late = await tx.manager.find(OrderRow, {
    where: { state: In(['DRAFT', ...BEFORE_SUBMISSION]), submittedAt: LessThan(before) },
    order: { id: 'ASC' },
    take: AT_ONCE,
    lock: { mode: 'pessimistic_write' },
  });
  for (const order of late) {
    const product = await tx.manager.findOneOrFail(ProductRow, { where: { id: order.productId } });
    const { changes, events } = lapse(order, product);
    await tx.update(OrderRow, order, changes);
    await tx.record(...events);
  }
  return late.length;
}
