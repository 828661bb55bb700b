import type { Decimal } from '@client-graph/kit/decimal';
import { CURRENCIES, type Money, nonNegativeMoney } from '@client-graph/kit/money';
import { defineRefusals, refuse } from '@client-graph/kit/refusals';
import { endOfMonth, plusMonths } from '@client-graph/kit/time';
import type { InstitutionKind } from '../grading-tables.rules.js';
import { emailOf, line, phoneOf } from '../profiles.rules.js';

/** An institution as kept (policy 3.2). */
export type Institution = {
  legalName: string;
  uscc: string;
  institutionType: InstitutionKind;
  legalRepresentative: string;
  businessScope: string;
  investmentNeeds: string;
  contactName: string;
  phone: string;
  email: string | null;
  address: string;
};

/** An institution whose client is known. */
export type StoredInstitution = Institution & { id: string };

/** An institution as the application states it. */
export type InstitutionApplication = Omit<Institution, 'email'> & { email?: string | null | undefined };

export const refuseInstitution = defineRefusals({
  USCC_INVALID: 'The unified social credit code is not one that can exist; the details say why.',
  USCC_TAKEN:
    'An institution with this unified social credit code is a client of the firm already: ask compliance.',
  WRONG_KIND: 'This is for the other kind of client; the details name the kind of this one.',
  YEAR_END_IMPOSSIBLE: 'A year end is the last day of a month that has passed, of at most ten years ago.',
});

/** The institution of an application, cleaned. */
export const institutionOf = (application: InstitutionApplication): Institution => ({
  legalName: line(application.legalName, 'legalName', 200),
  uscc: usccOf(application.uscc),
  institutionType: application.institutionType,
  legalRepresentative: line(application.legalRepresentative, 'legalRepresentative', 100),
  businessScope: line(application.businessScope, 'businessScope', 1000),
  investmentNeeds: line(application.investmentNeeds, 'investmentNeeds', 1000),
  contactName: line(application.contactName, 'contactName', 100),
  phone: phoneOf(application.phone, 'phone'),
  email: application.email === null || application.email === undefined ? null : emailOf(application.email),
  address: line(application.address, 'address', 300),
});

/** The 31 characters of a unified social credit code; I, O, S, V and Z are left out (GB 32100-2015). */
const USCC_CHARACTERS = '0123456789ABCDEFGHJKLMNPQRTUWXY';

/** A unified social credit code in its one spelling, check character tested (GB 32100-2015, MOD 31-3). Refuses USCC_INVALID. */
export function usccOf(text: string): string {
  const code = text.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
  if (!/^[1-9A-HJ-NP-RTUW-Y][0-9A-HJ-NP-RTUW-Y]\d{6}[0-9A-HJ-NP-RTUW-Y]{10}$/.test(code))
    throw refuseInstitution('USCC_INVALID', { reason: 'FORM' });
  let sum = 0;
  for (let place = 0; place < 17; place += 1)
    sum += USCC_CHARACTERS.indexOf(code.charAt(place)) * (3 ** place % 31);
  if (code[17] !== USCC_CHARACTERS.charAt((31 - (sum % 31)) % 31))
    throw refuseInstitution('USCC_INVALID', { reason: 'CHECKSUM' });
  return code;
}

/** The figures of one year end. Net assets and profit may be below zero, as of a firm in trouble. */
export type Financials = {
  yearEnd: string;
  netAssets: Decimal;
  liabilities: Decimal;
  revenue: Decimal;
  profit: Decimal;
  currency: string;
  source: FinancialsSource;
};
export type FinancialsSource = 'AUDITED' | 'MANAGEMENT' | 'TAX_FILING';

type FinancialsAsk = {
  yearEnd: string;
  netAssets: Money;
  liabilities: Money;
  revenue: Money;
  profit: Money;
  source: FinancialsSource;
};

/** Older figures say nothing of the institution of today. */
const YEARS_BACK_MAX = 10;

/** A financial statement, in the currency of the grading tables. */
export function financialsOf(ask: FinancialsAsk, currency: string, today: string): Financials {
  const { yearEnd, source } = ask;
  const isMonthEnd = endOfMonth(yearEnd) === yearEnd;
  if (!isMonthEnd || yearEnd >= today || yearEnd < plusMonths(today, -12 * YEARS_BACK_MAX))
    throw refuseInstitution('YEAR_END_IMPOSSIBLE', { today });
  return {
    yearEnd,
    netAssets: amountOf(ask.netAssets, 'netAssets', currency, 'ANY_SIGN'),
    liabilities: amountOf(ask.liabilities, 'liabilities', currency, 'NOT_NEGATIVE'),
    revenue: amountOf(ask.revenue, 'revenue', currency, 'NOT_NEGATIVE'),
    profit: amountOf(ask.profit, 'profit', currency, 'ANY_SIGN'),
    currency,
    source,
  };
}

function amountOf(money: Money, field: string, currency: string, sign: 'ANY_SIGN' | 'NOT_NEGATIVE'): Decimal {
  if (money.currency !== currency && Object.hasOwn(CURRENCIES, money.currency))
    throw refuse('BAD_INPUT', { field, reason: 'CURRENCY', currency });
  nonNegativeMoney(sign === 'ANY_SIGN' ? { ...money, amount: money.amount.abs() } : money, field);
  return money.amount;
}

/** Whether a new statement takes the place of the one that counts: the later year end, then the later word. */
export const countsInstead = (candidate: { yearEnd: string }, current: { yearEnd: string } | null): boolean =>
  current === null || candidate.yearEnd >= current.yearEnd;
