import {
  type CareTaskSent,
  type ClientReviewCompleted,
  type DataOf,
  type EventAttended,
  type LeadConverted,
  PointsEarned,
  type SurveyAnswered,
} from '@client-graph/events';
import { endOfMonth, plusDays } from '@client-graph/kit/time';
import type { Membership } from '../membership/membership.rules.js';
import { type Entry, entryOf, factOf, type Lot } from '../points/lots.rules.js';
import { EARNS_NOTHING, type PurchaseBasis, type PurchaseTerms } from '../points/points.rules.js';

/** A row of the earn rules (policy 6.2: **data**; `domain.md` 3.5.2). */
export type EarnRule = {
  code: string;
  version: number;
  effectiveFrom: string;
  event: string;
  pendingDays: number;
  expiryMonths: number;
  qualifying: boolean;
  terms: PurchaseTerms | ActivityTerms;
};

/** Of everything but purchases: points by what was done, and how much of it counts in a calendar year. */
export type ActivityTerms = {
  /** What each variant earns; a variant that is not named here earns nothing. */
  points: Readonly<Record<string, number>>;
  pointsPerYear: number | null;
  timesPerYear: number | null;
};

export type ActivityBasis = { occasion: string; variant: string; yearPoints: number; yearTimes: number };
export type EarnBasis = PurchaseBasis | ActivityBasis;

/** Something a client has done, said in the words of the earn rules. */
export type Activity = {
  clientId: string;
  day: string;
  /** What is rewarded once: an event, a lead, the year of a birthday. */
  occasion: string;
  variant: string;
};

export const isActivityRule = <Rule extends { terms: object }>(
  rule: Rule,
): rule is Rule & { terms: ActivityTerms } => 'timesPerYear' in rule.terms;

const ANY = 'ANY';

/** E2: once per event; a lead has no account yet. */
export const attendance = ({
  clientId,
  eventId,
  mode,
  attendedOn,
}: DataOf<typeof EventAttended>): Activity | null =>
  clientId === null ? null : { clientId, day: attendedOn, occasion: eventId, variant: mode };

/**
 * E3: the referrer's, once per lead. Only with the consent of the person referred, and neither for oneself nor for staff
 * (whoever is somebody's adviser).
 */
export const referral = (
  { leadId, clientId, referrerClientId }: DataOf<typeof LeadConverted>,
  known: { consentOk: boolean; referrerIsStaff: boolean; day: string },
): Activity | null =>
  referrerClientId === null || referrerClientId === clientId || !known.consentOk || known.referrerIsStaff
    ? null
    : { clientId: referrerClientId, day: known.day, occasion: leadId, variant: ANY };

/** E4: the greeting of a birthday, once a year; other care earns nothing, for the table names no other variant. */
export const greeting = (
  { clientId, ruleCode, year }: DataOf<typeof CareTaskSent>,
  day: string,
): Activity => ({ clientId, day, occasion: `${ruleCode}-${year}`, variant: ruleCode });

/** E5: a review of the client's information, done by the day it was due. */
export const review = (
  { clientId, kind, dueOn }: DataOf<typeof ClientReviewCompleted>,
  day: string,
): Activity | null => (day > dueOn ? null : { clientId, day, occasion: `${kind}-${dueOn}`, variant: ANY });

/** E6: each survey once. */
export const survey = ({ clientId, surveyId }: DataOf<typeof SurveyAnswered>, day: string): Activity => ({
  clientId,
  day,
  occasion: surveyId,
  variant: ANY,
});

/** How often, and how much, a rule has rewarded a client in the calendar year. */
export type YearSoFar = { times: number; points: number };

/** The points of an activity: the limit of the year may leave less of them, or none. */
export function activityPoints(variant: string, soFar: YearSoFar, terms: ActivityTerms): number {
  const points = Object.hasOwn(terms.points, variant) ? (terms.points[variant] ?? 0) : 0;
  if (terms.timesPerYear !== null && soFar.times >= terms.timesPerYear) return 0;
  if (terms.pointsPerYear === null) return points;
  return Math.max(0, Math.min(points, terms.pointsPerYear - soFar.points));
}

/** Books an activity. Null when it earns nothing. */
export function earnActivity(
  activity: Activity,
  held: { membership: Membership; clientStatus: string | null; soFar: YearSoFar; balance: number },
  rule: EarnRule & { terms: ActivityTerms },
  ids: { lotId: string; entryId: string; sourceEventId: string },
) {
  if (held.membership.status !== 'ACTIVE') return null;
  if (held.clientStatus === null || EARNS_NOTHING.has(held.clientStatus)) return null;
  const { clientId, day, occasion, variant } = activity;
  const points = activityPoints(variant, held.soFar, rule.terms);
  if (points === 0) return null;
  const availableOn = plusDays(day, rule.pendingDays);
  const expiresOn = endOfMonth(day, rule.expiryMonths);
  const lot: Lot = {
    id: ids.lotId,
    clientId,
    rule: rule.code,
    amount: points,
    remaining: points,
    earnedOn: day,
    availableOn,
    expiresOn,
    state: 'PENDING',
    originLotId: null,
  };
  const entry: Entry<ActivityBasis> = {
    ...entryOf(lot, ids.entryId, 'EARN', day),
    lotId: lot.id,
    pending: points,
    ruleVersion: rule.version,
    qualifyingPoints: rule.qualifying ? points : 0,
    qualifyingOn: rule.qualifying ? day : null,
    sourceEventId: ids.sourceEventId,
    occasion,
    basis: { occasion, variant, yearPoints: held.soFar.points, yearTimes: held.soFar.times },
  };
  return {
    lot,
    entry,
    events: [PointsEarned({ ...factOf(entry, [lot.id], points, held.balance), availableOn, expiresOn })],
  };
}
