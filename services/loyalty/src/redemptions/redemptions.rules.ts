import {
  type EventDraft,
  PointsRedeemed,
  RedemptionCancelled,
  RedemptionFailed,
  RedemptionFulfilled,
  RedemptionReserved,
  RedemptionReversed,
} from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { currencyDecimals } from '@client-graph/kit/money';
import { defineRefusals } from '@client-graph/kit/refusals';
import type { Membership, TierRule } from '../membership/membership.rules.js';
import {
  type Account,
  type Booking,
  balanceOf,
  draw,
  entryOf,
  factOf,
  inSpendingOrder,
} from '../points/lots.rules.js';
import { type Reward, type RewardKind, type RewardTerms, reachesTier } from '../rewards/rewards.rules.js';

export const refuse = defineRefusals({
  POINTS_SHORT: 'There are fewer points to spend than the reward costs.',
  OUT_OF_STOCK: 'Fewer of this reward are left than were asked for.',
  REWARD_LIMIT: 'The client has had as many of this reward this year as one may.',
  REWARD_NOT_OFFERED: 'This reward is not on offer today.',
  TIER_TOO_LOW: 'This reward is for members of a higher tier.',
  MEMBERSHIP_CLOSED: 'The membership has ended: its points can no longer be spent.',
  CLIENT_RESTRICTED: 'The client may not be served at present: points cannot be spent.',
  FEE_CREDIT_BY_ORDER: 'Points are set against a fee where the fee is: at the order.',
  WRONG_STATE: 'The redemption is not in a state in which this can be done.',
});

export type RedemptionState = 'REQUESTED' | 'RESERVED' | 'FULFILLED' | 'CANCELLED' | 'FAILED' | 'REVERSED';
export type RedemptionStep = 'RESERVE' | 'FULFIL' | 'CANCEL' | 'FAIL' | 'REVERSE';

/** `domain.md` 3.5.1: what may become of a redemption. */
export const TRANSITIONS: Record<RedemptionState, Partial<Record<RedemptionStep, RedemptionState>>> = {
  REQUESTED: { RESERVE: 'RESERVED', FAIL: 'FAILED' },
  RESERVED: { FULFIL: 'FULFILLED', CANCEL: 'CANCELLED', FAIL: 'FAILED' },
  FULFILLED: { REVERSE: 'REVERSED' },
  CANCELLED: {},
  FAILED: {},
  REVERSED: {},
};

export const STATE_LABELS = {
  REQUESTED: { EN: 'Requested', ZH_HANS: '已申请', ZH_HANT: '已申請' },
  RESERVED: { EN: 'Reserved', ZH_HANS: '已预留', ZH_HANT: '已預留' },
  FULFILLED: { EN: 'Handed over', ZH_HANS: '已兑付', ZH_HANT: '已兌付' },
  CANCELLED: { EN: 'Cancelled', ZH_HANS: '已取消', ZH_HANT: '已取消' },
  FAILED: { EN: 'Failed', ZH_HANS: '未成功', ZH_HANT: '未成功' },
  REVERSED: { EN: 'Taken back', ZH_HANS: '已撤回', ZH_HANT: '已撤回' },
} as const;

export type Redemption = {
  id: string;
  clientId: string;
  rewardCode: string;
  kind: RewardKind;
  quantity: number;
  points: number;
  state: RedemptionState;
  reason: string | null;
};

/** Steps after which points and stock that were set aside go back. */
export const GIVES_BACK: ReadonlySet<RedemptionStep> = new Set(['CANCEL', 'FAIL', 'REVERSE']);

const TOLD = {
  RESERVE: RedemptionReserved,
  FULFIL: RedemptionFulfilled,
  CANCEL: RedemptionCancelled,
  FAIL: RedemptionFailed,
  REVERSE: RedemptionReversed,
} as const;

/** Moves a redemption along its table. Refuses WRONG_STATE. */
export function move(
  redemption: Redemption,
  step: RedemptionStep,
  reason: string | null,
): { changes: { state: RedemptionState; reason: string | null }; events: EventDraft[] } {
  const state = TRANSITIONS[redemption.state][step];
  if (state === undefined) throw refuse('WRONG_STATE', { state: redemption.state });
  const { clientId, id, kind, rewardCode, points } = redemption;
  const told = { clientId, redemptionId: id, kind, rule: rewardCode, amount: points, reason };
  return { changes: { state, reason: reason ?? redemption.reason }, events: [TOLD[step](told)] };
}

/** Standings of a client with whom no business is done. */
const NOT_SERVED: ReadonlySet<string> = new Set(['RESTRICTED', 'CLOSED', 'DECEASED', 'ERASED', 'MERGED']);

/** Whether points may be spent at all by this member (`domain.md` 3.5.4, 7). Refuses MEMBERSHIP_CLOSED, CLIENT_RESTRICTED. */
export function mustSpend(membership: Membership, clientStatus: string): void {
  if (membership.status !== 'ACTIVE') throw refuse('MEMBERSHIP_CLOSED');
  if (NOT_SERVED.has(clientStatus)) throw refuse('CLIENT_RESTRICTED');
}

type Wanted = {
  reward: Reward;
  terms: RewardTerms | undefined;
  quantity: number;
  /** How many of it the client has had this year. */
  hadThisYear: number;
  membership: Membership;
  tiers: readonly TierRule[];
  today: string;
};

/** Whether a reward may be had, its price aside. Returns the terms it is had by. */
export function mustOffer({
  reward,
  terms,
  quantity,
  hadThisYear,
  membership,
  tiers,
  today,
}: Wanted): RewardTerms {
  if (terms === undefined || (terms.lastDay !== null && terms.lastDay < today))
    throw refuse('REWARD_NOT_OFFERED');
  if (!reachesTier(tiers, membership.tier, terms.tier)) throw refuse('TIER_TOO_LOW', { tier: terms.tier });
  if (terms.perClientYear !== null && hadThisYear + quantity > terms.perClientYear)
    throw refuse('REWARD_LIMIT', { had: hadThisYear, limit: terms.perClientYear });
  if (reward.stock !== null && reward.stock < quantity) throw refuse('OUT_OF_STOCK', { left: reward.stock });
  return terms;
}

/** Takes the points of a redemption, soonest expiry first, each debited lot named. Refuses POINTS_SHORT. */
export function redeem(
  account: Account,
  {
    redemptionId,
    reward,
    points,
    day,
  }: { redemptionId: string; reward: string; points: number; day: string },
  newId: () => string,
): Booking {
  const balance = balanceOf(account.lots);
  const { taken, short } = draw(inSpendingOrder(account.lots), points, 'EXHAUSTED');
  if (short > 0) throw refuse('POINTS_SHORT', { balance, points });
  const entry = {
    ...entryOf({ clientId: account.clientId, rule: reward }, newId(), 'REDEEM', day),
    available: -points,
    referenceId: redemptionId,
  };
  const lotIds = taken.map(({ lot }) => lot.id);
  return {
    lots: taken.map(({ lot }) => lot),
    entries: [entry],
    allocations: taken.map(({ lot, points: part }) => ({ entryId: entry.id, lotId: lot.id, points: part })),
    debt: account.debt,
    events: [PointsRedeemed({ ...factOf(entry, lotIds, points, balance - points), redemptionId })],
  };
}

/** An amount of minor units as money; null for what is no fee credit. */
export const moneyOf = (minor: number | null, currency: string | null) =>
  minor === null || currency === null
    ? null
    : { amount: new Decimal(minor).div(new Decimal(10).pow(currencyDecimals(currency))), currency };
