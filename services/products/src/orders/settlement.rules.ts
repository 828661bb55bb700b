import { OrderFeeCharged, OrderReversed, OrderSettled } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { currencyDecimals, minorUnits } from '@client-graph/kit/money';
import { dayOf } from '@client-graph/kit/time';
import type { Product } from '../products/products.rules.js';
import { move, type Order, payload, refuse } from './orders.rules.js';

type Fees = Pick<Product, 'issuerType' | 'purchaseFeePct' | 'redemptionFeePct'>;
type Ask = { nav: Decimal; fromNav?: Decimal | null | undefined; settledOn: string };

/** One row of the ledger: money in = units × nav + residual + fee, exactly; where units leave, units and money are negative. */
export type Leg = {
  productId: string;
  units: Decimal;
  nav: Decimal;
  residual: Decimal;
  fee: Decimal;
  amount: Decimal;
  settledOn: string;
};

export const UNIT_DECIMALS = 6;
const UNITS_IN_ONE = new Decimal(10).pow(UNIT_DECIMALS);

/** Units that an amount buys, to six decimals, rounded down; units × nav + residual = amount, exactly. */
export function unitsFor(amount: Decimal, nav: Decimal): { units: Decimal; residual: Decimal } {
  // Whole millionths by integer division: a division rounded to some digits first could round up over the edge.
  const units = amount.times(UNITS_IN_ONE).divToInt(nav).div(UNITS_IN_ONE);
  return { units, residual: amount.minus(units.times(nav)) };
}

/** The fee is inside the amount: what is invested is amount ÷ (1 + fee), rounded half up to the decimals of the currency. */
export function purchase(amount: Decimal, nav: Decimal, feePct: Decimal, currency: string) {
  const invested = amount
    .div(feePct.div(100).plus(1))
    .toDecimalPlaces(currencyDecimals(currency), Decimal.ROUND_HALF_UP);
  const { units, residual } = unitsFor(invested, nav);
  return { units, nav, residual, fee: amount.minus(invested), amount };
}

/** What units are worth is rounded down to the decimals of the currency; the fee, rounded half up, is taken off it. */
export function redemption(units: Decimal, nav: Decimal, feePct: Decimal, currency: string) {
  const worth = units.times(nav);
  const payable = worth.toDecimalPlaces(currencyDecimals(currency), Decimal.ROUND_DOWN);
  const fee = payable
    .times(feePct)
    .div(100)
    .toDecimalPlaces(currencyDecimals(currency), Decimal.ROUND_HALF_UP);
  return {
    units: units.negated(),
    nav,
    residual: worth.minus(payable),
    fee,
    amount: payable.minus(fee).negated(),
  };
}

/** The state is checked before the figures. A whole order is settled at once; a switch on the same day on both sides. */
export function settle(
  order: Order,
  products: { product: Fees; fromProduct: Fees | null },
  ask: Ask,
  now: Date,
) {
  const state = move(order.state, 'settle');
  if ([ask.nav, ask.fromNav ?? ask.nav].some((nav) => nav.lessThanOrEqualTo(0)))
    throw refuse('NAV_NOT_POSITIVE');
  const today = dayOf(now);
  if (ask.settledOn > today) throw refuse('SETTLED_IN_FUTURE', { today });
  const acceptedOn = order.acceptedAt === null ? today : dayOf(order.acceptedAt);
  if (ask.settledOn < acceptedOn) throw refuse('SETTLED_BEFORE_ACCEPTANCE', { acceptedOn });
  const legs = legsOf(order, products, ask).map((leg): Leg => ({ ...leg, settledOn: ask.settledOn }));
  const fee = legs.reduce((sum, leg) => sum.plus(leg.fee), new Decimal(0));
  // A redemption is told, and kept, with what was paid out; until then its amount was an estimate.
  const paid = legs[0]?.amount.negated() ?? order.amount;
  const amount = order.side === 'BUY' ? order.amount : paid;
  const told = payload({ ...order, amount }, products.product);
  return {
    changes: { state, amount },
    legs,
    events: [OrderSettled({ ...told, settledOn: ask.settledOn }), ...feeEvents(order, products.product, fee)],
  };
}

function legsOf(
  order: Order,
  { product, fromProduct }: { product: Fees; fromProduct: Fees | null },
  { nav, fromNav }: Ask,
): Omit<Leg, 'settledOn'>[] {
  const { productId, fromProductId, units, currency } = order;
  switch (order.side) {
    case 'BUY':
      return [bought(productId, order.amount, nav, product, currency)];
    case 'REDEEM':
      if (units === null) throw new Error('A redemption without units.');
      return [{ productId, ...redemption(units, nav, product.redemptionFeePct, currency) }];
    case 'SWITCH': {
      if (units === null || fromProductId === null || fromProduct === null)
        throw new Error('A switch without what it gives up.');
      if (fromNav === null || fromNav === undefined) throw refuse('FROM_NAV_MISSING');
      const out = redemption(units, fromNav, fromProduct.redemptionFeePct, currency);
      return [
        { productId: fromProductId, ...out },
        bought(productId, out.amount.negated(), nav, product, currency),
      ];
    }
    default:
      return order.side satisfies never;
  }
}

function bought(productId: string, amount: Decimal, nav: Decimal, product: Fees, currency: string) {
  const leg = { productId, ...purchase(amount, nav, product.purchaseFeePct, currency) };
  if (leg.units.isZero()) throw refuse('NO_UNITS');
  return leg;
}

const feeEvents = (order: Order, { issuerType }: Fees, fee: Decimal) =>
  fee.isZero()
    ? []
    : [
        OrderFeeCharged({
          clientId: order.clientId,
          orderId: order.id,
          productClass: issuerType,
          amountMinor: minorUnits(fee, order.currency),
          currency: order.currency,
        }),
      ];

/** Takes a settlement back: the state moves, and each row of the ledger gets a row that undoes it. */
export function reverse(order: Order, product: Fees, legs: readonly Leg[]) {
  return {
    changes: { state: move(order.state, 'reverse') },
    legs: legs.map(
      (leg): Leg => ({
        ...leg,
        units: leg.units.negated(),
        residual: leg.residual.negated(),
        fee: leg.fee.negated(),
        amount: leg.amount.negated(),
      }),
    ),
    events: [OrderReversed(payload(order, product))],
  };
}
