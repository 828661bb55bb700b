import { decimal } from '@client-graph/kit';
import type { Decimal } from '@client-graph/kit/decimal';
import { Column, type ColumnOptions, Entity, PrimaryColumn } from 'typeorm';
import type { Adjustment, AdjustmentReason, AdjustmentState } from './adjustments/adjustments.rules.js';
import type { ChangeKind, ChangeState, RuleChange } from './changes/changes.rules.js';
import type { ActivityTerms, EarnBasis, EarnRule } from './earning/earning.rules.js';
import type {
  Benefit,
  Membership,
  MembershipStatus,
  MembershipTier,
  Programme,
  TierRule,
} from './membership/membership.rules.js';
import type { Allocation, Entry, EntryType, Labels, Lot, LotState } from './points/lots.rules.js';
import type { PurchaseTerms } from './points/points.rules.js';
import type { Redemption, RedemptionState } from './redemptions/redemptions.rules.js';
import type { FindingKind, Liability } from './reports/reports.rules.js';
import type { Reward, RewardKind, RewardTerms } from './rewards/rewards.rules.js';

/** Postgres hands a bigint on as text; points stay far below 2^53, where a number is exact. */
const points = {
  type: 'bigint',
  transformer: { to: (value: number) => value, from: (text: string) => Number(text) },
} as const satisfies ColumnOptions;

const nullablePoints = {
  type: 'bigint',
  nullable: true,
  transformer: {
    to: (value: number | null) => value,
    from: (text: string | null) => (text === null ? null : Number(text)),
  },
} as const satisfies ColumnOptions;

@Entity('earn_rule')
export class EarnRuleRow implements EarnRule {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'text' }) event: string;
  @Column({ type: 'int' }) pendingDays: number;
  @Column({ type: 'int' }) expiryMonths: number;
  @Column({ type: 'boolean' }) qualifying: boolean;
  @Column({ type: 'jsonb' }) terms: PurchaseTerms | ActivityTerms;
  @Column({ type: 'jsonb' }) labels: Labels;
}

@Entity('tier_rule')
export class TierRuleRow implements TierRule {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: MembershipTier;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column(points) qualifyingPoints: number;
  @Column(decimal) multiplier: Decimal;
  @Column({ type: 'jsonb' }) labels: Labels;
  @Column({ type: 'jsonb' }) benefits: Benefit[];
}

@Entity('programme_rule')
export class ProgrammeRow implements Programme {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'int' }) pointsPerCurrency: number;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'int' }) feeCreditMaxPercent: number;
  @Column({ type: 'int' }) graceDays: number;
  @Column({ type: 'int' }) lapseNoticeDays: number;
  @Column({ type: 'int' }) expiryNoticeDays: number;
  @Column({ type: 'text' }) debtRule: Programme['debtRule'];
  @Column({ type: 'int' }) reservationDays: number;
  @Column({ type: 'int' }) adjustmentExpiryMonths: number;
}

/** A client has one membership, so its id is the client's. */
@Entity('membership')
export class MembershipRow implements Membership {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'text' }) tier: MembershipTier;
  @Column({ type: 'date' }) tierFrom: string;
  @Column({ type: 'date', nullable: true }) tierTo: string | null;
  @Column({ type: 'text' }) status: MembershipStatus;
  @Column(points) debt: number;
  @Column({ type: 'date', nullable: true }) lapseOn: string | null;
  @Column({ type: 'uuid', nullable: true }) mergedInto: string | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('point_lot')
export class PointLotRow implements Lot {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) rule: string;
  @Column(points) amount: number;
  @Column(points) remaining: number;
  @Column({ type: 'date' }) earnedOn: string;
  @Column({ type: 'date' }) availableOn: string;
  @Column({ type: 'date' }) expiresOn: string;
  @Column({ type: 'text' }) state: LotState;
  @Column({ type: 'uuid', nullable: true }) originLotId: string | null;
  @Column({ type: 'int' }) version: number;
}

/** Append-only: the database refuses to change or delete an entry. */
@Entity('ledger_entry')
export class LedgerEntryRow implements Entry<EarnBasis> {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid', nullable: true }) lotId: string | null;
  @Column({ type: 'text' }) type: EntryType;
  @Column(points) pending: number;
  @Column(points) available: number;
  @Column(points) debt: number;
  @Column({ type: 'text' }) rule: string;
  @Column({ type: 'int', nullable: true }) ruleVersion: number | null;
  @Column(points) qualifyingPoints: number;
  @Column({ type: 'date', nullable: true }) qualifyingOn: string | null;
  @Column({ type: 'uuid', nullable: true }) sourceEventId: string | null;
  @Column({ type: 'text', nullable: true }) occasion: string | null;
  @Column({ type: 'uuid', nullable: true }) referenceId: string | null;
  @Column({ type: 'jsonb', nullable: true }) basis: EarnBasis | null;
  @Column({ type: 'date' }) businessDate: string;
  @Column({ type: 'timestamptz' }) at: Date;
}

