import { sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  Alert,
  AlertCloseReason,
  AlertDeed,
  AlertRules,
  AlertState,
  AlertType,
  Evidence,
  Severity,
} from './alerts/alerts.rules.js';
import type {
  AssessmentRules,
  AssessmentState,
  InterviewOutcome,
  Investor,
} from './assessments/assessments.rules.js';
import type { Review, ReviewAsker, ReviewState } from './interviews/reviews.rules.js';
import type { RiskLevel } from './levels.rules.js';
import type { Answers, Facts } from './questionnaires/conditions.rules.js';
import type { Proposal, ProposalState } from './questionnaires/proposals.rules.js';
import type {
  Audience,
  Definition,
  Questionnaire,
  QuestionnaireStatus,
} from './questionnaires/questionnaires.rules.js';
import type { FiredGate } from './questionnaires/scoring.rules.js';
import type { ChangeKind, ChangeState } from './table-changes/table-changes.rules.js';

@Entity('questionnaire')
export class QuestionnaireRow implements Questionnaire {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'text' }) audience: Audience;
  @Column({ type: 'text' }) status: QuestionnaireStatus;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) contentHash: string;
  @Column({ type: 'jsonb' }) definition: Definition;
}

@Entity('questionnaire_proposal')
export class QuestionnaireProposalRow implements Proposal {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) code: string;
  @Column({ type: 'text' }) questionnaireVersion: string;
  @Column({ type: 'text' }) audience: Audience;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) contentHash: string;
  @Column({ type: 'jsonb' }) definition: Definition;
  @Column({ type: 'uuid' }) proposedById: string;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'text' }) state: ProposalState;
  @Column({ type: 'uuid', nullable: true }) decidedById: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'text', nullable: true }) reason: string | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('assessment_rule')
export class AssessmentRuleRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) contentHash: string;
  @Column({ type: 'jsonb' }) definition: AssessmentRules;
}

@Entity('table_change')
export class TableChangeRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) kind: ChangeKind;
  @Column({ type: 'text' }) subject: string;
  @Column({ type: 'text' }) tableVersion: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) contentHash: string;
  @Column({ type: 'jsonb' }) definition: AssessmentRules | AlertRules | Definition;
  @Column({ type: 'text' }) state: ChangeState;
  @Column({ type: 'uuid' }) proposedById: string;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'uuid', nullable: true }) decidedById: string | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'int' }) version: number;
}

export type Channel = 'ONLINE' | 'WECHAT' | 'BRANCH';

/** Points of a sheet: exact in the database, and written as they are by the number here. */
const points = {
  type: 'numeric',
  nullable: true,
  transformer: {
    to: (value: number | null) => value,
    from: (value: string | null) => (value === null ? null : Number(value)),
  },
} as const;

@Entity('assessment')
export class AssessmentRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) questionnaireId: string;
  @Column({ type: 'text', nullable: true }) ruleVersion: string | null;
  @Column({ type: 'text' }) channel: Channel;
  @Column({ type: 'text' }) state: AssessmentState;
  @Column({ type: 'timestamptz' }) startedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) submittedAt: Date | null;
  @Column({ type: 'int', nullable: true }) attemptNo: number | null;
  @Column(points) score: number | null;
  @Column({ type: 'jsonb', nullable: true }) subScores: Record<string, number> | null;
  @Column({ type: 'text', nullable: true }) bandLevel: RiskLevel | null;
  @Column({ type: 'jsonb' }) gatesFired: FiredGate[];
  /** By the sheet; an interview may lower the final level beneath it. */
  @Column({ type: 'text', nullable: true }) scoredLevel: RiskLevel | null;
  /** Known when the report is issued. */
  @Column({ type: 'text', nullable: true }) finalLevel: RiskLevel | null;
  @Column({ type: 'boolean', nullable: true }) marksLowestCategory: boolean | null;
  @Column({ type: 'boolean', nullable: true }) lowestCategory: boolean | null;
  @Column({ type: 'jsonb' }) flags: string[];
  @Column({ type: 'jsonb' }) interviewReasons: string[];
  @Column({ type: 'date', nullable: true }) validFrom: string | null;
  @Column({ type: 'date', nullable: true }) validTo: string | null;
  @Column({ type: 'uuid', nullable: true }) supersedesId: string | null;
  /** Who opened the session beside the client; null when the client did. */
  @Column({ type: 'uuid', nullable: true }) staffId: string | null;
  @Column({ type: 'text', nullable: true }) endedReason: string | null;
  @Column({ type: 'timestamptz', nullable: true }) endedAt: Date | null;
  /** When the coming end of the validity was told. */
  @Column({ type: 'timestamptz', nullable: true }) expiryToldAt: Date | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('answer_sheet')
export class AnswerSheetRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) assessmentId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'timestamptz' }) submittedAt: Date;
  @Column(sealed({ subject: 'clientId', as: 'json' })) answers: Answers;
  /** What was known of the client at that moment: the sheet was scored by it, and the rest with `grade` decided about the interview. */
  @Column(sealed({ subject: 'clientId', as: 'json' })) facts: Facts & {
    lastLevel: RiskLevel | null;
    isMarkedImportant?: boolean;
  };
}

export type InterviewMode = 'FACE' | 'VIDEO' | 'PHONE';

