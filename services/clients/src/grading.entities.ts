import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Grounds } from './grading.rules.js';
import type { Class, Grade, GradingTables, Level } from './grading-tables.rules.js';
import type { RuleSet, RuleSetStatus } from './rule-sets/rule-sets.rules.js';

@Entity('grading_rule_set')
export class GradingRuleSetRow implements RuleSet {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'jsonb' }) tables: GradingTables;
  @Column({ type: 'text' }) status: RuleSetStatus;
  @Column({ type: 'text' }) reason: string;
  @Column({ type: 'uuid', nullable: true }) makerId: string | null;
  @Column({ type: 'uuid', nullable: true }) checkerId: string | null;
  @Column({ type: 'timestamptz', nullable: true }) proposedAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'text', nullable: true }) decisionReason: string | null;
  @Column({ type: 'uuid', nullable: true }) regradedTo: string | null;
  @Column({ type: 'timestamptz', nullable: true }) regradedAt: Date | null;
}

/** What risk has told of a client's tolerance; its id is the client's. */
@Entity('risk_tolerance')
export class RiskToleranceRow {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'text' }) level: Level;
  @Column({ type: 'date' }) validTo: string;
  @Column({ type: 'uuid' }) assessmentId: string;
  @Column({ type: 'timestamptz' }) toldAt: Date;
}

@Entity('class_assignment')
export class ClassAssignmentRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) class: Class;
  @Column({ type: 'text' }) ruleVersion: string;
  @Column({ type: 'jsonb' }) grounds: Grounds;
  @Column({ type: 'text' }) reason: 'RULE' | 'OVERRIDE';
  @Column({ type: 'timestamptz' }) effectiveFrom: Date;
  @Column({ type: 'timestamptz', nullable: true }) effectiveTo: Date | null;
}

@Entity('grade_assignment')
export class GradeAssignmentRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) grade: Grade;
  @Column({ type: 'text' }) ruleVersion: string;
  @Column({ type: 'jsonb' }) grounds: Grounds;
  @Column({ type: 'text' }) reason: 'RULE' | 'OVERRIDE';
  @Column({ type: 'timestamptz' }) effectiveFrom: Date;
  @Column({ type: 'timestamptz', nullable: true }) effectiveTo: Date | null;
}
