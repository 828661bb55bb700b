import { z } from 'zod';
import { CampaignChannel, Code, Currency, Day, DecimalText, Instant, TouchChannel } from './codes.js';
import { defineEvent } from './define.js';

const lead = {
  leadId: z.uuid(),
  /** How the lead reached the firm. */
  channel: CampaignChannel,
  campaignId: z.uuid().nullable(),
  /** Whether the lead may be contacted on at least one channel. */
  consentOk: z.boolean(),
};

const leadEvent = (type: string, meaning: string) =>
  defineEvent({
    topic: 'marketing.v1',
    type,
    version: 1,
    meaning,
    key: 'leadId',
    data: z.object({ ...lead, reason: Code.nullable() }),
  });

export const LeadCreated = leadEvent('lead.created', 'A lead was recorded.');
export const LeadContacted = leadEvent('lead.contacted', 'The first contact with the lead was made.');
export const LeadFollowingUp = leadEvent('lead.followingup', 'A proposal is being discussed with the lead.');
export const LeadLost = leadEvent('lead.lost', 'The lead will not become a client for now; reason says why.');
export const LeadDisqualified = leadEvent(
  'lead.disqualified',
  'The lead must not be worked; reason says why.',
);
export const LeadReopened = leadEvent('lead.reopened', 'A lost lead was taken up again: a new cycle begins.');

export const LeadErased = defineEvent({
  topic: 'marketing.v1',
  type: 'lead.erased',
  version: 1,
  meaning: 'Nothing about the person behind the lead is kept any longer: forget it as well.',
  key: 'leadId',
  data: z.object({ leadId: z.uuid() }),
});

export const LeadConsentChanged = defineEvent({
  topic: 'marketing.v1',
  type: 'lead.consent.changed',
  version: 1,
  meaning: 'The lead has agreed to be contacted on a channel or has taken that back; obey at once.',
  key: 'leadId',
  data: z.object({
    leadId: z.uuid(),
    channel: TouchChannel,
    action: z.enum(['GRANT', 'WITHDRAW']),
    /** Null when it was taken back. */
    textVersion: Code.nullable(),
  }),
});

const touch = z.object({ at: Instant, channel: CampaignChannel, campaignId: z.uuid().nullable() });

export const LeadConverted = defineEvent({
  topic: 'marketing.v1',
  type: 'lead.converted',
  version: 1,
  meaning: 'The lead has become an active client: a conversion, exactly one for each lead.',
  key: 'leadId',
  data: z.object({
    leadId: z.uuid(),
    clientId: z.uuid(),
    firstTouch: touch,
    lastTouch: touch,
    daysToConvert: z.int().nonnegative(),
    campaignId: z.uuid().nullable(),
    referrerClientId: z.uuid().nullable(),
    /** How the conversion is shared out among the sources of its touches; the shares of a model sum to 1. Absent in early events. */
    attribution: z
      .array(
        z.object({
          model: z.enum(['FIRST', 'LAST', 'LINEAR', 'POSITION_BASED']),
          channel: CampaignChannel,
          campaignId: z.uuid().nullable(),
          share: DecimalText,
        }),
      )
      .optional(),
  }),
});

export const CampaignStarted = defineEvent({
  topic: 'marketing.v1',
  type: 'campaign.started',
  version: 1,
  meaning: 'A campaign has begun.',
  key: 'campaignId',
  data: z.object({ campaignId: z.uuid(), channel: CampaignChannel, budgetMinor: z.int().nonnegative() }),
});

export const CampaignEnded = defineEvent({
  topic: 'marketing.v1',
  type: 'campaign.ended',
  version: 1,
  meaning:
    'The last day of a campaign is over; the counts are those of that moment, and later conversions come on top.',
  key: 'campaignId',
  data: z.object({
    campaignId: z.uuid(),
    channel: CampaignChannel,
    budgetMinor: z.int().nonnegative(),
    leads: z.int().nonnegative(),
    converted: z.int().nonnegative(),
  }),
});

export const GoalProgress = defineEvent({
  topic: 'marketing.v1',
  type: 'goal.progress',
  version: 1,
  meaning:
    'What a goal has reached has changed: whole numbers of clients or conversions, or an amount of net new assets.',
  key: 'goalId',
  data: z.object({
    goalId: z.uuid(),
    metric: z.enum(['NEW_CLIENTS', 'CONVERSIONS', 'NET_NEW_ASSETS']),
    target: DecimalText,
    reached: DecimalText,
    /** Set for NET_NEW_ASSETS only. */
    currency: Currency.nullable(),
    asOf: Day,
  }),
});
