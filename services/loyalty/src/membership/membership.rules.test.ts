import { readFileSync } from 'node:fs';
import { Decimal } from '@client-graph/kit/decimal';
import { describe, expect, test } from '@jest/globals';
import {
  type MembershipTier,
  newMembership,
  qualifyingAfter,
  qualifyingPoints,
  review,
  type TierRule,
  tierOf,
  tiersInForce,
  upgrade,
} from './membership.rules.js';

const table = JSON.parse(readFileSync(new URL('../../data/tiers.json', import.meta.url), 'utf8')) as {
  version: number;
  effectiveFrom: string;
  rows: { code: MembershipTier; qualifyingPoints: number; multiplier: string }[];
};
const TIERS: TierRule[] = table.rows.map((row) => ({
  ...table,
  ...row,
  multiplier: new Decimal(row.multiplier),
}));
const CLIENT = '01900000-0000-7000-8000-000000000001';
const member = (tier: MembershipTier = 'CLASSIC') => ({ ...newMembership(CLIENT, '2026-01-05'), tier });
const earned = (points: number, day = '2026-03-02') => ({ day, points });

describe('the tiers in force', () => {
  const second = TIERS.map((tier) => ({ ...tier, version: 2, effectiveFrom: '2027-01-01' }));

  test('are those of the latest version that has begun, lowest first', () => {
    expect(
      tiersInForce([...second, ...TIERS].reverse(), '2026-12-31').map((t) => [t.code, t.version]),
    ).toEqual([
      ['CLASSIC', 1],
      ['PLUS', 1],
      ['PREMIER', 1],
      ['SIGNATURE', 1],
    ]);
    expect(tiersInForce([...second, ...TIERS], '2027-01-01').every((t) => t.version === 2)).toBe(true);
  });

  test('must be there: nothing is guessed on a day without a table', () => {
    expect(() => tiersInForce(TIERS, '2025-12-31')).toThrow('No table of tiers');
    expect(() => tierOf(TIERS.slice(1), 'CLASSIC')).toThrow('no CLASSIC');
  });

  test.each([
    ['CLASSIC', '1'],
    ['PLUS', '1.2'],
    ['PREMIER', '1.5'],
    ['SIGNATURE', '2'],
  ] as const)('%s multiplies by %s', (code, multiplier) => {
    expect(tierOf(TIERS, code).multiplier.toFixed()).toBe(multiplier);
  });
});

describe('points that count', () => {
  test.each([
    ['2026-03-02', '2025-03-02'],
    ['2028-02-29', '2027-02-28'],
    ['2029-02-28', '2028-02-28'],
    ['2026-12-31', '2025-12-31'],
  ])('on %s those earned after %s', (day, after) => {
    expect(qualifyingAfter(day)).toBe(after);
    expect(qualifyingPoints([earned(5, after)], day)).toBe(0);
    expect(qualifyingPoints([earned(7, day)], day)).toBe(7);
  });

  test('are those of twelve months up to the day, not after it', () => {
    const days = [
      earned(1, '2025-03-02'),
      earned(2, '2025-03-03'),
      earned(4, '2026-03-02'),
      earned(8, '2026-03-03'),
    ];
    expect(qualifyingPoints(days, '2026-03-02')).toBe(6);
  });
});

describe('an upgrade', () => {
  test.each([
    ['CLASSIC', 4_999, null],
    ['CLASSIC', 5_000, 'PLUS'],
    ['CLASSIC', 29_999, 'PLUS'],
    ['CLASSIC', 30_000, 'PREMIER'],
    ['CLASSIC', 150_000, 'SIGNATURE'],
    ['PLUS', 29_999, null],
    ['PLUS', 30_000, 'PREMIER'],
    ['PREMIER', 149_999, null],
    ['PREMIER', 150_000, 'SIGNATURE'],
    ['SIGNATURE', 1_000_000, null],
  ] as const)('from %s with %d points: %s', (tier, points, expected) => {
    expect(upgrade(member(tier), [earned(points)], TIERS)?.changes.tier ?? null).toBe(expected);
  });

  test.each(['PLUS', 'PREMIER', 'SIGNATURE'] as const)(
    'never takes a step down: %s with few points',
    (tier) => {
      expect(upgrade(member(tier), [earned(1)], TIERS)).toBeNull();
    },
  );

  test('holds for twelve months and is told', () => {
    const step = upgrade(member(), [earned(5_000, '2028-02-29')], TIERS);
    expect(step?.changes).toEqual({ tier: 'PLUS', tierFrom: '2028-02-29', tierTo: '2029-02-28' });
    expect(step?.events[0]?.data).toEqual({
      clientId: CLIENT,
      from: 'CLASSIC',
      to: 'PLUS',
      validTo: '2029-02-28',
    });
  });

  test('counts an order that is booked late with those after it', () => {
    expect(
      upgrade(member(), [earned(2_500, '2026-04-01'), earned(2_500, '2026-02-01')], TIERS)?.changes.tierFrom,
    ).toBe('2026-04-01');
  });

  test('needs something earned', () => {
    expect(upgrade(member(), [], TIERS)).toBeNull();
  });
});

