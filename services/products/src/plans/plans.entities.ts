import { type Decimal, decimal, nullableDecimal } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Level } from '../suitability/levels.rules.js';
import type { Goal } from './allocation.rules.js';
import type { LineReason } from './plan-words.rules.js';
import type { Plan, PlanState } from './plans.rules.js';
import type { Line } from './rebalance.rules.js';

@Entity('portfolio_plan')
export class PlanRow implements Plan {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'text' }) goal: Goal;
  @Column({ type: 'text' }) level: Level;
  @Column({ type: 'text' }) ruleVersion: string;
  @Column({ type: 'text' }) state: PlanState;
  /** New money that the plan invests. */
  @Column(decimal) cash: Decimal;
  @Column(decimal) total: Decimal;
  @Column(decimal) equityPct: Decimal;
  @Column(decimal) minPct: Decimal;
  @Column(decimal) maxPct: Decimal;
  @Column(decimal) aimPct: Decimal;
  @Column(decimal) maxSinglePct: Decimal;
  @Column(decimal) driftPct: Decimal;
  @Column({ type: 'date' }) reviewOn: string;
  @Column({ type: 'timestamptz', nullable: true }) reviewToldAt: Date | null;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'uuid', nullable: true }) proposedBy: string | null;
  @Column({ type: 'timestamptz' }) validUntil: Date;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('portfolio_plan_line')
export class PlanLineRow implements Line {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) planId: string;
  @Column({ type: 'int' }) n: number;
  @Column({ type: 'text' }) side: Line['side'];
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'uuid', nullable: true }) fromProductId: string | null;
  @Column(nullableDecimal) units: Decimal | null;
  @Column(decimal) amount: Decimal;
  @Column({ type: 'jsonb' }) reasons: LineReason[];
  @Column({ type: 'uuid', nullable: true }) decisionId: string | null;
  @Column({ type: 'uuid', nullable: true }) orderId: string | null;
}

/** That a plan was taken up, once. */
@Entity('plan_acceptance')
export class PlanAcceptanceRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) planId: string;
  @Column({ type: 'timestamptz' }) acceptedAt: Date;
  @Column({ type: 'uuid', nullable: true }) acceptedBy: string | null;
}

/** A line beside the currency of its plan. */
export type PlanLineOf = PlanLineRow & { currency: string };
