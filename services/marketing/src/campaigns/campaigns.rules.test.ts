import { expect, test } from '@jest/globals';
import { type Campaign, checkPeriod, mediumOf, nameOf, start } from './campaigns.rules.js';

const NOW = new Date('2026-03-02T02:00:00.000Z');
const aCampaign = (override: Partial<Campaign> = {}): Campaign => ({
  id: '01950000-0000-7000-8000-000000000001',
  name: 'Spring seminar',
  channel: 'OFFLINE',
  medium: 'SEMINAR',
  startsOn: '2026-03-02',
  endsOn: '2026-03-02',
  startedAt: null,
  endedAt: null,
  ...override,
});

test.each([
  [{}, true],
  [{ endsOn: null }, true],
  [{ startsOn: '2026-03-03', endsOn: null }, false],
  [{ startsOn: '2026-03-01', endsOn: '2026-03-01' }, false],
  [{ startedAt: NOW }, false],
])('the start of a campaign is announced while it runs, and once: %j, %s', (override, expected) => {
  expect(start(aCampaign(override), 8_800_000, NOW) !== null).toBe(expected);
});

const refusal = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('a name is trimmed, not empty, not long, and one line', () => {
  expect(nameOf(' 春季講座 ')).toBe('春季講座');
  expect([' ', 'n'.repeat(121), 'two\nlines'].map((text) => refusal(() => nameOf(text)))).toEqual([
    'BAD_NAME',
    'BAD_NAME',
    'BAD_NAME',
  ]);
});

test('a medium is a code', () => {
  expect(mediumOf('SEMINAR_2')).toBe('SEMINAR_2');
  expect(['', 'seminar', '2X', 'A-B', 'M'.repeat(33)].map((text) => refusal(() => mediumOf(text)))).toEqual(
    Array.from({ length: 5 }, () => 'BAD_MEDIUM'),
  );
});

test('a campaign may end on its first day and not before', () => {
  expect(refusal(() => checkPeriod('2026-03-02', '2026-03-02'))).toBeUndefined();
  expect(refusal(() => checkPeriod('2026-03-02', '2026-03-01'))).toBe('BAD_PERIOD');
});
