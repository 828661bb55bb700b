import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataOf, keepConsuming, LeadConverted, readEvent, UnreadableMessage } from '@client-graph/events';
import type { Admin, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { NOTHING_NEW_MS } from '../kafka.js';
import { SinkProblem } from './sink-problem.js';
import { newState, type SinkState, type StateFolder } from './state.js';
import { type ConversionEvent, jsonOf, type Target } from './target.js';

const TOPIC = LeadConverted.topic;

/** Where a sink begins that has not begun yet, or begins anew. */
export type Point =
  | { at: 'BEGINNING' }
  | { at: 'END' }
  | { at: 'TIME'; time: Date }
  | { at: 'OFFSETS'; offsets: Readonly<Record<string, string>> };

export type SinkOptions = {
  kafka: Kafka;
  admin: Admin;
  folder: StateFolder;
  target: Target;
  point: Point;
  /** Begin anew at the point, whatever was delivered before. */
  isReplay: boolean;
  /** End once all is delivered that is there now. */
  isOnce: boolean;
  say: (line: string) => void;
};

/** The offsets a point means, by partition. */
async function positionsAt(admin: Admin, point: Point): Promise<Record<string, string>> {
  const held = await admin.fetchTopicOffsets(TOPIC);
  switch (point.at) {
    case 'BEGINNING':
      return Object.fromEntries(held.map(({ partition, low }) => [partition, low]));
    case 'END':
      return Object.fromEntries(held.map(({ partition, high }) => [partition, high]));
    case 'TIME': {
      const found = await admin.fetchTopicOffsetsByTimestamp(TOPIC, point.time.getTime());
      return Object.fromEntries(
        found.map(({ partition, offset }) => {
          const end = held.find((each) => each.partition === partition)?.high ?? '0';
          return [partition, BigInt(offset) < 0n ? end : offset];
        }),
      );
    }
    case 'OFFSETS': {
      const strange = Object.keys(point.offsets).find(
        (p) => !held.some(({ partition }) => String(partition) === p),
      );
      if (strange !== undefined) throw new SinkProblem(`${TOPIC} has no partition ${strange}.`);
      return Object.fromEntries(
        held.map(({ partition, low }) => [partition, point.offsets[partition] ?? low]),
      );
    }
    default:
      return point satisfies never;
  }
}

/** Says so when Kafka no longer has what comes next: a sink never leaves anything out in silence. */
function tellMissing(
  state: SinkState,
  held: readonly { partition: number; low: string }[],
  say: SinkOptions['say'],
): void {
  for (const { partition, low } of held) {
    const next = BigInt(state.positions[partition] ?? low);
    if (next < BigInt(low))
      say(`partition ${partition}: offsets ${next} to ${BigInt(low) - 1n} are no longer in Kafka`);
  }
}

/**
 * Hands every conversion to the target, in order per lead, from where it stopped: the position is written down after what it covers
 * is delivered. A file gets each line once; a webhook gets each event at least once.
 */
export async function runSink(
  options: SinkOptions,
): Promise<{ stop: () => Promise<void>; ended: Promise<number> }> {
  const { kafka, admin, folder, target, point, isReplay, isOnce, say } = options;
  const before = folder.read();
  const state = before === null || isReplay ? newState(TOPIC, await positionsAt(admin, point)) : before;
  const held = await admin.fetchTopicOffsets(TOPIC);
  tellMissing(state, held, say);
  const bytes = await target.open(state.bytes);
  if (bytes !== undefined) state.bytes = bytes;
  folder.write(state);

  const goal = new Map(isOnce ? held.map(({ partition, high }) => [partition, BigInt(high)]) : []);
  const isDone = () =>
    isOnce && [...goal].every(([partition, high]) => BigInt(state.positions[partition] ?? '0') >= high);
  if (isDone()) return { ended: Promise.resolve(0), stop: () => target.close() };
  const groupId = await beginAt(kafka, state);
  let delivered = 0;
  let finish: (count: number) => void = () => undefined;
  const ended = new Promise<number>((resolve) => {
    finish = resolve;
  });
  const consuming = keepConsuming({
    kafka,
    group: {
      groupId,
      sessionTimeout: 10_000,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: NOTHING_NEW_MS,
    },
    topics: [TOPIC],
    fromBeginning: true,
    run: {
      eachBatchAutoResolve: false,
      eachBatch: async (payload) => {
        delivered += await takeBatch(payload, state, options);
        if (isDone()) finish(delivered);
      },
    },
    onRestart: (reason) => say(`begins again: ${reason instanceof Error ? reason.message : String(reason)}`),
  });
  return {
    ended,
    stop: async () => {
      await consuming.stop();
      await target.close();
      finish(delivered);
    },
  };
}

/**
 * A group of its own for each run, set to where the sink stopped: nobody is in it, so a run does not wait until Kafka has noticed the
 * death of the one before. The position on disk is what counts; the group serves a consumer that must begin again within the run.
 */
async function beginAt(kafka: Kafka, state: SinkState): Promise<string> {
  const groupId = `client-graph.sink.${randomUUID()}`;
  const positions = Object.entries(state.positions).map(([partition, offset]) => ({
    topic: TOPIC,
    partition: Number(partition),
    offset,
  }));
  // kafkajs's own admin.setOffsets does the same with a consumer that waits five seconds for nothing.
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: NOTHING_NEW_MS });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic: TOPIC });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.FETCH, () => resolve());
      consumer.on(consumer.events.CRASH, ({ payload }) => !payload.restart && reject(payload.error));
      consumer.run({ eachBatchAutoResolve: false, eachBatch: async () => undefined }).catch(reject);
      // What is paused is not read; where one has sought is written down as the group's position before the first fetch.
      consumer.pause([{ topic: TOPIC }]);
      for (const position of positions) consumer.seek(position);
    });
  } finally {
    await consumer.disconnect();
  }
  return groupId;
}

