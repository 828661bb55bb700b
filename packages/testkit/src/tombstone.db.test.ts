import { ClientSnapshot, COMPACTED_TOPICS, consume, forgotten, on } from '@client-graph/events';
import { createKafka, createLog, ensureTopics, transact } from '@client-graph/kit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ConfigResourceTypes, type Kafka } from 'kafkajs';
import { createMetrics } from '../../kit/src/metrics.js';
import { startRelay } from '../../kit/src/relay.js';
import { fixture } from './fixture.js';
import { aService, freshId, until, type World } from './index.js';

const brokers = (process.env['TEST_KAFKA_BROKERS'] ?? '').split(',');
const service = fixture(`fixture-${freshId().slice(-6)}`);
let world: World;
let kafka: Kafka;
beforeAll(async () => {
  world = await aService(service);
  kafka = createKafka('test', brokers);
  await ensureTopics(kafka);
});
afterAll(() => world.stop());

test('topics that keep the last message of a key are compacted, others are not', async () => {
  const admin = kafka.admin();
  await admin.connect();
  const policyOf = async (name: string) => {
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name }],
    });
    return resources[0]?.configEntries.find(({ configName }) => configName === 'cleanup.policy')?.configValue;
  };
  for (const topic of COMPACTED_TOPICS) expect(await policyOf(topic)).toBe('compact');
  expect(await policyOf('clients.v1')).toBe('delete');
  await admin.disconnect();
});

test('a key that is to be forgotten is a message without a value, which a program outside hears as such', async () => {
  const pseudonym = world.db.vault.hash('pseudonym', freshId());
  const heard: string[] = [];
  const consuming = consume({
    brokers,
    groupId: `test-${freshId()}`,
    subscriptions: [
      on(
        ClientSnapshot,
        ({ key, data }) => void (key === pseudonym && heard.push(data.status)),
        (key) => void (key === pseudonym && heard.push('FORGOTTEN')),
      ),
    ],
  });
  const relay = startRelay({
    databaseUrl: String(Reflect.get(world.db.source.options, 'url')),
    service: service.name,
    kafka,
    log: createLog('test', 'silent'),
    metrics: createMetrics(service.name),
  });
  const snapshot = ClientSnapshot({
    pseudonym,
    kind: 'INDIVIDUAL',
    class: 'ORDINARY',
    grade: 'BRONZE',
    status: 'ACTIVE',
    level: null,
    tier: null,
    ageBand: 'FROM_18',
    assetsBand: null,
  });
  await transact(world.db, (tx) => tx.record(snapshot, forgotten(ClientSnapshot, pseudonym)));
  await until(() => heard.length === 2);
  expect(heard).toEqual(['ACTIVE', 'FORGOTTEN']);
  await Promise.all([consuming.stop(), relay.stop()]);
});
