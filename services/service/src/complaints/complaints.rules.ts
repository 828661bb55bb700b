import {
  ComplaintAcknowledged,
  ComplaintClosed,
  ComplaintDeclined,
  ComplaintExtended,
  ComplaintFollowedUp,
  ComplaintInvestigated,
  ComplaintMerged,
  ComplaintReopened,
  ComplaintRescheduled,
  ComplaintResolved,
  ComplaintReviewed,
  ComplaintWithdrawn,
} from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { dayOf, plusDays } from '@client-graph/kit/time';
import { isInTime, type WorkingCalendar } from '../calendar/calendar.rules.js';
import { type ClockTerms, type Complexity, decisionSpan, dueAfter, nextExtension } from './clocks.rules.js';
import type {
  CATEGORY_LABELS,
  ROOT_CAUSE_LABELS,
  SEVERITY_LABELS,
  STATUS_LABELS,
} from './complaints.labels.rules.js';

export type ComplaintStatus = keyof typeof STATUS_LABELS;
export type ComplaintCategory = keyof typeof CATEGORY_LABELS;
export type ComplaintSeverity = keyof typeof SEVERITY_LABELS;
export type RootCause = keyof typeof ROOT_CAUSE_LABELS;
export type ComplaintAction = keyof typeof EDGES;
export type RedressType = 'APOLOGY' | 'CORRECTION' | 'REFUND' | 'COMPENSATION';

/** What the rules read of a complaint. */
export type Complaint = {
  id: string;
  clientId: string | null;
  status: ComplaintStatus;
  category: ComplaintCategory;
  severity: ComplaintSeverity;
  complexity: Complexity;
  receivedAt: Date;
  clockFrom: Date;
  acknowledgeDueAt: Date;
  acknowledgeDueIsProvisional: boolean;
  dueAt: Date;
  dueIsProvisional: boolean;
  concernedStaffIds: readonly string[];
  handlerId: string | null;
  rootCause: RootCause | null;
  onTime: boolean | null;
  resolvedAt: Date | null;
  resolvedBy: string | null;
  failedFollowUps: number;
  endedAt: Date | null;
};
export type Act = { by: string; now: Date };

/** What may be done in which state and where it leads (domain 3.4.2). An action without `to` leaves the state as it is. */
export const EDGES = {
  ASSIGN: { from: ['RECEIVED', 'ACKNOWLEDGED', 'INVESTIGATING', 'REOPENED'], to: null },
  ACKNOWLEDGE: { from: ['RECEIVED'], to: 'ACKNOWLEDGED' },
  INVESTIGATE: { from: ['ACKNOWLEDGED', 'REOPENED'], to: 'INVESTIGATING' },
  EXTEND: { from: ['ACKNOWLEDGED', 'INVESTIGATING'], to: null },
  RESOLVE: { from: ['INVESTIGATING'], to: 'RESOLVED' },
  // A client who could not be reached twice has been followed up as far as one can.
  FOLLOW_UP: { from: ['RESOLVED'], to: 'FOLLOWED_UP' },
  MISS: { from: ['RESOLVED'], to: null },
  CLOSE: { from: ['RESOLVED', 'FOLLOWED_UP'], to: 'CLOSED' },
  WITHDRAW: {
    from: ['RECEIVED', 'ACKNOWLEDGED', 'INVESTIGATING', 'REOPENED', 'UNDER_REVIEW'],
    to: 'WITHDRAWN',
  },
  DECLINE: { from: ['RECEIVED', 'ACKNOWLEDGED'], to: 'NOT_OURS' },
  MERGE: { from: ['RECEIVED', 'ACKNOWLEDGED', 'INVESTIGATING'], to: 'MERGED' },
  // A follow-up that finds the client unhappy reopens too: that is what it is for.
  REOPEN: { from: ['RESOLVED', 'FOLLOWED_UP', 'CLOSED'], to: 'REOPENED' },
  REVIEW: { from: ['RESOLVED', 'FOLLOWED_UP', 'CLOSED'], to: 'UNDER_REVIEW' },
  DECIDE_REVIEW: { from: ['UNDER_REVIEW'], to: 'RESOLVED' },
} as const satisfies Record<string, { from: readonly ComplaintStatus[]; to: ComplaintStatus | null }>;

