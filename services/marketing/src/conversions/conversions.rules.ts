import { LeadConverted } from '@client-graph/events';
import { dayOf, daysBetween } from '@client-graph/kit/time';
import type { CampaignChannel } from '../campaigns/campaigns.rules.js';
import type { Clocks } from '../leads/clocks.rules.js';
import {
  advance,
  type Lead,
  type LeadAction,
  type LeadStage,
  later,
  type Step,
} from '../leads/leads.rules.js';
import { type PositionWeights, type Share, shareOut } from './attribution.rules.js';

export type TouchFacts = { at: Date; channel: CampaignChannel; campaignId: string | null };
export type Conversion = {
  at: Date;
  firstTouch: TouchFacts;
  lastTouch: TouchFacts;
  daysToConvert: number;
  campaignId: string | null;
  /** Null also where the client who recommended turned out to be the client themself. */
  referrerClientId: string | null;
  /** How the conversion is shared out, by every model. */
  shares: Share[];
};

/**
 * What the opening of a client means for the lead it names. ORIGIN: the first client opened from the lead, the one that will
 * convert it. LATER: another client came first and stays the one, unless it ends or is merged before it was ever active (ENDED,
 * MERGED): then its place passes on. The rest convert nothing.
 */
export type Standing =
  | 'ORIGIN'
  | 'LATER'
  | 'UNKNOWN_LEAD'
  | 'IMPORTED_LEAD'
  | 'DISQUALIFIED_LEAD'
  | 'MERGED'
  | 'ENDED';

/**
 * The edges to the follow-up from each stage. Whoever opens an account has been spoken with and has taken a proposal, so an
 * opening stands for the contact and the follow-up that nobody logged; a lost lead begins a new cycle by it. Null: no way.
 */
const PATH_TO_FOLLOW_UP: Readonly<Record<LeadStage, readonly LeadAction[] | null>> = {
  NEW: ['CONTACT', 'FOLLOW_UP'],
  CONTACTED: ['FOLLOW_UP'],
  FOLLOWING_UP: [],
  CONVERTED: null,
  LOST: ['REOPEN', 'CONTACT', 'FOLLOW_UP'],
  DISQUALIFIED: null,
};

/** `open`'s answer. `step` is null where the lead stays as it is; `isTouch` says that the opening is logged as a touch. */
export type Opening = { standing: Standing; step: Step | null; isTouch: boolean };

/** A client was opened that names this lead as its origin. */
export function open(
  lead: (Lead & { erasedAt?: Date | null }) | null,
  clientId: string,
  at: Date,
  clocks: Clocks,
): Opening {
  const nothing = { step: null, isTouch: false };
  if (lead === null || (lead.erasedAt ?? null) !== null) return { standing: 'UNKNOWN_LEAD', ...nothing };
  if (lead.origin === 'IMPORTED') return { standing: 'IMPORTED_LEAD', ...nothing };
  if (lead.clientId !== null) return { standing: 'LATER', ...nothing };
  const path = PATH_TO_FOLLOW_UP[lead.stage];
  if (path === null) return { standing: 'DISQUALIFIED_LEAD', ...nothing };
  const step = advance(lead, path, at, clocks);
  return {
    standing: 'ORIGIN',
    step: { ...step, changes: { ...step.changes, clientId } },
    isTouch: path.length > 0,
  };
}

export type Converting = {
  clientId: string;
  at: Date;
  touches: readonly TouchFacts[];
  weights: PositionWeights;
  /** Whether the client who recommended the lead is, by a merge, the client themself. */
  isSelfReferral: boolean;
};

/** The client opened from the lead has become active: the lead is converted. A lead that is converted already stays so: null. */
export function convert(
  given: Lead & { capturedAt: Date },
  { clientId, at, touches, weights, isSelfReferral }: Converting,
  clocks: Clocks,
): { step: Step; conversion: Conversion } | null {
  const path = PATH_TO_FOLLOW_UP[given.stage];
  if (path === null) return null;
  const lead = isSelfReferral ? { ...given, referrerClientId: null } : given;
  const step = advance(lead, [...path, 'CONVERT'], at, clocks);
  const conversion = attribute(lead, touches, later(at, lead.lastAt), weights);
  const event = LeadConverted({
    leadId: lead.id,
    clientId,
    firstTouch: stated(conversion.firstTouch),
    lastTouch: stated(conversion.lastTouch),
    daysToConvert: conversion.daysToConvert,
    campaignId: conversion.campaignId,
    referrerClientId: conversion.referrerClientId,
    attribution: conversion.shares.map((each) => ({ ...each, share: each.share.toFixed() })),
  });
  return { step: { ...step, events: [...step.events, event] }, conversion };
}

/** First and last touch by time and the shares of all, frozen at the conversion. The capture of the lead is a touch, so there is one. */
function attribute(
  lead: Lead & { capturedAt: Date },
  touches: readonly TouchFacts[],
  at: Date,
  weights: PositionWeights,
): Conversion {
  const captured = { at: lead.capturedAt, channel: lead.channel, campaignId: lead.campaignId };
  const counted = touches.filter((touch) => touch.at <= at).sort((a, b) => a.at.getTime() - b.at.getTime());
  return {
    at,
    firstTouch: counted.at(0) ?? captured,
    lastTouch: counted.at(-1) ?? captured,
    daysToConvert: daysBetween(dayOf(lead.capturedAt), dayOf(at)),
    campaignId: lead.campaignId,
    referrerClientId: lead.referrerClientId,
    shares: shareOut(counted.length === 0 ? [captured] : counted, weights),
  };
}

const stated = ({
  at,
  channel,
  campaignId,
}: TouchFacts): { at: string; channel: CampaignChannel; campaignId: string | null } => ({
  at: at.toISOString(),
  channel,
  campaignId,
});
