import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { TableVersionStatus } from './table-versions.rules.js';
import type { FirmTable } from './terms.rules.js';

@Entity('table_version')
export class TableVersionRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'text' }) table: FirmTable;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'int' }) revision: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'jsonb' }) terms: object;
  @Column({ type: 'text' }) status: TableVersionStatus;
  @Column({ type: 'uuid', nullable: true }) proposedBy: string | null;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
}
