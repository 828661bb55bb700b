import { type EventDraft, MembershipTierChanged, MembershipTierRenewed } from '@client-graph/events';
import type { Decimal } from '@client-graph/kit/decimal';
import { plusDays, plusMonths } from '@client-graph/kit/time';
import type { Labels } from '../points/lots.rules.js';

export type MembershipTier = 'CLASSIC' | 'PLUS' | 'PREMIER' | 'SIGNATURE';
export type MembershipStatus = 'ACTIVE' | 'CLOSED';

export type Membership = {
  /** The client's id. */
  id: string;
  tier: MembershipTier;
  tierFrom: string;
  tierTo: string | null;
  status: MembershipStatus;
  /** Points that next earnings owe, because what earned them was undone after they were spent. */
  debt: number;
  /** Of a membership that has ended: the day on which its points lapse. */
  lapseOn: string | null;
  /** Of a duplicate: the client whose its points are now. */
  mergedInto: string | null;
};

/** What the programme as a whole goes by, one dated row (policy 6.2: **data**; `domain.md` 3.5.2 and 3.5.4). */
export type Programme = {
  version: number;
  effectiveFrom: string;
  /** So many points are worth one whole unit of the currency. */
  pointsPerCurrency: number;
  currency: string;
  /** The share of a fee that points may pay. */
  feeCreditMaxPercent: number;
  /** How long points that come back after their day can still be spent. */
  graceDays: number;
  /** How long after the end of the relationship points lapse. */
  lapseNoticeDays: number;
  /** How long before their last day a member is told of points that lapse. */
  expiryNoticeDays: number;
  /** Whether points that were spent before their earning was undone are owed or forgiven. */
  debtRule: 'CARRY' | 'FORGIVE';
  /** How long a reward waits to be fetched before it is called off. */
  reservationDays: number;
  /** How long points that were booked by hand can be spent. */
  adjustmentExpiryMonths: number;
};

/** Something that a tier gives, in words. */
export type Benefit = { code: string; labels: Labels };

/** One row of the tiers' table (policy 6.2, `domain.md` 3.5.3). All rows of one version come into force together. */
export type TierRule = {
  code: MembershipTier;
  version: number;
  effectiveFrom: string;
  qualifyingPoints: number;
  multiplier: Decimal;
};

export const STATUS_LABELS = {
  ACTIVE: { EN: 'Active', ZH_HANS: '有效', ZH_HANT: '有效' },
  CLOSED: { EN: 'Closed', ZH_HANS: '已关闭', ZH_HANT: '已關閉' },
} as const;

/** Points count towards a tier for twelve months: this day's are the first that no longer do. */
export const qualifyingAfter = (day: string): string => plusMonths(day, -12);

const TIER_VALID_MONTHS = 12;

/** Everybody begins in the lowest tier, which has no end. */
export const newMembership = (clientId: string, day: string): Membership => ({
  id: clientId,
  tier: 'CLASSIC',
  tierFrom: day,
  tierTo: null,
  status: 'ACTIVE',
  debt: 0,
  lapseOn: null,
  mergedInto: null,
});

/** The tiers' table that is in force on a day: the latest version that has begun, lowest tier first. */
export function tiersInForce<Tier extends TierRule>(rows: readonly Tier[], day: string): Tier[] {
  const version = Math.max(...rows.filter((row) => row.effectiveFrom <= day).map((row) => row.version));
  const tiers = rows.filter((row) => row.version === version);
  if (tiers.length === 0) throw new Error(`No table of tiers is in force on ${day}.`);
  return tiers.sort((a, b) => a.qualifyingPoints - b.qualifyingPoints);
}

/** The row of a tier that somebody holds. */
export function tierOf<Tier extends TierRule>(tiers: readonly Tier[], code: MembershipTier): Tier {
  const tier = tiers.find((row) => row.code === code);
  if (tier === undefined) throw new Error(`The table of tiers in force has no ${code}.`);
  return tier;
}

/** Points earned on a business day by rules that count towards the tier. */
export type QualifyingDay = { day: string; points: number };

/** What counts on a day: the twelve months up to it, the day itself included. */
export const qualifyingPoints = (days: readonly QualifyingDay[], day: string): number =>
  days
    .filter((earned) => earned.day > qualifyingAfter(day) && earned.day <= day)
    .reduce((sum, earned) => sum + earned.points, 0);

/**
 * Moves a member up as soon as the points are there, as many steps as they reach; never down, which is the review's
 * business. Judged on the last business day known, so that an order booked late still counts with those after it.
 */
export function upgrade(membership: Membership, days: readonly QualifyingDay[], tiers: readonly TierRule[]) {
  const day = days
    .map((earned) => earned.day)
    .sort()
    .at(-1);
  if (day === undefined) return null;
  const earned = qualifyingPoints(days, day);
  const held = tiers.findIndex((tier) => tier.code === membership.tier);
  const reached = tiers.findLastIndex((tier) => tier.qualifyingPoints <= earned);
  const next = tiers[reached];
  if (next === undefined || reached <= held) return null;
  const changes = { tier: next.code, tierFrom: day, tierTo: plusMonths(day, TIER_VALID_MONTHS) };
  return {
    changes,
    events: [
      MembershipTierChanged({
        clientId: membership.id,
        from: membership.tier,
        to: changes.tier,
        validTo: changes.tierTo,
      }),
    ],
  };
}

/** The first anniversary of a tier after a day: of 29 February the 28th, and the 29th again in a leap year. */
function anniversaryAfter(tierFrom: string, day: string): string {
  let years = 1;
  while (plusMonths(tierFrom, TIER_VALID_MONTHS * years) <= day) years += 1;
  return plusMonths(tierFrom, TIER_VALID_MONTHS * years);
}

type Held = Pick<Membership, 'id' | 'tier' | 'tierFrom' | 'tierTo'>;

/**
 * Reviews a tier on its anniversary (`domain.md` 3.5.3): who has the points keeps it for twelve months more, or goes up where
 * the table has come down; who has not goes down, one step however few the points are. Null when no review is due.
 */
export function review(
  membership: Held,
  today: string,
  days: readonly QualifyingDay[],
  tiersOn: (day: string) => readonly TierRule[],
): { changes: Omit<Held, 'id'>; events: EventDraft[] } | null {
  const day = membership.tierTo;
  if (day === null || day > today) return null;
  const tiers = tiersOn(day);
  const earned = qualifyingPoints(days, day);
  const held = tiers.findIndex((tier) => tier.code === membership.tier);
  const reached = tiers.findLastIndex((tier) => tier.qualifyingPoints <= earned);
  const next = tiers[reached < held ? held - 1 : reached];
  if (next === undefined) throw new Error('The table of tiers has none for everybody.');
  const { id: clientId, tier, tierFrom } = membership;
  if (next.code === tier) {
    const validTo = anniversaryAfter(tierFrom, day);
    return {
      changes: { tier, tierFrom, tierTo: validTo },
      events: [MembershipTierRenewed({ clientId, tier, validTo })],
    };
  }
  const tierTo = next.qualifyingPoints === 0 ? null : plusMonths(day, TIER_VALID_MONTHS);
  return {
    changes: { tier: next.code, tierFrom: day, tierTo },
    events: [MembershipTierChanged({ clientId, from: tier, to: next.code, validTo: tierTo })],
  };
}

/** When the points of a member who leaves on a day lapse, after the notice (`domain.md` 3.5.4, 7). */
export const lapseDay = (leftOn: string, programme: Programme): string =>
  plusDays(leftOn, programme.lapseNoticeDays);
