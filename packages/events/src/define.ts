import { z } from 'zod';

/** The topics of the graph: one per service, named `<service>.v1`, and one for evidence; at least six partitions each. */
export const TOPICS = [
  'clients.v1',
  'risk.v1',
  'products.v1',
  'service.v1',
  'loyalty.v1',
  'marketing.v1',
  /** Of all services: the heads of their audit logs, and readings that somebody should look at. */
  'audit.v1',
  /** The last state of each client, under a pseudonym. */
  'client.snapshot.v1',
] as const;
export type Topic = (typeof TOPICS)[number];

/** Topics of which Kafka keeps the last message of each key for ever, and no other for long. */
export const COMPACTED_TOPICS: readonly Topic[] = ['client.snapshot.v1'];

/** Where a message goes that a consumer cannot read or must refuse; it keeps the original key, headers and value. */
export const deadTopic = (topic: string): string => `${topic}.dead`;

type Contract<Shape extends z.ZodRawShape> = {
  topic: Topic;
  /** The business fact in past tense, `order.settled`. */
  type: string;
  /** Rises when a field changes its meaning; optional fields may be added without. */
  version: number;
  /** One sentence: what has happened when this event is seen. */
  meaning: string;
  /** Which field's value keeps events in order; every event of one key is delivered in the order it was committed. */
  key: keyof Shape & string;
  data: z.ZodObject<Shape>;
};

/** A fact that a use case states; `transact` writes it to the outbox and the relay sends it to Kafka. */
export type EventDraft = {
  readonly contract: EventContract;
  readonly key: string;
  readonly data: Record<string, unknown>;
};

/** Says that a key of a compacted topic is to be forgotten. */
export type Forgotten = Omit<EventDraft, 'data'> & { readonly data: null };

/** An event as a consumer receives it. Attributes are CloudEvents 1.0; instants are UTC. */
export type ReceivedEvent<Data> = {
  /** UUIDv7, unique; the same id means the same event, however often it is delivered. */
  id: string;
  type: string;
  version: number;
  /** `/clients`, `/risk` …: the service that states the fact. */
  source: string;
  topic: string;
  key: string;
  /** Counts 1, 2, 3 … per source and key; a gap means a missing event, a lower number a repeated one. */
  sequence: number;
  /** When it happened. */
  time: Date;
  traceparent: string | undefined;
  actorRole: string | undefined;
  data: Data;
};

export type EventContract = {
  topic: Topic;
  type: string;
  version: number;
  meaning: string;
  keyField: string;
  schema: z.ZodObject<z.ZodRawShape>;
};

export type EventDefinition<Data> = EventContract & {
  /** States the fact. Throws a ZodError when the payload is not what the contract says. */
  (data: Data): EventDraft;
  parse: (data: unknown) => Data;
};

export type DataOf<Definition> = Definition extends EventDefinition<infer Data> ? Data : never;

const registry = new Map<string, EventContract>();

/** Every event of the graph, by `type`; filled by the contract files. */
export const contracts: ReadonlyMap<string, EventContract> = registry;

/** Declares an event once: topic, type, version, key and payload. A type declared twice is a programming error. */
export function defineEvent<Shape extends z.ZodRawShape>(
  contract: Contract<Shape>,
): EventDefinition<z.output<z.ZodObject<Shape>>> {
  const { type, data: schema, key: keyField } = contract;
  const shape = {
    topic: contract.topic,
    type,
    version: contract.version,
    meaning: contract.meaning,
    keyField,
    schema: z.strictObject(schema.shape),
  };
  if (registry.has(type)) throw new Error(`The event ${type} is declared twice.`);
  registry.set(type, shape);
  const state = (data: z.output<z.ZodObject<Shape>>): EventDraft => {
    const parsed: Record<string, unknown> = shape.schema.parse(data);
    return { contract: shape, key: String(parsed[keyField]), data: parsed };
  };
  // A consumer ignores fields that a later release has added, so it parses with the open object.
  return Object.assign(state, { ...shape, parse: (data: unknown) => schema.parse(data) });
}
