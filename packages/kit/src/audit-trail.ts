import type { EntityMetadata, ObjectLiteral, QueryRunner } from 'typeorm';
import type { Actor } from './auth.js';
import { sealedProperties } from './sealed.js';
import { type Query, SELF, type Vault } from './vault.js';

/** What a transaction changes, gathered until it ends. */
type Change = {
  action: 'INSERT' | 'UPDATE' | 'ERASE' | 'STATEMENT';
  entity: string;
  id: string;
  /** Whose key seals the content. */
  subject: string;
  /** The client whose record it is; null where it is of none. */
  clientId: string | null;
  before: ObjectLiteral | null;
  after: ObjectLiteral | null;
};

type Circumstances = {
  /** Ids in the order in which they are asked for, so that the entries of a transaction are read in the order of its changes. */
  newId: () => string;
  now: Date;
  actor: Actor;
  command: string | null;
  requestId: string | null;
  trace: string | null;
};

/** The changes of one transaction on their way to the audit log; written with them or not at all. */
export class AuditTrail {
  private changes: Change[] = [];
  private readonly stated = new Set<string>();
  private isRecording = false;

  inserted(metadata: EntityMetadata, rows: readonly ObjectLiteral[]): void {
    if (!isAudited(metadata)) return;
    for (const row of rows) this.note(metadata, 'INSERT', row, null, { ...row });
  }

  updated(metadata: EntityMetadata, before: ObjectLiteral, changes: ObjectLiteral): void {
    if (!isAudited(metadata)) return;
    const former = Object.fromEntries(Object.keys(changes).map((name) => [name, before[name]]));
    this.note(metadata, 'UPDATE', { ...before, ...changes }, former, changes);
  }

  /** What `work` writes is recorded row by row, by whoever calls this. */
  async recording<T>(work: () => Promise<T>): Promise<T> {
    this.isRecording = true;
    try {
      return await work();
    } finally {
      this.isRecording = false;
    }
  }

  /** Takes down a statement that writes rows nobody records one by one: its text, which holds no value, once for each table and verb. */
  sent(sql: string): void {
    if (this.isRecording) return;
    for (const { verb, table } of writesOf(sql)) {
      if (this.stated.has(`${verb} ${table}`)) continue;
      this.stated.add(`${verb} ${table}`);
      const after = { verb, statement: sql.replaceAll(/\s+/g, ' ').trim().slice(0, STATEMENT_MAX) };
      const of = { id: MANY, subject: SELF, clientId: null };
      this.changes.push({ action: 'STATEMENT', entity: table, ...of, before: null, after });
    }
  }

  erased(subject: string): void {
    const change = { action: 'ERASE', entity: 'data_key', id: subject, before: null, after: null } as const;
    this.changes.push({ ...change, subject: SELF, clientId: null });
  }

  /** One statement for all of a transaction, beside those for keys not at hand. */
  async write(query: Query, vault: Vault, circumstances: Circumstances): Promise<void> {
    const changes = this.changes;
    if (changes.length === 0) return;
    this.changes = [];
    const keys = await vault.keysOf(query, [...new Set([SELF, ...changes.map(({ subject }) => subject)])]);
    const own = keys.get(SELF);
    if (own === undefined) throw new Error('The vault is not open.');
    const entries = changes.map((change, n) => {
      const id = circumstances.newId();
      const key = keys.get(change.subject);
      // Of somebody who is erased only the names of what was changed are kept.
      const content =
        key === undefined
          ? { changed: Object.keys(change.after ?? {}) }
          : contentOf(change, circumstances.actor);
      const place = { table: 'audit_entry', column: 'content', id };
      return {
        n,
        id,
        action: change.action,
        entity: change.entity,
        entity_id: change.id,
        content: vault.seal(key ?? own, place, Buffer.from(JSON.stringify(content))).toString('base64'),
      };
    });
    const { now, actor, command, requestId, trace } = circumstances;
    await query(WRITE, [
      JSON.stringify(entries),
      now,
      actor.id,
      actor.roles.join(' ') || 'SYSTEM',
      command,
      requestId,
      trace,
    ]);
  }

  private note(
    metadata: EntityMetadata,
    action: Change['action'],
    row: ObjectLiteral,
    before: ObjectLiteral | null,
    after: ObjectLiteral,
  ): void {
    const [sealed] = sealedProperties(metadata);
    const named: unknown = row[sealed?.sealed.subject ?? 'clientId'] ?? row['leadId'];
    const client: unknown = metadata.tableName === 'client' ? row['id'] : row['clientId'];
    const own: unknown = sealed === undefined ? (client ?? SELF) : row['id'];
    const subject = String(named ?? own);
    const clientId = typeof client === 'string' ? client : null;
    const of = { entity: metadata.tableName, id: String(row['id']) };
    this.changes.push({ action, ...of, subject, clientId, before, after });
  }
}

const contentOf = ({ before, after, clientId }: Change, { id, ownClientId }: Actor) => {
  const reason: unknown = after?.['reason'];
  const isForAnother = clientId !== null && id !== null && clientId !== ownClientId;
  return {
    before,
    after,
    ...(typeof reason === 'string' && { reason }),
    ...(isForAnother && { onBehalfOf: clientId }),
  };
};

/** The trails of the transactions under way, by the connection each works on. */
const trails = new WeakMap<QueryRunner, AuditTrail>();

export const openTrail = (runner: QueryRunner | undefined): AuditTrail => {
  const trail = new AuditTrail();
  if (runner !== undefined) trails.set(runner, trail);
  return trail;
};

/** Called with every statement that is sent, on whichever connection. */
export const noteStatement = (sql: string, runner: QueryRunner | undefined): void => {
  if (runner !== undefined) trails.get(runner)?.sent(sql);
};

/** Stands for the rows of a statement. */
const MANY = '00000000-0000-0000-0000-000000000000';
const STATEMENT_MAX = 2_000;

// `for update` locks and `do update` belongs to its insert.
const WRITES =
  /(?<!for |do |no key )\b(insert into|update|delete from)\s+(?:only\s+)?"?([a-z_]+)"?(?!\s*\.)/gi;
/** What keeps the machinery going, keeps the evidence itself, or is a copy of what another service has audited. */
const UNAUDITED =
  /^(outbox|inbox|event_sequence|request|data_key|access_log|access_limit|audit_[a-z]+|client_copy|[a-z]+_copy)$/;

const known = new Map<string, { verb: string; table: string }[]>();
const KNOWN_MAX = 2_000;

/** What a statement writes that the audit log is to hold. Exported for its test. */
export function writesOf(sql: string): { verb: string; table: string }[] {
  const before = known.get(sql);
  if (before !== undefined) return before;
  const writes = [...sql.matchAll(WRITES)].flatMap(([, verb = '', table = '']) =>
    UNAUDITED.test(table) ? [] : [{ verb: verb.toUpperCase().split(' ')[0] ?? '', table }],
  );
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(sql, writes);
  return writes;
}

/** A copy of another service's record is audited where it is owned. */
const isAudited = ({ tableName }: EntityMetadata): boolean => tableName !== 'client_copy';

const WRITE = `
  with given as materialized (
    select * from jsonb_to_recordset($1) as e(n int, id uuid, action text, entity text, entity_id uuid, content text)
  ), written as (
    insert into audit_entry (id, at, actor_id, role, action, command, entity, entity_id, content, request_id, trace)
    select id, $2, $3, $4, action, $5, entity, entity_id, decode(content, 'base64'), $6, $7 from given
  )
  insert into audit_pending (entry_id) select id from given order by n`;
