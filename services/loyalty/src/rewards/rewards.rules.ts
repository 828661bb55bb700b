import type { MembershipTier, TierRule } from '../membership/membership.rules.js';

export type RewardKind = 'GIFT' | 'FEE_CREDIT' | 'EVENT_SEAT';

/** A reward of the catalogue. Its stock is what can still be reserved; null where nothing runs out. */
export type Reward = { id: string; code: string; kind: RewardKind; stock: number | null };

/** One dated version of what a reward costs and who may have it (policy 6.2: **data**). */
export type RewardTerms = {
  code: string;
  version: number;
  effectiveFrom: string;
  /** The last day on which it can be had; null without end. */
  lastDay: string | null;
  /** What one costs; null for a fee credit, which costs what the fee makes it. */
  points: number | null;
  /** The lowest tier that may have it. */
  tier: MembershipTier;
  /** How many a client may have in a calendar year; null without limit. */
  perClientYear: number | null;
};

export const KIND_LABELS = {
  GIFT: { EN: 'Gift', ZH_HANS: '礼品', ZH_HANT: '禮品' },
  FEE_CREDIT: { EN: 'Fee credit', ZH_HANS: '费用抵扣', ZH_HANT: '費用抵扣' },
  EVENT_SEAT: { EN: 'Seat at an event', ZH_HANS: '活动席位', ZH_HANT: '活動席位' },
} as const;

/** Whether a tier of the table is the wanted one or a higher one. */
export const reachesTier = (
  tiers: readonly TierRule[],
  held: MembershipTier,
  wanted: MembershipTier,
): boolean => {
  const rank = (code: MembershipTier) => tiers.findIndex((tier) => tier.code === code);
  return rank(held) >= rank(wanted);
};
