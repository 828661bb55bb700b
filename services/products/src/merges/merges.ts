import type { ClientMerged, ClientUnmerged, DataOf } from '@client-graph/events';
import type { Tx } from '@client-graph/kit';
import { ProductRow } from '../entities.js';
import { tellHolding } from '../holdings/holdings.js';
import { holdsNothing } from '../holdings/holdings.rules.js';
import { rejectUnsuitable } from '../orders/orders.js';
import { PlanRow } from '../plans/plans.entities.js';
import { giveWayTo } from '../plans/plans.js';
import { lockCopy } from '../suitability/standing.js';

/** What follows a client that was a duplicate; each row remembers the client under which it began. */
const FOLLOWING = ['product_order', 'holding', 'recommendation'] as const;

/**
 * What the duplicate had belongs to the survivor: orders, holdings and what was recommended. The ledger stays as it is. What waits
 * for acceptance is held against the survivor's level, and a plan of the duplicate has no object any more.
 */
export async function followMerge(
  tx: Tx,
  { survivorId, mergedId }: DataOf<typeof ClientMerged>,
): Promise<void> {
  await lockBoth(tx, survivorId, mergedId);
  await tx.query(
    `insert into merged_client (merged_id, survivor_id, merged_at) values ($1, $2, $3)
     on conflict (merged_id) do update set survivor_id = excluded.survivor_id, merged_at = excluded.merged_at`,
    [mergedId, survivorId, tx.now],
  );
  const productIds = await heldProducts(tx, [mergedId]);
  for (const table of FOLLOWING)
    await tx.query(`update ${table} set client_id = $1 where client_id = $2`, [survivorId, mergedId]);
  await tellMoved(tx, productIds, { from: mergedId, to: survivorId });
  for (const { currency } of await tx.find(PlanRow, { where: { clientId: mergedId, state: 'PROPOSED' } }))
    await giveWayTo(tx, mergedId, currency, 'PROPOSED');
  await rejectUnsuitable(tx, survivorId);
}

/** The two part again: what began under the duplicate, or under clients merged into it before, goes back with what is left of it. */
export async function followUnmerge(
  tx: Tx,
  { survivorId, mergedId }: DataOf<typeof ClientUnmerged>,
): Promise<void> {
  await lockBoth(tx, survivorId, mergedId);
  const own = await tx.query<{ id: string }>(
    `with recursive own(id) as (
       select $1::uuid union select m.merged_id from merged_client m join own on m.survivor_id = own.id
     ) select id from own`,
    [mergedId],
  );
  const originIds = own.map(({ id }) => id);
  await tx.query('delete from merged_client where merged_id = $1', [mergedId]);
  for (const table of FOLLOWING)
    await tx.query(
      `update ${table} set client_id = $1 where client_id = $2 and origin_client_id = any ($3::uuid[])`,
      [mergedId, survivorId, originIds],
    );
  await tellMoved(tx, await heldProducts(tx, [mergedId]), { from: survivorId, to: mergedId });
  await rejectUnsuitable(tx, mergedId);
  await rejectUnsuitable(tx, survivorId);
}

/** In one order, so that two who merge the same pair never wait for each other. */
async function lockBoth(tx: Tx, ...clientIds: string[]): Promise<void> {
  for (const id of clientIds.sort()) await lockCopy(tx, id);
}

async function heldProducts(tx: Tx, clientIds: string[]): Promise<string[]> {
  const rows = await tx.query<{ id: string }>(
    'select distinct product_id as id from holding where client_id = any ($1::uuid[]) order by product_id',
    [clientIds],
  );
  return rows.map(({ id }) => id);
}

/** Both sides are told: who holds it now, and who holds what is left, or nothing. */
async function tellMoved(
  tx: Tx,
  productIds: string[],
  { from, to }: { from: string; to: string },
): Promise<void> {
  for (const productId of productIds) {
    const { rating } = await tx.manager.findOneOrFail(ProductRow, { where: { id: productId } });
    await tellHolding(tx, { clientId: to, productId, rating });
    if (await hasHolding(tx, from, productId)) await tellHolding(tx, { clientId: from, productId, rating });
    else await tx.record(holdsNothing({ clientId: from, productId, rating }));
  }
}

async function hasHolding(tx: Tx, clientId: string, productId: string): Promise<boolean> {
  const rows = await tx.query('select from holding where client_id = $1 and product_id = $2 limit 1', [
    clientId,
    productId,
  ]);
  return rows.length > 0;
}
