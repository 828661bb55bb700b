import { Decimal } from '@client-graph/kit/decimal';
import { plusMonths } from '@client-graph/kit/time';
import { describe, expect, test } from '@jest/globals';
import type { Rating } from '../products/products.rules.js';
import { gapsIn, NAV_LINES_MAX, readNavs, type VolatilityTable, volatilityOf } from './navs.rules.js';

const TODAY = '2026-03-02';
const file = (...lines: string[]) => ['code,day,nav', ...lines].join('\n');

test.each([
  ['WMP-1,2026-03-02,1.0234', null],
  ['WMP-1,2026-03-02,0.00000001', null],
  ['"WMP-1" , "2026-03-02" , "1"', null],
  ['WMP-1,2026-03-02', 'MISSING'],
  ['WMP-1,2026-03-02,', 'MISSING'],
  ['WMP-1,2026-03-02,0', 'NOT_POSITIVE'],
  ['WMP-1,2026-03-02,0.000', 'NOT_POSITIVE'],
  ['WMP-1,2026-03-02,-1.5', 'NOT_POSITIVE'],
  ['WMP-1,2026-03-02,1.000000001', 'TOO_MANY_DECIMALS'],
  ['WMP-1,2026-03-02,1000000000000', 'TOO_MANY_DECIMALS'],
  ['WMP-1,2026-03-02,1e3', 'NOT_A_NUMBER'],
  ['WMP-1,2026-03-02,NaN', 'NOT_A_NUMBER'],
  ['WMP-1,2026-03-02,1,5', 'COLUMNS'],
  [',2026-03-02,1', 'COLUMNS'],
  ['WMP-1,,1', 'COLUMNS'],
  ['WMP-1,2026-02-29,1', 'BAD_DAY'],
  ['WMP-1,02/03/2026,1', 'BAD_DAY'],
  ['WMP-1,2026-03-03,1', 'IN_FUTURE'],
  ['WMP-1,2024-02-29,1', null],
])('%s: %s', (line, code) => {
  const { read, lines, problems } = readNavs(file(line), TODAY);
  expect(read).toBe(1);
  expect(problems).toEqual(code === null ? [] : [{ line: 2, code }]);
  expect(lines).toHaveLength(code === null ? 1 : 0);
});

test('a double is left out, a day out of order is taken and told; empty lines, CRLF and a byte order mark do no harm', () => {
  const { read, lines, problems } = readNavs(
    '\uFEFFCode, Day ,NAV\r\nA,2026-03-01,1.1\r\n\r\nA,2026-03-01,1.2\r\nA,2026-02-01,1\r\nB,2026-01-01,9\r\n',
    TODAY,
  );
  expect(read).toBe(4);
  expect(lines.map(({ productCode, day, nav }) => [productCode, day, nav.toFixed()])).toEqual([
    ['A', '2026-03-01', '1.1'],
    ['A', '2026-02-01', '1'],
    ['B', '2026-01-01', '9'],
  ]);
  expect(problems).toEqual([
    { line: 4, code: 'DOUBLE' },
    { line: 5, code: 'OUT_OF_ORDER' },
  ]);
});

test.each([
  ['BAD_HEADER', ''],
  ['BAD_HEADER', 'code,nav,day\nA,1,2026-03-01'],
  ['TOO_MANY_LINES', file(...Array<string>(NAV_LINES_MAX + 1).fill('A,2026-03-01,1'))],
])('%s refuses the whole file', (code, csv) => {
  expect(() => readNavs(csv, TODAY)).toThrow(expect.objectContaining({ code }));
});

test('a gap is a span longer than the days allowed', () => {
  expect(gapsIn('p', ['2026-01-01', '2026-02-01', '2026-03-05'], 31)).toEqual([
    { productId: 'p', after: '2026-02-01', before: '2026-03-05' },
  ]);
  expect(gapsIn('p', ['2026-01-01'], 1)).toEqual([]);
});

const TABLE: VolatilityTable = {
  returnsMin: 36,
  monthsMax: 60,
  floorsPct: [
    ['R1', 0],
    ['R2', 2],
    ['R3', 5],
    ['R4', 15],
    ['R5', 25],
  ],
};
/** Monthly returns that alternate between plus and minus `swing`: their standard deviation is known by hand. */
function series(swing: string, months: number, start = '2020-01-31') {
  let nav = new Decimal(1);
  return Array.from({ length: months + 1 }, (_, at) => {
    if (at > 0) nav = nav.times(new Decimal(1).plus(new Decimal(swing).times(at % 2 === 0 ? -1 : 1)));
    return { day: plusMonths(start, at), nav };
  });
}

describe('volatility', () => {
  // With 36 returns of ±s the sample deviation is s × √(36/35), times √12 a year.
  const floors: [string, Rating][] = [
    ['0', 'R1'],
    ['0.0056', 'R1'], // 1.967 %
    ['0.0057', 'R2'], // 2.002 %
    ['0.0142', 'R2'], // 4.988 %
    ['0.0143', 'R3'], // 5.023 %
    ['0.0426', 'R3'], // 14.965 %
    ['0.0428', 'R4'], // 15.035 %
    ['0.0711', 'R4'], // 24.977 %
    ['0.0712', 'R5'], // 25.012 %
  ];
  test.each(floors)('monthly returns of ±%s ask for at least %s', (swing, floor) => {
    const found = volatilityOf(TABLE, series(swing, 36), false);
    const byHand = Number(swing) * Math.sqrt(36 / 35) * Math.sqrt(12) * 100;
    expect(found?.pct.toNumber()).toBeCloseTo(byHand, 2);
    expect(found).toMatchObject({ floor, returns: 36, from: '2020-01-31', to: '2023-01-31' });
  });

  test.each([
    ['0', 'R2'],
    ['0.0143', 'R4'],
    ['0.0712', 'R5'],
  ])('a complex product that swings by ±%s is one step higher, %s at most', (swing, floor) => {
    expect(volatilityOf(TABLE, series(swing, 36), true)?.floor).toBe(floor);
  });

  test('fewer than 36 returns say nothing; a missing month begins the run anew', () => {
    expect(volatilityOf(TABLE, series('0.01', 35), false)).toBeNull();
    expect(volatilityOf(TABLE, [], false)).toBeNull();
    const broken = series('0.01', 60).filter((_, at) => at !== 10);
    expect(volatilityOf(TABLE, broken, false)).toMatchObject({ returns: 49, from: broken[10]?.day });
    expect(volatilityOf(TABLE, broken.slice(0, 46), false)).toBeNull();
  });

  test('only the newest 60 returns count, and of each month its last value', () => {
    const long = series('0.01', 100).flatMap((point) => [
      { day: `${point.day.slice(0, 8)}01`, nav: new Decimal(99) },
      point,
    ]);
    expect(volatilityOf(TABLE, long, false)).toMatchObject({ returns: 60, to: long.at(-1)?.day });
  });
});
