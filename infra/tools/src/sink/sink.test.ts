import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cloudEventHeaders, InteractionLogged, LeadConverted } from '@client-graph/events';
import { verifyWebhook } from '@client-graph/events/webhook';
import { createKafka, ensureTopics } from '@client-graph/kit';
import { freshId, until } from '@client-graph/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Kafka, Producer } from 'kafkajs';

const TOPIC = 'marketing.v1';
const BROKERS = process.env['TEST_KAFKA_BROKERS'] ?? '';
const SECRET = 'a-secret-of-the-test-with-32-characters';
const ours = (path: string) => fileURLToPath(new URL(path, import.meta.url));

let kafka: Kafka;
let producer: Producer;
let folder: string;
let server: Server;
let url: string;
let posts: { headers: IncomingHttpHeaders; body: string }[] = [];
/** What the receiver answers to its nth post; 200 when left out. `0` breaks the connection. */
let answers: (n: number, body: string) => number = () => 200;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  kafka = createKafka('test', BROKERS.split(','));
  await ensureTopics(kafka);
  producer = kafka.producer({ retry: { retries: 10 } });
  await producer.connect();
  folder = await mkdtemp(join(tmpdir(), 'sink-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      posts.push({ headers: request.headers, body });
      const status = answers(posts.length, body);
      if (status === 0) response.destroy();
      else response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
}, 400_000);
beforeEach(() => {
  posts = [];
  answers = () => 200;
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  children.clear();
});
afterAll(async () => {
  await producer.disconnect();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** Where the topic ends now, as the command takes it: what others have laid there before is not ours. */
async function end(): Promise<string> {
  const admin = kafka.admin();
  await admin.connect();
  const held = await admin.fetchTopicOffsets(TOPIC);
  await admin.disconnect();
  return held.map(({ partition, high }) => `${partition}:${high}`).join(',');
}

/** Publishes the conversions of some leads in turns, other events between them; returns the ids by lead, in order. */
async function publish(leads: number, each: number, time = new Date()): Promise<Map<string, string[]>> {
  const ids = new Map<string, string[]>(Array.from({ length: leads }, () => [freshId(), []]));
  const messages = [];
  for (let n = 1; n <= each; n += 1)
    for (const [leadId, known] of ids) {
      const id = freshId();
      known.push(id);
      const touch = { at: time.toISOString(), channel: 'ONLINE' as const, campaignId: null };
      const { contract, data } = LeadConverted({
        leadId,
        clientId: freshId(),
        firstTouch: touch,
        lastTouch: touch,
        daysToConvert: n,
        campaignId: null,
        referrerClientId: null,
        attribution: [{ model: 'LAST', channel: 'ONLINE', campaignId: null, share: '1' }],
      });
      const headers = cloudEventHeaders({
        id,
        contract,
        source: '/marketing',
        key: leadId,
        sequence: n,
        time,
      });
      messages.push({ key: leadId, value: JSON.stringify(data), headers, timestamp: String(time.getTime()) });
      const noise = InteractionLogged({
        clientId: leadId,
        interactionId: freshId(),
        channel: 'PHONE',
        subjectCode: 'X',
      });
      messages.push({
        key: leadId,
        value: JSON.stringify(noise.data),
        headers: cloudEventHeaders({
          id: freshId(),
          contract: noise.contract,
          source: '/service',
          key: leadId,
          sequence: 1,
          time,
        }),
        timestamp: String(time.getTime()),
      });
    }
  await producer.send({ topic: TOPIC, messages });
  return ids;
}

/** The command as a process of its own, run from source. */
function start(args: string[]) {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  const command = [
    '--no-warnings',
    '--import',
    ours('../../../../packages/config/source.js'),
    ours('../conversions.ts'),
    ...args,
  ];
  const child = spawn(process.execPath, command, {
    env: { ...rest, KAFKA_BROKERS: BROKERS, WEBHOOK_SECRET: SECRET },
  });
  children.add(child);
  const said = { error: '' };
  child.stderr.on('data', (chunk) => (said.error += chunk));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { child, said, ended };
}

const byLead = (events: { id: string; data: { leadId: string } }[], ids: Map<string, string[]>) =>
  new Map(
    [...ids.keys()].map((leadId) => [
      leadId,
      events.filter(({ data }) => data.leadId === leadId).map(({ id }) => id),
    ]),
  );
const linesOf = async (path: string) =>
  (await readFile(path, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
const eventsOf = async (path: string) => (await linesOf(path)).map((line) => JSON.parse(line));

test('a file gets every conversion exactly once and in order, though the sink is killed in the midst again and again', async () => {
  const [file, state] = [join(folder, 'out.jsonl'), join(folder, 'state-file')];
  const from = await end();
  const ids = await publish(20, 40);
  const args = ['--jsonl', file, '--state', state];
  let first = ['--from', from];
  for (const enough of [1, 400]) {
    const { child, ended, said } = start([...args, ...first]);
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`The sink has ended: ${said.error}`);
      return (await linesOf(file)).length >= enough;
    }, 300_000);
    child.kill('SIGKILL');
    await ended;
    first = [];
  }
  const { ended, said } = start([...args, '--once']);
  expect([await ended, said.error]).toEqual([0, expect.stringContaining('delivered')]);
  expect(byLead(await eventsOf(file), ids)).toEqual(ids);
}, 400_000);

test('a receiver that fails gets every conversion, signed, in order per lead, and what it has seen twice has one id', async () => {
  const from = await end();
  const ids = await publish(5, 8);
  const state = join(folder, 'state-hook');
  // Each way of failing three times, the last of them after the sink was killed.
  answers = (n) => (n <= 18 ? ([200, 503, 200, 0, 429, 200][n % 6] ?? 200) : 200);
  const args = ['--webhook', url, '--state', state];
  const killed = start([...args, '--from', from]);
  await until(() => posts.length >= 12, 200_000);
  killed.child.kill('SIGKILL');
  await killed.ended;
  const { ended } = start([...args, '--once']);
  expect(await ended).toBe(0);
  for (const { headers, body } of posts) expect(verifyWebhook(SECRET, headers, body)).toBe('GENUINE');
  const { headers, body } = posts[0]!;
  expect(verifyWebhook(SECRET, headers, `${body} `)).toBe('FORGED');
  expect(verifyWebhook('another-secret', headers, body)).toBe('FORGED');
  expect(verifyWebhook(SECRET, { ...headers, 'webhook-signature': undefined }, body)).toBe('UNSIGNED');
  expect(verifyWebhook(SECRET, headers, body, { now: new Date(Date.now() + 600_000) })).toBe('TOO_OLD');
  const seen = new Map<string, { id: string; data: { leadId: string } }>();
  for (const post of posts) {
    const event = JSON.parse(post.body);
    expect(post.headers['webhook-id']).toBe(event.id);
    if (!seen.has(event.id)) seen.set(event.id, event);
  }
  expect(byLead([...seen.values()], ids)).toEqual(ids);
}, 400_000);

test('what a receiver refuses for good is set aside with the rest of its lead, and the others go on', async () => {
  const from = await end();
  const ids = await publish(3, 2);
  const [bad] = [...ids.keys()];
  answers = (_, body) => (body.includes(bad!) ? 400 : 200);
  const state = join(folder, 'state-refused');
  const { ended, said } = start(['--webhook', url, '--state', state, '--from', from, '--once']);
  expect(await ended).toBe(0);
  const taken = posts.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.leadId !== bad);
  expect(byLead(taken, ids)).toEqual(
    new Map([...ids].map(([lead, known]) => [lead, lead === bad ? [] : known])),
  );
  expect(posts.filter(({ body }) => body.includes(bad!))).toHaveLength(1);
  expect((await eventsOf(join(state, 'refused.jsonl'))).map(({ reason }) => reason)).toEqual([
    'HTTP 400',
    'after a refused one',
  ]);
  expect(said.error).toContain(`set aside: lead ${bad}`);
}, 400_000);

