import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, Problem, startPostgres, temporaryFolder } from '@client-graph/local';
import pg from 'pg';
import { runProgram } from './programs.js';
import { render } from './table.js';

type Run = {
  purchases: number;
  clients: number;
  earning: number;
  nights: number;
  lots: number;
  entries: number;
  earned: number;
  expired: number;
  tier_moves: number;
  left: number;
  findings: number;
};

/** A history of purchases, through earning, activation, tiers and expiry to its last point, and whether all books agree then. */
export async function benchPoints(
  args: string[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { history: { type: 'string' }, scale: { type: 'string', default: '1000' } },
  });
  if (values.history === undefined)
    throw new Problem('Name a file of purchases: npm run bench -- points --history FILE [--scale 1000].');
  const folder = await temporaryFolder('points');
  const postgres = await startPostgres({ port: await freePort(), dataDir: join(folder, 'data'), signal });
  try {
    const owner = new pg.Client({ connectionString: postgres.url('postgres') });
    await owner.connect();
    await owner.query('create database points');
    await owner.end();
    say('The history runs');
    const run = await runProgram<Run>(
      'loyalty',
      [postgres.url('points'), resolve(values.history), values.scale],
      signal,
    );
    console.log(table(run));
    if (run.findings > 0) throw new Problem(`The books disagree in ${run.findings} places.`);
  } finally {
    say('Stopping');
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const table = (run: Run): string =>
  render({
    title: `${run.purchases.toLocaleString('en')} purchases of ${run.clients.toLocaleString('en')} clients, to the last point`,
    head: [
      'purchases/s',
      'earning s',
      'nights s',
      'lots',
      'entries',
      'points earned',
      'points expired',
      'tier moves',
      'points left',
      'findings',
    ],
    lines: [
      [
        run.purchases / run.earning,
        run.earning,
        run.nights,
        run.lots,
        run.entries,
        run.earned,
        run.expired,
        run.tier_moves,
        run.left,
        run.findings,
      ],
    ],
  });
