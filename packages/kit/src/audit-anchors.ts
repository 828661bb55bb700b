import type { Anchors } from './audit.rules.js';

/** The heads that this service's log was seen to have in Kafka. */
export class AuditAnchors implements Anchors {
  private readonly hashes = new Map<number, string>();
  lastSeq = 0;

  /** What was told of a place first counts: a log that was forked tells of it once more. */
  add(seq: number, hash: string): void {
    if (!this.hashes.has(seq)) this.hashes.set(seq, hash);
    this.lastSeq = Math.max(this.lastSeq, seq);
  }

  readonly hashAt = (seq: number): string | undefined => this.hashes.get(seq);
}
