import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName, type Stack } from '@client-graph/local';
import { Pool } from 'undici';
import { type AllCounters, type Counters, readCounters } from './counters.js';
import { type Fetch, recordFetches } from './fetches.js';
import { ADVISERS, subOf, withDatabase } from './generate.js';
import { compare, type Figures, type Load, type Way } from './load.js';
import type { Table } from './table.js';

/** A query as one caller asks it of the gateway. */
type Ask = { body: string; token: string; clientId: string };
type Post = (ask: { body: string; token: string }) => Promise<string>;
type Cost = { service: string; fetches: number; one: number; hundred: number; cpuMs: number };

export type Measured = {
  query: 'page' | 'list';
  clients: number;
  bytes: number;
  levels: string[];
  figures: Record<Way, Figures>;
  costs: Cost[];
};

const operation = (name: string): string =>
  readFileSync(new URL(`../../journey/operations/${name}.graphql`, import.meta.url), 'utf8');

/** The page for each client of the advisers, or each adviser's list. */
export async function asksOf(stack: Stack, query: Measured['query']): Promise<Ask[]> {
  const asks = ADVISERS.map(async (adviser): Promise<Ask[]> => {
    const token = await stack.token(adviser);
    const { rows } = await withDatabase(stack, 'clients', (db) =>
      db.query<{ id: string }>('select id from client where adviser_id = $1', [subOf(adviser)]),
    );
    if (query === 'list') {
      const body = JSON.stringify({ query: operation('client-list'), variables: { first: 50 } });
      return [{ body, token, clientId: rows[0]?.id ?? '' }];
    }
    return rows.map(({ id }) => {
      const body = JSON.stringify({ query: operation('client-page'), variables: { id, locale: 'ZH_HANT' } });
      return { body, token, clientId: id };
    });
  });
  return (await Promise.all(asks)).flat();
}

/** Measures a query through the gateway, beside its fetches sent to the services directly, and a server that does nothing. */
export async function measureQuery(
  stack: Stack,
  query: Measured['query'],
  clients: number,
  load: Load,
): Promise<Measured> {
  const asks = await asksOf(stack, query);
  // The list names its fifty clients in its fetches, so each adviser's is recorded; the page's differ by the id alone.
  const recorded = query === 'list' ? asks : asks.slice(0, 1);
  const plans = await inTurn(recorded, (ask) => recordFetches(stack, ask, load.signal));
  const [sample] = asks;
  const [plan] = plans;
  if (sample === undefined || plan === undefined)
    throw new Error('The generated firm has no client to ask for.');

  const pools = new Map(SERVICES.map((name) => [name, poolOf(stack.serviceUrl(name), load.connections)]));
  const gateway = poolOf(stack.gatewayUrl, load.connections);
  const answer = await gateway.post(sample);
  const bare = await startBare(answer, load.connections);
  const planOf = (index: number, ask: Ask): Fetch[][] =>
    query === 'list' ? (plans[index] ?? []) : forClient(plan, sample.clientId, ask.clientId);
  const calls = asks.map((ask, index) => ({ ask, plan: planOf(index, ask) }));
  const any = () => calls[Math.floor(Math.random() * calls.length)] ?? { ask: sample, plan };
  try {
    const ways = {
      gateway: () => gateway.post(any().ask),
      direct: () => {
        const { ask, plan: own } = any();
        return direct(own, ask.token, (service) => pools.get(service)?.post);
      },
      bare: () => bare.post(any().ask),
    };
    const figures = await compare(ways, load);
    const costs = await costOf(stack, plan, () => gateway.post(any().ask));
    const levels = plan.map((level) => level.map(({ service }) => service).join(' + '));
    return { query, clients, bytes: Buffer.byteLength(answer), levels, figures, costs };
  } finally {
    bare.stop();
    await Promise.all([gateway.close(), ...[...pools.values()].map((pool) => pool.close())]);
  }
}

async function direct(
  plan: Fetch[][],
  token: string,
  postOf: (service: ServiceName) => Post | undefined,
): Promise<void> {
  for (const level of plan)
    await Promise.all(level.map(({ service, body }) => postOf(service)?.({ body, token })));
}

