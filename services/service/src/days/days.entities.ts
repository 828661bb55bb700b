import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { WorkItemKind } from './days.rules.js';

@Entity('work_item')
export class WorkItemRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) kind: WorkItemKind;
  @Column({ type: 'text' }) reference: string;
  @Column({ type: 'date' }) dueOn: string;
  @Column(sealed({ subject: 'clientId', nullable: true })) note: string | null;
  @Column({ type: 'text' }) state: 'OPEN' | 'DONE';
  @Column({ type: 'uuid', nullable: true }) plannedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) doneAt: Date | null;
}
