import { deadTopic, keepConsuming, LeadCreated, type Topic } from '@client-graph/events';
import { createKafka, createLog, ensureTopics, refuse, transact } from '@client-graph/kit';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Kafka, KafkaMessage } from 'kafkajs';
import { startConsumer } from '../../kit/src/consumer.js';
import { createMetrics } from '../../kit/src/metrics.js';
import { startRelay } from '../../kit/src/relay.js';
import { fixture, mood, noted } from './fixture.js';
import { aService, freshId, until, type World } from './index.js';

const log = createLog('test', 'silent');
let world: World;
let kafka: Kafka;
let databaseUrl: string;
const service = fixture(`fixture-${freshId().slice(-6)}`);
const parts: { stop: () => Promise<unknown> }[] = [];

beforeAll(async () => {
  world = await aService(service);
  databaseUrl = String(Reflect.get(world.db.source.options, 'url'));
  kafka = createKafka('test', (process.env['TEST_KAFKA_BROKERS'] ?? '').split(','));
  await ensureTopics(kafka);
});
afterEach(async () => {
  mood.onEvent = async () => undefined;
  await Promise.all(parts.splice(0).map((part) => part.stop()));
});
afterAll(() => world.stop());

const relay = () => {
  const started = startRelay({
    databaseUrl,
    service: service.name,
    kafka,
    log,
    metrics: createMetrics(service.name),
  });
  parts.push(started);
  return started;
};
const consumer = () =>
  parts.push(
    startConsumer({
      db: world.db,
      kafka,
      service: service.name,
      handlers: service.handlers,
      log,
      metrics: createMetrics(service.name),
    }),
  );

/** Every message of a topic from now on, or from the beginning. */
function listen(topic: string): KafkaMessage[] {
  const seen: KafkaMessage[] = [];
  parts.push(
    keepConsuming({
      kafka,
      group: { groupId: `test-${freshId()}` },
      topics: [topic],
      fromBeginning: true,
      run: { eachMessage: async ({ message }) => void seen.push(message) },
    }),
  );
  return seen;
}
const header = (message: KafkaMessage, name: string) => String(message.headers?.[name]);

const aLead = (leadId: string) =>
  LeadCreated({ leadId, channel: 'OFFLINE', campaignId: null, consentOk: true, reason: null });
const record = (...drafts: ReturnType<typeof aLead>[]) => transact(world.db, (tx) => tx.record(...drafts));
const effectsOf = (key: string) =>
  world.sql<{ sequence: string }>('select sequence from effect where key = $1 order by n', [key]);
async function sendRaw(
  topic: Topic,
  message: { key: string; value: string; headers?: Record<string, string> },
): Promise<void> {
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic, messages: [message] });
  await producer.disconnect();
}

test('two relays send each event once, as a CloudEvent, in order per key', async () => {
  const key = freshId();
  const seen = listen('service.v1');
  relay();
  relay();
  for (let n = 0; n < 50; n += 1) await transact(world.db, (tx) => tx.record(noted(key, freshId())));
  const mine = () => seen.filter((message) => message.key?.toString() === key);
  await until(() => mine().length >= 50);
  expect(mine().map((message) => Number(header(message, 'ce_sequence')))).toEqual(
    Array.from({ length: 50 }, (_, n) => n + 1),
  );
  expect(header(mine()[0] as KafkaMessage, 'ce_type')).toBe('interaction.logged');
  expect(header(mine()[0] as KafkaMessage, 'ce_source')).toBe(`/${service.name}`);
  await until(async () => (await world.sql('select 1 from outbox where published_at is null')).length === 0);
  expect(mine()).toHaveLength(50);
});

test('a standby relay takes over when the active one is gone', async () => {
  const key = freshId();
  const first = relay();
  await record(aLead(key));
  await until(async () => (await world.sql('select 1 from outbox where published_at is null')).length === 0);
  relay();
  await first.stop();
  await record(aLead(key));
  await until(async () => (await world.sql('select 1 from outbox where published_at is null')).length === 0);
});

test('a fault holds the partition and is tried again until it passes; the effect comes once and in order', async () => {
  const key = freshId();
  let faults = 3;
  mood.onEvent = async (_, of) => {
    if (of === key && faults > 0) {
      faults -= 1;
      throw new Error('The database is tired.');
    }
  };
  relay();
  consumer();
  await record(aLead(key), aLead(key));
  await until(async () => (await effectsOf(key)).length === 2);
  expect((await effectsOf(key)).map((row) => Number(row.sequence))).toEqual([1, 2]);
  expect(faults).toBe(0);
});

test('what a use case refuses, and what cannot be read, is set aside with its reason; the rest of the partition goes on', async () => {
  const key = freshId();
  const dead = listen(deadTopic('marketing.v1'));
  mood.onEvent = async (tx, of) => {
    if (of === key && (await tx.query('select 1 from effect where key = $1', [of])).length === 1)
      throw refuse('NOT_FOUND');
  };
  relay();
  consumer();
  await record(aLead(key));
  await sendRaw('marketing.v1', { key, value: 'not JSON', headers: headersOf(key) });
  await sendRaw('marketing.v1', { key, value: '{"leadId": 7}', headers: headersOf(key) });
  await sendRaw('marketing.v1', { key, value: '{}' });
  const reasons = () =>
    dead
      .filter(
        (message) => message.key?.toString() === key && header(message, 'dead-consumer') === service.name,
      )
      .map((message) => header(message, 'dead-reason'));
  await until(() => reasons().length >= 4);
  expect(reasons().sort()).toEqual([
    'REFUSED NOT_FOUND',
    'UNREADABLE The header ce_type is missing.',
    'UNREADABLE The value is not JSON.',
    'UNREADABLE lead.created does not fit its contract: leadId, channel, campaignId, consentOk, reason.',
  ]);
  mood.onEvent = async () => undefined;
  await record(aLead(key));
  await until(async () => (await effectsOf(key)).length === 1);
});

const headersOf = (key: string) => ({
  ce_id: freshId(),
  ce_type: 'lead.created',
  ce_source: '/marketing',
  ce_subject: key,
  ce_time: new Date(0).toISOString(),
  ce_dataschema: 'lead.created/v1',
  ce_sequence: '1',
});

test('an event that Kafka delivers again has no second effect', async () => {
  const key = freshId();
  consumer();
  const message = { key, value: JSON.stringify(aLead(key).data), headers: headersOf(key) };
  for (let n = 0; n < 5; n += 1) await sendRaw('marketing.v1', message);
  await record(aLead(key));
  relay();
  await until(async () => (await effectsOf(key)).length >= 2);
  expect(await effectsOf(key)).toHaveLength(2);
});
