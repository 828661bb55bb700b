import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Kind } from '../clients.rules.js';
import type { Grade } from '../grading-tables.rules.js';
import {
  complete,
  expiryDue,
  isEventful,
  nextDue,
  REVIEWED,
  type ReviewCalendar,
  type ReviewStage,
  redated,
  stageOn,
} from './reviews.rules.js';

const CALENDAR = JSON.parse(
  readFileSync(new URL('../../data/review-calendar.json', import.meta.url), 'utf8'),
) as ReviewCalendar;

test.each<[Grade, string]>([
  ['DIAMOND', '2026-08-28'],
  ['LARGE', '2026-08-28'],
  ['GOLD', '2027-02-28'],
  ['MEDIUM', '2027-02-28'],
  ['SILVER', '2028-02-28'],
  ['BRONZE', '2028-02-28'],
  ['SMALL', '2028-02-28'],
])('%s is asked again on %s', (grade, day) => {
  expect(nextDue(grade, '2026-02-28', CALENDAR)).toBe(day);
});

test.each([
  ['2026-12-31', '2026-11-01'],
  ['2026-03-10', '2026-03-02'],
])('a document that ends on %s is asked about on %s', (expiresOn, day) => {
  expect(expiryDue(expiresOn, '2026-03-02', CALENDAR)).toBe(day);
});

test.each<[string, ReviewStage, string | null]>([
  ['2026-02-28', 'SCHEDULED', '2026-03-01'],
  ['2026-03-01', 'DUE', '2026-03-31'],
  ['2026-03-30', 'DUE', '2026-03-31'],
  ['2026-03-31', 'OVERDUE', '2026-05-30'],
  ['2026-05-29', 'OVERDUE', '2026-05-30'],
  ['2026-05-30', 'BLOCKING', null],
  ['2027-01-01', 'BLOCKING', null],
])('due on 2026-03-01, on %s it is %s', (today, stage, lookOn) => {
  expect(stageOn('2026-03-01', today, CALENDAR)).toEqual({ stage, lookOn });
});

test.each<[string, Partial<Parameters<typeof redated>[0]>, string, string, ReviewStage, string | null]>([
  ['by its grade', {}, '2026-03-02', '2026-06-01', 'SCHEDULED', '2026-06-01'],
  [
    'due today when its day has passed',
    { countedFrom: '2025-09-01' },
    '2026-03-02',
    '2026-03-02',
    'SCHEDULED',
    '2026-03-02',
  ],
  [
    'told: its day stays',
    { stage: 'DUE', dueOn: '2026-02-25' },
    '2026-03-02',
    '2026-02-25',
    'DUE',
    '2026-03-07',
  ],
  [
    'told: late sooner',
    { stage: 'DUE', dueOn: '2026-02-01' },
    '2026-03-02',
    '2026-02-01',
    'DUE',
    '2026-03-02',
  ],
  [
    'told: no longer so late',
    { stage: 'BLOCKING', dueOn: '2026-02-15', lookOn: null },
    '2026-03-02',
    '2026-02-15',
    'BLOCKING',
    '2026-03-02',
  ],
  [
    'after an event: its day stays',
    { kind: 'EVENT', dueOn: '2026-03-09', lookOn: '2026-03-09' },
    '2026-03-02',
    '2026-03-09',
    'SCHEDULED',
    '2026-03-09',
  ],
  ['before a document ends', { kind: 'ID_EXPIRY' }, '2026-03-02', '2026-12-01', 'SCHEDULED', '2026-12-01'],
  ['of before it was kept', { countedFrom: null }, '2026-03-02', '2028-03-01', 'SCHEDULED', '2028-03-01'],
])('another calendar dates a review anew: %s', (_, changes, today, dueOn, stage, lookOn) => {
  const months = { ...CALENDAR.months, SILVER: 3 };
  const calendar = { months, idExpiryDaysBefore: 30, overdueAfterDays: 10, blockingAfterDays: 20 };
  const review = {
    kind: 'PERIODIC' as const,
    dueOn: '2028-03-01',
    countedFrom: '2026-03-01',
    stage: 'SCHEDULED' as const,
    lookOn: '2028-03-01',
    ...changes,
  };
  expect(redated(review, { grade: 'SILVER', expiresOn: '2026-12-31' }, today, calendar)).toEqual({
    dueOn,
    stage,
    lookOn,
  });
});

describe('completing', () => {
  const outcome = (
    stage: ReviewStage,
    kind: Kind,
    confirmed: readonly string[],
    changed: readonly string[],
  ) => {
    try {
      complete({ stage }, kind, { confirmed, changed });
      return 'DONE';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const all = REVIEWED.INDIVIDUAL;
  test.each<[string, ReviewStage, Kind, readonly string[], readonly string[], string]>([
    ['everything confirmed', 'DUE', 'INDIVIDUAL', all, [], 'DONE'],
    ['everything changed', 'SCHEDULED', 'INDIVIDUAL', [], all, 'DONE'],
    ['one changed', 'BLOCKING', 'INDIVIDUAL', all.slice(1), ['occupation'], 'DONE'],
    ['one left open', 'DUE', 'INDIVIDUAL', all.slice(1), [], 'FIELDS_OPEN'],
    ['one both', 'DUE', 'INDIVIDUAL', all, ['occupation'], 'FIELDS_OPEN'],
    ['one unknown', 'DUE', 'INDIVIDUAL', [...all, 'name'], [], 'FIELDS_OPEN'],
    ["a person's fields of an institution", 'DUE', 'INSTITUTION', all, [], 'FIELDS_OPEN'],
    ['twice', 'DONE', 'INDIVIDUAL', all, [], 'REVIEW_DONE'],
  ])('%s', (_, stage, kind, confirmed, changed, expected) => {
    expect(outcome(stage, kind, confirmed, changed)).toBe(expected);
  });
});

test('another job or home is an event, another mobile is none', () => {
  expect([['occupation'], ['address', 'email'], ['mobile'], []].map(isEventful)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
