import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  Channel,
  Consent,
  ConsentAction,
  ConsentBasis,
  ConsentSource,
  Purpose,
} from './consents.rules.js';

@Entity('consent_record')
export class ConsentRecordRow implements Consent {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) purpose: Purpose;
  @Column({ type: 'text', nullable: true }) channel: Channel | null;
  @Column({ type: 'text', nullable: true }) partner: string | null;
  @Column({ type: 'text' }) basis: ConsentBasis;
  @Column({ type: 'text' }) action: ConsentAction;
  @Column({ type: 'text' }) textVersion: string;
  @Column(sealed({ subject: 'clientId' })) evidence: string;
  @Column({ type: 'text' }) source: ConsentSource;
  @Column({ type: 'uuid' }) by: string;
  @Column({ type: 'timestamptz' }) at: Date;
}
