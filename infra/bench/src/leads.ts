// `npm run bench -- leads [leads]`: how many rows of past campaigns are imported in a second, and what the funnel costs over
// ten thousand, a hundred thousand and so many leads, beside counting the leads themselves.
import { rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { freePort, startPostgres, temporaryFolder } from '@client-graph/local';
import pg from 'pg';
import { whole } from './options.js';
import { runProgram } from './programs.js';
import { render } from './table.js';

type Station = { leads: number; rowsPerSecond: number; funnelMs: number; countedMs: number };

const leads = whole('leads', process.argv[2] ?? '1000000', 5_000_000);
const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

const folder = await temporaryFolder('leads');
const postgres = await startPostgres({
  port: await freePort(),
  dataDir: join(folder, 'data'),
  signal: stop.signal,
});
try {
  const owner = new pg.Client({ connectionString: postgres.url('postgres') });
  await owner.connect();
  await owner.query('create database leads');
  await owner.end();
  const load = loadavg()[0]?.toFixed(1);
  const stations = await runProgram<Station[]>(
    'marketing',
    [postgres.url('leads'), String(leads)],
    stop.signal,
  );
  console.log(
    render({
      title: `Bulk import in batches of 1,000, and the funnel; load ${load} before`,
      head: ['leads', 'rows/s', 'funnel ms', 'counting the leads ms'],
      lines: stations.map((each) => [
        each.leads.toLocaleString('en'),
        each.rowsPerSecond,
        each.funnelMs,
        each.countedMs,
      ]),
    }),
  );
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
