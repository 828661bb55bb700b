import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { WallStatus } from './walls.rules.js';

@Entity('ethical_wall')
export class EthicalWallRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) oneId: string;
  @Column({ type: 'uuid' }) otherId: string;
  @Column({ type: 'text' }) caseReference: string;
  @Column(sealed({ subject: 'id' })) reason: string;
  @Column({ type: 'text' }) status: WallStatus;
  @Column({ type: 'uuid' }) raisedBy: string;
  @Column({ type: 'timestamptz' }) raisedAt: Date;
  @Column({ type: 'uuid', nullable: true }) liftId: string | null;
  @Column(sealed({ subject: 'id', nullable: true })) liftReason: string | null;
  @Column({ type: 'timestamptz', nullable: true }) liftedAt: Date | null;
  @Column(sealed({ subject: 'id', nullable: true })) decisionReason: string | null;
  @Column({ type: 'integer' }) version: number;
}
