import { decimal } from '@client-graph/kit';
import type { Decimal } from '@client-graph/kit/decimal';
import { Column, type ColumnOptions, Entity, PrimaryColumn } from 'typeorm';
import type { Membership, MembershipStatus, MembershipTier, TierRule } from './membership.rules.js';
import type {
  Entry,
  EntryType,
  Labels,
  Lot,
  LotState,
  PurchaseBasis,
  PurchaseRule,
  PurchaseTerms,
} from './points.rules.js';

/** Postgres hands a bigint on as text; points stay far below 2^53, where a number is exact. */
const points = {
  type: 'bigint',
  transformer: { to: (value: number) => value, from: (text: string) => Number(text) },
} as const satisfies ColumnOptions;

@Entity('earn_rule')
export class EarnRuleRow implements PurchaseRule {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'text' }) event: string;
  @Column({ type: 'int' }) pendingDays: number;
  @Column({ type: 'int' }) expiryMonths: number;
  @Column({ type: 'boolean' }) qualifying: boolean;
  @Column({ type: 'jsonb' }) terms: PurchaseTerms;
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
}

/** A client has one membership, so its id is the client's. */
@Entity('membership')
export class MembershipRow implements Membership {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'text' }) tier: MembershipTier;
  @Column({ type: 'date' }) tierFrom: string;
  @Column({ type: 'date', nullable: true }) tierTo: string | null;
  @Column({ type: 'text' }) status: MembershipStatus;
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
  @Column({ type: 'int' }) version: number;
}

/** Append-only: the database refuses to change or delete an entry. */
@Entity('ledger_entry')
export class LedgerEntryRow implements Entry {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) lotId: string;
  @Column({ type: 'text' }) type: EntryType;
  @Column(points) pending: number;
  @Column(points) available: number;
  @Column({ type: 'text' }) rule: string;
  @Column({ type: 'int', nullable: true }) ruleVersion: number | null;
  @Column({ type: 'boolean' }) qualifying: boolean;
  @Column({ type: 'uuid', nullable: true }) sourceEventId: string | null;
  @Column({ type: 'jsonb', nullable: true }) basis: PurchaseBasis | null;
  @Column({ type: 'date' }) businessDate: string;
  @Column({ type: 'timestamptz' }) at: Date;
}
