import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Programme } from '../membership/membership.rules.js';
import { refuse } from '../redemptions/redemptions.rules.js';
import { creditCeiling, creditPoints, objectionTo } from './fees.rules.js';

const [PROGRAMME] = JSON.parse(
  readFileSync(new URL('../../data/programme.json', import.meta.url), 'utf8'),
) as [Programme];
const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const request = (changes = {}) => ({
  clientId: id(1),
  orderId: id(2),
  creditId: id(3),
  feeMinor: 100_000,
  amountMinor: 20_000,
  currency: 'CNY',
  ...changes,
});
const known = (changes = {}) => ({
  programme: PROGRAMME,
  creditedMinor: 0,
  balance: 1_000_000,
  mustHave: () => undefined,
  ...changes,
});

describe('a credit against a fee', () => {
  test.each([
    [1, 1],
    [99, 99],
    [100, 100],
    [20_000, 20_000],
  ])('of %d fen costs %d points: 100 points are CNY 1', (amountMinor, points) => {
    expect(creditPoints(request({ amountMinor }), PROGRAMME)).toBe(points);
  });

  test('costs a whole point for a part of one', () => {
    expect(creditPoints(request({ amountMinor: 1 }), { ...PROGRAMME, pointsPerCurrency: 50 })).toBe(1);
  });

  test.each([
    [100_000, 50_000],
    [100_001, 50_000],
    [1, 0],
    [0, 0],
  ])('on a fee of %d fen is %d fen at most', (feeMinor, ceiling) => {
    expect(creditCeiling(request({ feeMinor }), PROGRAMME)).toBe(ceiling);
  });

  test.each([
    ['nothing speaks against it', {}, {}, null],
    ['at the ceiling', { amountMinor: 50_000 }, {}, null],
    ['one fen above it', { amountMinor: 50_001 }, {}, 'ABOVE_CEILING'],
    [
      'at the ceiling with what the order has already',
      { amountMinor: 20_000 },
      { creditedMinor: 30_000 },
      null,
    ],
    ['above it with that', { amountMinor: 20_000 }, { creditedMinor: 30_001 }, 'ABOVE_CEILING'],
    ['of nothing', { amountMinor: 0 }, {}, 'NO_AMOUNT'],
    ['in another currency', { currency: 'HKD' }, {}, 'CURRENCY'],
    ['just enough points', {}, { balance: 20_000 }, null],
    ['a point short', {}, { balance: 19_999 }, 'POINTS_SHORT'],
    [
      'a tier too low',
      {},
      {
        mustHave: () => {
          throw refuse('TIER_TOO_LOW');
        },
      },
      'TIER_TOO_LOW',
    ],
  ])('%s', (_, of, knowing, code) => {
    expect(objectionTo(request(of), known(knowing))).toBe(code);
  });

  test('a fault is no objection', () => {
    const mustHave = () => {
      throw new Error('broken');
    };
    expect(() => objectionTo(request(), known({ mustHave }))).toThrow('broken');
  });
});
