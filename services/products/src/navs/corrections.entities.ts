import { type ApprovalStatus, type Decimal, decimal } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CorrectionReason } from './corrections.rules.js';

@Entity('nav_correction')
export class NavCorrectionRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'date' }) day: string;
  @Column(decimal) was: Decimal;
  @Column(decimal) nav: Decimal;
  @Column({ type: 'text' }) reason: CorrectionReason;
  @Column({ type: 'text' }) state: ApprovalStatus;
  @Column({ type: 'uuid' }) proposedBy: string;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'int' }) version: number;
}
