import { expect, test } from '@jest/globals';
import { dayOf, daysBetween, endOfMonth, plusDays, plusMonths, yearsBetween } from './time.js';

test.each([
  ['2026-02-12T15:59:59.999Z', '2026-02-12'],
  ['2026-02-12T16:00:00.000Z', '2026-02-13'],
  ['2025-12-31T16:00:00.000Z', '2026-01-01'],
])('the instant %s lies on %s in Shanghai', (instant, day) => {
  expect(dayOf(new Date(instant))).toBe(day);
});

test.each([
  ['2026-02-28', 1, '2026-03-01'],
  ['2028-02-28', 1, '2028-02-29'],
  ['2026-01-01', -1, '2025-12-31'],
  ['2026-03-01', 30, '2026-03-31'],
])('%s and %d days is %s', (day, days, later) => {
  expect(plusDays(day, days)).toBe(later);
  expect(daysBetween(day, later)).toBe(days);
});

test.each([
  ['2028-02-29', 12, '2029-02-28'],
  ['2026-01-31', 1, '2026-02-28'],
  ['2026-11-30', 3, '2027-02-28'],
  ['2026-05-15', 24, '2028-05-15'],
])('%s and %d months is %s', (day, months, later) => {
  expect(plusMonths(day, months)).toBe(later);
});

test.each([
  ['2026-02-10', 24, '2028-02-29'],
  ['2026-12-31', 0, '2026-12-31'],
  ['2026-12-01', 1, '2027-01-31'],
])('the month of %s and %d months on ends on %s', (day, months, end) => {
  expect(endOfMonth(day, months)).toBe(end);
});

test.each([
  ['1961-03-02', '2026-03-01', 64],
  ['1961-03-02', '2026-03-02', 65],
  ['2004-02-29', '2026-02-28', 21],
  ['2004-02-29', '2026-03-01', 22],
])('born on %s, on %s one is %d', (birth, day, years) => {
  expect(yearsBetween(birth, day)).toBe(years);
});