const forClient = (plan: Fetch[][], sampleId: string, id: string): Fetch[][] =>
  plan.map((level) => level.map(({ service, body }) => ({ service, body: body.replaceAll(sampleId, id) })));

/** What one query costs each process, by what the processes count: asked once, and a hundred times. */
async function costOf(stack: Stack, plan: Fetch[][], ask: () => Promise<unknown>): Promise<Cost[]> {
  const start = await readCounters(stack);
  await ask();
  const afterOne = await readCounters(stack);
  // Ten at a time: the longer it takes, the more of what a process does anyway would be counted.
  for (let i = 0; i < 10; i += 1) await Promise.all(Array.from({ length: 10 }, ask));
  const afterHundred = await readCounters(stack);
  const grown = (from: AllCounters, to: AllCounters, name: ServiceName | 'gateway', what: keyof Counters) =>
    (to.get(name)?.[what] ?? 0) - (from.get(name)?.[what] ?? 0);
  const planned = new Set(plan.flat().map(({ service }) => service));
  return [...SERVICES.filter((name) => planned.has(name)), 'gateway' as const].map((name) => ({
    service: name,
    fetches: grown(afterOne, afterHundred, name, 'fetches') / 100,
    one: grown(start, afterOne, name, 'statements'),
    hundred: grown(afterOne, afterHundred, name, 'statements') / 100,
    cpuMs: grown(afterOne, afterHundred, name, 'cpuSeconds') * 10,
  }));
}

function poolOf(url: string, connections: number): { post: Post; close: () => Promise<void> } {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections });
  return {
    post: async ({ body, token }) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
      const response = await pool.request({ method: 'POST', path, headers, body });
      const text = await response.body.text();
      if (response.statusCode !== 200 || text.includes('"errors":'))
        throw new Error(`${url} answered with ${response.statusCode}: ${text.slice(0, 500)}`);
      return text;
    },
    close: () => pool.close(),
  };
}

async function startBare(answer: string, connections: number): Promise<{ post: Post; stop: () => void }> {
  const child = fork(fileURLToPath(new URL('../bare-server.mjs', import.meta.url)));
  child.send(answer);
  const [port]: unknown[] = await once(child, 'message');
  const pool = poolOf(`http://127.0.0.1:${Number(port)}/`, connections);
  const stop = () => {
    void pool.close().catch(() => undefined);
    child.kill('SIGKILL');
  };
  return { post: pool.post, stop };
}

async function inTurn<In, Out>(items: readonly In[], work: (item: In) => Promise<Out>): Promise<Out[]> {
  const done: Out[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}

const TITLES = { page: 'The client page', list: 'The list of 50 clients' } as const;

export function tablesOf({ query, clients, bytes, levels, figures, costs }: Measured): Table[] {
  const { gateway } = figures;
  const line = (name: string, { rps, p50, p99 }: Figures) => [
    name,
    rps,
    p50,
    p99,
    gateway.rps / rps,
    gateway.p50 / p50,
  ];
  const total = (part: (cost: Cost) => number) => costs.reduce((sum, cost) => sum + part(cost), 0);
  return [
    {
      title: `${TITLES[query]} at ${clients.toLocaleString('en')} clients (${bytes.toLocaleString('en')} bytes)`,
      head: ['by way of', 'RPS', 'p50 ms', 'p99 ms', 'gateway ÷ it, RPS', 'gateway ÷ it, p50'],
      lines: [
        line('gateway', figures.gateway),
        line('its fetches, sent directly', figures.direct),
        line('bare HTTP server, same bytes', figures.bare),
      ],
      notes: [`Fetches, level by level: ${levels.map((level, n) => `${n + 1}. ${level}`).join('  ')}`],
    },
    {
      title: `What ${query === 'page' ? 'a page' : 'a list'} costs at ${clients.toLocaleString('en')} clients`,
      head: ['process', 'fetches', 'SQL, asked once', 'SQL each, asked 100 times', 'CPU ms each'],
      lines: [
        ...costs.map((cost) => [cost.service, cost.fetches, cost.one, cost.hundred, cost.cpuMs]),
        ['all', total((c) => c.fetches), total((c) => c.one), total((c) => c.hundred), total((c) => c.cpuMs)],
      ],
    },
  ];
}
