import { type Decimal, decimal } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { StatedFee, StatedHolding, StatementKind } from './statements.rules.js';

@Entity('statement')
export class StatementRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) kind: StatementKind;
  @Column({ type: 'date' }) periodFrom: string;
  @Column({ type: 'date' }) periodTo: string;
  @Column({ type: 'jsonb' }) holdings: StatedHolding[];
  @Column(decimal) points: Decimal;
  @Column({ type: 'jsonb' }) fees: StatedFee[];
  @Column({ type: 'uuid' }) communicationId: string;
  @Column({ type: 'timestamptz' }) madeAt: Date;
}
