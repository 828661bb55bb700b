import { defineRefusals } from '@client-graph/kit/refusals';
import { GRADES, type Grade, INSTITUTION_GRADES } from '../grading-tables.rules.js';
import type { ReviewCalendar } from './reviews.rules.js';

export type CalendarStatus = 'PROPOSED' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED';

export const refuseCalendar = defineRefusals({
  CALENDAR_WRONG: 'The calendar contradicts itself; the details say where.',
  EFFECTIVE_DATE_PAST: 'Tables take effect on a day to come, so that their effect can be seen before.',
  EFFECTIVE_DATE_TAKEN: 'Other tables take effect on that day already: choose another.',
  VERSION_TAKEN: 'A set of tables of this version exists: give the new one a version of its own.',
});

/** A calendar counts from tomorrow at the earliest: the reviews of today have been told. */
export function mustBeToCome(effectiveFrom: string, today: string): void {
  if (effectiveFrom <= today) throw refuseCalendar('EFFECTIVE_DATE_PAST', { today });
}

/** How often the files of one grade are asked about. */
export type MonthsOf = { grade: Grade; months: number };
export type CalendarAsk = Omit<ReviewCalendar, 'months'> & { months: readonly MonthsOf[] };

/** Every grade has its months. */
export const CALENDAR_GRADES = [...GRADES, ...INSTITUTION_GRADES];
const MONTHS_MAX = 120;
const DAYS_MAX = 730;

/** The calendar that was asked for. Refuses CALENDAR_WRONG with every problem. */
export function reviewCalendarOf(ask: CalendarAsk): ReviewCalendar {
  const { idExpiryDaysBefore, overdueAfterDays, blockingAfterDays } = ask;
  const days = { idExpiryDaysBefore, overdueAfterDays, blockingAfterDays };
  const monthsOf = (grade: Grade) => ask.months.filter((row) => row.grade === grade).map((row) => row.months);
  const problems = [
    ...CALENDAR_GRADES.filter((grade) => monthsOf(grade).length !== 1).map(
      (grade) => `months: one row for ${grade}`,
    ),
    ...ask.months
      .filter(({ months }) => months < 1 || months > MONTHS_MAX)
      .map(({ grade }) => `months of ${grade}: 1 to ${MONTHS_MAX}`),
    ...Object.entries(days)
      .filter(([, count]) => count < 1 || count > DAYS_MAX)
      .map(([field]) => `${field}: 1 to ${DAYS_MAX} days`),
    ...(blockingAfterDays > overdueAfterDays ? [] : ['blockingAfterDays: after overdueAfterDays']),
  ];
  if (problems.length > 0) throw refuseCalendar('CALENDAR_WRONG', { problems });
  const months = (grade: Grade) => monthsOf(grade)[0] ?? 0;
  return {
    months: {
      BRONZE: months('BRONZE'),
      SILVER: months('SILVER'),
      GOLD: months('GOLD'),
      DIAMOND: months('DIAMOND'),
      SMALL: months('SMALL'),
      MEDIUM: months('MEDIUM'),
      LARGE: months('LARGE'),
    },
    ...days,
  };
}
