import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { EnrichedField, LawfulBasis, Source, SourceStatus } from './enrichment.rules.js';

@Entity('enrichment_source')
export class EnrichmentSourceRow implements Source {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) basis: LawfulBasis;
  @Column({ type: 'text', nullable: true }) consentPurpose: Source['consentPurpose'];
  @Column({ type: 'text', array: true }) fields: EnrichedField[];
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'date', nullable: true }) effectiveTo: string | null;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'text' }) status: SourceStatus;
  @Column({ type: 'text' }) reason: string;
  @Column({ type: 'uuid', nullable: true }) makerId: string | null;
  @Column({ type: 'uuid', nullable: true }) checkerId: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
}

@Entity('enrichment')
export class EnrichmentRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) sourceId: string;
  @Column({ type: 'text' }) field: EnrichedField;
  @Column(sealed({ subject: 'clientId' })) value: string;
  @Column(sealed({ subject: 'clientId' })) reference: string;
  @Column({ type: 'text' }) basis: LawfulBasis;
  @Column({ type: 'date' }) collectedOn: string;
  @Column({ type: 'uuid' }) recordedBy: string;
  @Column({ type: 'timestamptz' }) recordedAt: Date;
}
