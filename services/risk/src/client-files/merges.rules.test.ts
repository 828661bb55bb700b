import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LEVELS, rankOf } from '../levels.rules.js';
import { counting, type Level } from './merges.rules.js';

const TODAY = '2026-03-02';
const aLevel = (own: Partial<Level> = {}): Level => ({
  level: 'MEDIUM',
  lowestCategory: false,
  validFrom: '2026-01-10',
  validTo: '2027-01-09',
  assessmentId: '01920000-0000-7000-8000-000000000001',
  ...own,
});
const over = { validFrom: '2025-01-01', validTo: '2025-12-31' };

test.each([
  ['nobody was assessed', null, null, null],
  ['the survivor alone', aLevel(), null, 'SURVIVOR'],
  ['the duplicate alone', null, aLevel(), 'MERGED'],
  ['the duplicate is lower', aLevel(), aLevel({ level: 'LOW' }), 'MERGED'],
  ['the duplicate is higher', aLevel(), aLevel({ level: 'HIGH' }), 'SURVIVOR'],
  [
    'both LOW, one of the lowest category',
    aLevel({ level: 'LOW' }),
    aLevel({ level: 'LOW', lowestCategory: true }),
    'MERGED',
  ],
  ['equal, the duplicate counts longer', aLevel(), aLevel({ validTo: '2027-02-01' }), 'MERGED'],
  ['equal in all', aLevel(), aLevel(), 'SURVIVOR'],
  ['the lower one has ended', aLevel({ level: 'HIGH' }), aLevel({ level: 'LOW', ...over }), 'SURVIVOR'],
  ['the higher one alone counts', aLevel({ level: 'LOW', ...over }), aLevel({ level: 'HIGH' }), 'MERGED'],
  ['both have ended', aLevel(over), aLevel({ ...over, validTo: '2026-02-01' }), 'MERGED'],
  [
    'on its last day it counts',
    aLevel({ validTo: TODAY, level: 'LOW' }),
    aLevel({ level: 'HIGH' }),
    'SURVIVOR',
  ],
  [
    'the day after it does not',
    aLevel({ validTo: '2026-03-01', level: 'LOW' }),
    aLevel({ level: 'HIGH' }),
    'MERGED',
  ],
])('%s', (_, survivor, merged, expected) => {
  expect(counting(survivor, merged, TODAY)).toBe(expected);
});

test('of two levels that count the lower one counts, whichever is the survivor', () => {
  const level = fc.constantFrom(...LEVELS).map((name) => aLevel({ level: name }));
  fc.assert(
    fc.property(level, level, (a, b) => {
      const of = (one: Level, other: Level) => (counting(one, other, TODAY) === 'SURVIVOR' ? one : other);
      const lowest = Math.min(rankOf(a.level), rankOf(b.level));
      return rankOf(of(a, b).level) === lowest && rankOf(of(b, a).level) === lowest;
    }),
  );
});
