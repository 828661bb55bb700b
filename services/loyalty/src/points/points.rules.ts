import { type DataOf, type OrderSettled, PointsEarned } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { endOfMonth, plusDays } from '@client-graph/kit/time';
import type { Membership, MembershipTier, TierRule } from '../membership/membership.rules.js';
import { type Entry, entryOf, factOf, type Lot } from './lots.rules.js';

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

/** Whether a row of the earn rules is about purchases. */
export const isPurchaseRule = <Rule extends { terms: object }>(
  rule: Rule,
): rule is Rule & { terms: PurchaseTerms } => 'productClasses' in rule.terms;

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
  productId: string;
  productClass: string;
  amountMinor: number;
  currency: string;
  tier: MembershipTier;
  multiplier: string;
};

type Order = DataOf<typeof OrderSettled>;

/** Standings of a client in which nothing is earned (`domain.md` 3.5.4, 7). */
export const EARNS_NOTHING: ReadonlySet<string> = new Set([
  'RESTRICTED',
  'CLOSED',
  'DECEASED',
  'ERASED',
  'MERGED',
]);

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
  const { clientId, orderId, productId, productClass, amountMinor, currency, settledOn } = order;
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
    originLotId: null,
  };
  const entry: Entry<PurchaseBasis> = {
    ...entryOf(lot, ids.entryId, 'EARN', settledOn),
    lotId: lot.id,
    pending: points,
    ruleVersion: rule.version,
    qualifyingPoints: rule.qualifying ? points : 0,
    qualifyingOn: rule.qualifying ? settledOn : null,
    sourceEventId: ids.sourceEventId,
    basis: {
      orderId,
      productId,
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
    events: [PointsEarned({ ...factOf(entry, [lot.id], points, held.balance), availableOn, expiresOn })],
  };
}

/** A purchase that has earned, and how much of it was redeemed within the pending days so far. */
export type EarnedPurchase = { basis: PurchaseBasis; cutMinor: number; terms: PurchaseTerms };

/** The points that a purchase still deserves: what was redeemed within the pending days earns nothing. */
export const deserved = ({ basis, cutMinor, terms }: EarnedPurchase): number =>
  purchasePoints(basis.amountMinor - cutMinor, terms, new Decimal(basis.multiplier));

/**
 * Cuts purchases, newest first, by what was redeemed inside their pending days. Returns by how much each is cut, how many
 * points that costs it, and what of the redemption is left over.
 */
export function cut<Purchase extends EarnedPurchase>(purchases: readonly Purchase[], redeemedMinor: number) {
  let left = redeemedMinor;
  const cuts: { purchase: Purchase; amountMinor: number; points: number }[] = [];
  for (const purchase of purchases) {
    const amountMinor = Math.min(left, purchase.basis.amountMinor - purchase.cutMinor);
    if (amountMinor === 0) continue;
    left -= amountMinor;
    const after = { ...purchase, cutMinor: purchase.cutMinor + amountMinor };
    cuts.push({ purchase, amountMinor, points: deserved(purchase) - deserved(after) });
  }
  return { cuts, left };
}
