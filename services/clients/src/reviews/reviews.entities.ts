import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ReviewKind, ReviewStage } from './reviews.rules.js';

@Entity('information_review')
export class InformationReviewRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) kind: ReviewKind;
  @Column({ type: 'date' }) dueOn: string;
  @Column({ type: 'text' }) stage: ReviewStage;
  @Column({ type: 'date', nullable: true }) lookOn: string | null;
  @Column({ type: 'text', array: true }) confirmed: string[];
  @Column({ type: 'text', array: true }) changed: string[];
  @Column({ type: 'uuid', nullable: true }) completedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) completedAt: Date | null;
  @Column({ type: 'integer' }) version: number;
}
