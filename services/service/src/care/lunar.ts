import { Lunar, LunarMonth, LunarYear, Solar } from 'lunar-javascript';
import type { LunarCalendar } from './care.rules.js';

const MONTH_WITH_QINGMING = 3;

/** `lunar-javascript` computes the sun and moon anew at each call, some ten milliseconds; a day of the past two centuries is asked often and never changes. */
function remembered<Args extends readonly (number | boolean)[], Answer>(
  compute: (...args: Args) => Answer,
): (...args: Args) => Answer {
  const known = new Map<string, Answer>();
  return (...args) => {
    const key = args.join(' ');
    const answer = known.get(key) ?? compute(...args);
    known.set(key, answer);
    return answer;
  };
}

/** The day of Qingming in a year, the solar term in early April. */
export const qingmingOf = remembered((year: number): string => {
  const day = Lunar.fromYmd(year, MONTH_WITH_QINGMING, 1).getJieQiTable()['清明']?.toYmd();
  if (day === undefined) throw new Error(`The calendar knows no Qingming in ${year}.`);
  return day;
});

function monthOf(year: number, month: number, isLeap: boolean): LunarMonth {
  const found = LunarMonth.fromYm(year, isLeap ? -month : month);
  if (found === null) throw new Error(`The lunar year ${year} has no such month.`);
  return found;
}

/** The Chinese calendar as the rules ask it, from `lunar-javascript`. */
export const lunarCalendar: LunarCalendar = {
  leapMonth: remembered((year: number) => LunarYear.fromYear(year).getLeapMonth()),
  daysIn: remembered((year: number, month: number, isLeap: boolean) =>
    monthOf(year, month, isLeap).getDayCount(),
  ),
  solarOf: remembered((year: number, month: number, day: number, isLeap: boolean) =>
    Solar.fromJulianDay(monthOf(year, month, isLeap).getFirstJulianDay() + day - 1).toYmd(),
  ),
  qingming: qingmingOf,
};
