import { randomUUID } from 'node:crypto';
import type { Topic } from '@client-graph/events';
import type { Admin, Kafka, KafkaMessage } from 'kafkajs';
import { type Held, heldLetters, KafkaProblem, type Letter, NOTHING_NEW_MS, readParts } from './kafka.js';

/** Under this name Kafka remembers which dead letters have been sent again. */
const MEMORY = 'client-graph.dead-letters';

export type DeadLetter = {
  /** `loyalty.v1.dead 3:17`: topic, partition and offset. */
  position: string;
  /** When it was set aside. */
  at: string;
  type: string;
  key: string;
  /** The service that could not take it in. */
  consumer: string;
  reason: string;
  isResent: boolean;
};

type Session = { kafka: Kafka; admin: Admin };

/** Hands on every dead letter, oldest first in each partition. */
export async function listDead(
  { kafka, admin }: Session,
  topics: readonly Topic[],
  each: (letter: DeadLetter) => void,
): Promise<void> {
  const held = await heldLetters(admin, topics);
  if (held.length === 0) return;
  const memory = await recall(admin, held);
  // A reader of its own for each listing: the group that remembers is for sending only.
  const groupId = `${MEMORY}.${randomUUID()}`;
  const consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: NOTHING_NEW_MS,
  });
  try {
    await readParts(consumer, held, async (letter) => each(described(letter, memory)));
  } finally {
    await consumer.disconnect();
    await admin.deleteGroups([groupId]).catch(() => undefined);
  }
}

function described({ topic, partition, message }: Letter, memory: Memory): DeadLetter {
  const header = (name: string) => String(message.headers?.[name] ?? '-');
  return {
    position: `${topic} ${partition}:${message.offset}`,
    at: header('dead-at'),
    type: header('ce_type'),
    key: message.key?.toString() ?? '-',
    consumer: header('dead-consumer'),
    reason: header('dead-reason'),
    isResent: memory.has({ topic, partition, offset: BigInt(message.offset) }),
  };
}

/** All that wait, or the one at `partition:offset` of one topic. */
export type Which = { topics: readonly Topic[]; position: string | null };

/**
 * Sends dead letters to the topic they came from, as they were. Each is sent once: what was sent is remembered right after,
 * so only a death in between could send one twice, and consumers know an event by its id.
 */
export async function resendDead(
  { kafka, admin }: Session,
  which: Which,
  each: (line: string) => void,
): Promise<number> {
  const held = await heldLetters(admin, which.topics);
  const memory = await recall(admin, held);
  const wanted = which.position === null ? waiting(held, memory) : one(held, memory, which);
  if (wanted.length === 0) return 0;
  await refuseCompany(admin);
  const consumer = kafka.consumer({
    groupId: MEMORY,
    allowAutoTopicCreation: false,
    sessionTimeout: 10_000,
    heartbeatInterval: 1_000,
    maxWaitTimeInMs: NOTHING_NEW_MS,
  });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  const origins = new Set<string>();
  let count = 0;
  try {
    await producer.connect();
    await readParts(consumer, wanted, async ({ topic, partition, message }) => {
      const place = { topic, partition, offset: BigInt(message.offset) };
      if (memory.has(place)) return;
      // Each service that could not take a message in has set it aside: the message goes back once for all of them.
      const origin = `${topic} ${String(message.headers?.['dead-position'] ?? message.offset)}`;
      const isFirst = !origins.has(origin);
      if (isFirst) {
        await producer.send({ topic: topic.replace(/\.dead$/, ''), acks: -1, messages: [asItWas(message)] });
        origins.add(origin);
      }
      await consumer.commitOffsets([memory.add(place)]);
      count += 1;
      each(`${isFirst ? 'sent again' : 'was sent with another'}: ${topic} ${partition}:${message.offset}`);
    });
  } finally {
    await Promise.allSettled([consumer.disconnect(), producer.disconnect()]);
  }
  return count;
}

/** The message without what was written on it when it was set aside. */
const asItWas = ({ key, value, headers }: KafkaMessage) => ({
  key,
  value,
  headers: Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => !name.startsWith('dead-'))),
});

const waiting = (held: readonly Held[], memory: Memory): Held[] =>
  held.map((part) => ({ ...part, low: memory.next(part) })).filter((part) => part.low < part.high);

function one(held: readonly Held[], memory: Memory, { topics: [topic], position }: Which): Held[] {
  const [, partition, offset] = /^(\d+):(\d+)$/.exec(position ?? '') ?? [];
  if (partition === undefined || offset === undefined) {
    throw new KafkaProblem(
      `${position} is no position: give partition and offset as the list of dead letters shows them, 3:17.`,
    );
  }
  const at = BigInt(offset);
  const part = held.find((p) => p.partition === Number(partition) && p.low <= at && at < p.high);
  if (part === undefined) throw new KafkaProblem(`${topic}.dead has no letter at ${position}.`);
  return memory.has({ ...part, offset: at }) ? [] : [{ ...part, low: at, high: at + 1n }];
}

async function refuseCompany(admin: Admin): Promise<void> {
  const { groups } = await admin.describeGroups([MEMORY]);
  if (groups.some((group) => group.members.length > 0)) {
    throw new KafkaProblem(
      'Dead letters are being sent already: try again when that is done, or ten seconds after it was killed.',
    );
  }
}

type Place = { topic: string; partition: number; offset: bigint };

/**
 * What was sent again. Per partition the group's offset: all below it was sent. Letters sent singly above it stand in the
 * offset's metadata until the offset has caught up with them.
 */
class Memory {
  constructor(private readonly parts: Map<string, { next: bigint; above: Set<bigint> }>) {}

  private of({ topic, partition }: { topic: string; partition: number }) {
    return this.parts.get(`${topic}/${partition}`) ?? { next: 0n, above: new Set<bigint>() };
  }

  next(part: { topic: string; partition: number }): bigint {
    return this.of(part).next;
  }

  has(place: Place): boolean {
    const { next, above } = this.of(place);
    return place.offset < next || above.has(place.offset);
  }

  /** Notes a letter as sent; returns what is to be committed. */
  add(place: Place): { topic: string; partition: number; offset: string; metadata: string } {
    const part = this.of(place);
    part.above.add(place.offset);
    while (part.above.delete(part.next)) part.next += 1n;
    const metadata = [...part.above].sort((a, b) => (a < b ? -1 : 1)).join(',');
    return { topic: place.topic, partition: place.partition, offset: String(part.next), metadata };
  }
}

async function recall(admin: Admin, held: readonly Held[]): Promise<Memory> {
  const topics = [...new Set(held.map((part) => part.topic))];
  const committed = topics.length === 0 ? [] : await admin.fetchOffsets({ groupId: MEMORY, topics });
  return new Memory(
    new Map(
      held.map(({ topic, partition, low }) => {
        const known = committed
          .find((c) => c.topic === topic)
          ?.partitions.find((p) => p.partition === partition);
        const next = BigInt(known?.offset ?? -1);
        const above = (known?.metadata ?? '')
          .split(',')
          .filter((text) => text !== '')
          .map(BigInt);
        // What Kafka no longer keeps cannot be sent any more.
        return [`${topic}/${partition}`, { next: next > low ? next : low, above: new Set(above) }];
      }),
    ),
  );
}
