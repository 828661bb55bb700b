import { AuditSealed } from '@client-graph/events';
import {
  type AuditEntry,
  type AuditFinding,
  type AuditSeal,
  canonical,
  FIRST_HASH,
  verifyEnd,
  verifyStretch,
} from './audit.rules.js';
import { type Db, transact } from './db.js';
import type { Query } from './vault.js';

const BATCH = 500;

/**
 * Gives the entries that wait their places in the chain, and tells the world its new head. One at a time, in whichever process:
 * another that comes meanwhile does nothing. Answers how many.
 */
export const sealAudit = (db: Db): Promise<number> =>
  transact(db, async (tx) => {
    const [lock] = await tx.query<{ is_mine: boolean }>(
      `select pg_try_advisory_xact_lock(hashtext('audit sealer')) as is_mine`,
    );
    if (lock?.is_mine !== true) return 0;
    const waiting = await tx.query<Stored & { position: string }>(
      `select p.position, ${ENTRY} from audit_pending p join audit_entry e on e.id = p.entry_id
       order by p.position limit ${BATCH}`,
    );
    if (waiting.length === 0) return 0;
    const isOwn = await db.vault.areOwn(
      (sql, parameters) => tx.query(sql, parameters),
      waiting.map(({ id, content }) => ({ sealed: content, place: placeOf(id) })),
    );
    const [head] = await tx.query<StoredSeal>(
      'select seq, entry_id, prev_hash, hash from audit_seal order by seq desc limit 1',
    );
    const seals = sealsOf(
      waiting.filter((_, n) => isOwn[n] === true).map(entryOf),
      head && sealOf(head),
      (text) => db.vault.hash('audit', text),
    );
    // What somebody has put there past the service gets no place, and is found as inserted; what cannot be judged now waits on.
    const settled = waiting.filter((_, n) => isOwn[n] !== undefined).map(({ position }) => position);
    await tx.query(
      `with added as (
         insert into audit_seal (seq, entry_id, prev_hash, hash, sealed_at)
         select seq, "entryId", "prevHash", hash, $2
         from jsonb_to_recordset($1) as s(seq bigint, "entryId" uuid, "prevHash" text, hash text)
       ) delete from audit_pending where position = any($3)`,
      [JSON.stringify(seals), tx.now, settled],
    );
    const last = seals.at(-1);
    if (last !== undefined)
      await tx.record(AuditSealed({ service: db.service.toUpperCase(), seq: last.seq, hash: last.hash }));
    return settled.length;
  });

/** The places of these entries behind the head of the chain. */
function sealsOf(
  entries: readonly AuditEntry[],
  head: AuditSeal | undefined,
  mac: (text: string) => string,
): AuditSeal[] {
  let [seq, prevHash] = [head?.seq ?? 0, head?.hash ?? FIRST_HASH];
  return entries.map((entry) => {
    seq += 1;
    const seal = { seq, entryId: entry.id, prevHash, hash: mac(canonical(entry, seq, prevHash)) };
    prevHash = seal.hash;
    return seal;
  });
}

/** Where the content of an entry is sealed for. */
const placeOf = (id: string) => ({ table: 'audit_entry', column: 'content', id });

type Stored = {
  id: string;
  at: Date;
  actor_id: string | null;
  role: string;
  action: string;
  command: string | null;
  entity: string;
  entity_id: string;
  content: Buffer;
  request_id: string | null;
  trace: string | null;
};
type StoredSeal = { seq: string; entry_id: string; prev_hash: string; hash: string };

const ENTRY =
  'e.id, e.at, e.actor_id, e.role, e.action, e.command, e.entity, e.entity_id, e.content, e.request_id, e.trace';

const entryOf = ({ actor_id, entity_id, request_id, ...rest }: Stored): AuditEntry => ({
  ...rest,
  actorId: actor_id,
  entityId: entity_id,
  requestId: request_id,
});
const sealOf = ({ seq, entry_id, prev_hash, hash }: StoredSeal): AuditSeal => ({
  seq: Number(seq),
  entryId: entry_id,
  prevHash: prev_hash,
  hash,
});

