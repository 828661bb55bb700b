import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Role } from './relationships.rules.js';

@Entity('relationship')
export class RelationshipRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) fromId: string;
  @Column({ type: 'uuid' }) toId: string;
  @Column({ type: 'text' }) role: Role;
  @Column({ type: 'date' }) validFrom: string;
  @Column({ type: 'date', nullable: true }) validTo: string | null;
  @Column({ type: 'uuid' }) recordedBy: string;
  @Column({ type: 'integer' }) version: number;
}
