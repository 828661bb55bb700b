import { setTimeout as delay } from 'node:timers/promises';
import { type Consumer, type ConsumerConfig, type ConsumerRunConfig, Kafka, logLevel } from 'kafkajs';
import type { EventDefinition, ReceivedEvent } from './define.js';
import { dataOf, readEvent } from './wire.js';

/** Pairs an event with what to do about it. Returning means done; throwing means: deliver it again. */
export type Subscription = {
  type: string;
  topic: string;
  run: (event: ReceivedEvent<unknown>) => Promise<void>;
};

/** `onForgotten` hears of a key of a compacted topic that is to be forgotten. */
export const on = <Data>(
  definition: EventDefinition<Data>,
  run: (event: ReceivedEvent<Data>) => Promise<void> | void,
  onForgotten?: (key: string) => Promise<void> | void,
): Subscription => ({
  type: definition.type,
  topic: definition.topic,
  run: async (event) =>
    event.data === null && onForgotten !== undefined
      ? onForgotten(event.key)
      : run({ ...event, data: dataOf(definition, event) }),
});

export type ConsumeOptions = {
  /** `host:port` of the Kafka brokers. */
  brokers: string[];
  /** The name under which Kafka remembers how far this program has read. */
  groupId: string;
  subscriptions: Subscription[];
  /** Read from the first event Kafka still has when the group is new; true by default. */
  fromBeginning?: boolean;
  /** Called for a message that is no event or does not fit its contract; it is skipped afterwards. Default: throw, so that it is delivered again. */
  onUnreadable?: (
    reason: Error,
    position: { topic: string; partition: number; offset: string },
  ) => Promise<void> | void;
};

/**
 * Reads events for a program outside the graph. At least once: remember `event.id` where twice would hurt.
 * Events of one key arrive in order. `stop` finishes the event at hand.
 */
export function consume(options: ConsumeOptions): { stop: () => Promise<void> } {
  const kafka = new Kafka({
    clientId: options.groupId,
    brokers: options.brokers,
    logLevel: logLevel.NOTHING,
  });
  const byType = new Map(options.subscriptions.map((s) => [s.type, s]));
  return keepConsuming({
    kafka,
    group: { groupId: options.groupId },
    topics: [...new Set(options.subscriptions.map((s) => s.topic))],
    fromBeginning: options.fromBeginning ?? true,
    run: {
      eachMessage: async ({ topic, partition, message }) => {
        try {
          const event = readEvent(topic, message);
          await byType.get(event.type)?.run(event);
        } catch (error) {
          const isUnreadable = error instanceof Error && error.name === 'UnreadableMessage';
          if (!isUnreadable || options.onUnreadable === undefined) throw error;
          await options.onUnreadable(error, { topic, partition, offset: message.offset });
        }
      },
    },
  });
}

type KeepConsuming = {
  kafka: Kafka;
  group: ConsumerConfig;
  topics: string[];
  fromBeginning: boolean;
  run: ConsumerRunConfig;
  /** Hears why the consumer begins again. */
  onRestart?: (reason: unknown) => void;
};

const RESTART_MS = 500;
/** How long a stop waits for the event at hand, and for a broker that may be away. What it misses is delivered again. */
const STOP_MS = 5_000;
/** A consumer hears from the broker every few seconds, but for a rebalance of a minute at most; one that has heard nothing for so long is stuck. */
const SILENCE_MS = 120_000;

/**
 * A kafkajs consumer that never stays dead. kafkajs by itself gives up for good on errors that pass, such as a group
 * coordinator that is away while a broker starts; here a new consumer of the same group takes over where it stopped.
 */
export function keepConsuming(options: KeepConsuming): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  // kafkajs does not begin again by itself: two who do would bring two consumers to life, of which one is never stopped.
  const retry = { retries: 5, ...options.group.retry, restartOnFailure: async () => false };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const consumer = options.kafka.consumer({ ...options.group, retry });
      try {
        await Promise.race([stopped, consumeUntilFault(consumer, options)]);
      } catch (error) {
        options.onRestart?.(error);
      } finally {
        await within(STOP_MS, consumer.disconnect());
      }
      await delay(RESTART_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await within(STOP_MS, running);
    },
  };
}

const within = (ms: number, work: Promise<void>): Promise<void> =>
  Promise.race([work.catch(() => undefined), delay(ms, undefined, { ref: false })]);

/** Consumes; rejects when the consumer has crashed, or has gone silent without a word. */
async function consumeUntilFault(consumer: Consumer, options: KeepConsuming): Promise<void> {
  let watch: NodeJS.Timeout | undefined;
  const fault = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    watch = setTimeout(() => reject(new Error('The consumer has fallen silent.')), SILENCE_MS).unref();
  });
  for (const sign of [consumer.events.FETCH, consumer.events.HEARTBEAT, consumer.events.END_BATCH_PROCESS])
    consumer.on(sign, () => watch?.refresh());
  const begin = async () => {
    await consumer.connect();
    await consumer.subscribe({ topics: options.topics, fromBeginning: options.fromBeginning });
    await consumer.run(options.run);
  };
  try {
    await Promise.race([begin(), fault]);
    await fault;
  } finally {
    clearTimeout(watch);
  }
}
