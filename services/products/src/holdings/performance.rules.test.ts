import { Decimal } from '@client-graph/kit/decimal';
import { plusDays } from '@client-graph/kit/time';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type Band,
  drawdownOf,
  type Flow,
  type Position,
  performanceOf,
  portfolioReturn,
  watchDrawdown,
} from './performance.rules.js';

const flow = (settledOn: string, units: string, nav: string): Flow => ({
  units: new Decimal(units),
  nav: new Decimal(nav),
  amount: new Decimal(units).times(nav),
  settledOn,
});
const now = (nav: string, units: string) => ({
  nav: new Decimal(nav),
  value: new Decimal(nav).times(units),
});
const textOf = (found: ReturnType<typeof performanceOf>) =>
  Object.values(found).map((value) => value.toFixed());

// paid in, paid out, profit, time-weighted return
test.each([
  ['nothing yet', [], now('1', '0'), ['0', '0', '0', '0']],
  ['one purchase that rose', [flow('2026-01-01', '100', '1')], now('1.1', '100'), ['100', '0', '10', '10']],
  ['one that fell', [flow('2026-01-01', '100', '1')], now('0.8', '100'), ['100', '0', '-20', '-20']],
  [
    'bought more at the top: money was lost, the unit still gained',
    [flow('2026-01-01', '100', '1'), flow('2026-02-01', '1000', '2')],
    now('1.5', '1100'),
    ['2100', '0', '-450', '50'],
  ],
  [
    'all redeemed: the gain stays, whatever the unit does then',
    [flow('2026-01-01', '100', '1'), flow('2026-02-01', '-100', '1.2')],
    now('0.5', '0'),
    ['100', '120', '20', '20'],
  ],
  [
    'out and in again: the time without units does not count',
    [flow('2026-01-01', '100', '1'), flow('2026-02-01', '-100', '1.2'), flow('2026-03-01', '100', '0.6')],
    now('0.9', '100'),
    ['160', '120', '50', '80'],
  ],
  [
    'booked late: the day counts, not the order of booking',
    [flow('2026-02-01', '100', '2'), flow('2026-01-01', '100', '1')],
    now('3', '200'),
    ['300', '0', '300', '200'],
  ],
])('%s', (_, flows, worth, expected) => {
  expect(textOf(performanceOf(flows, worth))).toEqual(expected);
});

test('however much is paid in and taken out along the way, the return is that of the unit', () => {
  const steps = fc.array(
    fc.record({ nav: fc.integer({ min: 1, max: 100_000 }), units: fc.integer({ min: -500, max: 1_000 }) }),
    { minLength: 1, maxLength: 12 },
  );
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 100_000 }), (ways, end) => {
      // At least one unit stays all the time.
      const flows = ways.map(({ nav, units }, at) =>
        flow(
          plusDays('2026-01-01', at),
          at === 0 ? '10000' : String(units),
          new Decimal(nav).div(1_000).toFixed(),
        ),
      );
      const nav = new Decimal(end).div(1_000);
      const { returnPct } = performanceOf(flows, { nav, value: nav });
      const ofUnit = nav
        .div(flows[0]?.nav ?? 1)
        .minus(1)
        .times(100);
      return returnPct.minus(ofUnit).abs().lessThanOrEqualTo('0.0001');
    }),
    { numRuns: 2_000 },
  );
});

const points = (...values: [string, string][]) =>
  values.map(([day, nav]) => ({ day, nav: new Decimal(nav) }));
const held = (units: string, settledOn = '2026-01-01') => [{ units: new Decimal(units), settledOn }];

