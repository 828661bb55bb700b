import { keepConsuming, type ReceivedEvent, readEvent, TOPICS } from '@client-graph/events';
import { Kafka, logLevel } from 'kafkajs';

/** Every event of the graph from now on, in the order it was heard. Resolves once nothing that comes can be missed. */
export async function hearEvents(
  brokers: string,
  groupId: string,
): Promise<{ heard: ReceivedEvent<unknown>[]; stop: () => Promise<void> }> {
  const kafka = new Kafka({ clientId: groupId, brokers: brokers.split(','), logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  const begin = new Map<string, bigint>();
  for (const topic of TOPICS) {
    for (const { partition, high } of await admin.fetchTopicOffsets(topic))
      begin.set(`${topic}/${partition}`, BigInt(high));
  }
  await admin.disconnect();
  const heard: ReceivedEvent<unknown>[] = [];
  // Read from the beginning and skip what was there before: a group that begins at the end may miss what is sent while it joins.
  const consuming = keepConsuming({
    kafka,
    group: { groupId, maxWaitTimeInMs: 200 },
    topics: [...TOPICS],
    fromBeginning: true,
    run: {
      eachMessage: async ({ topic, partition, message }) => {
        if (BigInt(message.offset) >= (begin.get(`${topic}/${partition}`) ?? 0n))
          heard.push(readEvent(topic, message));
      },
    },
  });
  return { heard, stop: consuming.stop };
}
