import { dayOf, plusDays } from '@client-graph/kit/time';
import { type DueDay, endOfDay, plusWorkingDays, type WorkingCalendar } from '../calendar/calendar.rules.js';

export type Complexity = 'SIMPLE' | 'COMPLEX' | 'SPECIAL';
export type Span = { amount: number; unit: 'HOURS' | 'CALENDAR_DAYS' | 'WORKING_DAYS' };
export type Extension = { complexity: 'COMPLEX' | 'SPECIAL'; total: number; needsSecondPerson: boolean };

/** The clock of one profile: a row of the firm's table, policy 6.3. */
export type ClockTerms = {
  acknowledge: Span;
  decide: Span;
  /** Within this span a decision may be a summary resolution; null where the profile knows none. */
  summary: Span | null;
  /** In the order in which they are granted; `total` counts from receipt, in the unit of `decide`. */
  extensions: readonly Extension[];
  reopenDays: number;
  /** Within so many days of the decision the complainant is asked how it was received, and the case is closed. */
  followUpDays?: number | undefined;
  closeDays?: number | undefined;
  /** What a complainant who does not agree may do: review, mediation, arbitration, court. */
  remedies: { EN: string; ZH_HANS: string; ZH_HANT: string };
};

export type Due = { at: Date; isProvisional: boolean };

/** When a span that began at `from` ends. The day it began is day 0; days end at 23:59:59 where the firm works. */
export function dueAfter(span: Span, from: Date, calendar: WorkingCalendar): Due {
  if (span.unit === 'HOURS')
    return { at: new Date(from.getTime() + span.amount * 3_600_000), isProvisional: false };
  const { day, isProvisional } = dueDay(span, dayOf(from), calendar);
  return { at: endOfDay(day), isProvisional };
}

function dueDay(span: Span, from: string, calendar: WorkingCalendar): DueDay {
  return span.unit === 'WORKING_DAYS'
    ? plusWorkingDays(calendar, from, span.amount)
    : { day: plusDays(from, span.amount), isProvisional: false };
}

/** The span within which a complaint of this complexity is to be decided. */
export function decisionSpan(terms: ClockTerms, complexity: Complexity): Span {
  const extension = terms.extensions.find((step) => step.complexity === complexity);
  return extension === undefined ? terms.decide : { amount: extension.total, unit: terms.decide.unit };
}

/** The extension that comes after this complexity; null when the profile grants no further one. */
export function nextExtension(terms: ClockTerms, complexity: Complexity): Extension | null {
  const at = terms.extensions.findIndex((step) => step.complexity === complexity);
  return terms.extensions[at + 1] ?? null;
}

const AFTER_CARE = { followUpDays: 7, closeDays: 30 } as const;

/** By which days a decided case is followed up and closed; a clock written before it said so has 7 and 30 days (domain 3.4.2). */
export function afterCare(
  terms: ClockTerms,
  resolvedAt: Date,
): { followUpDueOn: string; closeDueOn: string } {
  const { followUpDays = AFTER_CARE.followUpDays, closeDays = AFTER_CARE.closeDays } = terms;
  const day = dayOf(resolvedAt);
  return { followUpDueOn: plusDays(day, followUpDays), closeDueOn: plusDays(day, closeDays) };
}

/**
 * The version of a profile that counts on a day. What came in before the first version runs by the first: no complaint is turned away
 * for having come early.
 */
export function clockInForce<Clock extends { profile: string; version: number; effectiveFrom: string }>(
  clocks: readonly Clock[],
  profile: string,
  day: string,
): Clock | null {
  const latestFirst = clocks
    .filter((clock) => clock.profile === profile)
    .sort((a, b) => b.version - a.version);
  return latestFirst.find(({ effectiveFrom }) => effectiveFrom <= day) ?? latestFirst.at(-1) ?? null;
}