@Entity('interview')
export class InterviewRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) assessmentId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'uuid' }) assessorId: string;
  @Column({ type: 'timestamptz' }) heldAt: Date;
  @Column({ type: 'text' }) mode: InterviewMode;
  @Column({ type: 'jsonb' }) checklist: string[];
  @Column(sealed({ subject: 'clientId' })) summary: string;
  @Column(sealed({ subject: 'clientId', nullable: true })) recordingRef: string | null;
  @Column({ type: 'text' }) outcome: InterviewOutcome;
  @Column({ type: 'text', nullable: true }) newLevel: RiskLevel | null;
  /** Counts the interviews of the assessment: the highest is the one that counts. */
  @Column({ type: 'int' }) ordinal: number;
}

@Entity('interview_appointment')
export class AppointmentRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) assessmentId: string;
  @Column({ type: 'uuid' }) assessorId: string;
  @Column({ type: 'timestamptz' }) at: Date;
  @Column({ type: 'text' }) mode: InterviewMode;
  @Column({ type: 'timestamptz' }) madeAt: Date;
  @Column({ type: 'int' }) ordinal: number;
}

@Entity('review')
export class ReviewRow implements Review {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) assessmentId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) askedBy: ReviewAsker;
  @Column({ type: 'uuid' }) askedById: string;
  @Column({ type: 'timestamptz' }) askedAt: Date;
  @Column(sealed({ subject: 'clientId', nullable: true })) comment: string | null;
  @Column({ type: 'text' }) state: ReviewState;
  @Column({ type: 'text', nullable: true }) outcome: InterviewOutcome | null;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) interviewId: string | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('risk_report')
export class RiskReportRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) number: string;
  @Column({ type: 'uuid' }) assessmentId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) level: RiskLevel;
  @Column({ type: 'timestamptz' }) issuedAt: Date;
  /** Canonical JSON: the very bytes that the hash is of. */
  @Column(sealed({ subject: 'clientId' })) content: string;
  @Column({ type: 'text' }) contentHash: string;
  /** Counts the reports of the assessment: the highest is the one that counts. */
  @Column({ type: 'int' }) ordinal: number;
}

@Entity('report_confirmation')
export class ReportConfirmationRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) assessmentId: string;
  @Column({ type: 'uuid' }) reportId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) reportHash: string;
  @Column({ type: 'timestamptz' }) confirmedAt: Date;
}

@Entity('risk_profile')
export class RiskProfileRow {
  /** The client's. */
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'text' }) level: RiskLevel;
  @Column({ type: 'boolean' }) lowestCategory: boolean;
  @Column({ type: 'date' }) validFrom: string;
  @Column({ type: 'date' }) validTo: string;
  @Column({ type: 'uuid' }) assessmentId: string;
  @Column({ type: 'text', nullable: true }) endedReason: string | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('alert_rule')
export class AlertRuleRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) version: string;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) contentHash: string;
  @Column({ type: 'jsonb' }) definition: AlertRules;
}

@Entity('risk_alert')
export class RiskAlertRow implements Alert {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'text' }) type: AlertType;
  /** What of the client it is about: a product, an assessment, a complaint, a currency. */
  @Column({ type: 'text' }) subject: string;
  @Column({ type: 'text' }) addressee: 'ADVISER' | 'COMPLIANCE';
  @Column({ type: 'text' }) severity: Severity;
  @Column({ type: 'int' }) count: number;
  @Column({ type: 'jsonb' }) evidence: Evidence;
  @Column({ type: 'text' }) ruleVersion: string;
  @Column({ type: 'timestamptz' }) raisedAt: Date;
  @Column({ type: 'timestamptz' }) lastRaisedAt: Date;
  /** The count at which it last became graver. */
  @Column({ type: 'int', nullable: true }) worsenedCount: number | null;
  @Column({ type: 'timestamptz' }) dueAt: Date;
  @Column({ type: 'boolean' }) isDueProvisional: boolean;
  @Column({ type: 'text' }) state: AlertState;
  @Column({ type: 'timestamptz', nullable: true }) escalatedAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) acknowledgedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) acknowledgedById: string | null;
  @Column({ type: 'text', nullable: true }) action: AlertDeed | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) actionNote: string | null;
  @Column({ type: 'timestamptz', nullable: true }) actionedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) actionedById: string | null;
  @Column({ type: 'text', nullable: true }) closeReason: AlertCloseReason | null;
  @Column(sealed({ subject: 'clientId', nullable: true })) closeNote: string | null;
  @Column({ type: 'timestamptz', nullable: true }) closedAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) closedById: string | null;
  @Column({ type: 'boolean', insert: false, update: false }) isOpen: boolean;
  @Column({ type: 'int' }) version: number;
}

/** A duplicate (its id) whose records have gone to another client, and the levels of both before. */
@Entity('client_merge')
export class ClientMergeRow {
  @PrimaryColumn({ type: 'uuid', name: 'merged_id' }) id: string;
  @Column({ type: 'uuid' }) survivorId: string;
  @Column({ type: 'timestamptz' }) mergedAt: Date;
  @Column({ type: 'jsonb' }) before: {
    survivor: RiskProfileRow | null;
    merged: RiskProfileRow | null;
    displacedId: string | null;
  };
}

@Entity('investor_copy')
export class InvestorCopyRow {
  @PrimaryColumn({ type: 'uuid', name: 'client_id' }) id: string;
  @Column({ type: 'text' }) investor: Investor;
  @Column({ type: 'date' }) validTo: string;
}
