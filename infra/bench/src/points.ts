import { rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, Problem, startPostgres, temporaryFolder } from '@client-graph/local';
import pg from 'pg';
import { purchaseHistory } from './history.js';
import { whole } from './options.js';
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

/** A history of purchases, one of its own where no file is named, through earning, activation, tiers and expiry to its last point, and whether all books agree then. */
export async function benchPoints(
  args: string[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      history: { type: 'string' },
      purchases: { type: 'string', default: '30000' },
      scale: { type: 'string', default: '1000' },
    },
  });
  const purchases = whole('--purchases', values.purchases, 1_000_000);
  const folder = await temporaryFolder('points');
  const postgres = await startPostgres({ port: await freePort(), dataDir: join(folder, 'data'), signal });
  try {
    const owner = new pg.Client({ connectionString: postgres.url('postgres') });
    await owner.connect();
    await owner.query('create database points');
    await owner.end();
    const history = values.history ?? (await writeHistory(join(folder, 'history.txt'), purchases));
    say('The history runs');
    const run = await runProgram<Run>(
      'loyalty',
      [postgres.url('points'), resolve(history), values.scale],
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

async function writeHistory(path: string, size: number): Promise<string> {
  const lines = purchaseHistory(size).map(({ customer, day, amount }) => `${customer} ${day} ${amount}`);
  await writeFile(path, `${lines.join('\n')}\n`);
  return path;
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
