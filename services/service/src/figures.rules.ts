import { Decimal } from '@client-graph/kit/decimal';

/** A share of the whole in per cent, exact to two decimals; null of nothing. */
export const percentOf = (part: number, whole: number): Decimal | null =>
  whole === 0 ? null : new Decimal(part).times(100).dividedBy(whole).toDecimalPlaces(2);

/** A part of a whole, to six decimals, half up; null of nothing. */
export const rateOf = (part: number, whole: number): Decimal | null =>
  whole === 0 ? null : new Decimal(part).dividedBy(whole).toDecimalPlaces(6, Decimal.ROUND_HALF_UP);
