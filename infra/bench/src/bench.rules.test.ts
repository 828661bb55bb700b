import { describe, expect, test } from '@jest/globals';
import { sumOf } from './counters.js';
import { levelsOf } from './fetches.js';
import { quantile } from './load.js';
import { readOptions } from './options.js';
import { figure, render } from './table.js';

const fetched = (service: 'clients' | 'risk' | 'products', startedMs: number, endedMs: number) => ({
  service,
  body: '',
  startedMs,
  endedMs,
});
const names = (...seen: ReturnType<typeof fetched>[]) =>
  levelsOf(seen).map((level) => level.map(({ service }) => service));

describe('the levels of recorded fetches', () => {
  test('fetches that overlap stand beside each other, behind the one they waited for', () => {
    const [first, left, right] = [
      fetched('clients', 0, 100),
      fetched('risk', 101, 210),
      fetched('products', 103, 205),
    ];
    expect(names(right, first, left)).toEqual([['clients'], ['risk', 'products']]);
  });

  test('a fetch that waited for one of two stands behind both', () => {
    const seen = [fetched('clients', 0, 100), fetched('risk', 101, 200), fetched('products', 201, 300)];
    expect(names(...seen)).toEqual([['clients'], ['risk'], ['products']]);
  });
});

test('a quantile is a value there was, and NaN of none', () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([5], 0.99)).toBe(5);
  const upTo199 = Array.from({ length: 200 }, (_, index) => index);
  expect(quantile(upTo199, 0.99)).toBe(198);
  expect(quantile([], 0.5)).toBeNaN();
});

test('series are added up by whole name and label', () => {
  const metrics =
    'a_total{target="x",outcome="ok"} 2\na_total{target="x",outcome="errors"} 3\na_total{target="y"} 9\na_total_more 7\n# a_total 1';
  expect(sumOf(metrics, 'a_total', 'target="x"')).toBe(5);
  expect(sumOf(metrics, 'a_total')).toBe(14);
});

describe('options', () => {
  test('what is not given has a default', () => {
    expect(readOptions(['--clients', '1000', '--seconds', '2'])).toEqual({
      clients: [1_000],
      seconds: 2,
      connections: 20,
      only: ['page', 'list', 'delay', 'relay'],
      json: undefined,
    });
  });

  test.each([
    ['--clients', '1000,100'],
    ['--clients', 'many'],
    ['--seconds', '0'],
    ['--only', 'page,lists'],
    ['--speed', '3'],
  ])('%s %s is refused in a sentence that names it', (option, value) => {
    expect(() => readOptions([option, value])).toThrow(option);
  });
});

test.each([
  [12_345.6, '12,346'],
  [27.14, '27.1'],
  [0.0423, '0.0423'],
  [3, '3'],
])('%d is shown as %s', (value, shown) => {
  expect(figure(value)).toBe(shown);
});

test('columns of numbers are set to the right, a missing cell is a dash', () => {
  const table = render({
    title: 'T',
    head: ['who', 'n'],
    lines: [
      ['a', 5],
      ['all', null],
      ['b', 1_000],
    ],
  });
  expect(table.split('\n').slice(4, 8)).toEqual(['───  ─────', 'a        5', 'all      –', 'b    1,000']);
});
