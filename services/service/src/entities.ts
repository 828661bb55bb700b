import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  Interaction,
  InteractionChannel,
  InteractionConfidentiality,
  InteractionDirection,
  InteractionSubject,
  Labels,
  Participant,
} from './interactions.rules.js';

/** A subject is known by its code. */
@Entity('interaction_subject')
export class InteractionSubjectRow implements InteractionSubject {
  @PrimaryColumn({ type: 'text', name: 'code' }) id: string;
  @Column({ type: 'jsonb' }) labels: Labels;
  @Column({ type: 'int' }) position: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'date', nullable: true }) effectiveTo: string | null;
  @Column({ type: 'text' }) source: string;
}

/** Append-only: the database refuses to change an entry. */
@Entity('interaction')
export class InteractionRow implements Interaction {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) channel: InteractionChannel;
  @Column({ type: 'text' }) direction: InteractionDirection;
  @Column({ type: 'timestamptz' }) at: Date;
  @Column({ type: 'text' }) subjectCode: string;
  @Column(sealed({ subject: 'clientId' })) summary: string;
  @Column({ type: 'text' }) confidentiality: InteractionConfidentiality;
  @Column({ type: 'int', nullable: true }) answeredAfterSeconds: number | null;
  @Column(sealed({ subject: 'clientId', as: 'json' })) participants: Participant[];
  @Column({ type: 'text', nullable: true }) recordingReference: string | null;
  @Column({ type: 'boolean' }) inCoolingOff: boolean;
  @Column({ type: 'uuid' }) loggedBy: string;
  @Column({ type: 'timestamptz' }) loggedAt: Date;
}
