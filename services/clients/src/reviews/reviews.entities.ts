import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { CalendarStatus } from './calendars.rules.js';
import type { ReviewCalendar, ReviewKind, ReviewStage } from './reviews.rules.js';

@Entity('information_review')
export class InformationReviewRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) kind: ReviewKind;
  @Column({ type: 'date' }) dueOn: string;
  /** The day its time counts from; null for those of before this was kept. */
  @Column({ type: 'date', nullable: true }) countedFrom: string | null;
  @Column({ type: 'text' }) stage: ReviewStage;
  @Column({ type: 'date', nullable: true }) lookOn: string | null;
  @Column({ type: 'text', array: true }) confirmed: string[];
  @Column({ type: 'text', array: true }) changed: string[];
  @Column({ type: 'uuid', nullable: true }) completedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) completedAt: Date | null;
  @Column({ type: 'integer' }) version: number;
}

@Entity('review_calendar')
export class ReviewCalendarRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'jsonb' }) rules: ReviewCalendar;
  @Column({ type: 'text' }) status: CalendarStatus;
  @Column({ type: 'text' }) reason: string;
  @Column({ type: 'uuid', nullable: true }) makerId: string | null;
  @Column({ type: 'uuid', nullable: true }) checkerId: string | null;
  @Column({ type: 'timestamptz', nullable: true }) proposedAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'text', nullable: true }) decisionReason: string | null;
  @Column({ type: 'uuid', nullable: true }) appliedTo: string | null;
  @Column({ type: 'timestamptz', nullable: true }) appliedAt: Date | null;
}
