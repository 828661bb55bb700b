import {
  type EventDefinition,
  type EventDraft,
  LeadContacted,
  LeadCreated,
  LeadDisqualified,
  LeadFollowingUp,
  LeadLost,
  LeadReopened,
} from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { dayOf, plusDays } from '@client-graph/kit/time';
import type { CampaignChannel } from '../campaigns/campaigns.rules.js';

export type LeadStage = 'NEW' | 'CONTACTED' | 'FOLLOWING_UP' | 'CONVERTED' | 'LOST' | 'DISQUALIFIED';
/** How far a lead has ever come while it was worked. */
export type Reached = 'NEW' | 'CONTACTED' | 'FOLLOWING_UP';
export type LeadAction = 'CONTACT' | 'FOLLOW_UP' | 'ATTEMPT' | 'CONVERT' | 'LOSE' | 'DISQUALIFY' | 'REOPEN';
export type TouchChannel = 'PHONE' | 'SMS' | 'EMAIL' | 'WECHAT' | 'POST' | 'FACE';
export type TouchOutcome = 'NO_ANSWER' | 'CALL_BACK' | 'INTERESTED' | 'NOT_INTERESTED';
export const LOSS_REASONS = [
  'NO_ANSWER',
  'NOT_INTERESTED',
  'COMPETITOR',
  'UNSUITABLE',
  'NO_FUNDS',
  'TIMING',
  'PRIVACY',
] as const;
export const DISQUALIFY_REASONS = ['DUPLICATE', 'NO_CONSENT', 'INVALID', 'UNDER_AGE'] as const;
export type LossReason = (typeof LOSS_REASONS)[number];
export type DisqualifyReason = (typeof DISQUALIFY_REASONS)[number];
export type LeadOrigin = 'LIVE' | 'IMPORTED';

export type Lead = {
  id: string;
  origin: LeadOrigin;
  mobile: string | null;
  email: string | null;
  channel: CampaignChannel;
  campaignId: string | null;
  referrerClientId: string | null;
  ownerId: string | null;
  consentChannels: TouchChannel[];
  stage: LeadStage;
  reached: Reached;
  cycle: number;
  reason: LossReason | DisqualifyReason | null;
  attempts: number;
  capturedAt: Date | null;
  firstContactDueOn: string | null;
  firstContactAt: Date | null;
  /** The instant of the last move or touch. */
  lastAt: Date | null;
  clientId: string | null;
};

/** A move as the history keeps it. */
export type Move = { from: LeadStage | null; to: LeadStage; at: Date; cycle: number; reason: Lead['reason'] };
export type LeadChanges = Partial<
  Pick<
    Lead,
    | 'stage'
    | 'reached'
    | 'cycle'
    | 'reason'
    | 'attempts'
    | 'firstContactDueOn'
    | 'firstContactAt'
    | 'lastAt'
    | 'clientId'
  >
>;
export type Step = { changes: LeadChanges; moves: Move[]; events: EventDraft[] };

/**
 * Policy 7.3: what may be done with a lead at each stage, and the stage after it. ATTEMPT is a contact or follow-up in which
 * nobody was reached. A lost lead begins a new cycle; a converted and a disqualified one stay what they are.
 */
const TRANSITIONS: Readonly<Record<LeadStage, Readonly<Partial<Record<LeadAction, LeadStage>>>>> = {
  NEW: { ATTEMPT: 'NEW', CONTACT: 'CONTACTED', LOSE: 'LOST', DISQUALIFY: 'DISQUALIFIED' },
  CONTACTED: { ATTEMPT: 'CONTACTED', CONTACT: 'CONTACTED', FOLLOW_UP: 'FOLLOWING_UP', LOSE: 'LOST' },
  FOLLOWING_UP: { ATTEMPT: 'FOLLOWING_UP', FOLLOW_UP: 'FOLLOWING_UP', CONVERT: 'CONVERTED', LOSE: 'LOST' },
  CONVERTED: {},
  LOST: { REOPEN: 'NEW' },
  DISQUALIFIED: {},
};

/** Attempts on as many different days must lie before a lead is lost for NO_ANSWER (domain 3.6.2). */
const NO_ANSWER_DAYS_MIN = 3;

/** Keys the hashes of mobiles and e-mails on a laptop and in tests; everyone can read it here, so production refuses it. */
export const DEVELOPMENT_HASH_KEY = 'development-only-marketing-hash-key';

/** Roles that see every lead (domain 3.0); an ADVISER sees their own. */
const SEES_EVERY_LEAD: ReadonlySet<string> = new Set(['MARKETING', 'COMPLIANCE', 'AUDITOR']);

