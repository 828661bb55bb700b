import { readEvent, TOPICS } from '@client-graph/events';
import { SERVICES, type ServiceName } from '@client-graph/local';
import type { Databases } from './databases.js';
import { highWatermarks, onlooker } from './quiet.js';
import type { Acknowledged } from './storm.js';

/** One message on Kafka; `copy` is 1 for the first of its id. */
export type Sent = {
  id: string;
  type: string;
  source: string;
  key: string;
  sequence: number;
  place: string;
  copy: number;
};

/** Everything on the six topics, in order within each partition. */
export async function readAll(brokers: string): Promise<Sent[]> {
  const kafka = onlooker(brokers);
  const admin = kafka.admin();
  await admin.connect();
  const left = new Map([...(await highWatermarks(admin, TOPICS))].filter(([, high]) => high > 0n));
  await admin.disconnect();
  const sent: Sent[] = [];
  const copies = new Map<string, number>();
  const consumer = kafka.consumer({ groupId: `ledger-${Date.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [...TOPICS], fromBeginning: true });
  await new Promise<void>((resolve, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
    const eachMessage = async ({
      topic,
      partition,
      message,
    }: {
      topic: string;
      partition: number;
      message: Parameters<typeof readEvent>[1] & { offset: string };
    }) => {
      const place = `${topic}/${partition}`;
      const { id, type, source, key, sequence } = readEvent(topic, message);
      const copy = (copies.get(id) ?? 0) + 1;
      copies.set(id, copy);
      sent.push({ id, type, source, key, sequence, place, copy });
      if (BigInt(message.offset) + 1n === left.get(place)) left.delete(place);
      if (left.size === 0) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return sent;
}

/** (a) What is in the outboxes is on Kafka, and nothing else is. */
export async function outboxProblems(databases: Databases, sent: readonly Sent[]): Promise<string[]> {
  const onKafka = new Map(sent.filter(({ copy }) => copy === 1).map((event) => [event.id, event]));
  const problems: string[] = [];
  for (const service of SERVICES) {
    const rows = await databases[service]<{
      id: string;
      type: string;
      key: string;
      sequence: string;
      is_sent: boolean;
    }>('select id, type, key, sequence, published_at is not null as is_sent from outbox');
    for (const { id, type, key, sequence, is_sent } of rows) {
      const event = onKafka.get(id);
      onKafka.delete(id);
      if (!is_sent) problems.push(`${service} ${type} ${id} is not marked as sent`);
      if (event === undefined) problems.push(`${service} ${type} ${id} is not on Kafka`);
      else if (
        event.type !== type ||
        event.key !== key ||
        event.sequence !== Number(sequence) ||
        event.source !== `/${service}`
      )
        problems.push(`${service} ${type} ${id} is another event on Kafka`);
    }
  }
  return [
    ...problems,
    ...[...onKafka.values()].map(({ id, type }) => `${type} ${id} is on Kafka and in no outbox`),
  ];
}

/** (b) The first copies of each source and key count 1, 2, 3 … in one partition. */
export function orderProblems(sent: readonly Sent[]): string[] {
  const last = new Map<string, { sequence: number; place: string }>();
  const problems: string[] = [];
  for (const { source, key, sequence, place, copy, id } of sent) {
    if (copy > 1) continue;
    const of = `${source} ${key}`;
    const before = last.get(of) ?? { sequence: 0, place };
    if (before.sequence + 1 !== sequence || before.place !== place)
      problems.push(
        `${of}: ${id} is number ${sequence} in ${place}, after number ${before.sequence} in ${before.place}`,
      );
    last.set(of, { sequence, place });
  }
  return problems;
}

/** Where the record of a command is: a table whose id is the answer that `request` remembers. */
const RECORD_OF: Record<string, [ServiceName, table: string]> = {
  createLead: ['marketing', 'lead'],
  logLeadContact: ['marketing', 'touch'],
  openClient: ['clients', 'client'],
  recordAssets: ['clients', 'asset_snapshot'],
  logInteraction: ['service', 'interaction'],
  startAssessment: ['risk', 'assessment'],
  submitAnswers: ['risk', 'answer_sheet'],
  confirmReport: ['risk', 'report_confirmation'],
  placeOrder: ['products', 'product_order'],
  settleOrder: ['products', 'settlement'],
};

/** (c) Each acknowledged command with a requestId left its record, and no record is there without one. */
export async function commandProblems(
  databases: Databases,
  acknowledged: readonly Acknowledged[],
): Promise<string[]> {
  const problems: string[] = [];
  for (const [command, [service, table]] of Object.entries(RECORD_OF)) {
    const asked = new Set(
      acknowledged.filter((done) => done.command === command).map(({ requestId }) => requestId),
    );
    if (asked.size === 0) problems.push(`${command} was never sent`);
    const rows = await databases[service]<{ request_id: string; is_there: boolean }>(
      `select request_id, exists (select from ${table} where id = answer_id) as is_there from request where command = $1`,
      [command],
    );
    for (const { request_id, is_there } of rows) {
      if (!is_there) problems.push(`${command} ${request_id} has no record`);
      if (!asked.delete(request_id))
        problems.push(`${command} ${request_id} was carried out and never acknowledged`);
    }
    for (const requestId of asked) problems.push(`${command} ${requestId} was acknowledged and is not known`);
  }
  return problems;
}
