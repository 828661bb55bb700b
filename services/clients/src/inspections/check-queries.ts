import { dayOf, plusDays, type Tx } from '@client-graph/kit';
import type { CheckCode, Checks } from './templates.rules.js';

/** Something a check has found: what it is not found by again, whom it is about, who puts it right, what proves it. */
export type Hit = {
  causes: string[];
  clientId: string | null;
  ownerId: string | null;
  summary: string;
  evidence: string[];
};
export type Look = (tx: Tx, rules: Checks) => Promise<Hit[]>;

/** How many a check finds at a time; a run goes on until nothing new is found. */
export const HITS_MAX = 200;

const unknown = (cause: string) => `not exists (select 1 from finding_cause f where f.cause = ${cause})`;
const localDay = (column: string) => `to_char(${column} at time zone 'Asia/Shanghai', 'YYYY-MM-DD')`;

/** Files that nobody has asked the client about in time; the adviser does. */
const overdueReviews: Look = async (tx) => {
  const rows = await tx.query<{
    id: string;
    client_id: string;
    adviser_id: string;
    kind: string;
    due: string;
  }>(
    `select r.id, r.client_id, c.adviser_id, r.kind, r.due_on::text as due
     from information_review r join client c on c.id = r.client_id
     where r.stage in ('OVERDUE', 'BLOCKING') and c.status in ('ACTIVE', 'DORMANT') and ${unknown(`'REVIEW:' || r.id`)}
     order by r.due_on, r.id limit ${HITS_MAX}`,
  );
  return rows.map(({ id, client_id: clientId, adviser_id: ownerId, kind, due }) => ({
    causes: [`REVIEW:${id}`],
    clientId,
    ownerId,
    summary: `The review ${kind} was due on ${due} and is overdue.`,
    evidence: [id],
  }));
};

// An order is looked at an hour after it was placed at the earliest, when what was told before it has arrived too.
const EXPIRED_ORDERS = `
  select o.source_ref as id, o.client_id, c.adviser_id, ${localDay('o.occurred_at')} as day
  from archive_item o join client c on c.id = o.client_id
  where o.what = 'order.submitted' and o.facts->>'side' <> 'REDEEM'
    and o.occurred_at > $1::timestamptz - interval '30 days' and o.occurred_at < $1::timestamptz - interval '1 hour'
    and ${unknown(`'ORDER:' || o.source_ref`)}
    and not exists (
      select 1 from investor_status s where s.client_id = o.client_id and s.status in ('PROFESSIONAL_A', 'PROFESSIONAL_B')
        and ${localDay('o.occurred_at')}::date between s.valid_from and s.valid_to)
    and coalesce((
      select p.facts->>'validTo' from archive_item p
      where p.client_id = o.client_id and p.what = 'risk.profile.changed' and p.occurred_at <= o.occurred_at
      order by p.occurred_at desc, p.id desc limit 1), '0001-01-01') < ${localDay('o.occurred_at')}
  order by o.id limit ${HITS_MAX}`;

/** Orders of clients whose assessment had run out, or who never had one. */
const expiredAssessments: Look = async (tx) => {
  const rows = await tx.query<{ id: string; client_id: string; adviser_id: string; day: string }>(
    EXPIRED_ORDERS,
    [tx.now],
  );
  return rows.map(({ id, client_id: clientId, adviser_id: ownerId, day }) => ({
    causes: [`ORDER:${id}`],
    clientId,
    ownerId,
    summary: `An order was placed on ${day} without a valid risk assessment.`,
    evidence: [id],
  }));
};

type Counted = { who: string; items: string[] };

/** Decisions above the level on the client's own initiative that no finding of this kind has counted yet, by client or adviser. */
const overridesBy = (column: string, space: string) => `
  select ${column} as who, array_agg(i.id order by i.id) as items
  from archive_item i join client c on c.id = i.client_id
  where i.what = 'suitability.checked' and i.facts->>'override' = 'true'
    and i.occurred_at > $1::timestamptz - make_interval(days => $2) and ${unknown(`'${space}:' || i.id`)}
  group by 1 having count(*) >= $3 order by 1 limit ${HITS_MAX}`;

