import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  DataRequestOutcome,
  DataRequestStatus,
  DataRequestType,
  ExtensionReason,
} from './data-requests.rules.js';

@Entity('data_request')
export class DataRequestRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) type: DataRequestType;
  @Column({ type: 'text' }) status: DataRequestStatus;
  @Column({ type: 'timestamptz' }) receivedAt: Date;
  @Column({ type: 'uuid' }) receivedBy: string;
  @Column({ type: 'date' }) dueOn: string;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'text', nullable: true }) outcome: DataRequestOutcome | null;
  @Column({ type: 'text', array: true }) fields: string[];
  @Column({ type: 'text', array: true }) corrected: string[];
  @Column({ type: 'timestamptz', nullable: true }) extendedAt: Date | null;
  @Column({ type: 'text', nullable: true }) extensionReason: ExtensionReason | null;
  @Column({ type: 'integer' }) version: number;
}
