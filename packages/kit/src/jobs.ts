import { Logger, parseCronItems, type Runner, run } from 'graphile-worker';
import type { Db } from './db.js';
import type { Log } from './log.js';

/** Timed work of a service. It must be harmless to run twice, for a run that dies midway is run again. */
export type Job = {
  name: string;
  /** Five fields of crontab, in UTC: midnight in Shanghai is `0 16 * * *`. A run that was missed for up to a day is made up for. */
  cron: string;
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
  const runner: Runner = await run({
    connectionString: databaseUrl,
    concurrency: 1,
    maxPoolSize: 3,
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
      jobs.map((job) => ({ task: job.name, match: job.cron, options: { backfillPeriod: 86_400_000 } })),
    ),
  });
  return { stop: () => runner.stop() };
}
