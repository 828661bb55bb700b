import { type ApprovalStatus, type Decimal, decimal, nullableDecimal, sealed } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Criteria } from './audiences/audiences.rules.js';
import type { Campaign, CampaignChannel } from './campaigns/campaigns.rules.js';
import type { AttributionModel, Share } from './conversions/attribution.rules.js';
import type { Standing } from './conversions/conversions.rules.js';
import type { Goal, GoalMetric } from './goals/goals.rules.js';
import type { Reject } from './imports/imports.rules.js';
import type {
  Lead,
  LeadOrigin,
  LeadStage,
  Move,
  PersonKind,
  Reached,
  TouchChannel,
  TouchKind,
  TouchOutcome,
} from './leads/leads.rules.js';
import type { Material } from './materials/materials.rules.js';
import type { Partner, PartnerKind } from './partners/partners.rules.js';
import type { RuleKind, ScoreReason } from './rules/rules.rules.js';
import type { TaskKind } from './tasks/tasks.rules.js';

@Entity('campaign')
export class CampaignRow implements Campaign {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) channel: CampaignChannel;
  @Column({ type: 'text' }) medium: string;
  @Column(nullableDecimal) budgetAmount: Decimal | null;
  @Column({ type: 'text', nullable: true }) budgetCurrency: string | null;
  @Column({ type: 'date' }) startsOn: string;
  @Column({ type: 'date', nullable: true }) endsOn: string | null;
  @Column({ type: 'timestamptz', nullable: true }) startedAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) endedAt: Date | null;
  @Column({ type: 'timestamptz' }) createdAt: Date;
  @Column({ type: 'int' }) version: number;
}

/** What was spent on a campaign. */
@Entity('campaign_cost')
export class CampaignCostRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) campaignId: string;
  @Column({ type: 'text' }) kind: string;
  @Column(decimal) amount: Decimal;
  @Column({ type: 'text' }) currency: string;
  @Column({ type: 'date' }) spentOn: string;
  @Column({ type: 'timestamptz' }) recordedAt: Date;
  @Column({ type: 'uuid', nullable: true }) by: string | null;
  @Column({ type: 'timestamptz', nullable: true }) cancelledAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) cancelledBy: string | null;
}

/** What people are shown in a campaign. */
@Entity('material')
export class MaterialRow implements Material {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) campaignId: string;
  @Column({ type: 'text' }) title: string;
  @Column({ type: 'text' }) body: string;
  @Column({ type: 'boolean' }) isPrivateFund: boolean;
  @Column({ type: 'date', nullable: true }) validTo: string | null;
  @Column({ type: 'text' }) status: ApprovalStatus;
  @Column({ type: 'uuid' }) makerId: string;
  @Column({ type: 'uuid', nullable: true }) checkerId: string | null;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'int' }) version: number;
}

/** A target of a period (policy 7.1). */
@Entity('goal')
export class GoalRow implements Goal {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) metric: GoalMetric;
  @Column({ type: 'date' }) firstDay: string;
  @Column({ type: 'date' }) lastDay: string;
  @Column(decimal) target: Decimal;
  @Column({ type: 'text', nullable: true }) currency: string | null;
  @Column({ type: 'uuid', nullable: true }) campaignId: string | null;
  @Column({ type: 'text', nullable: true }) channel: CampaignChannel | null;
  /** What was last told of its progress. */
  @Column(nullableDecimal) told: Decimal | null;
  @Column({ type: 'date', nullable: true }) toldOn: string | null;
  @Column({ type: 'timestamptz' }) createdAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) closedAt: Date | null;
  @Column({ type: 'int' }) version: number;
}

