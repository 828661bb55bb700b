const SHANGHAI = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The calendar day of an instant where the firm works, `YYYY-MM-DD`, whatever the zone of the machine. */
export const dayOf = (instant: Date): string => SHANGHAI.format(instant);

const parts = (day: string): [number, number, number] => {
  const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
  return [year, month, date];
};
const toDay = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 10);

/** The day `days` later (earlier when negative). */
export function plusDays(day: string, days: number): string {
  const [year, month, date] = parts(day);
  return toDay(Date.UTC(year, month - 1, date + days));
}

/** The same date `months` later; the last day of the month where that month is shorter (29 February + 12 months = 28 February). */
export function plusMonths(day: string, months: number): string {
  const [year, month, date] = parts(day);
  const lastDate = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return toDay(Date.UTC(year, month - 1 + months, Math.min(date, lastDate)));
}

/** The last day of the month that lies `months` after the day's own. */
export function endOfMonth(day: string, months = 0): string {
  const [year, month] = parts(day);
  return toDay(Date.UTC(year, month + months, 0));
}

/** Whole years from a birth date to a day; someone born on 29 February is a year older on 1 March of other years. */
export function yearsBetween(birth: string, day: string): number {
  const [birthYear] = parts(birth);
  const [year] = parts(day);
  return year - birthYear - (day.slice(5) < birth.slice(5) ? 1 : 0);
}

/** Whole days from one day to another. */
export const daysBetween = (from: string, to: string): number =>
  (Date.parse(to) - Date.parse(from)) / 86_400_000;
