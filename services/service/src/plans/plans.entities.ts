import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AdviceKind, Labels, Plan, PlanState, Step, StepState } from './plans.rules.js';

@Entity('service_plan')
export class ServicePlanRow implements Plan {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text', nullable: true }) templateCode: string | null;
  @Column({ type: 'text', nullable: true }) openedFor: string | null;
  @Column({ type: 'jsonb' }) labels: Labels;
  @Column({ type: 'text' }) state: PlanState;
  @Column({ type: 'date' }) openedOn: string;
  @Column({ type: 'uuid', nullable: true }) openedBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) endedAt: Date | null;
}

@Entity('plan_step')
export class PlanStepRow implements Step {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'uuid' }) planId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'int' }) position: number;
  @Column({ type: 'jsonb' }) labels: Labels;
  @Column({ type: 'uuid', nullable: true }) ownerId: string | null;
  @Column({ type: 'date' }) dueOn: string;
  @Column({ type: 'text' }) state: StepState;
  @Column(sealed({ subject: 'clientId', nullable: true })) note: string | null;
  @Column({ type: 'uuid', nullable: true }) doneBy: string | null;
  @Column({ type: 'timestamptz', nullable: true }) doneAt: Date | null;
}

/** Append-only: nothing here changes it. */
@Entity('advice')
export class AdviceRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) kind: AdviceKind;
  /** Personal: in no event and no log. */
  @Column(sealed({ subject: 'clientId' })) text: string;
  @Column({ type: 'uuid', nullable: true }) decisionId: string | null;
  @Column({ type: 'uuid' }) givenBy: string;
  @Column({ type: 'timestamptz' }) givenAt: Date;
}
