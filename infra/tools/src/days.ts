/** Which comes first where a file writes `03/04/2018`; EXCEL: days are numbers counted from 1900, as spreadsheets keep them. */
export const DAY_ORDERS = ['YMD', 'DMY', 'MDY', 'EXCEL'] as const;
export type DayOrder = (typeof DAY_ORDERS)[number];

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const NAME = `(?:${MONTHS.join('|')})[a-z]*`;
/** What may stand behind a day: nothing, or a time. */
const TIME = String.raw`(?:[ T,]+\d{1,2}:\d{2}.*)?`;
const form = (pattern: string) => new RegExp(`^${pattern}${TIME}$`, 'i');

/** Forms that can be read in one way only. */
const YEAR_FIRST = [
  form(String.raw`(?<y>\d{4})(?<sep>[-/.])(?<m>\d{1,2})\k<sep>(?<d>\d{1,2})`),
  form(String.raw`(?<y>\d{4}) ?年 ?(?<m>\d{1,2}) ?月 ?(?<d>\d{1,2}) ?日`),
  form(String.raw`(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})`),
];
const NAMED = [
  form(String.raw`(?<d>\d{1,2})[- .]+(?<name>${NAME})[-., ]+(?<y>\d{4})`),
  form(String.raw`(?<name>${NAME})\.? (?<d>\d{1,2}),? (?<y>\d{4})`),
];
const NUMBERS = String.raw`(?<a>\d{1,2})(?<sep>[-/.])(?<b>\d{1,2})\k<sep>(?<y>\d{4})`;
/** An instant says its zone; the day is the firm's. */
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;
const EXCEL = /^(\d{1,6})(\.\d+)?$/;

/**
 * The day that a cell names, as `2018-02-26`; null when it names none. `03/04/2018` is read only when the order is given: a guess
 * would be wrong for every other file.
 */
export function dayOfCell(text: string, order: DayOrder): string | null {
  const cell = text.normalize('NFKC').trim();
  if (INSTANT.test(cell)) return dayInShanghai(new Date(cell));
  if (order === 'EXCEL' && EXCEL.test(cell)) return dayOfSerial(Math.floor(Number(cell)));
  const forms = [...YEAR_FIRST, ...NAMED, ...(order === 'DMY' || order === 'MDY' ? [form(NUMBERS)] : [])];
  for (const one of forms) {
    const found = one.exec(cell)?.groups;
    if (found === undefined) continue;
    const { y = '', m = '', d = '', name, a = '', b = '' } = found;
    if (name !== undefined) return calendarDay(y, MONTHS.indexOf(name.slice(0, 3).toLowerCase()) + 1, d);
    if (a === '') return calendarDay(y, m, d);
    return order === 'DMY' ? calendarDay(y, b, a) : calendarDay(y, a, b);
  }
  return null;
}

/** Whether a cell would name a day if it were known which comes first. */
export const needsOrder = (text: string): boolean => form(NUMBERS).test(text.normalize('NFKC').trim());

function calendarDay(y: string, m: string | number, d: string): string | null {
  const day = `${y}-${String(m).padStart(2, '0')}-${d.padStart(2, '0')}`;
  const at = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day) ? day : null;
}

const dayInShanghai = (at: Date): string | null =>
  Number.isNaN(at.getTime()) ? null : new Date(at.getTime() + 8 * 3_600_000).toISOString().slice(0, 10);

/** Spreadsheets hold 1900 for a leap year, so from March 1900 on their day 0 is 30 December 1899. */
const dayOfSerial = (serial: number): string | null =>
  serial < 61 || serial > 73_050
    ? null
    : new Date(Date.UTC(1899, 11, 30 + serial)).toISOString().slice(0, 10);
