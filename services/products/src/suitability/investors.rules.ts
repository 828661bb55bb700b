import type { Decimal } from '@client-graph/kit/decimal';
import { type Money, nonNegativeMoney } from '@client-graph/kit/money';
import { refuse as refuseInput } from '@client-graph/kit/refusals';
import type { Investor } from './suitability.rules.js';

export type InvestorFacts = {
  horizonMonths: number | null;
  liquidAssets: Decimal | null;
  currency: string | null;
  /** The last day of the certificate. */
  qualifiedUntil: string | null;
};

/** The facts as a decision takes them in on a day; an expired certificate is none. */
export const investorOf = (
  facts: InvestorFacts | null,
  today: string,
): Required<Pick<Investor, 'isQualified' | 'horizonMonths' | 'liquidAssets'>> => ({
  isQualified:
    facts?.qualifiedUntil !== null && facts?.qualifiedUntil !== undefined && facts.qualifiedUntil >= today,
  horizonMonths: facts?.horizonMonths ?? null,
  liquidAssets:
    facts === null || facts.liquidAssets === null || facts.currency === null
      ? null
      : { amount: facts.liquidAssets.toFixed(), currency: facts.currency },
});

const HORIZON_MONTHS_MAX = 600;

/** Checks facts before they are kept. Refuses BAD_INPUT. */
export function checkFacts(ask: {
  horizonMonths?: number | null | undefined;
  liquidAssets?: Money | null | undefined;
  qualifiedUntil?: string | null | undefined;
}): InvestorFacts {
  const horizonMonths = ask.horizonMonths ?? null;
  if (horizonMonths !== null && (horizonMonths < 0 || horizonMonths > HORIZON_MONTHS_MAX))
    throw refuseInput('BAD_INPUT', { field: 'horizonMonths', min: 0, max: HORIZON_MONTHS_MAX });
  const liquid = ask.liquidAssets ? nonNegativeMoney(ask.liquidAssets, 'liquidAssets') : null;
  return {
    horizonMonths,
    liquidAssets: liquid?.amount ?? null,
    currency: liquid?.currency ?? null,
    qualifiedUntil: ask.qualifiedUntil ?? null,
  };
}
