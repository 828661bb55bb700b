import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Status } from '../clients.rules.js';

@Entity('client_merge')
export class ClientMergeRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) survivorId: string;
  @Column({ type: 'uuid' }) mergedId: string;
  @Column({ type: 'text' }) reason: string;
  @Column({ type: 'text' }) statusBefore: Status;
  @Column({ type: 'uuid' }) mergedBy: string;
  @Column({ type: 'timestamptz' }) mergedAt: Date;
  @Column({ type: 'uuid', nullable: true }) undoneBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) undoneAt: Date | null;
  @Column({ type: 'integer' }) version: number;
}
