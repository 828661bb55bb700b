import { decimal } from '@client-graph/kit';
import type { Decimal } from '@client-graph/kit/decimal';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AssetSource, Snapshot } from './assets.rules.js';

@Entity('asset_snapshot')
export class AssetSnapshotRow implements Snapshot {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'date' }) asOf: string;
  @Column(decimal) aumWithFirm: Decimal;
  @Column(decimal) externalDeclared: Decimal;
  @Column(decimal) externalVerified: Decimal;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'text' }) source: AssetSource;
  @Column({ type: 'uuid' }) recordedBy: string;
  @Column({ type: 'timestamptz' }) recordedAt: Date;
}
