import { CampaignStarted, type EventDraft } from '@client-graph/events';
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
};

export const refuse = defineRefusals({
  BAD_NAME: 'A name has 1 to 120 characters, all of them printable.',
  BAD_MEDIUM: 'A medium is a code: capital letters, digits and _, beginning with a letter, at most 32.',
  BAD_PERIOD: 'A campaign ends on the day it starts or later.',
  CAMPAIGN_EXISTS: 'Another campaign has this name.',
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
