import { setTimeout as delay } from 'node:timers/promises';
import { Logger, parseCronItems, type Runner, run } from 'graphile-worker';
import pg from 'pg';
import { type Db, sqlState } from './db.js';
import type { Log } from './log.js';

/** Timed work of a service. It must be harmless to run twice, for a run that dies midway is run again. */
export type Job = {
  name: string;
  /** Five fields of crontab, in UTC: midnight in Shanghai is `0 16 * * *`. A run that was missed for up to a day is made up for. */
  cron: string;
  /** False for a job whose next run does what a missed one would have done. */
  isMadeUpFor?: false;
  run: (db: Db) => Promise<void>;
};

/** Runs the jobs in the service's own database: one replica takes each run, a failed one is tried again. */
export async function startJobs(
  databaseUrl: string,
  db: Db,
  jobs: readonly Job[],
  log: Log,
): Promise<{ stop: () => Promise<void> }> {
  if (jobs.length === 0) return { stop: async () => undefined };
  const pool = patientPool(databaseUrl, log);
  const runner: Runner = await run({
    pgPool: pool,
    concurrency: 1,
    noHandleSignals: true,
    logger: new Logger(
      () => (level, message) => void (level === 'error' ? log.error(message) : log.debug(message)),
    ),
    taskList: Object.fromEntries(
      jobs.map((job) => [
        job.name,
        async () => {
          await job.run(db);
          log.info({ job: job.name }, 'job is done');
        },
      ]),
    ),
    parsedCronItems: parseCronItems(
      jobs.map((job) => ({
        task: job.name,
        match: job.cron,
        options: { backfillPeriod: job.isMadeUpFor === false ? 0 : 86_400_000 },
      })),
    ),
  });
  return {
    // A job that waits for a database which is away does not hold the stop up; what it misses is made up for.
    stop: () =>
      Promise.race([runner.stop().then(() => pool.end()), delay(STOP_MS, undefined, { ref: false })]),
  };
}

const STOP_MS = 4_000;
const AGAIN_MS = 1_000;

/**
 * Connections whose single queries wait until the database is there. Graphile Worker's workers wait by themselves, but its
 * timetable gives up for good when one query of its own fails, and takes the process with it. Those queries may be repeated.
 */
function patientPool(connectionString: string, log: Log): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 3, keepAlive: true });
  const ask = pool.query.bind(pool);
  const query = async (text: string, values?: unknown[]): Promise<pg.QueryResult> => {
    for (;;) {
      try {
        return await ask(text, values);
      } catch (error) {
        if (HAS_ANSWERED.test(sqlState(error) ?? '')) throw error;
        log.warn({ err: error }, 'the timetable waits for the database');
        await delay(AGAIN_MS, undefined, { ref: false });
      }
    }
  };
  return Object.assign(pool, { query });
}

/** SQLSTATEs that waiting does not mend: all but those of a connection lost, of means run out and of a server that stops or starts. */
const HAS_ANSWERED = /^(?!08|53|57)\d/;
