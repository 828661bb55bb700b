import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ClientEvent, EventKind, EventMode, Registration, RegistrationState } from './events.rules.js';

@Entity('client_event')
export class ClientEventRow implements ClientEvent {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'text' }) title: string;
  @Column({ type: 'text' }) kind: EventKind;
  @Column({ type: 'text' }) mode: EventMode;
  @Column({ type: 'text' }) place: string;
  @Column({ type: 'timestamptz' }) startsAt: Date;
  @Column({ type: 'timestamptz' }) endsAt: Date;
  @Column({ type: 'int' }) capacity: number;
  @Column({ type: 'text', array: true, nullable: true }) grades: string[] | null;
  @Column({ type: 'text' }) status: 'OPEN' | 'CANCELLED';
  @Column({ type: 'uuid' }) createdBy: string;
}

@Entity('registration')
export class RegistrationRow implements Registration {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'uuid' }) eventId: string;
  @Column({ type: 'uuid', nullable: true }) clientId: string | null;
  @Column({ type: 'uuid', nullable: true }) leadId: string | null;
  @Column({ type: 'text' }) state: RegistrationState;
  @Column({ type: 'timestamptz' }) registeredAt: Date;
  @Column({ type: 'timestamptz' }) queuedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) checkedInAt: Date | null;
}