/** Open: a decision is still owed. */
export const OPEN_STATUSES = [
  'RECEIVED',
  'ACKNOWLEDGED',
  'INVESTIGATING',
  'REOPENED',
  'UNDER_REVIEW',
] as const;
const FAILED_FOLLOW_UPS_MIN = 2;
const TEXT_MAX = 8_000;

export const refuse = defineRefusals({
  WRONG_STATUS:
    'The complaint is not in a state in which this can be done: `details.allowed` names those states.',
  HANDLER_CONCERNED:
    'The complaint is about this person or their superior, or they advise the client: somebody without an interest must handle it.',
  RECUSAL_NOT_CHECKED: 'Say that it was checked that the handler has no interest in the case.',
  NOT_ASSIGNED: 'Nobody handles the complaint yet: assign it first.',
  PAST_DUE: 'The due date has passed: an extension is granted before it.',
  NO_EXTENSION_LEFT: 'The profile of this complaint grants no such extension, or not after those it has had.',
  NEEDS_SECOND_PERSON: 'This extension is proposed by one person and granted by another.',
  SAME_PERSON: 'This must be done by another person than before.',
  TOLD_AT:
    'The complainant is told before it is entered, and not before the complaint was received or taken up again.',
  WITHDRAWN_AT: 'A withdrawal is entered after it has come in, and comes in after the complaint.',
  TEXT_LENGTH: 'The text needs at least one and at most 8,000 characters.',
  SATISFACTION: 'Satisfaction is 1 to 5, and only of somebody who was reached.',
  NOT_FOLLOWED_UP: 'A complaint is closed after the client was reached, or was tried twice.',
  TOO_LATE: 'The time to reopen or review this complaint is over.',
  EXTENSION_PROPOSED: 'An extension is proposed already: it is granted or refused first.',
  OTHER_COMPLAINANT: 'Complaints are merged only into an open one of the same client and about the same.',
});

export function mustAllow(action: ComplaintAction, status: ComplaintStatus): void {
  const { from } = EDGES[action];
  if (!from.some((allowed) => allowed === status)) throw refuse('WRONG_STATUS', { status, allowed: from });
}

/** Nobody acts on a complaint about themself. */
function mustBeImpartial(complaint: Pick<Complaint, 'concernedStaffIds'>, ...staffIds: (string | null)[]) {
  if (staffIds.some((id) => id !== null && complaint.concernedStaffIds.includes(id)))
    throw refuse('HANDLER_CONCERNED');
}

export function checkedText(text: string): string {
  const trimmed = text.trim();
  const length = [...trimmed].length;
  if (length < 1 || length > TEXT_MAX) throw refuse('TEXT_LENGTH', { min: 1, max: TEXT_MAX, length });
  return trimmed;
}

/** What every event of a complaint says. */
export const factsOf = (complaint: Complaint) => ({
  complaintId: complaint.id,
  clientId: complaint.clientId,
  category: complaint.category,
  severity: complaint.severity,
  dueOn: dayOf(complaint.dueAt),
  onTime: complaint.onTime,
  rootCause: complaint.rootCause,
});

function begin(action: ComplaintAction, complaint: Complaint, { by }: Act): void {
  mustAllow(action, complaint.status);
  mustBeImpartial(complaint, by);
}

/** Hands the case to somebody who has no interest in it: not the person complained of, nor one who reports to them, nor the client's adviser. */
export function assign(complaint: Complaint, ask: Assignment, act: Act) {
  begin('ASSIGN', complaint, act);
  if (!ask.isRecusalChecked) throw refuse('RECUSAL_NOT_CHECKED');
  mustBeImpartial(complaint, ask.handlerId, ask.reportsToId);
  if (ask.handlerId === ask.adviserId) throw refuse('HANDLER_CONCERNED');
  return { changes: { handlerId: ask.handlerId }, events: [] };
}
type Assignment = {
  handlerId: string;
  reportsToId: string | null;
  adviserId: string | null;
  isRecusalChecked: boolean;
};

export function acknowledge(complaint: Complaint, act: Act) {
  begin('ACKNOWLEDGE', complaint, act);
  return {
    changes: { status: 'ACKNOWLEDGED' as const, acknowledgedAt: act.now },
    events: [ComplaintAcknowledged(factsOf(complaint))],
  };
}

