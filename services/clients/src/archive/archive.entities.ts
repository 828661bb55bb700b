import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Access, AccessPurpose, AccessStatus } from './access.rules.js';
import type { Hold, HoldStatus } from './holds.rules.js';
import type { ItemClass, RetentionRow, RetentionSetStatus } from './retention.rules.js';

@Entity('archive_item')
export class ArchiveItemRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) itemClass: ItemClass;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'text' }) sourceRef: string;
  @Column({ type: 'text' }) what: string;
  @Column({ type: 'jsonb' }) facts: Record<string, unknown>;
  @Column({ type: 'text' }) hash: string;
  @Column({ type: 'uuid' }) eventId: string;
  @Column({ type: 'timestamptz' }) occurredAt: Date;
  @Column({ type: 'timestamptz' }) filedAt: Date;
  @Column({ type: 'date', nullable: true }) endedOn: string | null;
  @Column({ type: 'date', nullable: true }) retainedUntil: string | null;
}

@Entity('retention_rule_set')
export class RetentionRuleSetRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'jsonb' }) rows: RetentionRow[];
  @Column({ type: 'text' }) status: RetentionSetStatus;
  @Column({ type: 'text' }) reason: string;
  @Column({ type: 'uuid', nullable: true }) makerId: string | null;
  @Column({ type: 'uuid', nullable: true }) checkerId: string | null;
  @Column({ type: 'timestamptz', nullable: true }) proposedAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'text', nullable: true }) decisionReason: string | null;
  @Column({ type: 'uuid', nullable: true }) appliedTo: string | null;
  @Column({ type: 'timestamptz', nullable: true }) appliedAt: Date | null;
}

@Entity('legal_hold')
export class LegalHoldRow implements Hold {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid', array: true }) itemIds: string[];
  @Column({ type: 'text' }) caseReference: string;
  @Column(sealed({ subject: 'clientId' })) reason: string;
  @Column({ type: 'text' }) status: HoldStatus;
  @Column({ type: 'uuid' }) setBy: string;
  @Column({ type: 'timestamptz' }) setAt: Date;
  @Column({ type: 'uuid', nullable: true }) liftId: string | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) liftReason: string | null;
  @Column({ type: 'timestamptz', nullable: true }) liftedAt: Date | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) decisionReason: string | null;
  @Column({ type: 'integer' }) version: number;
}

@Entity('archive_access')
export class ArchiveAccessRow implements Access {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid', array: true }) itemIds: string[];
  @Column({ type: 'text' }) purpose: AccessPurpose;
  @Column(sealed({ subject: 'clientId' })) reason: string;
  @Column({ type: 'integer' }) hours: number;
  @Column({ type: 'text' }) status: AccessStatus;
  @Column({ type: 'uuid' }) requesterId: string;
  @Column({ type: 'text' }) requesterRole: string;
  @Column({ type: 'uuid', nullable: true }) approverId: string | null;
  @Column({ type: 'timestamptz' }) requestedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) decisionReason: string | null;
  @Column({ type: 'timestamptz', nullable: true }) openedAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) closesAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) endedAt: Date | null;
  @Column({ type: 'integer' }) version: number;
}

@Entity('archive_read')
export class ArchiveReadRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) accessId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) itemId: string;
  @Column({ type: 'uuid' }) readerId: string;
  @Column({ type: 'text' }) role: string;
  @Column({ type: 'text' }) format: 'SCREEN' | 'EXPORT';
  @Column({ type: 'timestamptz' }) at: Date;
}

@Entity('archive_export')
export class ArchiveExportRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) accessId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) readerId: string;
  @Column({ type: 'text' }) sha256: string;
  @Column({ type: 'integer' }) items: number;
  @Column({ type: 'timestamptz' }) at: Date;
}
