import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ContactDetail, ContactDetailType, EndedReason, Method } from './contact-details.rules.js';

@Entity('contact_detail')
export class ContactDetailRow implements ContactDetail {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) type: ContactDetailType;
  @Column(sealed({ subject: 'clientId' })) value: string;
  @Column({ type: 'text' }) valueHash: string;
  @Column({ type: 'boolean' }) isValid: boolean;
  @Column({ type: 'boolean' }) isPreferred: boolean;
  @Column({ type: 'uuid', nullable: true }) verifiedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) verifiedAt: Date | null;
  @Column({ type: 'text', nullable: true }) method: Method | null;
  @Column({ type: 'text', nullable: true }) endedReason: EndedReason | null;
  @Column({ type: 'uuid' }) recordedBy: string;
  @Column({ type: 'timestamptz' }) recordedAt: Date;
  @Column({ type: 'integer' }) version: number;
}
