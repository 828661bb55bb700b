import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals } from '@client-graph/kit/refusals';
import { daysBetween } from '@client-graph/kit/time';
import { RATINGS, type Rating } from '../products/products.rules.js';

export type NavValue = { day: string; nav: Decimal };
type NavLine = NavValue & { line: number; productCode: string };

/** What may be wrong with a line. OUT_OF_ORDER is only a notice: the line is imported all the same. */
type ProblemCode =
  | 'COLUMNS'
  | 'BAD_DAY'
  | 'IN_FUTURE'
  | 'MISSING'
  | 'NOT_A_NUMBER'
  | 'NOT_POSITIVE'
  | 'TOO_MANY_DECIMALS'
  | 'UNKNOWN_PRODUCT'
  | 'DOUBLE'
  | 'CONFLICT'
  | 'OUT_OF_ORDER';
export type NavProblem = { line: number; code: ProblemCode };
export type SeriesGap = { productId: string; after: string; before: string };

export const refuse = defineRefusals({
  BAD_HEADER: 'The first line of the file names the columns: code,day,nav.',
  TOO_MANY_LINES: 'Send at most the number of lines in `details` at once, and the rest in further imports.',
});

export const NAV_LINES_MAX = 5_000;
const NAV_DECIMALS_MAX = 8;
const NAV_DIGITS_MAX = 12;

/** Reads a file of net asset values. What is wrong with one line does not keep the others out. Refuses BAD_HEADER, TOO_MANY_LINES. */
export function readNavs(
  csv: string,
  today: string,
): { read: number; lines: NavLine[]; problems: NavProblem[] } {
  const [header = '', ...body] = csv.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (cellsOf(header).join(',').toLowerCase() !== 'code,day,nav') throw refuse('BAD_HEADER');
  const filled = body.map((text, at) => ({ text, line: at + 2 })).filter(({ text }) => text.trim() !== '');
  if (filled.length > NAV_LINES_MAX)
    throw refuse('TOO_MANY_LINES', { lines: filled.length, max: NAV_LINES_MAX });
  const lines: NavLine[] = [];
  const problems: NavProblem[] = [];
  const seen = new Set<string>();
  const newest = new Map<string, string>();
  for (const { text, line } of filled) {
    const [productCode = '', day = '', nav = '', ...more] = cellsOf(text);
    const code =
      problemOf({ productCode, day, nav, isOfThree: more.length === 0 }, today) ??
      (seen.has(`${productCode} ${day}`) ? 'DOUBLE' : null);
    if (code !== null) {
      problems.push({ line, code });
      continue;
    }
    seen.add(`${productCode} ${day}`);
    if (day < (newest.get(productCode) ?? '')) problems.push({ line, code: 'OUT_OF_ORDER' });
    else newest.set(productCode, day);
    lines.push({ line, productCode, day, nav: new Decimal(nav) });
  }
  return { read: filled.length, lines, problems };
}

const cellsOf = (line: string): string[] =>
  line.split(',').map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );

function problemOf(
  { productCode, day, nav, isOfThree }: { productCode: string; day: string; nav: string; isOfThree: boolean },
  today: string,
): ProblemCode | null {
  if (!isOfThree || productCode === '' || day === '') return 'COLUMNS';
  if (!isDayOfCalendar(day)) return 'BAD_DAY';
  if (day > today) return 'IN_FUTURE';
  if (nav === '') return 'MISSING';
  if (!/^-?\d+(\.\d+)?$/.test(nav)) return 'NOT_A_NUMBER';
  const value = new Decimal(nav);
  if (value.lessThanOrEqualTo(0)) return 'NOT_POSITIVE';
  return value.decimalPlaces() > NAV_DECIMALS_MAX ||
    value.greaterThanOrEqualTo(new Decimal(10).pow(NAV_DIGITS_MAX))
    ? 'TOO_MANY_DECIMALS'
    : null;
}

function isDayOfCalendar(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}

/** The places where two values that follow each other lie more than `daysMax` days apart. */
export const gapsIn = (productId: string, days: readonly string[], daysMax: number): SeriesGap[] =>
  days.flatMap((before, at) => {
    const after = days[at - 1];
    return after !== undefined && daysBetween(after, before) > daysMax ? [{ productId, after, before }] : [];
  });

/** From which swing (annualised, in per cent) which rating is the least (data). */
export type VolatilityTable = {
  returnsMin: number;
  monthsMax: number;
  floorsPct: readonly (readonly [Rating, number])[];
};
export type Swing = { pct: Decimal; returns: number; from: string; to: string; floor: Rating };

const MONTHS_IN_YEAR = 12;

/**
 * How much a product's value swings: the standard deviation of its monthly returns, annualised, over the newest unbroken run
 * of months, and the rating below which the seller may not rate it (domain 3.3.2). Null when the run is too short.
 */
export function volatilityOf(
  table: VolatilityTable,
  points: readonly NavValue[],
  isComplex: boolean,
): Swing | null {
  const months = newestRun(lastOfMonths(points)).slice(-(table.monthsMax + 1));
  const returns = months.slice(1).map((point, at) => point.nav.div(months[at]?.nav ?? point.nav).minus(1));
  const [first] = months;
  const last = months.at(-1);
  if (returns.length < table.returnsMin || first === undefined || last === undefined) return null;
  const mean = returns.reduce((sum, value) => sum.plus(value), new Decimal(0)).div(returns.length);
  const squares = returns.reduce((sum, value) => sum.plus(value.minus(mean).pow(2)), new Decimal(0));
  const pct = squares
    .div(returns.length - 1)
    .times(MONTHS_IN_YEAR)
    .sqrt()
    .times(100);
  const at = table.floorsPct.findLastIndex(([, from]) => pct.greaterThanOrEqualTo(from));
  const [rating] = table.floorsPct[Math.max(at, 0)] ?? ['R1'];
  const floor = isComplex ? (RATINGS[RATINGS.indexOf(rating) + 1] ?? rating) : rating;
  return { pct: pct.toDecimalPlaces(2), returns: returns.length, from: first.day, to: last.day, floor };
}

const monthOf = ({ day }: NavValue): number =>
  Number(day.slice(0, 4)) * MONTHS_IN_YEAR + Number(day.slice(5, 7));

/** The last value of each month, oldest first; the points are given oldest first. */
const lastOfMonths = (points: readonly NavValue[]): NavValue[] =>
  points.filter((point, at) => {
    const next = points[at + 1];
    return next === undefined || monthOf(next) !== monthOf(point);
  });

/** The newest run of months without a missing one. */
function newestRun(months: readonly NavValue[]): NavValue[] {
  const broken = months.findLastIndex((point, at) => {
    const before = months[at - 1];
    return before !== undefined && monthOf(point) !== monthOf(before) + 1;
  });
  return months.slice(Math.max(broken, 0));
}
