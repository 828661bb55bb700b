import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cloudEventHeaders } from '@client-graph/events';
import { SERVICES, type ServiceName, type Stack, startStack } from '@client-graph/local';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { anApplication } from './applications.js';
import { type Databases, openDatabases } from './databases.js';
import { copyProblems, halfDone, inboxProblems } from './effects.js';
import { createGraph, until } from './graph.js';
import { type Insist, insistent, isPassing } from './insist.js';
import { cny } from './journey.js';
import { killAtRandom, randomOf } from './killing.js';
import { commandProblems, orderProblems, outboxProblems, readAll } from './ledger.js';
import { deadLetters, onlooker, untilQuiet } from './quiet.js';
import { storm } from './storm.js';

/** Chooses who dies and when; to see a run again, put the seed of its title here. */
const SEED = Date.now() % 1_000_000;
/** No fewer commands than this, however soon all have been killed. */
const COMMANDS_MIN = 2_000;

let folder: string;
let stack: Stack;
let insist: Insist;
let databases: Databases;
let closeDatabases: () => Promise<void>;
/** What the supervisor has said. */
const said: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-graph-death-'));
  stack = await startStack({
    dataDir: join(folder, 'data'),
    logDir: join(folder, 'log'),
    keepAlive: true,
    env: { LOG_LEVEL: 'warn' },
    onEvent: (line) => said.push(line),
  });
  insist = insistent(createGraph(stack.gatewayUrl, stack.token));
  ({ databases, close: closeDatabases } = await openDatabases(stack));
}, 300_000);
afterAll(async () => {
  await closeDatabases?.();
  await stack?.stop();
  await rm(folder, { recursive: true, force: true });
}, 300_000);

/** A product that suits who bears little. */
async function aProduct(): Promise<string> {
  const names = { nameEn: 'Steady', nameZhHans: '稳健', nameZhHant: '穩健' };
  const terms = {
    issuerType: 'BANK_WMP',
    category: 'STEADY_MIX',
    minAmount: cny('10000'),
    minHorizonMonths: 12,
  };
  const { createProduct } = await insist<{ createProduct: { id: string } }>('admin', 'create-product', {
    input: {
      requestId: 'the-product',
      code: 'STEADY-12M',
      ...names,
      ...terms,
      issuerRating: 'R1',
      sellerRating: 'R2',
    },
  });
  return createProduct.id;
}

test(`whoever is killed at whatever moment, nothing is lost, doubled, out of order or half done (seed ${SEED})`, async () => {
  const productId = await aProduct();
  let isOver = false;
  const killing = killAtRandom(stack, randomOf(SEED), () => isOver);
  const telling = storm(
    { insist, productId },
    killing.then(() => undefined),
    COMMANDS_MIN,
  ).finally(() => (isOver = true));
  const [killed, acknowledged] = await Promise.all([killing, telling]);
  for (const one of ['kafka', 'postgres'] as const)
    expect(killed.filter((victim) => victim === one).length).toBeGreaterThan(2);

  await untilQuiet(stack.brokers, databases);
  const sent = await readAll(stack.brokers);
  expect({
    outboxes: await outboxProblems(databases, sent),
    order: orderProblems(sent),
    commands: await commandProblems(databases, acknowledged),
    halfDone: await halfDone(databases),
    copies: await copyProblems(databases),
    inboxes: await inboxProblems(databases, sent),
    deadLetters: await deadLetters(stack.brokers),
    // 137 is SIGKILL: nobody else has died in the wake of another.
    endedByThemselves: said.filter((line) => /ended by itself/.test(line) && !/exit code 137/.test(line)),
  }).toEqual({
    outboxes: [],
    order: [],
    commands: [],
    halfDone: [],
    copies: [],
    inboxes: [],
    deadLetters: 0n,
    endedByThemselves: [],
  });
}, 600_000);

let people = 9_000_000;
/** A client who is being opened, known to its adviser only. */
async function aClient(): Promise<{ id: string; version: number }> {
  people += 1;
  const application = {
    preferredLanguage: 'ZH_HANS',
    privacyNoticeVersion: 'PN-2026.1',
    individual: anApplication(people),
  };
  const { openClient } = await insist<{ openClient: { id: string; version: number } }>(
    'adviser',
    'open-client',
    {
      input: { requestId: uuidv7(), ...application },
    },
  );
  return openClient;
}

/** Keeps every writer of a table waiting until it is let go, or its database dies. */
async function hold(service: ServiceName, table: string) {
  const client = new pg.Client({ connectionString: stack.databaseUrl(service) });
  client.on('error', () => undefined);
  await client.connect();
  await client.query(`begin; lock table ${table} in exclusive mode`);
  const isSomebodyWaiting = async () =>
    (
      await databases[service]('select 1 from pg_stat_activity where datname = $1 and wait_event_type = $2', [
        service,
        'Lock',
      ])
    ).length > 0;
  return {
    untilSomebodyWaits: () => until('somebody waits for the lock', isSomebodyWaiting),
    letGo: () => client.end(),
  };
}

const readiness = async (service: ServiceName): Promise<number> =>
  (await fetch(`http://127.0.0.1:${stack.ports[service]}/health/ready`)).status;

/** Asks a service to stop, and hears how it has ended: one that hangs is cut off after ten seconds, with exit code 1. */
async function stop(service: ServiceName): Promise<string> {
  const before = said.length;
  await stack.kill(service, 'SIGTERM');
  return until(`${service} ends`, async () =>
    said.slice(before).find((line) => line.startsWith(`${service} ended by itself`)),
  );
}

