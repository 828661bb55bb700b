import { decimal, sealed } from '@client-graph/kit';
import type { Decimal } from '@client-graph/kit/decimal';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { InstitutionKind } from '../grading-tables.rules.js';
import type { Financials, FinancialsSource, Institution } from './institutions.rules.js';

/** An institution; its id is the client's. */
@Entity('institution_profile')
export class InstitutionProfileRow implements Institution {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column(sealed({ subject: 'id' })) legalName: string;
  @Column(sealed({ subject: 'id' })) uscc: string;
  /** What the code is found by; null until the first start after it was sealed. */
  @Column({ type: 'text', nullable: true }) usccHash: string | null;
  /** A duplicate's code is free for the client that it lives on in. */
  @Column({ type: 'boolean' }) holdsUscc: boolean;
  @Column({ type: 'text' }) institutionType: InstitutionKind;
  @Column(sealed({ subject: 'id' })) legalRepresentative: string;
  @Column(sealed({ subject: 'id' })) businessScope: string;
  @Column(sealed({ subject: 'id' })) investmentNeeds: string;
  @Column(sealed({ subject: 'id' })) contactName: string;
  @Column(sealed({ subject: 'id' })) phone: string;
  @Column(sealed({ subject: 'id', nullable: true })) email: string | null;
  @Column(sealed({ subject: 'id' })) address: string;
}

@Entity('institution_financials')
export class InstitutionFinancialsRow implements Financials {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'date' }) yearEnd: string;
  @Column(decimal) netAssets: Decimal;
  @Column(sealed({ subject: 'clientId', as: 'decimal' })) liabilities: Decimal;
  @Column(sealed({ subject: 'clientId', as: 'decimal' })) revenue: Decimal;
  @Column(sealed({ subject: 'clientId', as: 'decimal' })) profit: Decimal;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'text' }) source: FinancialsSource;
  @Column({ type: 'uuid' }) recordedBy: string;
  @Column({ type: 'timestamptz' }) recordedAt: Date;
}
