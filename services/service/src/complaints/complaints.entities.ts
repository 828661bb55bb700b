import { type Decimal, nullableDecimal, sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ClockTerms, Complexity } from './clocks.rules.js';
import type {
  Complaint,
  ComplaintAction,
  ComplaintCategory,
  ComplaintSeverity,
  ComplaintStatus,
  RedressType,
  RootCause,
} from './complaints.rules.js';
import type { ComplainantKind, ComplaintChannel } from './filing.rules.js';

@Entity('complaint_clock')
export class ComplaintClockRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) profile: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'jsonb' }) terms: ClockTerms;
}

/** The words of a complaint and of its decision are personal: in no event and no log. */
@Entity('complaint')
export class ComplaintRow implements Complaint {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'text' }) number: string;
  @Column({ type: 'text' }) status: ComplaintStatus;
  @Column({ type: 'text' }) profile: string;
  @Column({ type: 'uuid' }) clockId: string;
  @Column({ type: 'uuid', nullable: true }) clientId: string | null;
  @Column({ type: 'text' }) complainantKind: ComplainantKind;
  @Column(sealed({ subject: 'clientId', nullable: true })) complainantName: string | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) complainantContact: string | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) authorityReference: string | null;
  @Column(sealed({ subject: 'clientId', as: 'json' })) representatives: string[];
  @Column({ type: 'text' }) channel: ComplaintChannel;
  @Column({ type: 'timestamptz' }) receivedAt: Date;
  @Column({ type: 'uuid' }) filedBy: string;
  @Column({ type: 'text' }) category: ComplaintCategory;
  @Column({ type: 'text' }) severity: ComplaintSeverity;
  @Column({ type: 'uuid', array: true }) productIds: string[];
  @Column(sealed({ subject: 'clientId' })) claim: string;
  @Column({ type: 'uuid', array: true }) concernedStaffIds: string[];
  @Column({ type: 'uuid', nullable: true }) handlerId: string | null;
  @Column({ type: 'text' }) complexity: Complexity;
  @Column({ type: 'timestamptz' }) clockFrom: Date;
  @Column({ type: 'timestamptz' }) acknowledgeDueAt: Date;
  @Column({ type: 'boolean' }) acknowledgeDueIsProvisional: boolean;
  @Column({ type: 'timestamptz' }) dueAt: Date;
  @Column({ type: 'boolean' }) dueIsProvisional: boolean;
  @Column({ type: 'timestamptz', nullable: true }) acknowledgedAt: Date | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) findings: string | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) decision: string | null;
  @Column({ type: 'text', nullable: true }) remedies: string | null;
  @Column({ type: 'text', nullable: true }) redressType: RedressType | null;
  @Column(nullableDecimal) redressAmount: Decimal | null;
  @Column({ type: 'text', nullable: true }) redressCurrency: string | null;
  @Column({ type: 'text', nullable: true }) rootCause: RootCause | null;
  @Column({ type: 'boolean' }) isSummaryResolution: boolean;
  @Column({ type: 'timestamptz', nullable: true }) resolvedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) resolvedBy: string | null;
  @Column({ type: 'boolean', nullable: true }) onTime: boolean | null;
  @Column({ type: 'int' }) failedFollowUps: number;
  @Column({ type: 'int', nullable: true }) satisfaction: number | null;
  @Column({ type: 'timestamptz', nullable: true }) endedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) mergedIntoId: string | null;
  @Column({ type: 'uuid', nullable: true }) rectificationId: string | null;
}

@Entity('complaint_extension')
export class ComplaintExtensionRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) complaintId: string;
  @Column({ type: 'text' }) complexity: 'COMPLEX' | 'SPECIAL';
  @Column({ type: 'text' }) status: 'PROPOSED' | 'GRANTED' | 'REFUSED';
  @Column(sealed({ subject: 'complaintId' })) reason: string;
  @Column({ type: 'uuid' }) proposedBy: string;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'text', nullable: true }) toldVia: ComplaintChannel | null;
  @Column({ type: 'timestamptz', nullable: true }) toldAt: Date | null;
  @Column({ type: 'timestamptz' }) dueBefore: Date;
  @Column({ type: 'timestamptz', nullable: true }) dueAfter: Date | null;
}

/** Append-only. */
@Entity('complaint_action')
export class ComplaintActionRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) complaintId: string;
  @Column({ type: 'text' }) action: ComplaintAction | 'FILE' | 'PROPOSE_EXTENSION' | 'REFUSE_EXTENSION';
  @Column({ type: 'text', nullable: true }) fromStatus: ComplaintStatus | null;
  @Column({ type: 'text' }) toStatus: ComplaintStatus;
  @Column(sealed({ subject: 'complaintId', nullable: true })) note: string | null;
  @Column({ type: 'uuid', nullable: true }) by: string | null;
  @Column({ type: 'timestamptz' }) at: Date;
}

@Entity('rectification')
export class RectificationRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'text' }) rootCause: RootCause;
  @Column({ type: 'text' }) status: 'OPEN' | 'DONE';
  @Column({ type: 'timestamptz' }) openedAt: Date;
  @Column({ type: 'text', nullable: true }) measures: string | null;
  @Column({ type: 'uuid', nullable: true }) completedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) completedAt: Date | null;
}
