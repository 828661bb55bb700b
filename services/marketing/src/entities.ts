import { type Decimal, nullableDecimal } from '@client-graph/kit';
import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Campaign, CampaignChannel } from './campaigns/campaigns.rules.js';
import type { Standing } from './conversions/conversions.rules.js';
import type { Reject } from './imports/imports.rules.js';
import type {
  Lead,
  LeadOrigin,
  LeadStage,
  Move,
  Reached,
  TouchChannel,
  TouchOutcome,
} from './leads/leads.rules.js';

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
  @Column({ type: 'timestamptz' }) createdAt: Date;
  @Column({ type: 'int' }) version: number;
}

@Entity('lead')
export class LeadRow implements Lead {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) origin: LeadOrigin;
  @Column({ type: 'text', nullable: true }) personName: string | null;
  @Column({ type: 'text', nullable: true }) mobile: string | null;
  @Column({ type: 'text', nullable: true }) email: string | null;
  @Column({ type: 'text', nullable: true }) mobileHash: string | null;
  @Column({ type: 'text', nullable: true }) emailHash: string | null;
  @Column({ type: 'text' }) channel: CampaignChannel;
  @Column({ type: 'text' }) medium: string;
  @Column({ type: 'uuid', nullable: true }) campaignId: string | null;
  @Column({ type: 'uuid', nullable: true }) referrerClientId: string | null;
  @Column({ type: 'uuid', nullable: true }) ownerId: string | null;
  @Column({ type: 'text', array: true }) consentChannels: TouchChannel[];
  @Column({ type: 'text', nullable: true }) consentTextVersion: string | null;
  @Column({ type: 'text', nullable: true }) consentEvidence: string | null;
  @Column({ type: 'timestamptz', nullable: true }) consentAt: Date | null;
  @Column({ type: 'text' }) stage: LeadStage;
  @Column({ type: 'text' }) reached: Reached;
  @Column({ type: 'int' }) cycle: number;
  @Column({ type: 'text', nullable: true }) reason: Lead['reason'];
  @Column({ type: 'int' }) attempts: number;
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
  @Column({ type: 'text' }) kind: 'CAPTURE' | 'CONTACT' | 'FOLLOW_UP' | 'OPENING';
  @Column({ type: 'timestamptz' }) at: Date;
  @Column({ type: 'text', nullable: true }) channel: TouchChannel | null;
  @Column({ type: 'text', nullable: true }) outcome: TouchOutcome | null;
  /** What attribution counts: the way the lead reached the firm, and the campaign behind it. */
  @Column({ type: 'text' }) sourceChannel: CampaignChannel;
  @Column({ type: 'uuid', nullable: true }) campaignId: string | null;
  @Column({ type: 'uuid', nullable: true }) by: string | null;
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
