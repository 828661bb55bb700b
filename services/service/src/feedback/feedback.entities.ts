import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { InteractionChannel } from '../interactions.rules.js';
import type { Feedback, FeedbackKind, FeedbackState } from './feedback.rules.js';

/** What was said and answered is personal: in no event and no log. */
@Entity('feedback')
export class FeedbackRow implements Feedback {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) kind: FeedbackKind;
  @Column({ type: 'text' }) channel: InteractionChannel;
  @Column(sealed({ subject: 'clientId' })) text: string;
  @Column({ type: 'timestamptz' }) receivedAt: Date;
  @Column({ type: 'uuid' }) givenBy: string;
  @Column({ type: 'timestamptz' }) dueAt: Date;
  @Column({ type: 'text' }) state: FeedbackState;
  @Column({ type: 'uuid', nullable: true }) handlerId: string | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) answer: string | null;
  @Column({ type: 'timestamptz', nullable: true }) answeredAt: Date | null;
  @Column({ type: 'boolean', nullable: true }) isImproved: boolean | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) conclusion: string | null;
}
