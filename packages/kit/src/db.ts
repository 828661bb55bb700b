import { createHash, randomInt } from 'node:crypto';
import type { EventDraft, Forgotten } from '@client-graph/events';
import type {
  DataSource,
  EntityManager,
  EntityMetadata,
  FindManyOptions,
  FindOptionsWhere,
  ObjectLiteral,
} from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { AuditAnchors } from './audit-anchors.js';
import { type AuditTrail, openTrail } from './audit-trail.js';
import { type Actor, ANONYMOUS } from './auth.js';
import type { AccessLog } from './reads.js';
import { isRefusal, refuse } from './refusals.js';
import { sealRows } from './sealed.js';
import type { Query, Vault } from './vault.js';

/** A service's database as one caller sees it: whose hand, by which clock, within which trace. */
export type Db = {
  source: DataSource;
  /** Name of the service; the source of its events. */
  service: string;
  /** Seals and opens what is encrypted at rest, and hashes what must be found again. */
  vault: Vault;
  accessLog: AccessLog;
  /** What the world was told of this service's audit log. */
  anchors: AuditAnchors;
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
      return await db.source.transaction(async (manager) => {
        const tx = new Tx(manager, db);
        const result = await work(tx);
        await tx.writeAudit();
        return result;
      });
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

/** What tells ids of one millisecond apart, beside 42 random bits. */
const SEQUENCES = 2 ** 32;
let sequence = randomInt(SEQUENCES / 2);

/** One transaction. Its `now` is read once, so that everything in it happens at one instant. */
export class Tx {
  readonly now: Date;
  readonly actor: Actor;
  private readonly trail: AuditTrail;
  private command: { name: string; requestId: string } | undefined;

  constructor(
    readonly manager: EntityManager,
    private readonly db: Db,
  ) {
    this.now = db.now();
    this.actor = db.actor;
    this.trail = openTrail(manager.queryRunner);
  }

  /** A UUIDv7 of the transaction's instant: ids sort by the time they were made, those of one process also within a millisecond. */
  newId(): string {
    sequence = (sequence + 1) % SEQUENCES;
    return uuidv7({ msecs: this.now.getTime(), seq: sequence });
  }

  find<R extends Row>(row: RowClass<R>, options: FindManyOptions<R>): Promise<R[]> {
    return this.manager.find(row, options);
  }

  findOne<R extends Row>(row: RowClass<R>, where: FindOptionsWhere<R>): Promise<R | null> {
    return this.manager.findOne(row, { where });
  }

  /** Inserts the rows and returns them as given. */
  async insert<R extends Row>(row: RowClass<R>, values: R): Promise<R> {
    await this.insertMany(row, [values]);
    return values;
  }

  async insertMany<R extends Row>(row: RowClass<R>, values: R[]): Promise<R[]> {
    if (values.length === 0) return values;
    const written = values.map((one) => ({ values: one, row: one }));
    const sealed = await sealRows(this.db.vault, this.ask, this.metadataOf(row), written);
    await this.trail.recording(() => this.manager.insert(row, sealed));
    this.trail.inserted(this.metadataOf(row), values);
    return values;
  }

  /** Writes the changes of a row that this transaction has locked, raises its version if it has one, and returns it as it now is. */
  async update<R extends Row>(row: RowClass<R>, current: R, changes: Changes<R>): Promise<R> {
    const version = typeof current['version'] === 'number' ? { version: current['version'] + 1 } : {};
    const written = { values: Object.assign({}, changes, version), row: Object.assign({}, current, changes) };
    const [sealed = {}] = await sealRows(this.db.vault, this.ask, this.metadataOf(row), [written]);
    const result = await this.trail.recording(() => this.manager.update(row, current.id, sealed));
    if (result.affected !== 1) throw new Error(`${row.name} to update is gone.`);
    this.trail.updated(this.metadataOf(row), current, changes);
    return Object.assign({}, current, changes, version);
  }

  /** The keyed hash by which a sealed value is found again; see `Vault.hash`. */
  hash(kind: string, value: string): string {
    return this.db.vault.hash(kind, value);
  }

  /** Destroys the key of a client, lead or other subject: all that was sealed for it can never be read again. Not to be undone. */
  erase(subject: string): Promise<void> {
    this.trail.erased(subject);
    return this.db.vault.erase(this.ask, subject, this.now);
  }

  /** Called once by `transact`, when the work is done. */
  writeAudit(): Promise<void> {
    return this.trail.write(this.ask, this.db.vault, {
      newId: () => this.newId(),
      now: this.now,
      actor: this.actor,
      command: this.command?.name ?? null,
      requestId: this.command?.requestId ?? null,
      trace: this.db.traceparent?.split('-')[1] ?? null,
    });
  }

  private metadataOf<R extends Row>(row: RowClass<R>): EntityMetadata {
    return this.manager.dataSource.getMetadata(row);
  }

  private readonly ask: Query = (sql, parameters) => this.manager.query(sql, parameters);

  /** Plain SQL, for what a repository cannot say. */
  query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return this.manager.query(sql, parameters);
  }

  /** Writes the events into the outbox of this transaction: they are sent if and only if it commits, in order per key. One statement. */
  async record(...events: (EventDraft | Forgotten)[]): Promise<void> {
    if (events.length === 0) return;
    const counts = new Map<string, number>();
    const rows = events.map(({ key, contract: { topic, type, version }, data: payload }) => {
      const n = (counts.get(key) ?? 0) + 1;
      counts.set(key, n);
      return { key, n, id: this.newId(), topic, type, version, payload };
    });
    const role = this.actor.roles[0] ?? 'SYSTEM';
    await this.query(RECORD, [JSON.stringify(rows), this.now, this.db.traceparent ?? null, role]);
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
    const { hash } = this.contentOf(input);
    const id = this.newId();
    const marked = await this.query(
      `insert into request (command, request_id, content_hash, answer_id, at) values ($1, $2, $3, $4, $5)
       on conflict do nothing returning 1`,
      [command, input.requestId, hash, id, this.now],
    );
    if (marked.length === 1) {
      this.command = { name: command, requestId: input.requestId };
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
    const { hash, former } = this.contentOf(input);
    const [before] = await this.query<{ content_hash: string; answer_id: string }>(
      'select content_hash, answer_id from request where command = $1 and request_id = $2',
      [command, input.requestId],
    );
    if (before === undefined) return null;
    if (before.content_hash !== hash && before.content_hash !== former) throw refuse('REQUEST_ID_REUSED');
    return this.manager.findOneOrFail(row, { where: idOf<R>(before.answer_id) });
  }

  /**
   * By what a request is known again: keyed, for whoever has a copy of the database could guess a number of few digits by a plain hash,
   * and that after its client is erased. `former` is how releases before have written it.
   */
  private contentOf(input: { requestId: string }): { hash: string; former: string } {
    if (!/^[\w.:-]{8,64}$/.test(input.requestId))
      throw refuse('BAD_INPUT', { field: 'requestId', expected: '8 to 64 letters, digits, . : - _' });
    const content = JSON.stringify([this.actor.id, input], sortedKeys);
    const former = createHash('sha256').update(content).digest('base64url');
    return { hash: this.hash('request', content), former };
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

// One round trip. A sequence row is locked before the outbox takes its position, so per key position follows commit; keys are
// locked in one order by everyone, so that two transactions cannot wait for each other.
const RECORD = `
  with given as materialized (
    select * from jsonb_to_recordset($1) as e(key text, n bigint, id uuid, topic text, type text, version int, payload jsonb)
  ), many as materialized (
    select key, count(*) as many from given group by key order by key collate "C"
  ), counted as (
    insert into event_sequence (key, last) select key, many from many order by key collate "C"
    on conflict (key) do update set last = event_sequence.last + excluded.last
    returning key, last
  ), written as (
    insert into outbox (id, topic, key, type, version, sequence, payload, occurred_at, traceparent, actor_role)
    select e.id, e.topic, e.key, e.type, e.version, c.last - m.many + e.n, e.payload, $2, $3, $4
    from given e join many m using (key) join counted c using (key)
    order by e.key collate "C", e.n
  )
  select pg_notify('outbox', '')`;