@Entity('lead')
export class LeadRow implements Lead {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) origin: LeadOrigin;
  @Column({ type: 'text' }) personKind: PersonKind;
  @Column(sealed({ subject: 'id', nullable: true })) personName: string | null;
  @Column(sealed({ subject: 'id', nullable: true })) mobile: string | null;
  @Column(sealed({ subject: 'id', nullable: true })) email: string | null;
  /** Unified social credit code of a company. */
  @Column(sealed({ subject: 'id', nullable: true })) uscc: string | null;
  @Column({ type: 'text', nullable: true }) mobileHash: string | null;
  @Column({ type: 'text', nullable: true }) emailHash: string | null;
  @Column({ type: 'text', nullable: true }) usccHash: string | null;
  @Column({ type: 'text' }) channel: CampaignChannel;
  @Column({ type: 'text' }) medium: string;
  @Column({ type: 'uuid', nullable: true }) campaignId: string | null;
  @Column({ type: 'uuid', nullable: true }) referrerClientId: string | null;
  @Column({ type: 'uuid', nullable: true }) partnerId: string | null;
  @Column({ type: 'text', nullable: true }) sharingTextVersion: string | null;
  @Column(sealed({ subject: 'id', nullable: true })) sharingEvidence: string | null;
  @Column({ type: 'timestamptz', nullable: true }) sharingAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) ownerId: string | null;
  /** The rule that named the owner; null when a person did, or nobody. */
  @Column({ type: 'text', nullable: true }) assignmentCode: string | null;
  @Column({ type: 'int', nullable: true }) score: number | null;
  @Column({ type: 'int', nullable: true }) scoreRuleVersion: number | null;
  @Column({ type: 'jsonb' }) scoreReasons: ScoreReason[];
  @Column({ type: 'text', array: true }) consentChannels: TouchChannel[];
  @Column({ type: 'text', nullable: true }) consentTextVersion: string | null;
  @Column(sealed({ subject: 'id', nullable: true })) consentEvidence: string | null;
  @Column({ type: 'timestamptz', nullable: true }) consentAt: Date | null;
  @Column({ type: 'text' }) stage: LeadStage;
  @Column({ type: 'text' }) reached: Reached;
  @Column({ type: 'int' }) cycle: number;
  @Column({ type: 'text', nullable: true }) reason: Lead['reason'];
  @Column({ type: 'int' }) attempts: number;
  @Column({ type: 'text', nullable: true }) lastOutcome: TouchOutcome | null;
  @Column({ type: 'timestamptz', nullable: true }) attendedAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) qualifiedAt: Date | null;
  @Column(sealed({ subject: 'id', nullable: true })) qualifiedEvidence: string | null;
  @Column({ type: 'timestamptz', nullable: true }) capturedAt: Date | null;
  @Column({ type: 'date', nullable: true }) firstContactDueOn: string | null;
  @Column({ type: 'timestamptz', nullable: true }) firstContactAt: Date | null;
  @Column({ type: 'timestamptz', nullable: true }) lastAt: Date | null;
  @Column({ type: 'uuid', nullable: true }) clientId: string | null;
  @Column({ type: 'text', nullable: true }) sourceFile: string | null;
  @Column({ type: 'int', nullable: true }) sourceLine: number | null;
  @Column({ type: 'text', nullable: true }) externalKey: string | null;
  @Column({ type: 'date', nullable: true }) contactedOn: string | null;
  @Column({ type: 'smallint', nullable: true }) contactedMonth: number | null;
  @Column({ type: 'date', nullable: true }) convertedOn: string | null;
  /** Set when nothing about the person is left. */
  @Column({ type: 'timestamptz', nullable: true }) erasedAt: Date | null;
  @Column({ type: 'timestamptz' }) createdAt: Date;
  @Column({ type: 'int' }) version: number;
}

/** A move of a lead from stage to stage; never changed. */
@Entity('stage_move')
export class StageMoveRow implements Move {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) leadId: string;
  @Column({ type: 'int' }) cycle: number;
  @Column({ type: 'text', nullable: true }) from: LeadStage | null;
  @Column({ type: 'text' }) to: LeadStage;
  @Column({ type: 'timestamptz' }) at: Date;
  @Column({ type: 'text', nullable: true }) reason: Lead['reason'];
  /** The member of staff; null when an event did it. */
  @Column({ type: 'uuid', nullable: true }) by: string | null;
}

/** A touch of a lead; never changed. */
@Entity('touch')
export class TouchRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) leadId: string;
  @Column({ type: 'int' }) cycle: number;
  @Column({ type: 'text' }) kind: TouchKind;
  @Column({ type: 'timestamptz' }) at: Date;
  @Column({ type: 'text', nullable: true }) channel: TouchChannel | null;
  @Column({ type: 'text', nullable: true }) outcome: TouchOutcome | null;
  /** What attribution counts: the way the lead reached the firm, and the campaign behind it. */
  @Column({ type: 'text' }) sourceChannel: CampaignChannel;
  @Column({ type: 'uuid', nullable: true }) campaignId: string | null;
  /** What was heard of needs and intent. */
  @Column(sealed({ subject: 'leadId', nullable: true })) note: string | null;
  @Column({ type: 'uuid', nullable: true }) materialId: string | null;
  @Column({ type: 'uuid', nullable: true }) by: string | null;
}

/** One yes or no of a person; only added to. */
@Entity('consent_entry')
export class ConsentEntryRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) leadId: string;
  @Column({ type: 'text' }) channel: TouchChannel;
  @Column({ type: 'text' }) action: 'GRANT' | 'WITHDRAW';
  @Column({ type: 'text', nullable: true }) textVersion: string | null;
  @Column(sealed({ subject: 'leadId' })) evidence: string;
  @Column({ type: 'timestamptz' }) at: Date;
  @Column({ type: 'timestamptz' }) recordedAt: Date;
  @Column({ type: 'uuid', nullable: true }) by: string | null;
}

/** What waits for whoever works a lead. */
@Entity('lead_task')
export class LeadTaskRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) leadId: string;
  @Column({ type: 'text' }) kind: TaskKind;
  @Column({ type: 'int' }) cycle: number;
  @Column({ type: 'date' }) dueOn: string;
  @Column({ type: 'timestamptz' }) openedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) closedAt: Date | null;
}

