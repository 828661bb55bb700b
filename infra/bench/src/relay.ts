import { cloudEventHeaders, InteractionLogged } from '@client-graph/events';
import type { Stack } from '@client-graph/local';
import { Kafka, logLevel, type Message } from 'kafkajs';
import type pg from 'pg';
import { createTopic } from './delay.js';
import { withDatabase } from './generate.js';
import { quantile, until } from './load.js';
import type { Table } from './table.js';

const ROUNDS = 3;
const BATCH = 1_000;
const TOPIC = 'bench.relay';

export type Relayed = { events: number; ours: number[]; bare: number[] };

// Ten events for each of so many keys, as a transaction would have written them.
const FILL = `
  insert into outbox (id, topic, key, type, version, sequence, payload, occurred_at, traceparent, actor_role)
  select gen_random_uuid(), '${InteractionLogged.topic}', keys.key, '${InteractionLogged.type}', ${InteractionLogged.version}, sequence,
    jsonb_build_object('clientId', keys.key, 'interactionId', gen_random_uuid(), 'channel', 'PHONE', 'subjectCode', 'CONSULTATION'),
    now(), '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'ADVISER'
  from generate_series(1, 10) as sequence
  cross join (select gen_random_uuid() as key from generate_series(1, $1::int / 10)) keys`;

/** Empties a full outbox into Kafka, in turns with a bare producer that sends the same messages. */
export async function measureRelay(stack: Stack, events: number, signal: AbortSignal): Promise<Relayed> {
  const kafka = new Kafka({ clientId: 'bench-relay', brokers: [stack.brokers], logLevel: logLevel.NOTHING });
  await createTopic(kafka, TOPIC);
  return withDatabase(stack, 'service', async (db) => {
    const ours: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      ours.push((events * 1_000) / (await relay(db, events, signal)));
      bare.push((events * 1_000) / (await sendBare(kafka, await lastSent(db, events))));
      signal.throwIfAborted();
    }
    return { events, ours, bare };
  });
}

async function relay(db: pg.Client, events: number, signal: AbortSignal): Promise<number> {
  await db.query('vacuum (analyze) outbox');
  await db.query('begin');
  await db.query(FILL, [events]);
  await db.query(`select pg_notify('outbox', '')`);
  const startedMs = performance.now();
  await db.query('commit');
  await until('the relay', signal, async () => {
    const { rows } = await db.query('select 1 from outbox where published_at is null limit 1');
    return rows.length === 0;
  });
  return performance.now() - startedMs;
}

async function lastSent(db: pg.Client, events: number): Promise<Message[]> {
  const { rows } = await db.query<{
    id: string;
    key: string;
    payload: string;
    sequence: string;
    occurred_at: Date;
    traceparent: string;
  }>(
    'select id, key, payload::text as payload, sequence, occurred_at, traceparent from outbox order by position desc limit $1',
    [events],
  );
  return rows.toReversed().map(({ id, key, payload, sequence, occurred_at: time, traceparent }) => ({
    key,
    value: payload,
    headers: cloudEventHeaders({
      ...{ id, key, time, traceparent },
      contract: InteractionLogged,
      source: '/service',
      sequence: Number(sequence),
      actorRole: 'ADVISER',
    }),
  }));
}

async function sendBare(kafka: Kafka, messages: Message[]): Promise<number> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
  });
  await producer.connect();
  try {
    const startedMs = performance.now();
    for (let first = 0; first < messages.length; first += BATCH)
      await producer.send({ topic: TOPIC, acks: -1, messages: messages.slice(first, first + BATCH) });
    return performance.now() - startedMs;
  } finally {
    await producer.disconnect();
  }
}

export const relayTable = ({ events, ours, bare }: Relayed): Table => ({
  title: `From the outbox to Kafka, ${events.toLocaleString('en')} events at once`,
  head: ['', 'events/s, median', ...ours.map((_, round) => `round ${round + 1}`)],
  lines: [
    ['relay', quantile(ours, 0.5), ...ours],
    ['bare idempotent kafkajs producer', quantile(bare, 0.5), ...bare],
    [
      'ratio',
      quantile(ours, 0.5) / quantile(bare, 0.5),
      ...ours.map((rate, round) => rate / (bare[round] ?? Number.NaN)),
    ],
  ],
});
