import { readFileSync } from 'node:fs';
import { Decimal } from '@client-graph/kit/decimal';
import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import {
  type CareRule,
  checkedDate,
  giftWithin,
  lunarBirthday,
  occasions,
  solarBirthday,
} from './care.rules.js';
import { lunarCalendar, qingmingOf } from './lunar.js';

const { rules }: { rules: CareRule[] } = JSON.parse(
  readFileSync(new URL('../../data/care.json', import.meta.url), 'utf8'),
);
const nobody = { kind: 'INDIVIDUAL', ageBand: 'FROM_65', onboardedOn: null, dates: [] };
const festivals = (year: number) =>
  Object.fromEntries(
    occasions(nobody, rules, { from: `${year}-01-01`, to: `${year}-12-31` }, lunarCalendar).map(
      ({ ruleCode, on }) => [ruleCode, on],
    ),
  );

/** The table of domain 3.4.3; the Spring Festival's wish goes on its eve. */
test.each([
  [2025, '2025-01-28', '2025-02-12', '2025-04-04', '2025-05-31', '2025-10-06', '2025-10-29', 6],
  [2026, '2026-02-16', '2026-03-03', '2026-04-05', '2026-06-19', '2026-09-25', '2026-10-18', 0],
  [2027, '2027-02-05', '2027-02-20', '2027-04-05', '2027-06-09', '2027-09-15', '2027-10-08', 0],
])(
  'the festivals of %s',
  (year, SPRING_FESTIVAL, LANTERN, QINGMING, DRAGON_BOAT, MID_AUTUMN, DOUBLE_NINTH, leap) => {
    expect(festivals(year)).toMatchObject({
      SPRING_FESTIVAL,
      LANTERN,
      QINGMING,
      DRAGON_BOAT,
      MID_AUTUMN,
      DOUBLE_NINTH,
    });
    expect(lunarCalendar.leapMonth(year)).toBe(leap);
  },
);

describe('the first day of the lunar year, from 1905 to 2098', () => {
  test.each([
    [1905, '1905-02-04'],
    [1906, '1906-01-25'],
    [1949, '1949-01-29'],
    [1985, '1985-02-20'],
    [2000, '2000-02-05'],
    [2033, '2033-01-31'],
    [2034, '2034-02-19'],
    [2098, '2098-02-01'],
  ])('%s begins on %s', (year, day) => {
    expect(lunarBirthday(lunarCalendar, year, { month: 1, day: 1, isLeapMonth: false })).toBe(day);
  });
  test('each year begins the day after the last one ends, between 21 January and 21 February', () => {
    for (let year = 1905; year < 2098; year += 1) {
      const last = lunarCalendar.solarOf(year, 12, lunarCalendar.daysIn(year, 12, false), false);
      const next = lunarCalendar.solarOf(year + 1, 1, 1, false);
      expect(Date.parse(next) - Date.parse(last)).toBe(86_400_000);
      expect(next.slice(5) >= '01-21' && next.slice(5) <= '02-21').toBe(true);
      expect(qingmingOf(year).slice(5)).toMatch(/^04-0[456]$/);
    }
  });
});

describe('a lunar birthday', () => {
  test.each([
    ['in the leap month, in a year that has it', 2025, 6, 1, true, '2025-07-25'],
    ['in the month before the leap month', 2025, 6, 1, false, '2025-06-25'],
    ['in the leap month, in a year without', 2026, 6, 1, true, '2026-07-14'],
    ['on day 30 of a short month', 2025, 12, 30, false, '2026-02-16'],
    ['on day 29 of that month', 2025, 12, 29, false, '2026-02-16'],
    ['in leap month 11 of 2033', 2033, 11, 1, true, '2033-12-22'],
  ])('%s', (_, year, month, day, isLeapMonth, expected) => {
    expect(lunarBirthday(lunarCalendar, year, { month, day, isLeapMonth })).toBe(expected);
  });
  test('of every month and day has one day in every tenth year', () => {
    for (let year = 1905; year <= 2098; year += 10)
      for (let month = 1; month <= 12; month += 1)
        for (const isLeapMonth of [false, true])
          expect(lunarBirthday(lunarCalendar, year, { month, day: 30, isLeapMonth })).toMatch(
            /^\d{4}-\d{2}-\d{2}$/,
          );
  });
});

