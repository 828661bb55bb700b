import { createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import {
  type Anchors,
  type AuditEntry,
  type AuditSeal,
  canonical,
  verifyEnd,
  verifyStretch,
} from './audit.rules.js';

const mac = (text: string) => createHmac('sha256', 'key').update(text).digest('base64url');
const forged = (text: string) => createHmac('sha256', 'guess').update(text).digest('base64url');
const anEntry = (n: number): AuditEntry => ({
  id: `e${n}`,
  at: new Date(n * 1_000),
  actorId: null,
  role: 'SYSTEM',
  action: 'UPDATE',
  command: null,
  entity: 'client',
  entityId: 'c',
  content: Buffer.from(`content ${n}`),
  requestId: null,
  trace: null,
});
const sealed = (entry: AuditEntry, seq: number, prevHash: string, by = mac): AuditSeal => ({
  seq,
  entryId: entry.id,
  prevHash,
  hash: by(canonical(entry, seq, prevHash)),
});
function aLog(length = 6) {
  const entries = new Map<string, AuditEntry>();
  const seals: AuditSeal[] = [];
  for (let n = 1; n <= length; n += 1) {
    const entry = anEntry(n);
    entries.set(entry.id, entry);
    seals.push(sealed(entry, n, seals.at(-1)?.hash ?? ''));
  }
  return { entries, seals };
}
const nothingTold: Anchors = { lastSeq: 0, hashAt: () => undefined };
function told(seals: readonly AuditSeal[]): Anchors {
  const [lastSeq, hash] = [seals.length, seals.at(-1)?.hash];
  return { lastSeq, hashAt: (seq) => (seq === lastSeq ? hash : undefined) };
}
const verdicts = (log: ReturnType<typeof aLog>, anchors: Anchors) =>
  verifyStretch({ ...log, before: undefined }, mac, anchors).map(({ verdict, seq }) => [verdict, seq]);

describe('the chain of the audit log', () => {
  test('as it was written has nothing wrong, from any place on', () => {
    const log = aLog();
    expect(verdicts(log, told(log.seals))).toEqual([]);
    const [, second, ...rest] = log.seals;
    expect(verifyStretch({ entries: log.entries, seals: rest, before: second }, mac, nothingTold)).toEqual(
      [],
    );
  });

  test.each(['role', 'action', 'entity', 'entityId', 'requestId', 'trace', 'command', 'actorId'] as const)(
    'an entry whose %s was edited is EDITED',
    (field) => {
      const log = aLog();
      log.entries.set('e3', { ...anEntry(3), [field]: 'other' });
      expect(verdicts(log, told(log.seals))).toEqual([['EDITED', 3]]);
    },
  );

  test.each([1, 3, 6])('content or time edited at place %i is EDITED', (n) => {
    const log = aLog();
    log.entries.set(`e${n}`, { ...anEntry(n), content: Buffer.from('other') });
    expect(verdicts(log, told(log.seals))).toEqual([['EDITED', n]]);
    log.entries.set(`e${n}`, { ...anEntry(n), at: new Date(0) });
    expect(verdicts(log, told(log.seals))).toEqual([['EDITED', n]]);
  });

  test('an entry that is gone, with its seal or without, is REMOVED', () => {
    const log = aLog();
    log.entries.delete('e2');
    expect(verdicts(log, told(log.seals))).toEqual([['REMOVED', 2]]);
    log.seals.splice(1, 1);
    expect(verdicts(log, told(aLog().seals))).toEqual([['REMOVED', 2]]);
    log.seals.splice(0, 1);
    expect(verdicts(log, told(aLog().seals))).toEqual([
      ['REMOVED', 1],
      ['REMOVED', 2],
    ]);
  });

  test('two that have changed places are REORDERED, whether by entry or by place', () => {
    const swapped = aLog();
    const [, b, c] = swapped.seals;
    if (b === undefined || c === undefined) throw new Error('Too short.');
    [b.entryId, c.entryId] = [c.entryId, b.entryId];
    expect(verdicts(swapped, told(aLog().seals))).toEqual([
      ['REORDERED', 2],
      ['REORDERED', 3],
    ]);
    const moved = aLog();
    const [, d, e] = moved.seals;
    if (d === undefined || e === undefined) throw new Error('Too short.');
    [d.seq, e.seq] = [e.seq, d.seq];
    moved.seals.sort((x, y) => x.seq - y.seq);
    expect(verdicts(moved, told(aLog().seals))).toEqual([
      ['REORDERED', 2],
      ['REORDERED', 3],
    ]);
  });

  test('one put in at the end with a seal that nobody told of is INSERTED', () => {
    const log = aLog();
    const anchors = told(log.seals);
    const stranger = anEntry(7);
    log.entries.set(stranger.id, stranger);
    log.seals.push(sealed(stranger, 7, log.seals.at(-1)?.hash ?? '', forged));
    expect(verdicts(log, anchors)).toEqual([['INSERTED', 7]]);
  });

  test('one put in between, with the rest moved on, is INSERTED, and the rest is not where it was', () => {
    const log = aLog(4);
    const anchors = told(log.seals);
    const stranger = anEntry(9);
    log.entries.set(stranger.id, stranger);
    for (const seal of log.seals.slice(2)) seal.seq += 1;
    log.seals.splice(2, 0, sealed(stranger, 3, log.seals[1]?.hash ?? '', forged));
    expect(verdicts(log, anchors)[0]).toEqual(['INSERTED', 3]);
    expect(verdicts(log, anchors).length).toBeGreaterThan(1);
  });

  test('begun anew from a copy with the key itself is INSERTED where the world was told otherwise, even when it grew on', () => {
    const log = aLog();
    const anchors = told(log.seals);
    for (const length of [6, 9]) {
      const tail = aLog(length);
      for (let n = 4; n <= length; n += 1) {
        const other = { ...anEntry(n), id: `other ${n}` };
        tail.entries.set(other.id, other);
        tail.seals[n - 1] = sealed(other, n, tail.seals[n - 2]?.hash ?? '');
      }
      expect(verdicts(tail, nothingTold)).toEqual([]);
      expect(verdicts(tail, anchors)).toEqual([['INSERTED', 6]]);
    }
  });

  test('of which one seal is of a fork is INSERTED there, told or not', () => {
    const log = aLog();
    const other = { ...anEntry(3), id: 'other' };
    const fork = sealed(anEntry(4), 4, sealed(other, 3, log.seals[1]?.hash ?? '').hash);
    log.seals.splice(3, 1, fork);
    expect(verdicts(log, nothingTold)).toEqual([
      ['INSERTED', 4],
      ['INSERTED', 5],
    ]);
  });

  test('whose end is gone is TRUNCATED, which only the world outside can tell', () => {
    const log = aLog();
    expect(verifyEnd(4, told(log.seals))).toEqual([{ verdict: 'TRUNCATED', seq: 5, entryId: null }]);
    expect(verifyEnd(6, told(log.seals))).toEqual([]);
    expect(verifyEnd(4, nothingTold)).toEqual([]);
  });
});