describe('a review', () => {
  const held = (tier: MembershipTier, tierTo: string | null, tierFrom = '2026-03-02') => ({
    ...member(tier),
    tierFrom,
    tierTo,
  });
  const at = (today: string, m: ReturnType<typeof held>, points: number, day = '2027-01-10') =>
    review(m, today, [earned(points, day)], () => TIERS);

  test.each([
    ['the day before', '2027-03-01', false],
    ['on the anniversary', '2027-03-02', true],
    ['days late', '2027-04-15', true],
  ])('is due %s: %s %s', (_, today, isDue) => {
    expect(at(today, held('PLUS', '2027-03-02'), 0) !== null).toBe(isDue);
  });

  test('is never due for the lowest tier', () => {
    expect(at('2036-01-01', held('CLASSIC', null), 0)).toBeNull();
  });

  test.each([
    ['SIGNATURE', 0, 'PREMIER'],
    ['SIGNATURE', 149_999, 'PREMIER'],
    ['SIGNATURE', 150_000, 'SIGNATURE'],
    ['PREMIER', 0, 'PLUS'],
    ['PREMIER', 29_999, 'PLUS'],
    ['PREMIER', 30_000, 'PREMIER'],
    ['PLUS', 0, 'CLASSIC'],
    ['PLUS', 4_999, 'CLASSIC'],
    ['PLUS', 5_000, 'PLUS'],
    ['PLUS', 30_000, 'PREMIER'],
  ] as const)('of %s with %d points: %s, one step down at most', (tier, points, expected) => {
    expect(at('2027-03-02', held(tier, '2027-03-02'), points)?.changes.tier).toBe(expected);
  });

  test('that keeps the tier is told as a renewal, the day since which it is held stays', () => {
    const outcome = at('2027-03-02', held('PLUS', '2027-03-02'), 5_000);
    expect(outcome?.changes).toEqual({ tier: 'PLUS', tierFrom: '2026-03-02', tierTo: '2028-03-02' });
    expect(outcome?.events.map((event) => event.contract.type)).toEqual(['membership.tier.renewed']);
  });

  test('that takes a step down holds for twelve months, in the lowest tier without end', () => {
    expect(at('2027-03-09', held('PREMIER', '2027-03-02'), 0)?.changes).toEqual({
      tier: 'PLUS',
      tierFrom: '2027-03-02',
      tierTo: '2028-03-02',
    });
    const down = at('2027-03-09', held('PLUS', '2027-03-02'), 0);
    expect(down?.changes).toEqual({ tier: 'CLASSIC', tierFrom: '2027-03-02', tierTo: null });
    expect(down?.events[0]?.data).toEqual({ clientId: CLIENT, from: 'PLUS', to: 'CLASSIC', validTo: null });
  });

  test.each([
    ['2029-02-28', '2030-02-28'],
    ['2031-02-28', '2032-02-29'],
    ['2032-02-29', '2033-02-28'],
  ])('of a tier held since 29 February, on %s, comes again on %s', (tierTo, next) => {
    expect(at(tierTo, held('PLUS', tierTo, '2028-02-29'), 5_000, tierTo)?.changes.tierTo).toBe(next);
  });

  test('counts the twelve months up to the anniversary, not up to the day it is held', () => {
    const m = held('PLUS', '2027-03-02');
    expect(at('2027-06-01', m, 5_000, '2027-03-03')?.changes.tier).toBe('CLASSIC');
    expect(at('2027-06-01', m, 5_000, '2026-03-02')?.changes.tier).toBe('CLASSIC');
    expect(at('2027-06-01', m, 5_000, '2026-03-03')?.changes.tier).toBe('PLUS');
  });
});
