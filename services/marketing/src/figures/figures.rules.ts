import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals } from '@client-graph/kit/refusals';
import { daysBetween, endOfMonth, plusDays } from '@client-graph/kit/time';

export const refuse = defineRefusals({
  BAD_SPAN: 'A span ends on the day it begins or later and is at most three years long.',
  BAD_WINDOW: 'A window has 1 to 730 days.',
});

const SPAN_DAYS_MAX = 1_096;

/** Refuses BAD_SPAN. */
export function checkSpan({ from, to }: { from: string; to: string }): void {
  if (to < from || daysBetween(from, to) >= SPAN_DAYS_MAX)
    throw refuse('BAD_SPAN', { daysMax: SPAN_DAYS_MAX });
}

/** Refuses BAD_WINDOW. */
export function checkWindow(days: number): void {
  if (days < 1 || days > 730) throw refuse('BAD_WINDOW');
}

/**
 * Whether a window is still open: some of the cohort may yet do what is counted, so its rate can only rise. The last lead of a month
 * may be captured on its last day, and its window ends with the day that lies `windowDays` later.
 */
export const isCensored = (month: string, windowDays: number, today: string): boolean =>
  plusDays(endOfMonth(`${month}-01`), windowDays) >= today;

/** A part of a whole, to six decimals, half up; null where there is no whole. */
export const rate = (part: number, whole: number): Decimal | null =>
  whole === 0 ? null : new Decimal(part).dividedBy(whole).toDecimalPlaces(6, Decimal.ROUND_HALF_UP);

const SECONDS_OF_HOUR = 3_600;
const SECONDS_OF_DAY = 86_400;

/** Seconds as hours or days, to two decimals, half up. */
export const inUnits = (seconds: number | null, unit: 'HOURS' | 'DAYS'): Decimal | null =>
  seconds === null
    ? null
    : new Decimal(seconds)
        .dividedBy(unit === 'HOURS' ? SECONDS_OF_HOUR : SECONDS_OF_DAY)
        .toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
