import { type Decimal, decimal } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Liquidity } from '../products/products.rules.js';
import type { DocumentKind, Terms } from './documents.rules.js';

@Entity('product_terms')
export class ProductTermsRow implements Terms {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'int' }) n: number;
  @Column({ type: 'text', nullable: true }) issuer: string | null;
  @Column({ type: 'int', nullable: true }) termMonths: number | null;
  @Column({ type: 'text' }) liquidity: Liquidity;
  @Column(decimal) minAmount: Decimal;
  @Column({ type: 'int' }) minHorizonMonths: number;
  @Column({ type: 'date' }) validFrom: string;
  @Column({ type: 'timestamptz' }) changedAt: Date;
  @Column({ type: 'uuid', nullable: true }) changedBy: string | null;
}

@Entity('product_document')
export class ProductDocumentRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) productId: string;
  @Column({ type: 'text' }) kind: DocumentKind;
  @Column({ type: 'text' }) edition: string;
  @Column({ type: 'text' }) locale: 'EN' | 'ZH_HANS' | 'ZH_HANT';
  @Column({ type: 'text' }) title: string;
  @Column({ type: 'text' }) url: string;
  @Column({ type: 'text' }) sha256: string;
  @Column({ type: 'date' }) validFrom: string;
  @Column({ type: 'timestamptz' }) publishedAt: Date;
  @Column({ type: 'uuid', nullable: true }) publishedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) withdrawnAt: Date | null;
  @Column({ type: 'int' }) version: number;
}

/** Terms beside the currency of their product. */
export type TermsShown = ProductTermsRow & { currency: string };
