import { OrderFeeCharged, OrderPartlySettled, OrderReversed, OrderSettled } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { currencyDecimals, minorUnits, nonNegativeMoney, positiveMoney } from '@client-graph/kit/money';
import { refuse as refuseInput } from '@client-graph/kit/refusals';
import { dayOf } from '@client-graph/kit/time';
import type { Product } from '../products/products.rules.js';
import { isPartlySettled, move, type Order, payload, refuse } from './orders.rules.js';

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

type Products = { product: Fees; fromProduct: Fees | null };

/** The state is checked before the figures. What is left of an order is settled; a switch on the same day on both sides. */
export function settle(order: Order, products: Products, ask: Ask, now: Date) {
  const state = move(order.state, 'settle');
  checkAsk(order, ask, now);
  const rest = {
    ...order,
    amount: order.side === 'BUY' ? order.amount.minus(order.settledAmount) : order.amount,
    units: order.units?.minus(order.settledUnits) ?? null,
  };
  const { legs, moved } = movement(rest, products, ask);
  // A redemption is told, and kept, with what was paid out; until then its amount was an estimate.
  const amount = order.side === 'BUY' ? order.amount : order.settledAmount.plus(moved);
  return {
    changes: { state, amount, settledAmount: amount, settledUnits: order.units ?? order.settledUnits },
    legs,
    ...totalsOf(legs),
    settledOn: ask.settledOn,
  };
}

/** A part of an order, less than what is left of it: of a purchase in money, of the others in units. Refuses PART_TOO_LARGE. */
export function settlePart(
  order: Order,
  products: Products,
  ask: Ask & { amount?: Decimal | null | undefined; units?: Decimal | null | undefined },
  now: Date,
) {
  const state = move(order.state, 'settlePart');
  checkAsk(order, ask, now);
  const part = partOf(order, ask);
  const { legs, moved } = movement({ ...order, ...part }, products, ask);
  return {
    changes: {
      state,
      settledAmount: order.settledAmount.plus(moved),
      settledUnits: order.settledUnits.plus(part.units ?? 0),
    },
    legs,
    events: [
      OrderPartlySettled({
        ...payload({ ...order, amount: moved }, products.product),
        settledOn: ask.settledOn,
      }),
    ],
  };
}

/** Of a purchase an amount of its currency, of the others units; more than nothing and less than the rest. */
function partOf(
  order: Order,
  {
    amount = null,
    units = null,
  }: { amount?: Decimal | null | undefined; units?: Decimal | null | undefined },
): { amount: Decimal; units: Decimal | null } {
  if (order.side === 'BUY') {
    if (amount === null || units !== null)
      throw refuseInput('BAD_INPUT', { field: 'amount', expected: 'the money of the part, and no units' });
    positiveMoney({ amount, currency: order.currency }, 'amount');
    const left = order.amount.minus(order.settledAmount);
    if (amount.greaterThanOrEqualTo(left)) throw refuse('PART_TOO_LARGE', { left: left.toFixed() });
    return { amount, units: null };
  }
  if (
    units === null ||
    amount !== null ||
    units.lessThanOrEqualTo(0) ||
    units.decimalPlaces() > UNIT_DECIMALS
  )
    throw refuseInput('BAD_INPUT', {
      field: 'units',
      expected: `the units of the part, at most ${UNIT_DECIMALS} decimals, and no amount`,
    });
  const left = (order.units ?? new Decimal(0)).minus(order.settledUnits);
  if (units.greaterThanOrEqualTo(left)) throw refuse('PART_TOO_LARGE', { left: left.toFixed() });
  return { amount: order.amount, units };
}

/** What is settled of the order is all of it: the rest will not come. Refuses NOTHING_SETTLED. */
export function giveUpRest(order: Order) {
  const state = move(order.state, 'giveUpRest');
  if (!isPartlySettled(order)) throw refuse('NOTHING_SETTLED');
  const units = order.units === null ? null : order.settledUnits;
  return { changes: { state, amount: order.settledAmount, units } };
}

/** What is told of an order that is settled: once, with all its money, units and fees. */
export const settled = (
  order: Order,
  product: Fees,
  { fee, bought, settledOn }: Totals & { settledOn: string },
) => [
  OrderSettled({
    ...payload(order, product),
    settledOn,
    feeMinor: minorUnits(fee, order.currency),
    units: (order.units ?? bought).toFixed(),
    ...(order.fromProductId === null ? {} : { fromProductId: order.fromProductId }),
  }),
  ...feeEvents(order, product, fee),
];

const NAV_DECIMALS = 8;

function checkAsk(order: Order, ask: Ask, now: Date): void {
  const navs = [ask.nav, ask.fromNav ?? ask.nav];
  if (navs.some((nav) => nav.lessThanOrEqualTo(0))) throw refuse('NAV_NOT_POSITIVE');
  if (navs.some((nav) => nav.decimalPlaces() > NAV_DECIMALS))
    throw refuseInput('BAD_INPUT', { field: 'nav', expected: `at most ${NAV_DECIMALS} decimals` });
  const today = dayOf(now);
  if (ask.settledOn > today) throw refuse('SETTLED_IN_FUTURE', { today });
  const acceptedOn = order.acceptedAt === null ? today : dayOf(order.acceptedAt);
  if (ask.settledOn < acceptedOn) throw refuse('SETTLED_BEFORE_ACCEPTANCE', { acceptedOn });
}

/** The legs, and the money that the client pays in or, of the others, is paid out by the first leg. */
function movement(order: Order, products: Products, ask: Ask): { legs: Leg[]; moved: Decimal } {
  const legs = legsOf(order, products, ask).map((leg): Leg => ({ ...leg, settledOn: ask.settledOn }));
  const paid = legs[0]?.amount.negated() ?? order.amount;
  // More than any real money: the value of a unit was mistyped.
  nonNegativeMoney({ amount: paid.abs(), currency: order.currency }, 'nav');
  return { legs, moved: order.side === 'BUY' ? order.amount : paid };
}

/** What rows of the ledger add up to: the fees, and the units that came. */
export type Totals = { fee: Decimal; bought: Decimal };

export const totalsOf = (legs: readonly Pick<Leg, 'fee' | 'units'>[]): Totals => ({
  fee: legs.reduce((sum, leg) => sum.plus(leg.fee), new Decimal(0)),
  bought: legs.reduce((sum, leg) => sum.plus(Decimal.max(0, leg.units)), new Decimal(0)),
});

/**
 * Units that leave are taken from the holdings in the order given, which is more than one only where clients were merged: each
 * gives its units at their worth, and the last bears what rounding leaves and the fee, so that every row adds up by itself.
 */
export function spread(leg: Leg, available: readonly Decimal[]): Leg[] {
  const parts: Leg[] = [];
  let left = leg.units.negated();
  for (const units of available) {
    const taken = Decimal.min(left, units);
    left = left.minus(taken);
    const isLast = left.isZero();
    const worth = taken.times(leg.nav).negated();
    const before = parts.reduce((sum, part) => sum.plus(part.amount), new Decimal(0));
    parts.push({
      ...leg,
      units: taken.negated(),
      residual: isLast ? leg.residual : new Decimal(0),
      fee: isLast ? leg.fee : new Decimal(0),
      amount: isLast ? leg.amount.minus(before) : worth,
    });
    if (isLast) return parts;
  }
  throw refuse('UNITS_MISSING', { missing: left.toFixed() });
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
