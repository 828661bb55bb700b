import { OrderCorrected } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { refuse } from '../navs/corrections.rules.js';
import type { Product } from '../products/products.rules.js';
import { move, type Order, payload } from './orders.rules.js';
import { type Leg, purchase, redemption, spread } from './settlement.rules.js';

type Fees = Pick<Product, 'issuerType' | 'purchaseFeePct' | 'redemptionFeePct'>;
/** A row of the ledger that stands, at its holding; rows of one settlement have one booking. */
export type Standing<Holding> = { id: string; booking: string; leg: Leg; holding: Holding };
export type Posted<Holding> = { leg: Leg; holding: Holding; reversesId?: string; booking?: string };
type Correction = { productId: string; day: string; was: Decimal; nav: Decimal };

const sum = (values: readonly Decimal[]): Decimal =>
  values.reduce((total, value) => total.plus(value), new Decimal(0));

/**
 * Books what was settled at the wrong value again at the right one. A purchase keeps its money and gets other units; a redemption keeps its units
 * and pays other money; a switch keeps what it gives up. What comes in is posted before what leaves, so that no holding is below zero between.
 */
export function correct<Holding>(
  order: Order,
  products: { product: Fees; fromProduct: Fees | null },
  standing: readonly Standing<Holding>[],
  correction: Correction,
) {
  const state = move(order.state, 'correct');
  const isWrong = ({ leg }: Standing<Holding>) =>
    leg.productId === correction.productId &&
    leg.settledOn === correction.day &&
    leg.nav.equals(correction.was);
  const wrongIn = new Set(standing.filter(isWrong).map(({ booking }) => booking));
  const rows = standing.filter(({ booking }) => wrongIn.has(booking));
  if (rows.length === 0) throw refuse('NOT_AFFECTED');
  const anew = [...wrongIn].flatMap((booking) => {
    const own = rows.filter((row) => row.booking === booking);
    return redone(order, products, own, correction).map((posting) => ({ ...posting, booking }));
  });
  const undone = rows.map(({ id, leg, holding }) => ({ leg: negated(leg), holding, reversesId: id }));
  const postings: Posted<Holding>[] = [...undone, ...anew].sort((a, b) =>
    b.leg.units.comparedTo(a.leg.units),
  );
  const paidMore = order.side === 'BUY' ? new Decimal(0) : paidOut(anew, order).minus(paidOut(rows, order));
  const amount = order.amount.plus(paidMore);
  return {
    changes: { state, amount, settledAmount: order.settledAmount.plus(paidMore) },
    postings,
    events: [
      OrderCorrected({ ...payload({ ...order, amount }, products.product), settledOn: correction.day }),
    ],
  };
}

/** What the units given up have paid, fees taken off. */
const paidOut = (rows: readonly { leg: Leg }[], order: Order): Decimal =>
  sum(
    rows
      .filter(({ leg }) => leg.productId === (order.fromProductId ?? order.productId))
      .map(({ leg }) => leg.amount),
  ).negated();

const negated = (leg: Leg): Leg => ({
  ...leg,
  units: leg.units.negated(),
  residual: leg.residual.negated(),
  fee: leg.fee.negated(),
  amount: leg.amount.negated(),
});

/** One settlement again, with the right value where the wrong one stood, at the holdings that it moved. */
function redone<Holding>(
  order: Order,
  { product, fromProduct }: { product: Fees; fromProduct: Fees | null },
  rows: readonly Standing<Holding>[],
  { productId: wrong, nav: right }: Correction,
): Posted<Holding>[] {
  const out = rows.filter(({ leg }) => leg.units.lessThan(0));
  const into = rows.find(({ leg }) => leg.units.greaterThan(0));
  const navOf = ({ productId, nav }: Leg): Decimal => (productId === wrong ? right : nav);
  const given = out[0]?.leg;
  const sold =
    given === undefined
      ? null
      : {
          ...given,
          ...redemption(
            sum(out.map(({ leg }) => leg.units)).negated(),
            navOf(given),
            (fromProduct ?? product).redemptionFeePct,
            order.currency,
          ),
        };
  const parts =
    sold === null
      ? []
      : spread(
          sold,
          out.map(({ leg }) => leg.units.negated()),
        );
  const posted = parts.flatMap((leg, at) => {
    const row = out[at];
    return row === undefined ? [] : [{ leg, holding: row.holding }];
  });
  if (into === undefined) return posted;
  const money = sold === null ? into.leg.amount : sold.amount.negated();
  const bought = { ...into.leg, ...purchase(money, navOf(into.leg), product.purchaseFeePct, order.currency) };
  return [...posted, { leg: bought, holding: into.holding }];
}
