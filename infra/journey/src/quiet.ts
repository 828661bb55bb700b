import { deadTopic, TOPICS } from '@client-graph/events';
import { SERVICES } from '@client-graph/local';
import { type Admin, AssignerProtocol, Kafka, logLevel } from 'kafkajs';
import type { Databases } from './databases.js';
import { until } from './graph.js';

/** A Kafka client for looking on. */
export const onlooker = (brokers: string): Kafka =>
  new Kafka({ clientId: 'onlooker', brokers: brokers.split(','), logLevel: logLevel.NOTHING });

/** `topic/partition` → the offset after its last message. */
export async function highWatermarks(admin: Admin, topics: readonly string[]): Promise<Map<string, bigint>> {
  const found = new Map<string, bigint>();
  for (const topic of topics) {
    for (const { partition, high } of await admin.fetchTopicOffsets(topic))
      found.set(`${topic}/${partition}`, BigInt(high));
  }
  return found;
}

/**
 * Waits until nothing is on its way any more: every outbox sent, every consumer at the end of every partition, and no new message
 * while that was looked at (an event taken in may have caused another).
 */
export const untilQuiet = (brokers: string, databases: Databases): Promise<boolean> =>
  until(
    'every outbox is sent and every consumer has caught up',
    // A broker that has just come back does not know yet what it leads.
    () => isQuiet(brokers, databases).catch(() => false),
    240_000,
  );

async function isQuiet(brokers: string, databases: Databases): Promise<boolean> {
  const admin = onlooker(brokers).admin();
  try {
    await admin.connect();
    const high = await highWatermarks(admin, TOPICS);
    if (!(await haveCaughtUp(admin, high)) || (await waitingInOutboxes(databases)) > 0) return false;
    const after = await highWatermarks(admin, TOPICS);
    return [...high].every(([place, offset]) => after.get(place) === offset);
  } finally {
    await admin.disconnect();
  }
}

async function waitingInOutboxes(databases: Databases): Promise<number> {
  let waiting = 0;
  for (const service of SERVICES) {
    const [row] = await databases[service]<{ n: number }>(
      `select (select count(*) from outbox where published_at is null)::int
         + (select count(*) from audit_pending)::int as n`,
    );
    waiting += row?.n ?? 0;
  }
  return waiting;
}

async function haveCaughtUp(admin: Admin, high: ReadonlyMap<string, bigint>): Promise<boolean> {
  const { groups } = await admin.describeGroups(SERVICES.map((service) => `client-graph.${service}`));
  for (const { groupId, state, members } of groups) {
    if (state !== 'Stable') return false;
    const topics = [
      ...new Set(
        members.flatMap(
          (member) => AssignerProtocol.MemberMetadata.decode(member.memberMetadata)?.topics ?? [],
        ),
      ),
    ];
    if (topics.length === 0) return false;
    for (const { topic, partitions } of await admin.fetchOffsets({ groupId, topics })) {
      for (const { partition, offset } of partitions) {
        // −1: nothing was ever taken from this partition.
        const taken = offset === '-1' ? 0n : BigInt(offset);
        if (taken < (high.get(`${topic}/${partition}`) ?? 0n)) return false;
      }
    }
  }
  return true;
}

/** How many messages were set aside, on all topics. */
export async function deadLetters(brokers: string): Promise<bigint> {
  const admin = onlooker(brokers).admin();
  await admin.connect();
  try {
    const high = await highWatermarks(admin, TOPICS.map(deadTopic));
    return [...high.values()].reduce((sum, offset) => sum + offset, 0n);
  } finally {
    await admin.disconnect();
  }
}
