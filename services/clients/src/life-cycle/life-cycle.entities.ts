import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity('adviser_assignment')
export class AdviserAssignmentRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) adviserId: string;
  @Column({ type: 'text' }) reason: string;
  @Column({ type: 'uuid' }) by: string;
  @Column({ type: 'timestamptz' }) effectiveFrom: Date;
  @Column({ type: 'timestamptz', nullable: true }) effectiveTo: Date | null;
}
