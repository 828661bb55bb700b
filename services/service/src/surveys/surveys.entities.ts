import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Survey, SurveyCase } from './surveys.rules.js';

@Entity('survey')
export class SurveyRow implements Survey {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) caseKind: SurveyCase;
  @Column({ type: 'uuid' }) caseId: string;
  @Column({ type: 'timestamptz' }) openedAt: Date;
  @Column({ type: 'timestamptz' }) closesAt: Date;
  @Column({ type: 'int', nullable: true }) score: number | null;
  /** Personal: in no event and no log. */
  @Column(sealed({ subject: 'clientId', nullable: true })) comment: string | null;
  @Column({ type: 'uuid', nullable: true }) answeredBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) answeredAt: Date | null;
  @Column({ type: 'uuid' }) communicationId: string;
}
