import { type Decimal, decimal, nullableDecimal, sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CreditState, FeeCredit } from './fees/fee-credits.rules.js';
import type { Holding } from './holdings/holdings.rules.js';
import type { Measure } from './holdings/measures.rules.js';
import type { Band } from './holdings/performance.rules.js';
import type { InterestKind } from './interests/interests.rules.js';
import type { NavProblem, NavValue, SeriesGap } from './navs/navs.rules.js';
import type { Order, OrderState, RejectReason, ReverseReason, Side } from './orders/orders.rules.js';
import type { SpecialWarning } from './orders/overrides.rules.js';
import type {
  Category,
  IssuerType,
  Liquidity,
  Product,
  ProductStatus,
  Rating,
} from './products/products.rules.js';
import type { InvestorFacts } from './suitability/investors.rules.js';
import type { Level } from './suitability/levels.rules.js';
import type {
  Inputs,
  Means,
  Result,
  StoredReason,
  SuitabilityTables,
} from './suitability/suitability.rules.js';

@Entity('product')
export class ProductRow implements Product {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'text' }) nameEn: string;
  @Column({ type: 'text' }) nameZhHans: string;
  @Column({ type: 'text' }) nameZhHant: string;
  @Column({ type: 'text' }) issuerType: IssuerType;
  @Column({ type: 'text' }) category: Category;
  @Column({ type: 'text' }) currency: string;
  @Column(decimal) minAmount: Decimal;
  @Column({ type: 'int' }) minHorizonMonths: number;
  @Column({ type: 'boolean' }) isComplex: boolean;
  @Column(decimal) purchaseFeePct: Decimal;
  @Column(decimal) redemptionFeePct: Decimal;
  @Column({ type: 'text' }) status: ProductStatus;
  @Column({ type: 'text' }) rating: Rating;
  @Column({ type: 'text', nullable: true }) issuer: string | null;
  @Column({ type: 'int', nullable: true }) termMonths: number | null;
  @Column({ type: 'text' }) liquidity: Liquidity;
  @Column({ type: 'int' }) version: number;
}

@Entity('product_rating')
export class ProductRatingRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'text' }) issuerRating: Rating;
  @Column({ type: 'text' }) sellerRating: Rating;
  @Column({ type: 'text' }) effectiveRating: Rating;
  @Column({ type: 'date' }) validFrom: string;
  @Column({ type: 'timestamptz' }) publishedAt: Date;
}

@Entity('nav_point')
export class NavPointRow implements NavValue {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'date' }) day: string;
  @Column(decimal) nav: Decimal;
  @Column({ type: 'uuid' }) importId: string;
}

@Entity('nav_import')
export class NavImportRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) read: number;
  @Column({ type: 'int' }) imported: number;
  @Column({ type: 'int' }) unchanged: number;
  @Column({ type: 'jsonb' }) problems: NavProblem[];
  @Column({ type: 'jsonb' }) gaps: SeriesGap[];
  @Column({ type: 'timestamptz' }) importedAt: Date;
  @Column({ type: 'uuid', nullable: true }) importedBy: string | null;
}

@Entity('suitability_rule')
export class SuitabilityRuleRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'jsonb' }) tables: SuitabilityTables;
}

/** What this service knows of a client's risk profile. Commands decide on it; where it is missing they fail closed. */
@Entity('risk_copy')
export class RiskCopyRow {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'text' }) level: Level;
  @Column({ type: 'boolean' }) lowestCategory: boolean;
  @Column({ type: 'date' }) validTo: string;
  @Column({ type: 'uuid' }) assessmentId: string;
  @Column({ type: 'timestamptz' }) updatedAt: Date;
}

@Entity('suitability_decision')
export class DecisionRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column(decimal) amount: Decimal;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'text' }) result: Result;
  @Column({ type: 'jsonb' }) reasons: StoredReason[];
  /** Without the means of the client, which stand sealed beside them. */
  @Column({ type: 'jsonb' }) inputs: Inputs;
  @Column(sealed({ subject: 'clientId', as: 'json', nullable: true })) means: Means | null;
  @Column({ type: 'text' }) ruleVersion: string;
  @Column({ type: 'timestamptz' }) decidedAt: Date;
  /** Who asked; null when an event did. */
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'timestamptz' }) validUntil: Date;
  @Column({ type: 'boolean' }) isOverridable: boolean;
}

