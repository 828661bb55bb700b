import { CampaignEnded, CampaignStarted, type EventDraft } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { dayOf } from '@client-graph/kit/time';

export type CampaignChannel = 'ONLINE' | 'OFFLINE' | 'PARTNER' | 'REFERRAL';

export type Campaign = {
  id: string;
  name: string;
  channel: CampaignChannel;
  medium: string;
  startsOn: string;
  endsOn: string | null;
  startedAt: Date | null;
  endedAt: Date | null;
};

export const refuse = defineRefusals({
  BAD_NAME: 'A name has 1 to 120 characters, all of them printable.',
  BAD_MEDIUM: 'A medium is a code: capital letters, digits and _, beginning with a letter, at most 32.',
  BAD_PERIOD: 'A campaign ends on the day it starts or later.',
  CAMPAIGN_EXISTS: 'Another campaign has this name.',
  CAMPAIGN_ENDED: 'The campaign has ended.',
  BAD_COST: 'A cost is a positive amount of a day that has come, with its kind as a code.',
  COST_CANCELLED: 'The cost was called off before.',
});

/** A name as it is kept: trimmed, one line. Refuses BAD_NAME. */
export function nameOf(text: string): string {
  const name = text.trim();
  if (name.length < 1 || name.length > 120 || /\p{Cc}/u.test(name)) throw refuse('BAD_NAME');
  return name;
}

export const isMedium = (code: string): boolean => /^[A-Z][A-Z0-9_]{0,31}$/.test(code);

/** The medium, when it is a code. Refuses BAD_MEDIUM. */
export function mediumOf(code: string): string {
  if (!isMedium(code)) throw refuse('BAD_MEDIUM');
  return code;
}

/** Refuses BAD_PERIOD. Days are texts of equal form, so they compare as texts. */
export function checkPeriod(startsOn: string, endsOn: string | null): void {
  if (endsOn !== null && endsOn < startsOn) throw refuse('BAD_PERIOD', { startsOn, endsOn });
}

/** Running on a day: neither before its first day nor after its last. */
const isRunning = (campaign: Pick<Campaign, 'startsOn' | 'endsOn'>, day: string): boolean =>
  campaign.startsOn <= day && (campaign.endsOn === null || campaign.endsOn >= day);

/**
 * Announces the start of a campaign that is running and was not announced. One whose days are over is history: nothing
 * begins by writing it down, so nothing is announced.
 */
export function start(
  campaign: Campaign,
  budgetMinor: number,
  now: Date,
): { startedAt: Date; events: EventDraft[] } | null {
  if (campaign.startedAt !== null || !isRunning(campaign, dayOf(now))) return null;
  return {
    startedAt: now,
    events: [CampaignStarted({ campaignId: campaign.id, channel: campaign.channel, budgetMinor })],
  };
}

/** A campaign whose start was announced and whose last day is over has ended; the counts are those of that moment. */
export function end(
  campaign: Campaign,
  told: { budgetMinor: number; leads: number; converted: number },
  now: Date,
): { endedAt: Date; events: EventDraft[] } | null {
  const { startedAt, endedAt, endsOn, id, channel } = campaign;
  if (startedAt === null || endedAt !== null || endsOn === null || endsOn >= dayOf(now)) return null;
  return { endedAt: now, events: [CampaignEnded({ campaignId: id, channel, ...told })] };
}

/** What may still be changed of a campaign: not its first day, and nothing once it has ended. An end lies in the future. */
export function checkChange(campaign: Campaign, endsOn: string | null, today: string): void {
  if (campaign.endedAt !== null || (campaign.endsOn !== null && campaign.endsOn < today))
    throw refuse('CAMPAIGN_ENDED');
  checkPeriod(campaign.startsOn, endsOn);
  if (endsOn !== null && endsOn !== campaign.endsOn && endsOn < today)
    throw refuse('BAD_PERIOD', { notBefore: today });
}

/** Refuses BAD_COST. The amount is checked as any amount of money. */
export function checkCost(kind: string, spentOn: string, today: string): void {
  if (!isMedium(kind) || spentOn > today) throw refuse('BAD_COST');
}
