import { AccessAnomalyFound, type DataOf } from '@client-graph/events';
import { type Db, transact } from './db.js';
import type { Job } from './jobs.js';
import { dayOf, plusDays } from './time.js';

/** What makes somebody look at the readings of a day (`domain.md` 3.7). */
const LIMITS = {
  /** Files of clients that one member of staff may open in a day. */
  filesMax: 50,
  /** The hours of work in Shanghai: from the first up to the second. */
  hours: [7, 21],
} as const;

type Anomaly = Omit<DataOf<typeof AccessAnomalyFound>, 'service' | 'day'>;

/** Looks each night at who has opened which files on the day that has ended. Whose relative a client is, the clients service knows. */
export const accessAnomalies: Job = {
  name: 'access-anomalies',
  cron: '30 16 * * *',
  run: (db) => findAnomalies(db, plusDays(dayOf(db.now()), -1)),
};

/** Tells of each kind of anomaly of each reader once a day, however often it is asked. */
export async function findAnomalies(db: Db, day: string): Promise<void> {
  const anomalies = (await openedOn(db, day)).flatMap(anomaliesOf);
  await transact(db, async (tx) => {
    for (const { kind, actorId, ...rest } of anomalies) {
      const marked = await tx.query(
        `insert into request (command, request_id, content_hash, answer_id, at) values ('access-anomaly', $1, '', $2, $3)
         on conflict do nothing returning 1`,
        [`${kind}:${actorId}:${day}`, actorId, tx.now],
      );
      if (marked.length === 1)
        await tx.record(
          AccessAnomalyFound({ service: db.service.toUpperCase(), day, kind, actorId, ...rest }),
        );
    }
  });
}

type Opened = { actorId: string; role: string; ownId: string | null; files: string[]; late: string[] };

/** The files that members of staff have opened on a day, and which of them out of hours. A list of many is no opened file. */
async function openedOn({ source }: Db, day: string): Promise<Opened[]> {
  return source.query(
    `select actor_id as "actorId", min(split_part(role, ' ', 1)) as role, max(actor_client_id::text) as "ownId",
       array_agg(distinct subjects[1]::text) as files,
       coalesce(array_agg(distinct subjects[1]::text) filter (
         where extract(hour from at at time zone 'Asia/Shanghai') not between $2 and $3), '{}') as late
     from access_log
     where at >= $1::date::timestamp at time zone 'Asia/Shanghai'
       and at < ($1::date + 1)::timestamp at time zone 'Asia/Shanghai'
       and subject_type = 'CLIENT' and cardinality(subjects) = 1 and role <> 'CLIENT'
     group by actor_id order by actor_id`,
    [day, LIMITS.hours[0], LIMITS.hours[1] - 1],
  );
}

const anomaliesOf = ({ actorId, role, ownId, files, late }: Opened): Anomaly[] => [
  ...anomaly('MANY_FILES', { actorId, role }, files.length > LIMITS.filesMax ? files : []),
  ...anomaly('AFTER_HOURS', { actorId, role }, late),
  ...anomaly(
    'OWN_FILE',
    { actorId, role },
    files.filter((file) => file === ownId),
  ),
];

function anomaly(
  kind: Anomaly['kind'],
  { actorId, role }: Pick<Anomaly, 'actorId' | 'role'>,
  files: readonly string[],
): Anomaly[] {
  const [clientId] = files;
  return clientId === undefined ? [] : [{ kind, actorId, role, files: files.length, clientId }];
}
