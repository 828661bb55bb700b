import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { cloudEventHeaders, InteractionLogged, LeadConverted } from '@client-graph/events';
import { createKafka, ensureTopics } from '@client-graph/kit';
import { freshId, until } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Kafka, KafkaMessage } from 'kafkajs';

// No service of the tests consumes this topic, so what lies on its dead-letter topic is ours.
const TOPIC = 'service.v1';
const DEAD = 'service.v1.dead';
const BROKERS = process.env['TEST_KAFKA_BROKERS'] ?? '';

let kafka: Kafka;
const children: ChildProcess[] = [];

beforeAll(async () => {
  kafka = createKafka('test', BROKERS.split(','));
  await ensureTopics(kafka);
});
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

const ours = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** The command as a process of its own, run from source. */
const start = (args: string[], env: Record<string, string> = {}) => run([ours('events.ts'), ...args], env);

function run(program: string[], env: Record<string, string> = {}) {
  const { NODE_OPTIONS: _, ...rest } = process.env;
  const command = ['--no-warnings', '--import', ours('../../../packages/config/source.js'), ...program];
  const child = spawn(process.execPath, command, { env: { ...rest, KAFKA_BROKERS: BROKERS, ...env } });
  children.push(child);
  const said = { out: '', error: '' };
  child.stdout.on('data', (chunk) => (said.out += chunk));
  child.stderr.on('data', (chunk) => (said.error += chunk));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  return { child, said, ended };
}
async function events(args: string[], env?: Record<string, string>) {
  const { said, ended } = start(args, env);
  const code = await ended;
  return { code, lines: said.out.split('\n').filter((line) => line !== ''), error: said.error.trim() };
}

/** Lays a message on a topic, dead letters as kit's consumer does. */
async function lay(
  topic: string,
  reason?: string,
  { origin = `0:${freshId()}`, key: clientId = freshId() } = {},
) {
  const event = InteractionLogged({
    clientId,
    interactionId: freshId(),
    channel: 'PHONE',
    subjectCode: 'ORDER',
  });
  const time = new Date('2026-03-02T02:00:00Z');
  const headers = cloudEventHeaders({
    id: freshId(),
    contract: event.contract,
    source: '/service',
    key: clientId,
    sequence: 7,
    time,
  });
  const dead = {
    'dead-reason': reason ?? '',
    'dead-consumer': 'marketing',
    'dead-position': origin,
    'dead-at': '2026-03-02T02:00:05.000Z',
  };
  const value = JSON.stringify(event.data);
  const producer = kafka.producer({ retry: { retries: 10 } });
  await producer.connect();
  const message = { key: clientId, value, headers: reason === undefined ? headers : { ...headers, ...dead } };
  const [place] = await producer.send({ topic, messages: [message] });
  await producer.disconnect();
  return { key: clientId, value, headers, position: `${place?.partition}:${place?.baseOffset}` };
}

