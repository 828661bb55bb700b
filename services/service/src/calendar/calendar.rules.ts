import { plusDays } from '@client-graph/kit/time';

/** Days that differ from the week's own rhythm, and the years for which such days have been published at all. */
export type WorkingCalendar = {
  publishedYears: ReadonlySet<number>;
  /** OFF: a holiday. WORK: a weekend day on which one works to make up for it. */
  days: ReadonlyMap<string, DayKind>;
};
export type DayKind = 'OFF' | 'WORK';

/** A due day. Provisional when it was counted through a year whose days off are not published yet. */
export type DueDay = { day: string; isProvisional: boolean };

const SUNDAY = 0;
const SATURDAY = 6;

const yearOf = (day: string): number => Number(day.slice(0, 4));
const weekday = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay();

export const isWeekend = (day: string): boolean => weekday(day) === SUNDAY || weekday(day) === SATURDAY;

/** Whether one works on the day; in a year without data only the weekend is free. */
export function isWorkingDay(calendar: WorkingCalendar, day: string): boolean {
  const kind = calendar.days.get(day);
  if (kind !== undefined) return kind === 'WORK';
  return !isWeekend(day);
}

/** A year as the firm has approved it. */
export type FirmYear = { year: number; daysOff: readonly string[]; makeUpDays: readonly string[] };

/** The calendar with the firm's years in the place of the published ones. */
export function withFirmYears(published: WorkingCalendar, years: readonly FirmYear[]): WorkingCalendar {
  const own = new Set(years.map(({ year }) => year));
  const days = new Map([...published.days].filter(([day]) => !own.has(yearOf(day))));
  for (const { daysOff, makeUpDays } of years) {
    for (const day of daysOff) days.set(day, 'OFF');
    for (const day of makeUpDays) days.set(day, 'WORK');
  }
  return { publishedYears: new Set([...published.publishedYears, ...own]), days };
}

/** The working day that is `count` working days after the day, which itself is day 0 whether one works on it or not. */
export function plusWorkingDays(calendar: WorkingCalendar, day: string, count: number): DueDay {
  let found = day;
  let isProvisional = false;
  for (let left = count; left > 0; ) {
    found = plusDays(found, 1);
    isProvisional ||= !calendar.publishedYears.has(yearOf(found));
    if (isWorkingDay(calendar, found)) left -= 1;
  }
  return { day: found, isProvisional };
}

/** The last second of the day where the firm works: a deadline named by a day ends with it. China has had no summer time since 1991. */
export const endOfDay = (day: string): Date => new Date(`${day}T23:59:59+08:00`);

/** Whether something done at `at` is in time. The last second counts to its end. */
export const isInTime = (at: Date, dueAt: Date): boolean =>
  Math.floor(at.getTime() / 1_000) <= Math.floor(dueAt.getTime() / 1_000);
