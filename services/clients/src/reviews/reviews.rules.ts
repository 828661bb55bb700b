import { defineRefusals } from '@client-graph/kit/refusals';
import { plusDays, plusMonths } from '@client-graph/kit/time';
import type { Kind, Status } from '../clients.rules.js';
import type { Grade } from '../grading-tables.rules.js';

export type ReviewKind = 'PERIODIC' | 'ID_EXPIRY' | 'EVENT';
export type ReviewStage = 'SCHEDULED' | 'DUE' | 'OVERDUE' | 'BLOCKING' | 'DONE';

/** The clocks of policy 3.3, which the firm may change (`domain.md` 3.1.5). */
export type ReviewCalendar = {
  months: Readonly<Record<Grade, number>>;
  idExpiryDaysBefore: number;
  overdueAfterDays: number;
  blockingAfterDays: number;
};

export const refuseReview = defineRefusals({
  REVIEW_DONE: 'This review was completed before.',
  FIELDS_OPEN: 'Confirm or change every field; the details name those that are open, unknown or both.',
});

/** What a review asks about, field by field (policy 3.1, 3.2); who the client is belongs to verification. */
export const REVIEWED = {
  INDIVIDUAL: [
    'occupation',
    'address',
    'annualIncome',
    'investmentYears',
    'experienceKinds',
    'mobile',
    'email',
    'taxResidency',
  ],
  INSTITUTION: ['businessScope', 'investmentNeeds', 'contactName', 'phone', 'email', 'address'],
} as const satisfies Record<Kind, readonly string[]>;

/** Codes that a review asks about together with the words they belong to. */
const PART_OF: Readonly<Record<string, string>> = { employment: 'occupation', addressCountry: 'address' };
export const reviewedAs = (fields: readonly string[]): string[] => [
  ...new Set(fields.map((field) => PART_OF[field] ?? field)),
];

/** Clients in these states are asked about their file; a restricted or closed one is left alone. */
export const ASKED: readonly Status[] = ['ONBOARDING', 'ACTIVE', 'DORMANT'];

/** When the next periodic review of a client of this grade is due. */
export const nextDue = (grade: Grade, from: string, calendar: ReviewCalendar): string =>
  plusMonths(from, calendar.months[grade]);

/** When a document that expires is asked about: some weeks before, or at once when that has passed. */
export function expiryDue(expiresOn: string, today: string, calendar: ReviewCalendar): string {
  return notBefore(today, plusDays(expiresOn, -calendar.idExpiryDaysBefore));
}

export const notBefore = (today: string, day: string): string => (day < today ? today : day);

/** Changes after which a file is asked about at once: work, home. */
const EVENTFUL: readonly string[] = ['occupation', 'employment', 'address', 'addressCountry'];
export const isEventful = (codes: readonly string[]): boolean =>
  codes.some((code) => EVENTFUL.includes(code));

/** How late an open review is on a day, and the day of the next stage. */
export function stageOn(
  dueOn: string,
  today: string,
  calendar: ReviewCalendar,
): { stage: Exclude<ReviewStage, 'DONE'>; lookOn: string | null } {
  const overdueOn = plusDays(dueOn, calendar.overdueAfterDays);
  const blockingOn = plusDays(dueOn, calendar.blockingAfterDays);
  if (today >= blockingOn) return { stage: 'BLOCKING', lookOn: null };
  if (today >= overdueOn) return { stage: 'OVERDUE', lookOn: blockingOn };
  if (today >= dueOn) return { stage: 'DUE', lookOn: overdueOn };
  return { stage: 'SCHEDULED', lookOn: dueOn };
}

type Open = {
  kind: ReviewKind;
  dueOn: string;
  countedFrom: string | null;
  stage: ReviewStage;
  lookOn: string | null;
};

/**
 * An open review as another calendar dates it, not before today: nobody is late by a change of table. One that has been told keeps
 * its day, for the others know it by that; one that now stands in another stage is looked at today, and told then.
 */
export function redated(
  review: Open,
  { grade, expiresOn }: { grade: Grade; expiresOn: string | null },
  today: string,
  calendar: ReviewCalendar,
): Pick<Open, 'dueOn' | 'stage' | 'lookOn'> {
  const isTold = review.stage !== 'SCHEDULED';
  const dueOn = isTold ? review.dueOn : notBefore(today, dueBy(review, { grade, expiresOn }, calendar));
  const { stage, lookOn } = stageOn(dueOn, today, calendar);
  return { dueOn, stage: review.stage, lookOn: stage === review.stage ? lookOn : today };
}

function dueBy(
  { kind, dueOn, countedFrom }: Open,
  { grade, expiresOn }: { grade: Grade; expiresOn: string | null },
  calendar: ReviewCalendar,
): string {
  switch (kind) {
    case 'PERIODIC':
      return countedFrom === null ? dueOn : nextDue(grade, countedFrom, calendar);
    case 'ID_EXPIRY':
      return expiresOn === null ? dueOn : expiryDue(expiresOn, countedFrom ?? dueOn, calendar);
    case 'EVENT':
      return dueOn;
    default:
      return kind satisfies never;
  }
}

/** A review is complete when each of its fields is confirmed or changed, and none is both. */
export function complete(
  review: { stage: ReviewStage },
  kind: Kind,
  answer: { confirmed: readonly string[]; changed: readonly string[] },
): void {
  if (review.stage === 'DONE') throw refuseReview('REVIEW_DONE');
  const fields: readonly string[] = REVIEWED[kind];
  const { confirmed, changed } = answer;
  const missing = fields.filter((field) => !confirmed.includes(field) && !changed.includes(field));
  const both = confirmed.filter((field) => changed.includes(field));
  const unknown = [...confirmed, ...changed].filter((field) => !fields.includes(field));
  if (missing.length + both.length + unknown.length > 0) {
    // A field that a caller has made up is not repeated back.
    throw refuseReview('FIELDS_OPEN', {
      missing,
      both: both.filter((field) => fields.includes(field)),
      unknown: unknown.length,
    });
  }
}