/** A new version of a table that one person proposes and another approves. */
@Entity('lead_rule_change')
export class LeadRuleChangeRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) kind: RuleKind;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) reason: string;
  @Column({ type: 'jsonb' }) terms: unknown;
  @Column({ type: 'text' }) status: ApprovalStatus;
  @Column({ type: 'uuid' }) makerId: string;
  @Column({ type: 'uuid', nullable: true }) checkerId: string | null;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  /** The version that it has become. */
  @Column({ type: 'int', nullable: true }) ruleVersion: number | null;
}

/** A version of a table that the firm may change; never changed itself. */
@Entity('lead_rule')
export class LeadRuleRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) kind: RuleKind;
  @Column({ type: 'int' }) version: number;
  @Column({ type: 'date' }) effectiveFrom: string;
  @Column({ type: 'text' }) source: string;
  @Column({ type: 'jsonb' }) terms: unknown;
}

@Entity('partner')
export class PartnerRow implements Partner {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) kind: PartnerKind;
  @Column({ type: 'text' }) agreementReference: string;
  @Column({ type: 'date' }) agreementFrom: string;
  @Column({ type: 'date', nullable: true }) agreementTo: string | null;
  @Column({ type: 'text' }) sharingTextVersion: string;
  @Column({ type: 'timestamptz' }) createdAt: Date;
  @Column({ type: 'int' }) version: number;
}

/** A client that was opened from a lead; the id is the client's. */
@Entity('client_opening')
export class ClientOpeningRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) leadId: string;
  @Column({ type: 'text' }) standing: Standing;
  @Column({ type: 'timestamptz' }) openedAt: Date;
}

@Entity('conversion')
export class ConversionRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) leadId: string;
  @Column({ type: 'uuid' }) clientId: string;
  @Column({ type: 'timestamptz' }) at: Date;
  @Column({ type: 'timestamptz' }) firstTouchAt: Date;
  @Column({ type: 'text' }) firstTouchChannel: CampaignChannel;
  @Column({ type: 'uuid', nullable: true }) firstTouchCampaignId: string | null;
  @Column({ type: 'timestamptz' }) lastTouchAt: Date;
  @Column({ type: 'text' }) lastTouchChannel: CampaignChannel;
  @Column({ type: 'uuid', nullable: true }) lastTouchCampaignId: string | null;
  @Column({ type: 'int' }) daysToConvert: number;
  @Column({ type: 'uuid', nullable: true }) campaignId: string | null;
  @Column({ type: 'uuid', nullable: true }) referrerClientId: string | null;
  /** The version of the weights that the shares were made by. */
  @Column({ type: 'int', nullable: true }) attributionRuleVersion: number | null;
}

/** A part of a conversion that a source has by a model; never changed. */
@Entity('attribution_share')
export class AttributionShareRow implements Share {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) conversionId: string;
  @Column({ type: 'text' }) model: AttributionModel;
  @Column({ type: 'text' }) channel: CampaignChannel;
  @Column({ type: 'uuid', nullable: true }) campaignId: string | null;
  @Column(decimal) share: Decimal;
}

/** A client that lives on in another; the id is that of the merged one. */
@Entity('client_merge')
export class ClientMergeRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) survivorId: string;
  @Column({ type: 'date' }) mergedOn: string;
}

/** People whom a campaign may address, frozen. */
@Entity('audience')
export class AudienceRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'text' }) people: Criteria['people'];
  @Column({ type: 'text' }) channel: TouchChannel;
  @Column({ type: 'jsonb' }) criteria: Criteria;
  @Column({ type: 'timestamptz' }) builtAt: Date;
  @Column({ type: 'uuid', nullable: true }) builtBy: string | null;
}

/** A form on the web. */
@Entity('web_form')
export class WebFormRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) key: string;
  @Column({ type: 'text' }) name: string;
  @Column({ type: 'uuid' }) campaignId: string;
  @Column({ type: 'text' }) textVersion: string;
  @Column({ type: 'text', array: true }) channels: TouchChannel[];
  @Column({ type: 'timestamptz' }) createdAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) closedAt: Date | null;
  @Column({ type: 'int' }) version: number;
}

/** What came in by a form. */
@Entity('web_submission')
export class WebSubmissionRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'uuid' }) formId: string;
  @Column({ type: 'text' }) submissionId: string;
  @Column({ type: 'text' }) contentHash: string;
  @Column({ type: 'uuid', nullable: true }) leadId: string | null;
  @Column({ type: 'text' }) outcome: 'CAPTURED' | 'RESPONDED' | 'REPEATED';
  @Column({ type: 'timestamptz' }) receivedAt: Date;
}

/** One batch of an import and what became of it. */
@Entity('lead_import')
export class LeadImportRow {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) fileSha256: string;
  @Column({ type: 'uuid' }) campaignId: string;
  @Column({ type: 'int' }) added: number;
  @Column({ type: 'int' }) alreadyPresent: number;
  @Column({ type: 'jsonb' }) rejected: Reject[];
  @Column({ type: 'uuid', nullable: true }) by: string | null;
  @Column({ type: 'timestamptz' }) at: Date;
}
