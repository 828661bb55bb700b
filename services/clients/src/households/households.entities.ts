import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { HouseholdRole, Member } from './households.rules.js';

@Entity('household')
export class HouseholdRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'date' }) formedOn: string;
  @Column({ type: 'uuid' }) formedBy: string;
  @Column({ type: 'integer' }) version: number;
}

@Entity('household_member')
export class HouseholdMemberRow implements Member {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) householdId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) role: HouseholdRole;
  @Column({ type: 'boolean' }) isPrimary: boolean;
  @Column({ type: 'date' }) validFrom: string;
  @Column({ type: 'date', nullable: true }) validTo: string | null;
  @Column({ type: 'uuid' }) recordedBy: string;
  @Column({ type: 'integer' }) version: number;
}