export function investigate(complaint: Complaint, act: Act) {
  begin('INVESTIGATE', complaint, act);
  if (complaint.handlerId === null) throw refuse('NOT_ASSIGNED');
  return {
    changes: { status: 'INVESTIGATING' as const },
    events: [ComplaintInvestigated(factsOf(complaint))],
  };
}

/** Whether this extension is the next one, and not too late. A second person is needed where the profile says so. */
export function checkExtension(complaint: Complaint, complexity: Complexity, terms: ClockTerms, act: Act) {
  begin('EXTEND', complaint, act);
  const next = nextExtension(terms, complaint.complexity);
  if (next === null || next.complexity !== complexity)
    throw refuse('NO_EXTENSION_LEFT', { next: next?.complexity });
  if (!isInTime(act.now, complaint.dueAt)) throw refuse('PAST_DUE', { dueAt: complaint.dueAt.toISOString() });
  return next;
}

type ExtensionAsk = { complexity: Complexity; toldAt: Date; proposedBy: string | null };

/** Grants an extension of which the complainant has been told, before the present due date has passed. */
export function extend(
  complaint: Complaint,
  ask: ExtensionAsk,
  { terms, calendar }: { terms: ClockTerms; calendar: WorkingCalendar },
  act: Act,
) {
  const next = checkExtension(complaint, ask.complexity, terms, act);
  if (next.needsSecondPerson && ask.proposedBy === null) throw refuse('NEEDS_SECOND_PERSON');
  if (ask.proposedBy === act.by) throw refuse('SAME_PERSON');
  if (ask.toldAt > act.now || ask.toldAt < complaint.clockFrom) throw refuse('TOLD_AT');
  const due = dueAfter(decisionSpan(terms, next.complexity), complaint.clockFrom, calendar);
  const changes = { complexity: next.complexity, dueAt: due.at, dueIsProvisional: due.isProvisional };
  return {
    changes,
    events: [ComplaintExtended({ ...factsOf({ ...complaint, ...changes }), complexity: next.complexity })],
  };
}

type Decision = {
  findings: string;
  decision: string;
  rootCause: RootCause;
  locale: keyof ClockTerms['remedies'];
  adviserId: string | null;
};

/** Decides the case. The paragraph on review, mediation, arbitration and court is the profile's and cannot be left out. */
export function resolve(
  complaint: Complaint,
  ask: Decision,
  { terms, calendar }: { terms: ClockTerms; calendar: WorkingCalendar },
  act: Act,
) {
  begin(complaint.status === 'UNDER_REVIEW' ? 'DECIDE_REVIEW' : 'RESOLVE', complaint, act);
  if (act.by === ask.adviserId) throw refuse('HANDLER_CONCERNED');
  if (complaint.status === 'UNDER_REVIEW' && complaint.resolvedBy === act.by) throw refuse('SAME_PERSON');
  const summaryDue =
    terms.summary === null ? null : dueAfter(terms.summary, complaint.clockFrom, calendar).at;
  const changes = {
    status: 'RESOLVED' as const,
    findings: checkedText(ask.findings),
    decision: checkedText(ask.decision),
    remedies: terms.remedies[ask.locale],
    rootCause: ask.rootCause,
    isSummaryResolution: summaryDue !== null && isInTime(act.now, summaryDue),
    resolvedAt: act.now,
    resolvedBy: act.by,
    onTime: isInTime(act.now, complaint.dueAt),
    failedFollowUps: 0,
    satisfaction: null,
    endedAt: null,
  };
  return { changes, events: [ComplaintResolved(factsOf({ ...complaint, ...changes }))] };
}

/** Writes down an attempt to ask how the decision was received. */
export function followUp(
  complaint: Complaint,
  ask: { isReached: boolean; satisfaction: number | null },
  act: Act,
) {
  begin('FOLLOW_UP', complaint, act);
  const { satisfaction } = ask;
  if (satisfaction !== null && (!ask.isReached || satisfaction < 1 || satisfaction > 5))
    throw refuse('SATISFACTION');
  if (!ask.isReached) return { changes: { failedFollowUps: complaint.failedFollowUps + 1 }, events: [] };
  return {
    changes: { status: 'FOLLOWED_UP' as const, satisfaction },
    events: [ComplaintFollowedUp(factsOf(complaint))],
  };
}

