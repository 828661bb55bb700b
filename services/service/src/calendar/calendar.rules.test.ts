import { describe, expect, test } from '@jest/globals';
import { endOfDay, isInTime, isWorkingDay, plusWorkingDays, type WorkingCalendar } from './calendar.rules.js';

const calendar: WorkingCalendar = {
  publishedYears: new Set([2026]),
  days: new Map([
    ['2026-01-01', 'OFF'],
    ['2026-01-02', 'OFF'],
    ['2026-01-04', 'WORK'],
    ['2026-02-14', 'WORK'],
    ['2026-02-16', 'OFF'],
  ]),
};

describe('a working day', () => {
  test.each([
    ['2026-01-01', false, 'a holiday'],
    ['2026-01-03', false, 'a Saturday'],
    ['2026-01-04', true, 'a Sunday to make up for a holiday'],
    ['2026-01-05', true, 'a Monday'],
    ['2026-02-14', true, 'a Saturday to make up for a holiday'],
    ['2026-02-16', false, 'a Monday off'],
    ['2027-01-01', true, 'a Friday of a year without data'],
    ['2027-01-02', false, 'a Saturday of a year without data'],
  ])('%s: %s, for it is %s', (day, expected) => {
    expect(isWorkingDay(calendar, day)).toBe(expected);
  });
});

describe('working days later', () => {
  test.each([
    ['2026-01-05', 1, '2026-01-06', false],
    ['2026-02-13', 1, '2026-02-14', false],
    ['2026-02-14', 1, '2026-02-17', false],
    ['2026-12-31', 1, '2027-01-01', true],
    ['2026-12-30', 1, '2026-12-31', false],
    ['2025-12-31', 1, '2026-01-04', false],
    ['2028-02-28', 1, '2028-02-29', true],
    ['2026-01-05', 0, '2026-01-05', false],
  ])('from %s, %s: %s, provisional %s', (from, count, day, isProvisional) => {
    expect(plusWorkingDays(calendar, from, count)).toEqual({ day, isProvisional });
  });
});

describe('a deadline', () => {
  test('ends with the last second of the day in Shanghai', () => {
    expect(endOfDay('2026-02-28').toISOString()).toBe('2026-02-28T15:59:59.000Z');
  });
  test.each([
    ['2026-02-28T15:59:59.999Z', true],
    ['2026-02-28T16:00:00.000Z', false],
  ])('at %s is in time: %s', (at, expected) => {
    expect(isInTime(new Date(at), endOfDay('2026-02-28'))).toBe(expected);
  });
});
