import { type Db, Decimal, type Tx, transact } from '@client-graph/kit';
import { In, IsNull, MoreThan } from 'typeorm';
import { HoldingRow, ProductRow, SweepRow } from '../entities.js';
import { holdingChanged, together, valuationOf } from '../holdings/holdings.rules.js';
import { latestNavs } from '../navs/navs.js';
import { BEFORE_SUBMISSION, OPEN_STATES } from '../orders/orders.rules.js';
import { sendBack } from '../orders/send-back.js';
import { notRestricted } from '../restriction.js';

/** ORDERS: open purchases of the product are looked at anew. HOLDERS: each holder is told with the rating as it is now. */
export type SweepTask = 'ORDERS' | 'HOLDERS';

const AT_ONCE = 100;
/** So many batches are done before the command answers; what is left the job does within a minute. */
const BATCHES_AT_ONCE = 2;

/** Writes down, in the transaction of a change, what is to be looked at because of it. */
export const planSweeps = (tx: Tx, productId: string, tasks: readonly SweepTask[]): Promise<unknown> =>
  tx.insertMany(
    SweepRow,
    tasks.map((task) => ({
      id: tx.newId(),
      productId,
      task,
      afterId: null,
      createdAt: tx.now,
      doneAt: null,
    })),
  );

/** Looks at what a change of one product asks for, so far as it is not too much for one command. */
export const sweepProduct = (db: Db, productId: string): Promise<void> =>
  sweep(db, { productId }, BATCHES_AT_ONCE);

/** Finishes what is left to look at, of all products. Run again, or twice at once, it does nothing twice that matters. */
export const finishSweeps = (db: Db): Promise<void> => sweep(db, {}, Number.POSITIVE_INFINITY);

/** Orders before holders: what must not be sold any more is the more urgent. */
async function sweep(db: Db, only: { productId?: string }, batchesMax: number): Promise<void> {
  const open = await db.source
    .getRepository(SweepRow)
    .find({ where: { ...only, doneAt: IsNull() }, order: { task: 'DESC', id: 'ASC' }, take: AT_ONCE });
  let batches = 0;
  for (const { id, task } of open)
    for (let isDone = false; !isDone && batches < batchesMax; batches += 1)
      isDone = task === 'ORDERS' ? await sendBackBatch(db, id) : await tellBatch(db, id);
}

/** Each order in a transaction of its own; then the place is noted. A batch that dies midway is done again, which changes nothing. */
async function sendBackBatch(db: Db, sweepId: string): Promise<boolean> {
  const sweep = await db.source.getRepository(SweepRow).findOneByOrFail({ id: sweepId });
  const orders: { id: string }[] = await db.source.query(
    `select id from product_order where product_id = $1 and side in ('BUY', 'SWITCH') and state = any ($2) and ($3::uuid is null or id > $3)
     order by id limit $4`,
    [sweep.productId, [...BEFORE_SUBMISSION, ...OPEN_STATES], sweep.afterId, AT_ONCE],
  );
  for (const { id } of orders) await sendBack(db, id);
  await note(db, sweepId, orders);
  return orders.length < AT_ONCE;
}

const note = (db: Db, sweepId: string, seen: readonly { id: string }[]): Promise<unknown> =>
  transact(db, (tx) =>
    tx.query('update product_sweep set after_id = coalesce($2, after_id), done_at = $3 where id = $1', [
      sweepId,
      seen.at(-1)?.id ?? null,
      seen.length < AT_ONCE ? tx.now : null,
    ]),
  );

/** Tells holders, by client, with the place noted in the same transaction: each is told once for each change; a restricted one once they are no more. */
const tellBatch = (db: Db, sweepId: string): Promise<boolean> =>
  transact(db, async (tx) => {
    const sweep = await tx.manager.findOneOrFail(SweepRow, {
      where: { id: sweepId },
      lock: { mode: 'pessimistic_write' },
    });
    if (sweep.doneAt !== null) return true;
    const product = await tx.manager.findOneOrFail(ProductRow, { where: { id: sweep.productId } });
    const clients = await tx.query<{ id: string }>(
      `select distinct client_id as id from holding where product_id = $1 and units > 0 and ($2::uuid is null or client_id > $2)
         and ${notRestricted('holding.client_id')}
       order by client_id limit $3`,
      [product.id, sweep.afterId, AT_ONCE],
    );
    const holdings = await tx.find(HoldingRow, {
      where: {
        productId: product.id,
        clientId: In(clients.map(({ id }) => id)),
        units: MoreThan(new Decimal(0)),
      },
    });
    const [latest = null] = await latestNavs(tx, [product.id]);
    const events = clients.flatMap(({ id }) => {
      const held = together(holdings.filter(({ clientId }) => clientId === id));
      return held === null ? [] : [holdingChanged({ ...held, ...valuationOf(held, latest) }, product.rating)];
    });
    await tx.record(...events);
    const isDone = clients.length < AT_ONCE;
    await tx.update(SweepRow, sweep, {
      afterId: clients.at(-1)?.id ?? sweep.afterId,
      doneAt: isDone ? tx.now : null,
    });
    return isDone;
  });