@Entity('product_order')
export class OrderRow implements Order {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) productId: string;
  /** Null for a redemption, which needs none. */
  @Column({ type: 'uuid', nullable: true }) decisionId: string | null;
  @Column({ type: 'text' }) side: Side;
  @Column(decimal) amount: Decimal;
  @Column({ type: 'text' }) currency: string;
  @Column(nullableDecimal) units: Decimal | null;
  @Column({ type: 'uuid', nullable: true }) fromProductId: string | null;
  @Column({ type: 'text' }) state: OrderState;
  @Column({ type: 'text', array: true }) acknowledgedWarnings: string[];
  @Column({ type: 'uuid', nullable: true }) placedBy: string | null;
  @Column({ type: 'timestamptz' }) submittedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) acceptedAt: Date | null;
  @Column({ type: 'text', nullable: true }) rejectReason: RejectReason | null;
  @Column({ type: 'text', nullable: true }) reverseReason: ReverseReason | null;
  @Column({ type: 'uuid', nullable: true }) settlementId: string | null;
  /** The client went above their level on their own initiative. */
  @Column({ type: 'boolean' }) isOverride: boolean;
  @Column({ type: 'timestamptz', nullable: true }) coolingOffUntil: Date | null;
  @Column({ type: 'uuid', nullable: true }) witnessId: string | null;
  @Column({ type: 'text', nullable: true }) recordingRef: string | null;
  /** Of what it moves in all, how much is settled; of a redemption what was paid out so far. */
  @Column(decimal) settledAmount: Decimal;
  @Column(decimal) settledUnits: Decimal;
  /** Under which client it was placed: another one than `clientId` where that one was merged. */
  @Column({ type: 'uuid' }) originClientId: string;
  /** The fees of the day it was placed on, by which it is settled. */
  @Column(nullableDecimal) purchaseFeePct: Decimal | null;
  @Column(nullableDecimal) redemptionFeePct: Decimal | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('settlement')
export class SettlementRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) orderId: string;
  @Column({ type: 'uuid' }) holdingId: string;
  @Column(decimal) units: Decimal;
  @Column(decimal) nav: Decimal;
  @Column(decimal) residual: Decimal;
  @Column(decimal) fee: Decimal;
  @Column(decimal) amount: Decimal;
  @Column({ type: 'uuid', nullable: true }) reversesId: string | null;
  /** Rows that were booked together have the same. */
  @Column({ type: 'uuid', nullable: true }) bookingId: string | null;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'date' }) settledOn: string;
  @Column({ type: 'timestamptz' }) bookedAt: Date;
}

@Entity('holding')
export class HoldingRow implements Holding {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'text' }) currency: string;
  @Column(decimal) units: Decimal;
  @Column(decimal) lastNav: Decimal;
  @Column({ type: 'date' }) asOf: string;
  @Column({ type: 'uuid' }) originClientId: string;
  @Column({ type: 'int' }) version: number;
}

@Entity('drawdown')
export class DrawdownRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'text' }) band: Band;
  @Column({ type: 'date' }) peakOn: string;
  @Column({ type: 'date' }) asOf: string;
}

@Entity('fee_credit')
export class FeeCreditRow implements FeeCredit {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) orderId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column(decimal) amount: Decimal;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'text' }) state: CreditState;
  @Column({ type: 'text', nullable: true }) reason: string | null;
  @Column({ type: 'uuid', nullable: true }) redemptionId: string | null;
  @Column({ type: 'timestamptz' }) requestedAt: Date;
  @Column({ type: 'int' }) version: number;
}

@Entity('investor_facts')
export class InvestorFactsRow implements InvestorFacts {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'int', nullable: true }) horizonMonths: number | null;
  @Column(sealed({ subject: 'id', as: 'decimal', nullable: true })) liquidAssets: Decimal | null;
  @Column({ type: 'text', nullable: true }) currency: string | null;
  @Column({ type: 'date', nullable: true }) qualifiedUntil: string | null;
  @Column({ type: 'timestamptz' }) recordedAt: Date;
  @Column({ type: 'uuid', nullable: true }) recordedBy: string | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('special_warning')
export class SpecialWarningRow implements SpecialWarning {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'uuid' }) decisionId: string;
  @Column({ type: 'text' }) textVersion: string;
  @Column({ type: 'jsonb' }) text: StoredReason['text'];
  @Column({ type: 'timestamptz' }) shownAt: Date;
  @Column({ type: 'uuid', nullable: true }) shownTo: string | null;
  @Column({ type: 'timestamptz', nullable: true }) confirmedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) orderId: string | null;
}

@Entity('call_back')
export class CallBackRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) orderId: string;
  @Column({ type: 'boolean' }) isPerson: boolean;
  @Column({ type: 'boolean' }) hasRead: boolean;
  @Column({ type: 'boolean' }) knowsLoss: boolean;
  @Column({ type: 'boolean' }) knowsDisputes: boolean;
  @Column({ type: 'text' }) recordingRef: string;
  @Column({ type: 'timestamptz' }) calledAt: Date;
  @Column({ type: 'uuid', nullable: true }) calledBy: string | null;
}

@Entity('recommendation')
export class RecommendationRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'uuid' }) decisionId: string;
  @Column({ type: 'timestamptz' }) recommendedAt: Date;
  @Column({ type: 'uuid', nullable: true }) recommendedBy: string | null;
  @Column({ type: 'uuid' }) originClientId: string;
}

@Entity('staff_interest')
export class StaffInterestRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) staffId: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'text' }) kind: InterestKind;
  @Column({ type: 'timestamptz' }) declaredAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) endedAt: Date | null;
  @Column({ type: 'int' }) version: number;
}

/** What is left to look at after a change of a product. */
@Entity('product_sweep')
export class SweepRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'text' }) task: 'ORDERS' | 'HOLDERS';
  @Column({ type: 'uuid', nullable: true }) afterId: string | null;
  @Column({ type: 'timestamptz' }) createdAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) doneAt: Date | null;
}

/** What was last told of a client's portfolio in one currency. */
@Entity('portfolio_measure')
export class MeasureRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'date' }) asOf: string;
  @Column({ type: 'jsonb' }) told: Measure;
}
