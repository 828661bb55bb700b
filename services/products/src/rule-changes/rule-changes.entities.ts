import type { ApprovalStatus } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TableChanges } from './rule-changes.rules.js';

@Entity('rule_proposal')
export class RuleProposalRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) versionCode: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'text' }) baseVersion: string;
  @Column({ type: 'jsonb' }) changes: TableChanges;
  @Column({ type: 'text' }) state: ApprovalStatus;
  @Column({ type: 'uuid' }) proposedBy: string;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'int' }) version: number;
}