export type AuditReport = { checked: number; lastSeq: number; anchoredSeq: number; findings: AuditFinding[] };

const STRETCH = 1_000;
const FINDINGS_MAX = 100;

/** Checks the part of the chain that was sealed between two instants, the whole without them; up to a hundred findings. */
export async function verifyAudit(
  { source, vault, anchors }: Db,
  { from, to }: { from?: Date | null | undefined; to?: Date | null | undefined },
): Promise<AuditReport> {
  const mac = (text: string) => vault.hash('audit', text);
  const ask = async (sql: string, parameters: unknown[]): Promise<StoredSeal[]> =>
    source.query(`select seq, entry_id, prev_hash, hash from audit_seal ${sql}`, parameters);
  const [range]: { first: string | null; last: string | null; whole: string | null }[] = await source.query(
    `select min(seq) filter (where sealed_at >= $1) as first, max(seq) filter (where sealed_at <= $2) as last, max(seq) as whole
     from audit_seal`,
    [from ?? new Date(0), to ?? new Date('9999-01-01')],
  );
  const isFromStart = from === null || from === undefined;
  const first = isFromStart ? 1 : Number(range?.first ?? 1);
  const last = Number(range?.last ?? 0);
  const findings: AuditFinding[] = [];
  const [head] = await ask('where seq < $1 order by seq desc limit 1', [first]);
  let before: Pick<AuditSeal, 'seq' | 'hash'> | undefined = head && sealOf(head);
  let checked = 0;
  for (;;) {
    const after = before?.seq ?? 0;
    const seals = (
      await ask('where seq > $1 and seq <= $2 order by seq limit $3', [after, last, STRETCH])
    ).map(sealOf);
    if (seals.length === 0) break;
    const stored: Stored[] = await source.query(`select ${ENTRY} from audit_entry e where e.id = any($1)`, [
      seals.map(({ entryId }) => entryId),
    ]);
    const entries = new Map(stored.map((row) => [row.id, entryOf(row)]));
    findings.push(...verifyStretch({ seals, entries, before }, mac, anchors));
    checked += seals.length;
    before = seals.at(-1);
  }
  const strangers: { id: string }[] = await source.query(
    `select e.id from audit_entry e where e.at between $1 and $2
     and not exists (select from audit_seal s where s.entry_id = e.id)
     and not exists (select from audit_pending p where p.entry_id = e.id) limit ${FINDINGS_MAX}`,
    [from ?? new Date(0), to ?? new Date('9999-01-01')],
  );
  findings.push(
    ...strangers.map(({ id }): AuditFinding => ({ verdict: 'INSERTED', seq: null, entryId: id })),
    ...verifyEnd(Number(range?.whole ?? 0), anchors),
  );
  return { checked, lastSeq: last, anchoredSeq: anchors.lastSeq, findings: findings.slice(0, FINDINGS_MAX) };
}

/** Entries about one record, newest first, as they were written; the content of somebody who is erased is gone. */
export async function auditEntriesOf(
  { source, vault }: Db,
  entityId: string,
  { first, afterId }: { first: number; afterId: string | null },
): Promise<(Omit<AuditEntry, 'content'> & { content: string | null })[]> {
  const query: Query = (sql, parameters) => source.query(sql, parameters);
  const stored: Stored[] = await source.query(
    `select ${ENTRY} from audit_entry e where e.entity_id = $1 and ($2::uuid is null or e.id < $2)
     order by e.id desc limit $3`,
    [entityId, afterId, first],
  );
  const keys = await vault.keyring(
    query,
    stored.map(({ content }) => content),
  );
  return stored.map((row) => {
    const plain = vault.open(keys, row.content, placeOf(row.id));
    return { ...entryOf(row), content: plain?.toString() ?? null };
  });
}
