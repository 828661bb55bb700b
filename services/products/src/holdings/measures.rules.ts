import { PortfolioMeasured } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import type { Rating } from '../products/products.rules.js';

/** What risk's alerts are fed with: each product's part, the loss of twelve months and what was just redeemed, in basis points. */
export type Measure = {
  positions: { productId: string; rating: Rating; shareBp: number }[];
  lossYearBp: number;
  redeemedBp: number;
};

const WHOLE_BP = 10_000;
const ZERO = new Decimal(0);
const bpOf = (part: Decimal, whole: Decimal): number =>
  whole.isZero() ? 0 : part.times(WHOLE_BP).div(whole).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();

/** `returnYearPct` is the time-weighted return of the last twelve months; `redeemed` is money paid out within five days. */
export function measure(
  held: readonly { productId: string; rating: Rating; value: Decimal }[],
  { returnYearPct, redeemed }: { returnYearPct: Decimal; redeemed: Decimal },
): Measure {
  const total = held.reduce((sum, { value }) => sum.plus(value), ZERO);
  const loss = Decimal.max(0, returnYearPct.negated()).times(WHOLE_BP / 100);
  return {
    positions: held
      .map(({ productId, rating, value }) => ({ productId, rating, shareBp: bpOf(value, total) }))
      .sort((a, b) => (a.productId < b.productId ? -1 : 1)),
    lossYearBp: loss.toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber(),
    redeemedBp: bpOf(redeemed, total.plus(redeemed)),
  };
}

/** Told only when something is another than was told before. */
export const measured = (
  subject: { clientId: string; currency: string; asOf: string },
  now: Measure,
  before: Measure | null,
) =>
  before !== null && JSON.stringify(inOrder(before)) === JSON.stringify(inOrder(now))
    ? []
    : [PortfolioMeasured({ ...subject, ...now })];

/** The same order of fields, whatever the database has made of it. */
const inOrder = ({ positions, lossYearBp, redeemedBp }: Measure) => [
  positions.map(({ productId, rating, shareBp }) => [productId, rating, shareBp]),
  lossYearBp,
  redeemedBp,
];
