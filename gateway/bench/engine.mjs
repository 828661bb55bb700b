// What the engine costs beside stock Apollo and, where `--peers DIR` names a folder in which they are installed, beside Mercurius and Hive:
// `npm run bench -w gateway -- [--seconds 5] [--rounds 3] [--delay 4] [--peers DIR]`. Rounds alternate; medians and ratios to stock are
// printed. The processor time a request costs the gateway says more than requests per second where the machine is shared.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { composeServices } from '@apollo/composition';
import { Pool } from 'undici';
import { OPERATIONS } from './operations.mjs';
import { peersIn } from './peers.mjs';
import { servicesAt } from './services.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '5' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '50' },
    delay: { type: 'string', default: '0' },
    port: { type: 'string', default: '24100' },
    peers: { type: 'string' },
  },
});
const seconds = Number(values.seconds);
const connections = Number(values.connections);
const firstPort = Number(values.port);
const say = (line) => process.stdout.write(`${line}\n`);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const children = [];

function run(file, args, cwd) {
  const child = spawn(process.execPath, [file, ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, APOLLO_TELEMETRY_DISABLED: 'true', NODE_ENV: 'production' },
  });
  children.push(child);
  return child.pid;
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

/** Milliseconds of processor time a process has used, where the system tells (Linux). */
async function cpuMs(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? Number.NaN : (Number(fields[11]) + Number(fields[12])) * 10;
}

async function memoryMb(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** As many requests at once as there are connections, each as soon as the one before is answered. */
async function load({ url, pid }, make, forSeconds) {
  const { origin, pathname } = new URL(url);
  const pool = new Pool(origin, { connections });
  const times = [];
  const beganCpuMs = await cpuMs(pid);
  const beganMs = performance.now();
  const endMs = beganMs + forSeconds * 1_000;
  let count = 0;
  const caller = async () => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      count += 1;
      const body = JSON.stringify(make(count));
      const headers = { 'content-type': 'application/json' };
      const answer = await pool.request({ method: 'POST', path: pathname, headers, body });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || text.startsWith('{"errors"'))
        throw new Error(`${url} has answered ${answer.statusCode}: ${text}`);
      times.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const lastedMs = performance.now() - beganMs;
  const cpu = ((await cpuMs(pid)) - beganCpuMs) / times.length;
  await pool.close();
  times.sort((a, b) => a - b);
  return {
    perSecond: (times.length / lastedMs) * 1_000,
    p99: times[Math.floor(times.length * 0.99)] ?? 0,
    cpu,
  };
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

async function sameAnswers(gateways) {
  for (const [operation, make] of Object.entries(OPERATIONS)) {
    const answers = await Promise.all(
      gateways.map(({ url }) => post(url, make(7)).then((one) => one.json())),
    );
    for (const [index, answer] of answers.entries())
      if (!isDeepStrictEqual(answer, answers[0]))
        throw new Error(
          `${gateways[index].name} answers ${operation} differently: ${JSON.stringify(answer).slice(0, 300)}`,
        );
  }
}

async function measure(gateways) {
  const results = new Map();
  for (let round = 0; round <= Number(values.rounds); round += 1)
    for (const [operation, make] of Object.entries(OPERATIONS))
      for (const gateway of gateways) {
        const one = await load(gateway, make, seconds);
        // The first round warms up.
        const key = `${operation} ${gateway.name}`;
        if (round > 0) results.set(key, [...(results.get(key) ?? []), one]);
      }
  for (const operation of Object.keys(OPERATIONS))
    report(
      operation,
      gateways.map(({ name }) => [name, results.get(`${operation} ${name}`)]),
    );
}

const folder = await mkdtemp(join(tmpdir(), 'gateway-bench-'));
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
try {
  const services = servicesAt(firstPort);
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
  const supergraph = join(folder, 'supergraph.graphql');
  await writeFile(supergraph, supergraphSdl);
  run(here('services.mjs'), [values.port, values.delay]);
  for (const { url } of services) await ready(url);
  const starts = [
    { name: 'stock', path: '/', start: (port) => run(here('stock.mjs'), [supergraph, port]) },
    {
      name: 'engine',
      path: '/graphql',
      start: (port) => run(here('../dist/standalone.js'), ['--supergraph', supergraph, '--port', port]),
    },
    ...(await peersIn(values.peers, { supergraph, services, run })),
  ];
  const gateways = [];
  for (const [index, { name, path, start }] of starts.entries()) {
    const port = String(firstPort + 50 + index);
    gateways.push({ name, url: `http://127.0.0.1:${port}${path}`, pid: start(port) });
    await ready(gateways.at(-1).url);
  }
  await sameAnswers(gateways);
  say(`${connections} connections, ${seconds} s a round, services take ${values.delay} ms`);
  await measure(gateways);
  say('');
  for (const { name, pid } of gateways) say(`  ${name.padEnd(18)} ${(await memoryMb(pid)).toFixed(0)} MB`);
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exit(0);
