import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Communication, CommunicationState } from './communications.rules.js';
import type { CommunicationChannel, CommunicationKind } from './gate.rules.js';

export type Variables = Record<string, string>;
export type Audience = {
  clientIds: string[] | null;
  grades: string[] | null;
  classes: string[] | null;
};

@Entity('contact_point')
export class ContactPointRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) channel: CommunicationChannel;
  /** Personal: in no event and no log. */
  @Column(sealed({ subject: 'clientId' })) address: string;
  @Column({ type: 'uuid' }) registeredBy: string;
  @Column({ type: 'timestamptz' }) registeredAt: Date;
}

@Entity('message_template')
export class MessageTemplateRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'int' }) revision: number;
  @Column({ type: 'text' }) kind: CommunicationKind;
  @Column({ type: 'text' }) status: 'PROPOSED' | 'APPROVED' | 'REJECTED';
  @Column({ type: 'text' }) subject: string;
  @Column({ type: 'text' }) body: string;
  @Column({ type: 'text', array: true }) variables: string[];
  @Column({ type: 'uuid' }) proposedBy: string;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'uuid', nullable: true }) decidedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
}

@Entity('mailing')
export class MailingRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) kind: CommunicationKind;
  @Column({ type: 'uuid' }) templateId: string;
  @Column({ type: 'text' }) channel: CommunicationChannel;
  @Column({ type: 'jsonb' }) variables: Variables;
  @Column({ type: 'jsonb' }) audience: Audience;
  /** The event it invites to; null for any other mailing. */
  @Column({ type: 'uuid', nullable: true }) eventId: string | null;
  @Column({ type: 'int' }) recipients: number;
  @Column({ type: 'uuid', nullable: true }) createdBy: string | null;
  @Column({ type: 'timestamptz' }) createdAt: Date;
}

@Entity('communication')
export class CommunicationRow implements Communication {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid', nullable: true }) mailingId: string | null;
  @Column({ type: 'text' }) kind: CommunicationKind;
  @Column({ type: 'text' }) channel: CommunicationChannel;
  @Column({ type: 'uuid' }) templateId: string;
  @Column({ type: 'jsonb' }) variables: Variables;
  @Column({ type: 'text' }) state: CommunicationState;
  @Column({ type: 'text', nullable: true }) reason: string | null;
  @Column({ type: 'int' }) attempts: number;
  @Column({ type: 'timestamptz' }) notBefore: Date;
  @Column({ type: 'timestamptz' }) queuedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) handedAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) sentAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) endedAt: Date | null;
  /** By the provider's clock: when what the report says that counts had happened. */
  @Column({ type: 'timestamptz', nullable: true }) reportedAt: Date | null;
}
