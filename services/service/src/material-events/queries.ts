import { type Connection, connectionOf, type Db, type PageArgs, pageOf } from '@client-graph/kit';
import { In } from 'typeorm';
import { NoticeRow } from './material-events.entities.js';
import { type Counts, coverageOf } from './material-events.rules.js';

/** How far material events are known, one statement for all of them. */
export async function coverages(db: Db, ids: readonly string[]) {
  const rows: (Counts & { id: string })[] = await db.source.query(
    `select n.material_event_id as id, count(*)::int as audience,
       count(*) filter (where c.sent_at is not null)::int as sent,
       count(*) filter (where c.state in ('DELIVERED', 'READ') or n.informed_at is not null)::int as delivered,
       count(*) filter (where n.informed_at is not null)::int as informed,
       count(*) filter (where c.state in ('SUPPRESSED', 'BOUNCED', 'UNCERTAIN'))::int as failed,
       count(w.id)::int as "callsOpen"
     from notice n join communication c on c.id = n.communication_id
     left join work_item w on w.kind = 'NOTICE_CALL' and w.reference = n.id::text and w.state = 'OPEN'
     where n.material_event_id = any($1) group by 1`,
    [ids],
  );
  const none: Counts = { audience: 0, sent: 0, delivered: 0, informed: 0, failed: 0, callsOpen: 0 };
  return ids.map((id) => coverageOf(rows.find((row) => row.id === id) ?? none));
}

/** The notices of many events, with `isOpen` those whose client does not know yet; two statements for all. */
export async function noticesOf(
  db: Db,
  eventIds: readonly string[],
  args: PageArgs & { isOpen?: boolean | null | undefined },
): Promise<Connection<NoticeRow>[]> {
  const { first, afterId } = pageOf(args);
  const found: { id: string }[] = await db.source.query(
    `select t.id from unnest($1::uuid[]) as keys(value) cross join lateral (
       select id from notice where material_event_id = keys.value and ($2::uuid is null or id < $2)
         and not ($3::boolean and informed_at is not null) order by id desc limit $4) t`,
    [eventIds, afterId, args.isOpen ?? false, first + 1],
  );
  const rows = await db.source
    .getRepository(NoticeRow)
    .find({ where: { id: In(found.map(({ id }) => id)) }, order: { id: 'DESC' } });
  return eventIds.map((eventId) =>
    connectionOf(
      rows.filter((row) => row.materialEventId === eventId),
      first,
    ),
  );
}
