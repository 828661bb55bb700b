import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  Interaction,
  InteractionChannel,
  InteractionConfidentiality,
  InteractionDirection,
  Participant,
} from './interactions.rules.js';

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
