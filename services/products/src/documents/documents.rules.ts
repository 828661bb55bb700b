import type { Decimal } from '@client-graph/kit/decimal';
import { type Money, positiveMoney } from '@client-graph/kit/money';
import { defineRefusals, refuse as refuseInput } from '@client-graph/kit/refusals';
import { type Liquidity, mustPromiseNothing } from '../products/products.rules.js';

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;

export const DOCUMENT_WORDS = {
  PROSPECTUS: { EN: 'Prospectus', ZH_HANS: '产品说明书', ZH_HANT: '產品說明書' },
  CONTRACT: { EN: 'Contract', ZH_HANS: '产品合同', ZH_HANT: '產品合同' },
  RISK_DISCLOSURE: { EN: 'Risk disclosure', ZH_HANS: '风险揭示书', ZH_HANT: '風險揭示書' },
  FEE_TABLE: { EN: 'Fees', ZH_HANS: '费率表', ZH_HANT: '費率表' },
  REPORT: { EN: 'Report', ZH_HANS: '定期报告', ZH_HANT: '定期報告' },
  NOTICE: { EN: 'Notice', ZH_HANS: '公告', ZH_HANT: '公告' },
} as const satisfies Record<string, Words>;
export type DocumentKind = keyof typeof DOCUMENT_WORDS;

export const LIQUIDITY_WORDS = {
  DAILY: { EN: 'Every working day', ZH_HANS: '每个工作日开放', ZH_HANT: '每個工作日開放' },
  WEEKLY: { EN: 'Once a week', ZH_HANS: '每周开放', ZH_HANT: '每週開放' },
  MONTHLY: { EN: 'Once a month', ZH_HANS: '每月开放', ZH_HANT: '每月開放' },
  QUARTERLY: { EN: 'Once a quarter', ZH_HANS: '每季度开放', ZH_HANT: '每季度開放' },
  CLOSED: { EN: 'Not before its term', ZH_HANS: '到期前封闭', ZH_HANT: '到期前封閉' },
} as const satisfies Record<Liquidity, Words>;

export const refuse = defineRefusals({
  EDITION_TAKEN:
    'This edition of the document is published in this language: give a new edition another name.',
  DOCUMENT_WITHDRAWN: 'The document was withdrawn before.',
  TERMS_UNCHANGED: 'The terms are as they are now.',
});

export type NewDocument = {
  edition: string;
  title: string;
  url: string;
  sha256: string;
};

const bad = (field: string, expected: string) => refuseInput('BAD_INPUT', { field, expected });

/** The form of a document: an edition, a title that promises nothing, where it lies and the hash of what lies there. */
export function checkDocument({ edition, title, url, sha256 }: NewDocument): void {
  if (!/^[A-Za-z0-9_.-]{1,32}$/.test(edition))
    throw bad('edition', '1 to 32 letters, digits, dots and dashes');
  if (title.trim() === '' || title.length > 120) throw bad('title', '1 to 120 characters');
  mustPromiseNothing('title', title);
  if (!URL.canParse(url) || !url.startsWith('https://') || url.length > 500)
    throw bad('url', 'an https address of at most 500 characters');
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw bad('sha256', '64 hexadecimal digits, small letters');
}

/** What a product is sold by, beside its fees, which change by two people and from a day to come (`product-fees.ts`). */
export type Terms = {
  issuer: string | null;
  termMonths: number | null;
  liquidity: Liquidity;
  minAmount: Decimal;
  minHorizonMonths: number;
};

const MONTHS_MAX = 600;

/** Terms in the place of those that are there. Refuses BAD_INPUT and TERMS_UNCHANGED. */
export function changeTerms(
  current: Terms,
  ask: Omit<Terms, 'minAmount'> & { minAmount: Money },
  currency: string,
): Terms {
  const { amount } = positiveMoney(ask.minAmount, 'minAmount');
  if (ask.minAmount.currency !== currency) throw bad('minAmount', `an amount in ${currency}`);
  if (ask.minHorizonMonths < 0 || ask.minHorizonMonths > MONTHS_MAX)
    throw bad('minHorizonMonths', `0 to ${MONTHS_MAX}`);
  if (ask.termMonths !== null && (ask.termMonths < 1 || ask.termMonths > MONTHS_MAX))
    throw bad('termMonths', `1 to ${MONTHS_MAX}`);
  if (ask.liquidity === 'CLOSED' && ask.termMonths === null)
    throw bad('termMonths', 'a term, where nothing is paid out before it');
  const issuer = ask.issuer?.trim() ?? null;
  if (issuer !== null && (issuer === '' || issuer.length > 120)) throw bad('issuer', '1 to 120 characters');
  const terms = { ...ask, issuer, minAmount: amount };
  const isSame =
    terms.issuer === current.issuer &&
    terms.termMonths === current.termMonths &&
    terms.liquidity === current.liquidity &&
    terms.minHorizonMonths === current.minHorizonMonths &&
    terms.minAmount.equals(current.minAmount);
  if (isSame) throw refuse('TERMS_UNCHANGED');
  return terms;
}
