import type { Decimal } from '@client-graph/kit/decimal';
import { type Money, nonNegativeMoney } from '@client-graph/kit/money';
import { refuse as refuseInput } from '@client-graph/kit/refusals';
import { daysBetween } from '@client-graph/kit/time';
import type { Investor } from './suitability.rules.js';

export type InvestorFacts = {
  horizonMonths: number | null;
  liquidAssets: Decimal | null;
  currency: string | null;
  /** The last day of the certificate. */
  qualifiedUntil: string | null;
};

/** What other services tell of a client: the kind of investor by law and until when, and the oldest review not yet done. */
export type Standing = {
  status: { investor: string; isQualified: boolean; validTo: string } | null;
  review: { dueOn: string; isBlocking: boolean } | null;
};

type Told = Required<
  Pick<
    Investor,
    'isQualified' | 'isProfessional' | 'needsProfile' | 'isReviewOverdue' | 'horizonMonths' | 'liquidAssets'
  >
>;

/** Where the tables do not say how late a review may be, it is this many days. */
const REVIEW_OVERDUE_DAYS = 90;

/** The facts as a decision takes them in on a day; an expired certificate is none, an expired status ordinary. */
export const investorOf = (
  facts: InvestorFacts | null,
  { status, review }: Standing,
  {
    today,
    reviewOverdueDays = REVIEW_OVERDUE_DAYS,
  }: { today: string; reviewOverdueDays?: number | undefined },
): Told => ({
  isQualified:
    (facts !== null && facts.qualifiedUntil !== null && facts.qualifiedUntil >= today) ||
    (status?.isQualified === true && status.validTo >= today),
  isProfessional: status !== null && status.investor !== 'ORDINARY' && status.validTo >= today,
  needsProfile: status !== null && status.investor === 'PROFESSIONAL_C',
  isReviewOverdue:
    review !== null && (review.isBlocking || daysBetween(review.dueOn, today) >= reviewOverdueDays),
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
