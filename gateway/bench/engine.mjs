// What the engine costs beside stock Apollo and other gateways, and beside what no gateway goes beyond: only fetching, and a stored answer.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { composeServices } from '@apollo/composition';
import { readSupergraph } from '../dist/supergraph.js';
import { firmAt } from './firm-services.mjs';
import { load, memoryMb } from './load.mjs';
import { COLD, ENTITIES, OPERATIONS, SERVICES } from './operations.mjs';
import { PACKAGES, peersIn } from './peers.mjs';
import { record } from './record.mjs';
import { servicesAt } from './services.mjs';

const USAGE = `npm run bench -- gateway [options]
  --only operations,entities,services,cold,firm,memory   what is measured (memory: a million requests and 100,000 operations; not unless named)
  --seconds 5       how long each gateway is asked in a round
  --rounds 3        rounds, after one that warms up; medians are printed
  --connections 50  requests under way at once
  --delay 0         milliseconds that services take
  --peers FOLDER    other gateways, installed into this folder unless they are there; none unless named
  --port 24100      first of 100 ports`;

/** How `npm run gateway` starts it. */
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const node = scripts.gateway.split(' ').filter((word) => word.startsWith('--'));

const text = (value) => ({ type: 'string', default: value });
const { values } = parseArgs({
  options: {
    only: text('operations,entities,services,cold,firm'),
    seconds: text('5'),
    rounds: text('3'),
    connections: text('50'),
    delay: text('0'),
    port: text('24100'),
    peers: { type: 'string' },
    help: { type: 'boolean' },
  },
});
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const firstPort = Number(values.port);
const only = values.only.split(',');
/** Requests whose fetches are recorded for each operation: so many differ. */
const RECORDED = 400;
const say = (line) => process.stdout.write(`${line}\n`);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const children = new Set();

/** One core is for the gateway that is asked, the rest for the services and for who asks, where the system can part them (Linux). */
const isParted = spawnSync('taskset', ['-cp', `1-${cpus().length - 1}`, String(process.pid)]).status === 0;

/** Starts a program; a gateway on its own core. */
function run(file, args, { cwd, isGateway = true, node = [] } = {}) {
  const [program, ...before] = [
    ...(isParted && isGateway ? ['taskset', '-c', '0'] : []),
    process.execPath,
    ...node,
  ];
  const child = spawn(program, [...before, file, ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, APOLLO_TELEMETRY_DISABLED: 'true', NODE_ENV: 'production' },
  });
  children.add(child);
  child.once('exit', () => children.delete(child));
  return child.pid;
}

async function stopAll() {
  const all = [...children];
  await Promise.all(
    all.map((child) => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      return gone;
    }),
  );
}

const post = (url, body) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function ready(url) {
  const untilMs = performance.now() + 60_000;
  while (performance.now() < untilMs) {
    const answer = await post(url, { query: '{ __typename }' }).catch(() => undefined);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer.`);
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

function report(operation, rows) {
  const of = (runs, what) => median(runs.map((one) => one[what]));
  const [[, stock]] = rows;
  say(`\n${operation}`);
  for (const [name, runs] of rows) {
    const speed = of(runs, 'perSecond');
    const cells = [
      name.padEnd(18),
      `${speed.toFixed(0).padStart(6)} /s`,
      `${(speed / of(stock, 'perSecond')).toFixed(2).padStart(6)} ×`,
      `${of(runs, 'cpu').toFixed(2).padStart(7)} ms cpu`,
      `${(of(stock, 'cpu') / of(runs, 'cpu')).toFixed(2).padStart(6)} ×`,
      `p99 ${of(runs, 'p99').toFixed(1).padStart(7)} ms`,
      `1/${(of(stock, 'p99') / of(runs, 'p99')).toFixed(1)}`,
    ];
    say(`  ${cells.join('  ')}`);
  }
}

async function sameAnswers(gateways, operations) {
  for (const [operation, make] of Object.entries(operations)) {
    const answers = await Promise.all(
      gateways.map(({ url }) => post(url, make(7)).then((one) => one.json())),
    );
    for (const [index, answer] of answers.entries())
      if (!isDeepStrictEqual(answer, answers[0]))
        throw new Error(
          `${gateways[index].name} answers ${operation} differently: ${JSON.stringify(answer).slice(0, 300)} instead of ${JSON.stringify(answers[0]).slice(0, 300)}`,
        );
  }
}

async function measure(gateways, operations) {
  const results = new Map();
  for (let round = 0; round <= Number(values.rounds); round += 1)
    for (const [operation, make] of Object.entries(operations))
      for (const gateway of gateways) {
        const one = await load(gateway, make, { connections, seconds });
        // The first round warms up.
        const key = `${operation} ${gateway.name}`;
        if (round > 0) results.set(key, [...(results.get(key) ?? []), one]);
      }
  for (const operation of Object.keys(operations))
    report(
      operation,
      gateways.map(({ name }) => [name, results.get(`${operation} ${name}`)]),
    );
}

async function started(starts) {
  const gateways = [];
  for (const [index, { name, path, start }] of starts.entries()) {
    const port = String(firstPort + 50 + index);
    gateways.push({ name, url: `http://127.0.0.1:${port}${path}`, pid: start(port) });
    await ready(gateways.at(-1).url);
  }
  return gateways;
}

/** Only fetching and a stored answer, as gateways among the others. */
async function bounds(folder, supergraph, urls, operations) {
  const file = join(folder, 'recorded.json');
  await writeFile(file, JSON.stringify(await record(supergraph, urls, operations, RECORDED)));
  const start = (port) => run(here('bounds.mjs'), [file, port]);
  return [
    { name: 'only fetching', path: '/fetching', start },
    { name: 'stored answer', path: '/stored', start },
  ];
}

