import { HoldingChanged } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { currencyDecimals } from '@client-graph/kit/money';
import type { NavValue } from '../navs/navs.rules.js';
import type { Rating } from '../products/products.rules.js';

export type Holding = {
  id: string;
  clientId: string;
  productId: string;
  currency: string;
  units: Decimal;
  lastNav: Decimal;
  /** The day of `lastNav`. */
  asOf: string;
  version: number;
};

export type Settled = { units: Decimal; nav: Decimal; settledOn: string };

/** Bands that events carry in the place of values, in whole units of the product's currency. */
const BANDS = [
  ['LT_50K', 50_000],
  ['50K_500K', 500_000],
  ['500K_3M', 3_000_000],
  ['3M_30M', 30_000_000],
] as const;
const HIGHEST_BAND = 'GE_30M';

/** Units × last net asset value, rounded half up to the decimals of the currency. */
export const holdingValue = (holding: Pick<Holding, 'units' | 'lastNav' | 'currency'>): Decimal =>
  holding.units
    .times(holding.lastNav)
    .toDecimalPlaces(currencyDecimals(holding.currency), Decimal.ROUND_HALF_UP);

/** By which value of a unit a holding is valued: the newest of its product, or that of the client's last settlement if that is newer. */
export const valuationOf = (
  holding: Pick<Holding, 'lastNav' | 'asOf'>,
  latest: NavValue | null,
): { lastNav: Decimal; asOf: string } =>
  latest !== null && latest.day >= holding.asOf
    ? { lastNav: latest.nav, asOf: latest.day }
    : { lastNav: holding.lastNav, asOf: holding.asOf };

/** A band includes its lower end and excludes its upper. */
export const bandOf = (value: Decimal): string =>
  BANDS.find(([, below]) => value.lessThan(below))?.[0] ?? HIGHEST_BAND;

/** What a client holds of a product, told: units, the band of their value, and the rating as it is now. */
export const holdingChanged = (holding: Holding, rating: Rating) =>
  HoldingChanged({
    clientId: holding.clientId,
    productId: holding.productId,
    rating,
    units: holding.units.toFixed(),
    valueBand: bandOf(holdingValue(holding)),
  });

/** A client holds none of a product any more, and has no row of it: all went to another client with a merge. */
export const holdsNothing = (of: { clientId: string; productId: string; rating: Rating }) =>
  HoldingChanged({ ...of, units: '0', valueBand: bandOf(new Decimal(0)) });

/** Units are added, or leave where they are negative; the valuation moves on only when the settlement is not older than the one it stands on. */
export function credit(holding: Holding, settled: Settled) {
  const units = holding.units.plus(settled.units);
  const isOlder = settled.settledOn < holding.asOf;
  const valuation = isOlder
    ? { lastNav: holding.lastNav, asOf: holding.asOf }
    : { lastNav: settled.nav, asOf: settled.settledOn };
  return { units, ...valuation };
}

/** What is held of one product in all: one holding, or those of clients that were merged, valued by the newest among them. */
export function together(holdings: readonly Holding[]): Holding | null {
  const [newest] = [...holdings].sort((a, b) => (a.asOf < b.asOf ? 1 : -1));
  if (newest === undefined) return null;
  return { ...newest, units: holdings.reduce((sum, one) => sum.plus(one.units), new Decimal(0)) };
}

/** What a purchase under way puts into a product; a switch is paid by what it gives up. */
export type Incoming = { productId: string; amount: Decimal; currency: string; isSwitch: boolean };
/** Units that leave: of a redemption, or for what is counted as incoming. */
export type Leaving = { productId: string; units: Decimal };

const sum = (amounts: readonly Decimal[]): Decimal =>
  amounts.reduce((total, amount) => total.plus(amount), new Decimal(0));

/**
 * What concentration is measured by, in one currency: money in other currencies has no rate here and does not count. Of other products
 * what leaves does not count either: where it goes it is counted as what is bought. `committed` is the money that purchases under way
 * still need.
 */
export function exposureOf(
  { productId, currency }: { productId: string; currency: string },
  holdings: readonly Pick<Holding, 'productId' | 'currency' | 'units' | 'lastNav'>[],
  incoming: readonly Incoming[],
  leaving: readonly Leaving[],
): { inProduct: string; inAll: string; committed: string } {
  const held = holdings.filter((holding) => holding.currency === currency);
  const own = incoming.filter((order) => order.currency === currency);
  // Orders under way count for this product only: counted for others too, cancelling them would thin the part after the fact.
  const underWay = own.filter((order) => order.productId === productId).map(({ amount }) => amount);
  const inProduct = sum([
    ...held.filter((holding) => holding.productId === productId).map(holdingValue),
    ...underWay,
  ]);
  const others = held.filter((holding) => holding.productId !== productId);
  return {
    inProduct: inProduct.toFixed(),
    inAll: inProduct
      .plus(sum(others.map(holdingValue)))
      .minus(sum(leavingWorth(others, leaving)))
      .toFixed(),
    committed: sum(own.filter((order) => !order.isSwitch).map(({ amount }) => amount)).toFixed(),
  };
}

/** What leaves of each product that is held is worth; never more than what is held. */
const leavingWorth = (
  held: readonly Pick<Holding, 'productId' | 'currency' | 'units' | 'lastNav'>[],
  leaving: readonly Leaving[],
): Decimal[] =>
  [...new Map(held.map((holding) => [holding.productId, holding])).values()].map((holding) => {
    const of = (rows: readonly Leaving[]) =>
      sum(rows.filter(({ productId }) => productId === holding.productId).map(({ units }) => units));
    return holdingValue({ ...holding, units: Decimal.min(of(held), of(leaving)) });
  });
