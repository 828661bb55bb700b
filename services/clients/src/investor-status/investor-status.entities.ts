import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Investor, InvestorCode } from './investor-status.rules.js';

@Entity('investor_status')
export class InvestorStatusRow implements Investor {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) status: InvestorCode;
  @Column({ type: 'boolean' }) isQualified: boolean;
  @Column(sealed({ subject: 'clientId' })) evidence: string;
  @Column({ type: 'date' }) validFrom: string;
  @Column({ type: 'date' }) validTo: string;
  @Column({ type: 'uuid' }) decidedBy: string;
  @Column({ type: 'timestamptz' }) decidedAt: Date;
  /** When it ended: by its last day, or by the next status. */
  @Column({ type: 'timestamptz', nullable: true }) endedAt: Date | null;
}
