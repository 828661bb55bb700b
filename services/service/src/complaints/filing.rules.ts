import { ComplaintReceived } from '@client-graph/events';
import { defineRefusals, refuse as refuseAny } from '@client-graph/kit/refusals';
import { dayOf } from '@client-graph/kit/time';
import type { WorkingCalendar } from '../calendar/calendar.rules.js';
import { type ClockTerms, dueAfter } from './clocks.rules.js';
import { type ComplaintCategory, type ComplaintSeverity, checkedText, factsOf } from './complaints.rules.js';

export type ComplainantKind = 'CLIENT' | 'THIRD_PARTY' | 'HEIR' | 'NON_CLIENT';
export type ComplaintChannel = 'PHONE' | 'FACE' | 'ONLINE' | 'WECHAT' | 'LETTER' | 'AUTHORITY';

export type Filing = {
  id: string;
  number: string;
  clientId: string | null;
  complainantKind: ComplainantKind;
  complainantName: string | null;
  complainantContact: string | null;
  authorityReference: string | null;
  representatives: readonly string[];
  channel: ComplaintChannel;
  receivedAt: Date;
  category: ComplaintCategory;
  severity: ComplaintSeverity;
  productIds: readonly string[];
  claim: string;
  concernedStaffIds: readonly string[];
};

const REPRESENTATIVES_MAX = 5;
const PRODUCTS_MAX = 20;
const WORDS_MAX = 200;
/** Days are counted in China's time as it has been since: no summer time. */
const NOT_BEFORE = '1992-01-01';

export const refuse = defineRefusals({
  TOO_MANY_REPRESENTATIVES: 'A group names at most five representatives.',
  COMPLAINANT_UNKNOWN: 'Say who complains: the client, or the name of somebody else and how to reach them.',
  AUTHORITY_MISSING:
    'Who complains for a client, or as an heir, shows a signed authority or proof: give its reference.',
  CLIENT_MERGED: 'This client was merged into another: file the complaint for that one.',
  RECEIVED_IN_THE_FUTURE: 'A complaint is entered after it was received.',
  TOO_MANY_PRODUCTS: 'Name at most twenty products.',
  NO_CLOCK: 'No clock of this profile counts on the day the complaint was received.',
});

const shortText = (text: string | null): string | null => {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : checkedText(trimmed.slice(0, WORDS_MAX));
};

/** Who complains, and by what right (domain N11). A client speaks for themself; another needs a name, a contact and, for a client, authority. */
function checkedComplainant(ask: Filing, clientStatus: string | null) {
  if (clientStatus === 'MERGED') throw refuse('CLIENT_MERGED');
  if (ask.representatives.length > REPRESENTATIVES_MAX)
    throw refuse('TOO_MANY_REPRESENTATIVES', { max: REPRESENTATIVES_MAX, given: ask.representatives.length });
  const complainantName = shortText(ask.complainantName);
  const complainantContact = shortText(ask.complainantContact);
  const authorityReference = shortText(ask.authorityReference);
  if (ask.complainantKind === 'CLIENT') {
    if (ask.clientId === null) throw refuse('COMPLAINANT_UNKNOWN');
  } else {
    if (complainantName === null || complainantContact === null) throw refuse('COMPLAINANT_UNKNOWN');
    if (ask.complainantKind !== 'NON_CLIENT') {
      if (ask.clientId === null) throw refuse('COMPLAINANT_UNKNOWN');
      if (authorityReference === null) throw refuse('AUTHORITY_MISSING');
    }
  }
  const representatives = ask.representatives.map((name) => checkedText(name.slice(0, WORDS_MAX)));
  return { complainantName, complainantContact, authorityReference, representatives };
}

/** Takes a complaint in at once; its clocks run from the day it was received. */
export function file(
  ask: Filing,
  clientStatus: string | null,
  clock: { id: string; terms: ClockTerms } | null,
  calendar: WorkingCalendar,
  by: { id: string; now: Date },
) {
  const complainant = checkedComplainant(ask, clientStatus);
  if (ask.receivedAt > by.now) throw refuse('RECEIVED_IN_THE_FUTURE');
  if (dayOf(ask.receivedAt) < NOT_BEFORE)
    throw refuseAny('BAD_INPUT', { field: 'receivedAt', notBefore: NOT_BEFORE });
  if (ask.productIds.length > PRODUCTS_MAX) throw refuse('TOO_MANY_PRODUCTS', { max: PRODUCTS_MAX });
  if (clock === null) throw refuse('NO_CLOCK', { day: dayOf(ask.receivedAt) });
  const acknowledge = dueAfter(clock.terms.acknowledge, ask.receivedAt, calendar);
  const due = dueAfter(clock.terms.decide, ask.receivedAt, calendar);
  const complaint = {
    ...ask,
    ...complainant,
    productIds: [...ask.productIds],
    concernedStaffIds: [...ask.concernedStaffIds],
    claim: checkedText(ask.claim),
    filedBy: by.id,
    version: 1,
    status: 'RECEIVED' as const,
    clockId: clock.id,
    handlerId: null,
    complexity: 'SIMPLE' as const,
    clockFrom: ask.receivedAt,
    acknowledgeDueAt: acknowledge.at,
    acknowledgeDueIsProvisional: acknowledge.isProvisional,
    dueAt: due.at,
    dueIsProvisional: due.isProvisional,
    ...UNDECIDED,
  };
  return { complaint, events: [ComplaintReceived(factsOf(complaint))] };
}

const UNDECIDED = {
  acknowledgedAt: null,
  findings: null,
  decision: null,
  remedies: null,
  redressType: null,
  redressAmount: null,
  redressCurrency: null,
  rootCause: null,
  isSummaryResolution: false,
  resolvedAt: null,
  resolvedBy: null,
  onTime: null,
  failedFollowUps: 0,
  satisfaction: null,
  endedAt: null,
  mergedIntoId: null,
  rectificationId: null,
} as const;
