import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { MaterialEvent, Notice, NoticeProof, Severity, Source } from './material-events.rules.js';

@Entity('material_event')
export class MaterialEventRow implements MaterialEvent {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'text' }) source: Source;
  @Column({ type: 'text' }) severity: Severity;
  @Column({ type: 'uuid', array: true }) productIds: string[];
  @Column({ type: 'text' }) event: string;
  @Column({ type: 'date' }) effectiveOn: string;
  @Column({ type: 'text', nullable: true }) cause: string | null;
  @Column({ type: 'uuid' }) templateId: string;
  @Column({ type: 'timestamptz' }) detectedAt: Date;
  @Column({ type: 'timestamptz' }) deadline: Date;
  @Column({ type: 'boolean' }) deadlineIsProvisional: boolean;
  @Column({ type: 'date' }) callBy: string;
  @Column({ type: 'int' }) audience: number;
  @Column({ type: 'uuid', nullable: true }) openedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) callsPlannedAt: Date | null;
}

@Entity('notice')
export class NoticeRow implements Notice {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) materialEventId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) communicationId: string;
  @Column({ type: 'timestamptz', nullable: true }) informedAt: Date | null;
  @Column({ type: 'text', nullable: true }) informedVia: NoticeProof | null;
}
