import {
  ClientCopyRow,
  type Connection,
  connectionOf,
  type Db,
  type PageArgs,
  pageOf,
  refuse,
  seesRestricted,
  walledSql,
} from '@client-graph/kit';
import { In } from 'typeorm';
import { ComplaintRow } from './complaints.entities.js';
import { reachesComplaint } from './complaints.js';
import {
  type ComplaintCategory,
  type ComplaintStatus,
  OPEN_STATUSES,
  type RootCause,
} from './complaints.rules.js';

/** Who asks, as the conditions of a query: no complaint about oneself, and without the right to handle only those of one's clients. */
type Wanted = {
  status?: readonly ComplaintStatus[] | null | undefined;
  handlerId?: string | null | undefined;
  isOverdue?: boolean | null | undefined;
};

export async function complaint(db: Db, id: string, load: (id: string) => Promise<ComplaintRow | null>) {
  const row = await load(id);
  if (row === null) return null;
  const client =
    row.clientId === null
      ? null
      : await db.source.getRepository(ClientCopyRow).findOneBy({ id: row.clientId });
  return reachesComplaint(db.actor, row, client) ? row : null;
}

/** The desk's list: every complaint but those about the caller, newest first. */
export async function complaints(db: Db, args: PageArgs & Wanted): Promise<Connection<ComplaintRow>> {
  const { first, afterId } = pageOf(args);
  const query = db.source
    .getRepository(ComplaintRow)
    .createQueryBuilder('c')
    .where('not (:me = any(c.concernedStaffIds))', { me: db.actor.id });
  if (afterId !== null) query.andWhere('c.id < :afterId', { afterId });
  if (args.status) query.andWhere({ status: In([...args.status]) });
  if (args.handlerId) query.andWhere({ handlerId: args.handlerId });
  if (args.isOverdue)
    query.andWhere('c.dueAt < :now', { now: db.now() }).andWhere({ status: In([...OPEN_STATUSES]) });
  if (!seesRestricted(db.actor))
    query.andWhere(
      `not exists (select from client_copy r where r.client_id = c.client_id
        and (${walledSql('r', ':me')} or r.status = 'RESTRICTED' and c.status not in (:...open)))`,
      { open: [...OPEN_STATUSES], me: db.actor.id },
    );
  const rows = await query
    .orderBy('c.id', 'DESC')
    .take(first + 1)
    .getMany();
  return connectionOf(rows, first);
}

/** The complaints of many clients, one statement for all. */
export async function complaintsOfClients(
  db: Db,
  clientIds: readonly string[],
  args: PageArgs & Wanted,
): Promise<Connection<ComplaintRow>[]> {
  const { first, afterId } = pageOf(args);
  const found: { id: string }[] = await db.source.query(
    `select t.id from unnest($1::uuid[]) as keys(value) cross join lateral (
       select id from complaint where client_id = keys.value and ($2::text[] is null or status = any($2))
         and ($3::uuid is null or id < $3) and not ($4::uuid is not null and $4 = any(concerned_staff_ids))
       order by id desc limit $5) t`,
    [clientIds, args.status ?? null, afterId, db.actor.id, first + 1],
  );
  const rows = await db.source
    .getRepository(ComplaintRow)
    .find({ where: { id: In(found.map(({ id }) => id)) }, order: { id: 'DESC' } });
  return clientIds.map((clientId) =>
    connectionOf(
      rows.filter((row) => row.clientId === clientId),
      first,
    ),
  );
}

export type Counted = {
  rootCause: RootCause;
  decided: number;
  onTime: number;
  averageSatisfaction: string | null;
};

export type Received = { category: ComplaintCategory; received: number; acknowledged: number };

/** How complaints received and decided from one day to another came out, by category and root cause. */
export async function complaintStatistics(db: Db, { from, to }: { from: string; to: string }) {
  if (from > to) throw refuse('BAD_INPUT', { field: 'from', reason: 'AFTER_TO' });
  const within = (column: string) =>
    `${column} >= ($1::date)::timestamp at time zone 'Asia/Shanghai' and ${column} < ($2::date + 1)::timestamp at time zone 'Asia/Shanghai'`;
  const byRootCause: Counted[] = await db.source.query(
    `select root_cause as "rootCause", count(*)::int as decided, count(*) filter (where on_time)::int as "onTime",
       round(avg(satisfaction), 2)::text as "averageSatisfaction"
     from complaint where resolved_at is not null and on_time is not null and ${within('resolved_at')}
     group by 1 order by 2 desc, 1`,
    [from, to],
  );
  const byCategory: Received[] = await db.source.query(
    `select category, count(*)::int as received,
       count(*) filter (where date_trunc('second', acknowledged_at) <= acknowledge_due_at)::int as acknowledged
     from complaint where ${within('received_at')} group by 1 order by 2 desc, 1`,
    [from, to],
  );
  const [served] = await db.source.query(
    `select count(*)::int as n from client_copy where status in ('ACTIVE', 'DORMANT')`,
  );
  const sum = <Row>(rows: readonly Row[], of: (row: Row) => number) =>
    rows.reduce((total, row) => total + of(row), 0);
  return {
    received: sum(byCategory, (row) => row.received),
    acknowledgedOnTime: sum(byCategory, (row) => row.acknowledged),
    decided: sum(byRootCause, (row) => row.decided),
    onTime: sum(byRootCause, (row) => row.onTime),
    clients: Number(served.n),
    byCategory,
    byRootCause,
  };
}

export type Statistics = Awaited<ReturnType<typeof complaintStatistics>>;
