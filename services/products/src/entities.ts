import { type Decimal, decimal } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Holding } from './holdings/holdings.rules.js';
import type { Band } from './holdings/performance.rules.js';
import type { NavProblem, NavValue, SeriesGap } from './navs/navs.rules.js';
import type { Order, OrderState, RejectReason, Side } from './orders/orders.rules.js';
import type { Category, IssuerType, Product, ProductStatus, Rating } from './products/products.rules.js';
import type {
  Inputs,
  Level,
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
  @Column({ type: 'text' }) status: ProductStatus;
  @Column({ type: 'text' }) rating: Rating;
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
  @Column({ type: 'jsonb' }) inputs: Inputs;
  @Column({ type: 'text' }) ruleVersion: string;
  @Column({ type: 'timestamptz' }) decidedAt: Date;
  /** Who asked; null when an event did. */
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'timestamptz' }) validUntil: Date;
}

@Entity('product_order')
export class OrderRow implements Order {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'uuid' }) decisionId: string;
  @Column({ type: 'text' }) side: Side;
  @Column(decimal) amount: Decimal;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'text' }) state: OrderState;
  @Column({ type: 'text', array: true }) acknowledgedWarnings: string[];
  @Column({ type: 'uuid', nullable: true }) placedBy: string | null;
  @Column({ type: 'timestamptz' }) submittedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) acceptedAt: Date | null;
  @Column({ type: 'text', nullable: true }) rejectReason: RejectReason | null;
  @Column({ type: 'uuid', nullable: true }) settlementId: string | null;
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
  @Column(decimal) amount: Decimal;
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