const overridesOfClients: Look = async (tx, { OVERRIDES: { perClient, withinDays } }) => {
  const sql = overridesBy('i.client_id', 'OVERRIDE');
  const rows = await tx.query<Counted>(sql, [tx.now, withinDays, perClient]);
  return rows.map(({ who, items }) => ({
    causes: items.map((id) => `OVERRIDE:${id}`),
    clientId: who,
    ownerId: null,
    summary: `${items.length} decisions above the client's level within ${withinDays} days.`,
    evidence: items.slice(0, 100),
  }));
};

const overridesOfAdvisers: Look = async (tx, { OVERRIDES: { perAdviser, withinDays } }) => {
  const sql = overridesBy('c.adviser_id', 'ADVISER-OVERRIDE');
  const rows = await tx.query<Counted>(sql, [tx.now, withinDays, perAdviser]);
  return rows.map(({ who, items }) => ({
    causes: items.map((id) => `ADVISER-OVERRIDE:${id}`),
    clientId: null,
    ownerId: null,
    summary: `${items.length} decisions above the level of clients of the adviser ${who} within ${withinDays} days.`,
    evidence: items.slice(0, 100),
  }));
};

/** Complaints that are not decided by their day, or were decided after it. A reopened one has a day of its own. */
const lateComplaints: Look = async (tx) => {
  const rows = await tx.query<{ id: string; client_id: string | null; due: string }>(
    `select s.complaint_id as id, s.client_id, s.due_on::text as due from supervised_complaint s
     where (s.on_time = false or (s.is_open and s.on_time is null and s.due_on < $1::date))
       and ${unknown(`'COMPLAINT:' || s.complaint_id || ':' || s.due_on`)}
     order by s.due_on, s.complaint_id limit ${HITS_MAX}`,
    [dayOf(tx.now)],
  );
  return rows.map(({ id, client_id: clientId, due }) => ({
    causes: [`COMPLAINT:${id}:${due}`],
    clientId,
    ownerId: null,
    summary: `The complaint was to be decided by ${due} and was not.`,
    evidence: [id],
  }));
};

/** How far back the logs of access are looked at: a night that was missed is made up for. */
const LOOK_BACK_DAYS = 3;
const since = (tx: Tx) => plusDays(dayOf(tx.now), -LOOK_BACK_DAYS);

// A file is opened alone; who is one of many in a list was not, unless sensitive values were revealed in it.
const OPENED = `
  select l.actor_id, subject as client_id, l.at, ${localDay('l.at')} as day,
    to_char(l.at at time zone 'Asia/Shanghai', 'HH24:MI') as clock
  from access_log l cross join unnest(l.subjects) as subject
  where l.subject_type = 'CLIENT' and l.role <> 'CLIENT' and (cardinality(l.subjects) = 1 or l.is_sensitive)
    and l.at >= ($1::date)::timestamp at time zone 'Asia/Shanghai'
  union all
  select r.reader_id, r.client_id, r.at, ${localDay('r.at')}, to_char(r.at at time zone 'Asia/Shanghai', 'HH24:MI')
  from archive_read r where r.at >= ($1::date)::timestamp at time zone 'Asia/Shanghai'`;

/** Members of staff who have opened more files in a day than anybody needs. */
const manyFiles: Look = async (tx, { FILES_READ: { perDay } }) => {
  const rows = await tx.query<{ who: string; day: string; clients: string[] }>(
    `select actor_id as who, day, array_agg(distinct client_id) as clients from (${OPENED}) opened
     where ${unknown(`'FILES:' || actor_id || ':' || day`)}
     group by 1, 2 having count(distinct client_id) > $2 order by 2, 1 limit ${HITS_MAX}`,
    [since(tx), perDay],
  );
  return rows.map(({ who, day, clients }) => ({
    causes: [`FILES:${who}:${day}`],
    clientId: null,
    ownerId: null,
    summary: `The member of staff ${who} has opened ${clients.length} files on ${day}.`,
    evidence: clients.slice(0, 100),
  }));
};

