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

/** One who asks: each has a token of their own, since the gateway lets requests of one caller share an answer under way. */
type Caller = { token: string; asks: readonly Ask[] };
type Ask = { body: string; clientId: string };
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

/** So many of the hundred at a time: the longer it takes, the more of what a process does anyway would be counted. */
const AT_ONCE = 10;

const operation = (name: string): string =>
  readFileSync(new URL(`../../journey/operations/${name}.graphql`, import.meta.url), 'utf8');

/** So many callers, in turns of the two advisers; each asks for the page of any of their clients, or for their list. */
export async function callersOf(stack: Stack, query: Measured['query'], count: number): Promise<Caller[]> {
  const asks = await inTurn(ADVISERS, async (adviser): Promise<Ask[]> => {
    const { rows } = await withDatabase(stack, 'clients', (db) =>
      db.query<{ id: string }>('select id from client where adviser_id = $1', [subOf(adviser)]),
    );
    const list = { query: operation('client-list'), variables: { first: 50 } };
    if (query === 'list') return [{ body: JSON.stringify(list), clientId: '' }];
    const page = operation('client-page');
    return rows.map(({ id }) => ({
      body: JSON.stringify({ query: page, variables: { id, locale: 'ZH_HANT' } }),
      clientId: id,
    }));
  });
  return inTurn(Array.from({ length: count }).keys(), async (index) => {
    const turn = index % ADVISERS.length;
    return { token: await stack.token(ADVISERS[turn] ?? ADVISERS[0]), asks: asks[turn] ?? [] };
  });
}

/** Measures a query through the gateway, beside its fetches sent to the services directly, and a server that does nothing. */
export async function measureQuery(
  stack: Stack,
  query: Measured['query'],
  clients: number,
  load: Load,
): Promise<Measured> {
  const callers = await callersOf(stack, query, Math.max(load.connections, AT_ONCE));
  // The list names its fifty clients in its fetches, so each adviser's is recorded; those of pages differ by the id alone.
  const plans = await inTurn(callers.slice(0, ADVISERS.length), ({ token, asks: [ask] }) =>
    recordFetches(stack, { body: ask?.body ?? '', token }, load.signal),
  );
  const [plan = []] = plans;
  const [sample = { token: '', asks: [] }] = callers;
  const [sampleAsk = { body: '', clientId: '' }] = sample.asks;

  const pools = new Map(SERVICES.map((name) => [name, poolOf(stack.serviceUrl(name), load.connections)]));
  const gateway = poolOf(stack.gatewayUrl, load.connections);
  const answer = await gateway.post({ ...sampleAsk, token: sample.token });
  const bare = await startBare(answer, load.connections);
  const any = (index: number) => {
    const { token, asks } = callers[index] ?? sample;
    const { body, clientId } = asks[Math.floor(Math.random() * asks.length)] ?? sampleAsk;
    return { token, body, clientId };
  };
  const direct = async (index: number) => {
    const { token, clientId } = any(index);
    const own =
      query === 'list'
        ? (plans[index % ADVISERS.length] ?? plan)
        : forClient(plan, sampleAsk.clientId, clientId);
    for (const level of own)
      await Promise.all(level.map(({ service, body }) => pools.get(service)?.post({ body, token })));
  };
  try {
    const ask = (index: number) => gateway.post(any(index));
    const figures = await compare({ gateway: ask, direct, bare: (index) => bare.post(any(index)) }, load);
    const costs = await costOf(stack, plan, ask);
    const levels = plan.map((level) => level.map(({ service }) => service).join(' + '));
    return { query, clients, bytes: Buffer.byteLength(answer), levels, figures, costs };
  } finally {
    bare.stop();
    await Promise.all([gateway.close(), ...[...pools.values()].map((pool) => pool.close())]);
  }
}

const forClient = (plan: Fetch[][], sampleId: string, id: string): Fetch[][] =>
  plan.map((level) => level.map(({ service, body }) => ({ service, body: body.replaceAll(sampleId, id) })));

/** What one query costs each process, by what the processes count: asked once, and a hundred times. */
async function costOf(
  stack: Stack,
  plan: Fetch[][],
  ask: (index: number) => Promise<unknown>,
): Promise<Cost[]> {
  const start = await readCounters(stack);
  await ask(0);
  const afterOne = await readCounters(stack);
  for (let asked = 0; asked < 100; asked += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => ask(index)));
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

async function inTurn<In, Out>(items: Iterable<In>, work: (item: In) => Promise<Out>): Promise<Out[]> {
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