/** Append-only, as the entry it belongs to. */
@Entity('allocation')
export class AllocationRow implements Allocation {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) entryId: string;
  @Column({ type: 'uuid' }) lotId: string;
  @Column(points) points: number;
}

@Entity('reward')
export class RewardRow implements Reward {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'text' }) kind: RewardKind;
  @Column(nullablePoints) stock: number | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('reward_terms')
export class RewardTermsRow implements RewardTerms {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'date', nullable: true }) lastDay: string | null;
  @Column(nullablePoints) points: number | null;
  @Column({ type: 'text' }) tier: MembershipTier;
  @Column({ type: 'int', nullable: true }) perClientYear: number | null;
  @Column({ type: 'jsonb' }) labels: Labels;
}

/** Append-only: the sum of a reward's entries is its stock. */
@Entity('stock_entry')
export class StockEntryRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) rewardId: string;
  @Column(points) units: number;
  @Column({ type: 'uuid', nullable: true }) redemptionId: string | null;
  @Column({ type: 'timestamptz' }) at: Date;
  @Column({ type: 'uuid', nullable: true }) by: string | null;
}

@Entity('redemption')
export class RedemptionRow implements Redemption {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) rewardCode: string;
  @Column({ type: 'int', nullable: true }) termsVersion: number | null;
  @Column({ type: 'text' }) kind: RewardKind;
  @Column({ type: 'int' }) quantity: number;
  @Column(points) points: number;
  @Column({ type: 'text' }) state: RedemptionState;
  @Column({ type: 'text', nullable: true }) reason: string | null;
  @Column({ type: 'uuid', nullable: true }) orderId: string | null;
  @Column({ type: 'uuid', nullable: true }) creditId: string | null;
  @Column(nullablePoints) feeMinor: number | null;
  @Column(nullablePoints) creditMinor: number | null;
  @Column({ type: 'text', nullable: true }) currency: string | null;
  @Column({ type: 'uuid', nullable: true }) requestedBy: string | null;
  @Column({ type: 'date' }) requestedOn: string;
  @Column({ type: 'timestamptz' }) requestedAt: Date;
  @Column({ type: 'int' }) version: number;
}

/** Sums of a day; nobody's points. */
@Entity('liability_snapshot')
export class LiabilityRow implements Liability {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'date' }) day: string;
  @Column({ type: 'int' }) members: number;
  @Column(points) activePoints: number;
  @Column(points) pendingPoints: number;
  @Column(points) debtPoints: number;
  @Column({ ...points, name: 'earned_12m' }) earned12m: number;
  @Column({ ...points, name: 'redeemed_12m' }) redeemed12m: number;
  @Column({ ...points, name: 'expired_12m' }) expired12m: number;
  @Column({ type: 'int' }) pointsPerCurrency: number;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'jsonb' }) expiring: Liability['expiring'];
}

@Entity('points_finding')
export class FindingRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) kind: FindingKind;
  @Column(points) expected: number;
  @Column(points) found: number;
  @Column({ type: 'timestamptz' }) foundAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) clearedAt: Date | null;
}

@Entity('rule_change')
export class RuleChangeRow implements RuleChange {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) kind: ChangeKind;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'jsonb' }) payload: unknown;
  @Column({ type: 'text' }) state: ChangeState;
  @Column({ type: 'uuid' }) proposedBy: string;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('adjustment')
export class AdjustmentRow implements Adjustment {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column(points) points: number;
  @Column({ type: 'text' }) reason: AdjustmentReason;
  @Column({ type: 'text', nullable: true }) reference: string | null;
  @Column({ type: 'text' }) state: AdjustmentState;
  @Column({ type: 'uuid' }) proposedBy: string;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) entryId: string | null;
  @Column({ type: 'int' }) version: number;
}

type Standing = Pick<MembershipRow, 'tier' | 'tierFrom' | 'tierTo' | 'status' | 'lapseOn'>;

/** A duplicate (its id) whose points have gone to another client, and how both stood. */
@Entity('points_merge')
export class PointsMergeRow {
  @PrimaryColumn({ type: 'uuid', name: 'merged_id' }) id: string;
  @Column({ type: 'uuid' }) survivorId: string;
  @Column({ type: 'timestamptz' }) at: Date;
  @Column(points) debt: number;
  /** The standings before, and the tier that the survivor was given. */
  @Column({ type: 'jsonb' }) before: { survivor: Standing; merged: Standing; given: Standing };
}