describe('drawdown', () => {
  const fall = points(['2026-01-01', '1'], ['2026-02-01', '2'], ['2026-03-01', '1.7']);

  test('is measured from the peak of the span, and forgets what lies before', () => {
    expect(drawdownOf([{ flows: held('10'), navs: fall }], '2026-01-01')).toEqual({
      dropPct: new Decimal(15),
      peakOn: '2026-02-01',
      asOf: '2026-03-01',
    });
    expect(drawdownOf([{ flows: held('10'), navs: fall }], '2026-02-15')).toBeNull();
  });

  test('redeeming most of it is no fall, and buying does not hide one', () => {
    const redeemed = [...held('10'), { units: new Decimal(-9), settledOn: '2026-02-01' }];
    const more = [...held('10'), { units: new Decimal(9_000), settledOn: '2026-02-01' }];
    for (const flows of [redeemed, more])
      expect(drawdownOf([{ flows, navs: fall }], '2026-01-01')?.dropPct.toFixed()).toBe('15');
  });

  test('weighs products by what they are worth; one without a value yet does not count', () => {
    const steady = points(['2026-01-01', '1'], ['2026-03-01', '1']);
    const found = drawdownOf(
      [
        { flows: held('10'), navs: fall },
        { flows: held('20'), navs: steady },
        { flows: held('99'), navs: [] },
      ],
      '2026-01-01',
    );
    // 30 → 40 → 37
    expect(found?.dropPct.toFixed(4)).toBe('7.5000');
  });

  test('nothing held, or nothing known, is no drawdown', () => {
    expect(drawdownOf([], '2026-01-01')).toBeNull();
    expect(drawdownOf([{ flows: [], navs: fall }], '2026-01-01')?.dropPct.toFixed()).toBe('0');
  });

  test.each([
    ['0', 'NONE', 'NONE', false],
    ['9.9999', 'NONE', 'NONE', false],
    ['10', 'NONE', 'GE_10_PCT', true],
    ['19.9999', 'GE_10_PCT', 'GE_10_PCT', false],
    ['20', 'NONE', 'GE_20_PCT', true],
    ['20', 'GE_10_PCT', 'GE_20_PCT', true],
    ['20', 'GE_20_PCT', 'GE_20_PCT', false],
    ['15', 'GE_20_PCT', 'GE_10_PCT', false],
    ['5', 'GE_20_PCT', 'NONE', false],
  ] as [string, Band, Band, boolean][])(
    '%s %% down, told %s: %s, an event: %s',
    (drop, told, band, isTold) => {
      const subject = { clientId: '019c0000-0000-7000-8000-000000000001', currency: 'CNY' };
      const found = { dropPct: new Decimal(drop), peakOn: '2026-01-01', asOf: '2026-03-01' };
      const { band: next, events } = watchDrawdown(subject, found, told);
      expect(next).toBe(band);
      expect(events.map((event) => event.data)).toEqual(
        isTold ? [{ ...subject, band, peakOn: '2026-01-01', asOf: '2026-03-01' }] : [],
      );
    },
  );
});

describe('the return of a whole portfolio', () => {
  const day = (n: number) => `2026-01-${String(n).padStart(2, '0')}`;
  const nav = fc.integer({ min: 1, max: 50_000 }).map((n) => new Decimal(n).div(10_000));
  const history = fc.record({
    navs: fc.array(nav, { minLength: 2, maxLength: 25 }),
    flows: fc.array(
      fc.record({ on: fc.integer({ min: 1, max: 25 }), units: fc.integer({ min: 1, max: 1_000 }) }),
      { maxLength: 8 },
    ),
  });
  const positionOf = ({
    navs,
    flows,
  }: {
    navs: Decimal[];
    flows: { on: number; units: number }[];
  }): Position => ({
    navs: navs.map((value, at) => ({ day: day(at + 1), nav: value })),
    flows: [
      { units: new Decimal(1), settledOn: day(1) },
      ...flows.map(({ on, units }) => ({ units: new Decimal(units), settledOn: day(on) })),
    ],
  });

  test('of one product is that of its unit, whatever is paid in along the way', () => {
    fc.assert(
      fc.property(history, ({ navs, flows }) => {
        const [first, last] = [navs[0], navs.at(-1)];
        const expected = last
          ?.div(first ?? 1)
          .minus(1)
          .times(100);
        return portfolioReturn([positionOf({ navs, flows })], day(1))
          .minus(expected ?? 0)
          .abs()
          .lessThan(0.01);
      }),
      { numRuns: 2_000 },
    );
  });

  test('of several lies between the worst and the best step of each day, and of two alike is that of one', () => {
    fc.assert(
      fc.property(history, (one) => {
        const position = positionOf(one);
        return portfolioReturn([position, position], day(1)).equals(portfolioReturn([position], day(1)));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each([
    ['a value of before the span is where it begins', day(5), '10'],
    ['and so is the day before, where the span begins with a value of its own', day(10), '10'],
    ['nothing but what came after its last value', day(11), '0'],
  ])('%s', (_, from, expected) => {
    const navs = points([day(1), '1'], [day(10), '1.1']);
    expect(portfolioReturn([{ flows: held('100', day(1)), navs }], from).toFixed()).toBe(expected);
  });

  test('what is paid in on the first day of the span counts from its value of that day', () => {
    const navs = points([day(1), '1'], [day(10), '2'], [day(20), '3']);
    const flows = held('100', day(10));
    expect(portfolioReturn([{ flows, navs }], day(10)).toFixed()).toBe('50');
    expect(portfolioReturn([{ flows: [...held('1', day(1)), ...flows], navs }], day(10)).toFixed()).toBe(
      '200',
    );
  });
});
