import {
  type DataOf,
  type OrderSettled,
  PointsActivated,
  PointsEarned,
  PointsExpired,
} from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { endOfMonth, plusDays } from '@client-graph/kit/time';
import type { Membership, MembershipTier, TierRule } from './membership.rules.js';

/**
 * Points are kept in lots. A lot is earned PENDING, becomes ACTIVE on its day, and ends EXHAUSTED by spending or EXPIRED.
 * Each step is one entry of the ledger, which is never changed: the sum of what the entries made available is the
 * balance, and so is what remains of the active lots (`domain.md` 3.5.4).
 */
export type LotState = 'PENDING' | 'ACTIVE' | 'EXHAUSTED' | 'EXPIRED' | 'CANCELLED';

export type Lot = {
  id: string;
  clientId: string;
  /** The code of the rule that has earned it. */
  rule: string;
  amount: number;
  remaining: number;
  earnedOn: string;
  availableOn: string;
  expiresOn: string;
  state: LotState;
};

export type EntryType = 'EARN' | 'ACTIVATE' | 'EXPIRE';

export type Entry = {
  id: string;
  clientId: string;
  lotId: string;
  type: EntryType;
  /** By how much the entry changes what is pending. */
  pending: number;
  /** By how much the entry changes what can be spent. */
  available: number;
  rule: string;
  ruleVersion: number | null;
  /** Whether the entry counts towards the tier. */
  qualifying: boolean;
  sourceEventId: string | null;
  /** What an earning was reckoned from, so that it can be explained later. */
  basis: PurchaseBasis | null;
  businessDate: string;
};

export type Labels = { EN: string; ZH_HANS: string; ZH_HANT: string };

export const LOT_STATE_LABELS = {
  PENDING: { EN: 'Pending', ZH_HANS: '待生效', ZH_HANT: '待生效' },
  ACTIVE: { EN: 'Available', ZH_HANS: '可用', ZH_HANT: '可用' },
  EXHAUSTED: { EN: 'Spent', ZH_HANS: '已用完', ZH_HANT: '已用完' },
  EXPIRED: { EN: 'Expired', ZH_HANS: '已过期', ZH_HANT: '已過期' },
  CANCELLED: { EN: 'Cancelled', ZH_HANS: '已取消', ZH_HANT: '已取消' },
} as const satisfies Record<LotState, Labels>;

/** An earn rule of the policy (`domain.md` 3.5.2), one dated row. */
export type PurchaseRule = {
  code: string;
  version: number;
  effectiveFrom: string;
  pendingDays: number;
  expiryMonths: number;
  qualifying: boolean;
  terms: PurchaseTerms;
};

export type PurchaseTerms = {
  /** What earns; a class that is not named here earns nothing. */
  productClasses: readonly string[];
  currency: string;
  /** So many whole units of the currency … */
  per: number;
  /** … earn so many points. */
  points: number;
  tierMultiplier: boolean;
};

export type PurchaseBasis = {
  orderId: string;
  productClass: string;
  amountMinor: number;
  currency: string;
  tier: MembershipTier;
  multiplier: string;
};

type Order = DataOf<typeof OrderSettled>;

/** Standings of a client in which nothing is earned (`domain.md` 3.5.4, 7). */
const EARNS_NOTHING: ReadonlySet<string> = new Set(['RESTRICTED', 'CLOSED', 'DECEASED', 'ERASED', 'MERGED']);

/** Of the dated versions of one rule the one that is in force on a day: the latest that has begun; undefined before the first. */
export const inForce = <Dated extends { effectiveFrom: string; version: number }>(
  rows: readonly Dated[],
  day: string,
): Dated | undefined =>
  rows
    .filter((row) => row.effectiveFrom <= day)
    .sort((a, b) => a.version - b.version)
    .at(-1);

/**
 * Whether an order earns at all. Null as status means that the client's own events have not arrived yet: the settled order
 * is proof enough that there is such a client, so it earns.
 */
export const earns = (order: Order, clientStatus: string | null, rule: PurchaseRule): boolean =>
  order.side === 'BUY' &&
  order.currency === rule.terms.currency &&
  rule.terms.productClasses.includes(order.productClass) &&
  !(clientStatus !== null && EARNS_NOTHING.has(clientStatus)) &&
  purchasePoints(order.amountMinor, rule.terms, new Decimal(1)) > 0;

