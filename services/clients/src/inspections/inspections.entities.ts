import { type ApprovalDecision, sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Finding, FindingStatus, Severity } from './findings.rules.js';
import type { InspectionStatus, StepAnswer } from './inspections.rules.js';
import type { SampleQuery } from './samples.rules.js';
import type { SupervisionTableKind, TemplateContent } from './templates.rules.js';

@Entity('inspection_template')
export class InspectionTemplateRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'jsonb' }) content: TemplateContent;
}

/** A template, or what daily checks look for, as one person has proposed it. */
@Entity('supervision_table')
export class SupervisionTableRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) kind: SupervisionTableKind;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'jsonb' }) content: object;
  @Column({ type: 'text' }) status: ApprovalDecision | 'PROPOSED' | 'EXPIRED';
  @Column({ type: 'text' }) reason: string;
  @Column({ type: 'uuid' }) makerId: string;
  @Column({ type: 'uuid', nullable: true }) checkerId: string | null;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'text', nullable: true }) decisionReason: string | null;
}

@Entity('inspection')
export class InspectionRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) templateId: string;
  @Column({ type: 'text' }) template: string;
  @Column({ type: 'date' }) periodFrom: string;
  @Column({ type: 'date' }) periodTo: string;
  @Column({ type: 'date' }) dueOn: string;
  @Column({ type: 'text' }) status: InspectionStatus;
  @Column({ type: 'uuid', nullable: true }) openedBy: string | null;
  @Column({ type: 'timestamptz' }) openedAt: Date;
  @Column({ type: 'uuid', nullable: true }) verifiedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) verifiedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) closedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) closedAt: Date | null;
  @Column({ type: 'text', nullable: true }) declinedReason: string | null;
  @Column({ type: 'integer' }) version: number;
}

@Entity('inspection_sample')
export class InspectionSampleRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) inspectionId: string;
  @Column({ type: 'text' }) seed: string;
  @Column({ type: 'jsonb' }) query: SampleQuery;
  @Column({ type: 'integer' }) size: number;
  @Column({ type: 'timestamptz' }) asOf: Date;
  @Column({ type: 'integer' }) population: number;
  @Column({ type: 'uuid', array: true }) drawn: string[];
  @Column({ type: 'uuid' }) drawnBy: string;
}

@Entity('inspection_answer')
export class InspectionAnswerRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) inspectionId: string;
  @Column({ type: 'text' }) step: string;
  @Column({ type: 'text' }) answer: StepAnswer;
  @Column(sealed({ subject: 'id', nullable: true })) note: string | null;
  @Column({ type: 'uuid' }) answeredBy: string;
  @Column({ type: 'timestamptz' }) answeredAt: Date;
}

@Entity('finding')
export class FindingRow implements Finding {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) inspectionId: string;
  @Column({ type: 'text' }) template: string;
  @Column({ type: 'text' }) step: string;
  @Column({ type: 'text' }) severity: Severity;
  @Column({ type: 'text' }) rule: string;
  @Column({ type: 'uuid', nullable: true }) clientId: string | null;
  @Column(sealed({ subject: 'clientId' })) summary: string;
  @Column({ type: 'uuid', array: true }) evidence: string[];
  @Column({ type: 'uuid', nullable: true }) ownerId: string | null;
  @Column({ type: 'date' }) dueOn: string;
  @Column({ type: 'text' }) status: FindingStatus;
  @Column({ type: 'uuid', nullable: true }) raisedBy: string | null;
  @Column({ type: 'timestamptz' }) raisedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) verifiedAt: Date | null;
  @Column({ type: 'integer' }) version: number;
}

@Entity('rectification')
export class RectificationRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) findingId: string;
  @Column({ type: 'uuid', nullable: true }) clientId: string | null;
  @Column(sealed({ subject: 'clientId' })) plan: string;
  @Column({ type: 'date' }) dueOn: string;
  @Column({ type: 'uuid' }) plannedBy: string;
  @Column({ type: 'timestamptz' }) plannedAt: Date;
  @Column(sealed({ subject: 'clientId', nullable: true })) done: string | null;
  @Column({ type: 'text', array: true }) evidence: string[];
  @Column({ type: 'timestamptz', nullable: true }) doneAt: Date | null;
  @Column({ type: 'text', nullable: true }) verdict: 'VERIFIED' | 'REJECTED' | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) reason: string | null;
  @Column({ type: 'uuid', nullable: true }) verifiedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) verifiedAt: Date | null;
}

@Entity('staff_client')
export class StaffClientRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) staffId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) recordedBy: string;
  @Column({ type: 'timestamptz' }) recordedAt: Date;
}