async function peersFor(context) {
  const { peers } = values;
  if (peers === undefined) return [];
  await mkdir(peers, { recursive: true });
  const found = await peersIn(peers, context);
  if (found.length > 0) return found;
  say(`Installing ${PACKAGES.join(', ')} into ${peers}`);
  const args = ['install', '--prefix', peers, '--no-save', '--no-audit', '--no-fund', ...PACKAGES];
  if (spawnSync('npm', args, { stdio: 'inherit' }).status !== 0)
    throw new Error('The other gateways could not be installed.');
  return peersIn(peers, context);
}

/** The made-up firm of six small services: everything that gateways differ in, and as little else as can be. */
async function madeUp(folder) {
  const services = servicesAt(firstPort);
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
  const supergraph = join(folder, 'supergraph.graphql');
  await writeFile(supergraph, supergraphSdl);
  run(here('services.mjs'), [values.port, values.delay], { isGateway: false });
  for (const { url } of services) await ready(url);
  const ours = {
    name: 'engine',
    path: '/graphql',
    start: (port) =>
      run(here('../dist/standalone.js'), ['--supergraph', supergraph, '--port', port], { node }),
  };
  if (only.includes('memory')) await memory(ours);
  const urls = new Map(services.map(({ name, url }) => [name, url]));
  const starts = [
    { name: 'stock', path: '/', start: (port) => run(here('stock.mjs'), [supergraph, port]) },
    ours,
    ...(await peersFor({ supergraph, services, run })),
  ];
  const sets = { operations: OPERATIONS, entities: ENTITIES, services: SERVICES, cold: COLD };
  const wanted = Object.entries(sets).filter(([name]) => only.includes(name));
  if (wanted.length === 0) return;
  const gateways = await started([
    ...starts,
    ...(only.includes('operations') ? await bounds(folder, supergraph, urls, OPERATIONS) : []),
  ]);
  const real = gateways.slice(0, starts.length);
  for (const [name, operations] of wanted) {
    await sameAnswers(real, operations);
    await measure(name === 'operations' ? gateways : real, operations);
  }
  say('');
  for (const { name, pid } of real) say(`  ${name.padEnd(18)} ${(await memoryMb(pid)).toFixed(0)} MB`);
}

/** This project's own supergraph and operations, its services' answers recorded; the engine with every protection it has in production. */
async function firm(folder) {
  const services = firmAt(firstPort);
  const own = here('../supergraph.graphql');
  const open = join(folder, 'firm.graphql');
  const at = (sdl) =>
    services.reduce(
      (all, { url }, index) => all.replaceAll(`http://127.0.0.1:${4001 + index}/graphql`, url),
      sdl,
    );
  await writeFile(open, at(readSupergraph(await readFile(own, 'utf8')).sdl));
  run(here('firm-services.mjs'), [values.port, values.delay], { isGateway: false });
  for (const { url } of services) await ready(url);
  const operation = (name) =>
    readFileSync(new URL(`../../infra/journey/operations/${name}.graphql`, import.meta.url), 'utf8');
  const [page, list] = [operation('client-page'), operation('client-list')];
  const operations = {
    'our client page': (count) => ({
      query: page,
      variables: {
        id: `0198c0de-0000-7000-8000-${String(count % RECORDED).padStart(12, '0')}`,
        locale: 'EN',
      },
    }),
    'our list of 50': () => ({ query: list, variables: { first: 50 } }),
  };
  const urls = new Map(services.map(({ name, url }) => [name, url]));
  const starts = [
    { name: 'stock', path: '/', start: (port) => run(here('stock.mjs'), [open, port]) },
    {
      name: 'engine',
      path: '/graphql',
      start: (port) => run(here('guarded.mjs'), [own, port, values.port], { node }),
    },
  ];
  const gateways = await started([...starts, ...(await bounds(folder, own, urls, operations))]);
  await sameAnswers(gateways.slice(0, starts.length), operations);
  await measure(gateways, operations);
  say('');
  for (const { name, pid } of gateways.slice(0, starts.length))
    say(`  ${name.padEnd(18)} ${(await memoryMb(pid)).toFixed(0)} MB`);
}

async function memory(ours) {
  const [gateway] = await started([ours]);
  const tell = async (after) =>
    say(`  after ${after.padEnd(32)} ${(await memoryMb(gateway.pid)).toFixed(0)} MB`);
  say('\nmemory of the engine');
  const page = OPERATIONS['client page'];
  const rest = { connections, seconds: Number.POSITIVE_INFINITY };
  for (const [total, more] of [
    [10_000, 10_000],
    [100_000, 90_000],
    [1_000_000, 900_000],
  ]) {
    await load(gateway, page, { ...rest, requestsMax: more });
    await tell(`${total.toLocaleString('en')} requests`);
  }
  for (const [total, more] of [
    [1_000, 1_000],
    [10_000, 9_000],
    [100_000, 90_000],
  ]) {
    await load(
      gateway,
      (count) => ({
        query: `query M${total + count} { client(id: "${count % 400}") { id c${total + count}: status } }`,
      }),
      { ...rest, requestsMax: more },
    );
    await tell(`${total.toLocaleString('en')} distinct operations`);
  }
  await stopOne(gateway.pid);
}

async function stopOne(pid) {
  const child = [...children].find((one) => one.pid === pid);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
try {
  say(
    `${connections} connections, ${seconds} s a round, services take ${values.delay} ms${isParted ? '; each gateway has one core' : ''}; the engine runs with ${node.join(' ')}`,
  );
  await madeUp(folder);
  await stopAll();
  if (only.includes('firm')) await firm(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
