import { Kafka, logLevel } from 'kafkajs';
import type { EventDefinition, ReceivedEvent } from './define.js';
import { dataOf, readEvent } from './wire.js';

/** Pairs an event with what to do about it. Returning means done; throwing means: deliver it again. */
export type Subscription = { definition: EventDefinition<unknown>; run: (event: ReceivedEvent<unknown>) => Promise<void> };

export const on = <Data>(
  definition: EventDefinition<Data>,
  run: (event: ReceivedEvent<Data>) => Promise<void> | void,
): Subscription => ({
  definition: definition as EventDefinition<unknown>,
  run: async (event) => run({ ...event, data: dataOf(definition, event) }),
});

export type ConsumeOptions = {
  /** `host:port` of the Kafka brokers. */
  brokers: string[];
  /** The name under which Kafka remembers how far this program has read. */
  groupId: string;
  subscriptions: Subscription[];
  /** Read from the first event Kafka still has when the group is new; true by default. */
  fromBeginning?: boolean;
  /** Called for a message that is no event or does not fit its contract; it is skipped afterwards. Default: throw. */
  onUnreadable?: (reason: Error, position: { topic: string; partition: number; offset: string }) => Promise<void> | void;
};

/**
 * Reads events for a program outside the graph. At least once: remember `event.id` where twice would hurt.
 * Events of one key arrive in order. Resolves when the consumer has joined; `stop` finishes the event at hand.
 */
export async function consume(options: ConsumeOptions): Promise<{ stop: () => Promise<void> }> {
  const kafka = new Kafka({ clientId: options.groupId, brokers: options.brokers, logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: options.groupId });
  const byType = new Map(options.subscriptions.map((s) => [s.definition.type, s]));
  await consumer.connect();
  await consumer.subscribe({
    topics: [...new Set(options.subscriptions.map((s) => s.definition.topic))],
    fromBeginning: options.fromBeginning ?? true,
  });
  await consumer.run({
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
  });
  return { stop: () => consumer.disconnect() };
}
