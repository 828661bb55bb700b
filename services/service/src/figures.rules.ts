import { Decimal } from '@client-graph/kit/decimal';

/** A share of the whole in per cent, exact to two decimals; null of nothing. */
export const percentOf = (part: number, whole: number): Decimal | null =>
  whole === 0 ? null : new Decimal(part).times(100).dividedBy(whole).toDecimalPlaces(2);
