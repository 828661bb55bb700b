import { AccessAnomalyFound, AccessLimitsChanged, type DataOf } from '@client-graph/events';
import { type Db, transact } from './db.js';
import { type Handler, handle } from './handler.js';
import type { Job } from './jobs.js';
import { dayOf, plusDays } from './time.js';

type Anomaly = Omit<DataOf<typeof AccessAnomalyFound>, 'service'>;

/** A day is looked at again in the nights after it, for one that was missed. */
const LOOK_BACK_DAYS = 3;

/** Looks each night at who has opened which files on the days that have ended. Whose relative a client is, the clients service knows. */
export const accessAnomalies: Job = {
  name: 'access-anomalies',
  cron: '30 16 * * *',
  run: async (db) => {
    for (let days = LOOK_BACK_DAYS; days > 0; days -= 1)
      await findAnomalies(db, plusDays(dayOf(db.now()), -days));
  },
};

/** Tells of each kind of anomaly of each reader once a day, however often it is asked. */
export async function findAnomalies(db: Db, day: string): Promise<void> {
  const limits = await limitsOn(db, day);
  const anomalies = (await openedOn(db, day, limits)).flatMap((opened) => anomaliesOf(opened, limits, day));
  await transact(db, async (tx) => {
    for (const { kind, actorId, day: of, ...rest } of anomalies) {
      const marked = await tx.query(
        `insert into request (command, request_id, content_hash, answer_id, at) values ('access-anomaly', $1, '', $2, $3)
         on conflict do nothing returning 1`,
        [of === day ? `${kind}:${actorId}:${day}` : `${kind}:${actorId}:until:${day}`, actorId, tx.now],
      );
      if (marked.length === 1)
        await tx.record(
          AccessAnomalyFound({ service: db.service.toUpperCase(), day: of, kind, actorId, ...rest }),
        );
    }
  });
}

/** What makes somebody look at the readings of a day (`domain.md` 3.7): a dated table, told by the clients service. */
type Limits = { files: number; workFrom: string; workTo: string };

async function limitsOn({ source }: Db, day: string): Promise<Limits> {
  const [limits]: Limits[] = await source.query(
    `select files, work_from as "workFrom", work_to as "workTo" from access_limit
     where effective_from <= $1 order by effective_from desc limit 1`,
    [day],
  );
  if (limits === undefined) throw new Error(`No limits of reading are in force on ${day}.`);
  return limits;
}

/** Keeps the limits that two people have agreed on, for the day from which they count. */
export const accessLimits: Handler = handle(
  AccessLimitsChanged,
  (tx, { data: { effectiveFrom, version, files, from, to } }) =>
    tx.query(
      `insert into access_limit (effective_from, version, files, work_from, work_to) values ($1, $2, $3, $4, $5)
       on conflict (effective_from) do update set version = excluded.version, files = excluded.files,
         work_from = excluded.work_from, work_to = excluded.work_to`,
      [effectiveFrom, version, files, from, to],
    ),
);

type Opened = {
  actorId: string;
  role: string;
  ownId: string | null;
  /** The files of the day; before and after the hours of work; and those of the evening before. */
  files: string[];
  morning: string[];
  evening: string[];
  eveBefore: string[];
};

/**
 * The files that members of staff have opened on a day, and which of them out of hours. A list of many is no opened file, unless values
 * were revealed in it.
 */
async function openedOn({ source }: Db, day: string, limits: Limits): Promise<Opened[]> {
  return source.query(
    `with read as (
       select actor_id, role, actor_client_id, file::text as file, at at time zone 'Asia/Shanghai' as at
       from access_log cross join unnest(subjects) as file
       where at >= ($1::date - 1)::timestamp at time zone 'Asia/Shanghai'
         and at < ($1::date + 1)::timestamp at time zone 'Asia/Shanghai'
         and subject_type = 'CLIENT' and (cardinality(subjects) = 1 or is_sensitive) and role <> 'CLIENT'
     )
     select actor_id as "actorId", min(split_part(role, ' ', 1)) as role, max(actor_client_id::text) as "ownId",
       ${filesOf('at >= $1::date')} as files,
       ${filesOf('at >= $1::date and at::time < $2')} as morning,
       ${filesOf('at >= $1::date and at::time >= $3')} as evening,
       ${filesOf('at < $1::date and at::time >= $3')} as "eveBefore"
     from read group by actor_id having max(at) >= $1::date order by actor_id`,
    [day, limits.workFrom, limits.workTo],
  );
}

const filesOf = (condition: string) => `coalesce(array_agg(distinct file) filter (where ${condition}), '{}')`;

/** A night goes by the day on which it began; the one that ended this morning is told of whole. */
function anomaliesOf(
  { actorId, role, ownId, files, morning, evening, eveBefore }: Opened,
  limits: Limits,
  day: string,
): Anomaly[] {
  const who = { actorId, role };
  const ended = morning.length === 0 ? [] : [...new Set([...eveBefore, ...morning])];
  return [
    ...anomaly('MANY_FILES', { ...who, day }, files.length > limits.files ? files : []),
    ...anomaly('AFTER_HOURS', { ...who, day: plusDays(day, -1) }, ended),
    ...anomaly('AFTER_HOURS', { ...who, day }, evening),
    ...anomaly(
      'OWN_FILE',
      { ...who, day },
      files.filter((file) => file === ownId),
    ),
  ];
}

function anomaly(
  kind: Anomaly['kind'],
  who: Pick<Anomaly, 'actorId' | 'role' | 'day'>,
  files: readonly string[],
): Anomaly[] {
  const [clientId] = files;
  return clientId === undefined ? [] : [{ kind, ...who, files: files.length, clientId }];
}
