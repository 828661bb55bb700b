import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { lunarCalendar } from './lunar.js';

type LunarDate = { lunarMon: number; lunarDay: number; isLeap: boolean };
const chineseDays: { getLunarDate: (day: string) => LunarDate } = createRequire(import.meta.url)(
  'chinese-days',
);
const icu = new Intl.DateTimeFormat('en-u-ca-chinese', { timeZone: 'UTC', month: 'numeric', day: 'numeric' });

/** The month and day as the Unicode library reckons them, `6bis/1` in a leap month. */
function icuOf(day: string): string {
  const parts = icu.formatToParts(new Date(`${day}T00:00:00Z`));
  const of = (type: string) => parts.find((part) => part.type === type)?.value;
  return `${of('month')}/${of('day')}`;
}
function otherOf(day: string): string {
  const { lunarMon, lunarDay, isLeap } = chineseDays.getLunarDate(day);
  return `${lunarMon}${isLeap ? 'bis' : ''}/${lunarDay}`;
}
type Month = { month: number; isLeap: boolean; name: string };
const monthsOf = (year: number): Month[] => {
  const leap = lunarCalendar.leapMonth(year);
  return Array.from({ length: 12 }, (_, index) => index + 1).flatMap((month) => [
    { month, isLeap: false, name: `${month}` },
    ...(month === leap ? [{ month, isLeap: true, name: `${month}bis` }] : []),
  ]);
};

/**
 * Two tables made by others: ICU computes the moon and is off in nine years of this time, `chinese-days` copies a printed table and is
 * off in three. They are never off together, so a day on which both differed from ours would be our mistake.
 */
test('every month from 1905 to 2098 begins and ends on the days that an independent table gives', () => {
  const wrong: string[] = [];
  const alone = { icu: new Set<number>(), other: new Set<number>() };
  for (let year = 1905; year <= 2098; year += 1)
    for (const { month, isLeap, name } of monthsOf(year)) {
      const last = lunarCalendar.daysIn(year, month, isLeap);
      for (const date of [1, 15, last]) {
        const day = lunarCalendar.solarOf(year, month, date, isLeap);
        const ours = `${name}/${date}`;
        const [byIcu, byOther] = [icuOf(day) === ours, otherOf(day) === ours];
        if (!byIcu && !byOther) wrong.push(`${day} ${ours}`);
        if (!byIcu) alone.icu.add(year);
        if (!byOther) alone.other.add(year);
      }
    }
  expect(wrong).toEqual([]);
  expect([...alone.other]).toEqual([1933, 1996, 2060]);
  expect([...alone.icu].filter((year) => alone.other.has(year))).toEqual([]);
}, 300_000);
