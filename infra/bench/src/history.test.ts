import { describe, expect, test } from '@jest/globals';
import { purchaseHistory } from './history.js';

const SIZE = 30_000;

describe('a history of purchases', () => {
  const history = purchaseHistory(SIZE);
  const counts = new Map<number, number>();
  for (const { customer } of history) counts.set(customer, (counts.get(customer) ?? 0) + 1);

  test('is as long as asked for, oldest first, and the same each time', () => {
    expect(history).toHaveLength(SIZE);
    expect(history.map(({ day }) => day)).toEqual([...history.map(({ day }) => day)].sort());
    expect(purchaseHistory(SIZE)).toEqual(history);
  });

  test('is like a real one: half buy once, a few buy often, and what they spend differs', () => {
    const sizes = [...counts.values()].sort((a, b) => b - a);
    const once = sizes.filter((n) => n === 1).length / sizes.length;
    expect(once).toBeGreaterThan(0.4);
    expect(once).toBeLessThan(0.65);
    const best = sizes.slice(0, Math.floor(sizes.length / 10)).reduce((sum, n) => sum + n, 0) / SIZE;
    expect(best).toBeGreaterThan(0.3);
    const mean = history.reduce((sum, { amount }) => sum + amount, 0) / SIZE;
    expect(mean).toBeGreaterThan(250);
    expect(mean).toBeLessThan(500);
    expect(Math.min(...history.map(({ amount }) => amount))).toBeGreaterThan(0);
  });
});