const MINOR_PER_UNIT = 100;

/** Whole thousands first, then the multiplier, and the fraction is dropped again: CNY 1,999 at 1.5 is 1 point, not 2. */
export function purchasePoints(amountMinor: number, terms: PurchaseTerms, multiplier: Decimal): number {
  const steps = new Decimal(amountMinor).divToInt(new Decimal(terms.per).times(MINOR_PER_UNIT));
  return steps.times(terms.points).times(multiplier).floor().toNumber();
}

/** Books a purchase. The multiplier is that of the tier held before, so an order cannot raise its own. Null when it earns nothing. */
export function earnPurchase(
  order: Order,
  held: { membership: Membership; tier: TierRule; clientStatus: string | null; balance: number },
  rule: PurchaseRule,
  ids: { lotId: string; entryId: string; sourceEventId: string },
) {
  if (held.membership.status !== 'ACTIVE' || !earns(order, held.clientStatus, rule)) return null;
  const multiplier = rule.terms.tierMultiplier ? held.tier.multiplier : new Decimal(1);
  const points = purchasePoints(order.amountMinor, rule.terms, multiplier);
  if (points === 0) return null;
  const { clientId, orderId, productClass, amountMinor, currency, settledOn } = order;
  const availableOn = plusDays(settledOn, rule.pendingDays);
  const expiresOn = endOfMonth(settledOn, rule.expiryMonths);
  const lot: Lot = {
    id: ids.lotId,
    clientId,
    rule: rule.code,
    amount: points,
    remaining: points,
    earnedOn: settledOn,
    availableOn,
    expiresOn,
    state: 'PENDING',
  };
  const entry: Entry = {
    ...entryOf(lot, ids.entryId, 'EARN', settledOn),
    pending: points,
    ruleVersion: rule.version,
    qualifying: rule.qualifying,
    sourceEventId: ids.sourceEventId,
    basis: {
      orderId,
      productClass,
      amountMinor,
      currency,
      tier: held.tier.code,
      multiplier: multiplier.toFixed(),
    },
  };
  return {
    lot,
    entry,
    events: [PointsEarned({ ...factOf(entry, points, held.balance), availableOn, expiresOn })],
  };
}

/**
 * Makes a pending lot spendable once its day has come, whatever has become of the client since: time passes for everyone,
 * and spending has its own rules. Null when there is nothing to do, so that doing it again does nothing.
 */
export function activate(lot: Lot, today: string, balance: number, entryId: string) {
  if (lot.state !== 'PENDING' || lot.availableOn > today) return null;
  const points = lot.remaining;
  const changes = { state: 'ACTIVE', remaining: points } as const;
  const entry: Entry = {
    ...entryOf(lot, entryId, 'ACTIVATE', lot.availableOn),
    pending: -points,
    available: points,
  };
  return { changes, entry, events: [PointsActivated(factOf(entry, points, balance + points))] };
}

/** Lets what is left of a lot lapse on the day after its last. Null when there is nothing to do. */
export function expire(lot: Lot, today: string, balance: number, entryId: string) {
  if (lot.state !== 'ACTIVE' || lot.expiresOn >= today) return null;
  const points = lot.remaining;
  const changes = { state: 'EXPIRED', remaining: 0 } as const;
  const entry: Entry = { ...entryOf(lot, entryId, 'EXPIRE', lot.expiresOn), available: -points };
  return { changes, entry, events: [PointsExpired(factOf(entry, points, balance - points))] };
}

const entryOf = (lot: Lot, id: string, type: EntryType, businessDate: string): Entry => ({
  id,
  clientId: lot.clientId,
  lotId: lot.id,
  type,
  pending: 0,
  available: 0,
  rule: lot.rule,
  ruleVersion: null,
  qualifying: false,
  sourceEventId: null,
  basis: null,
  businessDate,
});

const factOf = ({ clientId, id, lotId, rule }: Entry, amount: number, balance: number) => ({
  clientId,
  entryId: id,
  amount,
  lotIds: [lotId],
  rule,
  balance,
});
