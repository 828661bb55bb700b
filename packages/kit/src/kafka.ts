import { setTimeout as delay } from 'node:timers/promises';
import { COMPACTED_TOPICS, deadTopic, TOPICS } from '@client-graph/events';
import { type Admin, Kafka, logLevel, type Producer } from 'kafkajs';

const PARTITIONS = 6;

export const createKafka = (service: string, brokers: string[]): Kafka =>
  new Kafka({
    clientId: `client-graph.${service}`,
    brokers,
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    // A broker that vanishes ends no connection; kafkajs by itself waits half a minute for each try.
    requestTimeout: 10_000,
    retry: { retries: 3, maxRetryTime: 3_000 },
  });

/** Acknowledged by all replicas, one batch in flight, numbered by the broker: no gap and no swap within a partition. */
export const createProducer = (kafka: Kafka): Producer =>
  kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    retry: { retries: 5, maxRetryTime: 5_000 },
  });

/** What a topic keeps: the last of each key, or all for ever, so that whoever comes later can hear it from the beginning. */
const keepingOf = (name: string): { name: string; value: string }[] =>
  COMPACTED_TOPICS.some((topic) => topic === name)
    ? [{ name: 'cleanup.policy', value: 'compact' }]
    : [{ name: 'retention.ms', value: '-1' }];

/** Waits until the topic takes messages: it is listed before its partitions have a leader that knows of it. */
async function answers(admin: Admin, topic: string, tries = 50): Promise<void> {
  for (let left = tries; ; left -= 1) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (left === 0) throw error;
      await delay(200);
    }
  }
}

/**
 * Creates the topics of the graph that are missing, dead-letter topics included, and returns once each answers. Any service may
 * do it first; two at once do no harm.
 */
export async function ensureTopics(kafka: Kafka, replicationFactor = -1): Promise<void> {
  const admin = kafka.admin();
  const topics = [...TOPICS, ...TOPICS.map(deadTopic)];
  await admin.connect();
  try {
    const present = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !present.has(topic));
    if (missing.length > 0) {
      await admin
        .createTopics({
          topics: missing.map((topic) => ({
            topic,
            numPartitions: PARTITIONS,
            replicationFactor,
            configEntries: keepingOf(topic),
          })),
        })
        .catch(async (error: unknown) => {
          const now = new Set(await admin.listTopics());
          if (missing.some((topic) => !now.has(topic))) throw error;
        });
    }
    for (const topic of topics) await answers(admin, topic);
  } finally {
    await admin.disconnect();
  }
}