test('a service that is asked to stop answers the command at hand and ends by itself, whoever keeps a connection to it', async () => {
  const { id: clientId } = await aClient();
  const contact = {
    channel: 'PHONE',
    direction: 'OUTBOUND',
    at: new Date().toISOString(),
    subjectCode: 'ORDER',
    summary: 'Called.',
  };
  const log = () =>
    insist('adviser', 'log-interaction', { input: { requestId: uuidv7(), clientId, ...contact } }, [
      'NOT_FOUND',
    ]);
  await log();
  const { untilSomebodyWaits, letGo } = await hold('service', 'interaction');
  const atHand = createGraph(stack.gatewayUrl, stack.token)('adviser', 'log-interaction', {
    input: { requestId: uuidv7(), clientId, ...contact },
  });
  await untilSomebodyWaits();
  const ended = stop('service');
  await letGo();
  await expect(atHand).resolves.toMatchObject({ logInteraction: {} });
  expect(await ended).toMatch(/exit code 0/);
  await log();
}, 300_000);

test('a command at hand when Postgres dies is answered with a masked fault that may be tried again, and readiness goes and comes', async () => {
  const input = {
    requestId: uuidv7(),
    personName: 'The one at hand',
    mobile: '13712345678',
    channel: 'OFFLINE',
    medium: 'SEMINAR',
  };
  const { untilSomebodyWaits, letGo } = await hold('marketing', 'lead');
  const atHand = createGraph(stack.gatewayUrl, stack.token)('marketing', 'create-lead', { input }).catch(
    (error: unknown) => error,
  );
  await untilSomebodyWaits();
  await stack.kill('postgres', 'SIGKILL');
  const fault = await atHand;
  expect(isPassing(fault)).toBe(true);
  expect(String(fault)).not.toMatch(/127\.0\.0\.1|ECONN|terminat|57P0/);
  await until('marketing is not ready', async () => (await readiness('marketing')) === 503);
  await until('marketing is ready again', async () => (await readiness('marketing')) === 200, 90_000);
  await letGo();
  await insist('marketing', 'create-lead', { input });
  expect(
    await databases.marketing(
      `select from request join lead on lead.id = answer_id where command = 'createLead' and request_id = $1`,
      [input.requestId],
    ),
  ).toHaveLength(1);
}, 300_000);

test('a service without Kafka answers, is not ready, and stops in good order; it is ready again when Kafka is back', async () => {
  await stack.kill('kafka', 'SIGKILL');
  await until('clients is not ready', async () => (await readiness('clients')) === 503);
  await aClient();
  expect(await stop('loyalty')).toMatch(/exit code 0/);
  await until('clients is ready again', async () => (await readiness('clients')) === 200, 90_000);
  await untilQuiet(stack.brokers, databases);
}, 300_000);

/** What `npm run events` prints. */
async function events(...args: string[]): Promise<string[]> {
  const program = fileURLToPath(new URL('../../tools/dist/events.js', import.meta.url));
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: '', KAFKA_BROKERS: stack.brokers },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  for await (const chunk of child.stdout) out += String(chunk);
  return out.split('\n').filter((line) => line !== '');
}

/** Who reads `clients.v1`: all, the clients service too, which files what is told of a client. */
const CONSUMERS = [...SERVICES].sort();
/** Those of them that keep a copy of each client. */
const COPIES = SERVICES.filter((service) => service !== 'clients');

test('a message that cannot be read is set aside by each consumer while the others of its partition go on, and can be sent again', async () => {
  const { id, version } = await aClient();
  const contract = { topic: 'clients.v1', type: 'client.graded', version: 1 } as const;
  const headers = cloudEventHeaders({
    id: uuidv7(),
    contract,
    source: '/clients',
    key: id,
    sequence: 2,
    time: new Date(),
  });
  const producer = onlooker(stack.brokers).producer();
  await producer.connect();
  await producer.send({ topic: 'clients.v1', messages: [{ key: id, value: 'no event', headers }] });
  await producer.disconnect();
  const evidence = { method: 'IN_PERSON', evidenceReference: 'DOC-1' };
  await insist('operations', 'verify-identity', {
    input: { clientId: id, expectedVersion: version, ...evidence },
  });
  await insist('operations', 'activate-client', { input: { clientId: id, expectedVersion: version + 1 } });
  await untilQuiet(stack.brokers, databases);
  for (const service of COPIES)
    expect(await databases[service]('select status from client_copy where client_id = $1', [id])).toEqual([
      { status: 'ACTIVE' },
    ]);

  const listed = async () =>
    (await events('dead', '--topic', 'clients.v1')).filter((line) => line.includes(id));
  const consumersOf = (lines: string[]) =>
    lines.map((line) => CONSUMERS.find((name) => line.includes(`  ${name}  `))).sort();
  const letters = await listed();
  expect(consumersOf(letters)).toStrictEqual(CONSUMERS);
  for (const letter of letters) expect(letter).toMatch(/UNREADABLE The value is not JSON\.$/);
  const sent = await events('resend', '--all', '--topic', 'clients.v1');
  expect(sent.filter((line) => line.startsWith('sent again'))).toHaveLength(1);
  // Nothing has been mended, so it comes back, with its reason, for each of them.
  await untilQuiet(stack.brokers, databases);
  const after = await listed();
  expect(after.filter((line) => line.includes('sent again, was: UNREADABLE'))).toHaveLength(CONSUMERS.length);
  expect(consumersOf(after.filter((line) => !line.includes('sent again')))).toStrictEqual(CONSUMERS);
}, 300_000);
