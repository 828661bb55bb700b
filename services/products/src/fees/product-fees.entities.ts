import { type ApprovalStatus, type Decimal, decimal } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Fees } from './product-fees.rules.js';

@Entity('product_fees')
export class ProductFeesRow implements Fees {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column(decimal) wasPurchasePct: Decimal;
  @Column(decimal) wasRedemptionPct: Decimal;
  @Column(decimal) purchaseFeePct: Decimal;
  @Column(decimal) redemptionFeePct: Decimal;
  /** The first day on which orders are placed by them. */
  @Column({ type: 'date' }) validFrom: string;
  @Column({ type: 'text' }) state: ApprovalStatus;
  @Column({ type: 'uuid' }) proposedBy: string;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'int' }) version: number;
}
