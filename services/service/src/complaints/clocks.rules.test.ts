import { readFileSync } from 'node:fs';
import { dayOf } from '@client-graph/kit/time';
import { describe, expect, test } from '@jest/globals';
import type { DayKind, WorkingCalendar } from '../calendar/calendar.rules.js';
import {
  type ClockTerms,
  clockInForce,
  decisionSpan,
  dueAfter,
  nextExtension,
  type Span,
} from './clocks.rules.js';

const published = JSON.parse(
  readFileSync(
    new URL('../../../../node_modules/chinese-days/dist/chinese-days.json', import.meta.url),
    'utf8',
  ),
);
const calendar: WorkingCalendar = {
  publishedYears: new Set([2024, 2025, 2026]),
  days: new Map<string, DayKind>([
    ...Object.keys(published.holidays).map((day) => [day, 'OFF'] as const),
    ...Object.keys(published.workdays).map((day) => [day, 'WORK'] as const),
  ]),
};
const clocks: { profile: string; version: number; effectiveFrom: string; terms: ClockTerms }[] = JSON.parse(
  readFileSync(new URL('../../data/complaint-clocks.json', import.meta.url), 'utf8'),
);
const termsOf = (profile: string) => clockInForce(clocks, profile, '2026-06-01')!.terms;
const calendarDays = (amount: number): Span => ({ amount, unit: 'CALENDAR_DAYS' });
const workingDays = (amount: number): Span => ({ amount, unit: 'WORKING_DAYS' });

/** The vectors of domain 3.4.2, at the first and the last moment of the day in Shanghai. */
describe.each([
  [
    '2026-01-05',
    { c15: '2026-01-20', c30: '2026-02-04', c60: '2026-03-06', w15: '2026-01-26', w1: '2026-01-06' },
  ],
  [
    '2026-02-13',
    { c15: '2026-02-28', c30: '2026-03-15', c60: '2026-04-14', w15: '2026-03-12', w1: '2026-02-14' },
  ],
])('received on %s', (day, due) => {
  test.each([
    ['15 calendar days', calendarDays(15), due.c15],
    ['30 calendar days', calendarDays(30), due.c30],
    ['60 calendar days', calendarDays(60), due.c60],
    ['15 working days', workingDays(15), due.w15],
    ['1 working day', workingDays(1), due.w1],
  ])('%s end with %s', (_, span, expected) => {
    for (const time of ['00:00:00', '23:59:59']) {
      const { at, isProvisional } = dueAfter(span, new Date(`${day}T${time}+08:00`), calendar);
      expect([at.toISOString(), isProvisional]).toEqual([`${expected}T15:59:59.000Z`, false]);
    }
  });
});

describe('a clock across the edges of the calendar', () => {
  test.each([
    ['the New Year', '2025-12-31', workingDays(1), '2026-01-04', false],
    ['the New Year', '2025-12-25', calendarDays(15), '2026-01-09', false],
    ['29 February', '2024-02-20', calendarDays(15), '2024-03-06', false],
    ['29 February', '2028-02-14', calendarDays(15), '2028-02-29', false],
    ['Spring Festival', '2026-02-14', workingDays(1), '2026-02-24', false],
    ['a year without data', '2026-12-31', workingDays(5), '2027-01-07', true],
  ])('%s: from %s', (_, day, span, expected, isProvisional) => {
    const due = dueAfter(span, new Date(`${day}T12:00:00+08:00`), calendar);
    expect([dayOf(due.at), due.isProvisional]).toEqual([expected, isProvisional]);
  });
  test('hours run through the night', () => {
    const due = dueAfter({ amount: 4, unit: 'HOURS' }, new Date('2026-02-13T22:00:00+08:00'), calendar);
    expect(due.at.toISOString()).toBe('2026-02-13T18:00:00.000Z');
  });
});

describe('the profiles', () => {
  test.each([
    ['CN_NFRA', 'SIMPLE', 15, 'CALENDAR_DAYS', 'COMPLEX'],
    ['CN_NFRA', 'COMPLEX', 30, 'CALENDAR_DAYS', 'SPECIAL'],
    ['CN_NFRA', 'SPECIAL', 60, 'CALENDAR_DAYS', undefined],
    ['UK_DISP', 'SIMPLE', 56, 'CALENDAR_DAYS', undefined],
    ['FIRM_FAST', 'SIMPLE', 5, 'WORKING_DAYS', 'COMPLEX'],
    ['FIRM_FAST', 'COMPLEX', 10, 'WORKING_DAYS', undefined],
  ] as const)('%s, %s: %s %s, next %s', (profile, complexity, amount, unit, next) => {
    const terms = termsOf(profile);
    expect(decisionSpan(terms, complexity)).toEqual({ amount, unit });
    expect(nextExtension(terms, complexity)?.complexity).toBe(next);
  });
  test.each(['CN_NFRA', 'UK_DISP', 'FIRM_FAST'])(
    '%s names review, mediation, arbitration and court',
    (profile) => {
      const { remedies } = termsOf(profile);
      for (const word of [/review/i, /mediation/, /arbitration/, /court/]) expect(remedies.EN).toMatch(word);
    },
  );
  test('only the special extension of CN_NFRA needs a second person', () => {
    expect(termsOf('CN_NFRA').extensions.map((step) => step.needsSecondPerson)).toEqual([false, true]);
  });
  const versions = [
    { profile: 'P', version: 1, effectiveFrom: '2026-01-01' },
    { profile: 'P', version: 2, effectiveFrom: '2026-07-01' },
    { profile: 'Q', version: 9, effectiveFrom: '2020-01-01' },
  ];
  test.each([
    ['2025-12-31', 1],
    ['2026-01-01', 1],
    ['2026-06-30', 1],
    ['2026-07-01', 2],
  ])('of what came in on %s the version %s counts', (day, version) => {
    expect(clockInForce(versions, 'P', day)?.version).toBe(version);
  });
  test('a profile without a version has no clock', () => {
    expect(clockInForce(versions, 'R', '2026-01-01')).toBeNull();
  });
});
