import { type Db, findForUpdate, type Tx, transact } from '@client-graph/kit';
import type { CompleteRectificationInput } from '../generated/resolvers.js';
import { RectificationRow } from './complaints.entities.js';
import { checkedText, type RootCause } from './complaints.rules.js';
import { complete, FREQUENT, watch } from './rectifications.rules.js';

/** Counts what has been decided of this root cause, one decision at a time, so that ten at once open one rectification. */
export async function watchRootCause(tx: Tx, complaintId: string, rootCause: RootCause) {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('rectification ' || $1, 0))`, [rootCause]);
  const open = await tx.findOne(RectificationRow, { rootCause, status: 'OPEN' });
  const [counted] = await tx.query<{ earlier: number }>(
    `select count(*)::int as earlier from complaint
     where root_cause = $1 and id <> $2 and resolved_at > $3::timestamptz - make_interval(days => $4)
       and resolved_at > coalesce((select max(completed_at) from rectification where root_cause = $1), '-infinity')`,
    [rootCause, complaintId, tx.now, FREQUENT.days],
  );
  const watched = watch(rootCause, counted?.earlier ?? 0, open, { id: tx.newId(), now: tx.now });
  if (watched.opened !== null) {
    await tx.insert(RectificationRow, watched.opened);
    await tx.query(
      `update complaint set rectification_id = $1 where root_cause = $2 and id <> $3 and rectification_id is null
         and resolved_at > $4::timestamptz - make_interval(days => $5)`,
      [watched.opened.id, rootCause, complaintId, tx.now, FREQUENT.days],
    );
  }
  return watched;
}

export const completeRectification = (db: Db, input: CompleteRectificationInput): Promise<RectificationRow> =>
  transact(db, async (tx) => {
    const row = await findForUpdate(tx, RectificationRow, input.rectificationId, input.expectedVersion);
    const act = { by: tx.actor.id ?? '', now: tx.now };
    const { changes, events } = complete(row, checkedText(input.measures), act);
    const done = await tx.update(RectificationRow, row, changes);
    await tx.record(...events);
    return done;
  });
