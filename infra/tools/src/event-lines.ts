import { randomUUID } from 'node:crypto';
import { keepConsuming, readEvent, type Topic, UnreadableMessage } from '@client-graph/events';
import type { Admin, Kafka, KafkaMessage } from 'kafkajs';
import { NOTHING_NEW_MS } from './kafka.js';

/** Hands on each event as one line until stopped: from now on, or from the first one Kafka still has. */
export function tailEvents(
  { kafka, admin }: { kafka: Kafka; admin: Admin },
  options: { topics: readonly Topic[]; fromBeginning: boolean; each: (line: string) => void },
): { stop: () => Promise<void> } {
  const groupId = `client-graph.tail.${randomUUID()}`;
  const consuming = keepConsuming({
    kafka,
    group: { groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: NOTHING_NEW_MS },
    topics: [...options.topics],
    fromBeginning: options.fromBeginning,
    run: {
      autoCommit: false,
      eachMessage: async ({ topic, partition, message }) => options.each(lineOf(topic, partition, message)),
    },
  });
  return {
    stop: async () => {
      await consuming.stop();
      await admin.deleteGroups([groupId]).catch(() => undefined);
    },
  };
}

/** Time, topic, type, key, sequence, data. A message that is no event is shown with its place and why. */
function lineOf(topic: string, partition: number, message: KafkaMessage): string {
  try {
    const event = readEvent(topic, message);
    return [
      event.time.toISOString(),
      topic,
      event.type,
      event.key,
      event.sequence,
      JSON.stringify(event.data),
    ].join(' ');
  } catch (error) {
    if (!(error instanceof UnreadableMessage)) throw error;
    const time = new Date(Number(message.timestamp)).toISOString();
    return [
      time,
      topic,
      'UNREADABLE',
      message.key?.toString() ?? '-',
      `${partition}:${message.offset}`,
      error.message,
    ].join(' ');
  }
}
