import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';
import type { Actor } from './auth.js';
import { PooledClient, silentAtMost } from './connection.js';
import type { Purpose } from './sight.js';

/** A record whose personal values are being read, and the GraphQL type it is read as. */
type Seen = { type: string; object: object };
type Subject = { kind: 'CLIENT' | 'LEAD' | 'OTHER'; id: string };

/** What of whom one request has read so far. */
export class Reads {
  private readonly fields = new Map<object, { type: string; names: Set<string>; isSensitive: boolean }>();
  private readonly parents = new WeakMap<object, Seen>();
  private readonly opened: Seen[] = [];

  /** Says that a value of the record is about to be shown. */
  note(type: string, field: string, source: unknown, isSensitive = false): void {
    if (typeof source !== 'object' || source === null) return;
    let found = this.fields.get(source);
    if (found === undefined) {
      found = { type, names: new Set(), isSensitive: false };
      this.fields.set(source, found);
    }
    found.names.add(field);
    if (isSensitive) found.isSensitive = true;
  }

  /** Says that a record was asked for by itself and not found in a list: whatever is shown of it, the file of its client was opened. */
  open(type: string, record: object): void {
    this.opened.push({ type, object: record });
  }

  /** Says that `value` was reached through `source`: a part that does not say whose it is, is of whom the whole is. */
  link(type: string, source: unknown, value: unknown): void {
    if (typeof source !== 'object' || source === null || typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const one of value) this.link(type, source, one);
      return;
    }
    if ('clientId' in value && typeof value.clientId === 'string') return;
    if (!this.parents.has(value)) this.parents.set(value, { type, object: source });
  }

  get isEmpty(): boolean {
    return this.fields.size === 0 && this.opened.length === 0;
  }

  /** An entry for each file that was opened, and one for each set of fields of all in a list. */
  entries(): { kind: Subject['kind']; subjects: string[]; fields: string[]; isSensitive: boolean }[] {
    const bySubject = new Map<string, Subject & { names: Set<string>; isSensitive: boolean }>();
    for (const seen of this.opened) {
      const subject = this.subjectOf(seen);
      if (subject?.kind === 'CLIENT')
        bySubject.set(subject.id, { ...subject, names: new Set(), isSensitive: false });
    }
    const opened = new Set(bySubject.keys());
    for (const [object, { type, names, isSensitive }] of this.fields) {
      const subject = this.subjectOf({ type, object });
      if (subject === undefined) continue;
      const found = bySubject.get(subject.id) ?? { ...subject, names: new Set(), isSensitive: false };
      bySubject.set(subject.id, found);
      for (const name of names) found.names.add(name);
      found.isSensitive ||= isSensitive;
    }
    const groups = new Map<string, ReturnType<Reads['entries']>[number]>();
    for (const { kind, id, names, isSensitive } of bySubject.values()) {
      const fields = [...names].sort();
      const key = opened.has(id) ? id : `${kind} ${isSensitive} ${fields.join(' ')}`;
      const group = groups.get(key) ?? { kind, subjects: [], fields, isSensitive };
      groups.set(key, group);
      group.subjects.push(id);
    }
    return [...groups.values()];
  }

  private subjectOf({ type, object }: Seen): Subject | undefined {
    const { id, clientId, leadId } = { ...idsOf(object) };
    if (type === 'Lead') return id === undefined ? undefined : { kind: 'LEAD', id };
    if (clientId !== undefined) return { kind: 'CLIENT', id: clientId };
    if (type === 'Client') return id === undefined ? undefined : { kind: 'CLIENT', id };
    const parent = this.parents.get(object);
    const ofParent = parent === undefined ? undefined : this.subjectOf(parent);
    if (ofParent !== undefined && ofParent.kind !== 'OTHER') return ofParent;
    if (leadId !== undefined) return { kind: 'LEAD', id: leadId };
    return ofParent ?? (id === undefined ? undefined : { kind: 'OTHER', id });
  }
}

function idsOf(object: object): { id?: string; clientId?: string; leadId?: string } {
  const text = (name: string) => {
    const value: unknown = Reflect.get(object, name);
    return typeof value === 'string' ? value : undefined;
  };
  const [id, clientId, leadId] = [text('id'), text('clientId'), text('leadId')];
  return {
    ...(id !== undefined && { id }),
    ...(clientId !== undefined && { clientId }),
    ...(leadId !== undefined && { leadId }),
  };
}

type Reader = { actor: Actor; now: Date; purpose: Purpose | null; trace: string | null };

/**
 * Writes what was read. While one batch is on its way the next one gathers, so that many requests share a statement; its one connection
 * keeps the statement prepared, which costs Postgres half of what planning it each time does.
 */
export class AccessLog {
  private waiting: Record<string, unknown>[] = [];
  private written: Promise<void> | undefined;
  private writing: Promise<void> = Promise.resolve();

  private readonly pool: pg.Pool;

  constructor(databaseUrl: string, service: string) {
    this.pool = new pg.Pool({
      connectionString: databaseUrl,
      application_name: `${service} access log`,
      max: 1,
      Client: PooledClient,
      connectionTimeoutMillis: 5_000,
      statement_timeout: 30_000,
      stream: silentAtMost(40_000),
      // Of an entry that is not about sensitive values the last half second may be lost with the machine, as the reader's own request is.
      options: '-c synchronous_commit=off',
    });
    // A connection lost while nobody uses it is made anew for the next entry.
    this.pool.on('error', () => undefined);
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  /** Resolves once the reads are committed: only then may their values be sent. */
  write(reads: Reads, { actor, now, purpose, trace }: Reader): Promise<void> {
    const entries = reads.isEmpty ? [] : reads.entries();
    if (entries.length === 0) return Promise.resolve();
    for (const { kind, subjects, fields, isSensitive } of entries)
      this.waiting.push({
        id: uuidv7({ msecs: now.getTime() }),
        at: now,
        actor_id: actor.id,
        actor_client_id: actor.ownClientId,
        role: actor.roles.join(' '),
        subject_type: kind,
        subjects,
        fields,
        is_sensitive: isSensitive,
        purpose: purpose?.code ?? null,
        case_reference: purpose?.caseReference ?? null,
        trace,
      });
    this.written ??= this.writing.then(() => this.flush());
    return this.written;
  }

  private flush(): Promise<void> {
    const entries = this.waiting;
    this.waiting = [];
    this.written = undefined;
    const isSensitive = entries.some((entry) => entry['is_sensitive'] === true);
    const written = this.pool
      .query({ ...(isSensitive ? WRITE_DURABLY : WRITE), values: [JSON.stringify(entries)] })
      .then(() => undefined);
    this.writing = written.catch(() => undefined);
    return written;
  }
}

const COLUMNS =
  'id, at, actor_id, role, subject_type, subjects, fields, is_sensitive, purpose, case_reference, trace, actor_client_id';
const INSERT = `
  insert into access_log (${COLUMNS})
  select ${COLUMNS} from jsonb_to_recordset($1) as e(
    id uuid, at timestamptz, actor_id uuid, role text, subject_type text, subjects uuid[], fields text[],
    is_sensitive boolean, purpose text, case_reference text, trace text, actor_client_id uuid)`;
const WRITE = { name: 'access-log', text: INSERT };
/** Waits for the disk. */
const WRITE_DURABLY = {
  name: 'access-log-durably',
  text: `with durably as materialized (select set_config('synchronous_commit', 'on', true)) ${INSERT} cross join durably`,
};
