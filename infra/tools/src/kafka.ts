import { deadTopic, TOPICS, type Topic } from '@client-graph/events';
import { type Admin, type Consumer, Kafka, type KafkaMessage, logLevel } from 'kafkajs';

/** Something the person at the keyboard can put right: its message is one sentence, and no stack is shown. */
export class KafkaProblem extends Error {
  override readonly name = 'KafkaProblem';
}

/** A running Kafka to ask. Throws a KafkaProblem when none answers. */
export async function openKafka(brokers: string): Promise<{ kafka: Kafka; admin: Admin }> {
  const kafka = new Kafka({
    clientId: 'client-graph.events',
    brokers: brokers.split(',').map((broker) => broker.trim()),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    // Partitions and groups change hands for some seconds when a broker falls behind: what is asked then is asked again.
    retry: { retries: 10, maxRetryTime: 5_000 },
  });
  const knock = kafka.admin({ retry: { retries: 2 } });
  const admin = kafka.admin();
  try {
    await knock.connect();
    await admin.connect();
  } catch {
    await admin.disconnect().catch(() => undefined);
    throw new KafkaProblem(
      `Kafka does not answer at ${brokers}: start the graph with npm start, or name its brokers in KAFKA_BROKERS.`,
    );
  } finally {
    await knock.disconnect().catch(() => undefined);
  }
  return { kafka, admin };
}

/** How long a broker with nothing to tell keeps a consumer waiting: a command that ends waits for that answer too. */
export const NOTHING_NEW_MS = 300;

const isTopic = (name: string): name is Topic => TOPICS.some((topic) => topic === name);

/** The topics meant: those named, all when none is. Throws a KafkaProblem for a name that is no topic of the graph. */
export function topicsMeant(names: readonly string[]): Topic[] {
  const meant = names.filter(isTopic);
  const strange = names.find((name) => !isTopic(name));
  if (strange !== undefined)
    throw new KafkaProblem(`There is no topic ${strange}: choose of ${TOPICS.join(', ')}.`);
  return meant.length > 0 ? meant : [...TOPICS];
}

/** A partition of a dead-letter topic and the offsets it holds: from `low` to the one before `high`. */
export type Held = { topic: string; partition: number; low: bigint; high: bigint };

/** What the dead-letter topics hold now; partitions without a letter and topics not made yet are left out. */
export async function heldLetters(admin: Admin, topics: readonly Topic[]): Promise<Held[]> {
  const present = new Set(await admin.listTopics());
  const held: Held[] = [];
  for (const topic of topics.map(deadTopic).filter((name) => present.has(name))) {
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      if (BigInt(low) < BigInt(high)) held.push({ topic, partition, low: BigInt(low), high: BigInt(high) });
    }
  }
  return held;
}

export type Letter = { topic: string; partition: number; message: KafkaMessage };

/**
 * Hands on what each part holds, from its `low` up to its `high`, however much comes in meanwhile: one letter at a time, so
 * that `take` may commit it. The group's own offsets must not lie beyond `low`.
 */
export async function readParts(
  consumer: Consumer,
  parts: readonly Held[],
  take: (letter: Letter) => Promise<void>,
): Promise<void> {
  const open = new Map(parts.map((part) => [`${part.topic}/${part.partition}`, part]));
  await consumer.connect();
  await consumer.subscribe({ topics: [...new Set(parts.map((part) => part.topic))], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => !payload.restart && reject(payload.error));
    consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
      const isMine = (part: Held) => memberAssignment[part.topic]?.includes(part.partition) ?? false;
      if (![...open.values()].every(isMine)) {
        reject(new KafkaProblem('The same command is at work elsewhere: try again when it is done.'));
      }
    });
    const eachMessage = async ({ topic, partition, message }: Letter) => {
      const place = `${topic}/${partition}`;
      const part = open.get(place);
      const offset = BigInt(message.offset);
      if (part === undefined || offset < part.low) return;
      if (offset < part.high) await take({ topic, partition, message });
      if (offset + 1n >= part.high) open.delete(place);
      if (open.size === 0) resolve();
    };
    consumer.run({ autoCommit: false, eachMessage }).catch(reject);
  });
}
