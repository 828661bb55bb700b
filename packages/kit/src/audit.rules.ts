/** An entry of the audit log, as it is stored: its content stays sealed. */
export type AuditEntry = {
  id: string;
  at: Date;
  actorId: string | null;
  role: string;
  action: string;
  command: string | null;
  entity: string;
  entityId: string;
  content: Buffer;
  requestId: string | null;
  trace: string | null;
};

/** An entry's place in the chain. */
export type AuditSeal = { seq: number; entryId: string; prevHash: string; hash: string };

/** What was done to the log, as far as it can be told from what is left. */
export type AuditVerdict = 'EDITED' | 'REMOVED' | 'INSERTED' | 'REORDERED' | 'TRUNCATED';
export type AuditFinding = { verdict: AuditVerdict; seq: number | null; entryId: string | null };

/** The heads of the chain that were told to the world: place → hash. */
export type Anchors = { lastSeq: number; hashAt: (seq: number) => string | undefined };

export const FIRST_HASH = '';

/** The text that is hashed: every fact of the entry, its place and the hash before. */
export const canonical = (entry: AuditEntry, seq: number, prevHash: string): string =>
  JSON.stringify([
    seq,
    prevHash,
    entry.id,
    entry.at.toISOString(),
    entry.actorId,
    entry.role,
    entry.action,
    entry.command,
    entry.entity,
    entry.entityId,
    entry.content.toString('base64'),
    entry.requestId,
    entry.trace,
  ]);

type Stretch = {
  /** By place. */
  seals: readonly AuditSeal[];
  entries: ReadonlyMap<string, AuditEntry>;
  /** The seal before the first, if the stretch does not begin the chain. */
  before: Pick<AuditSeal, 'seq' | 'hash'> | undefined;
};

/** Checks a stretch of the chain, place by place. `mac` is the keyed hash: without its key nobody makes a seal that fits. */
export function verifyStretch(
  { seals, entries, before }: Stretch,
  mac: (text: string) => string,
  anchors: Anchors,
): AuditFinding[] {
  const findings: AuditFinding[] = [];
  const broken: { seal: AuditSeal; entry: AuditEntry; next: AuditSeal | undefined }[] = [];
  let last = before ?? { seq: 0, hash: FIRST_HASH };
  let isLastSound = true;
  seals.forEach((seal, index) => {
    for (let seq = last.seq + 1; seq < seal.seq; seq += 1)
      findings.push({ verdict: 'REMOVED', seq, entryId: null });
    const entry = entries.get(seal.entryId);
    const isSound = entry !== undefined && mac(canonical(entry, seal.seq, seal.prevHash)) === seal.hash;
    if (entry === undefined) findings.push({ verdict: 'REMOVED', seq: seal.seq, entryId: seal.entryId });
    else if (!isSound) broken.push({ seal, entry, next: seals[index + 1] });
    else if ((isLastSound && isOfAnotherChain(seal, last)) || isOfAnotherTelling(seal, anchors))
      findings.push({ verdict: 'INSERTED', seq: seal.seq, entryId: entry.id });
    isLastSound = isSound;
    last = seal;
  });
  const places = broken.map(({ seal }) => seal);
  for (const one of broken) findings.push(judge(one, places, mac, anchors));
  return findings.sort((a, b) => (a.seq ?? 0) - (b.seq ?? 0));
}

/** A seal made with the key, but behind another one than stands before it: the log was begun anew from a copy. */
const isOfAnotherChain = (seal: AuditSeal, last: Pick<AuditSeal, 'seq' | 'hash'>): boolean =>
  seal.seq === last.seq + 1 && seal.prevHash !== last.hash;

/** A seal made with the key, and the world was told of another one at its place. */
const isOfAnotherTelling = (seal: AuditSeal, anchors: Anchors): boolean =>
  (anchors.hashAt(seal.seq) ?? seal.hash) !== seal.hash;

/**
 * An entry that does not fit its place: it fits another place that does not fit either, so the two have changed places; or its seal is
 * still the one that the next seal, or the world, knows, so the entry was edited; or nobody knows the seal, so both were put in.
 */
function judge(
  { seal, entry, next }: { seal: AuditSeal; entry: AuditEntry; next: AuditSeal | undefined },
  places: readonly AuditSeal[],
  mac: (text: string) => string,
  anchors: Anchors,
): AuditFinding {
  const found = { seq: seal.seq, entryId: entry.id };
  const isMoved = places.some(
    (place) =>
      place !== seal &&
      (mac(canonical(entry, place.seq, place.prevHash)) === place.hash ||
        mac(canonical(entry, place.seq, seal.prevHash)) === seal.hash),
  );
  if (isMoved) return { verdict: 'REORDERED', ...found };
  const known = next?.seq === seal.seq + 1 ? next.prevHash : anchors.hashAt(seal.seq);
  const isKnown =
    known === undefined ? seal.seq <= anchors.lastSeq || anchors.lastSeq === 0 : known === seal.hash;
  return { verdict: isKnown ? 'EDITED' : 'INSERTED', ...found };
}

/** Whether the end of the chain is the one that was told to the world. */
export function verifyEnd(lastSeq: number, anchors: Anchors): AuditFinding[] {
  return lastSeq < anchors.lastSeq ? [{ verdict: 'TRUNCATED', seq: lastSeq + 1, entryId: null }] : [];
}