/** Members of staff who have opened their own file, or that of somebody they are related to or live with. */
const ownFiles: Look = async (tx) => {
  const rows = await tx.query<{ who: string; client_id: string; day: string }>(
    `with self as (
       select staff_id, client_id from staff_client
       union
       select actor_id, actor_client_id from access_log
       where actor_client_id is not null and role <> 'CLIENT' and at >= ($1::date)::timestamp at time zone 'Asia/Shanghai'
     ), own as (
       select staff_id, client_id from self
       union
       select s.staff_id, case when r.from_id = s.client_id then r.to_id else r.from_id end
       from self s join relationship r on s.client_id in (r.from_id, r.to_id)
       where r.role in ('SPOUSE', 'PARENT', 'GUARDIAN')
       union
       select s.staff_id, other.client_id
       from self s join household_member m on m.client_id = s.client_id
       join household_member other on other.household_id = m.household_id
     )
     select distinct o.actor_id as who, o.client_id, o.day
     from (${OPENED}) o join own on own.staff_id = o.actor_id and own.client_id = o.client_id
     where ${unknown(`'OWN:' || o.actor_id || ':' || o.client_id || ':' || o.day`)}
     order by 3, 1, 2 limit ${HITS_MAX}`,
    [since(tx)],
  );
  return rows.map(({ who, client_id: clientId, day }) => ({
    causes: [`OWN:${who}:${clientId}:${day}`],
    clientId,
    ownerId: null,
    summary: `The member of staff ${who} has opened their own file or a relative's on ${day}.`,
    evidence: [clientId],
  }));
};

/** The day on which the night of a reading began: it ends with the hours of the next morning. */
const NIGHT = `to_char((at at time zone 'Asia/Shanghai') - $3::text::interval, 'YYYY-MM-DD')`;

/** Members of staff who open files at night. */
const afterHours: Look = async (tx, { AFTER_HOURS: { from, to, perNight } }) => {
  const rows = await tx.query<{ who: string; day: string; n: number; clients: string[] }>(
    `select actor_id as who, day, count(*)::int as n, array_agg(distinct client_id) as clients
     from (select actor_id, client_id, clock, ${NIGHT} as day from (${OPENED}) read) opened
     where (clock >= $2 or clock < $3) and ${unknown(`'HOURS:' || actor_id || ':' || day`)}
     group by 1, 2 having count(*) >= $4 order by 2, 1 limit ${HITS_MAX}`,
    [since(tx), from, to, perNight],
  );
  return rows.map(({ who, day, n, clients }) => ({
    causes: [`HOURS:${who}:${day}`],
    clientId: null,
    ownerId: null,
    summary: `The member of staff ${who} has opened files ${n} times outside working hours, in the night of ${day}.`,
    evidence: clients.slice(0, 100),
  }));
};

/** The checks of a night, in the order in which they run. */
export const HITS: readonly { code: CheckCode; look: Look }[] = [
  { code: 'OVERDUE_REVIEW', look: overdueReviews },
  { code: 'EXPIRED_ASSESSMENT_ORDER', look: expiredAssessments },
  { code: 'OVERRIDES', look: overridesOfClients },
  { code: 'OVERRIDES', look: overridesOfAdvisers },
  { code: 'COMPLAINT_LATE', look: lateComplaints },
  { code: 'FILES_READ', look: manyFiles },
  { code: 'OWN_FILE', look: ownFiles },
  { code: 'AFTER_HOURS', look: afterHours },
];
