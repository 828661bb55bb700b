import { deadTopic, keepConsuming, readEvent, UnreadableMessage } from '@client-graph/events';
import type { EachBatchPayload, Kafka, KafkaMessage, Producer, ProducerRecord } from 'kafkajs';
import { asService, type Db, transact } from './db.js';
import { applyEvent, type Handler } from './handler.js';
import { createProducer } from './kafka.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';
import { isRefusal } from './refusals.js';

const BACKOFF_MS = { first: 100, max: 30_000 } as const;
const PARTITIONS_AT_ONCE = 3;

type ConsumerOptions = {
  db: Db;
  kafka: Kafka;
  service: string;
  handlers: readonly Handler[];
  log: Log;
  metrics: Metrics;
};

/**
 * Feeds a service's handlers from Kafka. Each event is one transaction with its inbox mark, so its effect is applied once.
 * A fault holds the partition and tries again with growing pauses; a message that cannot be read, or that a use case
 * refuses, goes to `<topic>.dead` with the reason and the partition moves on.
 */
export function startConsumer(options: ConsumerOptions): { stop: () => Promise<void> } {
  const { kafka, service, handlers, log } = options;
  const topics = [...new Set(handlers.map((handler) => handler.topic))];
  if (topics.length === 0) return { stop: async () => undefined };
  const dead = lazyProducer(kafka);
  const consuming = keepConsuming({
    kafka,
    // A member that dies is noticed after the session time; much shorter, and a slow disk looks like death.
    group: {
      groupId: `client-graph.${service}`,
      sessionTimeout: 10_000,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 500,
    },
    topics,
    fromBeginning: true,
    run: {
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
      eachBatch: eachBatch(dead.send, options),
    },
    onRestart: (reason) => log.warn({ err: reason }, 'consumer begins again'),
  });
  return {
    stop: async () => {
      await consuming.stop();
      await dead.stop();
    },
  };
}

function eachBatch(setAside: Send, options: ConsumerOptions): (payload: EachBatchPayload) => Promise<void> {
  const failures = new Map<string, number>();
  return async (payload) => {
    const { batch, isRunning, isStale, resolveOffset, heartbeat, commitOffsetsIfNecessary } = payload;
    const place = `${batch.topic}/${batch.partition}`;
    for (const message of batch.messages) {
      if (!isRunning() || isStale()) return;
      try {
        await takeIn(message, payload, setAside, options);
        failures.delete(place);
      } catch (error) {
        const count = (failures.get(place) ?? 0) + 1;
        failures.set(place, count);
        const pauseMs = Math.min(BACKOFF_MS.first * 2 ** (count - 1), BACKOFF_MS.max);
        options.metrics.handled.inc({ type: 'any', outcome: 'retried' });
        options.log.warn(
          { err: error, place, offset: message.offset, count, pauseMs },
          'event is tried again',
        );
        setTimeout(payload.pause(), pauseMs).unref();
        return;
      }
      resolveOffset(message.offset);
      await commitOffsetsIfNecessary();
      await heartbeat();
    }
  };
}

type Send = (record: ProducerRecord) => Promise<void>;

/** A producer for dead letters, connected when the first one comes and anew after a fault. */
function lazyProducer(kafka: Kafka): { send: Send; stop: () => Promise<void> } {
  let connected: Promise<Producer> | undefined;
  const connect = async () => {
    const producer = createProducer(kafka);
    await producer.connect();
    return producer;
  };
  const stop = async () => {
    const producer = await connected?.catch(() => undefined);
    connected = undefined;
    await producer?.disconnect();
  };
  return {
    send: async (record) => {
      connected ??= connect();
      try {
        await (await connected).send(record);
      } catch (error) {
        await stop().catch(() => undefined);
        throw error;
      }
    },
    stop,
  };
}

async function takeIn(
  message: KafkaMessage,
  { batch }: EachBatchPayload,
  setAside: Send,
  options: ConsumerOptions,
): Promise<void> {
  const { db, service, handlers, metrics, log } = options;
  let type = 'unreadable';
  try {
    const event = readEvent(batch.topic, message);
    if (!handlers.some((handler) => handler.type === event.type)) return;
    type = event.type;
    const ofEvent = { ...asService(db), traceparent: event.traceparent };
    await transact(ofEvent, (tx) => applyEvent(tx, service, handlers, event));
    metrics.handled.inc({ type, outcome: 'done' });
  } catch (error) {
    const reason = reasonToSetAside(error);
    if (reason === undefined) throw error;
    await setAside({
      topic: deadTopic(batch.topic),
      acks: -1,
      messages: [
        {
          key: message.key,
          value: message.value,
          headers: {
            ...message.headers,
            'dead-reason': reason,
            'dead-consumer': service,
            'dead-position': `${batch.partition}:${message.offset}`,
            'dead-at': db.now().toISOString(),
          },
        },
      ],
    });
    metrics.handled.inc({ type, outcome: 'dead' });
    log.error(
      { topic: batch.topic, partition: batch.partition, offset: message.offset, reason },
      'event was set aside in the dead-letter topic',
    );
  }
}

/** Waiting mends neither an unreadable message nor a refusal; undefined for everything that waiting may mend. */
function reasonToSetAside(error: unknown): string | undefined {
  if (isRefusal(error)) return `REFUSED ${error.code}`;
  if (error instanceof UnreadableMessage) return `UNREADABLE ${error.message}`;
  return undefined;
}
