import { type Decimal, nullableDecimal, sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Control, Owner } from './owners.rules.js';

@Entity('beneficial_owner')
export class BeneficialOwnerRow implements Owner {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column(sealed({ subject: 'clientId' })) name: string;
  @Column({ type: 'text' }) country: string;
  @Column({ type: 'text' }) control: Control;
  @Column(nullableDecimal) sharePercent: Decimal | null;
  @Column({ type: 'uuid', nullable: true }) ownerClientId: string | null;
  @Column({ type: 'date' }) validFrom: string;
  @Column({ type: 'date', nullable: true }) validTo: string | null;
  @Column({ type: 'uuid' }) recordedBy: string;
  @Column({ type: 'integer' }) version: number;
}
