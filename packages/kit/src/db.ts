import { createHash } from 'node:crypto';
import type { EventDraft } from '@client-graph/events';
import type { DataSource, EntityManager, FindManyOptions, FindOptionsWhere, ObjectLiteral } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { type Actor, ANONYMOUS } from './auth.js';
import { isRefusal, refuse } from './refusals.js';

/** A service's database as one caller sees it: whose hand, by which clock, within which trace. */
export type Db = {
  source: DataSource;
  /** Name of the service; the source of its events. */
  service: string;
  now: () => Date;
  actor: Actor;
  traceparent?: string | undefined;
};

export type Row = ObjectLiteral & { id: string };
export type RowClass<R extends Row> = { new (): R; name: string };
type Changes<R> = Partial<Omit<R, 'id' | 'version'>>;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const isUuid = (text: string): boolean => UUID.test(text);

/** SQLSTATEs that mean "another transaction was in the way": 40001 serialization_failure, 40P01 deadlock_detected. */
const RETRYABLE = new Set(['40001', '40P01']);
const ATTEMPTS_MAX = 5;

/**
 * Runs one use case in one transaction; given a `Tx`, joins it. Commits when `work` returns, rolls everything back when it
 * throws. A deadlock or serialization failure runs the whole of `work` again, so do nothing irreversible in it: no HTTP,
 * no mail, no producer. Never catch inside: Postgres has doomed the transaction already.
 */
export async function transact<T>(db: Db | Tx, work: (tx: Tx) => Promise<T>): Promise<T> {
  if (db instanceof Tx) return work(db);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.source.transaction((manager) => work(new Tx(manager, db)));
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !RETRYABLE.has(sqlState(error) ?? '')) throw error;
      await new Promise((resolve) => setTimeout(resolve, 5 * 2 ** attempt * Math.random()));
    }
  }
}

