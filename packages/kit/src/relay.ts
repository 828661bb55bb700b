import { setTimeout as delay } from 'node:timers/promises';
import { cloudEventHeaders, type Topic } from '@client-graph/events';
import type { Kafka, Producer, TopicMessages } from 'kafkajs';
import pg from 'pg';
import { silentAtMost } from './connection.js';
import { createProducer } from './kafka.js';
import type { Log } from './log.js';
import type { Metrics } from './metrics.js';

const BATCH_MAX = 1_000;
/** Woken by NOTIFY; the poll is for a notification that was lost with its connection. */
const POLL_MS = 1_000;
const RETRY_MS = 500;
/** Sent events stay for a while as evidence and are then removed, so many at a time: the relay has events to send. */
const KEEP_SENT = '7 days';
const CLEAN_MAX = 10_000;
const CLEAN_EVERY_MS = 3_600_000;
/** A database that has not answered for so long is given up: the relay polls it every second. */
const SILENCE_MS = 20_000;
/** How long a stop waits for Kafka's answer to the batch at hand. What it misses is sent again: better twice than a stop that hangs. */
const STOP_MS = 4_000;

/**
 * A mark that a crash undoes means only that the event is sent again, so no mark waits for the disk (2 ms to 0.3 ms each).
 * And an outbox that was never analysed must be walked by its index: 50,000 waiting cost 148 ms a batch sorted, 14 ms walked.
 */
const RELAY_SETTINGS =
  'set synchronous_commit = off; set enable_seqscan = off; set enable_bitmapscan = off; set enable_sort = off';

type OutboxEntry = {
  position: string;
  id: string;
  topic: Topic;
  key: string;
  type: string;
  version: number;
  sequence: string;
  /** Null says that the key is to be forgotten. */
  payload: string | null;
  occurred_at: Date;
  traceparent: string | null;
  actor_role: string | null;
};

type RelayOptions = {
  databaseUrl: string;
  service: string;
  kafka: Kafka;
  log: Log;
  metrics: Metrics;
  /** After how long a silent database is given up, 20 seconds when left out; the database gives a silent relay half as much again. */
  silenceMs?: number;
};

/**
 * Sends the outbox to Kafka: oldest first, one active relay per service (an advisory lock; the others stand by), marked as
 * sent only after Kafka has acknowledged. Whatever dies, the next relay begins at the first unmarked event, so an event may
 * be sent twice but none is lost and the first copies keep the order of their key.
 */
export function startRelay(options: RelayOptions): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await relayUntilFault(options, stopping.signal).catch((error: unknown) =>
        options.log.warn({ err: error }, 'relay begins again'),
      );
      await delay(RETRY_MS, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await Promise.race([running, delay(STOP_MS, undefined, { ref: false })]);
    },
  };
}

async function relayUntilFault(
  { databaseUrl, service, kafka, log, metrics, silenceMs = SILENCE_MS }: RelayOptions,
  signal: AbortSignal,
): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: `${service} relay`,
    connectionTimeoutMillis: 5_000,
    stream: silentAtMost(silenceMs),
  });
  const bell = new Bell(signal);
  // A lost connection fails the next query, and the bell lets that come at once.
  for (const event of ['notification', 'error', 'end'] as const) client.on(event, () => bell.ring());
  const producer = createProducer(kafka);
  try {
    await client.connect();
    // A relay whose host has vanished would hold the lock until TCP notices, hours later.
    await client.query(`set idle_session_timeout = ${Math.round(silenceMs * 1.5)}`);
    await client.query(RELAY_SETTINGS);
    if (!(await becomeActive(client, bell, signal))) return;
    await client.query('listen outbox');
    await producer.connect();
    log.info('relay is active');
    let cleanedAtMs = 0;
    while (!signal.aborted) {
      const sent = await sendBatch(client, producer, service, metrics);
      if (sent < BATCH_MAX) await bell.wait(POLL_MS);
      if (Date.now() - cleanedAtMs > CLEAN_EVERY_MS && (await clean(client)) < CLEAN_MAX)
        cleanedAtMs = Date.now();
    }
  } finally {
    await Promise.allSettled([producer.disconnect(), client.end()]);
  }
}

async function clean(client: pg.Client): Promise<number> {
  const { rowCount } = await client.query(
    `delete from outbox where position = any(array(
       select position from outbox where published_at < now() - interval '${KEEP_SENT}' limit ${CLEAN_MAX}))`,
  );
  return rowCount ?? 0;
}

async function becomeActive(client: pg.Client, bell: Bell, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const { rows } = await client.query<{ active: boolean }>(
      `select pg_try_advisory_lock(hashtext('outbox relay')) as active`,
    );
    if (rows[0]?.active === true) return true;
    await bell.wait(POLL_MS);
  }
  return false;
}

async function sendBatch(
  client: pg.Client,
  producer: Producer,
  service: string,
  metrics: Metrics,
): Promise<number> {
  const { rows } = await client.query<OutboxEntry>({
    name: 'outbox-waiting',
    text: `select position, id, topic, key, type, version, sequence, nullif(payload::text, 'null') as payload, occurred_at, traceparent, actor_role
           from outbox where published_at is null order by position limit ${BATCH_MAX}`,
  });
  metrics.waiting.set(rows.length);
  if (rows.length === 0) return 0;
  await producer.sendBatch({ acks: -1, topicMessages: messagesOf(rows, service) });
  await client.query({
    name: 'outbox-sent',
    text: 'update outbox set published_at = now() where position = any($1)',
    values: [rows.map((row) => row.position)],
  });
  metrics.relayed.inc(rows.length);
  for (const row of rows) metrics.relayDelay.observe((Date.now() - row.occurred_at.getTime()) / 1000);
  return rows.length;
}

function messagesOf(rows: OutboxEntry[], service: string): TopicMessages[] {
  const byTopic = new Map<Topic, TopicMessages>();
  for (const row of rows) {
    const topic = byTopic.get(row.topic) ?? { topic: row.topic, messages: [] };
    byTopic.set(row.topic, topic);
    topic.messages.push({
      key: row.key,
      value: row.payload,
      headers: cloudEventHeaders({
        id: row.id,
        contract: row,
        source: `/${service}`,
        key: row.key,
        sequence: Number(row.sequence),
        time: row.occurred_at,
        traceparent: row.traceparent ?? undefined,
        actorRole: row.actor_role ?? undefined,
      }),
    });
  }
  return [...byTopic.values()];
}

/** Lets the relay sleep until someone rings, the time is up or the service stops; a ring while awake is not lost. */
class Bell {
  private wake: (() => void) | undefined;
  private hasRung = false;

  constructor(signal: AbortSignal) {
    signal.addEventListener('abort', () => this.ring());
  }

  ring(): void {
    this.hasRung = true;
    this.wake?.();
  }

  async wait(ms: number): Promise<void> {
    if (!this.hasRung) {
      let timer: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        timer = setTimeout(resolve, ms);
      });
      clearTimeout(timer);
    }
    this.hasRung = false;
  }
}
