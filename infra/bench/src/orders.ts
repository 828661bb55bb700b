import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort, Problem, startPostgres, temporaryFolder } from '@client-graph/local';
import pg from 'pg';
import { whole } from './options.js';
import { runProgram } from './programs.js';
import { render } from './table.js';

type Run = {
  orders: number;
  atOnce: number;
  checks: number;
  placing: number;
  accepting: number;
  settling: number;
  wrong: number;
};

/** How many purchases are held against the rules, and how many orders are placed, accepted and settled in a second, on a real Postgres. */
export async function benchOrders(
  args: string[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const { values } = parseArgs({ args, options: { orders: { type: 'string', default: '5000' } } });
  const orders = whole('--orders', values.orders, 100_000);
  const folder = await temporaryFolder('orders');
  const postgres = await startPostgres({ port: await freePort(), dataDir: join(folder, 'data'), signal });
  try {
    const owner = new pg.Client({ connectionString: postgres.url('postgres') });
    await owner.connect();
    await owner.query('create database orders');
    await owner.end();
    say(`${orders} orders are checked, placed, accepted and settled`);
    const run = await runProgram<Run>('products', [postgres.url('orders'), String(orders)], signal);
    console.log(table(run));
    if (run.wrong > 0) throw new Problem(`${run.wrong} holdings are not the sum of what was settled.`);
  } finally {
    say('Stopping');
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const table = ({ orders, atOnce, ...run }: Run): string =>
  render({
    title: `Through the use cases of products: ${orders.toLocaleString('en')} of each, ${atOnce} at once, decision, ledger and events written`,
    head: ['', 'a second'],
    lines: [
      ['suitability checks', run.checks],
      ['orders placed', run.placing],
      ['orders accepted', run.accepting],
      ['orders settled', run.settling],
    ],
  });
