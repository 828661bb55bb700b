import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Grade } from '../grading-tables.rules.js';
import type { GradeOverride, OverrideStatus } from './overrides.rules.js';

@Entity('grade_override')
export class GradeOverrideRow implements GradeOverride {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) grade: Grade;
  @Column(sealed({ subject: 'clientId' })) reason: string;
  @Column({ type: 'date' }) until: string;
  @Column({ type: 'text' }) status: OverrideStatus;
  @Column({ type: 'uuid' }) makerId: string;
  @Column({ type: 'uuid', nullable: true }) checkerId: string | null;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) decisionReason: string | null;
  @Column({ type: 'integer' }) version: number;
}
