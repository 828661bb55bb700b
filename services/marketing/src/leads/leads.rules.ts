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
import type { CampaignChannel } from '../campaigns/campaigns.rules.js';
import type { LeadFacts } from '../rules/rules.rules.js';
import { type Clocks, firstContactDue } from './clocks.rules.js';
import { isContactable, type TouchChannel } from './contact.rules.js';
import { refuse } from './refusals.rules.js';

export type LeadStage = 'NEW' | 'CONTACTED' | 'FOLLOWING_UP' | 'CONVERTED' | 'LOST' | 'DISQUALIFIED';
/** How far a lead has ever come while it was worked. */
export type Reached = 'NEW' | 'CONTACTED' | 'FOLLOWING_UP';
export type LeadAction = 'CONTACT' | 'FOLLOW_UP' | 'ATTEMPT' | 'CONVERT' | 'LOSE' | 'DISQUALIFY' | 'REOPEN';
export type { TouchChannel };
export type TouchOutcome = 'NO_ANSWER' | 'CALL_BACK' | 'INTERESTED' | 'NOT_INTERESTED';
export type TouchKind = 'CAPTURE' | 'RESPONSE' | 'CONTACT' | 'FOLLOW_UP' | 'OPENING';
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
export type PersonKind = 'PERSON' | 'COMPANY';

export type Lead = {
  id: string;
  origin: LeadOrigin;
  mobile: string | null;
  email: string | null;
  channel: CampaignChannel;
  medium: string;
  campaignId: string | null;
  referrerClientId: string | null;
  partnerId: string | null;
  personKind: PersonKind;
  ownerId: string | null;
  consentChannels: TouchChannel[];
  stage: LeadStage;
  reached: Reached;
  cycle: number;
  reason: LossReason | DisqualifyReason | null;
  attempts: number;
  lastOutcome: TouchOutcome | null;
  attendedAt: Date | null;
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
    | 'lastOutcome'
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

/** Keys the hashes of mobiles and e-mails on a laptop and in tests; everyone can read it here, so production refuses it. */
export const DEVELOPMENT_HASH_KEY = 'development-only-marketing-hash-key';

/** Roles that see every lead (domain 3.0); an ADVISER sees their own. */
const SEES_EVERY_LEAD: ReadonlySet<string> = new Set(['MARKETING', 'COMPLIANCE', 'AUDITOR']);

/** Whether the caller may see the lead by its own right; through a client of theirs they may see more. */
export const seesLead = (
  actor: { id: string | null; roles: readonly string[] },
  lead: Pick<Lead, 'ownerId'>,
): boolean =>
  seesEveryLead(actor) ||
  (lead.ownerId !== null && lead.ownerId === actor.id && actor.roles.includes('ADVISER'));

export const seesEveryLead = (actor: { roles: readonly string[] }): boolean =>
  actor.roles.some((role) => SEES_EVERY_LEAD.has(role));

/** Nobody recommends the firm to themself: the referring client must not have been opened from a lead of the same person. */
export function checkReferral(
  referrerClientId: string | null,
  samePerson: readonly Pick<Lead, 'clientId'>[],
): void {
  if (referrerClientId !== null && samePerson.some(({ clientId }) => clientId === referrerClientId))
    throw refuse('REFERRAL_TO_ONESELF');
}

/** The beginning of a lead: its first move and its event. Refuses IN_FUTURE. */
export function capture(lead: Lead, capturedAt: Date, now: Date, clocks: Clocks): Step {
  if (capturedAt > now) throw refuse('IN_FUTURE', { field: 'capturedAt' });
  return {
    changes: { stage: 'NEW', firstContactDueOn: firstContactDue(capturedAt, clocks), lastAt: capturedAt },
    moves: [{ from: null, to: 'NEW', at: capturedAt, cycle: lead.cycle, reason: null }],
    events: [stateOf(LeadCreated, lead)],
  };
}

/** An attempt to get in touch: counted always, a move only when somebody was reached. */
export function touch(
  lead: Lead,
  ask: { kind: 'CONTACT' | 'FOLLOW_UP'; channel: TouchChannel; outcome: TouchOutcome; at: Date },
  now: Date,
  clocks: Clocks,
): Step {
  if (lead.origin === 'IMPORTED') throw refuse('IMPORTED_LEAD');
  if (!lead.consentChannels.includes(ask.channel)) throw refuse('NO_CONSENT', { channel: ask.channel });
  if (ask.at > now) throw refuse('IN_FUTURE', { field: 'at' });
  if (lead.lastAt !== null && ask.at < lead.lastAt)
    throw refuse('TIME_BACKWARDS', { notBefore: lead.lastAt.toISOString() });
  const step = advance(lead, [ask.outcome === 'NO_ANSWER' ? 'ATTEMPT' : ask.kind], ask.at, clocks);
  return { ...step, changes: { ...step.changes, attempts: lead.attempts + 1, lastOutcome: ask.outcome } };
}

/** `attemptDays`: on how many different days of this cycle contact was attempted. */
export function lose(lead: Lead, reason: LossReason, attemptDays: number, now: Date, clocks: Clocks): Step {
  const step = move(lead, 'LOSE', now, clocks, reason);
  if (reason === 'NO_ANSWER' && attemptDays < clocks.noAnswerAttemptDays)
    throw refuse('TOO_FEW_ATTEMPTS', { attemptDays, needed: clocks.noAnswerAttemptDays });
  return step;
}

export const disqualify = (lead: Lead, reason: DisqualifyReason, now: Date, clocks: Clocks): Step =>
  move(lead, 'DISQUALIFY', now, clocks, reason);

export const reopen = (lead: Lead, now: Date, clocks: Clocks): Step => move(lead, 'REOPEN', now, clocks);

function move(
  lead: Lead,
  action: LeadAction,
  now: Date,
  clocks: Clocks,
  reason: Lead['reason'] = null,
): Step {
  if (lead.origin === 'IMPORTED') throw refuse('IMPORTED_LEAD');
  return advance(lead, [action], now, clocks, reason);
}

/**
 * Takes a lead along the edges, one action after the other, all at one instant. Time never goes backwards: an instant before
 * the last one becomes the last one. Refuses WRONG_STAGE. The event of a conversion is not stated here: it says more.
 */
export function advance(
  lead: Lead,
  actions: readonly LeadAction[],
  at: Date,
  clocks: Clocks,
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
    state = { ...state, ...arrival(state, to, instant, clocks), reason };
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
function arrival(lead: Lead, to: LeadStage, at: Date, clocks: Clocks): Partial<Lead> {
  switch (to) {
    case 'NEW':
      return {
        stage: to,
        cycle: lead.cycle + 1,
        firstContactAt: null,
        firstContactDueOn: firstContactDue(at, clocks),
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

const yesNo = (is: boolean): string => (is ? 'YES' : 'NO');

/** What the tables of scoring and assignment may ask about a lead. */
export const factsOf = (lead: Lead): LeadFacts => ({
  CHANNEL: lead.channel,
  MEDIUM: lead.medium,
  CAMPAIGN: lead.campaignId ?? 'NONE',
  KIND: lead.personKind,
  REFERRED: yesNo(lead.referrerClientId !== null),
  PARTNER: yesNo(lead.partnerId !== null),
  CONTACTABLE: yesNo(isContactable(lead)),
  ATTENDED: yesNo(lead.attendedAt !== null),
  LAST_OUTCOME: lead.lastOutcome ?? 'NONE',
});
