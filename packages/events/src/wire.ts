import type { EventContract, EventDefinition, ReceivedEvent } from './define.js';

/** One event on its way to Kafka: what the outbox holds. */
export type WireEvent = {
  id: string;
  contract: Pick<EventContract, 'topic' | 'type' | 'version'>;
  source: string;
  key: string;
  sequence: number;
  time: Date;
  traceparent?: string | undefined;
  actorRole?: string | undefined;
};

/** CloudEvents 1.0 in Kafka's binary mode: attributes as `ce_` headers, the JSON payload as the value. */
export function cloudEventHeaders(event: WireEvent): Record<string, string> {
  return {
    ce_specversion: '1.0',
    ce_id: event.id,
    ce_type: event.contract.type,
    ce_source: event.source,
    ce_subject: event.key,
    ce_time: event.time.toISOString(),
    ce_dataschema: `${event.contract.type}/v${event.contract.version}`,
    ce_sequence: String(event.sequence),
    'content-type': 'application/json',
    ...(event.traceparent === undefined ? {} : { traceparent: event.traceparent }),
    ...(event.actorRole === undefined ? {} : { ce_actorrole: event.actorRole }),
  };
}

type KafkaMessage = {
  key: Buffer | null;
  value: Buffer | null;
  headers?: Record<string, Buffer | string | (Buffer | string)[] | undefined>;
};

/** Why a message cannot be read; its text is safe to store beside the message. */
export class UnreadableMessage extends Error {
  override name = 'UnreadableMessage';
}

/** Reads a message as an event. Throws {@link UnreadableMessage} when it is not one; a type nobody declared is returned with its raw data. */
export function readEvent(topic: string, message: KafkaMessage): ReceivedEvent<unknown> {
  const header = (name: string): string | undefined => {
    const value = message.headers?.[name];
    return value === undefined ? undefined : String(Array.isArray(value) ? value[0] : value);
  };
  const need = (name: string): string => {
    const value = header(name);
    if (value === undefined) throw new UnreadableMessage(`The header ${name} is missing.`);
    return value;
  };
  const type = need('ce_type');
  const dataschema = need('ce_dataschema');
  const version = Number(/\/v(\d+)$/.exec(dataschema)?.[1]);
  const time = new Date(need('ce_time'));
  const sequence = Number(need('ce_sequence'));
  if (!Number.isInteger(version))
    throw new UnreadableMessage('ce_dataschema does not end in /v and a number.');
  if (Number.isNaN(time.getTime())) throw new UnreadableMessage('ce_time is not an instant.');
  if (!Number.isInteger(sequence)) throw new UnreadableMessage('ce_sequence is not a whole number.');
  return {
    id: need('ce_id'),
    type,
    version,
    source: need('ce_source'),
    topic,
    key: message.key?.toString() ?? '',
    sequence,
    time,
    traceparent: header('traceparent'),
    actorRole: header('ce_actorrole'),
    data: parseJson(message.value),
  };
}

function parseJson(value: Buffer | null): unknown {
  // A message without a value says that its key is to be forgotten.
  if (value === null) return null;
  try {
    return JSON.parse(value.toString());
  } catch {
    throw new UnreadableMessage('The value is not JSON.');
  }
}

/** Holds the payload of a received event against its contract. Throws {@link UnreadableMessage} naming the fields that do not fit, never their values. */
export function dataOf<Data>(definition: EventDefinition<Data>, event: ReceivedEvent<unknown>): Data {
  if (event.version !== definition.version) {
    throw new UnreadableMessage(
      `${event.type} has version ${event.version}; this consumer reads version ${definition.version}.`,
    );
  }
  const result = definition.schema.loose().safeParse(event.data);
  if (!result.success) {
    throw new UnreadableMessage(
      `${event.type} does not fit its contract: ${result.error.issues.map((i) => i.path.join('.') || 'payload').join(', ')}.`,
    );
  }
  return definition.parse(event.data);
}
