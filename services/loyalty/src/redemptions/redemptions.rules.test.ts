import { Decimal } from '@client-graph/kit/decimal';
import { describe, expect, test } from '@jest/globals';
import { type MembershipTier, newMembership, type TierRule } from '../membership/membership.rules.js';
import type { RewardTerms } from '../rewards/rewards.rules.js';
import {
  GIVES_BACK,
  moneyOf,
  move,
  mustOffer,
  mustSpend,
  type Redemption,
  type RedemptionState,
  type RedemptionStep,
  TRANSITIONS,
} from './redemptions.rules.js';

const CLIENT = '01900000-0000-7000-8000-000000000001';
const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const refused = (code: string, details?: object) =>
  expect.objectContaining(details === undefined ? { code } : { code, details });
const aRedemption = (state: RedemptionState): Redemption => ({
  id: id(2),
  clientId: CLIENT,
  rewardCode: 'GIFT-TEA',
  kind: 'GIFT',
  quantity: 1,
  points: 800,
  state,
  reason: null,
});

describe('a redemption', () => {
  const states = Object.keys(TRANSITIONS) as RedemptionState[];
  const steps: RedemptionStep[] = ['RESERVE', 'FULFIL', 'CANCEL', 'FAIL', 'REVERSE'];
  const allowed: Record<string, RedemptionState> = {
    'REQUESTED RESERVE': 'RESERVED',
    'REQUESTED FAIL': 'FAILED',
    'RESERVED FULFIL': 'FULFILLED',
    'RESERVED CANCEL': 'CANCELLED',
    'RESERVED FAIL': 'FAILED',
    'FULFILLED REVERSE': 'REVERSED',
  };

  test.each(states.flatMap((state) => steps.map((step) => [state, step] as const)))(
    '%s: %s',
    (state, step) => {
      const to = allowed[`${state} ${step}`];
      if (to === undefined) {
        expect(() => move(aRedemption(state), step, null)).toThrow(refused('WRONG_STATE', { state }));
        return;
      }
      const { changes, events } = move(aRedemption(state), step, 'ERROR');
      expect(changes).toEqual({ state: to, reason: 'ERROR' });
      expect(events).toHaveLength(1);
      expect(events[0]?.data).toMatchObject({
        redemptionId: id(2),
        amount: 800,
        rule: 'GIFT-TEA',
        reason: 'ERROR',
      });
      expect(events[0]?.contract.type).toBe(`redemption.${to.toLowerCase()}`);
    },
  );

  test('gives points back where it ends without the reward', () => {
    expect([...GIVES_BACK].sort()).toEqual(['CANCEL', 'FAIL', 'REVERSE']);
  });

  test('of a fee credit has an amount in its currency', () => {
    expect(moneyOf(1_250, 'CNY')?.amount.toFixed(2)).toBe('12.50');
    expect(moneyOf(1_250, 'JPY')?.amount.toFixed()).toBe('1250');
    expect(moneyOf(null, null)).toBeNull();
  });
});

describe('points may be spent', () => {
  test.each([
    ['ACTIVE', null],
    ['DORMANT', null],
    ['CLOSING', null],
    ['RESTRICTED', 'CLIENT_RESTRICTED'],
    ['DECEASED', 'CLIENT_RESTRICTED'],
    ['MERGED', 'CLIENT_RESTRICTED'],
    ['ERASED', 'CLIENT_RESTRICTED'],
    ['CLOSED', 'CLIENT_RESTRICTED'],
  ])('by a client who is %s: %s', (status, code) => {
    const spend = () => mustSpend(newMembership(CLIENT, '2026-01-05'), status);
    if (code === null) expect(spend).not.toThrow();
    else expect(spend).toThrow(refused(code));
  });

  test('never out of a closed membership', () => {
    expect(() => mustSpend({ ...newMembership(CLIENT, '2026-01-05'), status: 'CLOSED' }, 'ACTIVE')).toThrow(
      refused('MEMBERSHIP_CLOSED'),
    );
  });
});

describe('a reward is had', () => {
  const codes: MembershipTier[] = ['CLASSIC', 'PLUS', 'PREMIER', 'SIGNATURE'];
  const tiers: TierRule[] = codes.map((code, rank) => ({
    code,
    version: 1,
    effectiveFrom: '2026-01-01',
    qualifyingPoints: rank * 1_000,
    multiplier: new Decimal(1),
  }));
  const terms: RewardTerms = {
    code: 'GIFT-TEA',
    version: 1,
    effectiveFrom: '2026-01-01',
    lastDay: '2026-03-31',
    points: 800,
    tier: 'PLUS',
    perClientYear: 4,
  };
  const wanted = (
    changes: { tier?: MembershipTier; stock?: number | null; [other: string]: unknown } = {},
  ) => {
    const { tier = 'PLUS', stock = 3, ...rest } = changes;
    return mustOffer({
      reward: { id: id(3), code: 'GIFT-TEA', kind: 'GIFT', stock },
      terms,
      quantity: 1,
      hadThisYear: 0,
      membership: { ...newMembership(CLIENT, '2026-01-05'), tier },
      tiers,
      today: '2026-03-02',
      ...rest,
    });
  };

  test.each([
    ['CLASSIC', false],
    ['PLUS', true],
    ['PREMIER', true],
    ['SIGNATURE', true],
  ] as const)('by the tier it is for and those above: %s %s', (tier, isHad) => {
    if (isHad) expect(wanted({ tier })).toBe(terms);
    else expect(() => wanted({ tier })).toThrow(refused('TIER_TOO_LOW', { tier: 'PLUS' }));
  });

  test.each([
    ['its last day', '2026-03-31', true],
    ['the day after', '2026-04-01', false],
  ])('until its last day: %s', (_, today, isHad) => {
    if (isHad) expect(wanted({ today })).toBe(terms);
    else expect(() => wanted({ today })).toThrow(refused('REWARD_NOT_OFFERED'));
  });

  test('not before it has terms', () => {
    expect(() => wanted({ terms: undefined })).toThrow(refused('REWARD_NOT_OFFERED'));
  });

  test.each([
    [3, 1, true],
    [3, 2, false],
    [4, 1, false],
    [0, 4, false],
  ])('after %d this year, %d more: %s', (hadThisYear, quantity, isHad) => {
    const ask = () => wanted({ hadThisYear, quantity, stock: quantity === 4 ? 3 : 10 });
    if (isHad) expect(ask()).toBe(terms);
    else expect(ask).toThrow(refused(quantity === 4 ? 'OUT_OF_STOCK' : 'REWARD_LIMIT'));
  });

  test('as far as stock goes; without end where none is kept', () => {
    expect(wanted({ stock: 1 })).toBe(terms);
    expect(() => wanted({ stock: 0 })).toThrow(refused('OUT_OF_STOCK', { left: 0 }));
    expect(wanted({ stock: null, quantity: 4 })).toBe(terms);
  });
});