/** The five characters by which Postgres names an error; undefined for any other error. */
export function sqlState(error: unknown): string | undefined {
  if (isRefusal(error) || typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** One transaction. Its `now` is read once, so that everything in it happens at one instant. */
export class Tx {
  readonly now: Date;
  readonly actor: Actor;

  constructor(
    readonly manager: EntityManager,
    private readonly db: Db,
  ) {
    this.now = db.now();
    this.actor = db.actor;
  }

  /** A UUIDv7 of the transaction's instant: ids sort by the time they were made. */
  newId(): string {
    return uuidv7({ msecs: this.now.getTime() });
  }

  find<R extends Row>(row: RowClass<R>, options: FindManyOptions<R>): Promise<R[]> {
    return this.manager.find(row, options);
  }

  findOne<R extends Row>(row: RowClass<R>, where: FindOptionsWhere<R>): Promise<R | null> {
    return this.manager.findOne(row, { where });
  }

  /** Inserts the rows and returns them as given. */
  async insert<R extends Row>(row: RowClass<R>, values: R): Promise<R> {
    await this.manager.insert(row, values);
    return values;
  }

  async insertMany<R extends Row>(row: RowClass<R>, values: R[]): Promise<R[]> {
    if (values.length > 0) await this.manager.insert(row, values);
    return values;
  }

  /** Writes the changes of a row that this transaction has locked, raises its version if it has one, and returns it as it now is. */
  async update<R extends Row>(row: RowClass<R>, current: R, changes: Changes<R>): Promise<R> {
    const version = typeof current['version'] === 'number' ? { version: current['version'] + 1 } : {};
    const result = await this.manager.update(row, current.id, Object.assign({}, changes, version));
    if (result.affected !== 1) throw new Error(`${row.name} to update is gone.`);
    return Object.assign({}, current, changes, version);
  }

  /** Plain SQL, for what a repository cannot say. */
  query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.manager.query(sql, parameters);
  }

  /** Writes the events into the outbox of this transaction: they are sent if and only if it commits, in order per key. */
  async record(...events: EventDraft[]): Promise<void> {
    const byKey = groupByKey(events);
    // Keys are locked in one order by everyone, so that two transactions cannot wait for each other.
    for (const key of [...byKey.keys()].sort()) {
      const rows = (byKey.get(key) ?? []).map((event, index) => ({
        n: index + 1,
        id: this.newId(),
        topic: event.contract.topic,
        type: event.contract.type,
        version: event.contract.version,
        payload: event.data,
      }));
      await this.query(RECORD, [
        key,
        rows.length,
        JSON.stringify(rows),
        this.now,
        this.db.traceparent ?? null,
        this.actor.roles[0] ?? 'SYSTEM',
      ]);
    }
  }

  /** Marks an event as taken effect of by this consumer. False when it was before: then do nothing. */
  async firstTime(consumer: string, eventId: string): Promise<boolean> {
    const marked = await this.query(
      'insert into inbox (consumer, event_id, received_at) values ($1, $2, $3) on conflict do nothing returning 1',
      [consumer, eventId, this.now],
    );
    return marked.length === 1;
  }

  /**
   * Carries out a command once per requestId. The first time `work` runs and its row is the answer; a repeat with the same
   * content by the same caller returns that row as it now is. Refuses REQUEST_ID_REUSED for other content. A request that
   * is refused or fails is not used up. Two at once: the second waits for the first.
   */
  async once<R extends Row>(
    command: string,
    input: { requestId: string },
    row: RowClass<R>,
    work: (id: string) => Promise<R>,
  ): Promise<R> {
    const hash = this.contentHash(input);
    const id = this.newId();
    const marked = await this.query(
      `insert into request (command, request_id, content_hash, answer_id, at) values ($1, $2, $3, $4, $5)
       on conflict do nothing returning 1`,
      [command, input.requestId, hash, id, this.now],
    );
    if (marked.length === 1) {
      const answer = await work(id);
      if (answer.id !== id) throw new Error(`${command} must give its answer the id it was handed.`);
      return answer;
    }
    const before = await this.answered(command, input, row);
    if (before === null) throw new Error(`The request ${command} is neither new nor answered.`);
    return before;
  }

  /**
   * The answer that `once` gave to this request before, as it now is; null when it is new. For a command that writes
   * something even when it refuses, and so must know before it begins; it asks under a lock that its repeats wait for.
   */
  async answered<R extends Row>(
    command: string,
    input: { requestId: string },
    row: RowClass<R>,
  ): Promise<R | null> {
    const hash = this.contentHash(input);
    const [before] = await this.query<{ content_hash: string; answer_id: string }>(
      'select content_hash, answer_id from request where command = $1 and request_id = $2',
      [command, input.requestId],
    );
    if (before === undefined) return null;
    if (before.content_hash !== hash) throw refuse('REQUEST_ID_REUSED');
    return this.manager.findOneOrFail(row, { where: idOf<R>(before.answer_id) });
  }

  private contentHash(input: { requestId: string }): string {
    if (!/^[\w.:-]{8,64}$/.test(input.requestId))
      throw refuse('BAD_INPUT', { field: 'requestId', expected: '8 to 64 letters, digits, . : - _' });
    return createHash('sha256')
      .update(JSON.stringify([this.actor.id, input], sortedKeys))
      .digest('base64url');
  }
}

/** Locks the row of this id until the transaction ends. Refuses NOT_FOUND, and STALE_VERSION when the caller decided on an older version. */
export async function findForUpdate<R extends Row>(
  tx: Tx,
  row: RowClass<R>,
  id: string,
  expectedVersion?: number,
): Promise<R> {
  const found = isUuid(id)
    ? await tx.manager.findOne(row, { where: idOf<R>(id), lock: { mode: 'pessimistic_write' } })
    : null;
  if (found === null) throw refuse('NOT_FOUND');
  if (expectedVersion !== undefined && found['version'] !== expectedVersion) {
    throw refuse('STALE_VERSION', { expected: expectedVersion, current: found['version'] });
  }
  return found;
}

/** `where` for a row's id. */
// biome-ignore lint/plugin: every Row has an id, which TypeORM's mapped type cannot see.
const idOf = <R extends Row>(id: string): FindOptionsWhere<R> => ({ id }) as FindOptionsWhere<R>;

/** The database as the service itself uses it, for events and jobs: no caller. */
export const asService = (db: Db): Db => ({ ...db, actor: ANONYMOUS, traceparent: undefined });

/** For JSON.stringify: the same text for the same content, in whatever order its fields come. */
export const sortedKeys = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

function groupByKey(events: EventDraft[]): Map<string, EventDraft[]> {
  const groups = new Map<string, EventDraft[]>();
  for (const event of events) groups.set(event.key, [...(groups.get(event.key) ?? []), event]);
  return groups;
}

// One round trip. The sequence row is locked before the outbox takes its position, so per key position follows commit.
const RECORD = `
  with counted as (
    insert into event_sequence (key, last) values ($1, $2)
    on conflict (key) do update set last = event_sequence.last + excluded.last
    returning last
  ), written as (
    insert into outbox (id, topic, key, type, version, sequence, payload, occurred_at, traceparent, actor_role)
    select e.id, e.topic, $1, e.type, e.version, counted.last - $2 + e.n, e.payload, $4, $5, $6
    from counted, jsonb_to_recordset($3) as e(n bigint, id uuid, topic text, type text, version int, payload jsonb)
    order by e.n
  )
  select pg_notify('outbox', '')`;