export const refuse = defineRefusals({
  BAD_MOBILE:
    'A mobile is a Chinese mobile number of 11 digits, or any number in international form beginning with +.',
  BAD_EMAIL: 'An e-mail address has the form name@domain, in one line.',
  BAD_CONSENT:
    'Consent needs at least one channel, the version of its text as a code, and a reference of the evidence of 1 to 200 characters.',
  NO_CONTACT_DETAILS: 'Give a mobile or an e-mail.',
  NO_CHANNEL: 'Give the channel and the medium, or a campaign that has them.',
  CAMPAIGN_UNKNOWN: 'There is no such campaign.',
  REFERRER_UNKNOWN: 'The referring client is not known here.',
  DUPLICATE_LEAD: 'A lead with this mobile or e-mail exists: work that one, or take it up again.',
  NO_CONSENT: 'The person has not agreed to be contacted on this channel.',
  WRONG_STAGE: 'The stage of the lead does not allow this.',
  IMPORTED_LEAD: 'An imported lead is history and is not worked.',
  IN_FUTURE: 'This instant has not come yet.',
  TIME_BACKWARDS: 'This instant lies before the last move or touch of the lead.',
  TOO_FEW_ATTEMPTS:
    'A lead is lost for NO_ANSWER after attempts on three different days: try again, or give another reason.',
});

/** Whether the caller may see the lead by its own right; through a client of theirs they may see more. */
export const seesLead = (
  actor: { id: string | null; roles: readonly string[] },
  lead: Pick<Lead, 'ownerId'>,
): boolean =>
  seesEveryLead(actor) ||
  (lead.ownerId !== null && lead.ownerId === actor.id && actor.roles.includes('ADVISER'));

export const seesEveryLead = (actor: { roles: readonly string[] }): boolean =>
  actor.roles.some((role) => SEES_EVERY_LEAD.has(role));

/** The mobile in international form, so that one number has one spelling. Refuses BAD_MOBILE. */
export function normalMobile(text: string): string {
  const plain = text
    .normalize('NFKC')
    .replace(/[\s().-]/g, '')
    .replace(/^00/, '+');
  if (/^1[3-9]\d{9}$/.test(plain)) return `+86${plain}`;
  const isChinese = plain.startsWith('+86');
  if (isChinese ? !/^\+861[3-9]\d{9}$/.test(plain) : !/^\+[1-9]\d{6,14}$/.test(plain))
    throw refuse('BAD_MOBILE');
  return plain;
}