export function close(complaint: Complaint, act: Act) {
  begin('CLOSE', complaint, act);
  if (complaint.status === 'RESOLVED' && complaint.failedFollowUps < FAILED_FOLLOW_UPS_MIN)
    throw refuse('NOT_FOLLOWED_UP', {
      failedFollowUps: complaint.failedFollowUps,
      min: FAILED_FOLLOW_UPS_MIN,
    });
  return {
    changes: { status: 'CLOSED' as const, endedAt: act.now },
    events: [ComplaintClosed(factsOf(complaint))],
  };
}

/** Ends the case on the day the complainant's withdrawal arrives, which may be before it is entered. */
export function withdraw(complaint: Complaint, at: Date, act: Act) {
  mustAllow('WITHDRAW', complaint.status);
  if (at > act.now || at < complaint.receivedAt) throw refuse('WITHDRAWN_AT');
  return {
    changes: { status: 'WITHDRAWN' as const, endedAt: at },
    events: [ComplaintWithdrawn(factsOf(complaint))],
  };
}

/** Turns a complaint away that is not the firm's; the note tells the complainant why and where to go. */
export function decline(complaint: Complaint, act: Act) {
  begin('DECLINE', complaint, act);
  return {
    changes: { status: 'NOT_OURS' as const, endedAt: act.now },
    events: [ComplaintDeclined(factsOf(complaint))],
  };
}

const earlier = (a: Date, b: Date): Date => (b < a ? b : a);

/** The clocks of a complaint that carries another one on: what was owed earlier stays owed then. */
function clocksTogether(into: Complaint, merged: Complaint) {
  const isDueFirst = merged.dueAt < into.dueAt;
  const isAcknowledgedFirst = merged.acknowledgeDueAt < into.acknowledgeDueAt;
  return {
    clockFrom: earlier(into.clockFrom, merged.clockFrom),
    acknowledgeDueAt: earlier(into.acknowledgeDueAt, merged.acknowledgeDueAt),
    acknowledgeDueIsProvisional: (isAcknowledgedFirst ? merged : into).acknowledgeDueIsProvisional,
    dueAt: earlier(into.dueAt, merged.dueAt),
    dueIsProvisional: (isDueFirst ? merged : into).dueIsProvisional,
  };
}

/** Tells that a complaint is due on another day, where it is. */
export const rescheduled = (before: Complaint, after: Complaint) =>
  dayOf(before.dueAt) === dayOf(after.dueAt) ? [] : [ComplaintRescheduled(factsOf(after))];

/** Carries a complaint on in another one of the same client, which is then due when the first of the two was. */
export function merge(complaint: Complaint, into: Complaint, act: Act) {
  begin('MERGE', complaint, act);
  const isSame =
    complaint.clientId !== null && complaint.clientId === into.clientId && complaint.id !== into.id;
  const isOpen = EDGES.MERGE.from.some((status) => status === into.status);
  if (!isSame || !isOpen || complaint.category !== into.category) throw refuse('OTHER_COMPLAINANT');
  return {
    changes: { status: 'MERGED' as const, mergedIntoId: into.id, endedAt: act.now },
    clocks: clocksTogether(into, complaint),
    events: [ComplaintMerged({ ...factsOf(complaint), survivorId: into.id })],
  };
}

/** Takes a decided case up again; its clock begins anew. `by` may be the complainant. */
export function takeUpAgain(
  action: 'REOPEN' | 'REVIEW',
  complaint: Complaint,
  { terms, calendar }: { terms: ClockTerms; calendar: WorkingCalendar },
  act: Act,
) {
  begin(action, complaint, act);
  const since = complaint.endedAt ?? complaint.resolvedAt ?? complaint.receivedAt;
  if (dayOf(act.now) > plusDays(dayOf(since), terms.reopenDays))
    throw refuse('TOO_LATE', { days: terms.reopenDays });
  const due = dueAfter(terms.decide, act.now, calendar);
  const clock = {
    complexity: 'SIMPLE' as const,
    clockFrom: act.now,
    dueAt: due.at,
    dueIsProvisional: due.isProvisional,
    onTime: null,
    endedAt: null,
  };
  const changes = { ...clock, status: EDGES[action].to };
  const state = action === 'REOPEN' ? ComplaintReopened : ComplaintReviewed;
  return { changes, events: [state(factsOf({ ...complaint, ...clock }))] };
}
