import { expect, test } from '@jest/globals';
import { Rates } from './rates.js';

test('so many at once, then so many a second, each caller for themself', () => {
  let now = 0;
  const rates = new Rates({ perSecond: 2, burst: 3 }, () => now);
  expect([1, 2, 3].map(() => rates.take('a'))).toEqual([0, 0, 0]);
  expect(rates.take('a')).toBeCloseTo(0.5);
  expect(rates.take('b')).toBe(0);
  now = 499;
  expect(rates.take('a')).toBeGreaterThan(0);
  now = 501;
  expect(rates.take('a')).toBe(0);
  expect(rates.take('a')).toBeGreaterThan(0);
  now = 1_000_000;
  expect([1, 2, 3].map(() => rates.take('a'))).toEqual([0, 0, 0]);
  expect(rates.take('a')).toBeGreaterThan(0);
});

test('nobody is limited where the rate is none', () => {
  const rates = new Rates({ perSecond: 0, burst: 1 });
  expect([1, 2, 3].map(() => rates.take('a'))).toEqual([0, 0, 0]);
});

test('a flood of callers does not fill the memory, and who has just asked too much is not forgotten for it', () => {
  let now = 0;
  const rates = new Rates({ perSecond: 1, burst: 1 }, () => now);
  for (let n = 0; n < 200_000; n += 1) {
    now = n / 100;
    rates.take(`${n}`);
  }
  expect(rates.size).toBeLessThanOrEqual(50_000);
  expect(rates.take('199999')).toBeGreaterThan(0);
});