test('conversions are replayed from an instant and from offsets, into CSV as well', async () => {
  const from = await end();
  const early = await publish(2, 2, new Date(Date.now() - 60_000));
  const between = new Date();
  const late = await publish(2, 3, new Date(Date.now() + 1));
  const file = join(folder, 'replay.csv');
  const state = join(folder, 'state-replay');
  const run = async (...point: string[]) => {
    const { ended, said } = start(['--csv', file, '--state', state, '--once', ...point]);
    return { code: await ended, error: said.error };
  };
  const count = async (ids: Map<string, string[]>) =>
    (await linesOf(file)).filter((line) => [...ids.keys()].some((lead) => line.includes(lead))).length;
  expect(await run('--from', from)).toMatchObject({ code: 0 });
  expect([await count(early), await count(late)]).toEqual([4, 6]);
  expect(await run()).toMatchObject({ code: 0 });
  expect([await count(early), await count(late)]).toEqual([4, 6]);
  expect(await run('--from', from)).toMatchObject({ code: 1, error: expect.stringContaining('--replay') });
  expect(await run('--from', between.toISOString(), '--replay')).toMatchObject({ code: 0 });
  expect([await count(early), await count(late)]).toEqual([4, 12]);
  const [header, ...rows] = await linesOf(file);
  expect(header?.split(',').slice(0, 5)).toEqual(['eventId', 'time', 'leadId', 'clientId', 'daysToConvert']);
  expect(rows.every((row) => row.split(',').length === header?.split(',').length)).toBe(true);
}, 400_000);

test.each([
  [['--state', 'x'], /Name one target/],
  [['--jsonl', 'x'], /Name a folder/],
  [['--jsonl', 'x', '--csv', 'y', '--state', 'z'], /Name one target/],
  [['--webhook', 'ftp://x', '--state', 'z'], /no address/],
  [['--nonsense'], /nonsense/],
])(
  '%j: one sentence and a fault',
  async (args, sentence) => {
    const inFolder = args.map((arg) => (/^[xyz]$/.test(arg) ? join(folder, arg) : arg));
    const { ended, said } = start(inFolder);
    expect(await ended).toBe(1);
    expect(said.error).toMatch(sentence);
    expect(said.error).not.toMatch(/ at .*\.ts:/);
  },
  30_000,
);

test('two sinks do not work with one folder', async () => {
  const state = join(folder, 'state-two');
  const first = start(['--jsonl', join(folder, 'two.jsonl'), '--state', state, '--from', 'end']);
  await until(
    async () => (await readFile(join(state, 'position.json'), 'utf8').catch(() => '')) !== '',
    30_000,
  );
  const second = start(['--jsonl', join(folder, 'two.jsonl'), '--state', state]);
  expect(await second.ended).toBe(1);
  expect(second.said.error).toMatch(/Another sink/);
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
}, 400_000);
