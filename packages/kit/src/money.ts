import { Decimal } from './decimal.js';
import { refuse } from './refusals.js';

/** Decimals of each currency the firm deals in (ISO 4217). */
export const CURRENCIES = { CNY: 2, HKD: 2, USD: 2, EUR: 2, GBP: 2, JPY: 0 } as const;
export type Currency = keyof typeof CURRENCIES;
export type Money = { amount: Decimal; currency: string };

const isCurrency = (code: string): code is Currency => Object.hasOwn(CURRENCIES, code);

/** More minor units than this are not an exact number in JSON, where events carry them. */
const MINOR_UNITS_MAX = Number.MAX_SAFE_INTEGER;

/** Checks an amount that must be positive. Refuses BAD_INPUT: unknown currency, zero or less, more decimals than the currency has, beyond any real amount. */
export function positiveMoney(money: Money, field: string): Money {
  if (!isCurrency(money.currency))
    throw refuse('BAD_INPUT', { field, reason: 'CURRENCY', known: Object.keys(CURRENCIES) });
  if (money.amount.lessThanOrEqualTo(0)) throw refuse('BAD_INPUT', { field, reason: 'NOT_POSITIVE' });
  if (money.amount.decimalPlaces() > CURRENCIES[money.currency]) {
    throw refuse('BAD_INPUT', { field, reason: 'TOO_MANY_DECIMALS', decimals: CURRENCIES[money.currency] });
  }
  if (money.amount.times(new Decimal(10).pow(CURRENCIES[money.currency])).greaterThan(MINOR_UNITS_MAX)) {
    throw refuse('BAD_INPUT', { field, reason: 'TOO_LARGE' });
  }
  return money;
}

/** Checks an amount that may be zero: a balance, an income. Refuses BAD_INPUT as positiveMoney does, with NEGATIVE for less than zero. */
export function nonNegativeMoney(money: Money, field: string): Money {
  if (money.amount.isZero() && isCurrency(money.currency)) return money;
  if (money.amount.lessThan(0)) throw refuse('BAD_INPUT', { field, reason: 'NEGATIVE' });
  return positiveMoney(money, field);
}

/** How many decimals an amount of this currency has. */
export const currencyDecimals = (currency: string): number =>
  isCurrency(currency) ? CURRENCIES[currency] : 2;

/** The amount in minor units: CNY 88,000.00 is 8800000. Throws when it has more decimals than its currency. */
export function minorUnits(amount: Decimal, currency: string): number {
  const minor = amount.times(new Decimal(10).pow(currencyDecimals(currency)));
  if (!minor.isInteger()) throw new Error(`An amount in ${currency} has too many decimals.`);
  return minor.toNumber();
}