/** All messages of the topic with this key, once the last of them is there. */
async function arrived(key: string, count: number): Promise<KafkaMessage[]> {
  const seen: KafkaMessage[] = [];
  const consumer = kafka.consumer({ groupId: `test-${freshId()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic: TOPIC, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => void (message.key?.toString() === key && seen.push(message)),
  });
  await until(() => seen.length >= count);
  await consumer.disconnect();
  return seen;
}

describe('tail', () => {
  test('prints each event as one line: time, topic, type, key, sequence, data', async () => {
    const before = await lay(TOPIC);
    const { child, said, ended } = start(['tail', '--topic', TOPIC, '--from-beginning']);
    await until(() => said.out.includes(before.key));
    const later = await lay(TOPIC);
    await until(() => said.out.includes(later.key));
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(said.out.split('\n')).toContain(
      `2026-03-02T02:00:00.000Z ${TOPIC} interaction.logged ${later.key} 7 ${later.value}`,
    );
  }, 300_000);
});

describe('dead letters', () => {
  test('are listed with their reason and position, and sent again once, as they were', async () => {
    const letter = await lay(DEAD, 'REFUSED NOT_FOUND');
    const other = await lay(DEAD, 'UNREADABLE The value is not JSON.');

    const listed = await events(['dead', '--topic', TOPIC]);
    expect(listed).toMatchObject({ code: 0, error: '' });
    const line = listed.lines.find((text) => text.includes(letter.key));
    expect(line).toBe(
      `${DEAD} ${letter.position}  2026-03-02T02:00:05.000Z  interaction.logged  ${letter.key}  marketing  REFUSED NOT_FOUND`,
    );

    const one = ['resend', '--topic', TOPIC, '--position', letter.position];
    expect((await events(one)).lines).toEqual([`sent again: ${DEAD} ${letter.position}`]);
    expect((await events(one)).lines).toEqual(['This letter was sent again before.']);

    const all = await events(['resend', '--topic', TOPIC, '--all']);
    expect(all.lines).toContain(`sent again: ${DEAD} ${other.position}`);
    expect(all.lines).not.toContain(`sent again: ${DEAD} ${letter.position}`);
    expect((await events(['resend', '--topic', TOPIC, '--all'])).lines).toEqual(['No dead letter waits.']);

    const again = await events(['dead', '--topic', TOPIC]);
    expect(again.lines.find((text) => text.includes(letter.key))).toContain(
      'sent again, was: REFUSED NOT_FOUND',
    );

    const [message, ...more] = await arrived(letter.key, 1);
    expect(more).toEqual([]);
    expect(message?.value?.toString()).toBe(letter.value);
    const headers = Object.fromEntries(
      Object.entries(message?.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    expect(headers).toEqual(letter.headers);
  }, 300_000);
});

test('a message that two services have set aside is sent again once', async () => {
  const [key, origin] = [freshId(), `3:${freshId()}`];
  await lay(DEAD, 'REFUSED NOT_FOUND', { key, origin });
  await lay(DEAD, 'REFUSED NOT_FOUND', { key, origin });
  const { lines } = await events(['resend', '--topic', TOPIC, '--all']);
  expect(lines.map((line) => line.split(':')[0])).toEqual(
    expect.arrayContaining(['sent again', 'was sent with another']),
  );
  const after = await lay(TOPIC, undefined, { key });
  expect((await arrived(key, 2)).map((message) => message.value?.toString()).at(-1)).toBe(after.value);
  expect(await arrived(key, 2)).toHaveLength(2);
  expect((await events(['resend', '--topic', TOPIC, '--all'])).lines).toEqual(['No dead letter waits.']);
}, 300_000);

describe('what cannot be done is said in one sentence, with exit code 1', () => {
  test.each([
    ['no Kafka', ['tail'], 'Kafka does not answer at 127.0.0.1:1'],
    ['no command', [], 'npm run events -- COMMAND'],
    ['an unknown command', ['tale'], 'npm run events -- COMMAND'],
    ['an unknown option', ['tail', '--form-beginning'], '--form-beginning'],
    ['an unknown topic', ['tail', '--topic', 'orders'], 'There is no topic orders'],
    ['resend of nothing in particular', ['resend'], 'Say which'],
    ['resend of all and one', ['resend', '--all', '--topic', TOPIC, '--position', '0:1'], 'Say which'],
    ['a position of no topic', ['resend', '--position', '0:1'], 'add --topic'],
  ])('%s', async (_, args, sentence) => {
    const { code, lines, error } = await events(args, { KAFKA_BROKERS: '127.0.0.1:1' });
    expect({ code, lines }).toEqual({ code: 1, lines: [] });
    expect(error).toContain(sentence);
    expect(error).not.toContain('    at ');
  });

  test.each([
    ['3-17', 'is no position'],
    ['0:999999', 'has no letter'],
    ['99:0', 'has no letter'],
  ])('the position %s', async (position, sentence) => {
    const { code, error } = await events(['resend', '--topic', TOPIC, '--position', position]);
    expect(code).toBe(1);
    expect(error).toContain(sentence);
  });
});

test('the example for outside programs prints a conversion', async () => {
  const [leadId, clientId] = [freshId(), freshId()];
  const touch = { channel: 'OFFLINE', campaignId: null, at: '2026-03-02T02:00:00.000Z' } as const;
  const event = LeadConverted({
    leadId,
    clientId,
    firstTouch: touch,
    lastTouch: touch,
    daysToConvert: 3,
    campaignId: null,
    referrerClientId: null,
  });
  const id = freshId();
  const time = new Date('2026-03-02T02:00:00Z');
  const headers = cloudEventHeaders({
    id,
    contract: event.contract,
    source: '/marketing',
    key: leadId,
    sequence: 1,
    time,
  });
  const producer = kafka.producer({ retry: { retries: 10 } });
  await producer.connect();
  await producer.send({
    topic: 'marketing.v1',
    messages: [{ key: leadId, value: JSON.stringify(event.data), headers }],
  });
  await producer.disconnect();
  const { child, said, ended } = run([ours('../../../packages/events/example/conversions.mjs')]);
  await until(() => said.out.includes(leadId));
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(said.out.split('\n')).toContain(
    `2026-03-02T02:00:00.000Z ${id}: lead ${leadId} is client ${clientId}`,
  );
}, 300_000);