/** The address in small letters. Refuses BAD_EMAIL. */
export function normalEmail(text: string): string {
  const plain = text.normalize('NFKC').trim().toLowerCase();
  if (plain.length > 254 || !/^[^\s@<>,;"\p{Cc}]+@[^\s@<>,;"\p{Cc}]+\.[^\s@.<>,;"\p{Cc}]+$/u.test(plain))
    throw refuse('BAD_EMAIL');
  return plain;
}

/** Refuses BAD_CONSENT, and IN_FUTURE for one that has not been given yet. */
export function checkConsent(
  consent: { channels: readonly TouchChannel[]; textVersion: string; evidence: string; at: Date },
  now: Date,
): void {
  const isSound =
    consent.channels.length > 0 &&
    /^[A-Za-z0-9_.-]{1,64}$/.test(consent.textVersion) &&
    consent.evidence.trim().length > 0 &&
    consent.evidence.length <= 200 &&
    !/\p{Cc}/u.test(consent.evidence);
  if (!isSound) throw refuse('BAD_CONSENT');
  if (consent.at > now) throw refuse('IN_FUTURE', { field: 'consent.at' });
}

/** Whether a channel is open: agreed to, and with the number or address that it needs. */
export const isContactable = (lead: Pick<Lead, 'consentChannels' | 'mobile' | 'email'>): boolean =>
  lead.consentChannels.some((channel) => {
    switch (channel) {
      case 'PHONE':
      case 'SMS':
        return lead.mobile !== null;
      case 'EMAIL':
        return lead.email !== null;
      case 'WECHAT':
      case 'POST':
      case 'FACE':
        return true;
      default:
        return channel satisfies never;
    }
  });

/** First contact is due on the working day after (domain 3.6.2, `[D]`). Saturdays and Sundays are skipped; holidays are not known here. */
export function firstContactDue(at: Date): string {
  let day = plusDays(dayOf(at), 1);
  while ([0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay())) day = plusDays(day, 1);
  return day;
}

/** The beginning of a lead: its first move and its event. Refuses IN_FUTURE. */
export function capture(lead: Lead, capturedAt: Date, now: Date): Step {
  if (capturedAt > now) throw refuse('IN_FUTURE', { field: 'capturedAt' });
  return {
    changes: { stage: 'NEW', firstContactDueOn: firstContactDue(capturedAt), lastAt: capturedAt },
    moves: [{ from: null, to: 'NEW', at: capturedAt, cycle: lead.cycle, reason: null }],
    events: [stateOf(LeadCreated, lead)],
  };
}

/** An attempt to get in touch: counted always, a move only when somebody was reached. */
export function touch(
  lead: Lead,
  ask: { kind: 'CONTACT' | 'FOLLOW_UP'; channel: TouchChannel; outcome: TouchOutcome; at: Date },
  now: Date,
): Step {
  if (lead.origin === 'IMPORTED') throw refuse('IMPORTED_LEAD');
  if (!lead.consentChannels.includes(ask.channel)) throw refuse('NO_CONSENT', { channel: ask.channel });
  if (ask.at > now) throw refuse('IN_FUTURE', { field: 'at' });
  if (lead.lastAt !== null && ask.at < lead.lastAt)
    throw refuse('TIME_BACKWARDS', { notBefore: lead.lastAt.toISOString() });
  const step = advance(lead, [ask.outcome === 'NO_ANSWER' ? 'ATTEMPT' : ask.kind], ask.at);
  return { ...step, changes: { ...step.changes, attempts: lead.attempts + 1 } };
}

/** `attemptDays`: on how many different days of this cycle contact was attempted. */
export function lose(lead: Lead, reason: LossReason, attemptDays: number, now: Date): Step {
  const step = move(lead, 'LOSE', now, reason);
  if (reason === 'NO_ANSWER' && attemptDays < NO_ANSWER_DAYS_MIN)
    throw refuse('TOO_FEW_ATTEMPTS', { attemptDays, needed: NO_ANSWER_DAYS_MIN });
  return step;
}

export const disqualify = (lead: Lead, reason: DisqualifyReason, now: Date): Step =>
  move(lead, 'DISQUALIFY', now, reason);

export const reopen = (lead: Lead, now: Date): Step => move(lead, 'REOPEN', now);

function move(lead: Lead, action: LeadAction, now: Date, reason: Lead['reason'] = null): Step {
  if (lead.origin === 'IMPORTED') throw refuse('IMPORTED_LEAD');
  return advance(lead, [action], now, reason);
}

/**
 * Takes a lead along the edges, one action after the other, all at one instant. Time never goes backwards: an instant before
 * the last one becomes the last one. Refuses WRONG_STAGE. The event of a conversion is not stated here: it says more.
 */
export function advance(
  lead: Lead,
  actions: readonly LeadAction[],
  at: Date,
  reason: Lead['reason'] = null,
): Step {
  const instant = later(at, lead.lastAt);
  const moves: Move[] = [];
  const events: EventDraft[] = [];
  let state: Lead = { ...lead, lastAt: instant };
  for (const action of actions) {
    const from = state.stage;
    const to = TRANSITIONS[from][action];
    if (to === undefined) throw refuse('WRONG_STAGE', { stage: from, action });
    if (to === from) continue;
    state = { ...state, ...arrival(state, to, instant), reason };
    moves.push({ from, to, at: instant, cycle: state.cycle, reason });
    const definition = EVENT_OF[to];
    if (definition !== null) events.push(stateOf(definition, state));
  }
  const { stage, reached, cycle, firstContactDueOn, firstContactAt, lastAt } = state;
  return {
    changes: { stage, reached, cycle, reason: state.reason, firstContactDueOn, firstContactAt, lastAt },
    moves,
    events,
  };
}

/** What else changes when a lead arrives at a stage. */
function arrival(lead: Lead, to: LeadStage, at: Date): Partial<Lead> {
  switch (to) {
    case 'NEW':
      return {
        stage: to,
        cycle: lead.cycle + 1,
        firstContactAt: null,
        firstContactDueOn: firstContactDue(at),
      };
    case 'CONTACTED':
      return { stage: to, firstContactAt: at, reached: lead.reached === 'NEW' ? to : lead.reached };
    case 'FOLLOWING_UP':
      return { stage: to, reached: to };
    case 'CONVERTED':
    case 'LOST':
    case 'DISQUALIFIED':
      return { stage: to };
    default:
      return to satisfies never;
  }
}

type LeadEvent = EventDefinition<{
  leadId: string;
  channel: CampaignChannel;
  campaignId: string | null;
  consentOk: boolean;
  reason: string | null;
}>;

const EVENT_OF: Readonly<Record<LeadStage, LeadEvent | null>> = {
  NEW: LeadReopened,
  CONTACTED: LeadContacted,
  FOLLOWING_UP: LeadFollowingUp,
  CONVERTED: null,
  LOST: LeadLost,
  DISQUALIFIED: LeadDisqualified,
};

const stateOf = (definition: LeadEvent, lead: Lead): EventDraft =>
  definition({
    leadId: lead.id,
    channel: lead.channel,
    campaignId: lead.campaignId,
    consentOk: isContactable(lead),
    reason: lead.reason,
  });

export const later = (at: Date, other: Date | null): Date => (other !== null && other > at ? other : at);

const STAGES_IN_ORDER: readonly LeadStage[] = [
  'NEW',
  'CONTACTED',
  'FOLLOWING_UP',
  'CONVERTED',
  'LOST',
  'DISQUALIFIED',
];

/** Moves as they followed each other; several may carry one instant, but within a cycle no stage comes twice. */
export const inOrder = <M extends Pick<Move, 'cycle' | 'to'>>(moves: readonly M[]): M[] =>
  [...moves].sort(
    (a, b) => a.cycle - b.cycle || STAGES_IN_ORDER.indexOf(a.to) - STAGES_IN_ORDER.indexOf(b.to),
  );
