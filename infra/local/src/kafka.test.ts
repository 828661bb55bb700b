import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Kafka as KafkaClient, logLevel } from 'kafkajs';
import { type Kafka, startKafka } from './kafka.js';
import { freePort } from './ports.js';

let folder: string;
let kafka: Kafka;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-graph-kafka-'));
  kafka = await startKafka({ port: await freePort(), dataDir: join(folder, 'data') });
}, 300_000);
afterAll(async () => {
  await kafka?.stop();
  await rm(folder, { recursive: true, force: true });
});

const client = () =>
  new KafkaClient({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING, retry: { retries: 1 } });

test('what was acknowledged is there after a kill, and no topic comes into being by itself', async () => {
  const admin = client().admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'kept' }], waitForLeaders: true });
  await admin.disconnect();
  const producer = client().producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  await producer.send({ topic: 'kept', acks: -1, messages: [{ key: 'a', value: '7' }] });
  await expect(producer.send({ topic: 'absent', messages: [{ value: '7' }] })).rejects.toThrow(
    /does not host this topic-partition/,
  );
  await producer.disconnect();

  kafka.kill('SIGKILL');
  await kafka.exited;
  kafka = await startKafka({ port: kafka.port, dataDir: join(folder, 'data') });

  const after = client().admin();
  await after.connect();
  const offsets = await untilLed(() => after.fetchTopicOffsets('kept'));
  expect(offsets).toHaveLength(6);
  expect(offsets.reduce((sum, { high }) => sum + Number(high), 0)).toBe(1);
  expect(await after.listTopics()).not.toContain('absent');
  await after.disconnect();
});

test('a port that is taken is told in one sentence', async () => {
  const again = startKafka({ port: kafka.port, dataDir: join(folder, 'second') });
  await expect(again).rejects.toThrow(
    `Kafka could not start because port ${kafka.port} is taken by another program`,
  );
});

test('a data folder in use is told in one sentence', async () => {
  const again = startKafka({ port: await freePort(), dataDir: join(folder, 'data') });
  await expect(again).rejects.toThrow('another Kafka is using its data folder');
});

/** A node that has just started takes a moment to lead its partitions again; clients ask again until it does. */
async function untilLed<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!String(error).includes('not the leader')) throw error;
    }
  }
}
