import { decimal } from '@client-graph/kit';
import type { Decimal } from '@client-graph/kit/decimal';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { InstitutionKind } from '../grading-tables.rules.js';
import type { Financials, FinancialsSource, Institution } from './institutions.rules.js';

/** An institution; its id is the client's. */
@Entity('institution_profile')
export class InstitutionProfileRow implements Institution {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'text' }) legalName: string;
  @Column({ type: 'text' }) uscc: string;
  /** A duplicate's code is free for the client that it lives on in. */
  @Column({ type: 'boolean' }) holdsUscc: boolean;
  @Column({ type: 'text' }) institutionType: InstitutionKind;
  @Column({ type: 'text' }) legalRepresentative: string;
  @Column({ type: 'text' }) businessScope: string;
  @Column({ type: 'text' }) investmentNeeds: string;
  @Column({ type: 'text' }) contactName: string;
  @Column({ type: 'text' }) phone: string;
  @Column({ type: 'text', nullable: true }) email: string | null;
  @Column({ type: 'text' }) address: string;
}

@Entity('institution_financials')
export class InstitutionFinancialsRow implements Financials {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'date' }) yearEnd: string;
  @Column(decimal) netAssets: Decimal;
  @Column(decimal) liabilities: Decimal;
  @Column(decimal) revenue: Decimal;
  @Column(decimal) profit: Decimal;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'text' }) source: FinancialsSource;
  @Column({ type: 'uuid' }) recordedBy: string;
  @Column({ type: 'timestamptz' }) recordedAt: Date;
}