const AT_ONCE = 100;

/** Delivers a batch in parts; after each part its position is written down. Returns how many conversions were taken. */
async function takeBatch(payload: EachBatchPayload, state: SinkState, options: SinkOptions): Promise<number> {
  const { batch, isRunning, isStale, resolveOffset, heartbeat, commitOffsetsIfNecessary } = payload;
  const fresh = batch.messages.filter(
    ({ offset }) => BigInt(offset) >= BigInt(state.positions[batch.partition] ?? '0'),
  );
  // Long waits for a receiver must not cost the membership of the group.
  const pulse = setInterval(() => void heartbeat().catch(() => undefined), 2_000);
  let taken = 0;
  try {
    for (let at = 0; at < fresh.length; at += AT_ONCE) {
      if (!isRunning() || isStale()) return taken;
      const part = fresh.slice(at, at + AT_ONCE);
      taken += await deliverPart(batch.partition, part, state, options);
      const last = part.at(-1);
      if (last !== undefined) resolveOffset(last.offset);
      await commitOffsetsIfNecessary();
    }
    // A batch that was delivered before, or ends in marks of Kafka's own, is behind us too.
    if (isRunning() && !isStale()) resolveOffset(batch.lastOffset());
    return taken;
  } finally {
    clearInterval(pulse);
  }
}

async function deliverPart(
  partition: number,
  messages: readonly KafkaMessage[],
  state: SinkState,
  { folder, target, say }: SinkOptions,
): Promise<number> {
  const events = messages.flatMap((message) => conversionOf(message, partition, say));
  const held = new Set(state.heldKeys);
  const waiting = events.filter(({ key }) => held.has(key));
  const { bytes, refused } = await target.deliver(events.filter(({ key }) => !held.has(key)));
  const aside = [...refused, ...waiting.map((event) => ({ event, reason: 'after a refused one' }))];
  for (const { event, reason } of aside) {
    say(`set aside: lead ${event.data.leadId}, event ${event.id}: ${reason}`);
    appendFileSync(
      join(folder.path, 'refused.jsonl'),
      `${JSON.stringify({ reason, event: jsonOf(event) })}\n`,
    );
  }
  state.heldKeys = [...new Set([...state.heldKeys, ...refused.map(({ event }) => event.key)])];
  if (bytes !== undefined) state.bytes = bytes;
  const last = messages.at(-1);
  if (last !== undefined) state.positions[partition] = String(BigInt(last.offset) + 1n);
  folder.write(state);
  return events.length - aside.length;
}

/** The conversion in a message; other events are passed over, and one that cannot be read is said. */
function conversionOf(message: KafkaMessage, partition: number, say: SinkOptions['say']): ConversionEvent[] {
  try {
    const event = readEvent(TOPIC, message);
    if (event.type !== LeadConverted.type) return [];
    return [{ ...event, data: dataOf(LeadConverted, event) }];
  } catch (error) {
    if (!(error instanceof UnreadableMessage)) throw error;
    say(`unreadable, passed over: ${partition}:${message.offset}: ${error.message}`);
    return [];
  }
}