test.each([
  [2026, '2026-02-28'],
  [2028, '2028-02-29'],
  [2100, '2100-02-28'],
])('29 February in %s is kept on %s', (year, expected) => {
  expect(solarBirthday(year, { month: 2, day: 29 })).toBe(expected);
});

describe('the year ahead of a client', () => {
  const client = {
    ...nobody,
    ageBand: 'FROM_31',
    onboardedOn: '2024-02-29',
    dates: [{ kind: 'BIRTHDAY_LUNAR', month: 12, day: 30, isLeapMonth: false } as const],
  };
  const ahead = occasions(client, rules, { from: '2026-02-01', to: '2027-02-28' }, lunarCalendar);
  test('has a lunar birthday of the last lunar year in the next, and twice when two fall into it', () => {
    expect(
      ahead.filter(({ ruleCode }) => ruleCode === 'BIRTHDAY_LUNAR').map(({ on, year }) => [on, year]),
    ).toEqual([
      ['2026-02-16', 2025],
      ['2027-02-05', 2026],
    ]);
  });
  test('has the third anniversary, kept on 28 February, and not the second', () => {
    expect(ahead.filter(({ ruleCode }) => ruleCode === 'ANNIVERSARY').map(({ on }) => on)).toEqual([
      '2027-02-28',
    ]);
  });
  test('wishes nothing to the old of somebody young, and is in order', () => {
    expect(ahead.map(({ ruleCode }) => ruleCode)).not.toContain('DOUBLE_NINTH');
    expect(ahead.map(({ on }) => on)).toEqual(ahead.map(({ on }) => on).sort());
  });
});

describe('a birthday to be kept', () => {
  const ok = { kind: 'INDIVIDUAL', hasConsent: true };
  const solar = { kind: 'BIRTHDAY_SOLAR', month: 2, day: 29, isLeapMonth: false } as const;
  const lunar = { kind: 'BIRTHDAY_LUNAR', month: 6, day: 30, isLeapMonth: true } as const;
  test.each([
    ['29 February', solar, ok, 'done'],
    ['30 February', { ...solar, day: 30 }, ok, 'NO_SUCH_DATE'],
    ['month 13', { ...solar, month: 13 }, ok, 'NO_SUCH_DATE'],
    ['month 0', { ...lunar, month: 0 }, ok, 'NO_SUCH_DATE'],
    ['day 0', { ...lunar, day: 0 }, ok, 'NO_SUCH_DATE'],
    ['lunar day 31', { ...lunar, day: 31 }, ok, 'NO_SUCH_DATE'],
    ['a solar leap month', { ...solar, isLeapMonth: true }, ok, 'NO_SUCH_DATE'],
    ['a lunar leap month', lunar, ok, 'done'],
    ['one without consent', solar, { ...ok, hasConsent: false }, 'NO_CARE_CONSENT'],
    ["a company's", solar, { ...ok, kind: 'INSTITUTION' }, 'NOT_AN_INDIVIDUAL'],
  ])('%s: %s', (_, date, client, code) => {
    try {
      checkedDate(date, client);
      expect('done').toBe(code);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      expect(error.code).toBe(code);
    }
  });
});

test.each([
  ['0', true],
  ['400', true],
  ['400.01', false],
  ['700', false],
])('after gifts of %s a gift of 300 under a cap of 700 is given: %s', (given, expected) => {
  const gift = { value: new Decimal(300), yearlyCap: new Decimal(700) };
  expect(giftWithin(gift, new Decimal(given)) !== null).toBe(expected);
  expect(giftWithin({ ...gift, value: new Decimal(0) }, new Decimal(0))).toBeNull();
});
