import { type EventDraft, LeadConsentChanged } from '@client-graph/events';
import { checkConsent, evidenceOf } from '../leads/contact.rules.js';
import type { Lead, TouchChannel } from '../leads/leads.rules.js';
import { refuse } from '../leads/refusals.rules.js';

export type ConsentFacts = {
  channels: readonly TouchChannel[];
  textVersion: string;
  evidence: string;
  at: Date;
};
export type Entry = {
  channel: TouchChannel;
  action: 'GRANT' | 'WITHDRAW';
  textVersion: string | null;
  evidence: string;
  at: Date;
};
type Changed = { channels: TouchChannel[]; entries: Entry[]; events: EventDraft[] };

const changed = (leadId: string, entries: readonly Entry[]): EventDraft[] =>
  entries.map(({ channel, action, textVersion }) =>
    LeadConsentChanged({ leadId, channel, action, textVersion }),
  );

/** The person agrees to channels; what they agreed to before stays. Refuses BAD_CONSENT and IN_FUTURE. */
export function grant(lead: Pick<Lead, 'id' | 'consentChannels'>, consent: ConsentFacts, now: Date): Changed {
  checkConsent(consent, now);
  const entries = [...new Set(consent.channels)].map(
    (channel): Entry => ({
      channel,
      action: 'GRANT',
      textVersion: consent.textVersion,
      evidence: evidenceOf(consent.evidence),
      at: consent.at,
    }),
  );
  return {
    channels: [...new Set([...lead.consentChannels, ...consent.channels])],
    entries,
    events: changed(lead.id, entries),
  };
}

/** The person takes channels back, all of them when none is named; from now on nobody may use them. */
export function withdraw(
  lead: Pick<Lead, 'id' | 'consentChannels'>,
  ask: { channels: readonly TouchChannel[]; evidence: string; at: Date },
  now: Date,
): Changed {
  if (ask.at > now) throw refuse('IN_FUTURE', { field: 'at' });
  const evidence = evidenceOf(ask.evidence);
  const taken = lead.consentChannels.filter(
    (channel) => ask.channels.length === 0 || ask.channels.includes(channel),
  );
  if (taken.length === 0) throw refuse('NOTHING_TO_WITHDRAW');
  const entries = taken.map(
    (channel): Entry => ({
      channel,
      action: 'WITHDRAW',
      textVersion: null,
      evidence,
      at: ask.at,
    }),
  );
  return {
    channels: lead.consentChannels.filter((channel) => !taken.includes(channel)),
    entries,
    events: changed(lead.id, entries),
  };
}
