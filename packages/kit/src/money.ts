import { Decimal } from 'decimal.js';
import { refuse } from './refusals.js';

/** Decimals of each currency the firm deals in (ISO 4217). */
export const CURRENCIES = { CNY: 2, HKD: 2, USD: 2, EUR: 2, GBP: 2, JPY: 0 } as const;
export type Currency = keyof typeof CURRENCIES;
export type Money = { amount: Decimal; currency: string };

const isCurrency = (code: string): code is Currency => code in CURRENCIES;

/** Checks an amount that must be positive. Refuses BAD_INPUT: unknown currency, zero or less, more decimals than the currency has. */
export function positiveMoney(money: Money, field: string): Money {
  if (!isCurrency(money.currency)) throw refuse('BAD_INPUT', { field, reason: 'CURRENCY', known: Object.keys(CURRENCIES) });
  if (money.amount.lessThanOrEqualTo(0)) throw refuse('BAD_INPUT', { field, reason: 'NOT_POSITIVE' });
  if (money.amount.decimalPlaces() > CURRENCIES[money.currency]) {
    throw refuse('BAD_INPUT', { field, reason: 'TOO_MANY_DECIMALS', decimals: CURRENCIES[money.currency] });
  }
  return money;
}

/** The amount in minor units: CNY 88,000.00 is 8800000. Throws when it has more decimals than its currency. */
export function minorUnits(amount: Decimal, currency: string): number {
  const minor = amount.times(new Decimal(10).pow(isCurrency(currency) ? CURRENCIES[currency] : 2));
  if (!minor.isInteger()) throw new Error(`An amount in ${currency} has too many decimals.`);
  return minor.toNumber();
}
