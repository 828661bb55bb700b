import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CALENDAR_GRADES, type CalendarAsk, reviewCalendarOf } from './calendars.rules.js';
import type { ReviewCalendar } from './reviews.rules.js';

const CALENDAR = JSON.parse(
  readFileSync(new URL('../../data/review-calendar.json', import.meta.url), 'utf8'),
) as ReviewCalendar;
const months = CALENDAR_GRADES.map((grade) => ({ grade, months: CALENDAR.months[grade] }));
const { idExpiryDaysBefore, overdueAfterDays, blockingAfterDays } = CALENDAR;
const asked: CalendarAsk = { months, idExpiryDaysBefore, overdueAfterDays, blockingAfterDays };

test('what the firm has can be asked for', () => {
  expect(reviewCalendarOf(asked)).toEqual({
    months: CALENDAR.months,
    idExpiryDaysBefore,
    overdueAfterDays,
    blockingAfterDays,
  });
});

test.each<[string, Partial<CalendarAsk>, string[]]>([
  ['a grade left out', { months: months.slice(1) }, ['months: one row for BRONZE']],
  ['a grade twice', { months: [...months, { grade: 'GOLD', months: 3 }] }, ['months: one row for GOLD']],
  [
    'no months',
    { months: [{ grade: 'BRONZE', months: 0 }, ...months.slice(1)] },
    ['months of BRONZE: 1 to 120'],
  ],
  [
    'too many',
    { months: [{ grade: 'BRONZE', months: 121 }, ...months.slice(1)] },
    ['months of BRONZE: 1 to 120'],
  ],
  ['days below nothing', { idExpiryDaysBefore: -1 }, ['idExpiryDaysBefore: 1 to 730 days']],
  ['blocking before overdue', { blockingAfterDays: 30 }, ['blockingAfterDays: after overdueAfterDays']],
  [
    'everything wrong',
    { months: [], overdueAfterDays: 0, blockingAfterDays: 0 },
    [
      ...CALENDAR_GRADES.map((grade) => `months: one row for ${grade}`),
      'overdueAfterDays: 1 to 730 days',
      'blockingAfterDays: 1 to 730 days',
      'blockingAfterDays: after overdueAfterDays',
    ],
  ],
])('%s is refused with every problem', (_, changes, problems) => {
  let told: unknown;
  try {
    reviewCalendarOf({ ...asked, ...changes });
  } catch (error) {
    told = (error as { details: unknown }).details;
  }
  expect(told).toEqual({ problems });
});
