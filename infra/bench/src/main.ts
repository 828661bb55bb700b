// `npm run bench`: what a page costs, and how soon an event is heard. Prints tables; progress goes to standard error.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Problem, SERVICES, type Stack, startStack, temporaryFolder } from '@client-graph/local';
import { benchBook } from './book.js';
import { type Delays, delayTable, measureDelay } from './delay.js';
import { addClients, type Loaded, newFirm } from './generate.js';
import { type Memory, measureMemory, memoryTable } from './memory.js';
import { type Options, readOptions, USAGE } from './options.js';
import { benchOrders } from './orders.js';
import { benchPoints } from './points.js';
import { benchProtection } from './protection.js';
import { type Measured, measureQuery, tablesOf } from './queries.js';
import { measureRelay, type Relayed, relayTable } from './relay.js';
import { benchSheets } from './sheets.js';
import { render, type Table } from './table.js';

/** Outside the temporary folder, so that what a process said can be read after it failed. */
const LOGS = fileURLToPath(new URL('../../../.local/log/bench', import.meta.url));
const EVENTS_PER_SECOND = 5_000;
const startedMs = performance.now();

function say(line: string): void {
  console.error(`[${String(Math.round((performance.now() - startedMs) / 1_000)).padStart(3)} s] ${line}`);
}

type Report = {
  load: number[];
  loaded: (Loaded & { clients: number })[];
  queries: Measured[];
  delay?: Delays;
  relay?: Relayed;
  memory?: Memory;
};

async function bench(options: Options, signal: AbortSignal): Promise<void> {
  const folder = await temporaryFolder('bench');
  let stack: Stack | undefined;
  try {
    say(`Starting Postgres, Kafka, six services and the gateway; their logs are in ${LOGS}`);
    stack = await startStack({
      dataDir: join(folder, 'data'),
      logDir: LOGS,
      env: productionLike(),
      // One token serves the whole run.
      tokenSeconds: 86_400,
      signal,
    });
    const report = await measure(stack, options, signal);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    say('Stopping');
    await stack?.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

const productionLike = () => ({
  NODE_ENV: 'production',
  LOG_LEVEL: 'warn',
  // Two advisers ask as much as a whole firm would.
  RATE_PER_SECOND: '0',
  CLIENTS_HASH_KEY: randomBytes(32).toString('hex'),
  MARKETING_HASH_KEY: randomBytes(32).toString('hex'),
});

async function measure(stack: Stack, options: Options, signal: AbortSignal): Promise<Report> {
  const { clients: sizes, seconds, connections, only } = options;
  const show = (table: Table) => console.log(render(table));
  const report: Report = { load: loadavg(), loaded: [], queries: [] };
  console.log(
    `${cpus().length} cores, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)} before; ${connections} requests at once, ${seconds} s each`,
  );
  const firm = newFirm(sizes[0] ?? 1);
  let there = 0;
  for (const clients of sizes) {
    say(`Loading clients ${there + 1} to ${clients}`);
    const loaded = await addClients(stack, firm, { from: there + 1, to: clients, signal, say });
    there = clients;
    report.loaded.push({ clients, ...loaded });
    for (const query of ['page', 'list'] as const) {
      if (!only.includes(query)) continue;
      say(`Measuring the ${query} at ${clients} clients`);
      const measured = await measureQuery(stack, query, clients, { connections, seconds, signal });
      report.queries.push(measured);
      for (const table of tablesOf(measured)) show(table);
    }
  }
  show(loadedTable(report.loaded));
  if (only.includes('delay')) {
    say('Measuring from commit to consumer');
    report.delay = await measureDelay(stack, seconds, signal);
    show(delayTable(report.delay));
  }
  if (only.includes('relay')) {
    say('Measuring the relay');
    report.relay = await measureRelay(stack, EVENTS_PER_SECOND * seconds, signal);
    show(relayTable(report.relay));
  }
  report.memory = measureMemory(stack);
  show(memoryTable(report.memory));
  return report;
}

const loadedTable = (loaded: Report['loaded']): Table => ({
  title: 'The generator, six databases',
  head: ['clients', 'rows added', 'seconds', 'rows/s', 'MB in all'],
  lines: loaded.map(({ clients, rows, seconds, bytes }) => [
    clients.toLocaleString('en'),
    rows,
    seconds,
    rows / seconds,
    Math.round(bytes / 1_048_576),
  ]),
});

function demandBuilt(): void {
  const folders = [...SERVICES.map((service) => `services/${service}`), 'gateway'];
  const missing = folders.filter(
    (name) => !existsSync(new URL(`../../../${name}/dist/main.js`, import.meta.url)),
  );
  if (missing.length > 0)
    throw new Problem(`Not built yet: ${missing.join(', ')}. Run \`npm run build\` first.`);
}

type Own = (args: string[], signal: AbortSignal) => Promise<void>;

/** Benches in this process, by the word after `--`. */
const IN_PROCESS = new Map<string, Own>([
  ['book', (args, signal) => benchBook(args, LOGS, signal, say)],
  ['sheets', (args, signal) => benchSheets(args, LOGS, signal, say)],
  ['orders', (args, signal) => benchOrders(args, signal, say)],
  ['points', (args, signal) => benchPoints(args, signal, say)],
  ['protection', (args, signal) => benchProtection(args, LOGS, signal, say)],
]);

/** Benches that are programs of their own. */
const PROGRAMS = new Map([
  ['leads', new URL('leads.js', import.meta.url)],
  ['campaign', new URL('campaign.js', import.meta.url)],
  ['gateway', new URL('../../../gateway/bench/engine.mjs', import.meta.url)],
]);

async function runToEnd(program: URL, args: string[]): Promise<number> {
  const child = spawn(process.execPath, [fileURLToPath(program), ...args], { stdio: 'inherit' });
  const [code]: unknown[] = await once(child, 'exit');
  return typeof code === 'number' ? code : 1;
}

/** Ends with 1 after a failure told in one sentence, or as a signal would once all is stopped. */
async function main(): Promise<number> {
  const stop = new AbortController();
  let code = 0;
  const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      // The second time nobody wants to wait: what was started ends by itself when this process does.
      if (stop.signal.aborted) process.exit(codes[name]);
      code = codes[name];
      stop.abort();
    });
  }
  try {
    const [word = '', ...args] = process.argv.slice(2);
    const own = IN_PROCESS.get(word);
    const program = PROGRAMS.get(word);
    if (own === undefined && program === undefined && process.argv.includes('--help')) console.log(USAGE);
    else {
      demandBuilt();
      if (program !== undefined) return await runToEnd(program, args);
      if (own !== undefined) await own(args, stop.signal);
      else await bench(readOptions(process.argv.slice(2)), stop.signal);
    }
  } catch (error) {
    if (!stop.signal.aborted) console.error(sentence(error));
    code ||= 1;
  }
  return code;
}

const sentence = (error: unknown): string =>
  error instanceof Problem
    ? error.message
    : error instanceof Error
      ? (error.stack ?? error.message)
      : String(error);

process.exit(await main());
