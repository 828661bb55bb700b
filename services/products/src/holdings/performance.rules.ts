import { PortfolioDrawdownReached } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
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

const navOn = (navs: readonly NavValue[], day: string): Decimal | null =>
  navs.findLast((point) => point.day <= day)?.nav ?? null;
const unitsOn = (flows: Position['flows'], day: string): Decimal =>
  sum(flows.filter((flow) => flow.settledOn <= day).map((flow) => flow.units));

/**
 * How far positions of one currency stand below the peak of the span that begins on `from`. It is measured on the chained
 * return of what was held each day, so that buying and redeeming move nothing. Null before there are two values.
 */
export function drawdownOf(positions: readonly Position[], from: string): Drawdown | null {
  const days = [
    ...new Set(positions.flatMap(({ navs }) => navs.map((point) => point.day)).filter((day) => day >= from)),
  ].sort();
  let index = new Decimal(1);
  let peak = { index, on: days[0] ?? from };
  for (const [at, day] of days.entries()) {
    const before = days[at - 1];
    if (before === undefined) continue;
    index = index.times(growthOf(positions, before, day));
    if (index.greaterThanOrEqualTo(peak.index)) peak = { index, on: day };
  }
  const asOf = days.at(-1);
  if (asOf === undefined || days.length < 2) return null;
  const dropPct = new Decimal(1).minus(index.div(peak.index)).times(100);
  return { dropPct, peakOn: peak.on, asOf };
}

function growthOf(positions: readonly Position[], before: string, day: string): Decimal {
  let was = ZERO;
  let is = ZERO;
  for (const { flows, navs } of positions) {
    const [navBefore, nav] = [navOn(navs, before), navOn(navs, day)];
    if (navBefore === null || nav === null) continue;
    const units = unitsOn(flows, before);
    was = was.plus(units.times(navBefore));
    is = is.plus(units.times(nav));
  }
  return was.isZero() ? new Decimal(1) : is.div(was);
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
