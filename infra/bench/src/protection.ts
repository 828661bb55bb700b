import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { SERVICES, type Stack, startStack, temporaryFolder } from '@client-graph/local';
import { Pool } from 'undici';
import { readCounters } from './counters.js';
import { addClients, newFirm } from './generate.js';
import { quantile } from './load.js';
import { whole } from './options.js';
import { callersOf } from './queries.js';
import { render } from './table.js';

/** In turn, so that whatever else the machine does meets both alike; the median round of each counts. */
const ROUNDS = [true, false, false, true, true, false, false, true, true, false] as const;
const AT_ONCE = 8;
/** Services are started again for each round: what is young is slow, and what protects is more of it. */
const WARM_UP = 400;
/** How often the kernel counts a process's time, in a second. */
const TICKS = 100;

type Round = { isProtected: boolean; times: number[]; nodeMs: number; postgresMs: number };

/**
 * What encryption at rest and the log of access cost the client page: the same stack and the same clients, the services with them and,
 * started again, without. Prints a table.
 */
export async function benchProtection(
  args: string[],
  log: string,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      clients: { type: 'string', default: '2000' },
      pages: { type: 'string', default: '400' },
    },
  });
  const clients = whole('--clients', values.clients, 100_000);
  const pages = whole('--pages', values.pages, 100_000);
  const folder = await temporaryFolder('protection');
  const env: Record<string, string> = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'warn',
    RATE_PER_SECOND: '0',
    // Slow is measured, not refused.
    SERVICE_TIMEOUT_MS: '60000',
    CLIENTS_HASH_KEY: randomBytes(32).toString('hex'),
    MARKETING_HASH_KEY: randomBytes(32).toString('hex'),
  };
  let stack: Stack | undefined;
  try {
    say('Starting Postgres, Kafka, the services and the gateway');
    stack = await startStack({
      dataDir: join(folder, 'data'),
      logDir: log,
      env,
      tokenSeconds: 86_400,
      signal,
    });
    await addClients(stack, newFirm(clients), { from: 1, to: clients, signal, say });
    const rounds: Round[] = [];
    for (const isProtected of ROUNDS) {
      say(`${pages} pages ${isProtected ? 'with' : 'without'} protection`);
      // Read at each start of a service.
      if (isProtected) delete env['NODE_OPTIONS'];
      else env['NODE_OPTIONS'] = `--import ${new URL('../unprotected.mjs', import.meta.url).href}`;
      const { restart } = stack;
      await Promise.all(SERVICES.map((service) => restart(service)));
      const round = { isProtected, ...(await measure(stack, pages, signal)) };
      say(`${((round.nodeMs + round.postgresMs) / pages).toFixed(1)} ms of processor time a page`);
      rounds.push(round);
    }
    console.log(tableOf(rounds, pages, clients));
  } finally {
    say('Stopping');
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(
  stack: Stack,
  pages: number,
  signal: AbortSignal,
): Promise<Omit<Round, 'isProtected'>> {
  const callers = await callersOf(stack, 'page', AT_ONCE);
  const pool = new Pool(new URL(stack.gatewayUrl).origin, { connections: AT_ONCE });
  const times: number[] = [];
  const run = async (count: number, isCounted: boolean) => {
    let left = count;
    await Promise.all(
      callers.map(async ({ token, asks }) => {
        for (left -= 1; left >= 0 && !signal.aborted; left -= 1) {
          const startedMs = performance.now();
          const { body } = await pool.request({
            method: 'POST',
            path: '/graphql',
            headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
            body: asks[Math.floor(Math.random() * asks.length)]?.body ?? '',
          });
          const text = await body.text();
          if (text.includes('"errors"')) throw new Error(text.slice(0, 500));
          if (isCounted) times.push(performance.now() - startedMs);
        }
      }),
    );
  };
  try {
    await run(WARM_UP, false);
    const [nodeBefore, postgresBefore] = [await nodeMs(stack), postgresMs(stack)];
    await run(pages, true);
    return {
      times,
      nodeMs: (await nodeMs(stack)) - nodeBefore,
      postgresMs: postgresMs(stack) - postgresBefore,
    };
  } finally {
    await pool.close();
  }
}

const nodeMs = async (stack: Stack): Promise<number> =>
  [...(await readCounters(stack)).values()].reduce((sum, { cpuSeconds }) => sum + cpuSeconds * 1_000, 0);

/** The processor time of Postgres and its processes, as Linux counts it; 0 elsewhere. */
function postgresMs(stack: Stack): number {
  const parent = stack.pid('postgres');
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [, ppid, user, system] =
        /\) \S (\d+)(?: \S+){9} (\d+) (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
      if (Number(ppid) === parent) ticks += Number(user) + Number(system);
    } catch {
      // A process that has just ended.
    }
  }
  return (ticks * 1_000) / TICKS;
}

function tableOf(rounds: readonly Round[], pages: number, clients: number): string {
  const [withIt, without] = [true, false].map((isProtected) => {
    const of = rounds.filter((round) => round.isProtected === isProtected);
    const middle = (part: (round: Round) => number) => quantile(of.map(part), 0.5);
    return {
      node: middle(({ nodeMs }) => nodeMs / pages),
      postgres: middle(({ postgresMs }) => postgresMs / pages),
      all: middle(({ nodeMs, postgresMs }) => (nodeMs + postgresMs) / pages),
      p50: middle(({ times }) => quantile(times, 0.5)),
      p99: middle(({ times }) => quantile(times, 0.99)),
    };
  });
  if (withIt === undefined || without === undefined) throw new Error('Nothing was measured.');
  const line = (name: string, part: keyof typeof withIt) => [
    name,
    withIt[part],
    without[part],
    withIt[part] / without[part],
  ];
  return render({
    title: `What protection costs the client page at ${clients.toLocaleString('en')} clients, ${rounds.length / 2} rounds of ${pages} pages each, ${AT_ONCE} at once`,
    head: ['of a page', 'with', 'without', 'with ÷ without'],
    lines: [
      line('CPU ms, services and gateway', 'node'),
      line('CPU ms, Postgres', 'postgres'),
      line('CPU ms, all', 'all'),
      line('p50 ms', 'p50'),
      line('p99 ms', 'p99'),
    ],
  });
}
