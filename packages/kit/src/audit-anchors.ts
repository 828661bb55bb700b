import type { Anchors } from './audit.rules.js';

/** The heads that this service's log was seen to have in Kafka. */
export class AuditAnchors implements Anchors {
  private readonly hashes = new Map<number, string>();
  lastSeq = 0;

  add(seq: number, hash: string): void {
    this.hashes.set(seq, hash);
    this.lastSeq = Math.max(this.lastSeq, seq);
  }

  readonly hashAt = (seq: number): string | undefined => this.hashes.get(seq);
}
