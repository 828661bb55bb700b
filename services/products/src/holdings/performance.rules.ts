import { PortfolioDrawdownReached } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { plusDays } from '@client-graph/kit/time';
import type { NavValue } from '../navs/navs.rules.js';

/** A row of the ledger of units: units and money are negative where they leave. */
export type Flow = { units: Decimal; nav: Decimal; amount: Decimal; settledOn: string };

const RETURN_DECIMALS = 4;
const ZERO = new Decimal(0);
const sum = (values: readonly Decimal[]): Decimal => values.reduce((total, value) => total.plus(value), ZERO);

/** What a holding has brought: money in and out, and what it is worth now. Flows are given as they were booked. */
export function performanceOf(flows: readonly Flow[], now: { value: Decimal; nav: Decimal }) {
  const paidIn = sum(flows.map(({ amount }) => amount).filter((amount) => amount.greaterThan(0)));
  const paidOut = sum(flows.map(({ amount }) => amount).filter((amount) => amount.lessThan(0))).negated();
  return {
    paidIn,
    paidOut,
    profit: now.value.plus(paidOut).minus(paidIn),
    returnPct: timeWeighted(flows, now.nav),
  };
}

/**
 * The time-weighted return in per cent: the value of one unit from flow to flow, chained, over the time in which units were
 * held. What was paid in and out when does not change it; fees are not in it, for they are not in the value of a unit.
 */
function timeWeighted(flows: readonly Flow[], nav: Decimal): Decimal {
  const ordered = [...flows].sort((a, b) =>
    a.settledOn < b.settledOn ? -1 : a.settledOn > b.settledOn ? 1 : 0,
  );
  let units = ZERO;
  let last = nav;
  let growth = new Decimal(1);
  for (const flow of ordered) {
    if (units.greaterThan(0)) growth = growth.times(flow.nav).div(last);
    units = units.plus(flow.units);
    last = flow.nav;
  }
  if (units.greaterThan(0)) growth = growth.times(nav).div(last);
  return growth.minus(1).times(100).toDecimalPlaces(RETURN_DECIMALS);
}

/** One product in a client's hands over time; `navs` oldest first, with the last value before the span. */
export type Position = { flows: readonly Pick<Flow, 'units' | 'settledOn'>[]; navs: readonly NavValue[] };
export type Drawdown = { dropPct: Decimal; peakOn: string; asOf: string };

type Point = { day: string; index: Decimal };

/**
 * The chained return of positions of one currency, a point for each day that has a value, the first on or after `from`, where it is 1.
 * Each step is that of what was held the day before, so that buying and redeeming move nothing.
 */
function indexOf(positions: readonly Position[], from: string): Point[] {
  const days = [
    ...new Set(positions.flatMap(({ navs }) => navs.map((point) => point.day)).filter((day) => day >= from)),
  ].sort();
  const walks = positions.map(walkOf);
  const points: Point[] = [];
  let index = new Decimal(1);
  for (const day of days) {
    const steps = walks.map((walk) => walk(day));
    const was = sum(steps.map((step) => step.was));
    if (points.length > 0 && !was.isZero()) index = index.times(sum(steps.map((step) => step.is))).div(was);
    points.push({ day, index });
  }
  return points;
}

/** Goes along a position day by day: what was held the day before was worth then, and is worth now; nothing without both values. */
function walkOf({ flows, navs }: Position): (day: string) => { was: Decimal; is: Decimal } {
  const ordered = [...flows].sort((a, b) => (a.settledOn < b.settledOn ? -1 : 1));
  let [navAt, flowAt] = [0, 0];
  let nav: Decimal | null = null;
  let units = ZERO;
  return (day) => {
    const before = nav;
    for (let next = navs[navAt]; next !== undefined && next.day <= day; next = navs[++navAt]) nav = next.nav;
    const step =
      before === null || nav === null
        ? { was: ZERO, is: ZERO }
        : { was: units.times(before), is: units.times(nav) };
    for (let next = ordered[flowAt]; next !== undefined && next.settledOn <= day; next = ordered[++flowAt])
      units = units.plus(next.units);
    return step;
  };
}

/** How far positions of one currency stand below the peak of the span that begins on `from`. Null before there are two values. */
export function drawdownOf(positions: readonly Position[], from: string): Drawdown | null {
  const points = indexOf(positions, from);
  const last = points.at(-1);
  if (last === undefined || points.length < 2) return null;
  // Of equal peaks the later one counts.
  const peak = points.reduce((best, point) => (point.index.greaterThanOrEqualTo(best.index) ? point : best));
  const dropPct = new Decimal(1).minus(last.index.div(peak.index)).times(100);
  return { dropPct, peakOn: peak.day, asOf: last.day };
}

/**
 * The time-weighted return of a whole portfolio in per cent since `from` began: what was held then counts at its last value before that
 * day, as it does in what the portfolio was worth. Zero before there are two values.
 */
export function portfolioReturn(positions: readonly Position[], from: string): Decimal {
  const eve = plusDays(from, -1);
  const opened = positions.map((position) => ({ ...position, navs: carriedTo(eve, position.navs) }));
  return (indexOf(opened, eve).at(-1)?.index ?? new Decimal(1))
    .minus(1)
    .times(100)
    .toDecimalPlaces(RETURN_DECIMALS);
}

/** The values with the last one up to a day put on that day. */
function carriedTo(day: string, navs: readonly NavValue[]): readonly NavValue[] {
  const at = navs.findLastIndex((point) => point.day <= day);
  const last = navs[at];
  return last === undefined ? navs : [{ day, nav: last.nav }, ...navs.slice(at + 1)];
}

/** How deep is told, deepest first, in per cent (domain 3.2.8). */
const BANDS = [
  ['GE_20_PCT', 20],
  ['GE_10_PCT', 10],
] as const;
export type Band = (typeof BANDS)[number][0] | 'NONE';

const depth = (band: Band): number => BANDS.find(([name]) => name === band)?.[1] ?? 0;

/** The band that a drawdown lies in, and the event when it is deeper than the one told before. */
export function watchDrawdown(
  subject: { clientId: string; currency: string },
  { dropPct, peakOn, asOf }: Drawdown,
  told: Band,
) {
  const band: Band = BANDS.find(([, pct]) => dropPct.greaterThanOrEqualTo(pct))?.[0] ?? 'NONE';
  const isDeeper = band !== 'NONE' && depth(band) > depth(told);
  return { band, events: isDeeper ? [PortfolioDrawdownReached({ ...subject, band, peakOn, asOf })] : [] };
}
