import { randomUUID } from 'node:crypto';
import { consume, InteractionLogged, on } from '@client-graph/events';
import type { Stack } from '@client-graph/local';
import { Kafka, logLevel } from 'kafkajs';
import { Pool } from 'undici';
import { ADVISERS, subOf, withDatabase } from './generate.js';
import { atRate, quantile, until } from './load.js';
import type { Table } from './table.js';

const PER_SECOND = 50;
const WARM_UP = 25;

/** An event's way, in instants of this machine's clock. */
type Trip = { sentMs: number; answeredMs?: number; happenedMs?: number; heardMs?: number };
type Spread = { p50: number; p99: number };
export type Delays = { events: number; ours: Spread; bare: Spread; command: Spread; afterAnswer: Spread };

const LOG = 'mutation ($input: LogInteractionInput!) { logInteraction(input: $input) { id } }';

/** Commands at a moderate rate and, in the gaps between them, bare messages: how long until a consumer has heard of each. */
export async function measureDelay(stack: Stack, seconds: number, signal: AbortSignal): Promise<Delays> {
  const ours = await oursOf(stack);
  const bare = await bareOf(stack.brokers);
  try {
    const all = [ours, bare];
    await Promise.all(all.map((one) => atRate(PER_SECOND, WARM_UP / PER_SECOND, signal, one.send)));
    await until('the first events', signal, () => all.every((one) => one.isAllHeard()));
    for (const one of all) one.trips.clear();
    const halfway = 500 / PER_SECOND;
    await Promise.all([
      atRate(PER_SECOND, seconds, signal, ours.send),
      new Promise((resolve) => setTimeout(resolve, halfway)).then(() =>
        atRate(PER_SECOND, seconds, signal, bare.send),
      ),
    ]);
    await until('the last events', signal, () => all.every((one) => one.isAllHeard()));
    return {
      events: ours.trips.size,
      ours: spread(ours.trips, ({ happenedMs, heardMs }) => [happenedMs, heardMs]),
      bare: spread(bare.trips, ({ sentMs, heardMs }) => [sentMs, heardMs]),
      command: spread(ours.trips, ({ sentMs, answeredMs }) => [sentMs, answeredMs]),
      afterAnswer: spread(ours.trips, ({ answeredMs, heardMs }) => [answeredMs, heardMs]),
    };
  } finally {
    await Promise.all([ours.stop(), bare.stop()]);
  }
}

function spread(
  trips: ReadonlyMap<string, Trip>,
  ends: (trip: Trip) => [number | undefined, number | undefined],
): Spread {
  const times = [...trips.values()].map((trip) => {
    const [from = Number.NaN, to = Number.NaN] = ends(trip);
    return to - from;
  });
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99) };
}

type Route = {
  trips: Map<string, Trip>;
  send: () => Promise<void>;
  isAllHeard: () => boolean;
  stop: () => Promise<void>;
};

const isAllHeard = (trips: ReadonlyMap<string, Trip>): boolean =>
  trips.size > 0 && [...trips.values()].every(({ heardMs }) => heardMs !== undefined);

/** logInteraction, and a consumer as an outside program has it. Trips by the interaction's id. */
async function oursOf(stack: Stack): Promise<Route> {
  const [adviser] = ADVISERS;
  const token = await stack.token(adviser);
  const { rows } = await withDatabase(stack, 'service', (db) =>
    db.query<{ id: string }>('select client_id as id from client_copy where adviser_id = $1', [
      subOf(adviser),
    ]),
  );
  const trips = new Map<string, Trip>();
  const tripOf = (id: string, sentMs: number) => {
    const trip = trips.get(id) ?? { sentMs };
    trips.set(id, trip);
    return trip;
  };
  const subscription = consume({
    brokers: [stack.brokers],
    groupId: 'bench-ours',
    subscriptions: [
      on(InteractionLogged, ({ data, time }) => {
        // It may be heard before the command is answered.
        Object.assign(tripOf(data.interactionId, time.getTime()), {
          happenedMs: time.getTime(),
          heardMs: Date.now(),
        });
      }),
    ],
  });
  const pool = new Pool(new URL(stack.serviceUrl('service')).origin, { connections: 20 });
  const send = async () => {
    const client = rows[Math.floor(Math.random() * rows.length)];
    const sentMs = Date.now();
    const input = {
      requestId: randomUUID(),
      clientId: client?.id,
      channel: 'PHONE',
      direction: 'OUTBOUND',
      at: new Date(sentMs - 60_000).toISOString(),
      subjectCode: 'CONSULTATION',
      summary: 'A call about the market.',
    };
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const body = JSON.stringify({ query: LOG, variables: { input } });
    const response = await pool.request({ method: 'POST', path: '/graphql', headers, body });
    const text = await response.body.text();
    const id: unknown = JSON.parse(text).data?.logInteraction?.id;
    if (typeof id !== 'string') throw new Error(`logInteraction was answered with ${text.slice(0, 300)}`);
    Object.assign(tripOf(id, sentMs), { sentMs, answeredMs: Date.now() });
  };
  const stop = async () => {
    await Promise.all([subscription.stop(), pool.close()]);
  };
  return { trips, send, isAllHeard: () => isAllHeard(trips), stop };
}

/** kafkajs by itself with a message of the same size: sent, acknowledged by all replicas, heard. Trips by the message's key. */
async function bareOf(brokers: string): Promise<Route> {
  const kafka = new Kafka({ clientId: 'bench-bare', brokers: [brokers], logLevel: logLevel.NOTHING });
  const topic = 'bench.delay';
  await createTopic(kafka, topic);
  const trips = new Map<string, Trip>();
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  await producer.connect();
  const consumer = kafka.consumer({ groupId: 'bench-bare' });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message }) => {
      const trip = trips.get(String(message.key));
      if (trip) trip.heardMs = Date.now();
    },
  });
  const send = async () => {
    const key = randomUUID();
    trips.set(key, { sentMs: Date.now() });
    await producer.send({
      topic,
      acks: -1,
      messages: [{ key, value: 'x'.repeat(170), headers: { head: 'x'.repeat(400) } }],
    });
  };
  const stop = async () => {
    await Promise.all([consumer.disconnect(), producer.disconnect()]);
  };
  return { trips, send, isAllHeard: () => isAllHeard(trips), stop };
}

/** A topic laid out as the graph's are. */
export async function createTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 6 }] });
  await admin.disconnect();
}

export const delayTable = ({ events, ours, bare, command, afterAnswer }: Delays): Table => ({
  title: `From the instant of an event to its consumer, ${PER_SECOND} a second, ${events.toLocaleString('en')} events`,
  head: ['', 'p50 ms', 'p99 ms'],
  lines: [
    ['logInteraction: event → consumer', ours.p50, ours.p99],
    ['bare kafkajs: send → consumer', bare.p50, bare.p99],
    ['ratio', ours.p50 / bare.p50, ours.p99 / bare.p99],
    ['logInteraction: command → answer', command.p50, command.p99],
    ['logInteraction: answer → consumer', afterAnswer.p50, afterAnswer.p99],
  ],
});
