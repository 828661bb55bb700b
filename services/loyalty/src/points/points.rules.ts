import { type DataOf, type OrderSettled, PointsEarned } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { currencyDecimals } from '@client-graph/kit/money';
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
  /** Without the fee. */
  amountMinor: number;
  /** What it bought; older entries do not say. */
  units?: string | undefined;
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
  purchasePoints(netMinor(order), rule.terms, new Decimal(1)) > 0;

/** What a purchase puts into the product: fees earn nothing. Older messages do not name the fee. */
const netMinor = ({ amountMinor, feeMinor = 0 }: Order): number => amountMinor - feeMinor;

/** Whole thousands first, then the multiplier, and the fraction is dropped again: CNY 1,999 at 1.5 is 1 point, not 2. */
export function purchasePoints(amountMinor: number, terms: PurchaseTerms, multiplier: Decimal): number {
  const minorPerUnit = new Decimal(10).pow(currencyDecimals(terms.currency));
  const steps = new Decimal(amountMinor).divToInt(minorPerUnit.times(terms.per));
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
  const points = purchasePoints(netMinor(order), rule.terms, multiplier);
  if (points === 0) return null;
  const { clientId, orderId, productId, productClass, units, currency, settledOn } = order;
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
      amountMinor: netMinor(order),
      units,
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

/** What was given up of a product: money and, where it was told, units; `openMinor` is what of the money has cut no purchase yet. */
export type Redeemed = { openMinor: number; amountMinor: number | null; units: string | null };

/**
 * Cuts purchases, newest first, by what was redeemed inside their pending days. Returns by how much each is cut, how many
 * points that costs it, and what of the redemption is left over. Where units are known they decide: who has redeemed all has
 * redeemed all, at whatever value.
 */
export function cut<Purchase extends EarnedPurchase>(purchases: readonly Purchase[], redeemed: Redeemed) {
  let left = redeemed.openMinor;
  const cuts: { purchase: Purchase; amountMinor: number; points: number }[] = [];
  for (const purchase of purchases) {
    const whole = purchase.basis.amountMinor - purchase.cutMinor;
    if (left === 0 || whole === 0) continue;
    const worth = worthOf(whole, purchase.basis, redeemed);
    const amountMinor = worth <= left ? whole : new Decimal(whole).times(left).div(worth).ceil().toNumber();
    left = Math.max(0, left - worth);
    const after = { ...purchase, cutMinor: purchase.cutMinor + amountMinor };
    cuts.push({ purchase, amountMinor, points: deserved(purchase) - deserved(after) });
  }
  return { cuts, left };
}

/** What the units behind a part of a purchase came to in the redemption; the part itself where units are not known. */
function worthOf(partMinor: number, { amountMinor, units }: PurchaseBasis, redeemed: Redeemed): number {
  if (units === undefined || redeemed.units === null || redeemed.amountMinor === null) return partMinor;
  return new Decimal(units)
    .times(partMinor)
    .div(amountMinor)
    .times(redeemed.amountMinor)
    .div(redeemed.units)
    .toDecimalPlaces(0)
    .toNumber();
}
