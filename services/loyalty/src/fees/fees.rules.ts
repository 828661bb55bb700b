import {
  type DataOf,
  FeeCreditDeclined,
  FeeCreditGranted,
  type FeeCreditRequested,
} from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { currencyDecimals } from '@client-graph/kit/money';
import { isRefusal } from '@client-graph/kit/refusals';
import type { Programme } from '../membership/membership.rules.js';

export type CreditRequest = DataOf<typeof FeeCreditRequested>;

/** The reward that points against fees are. */
export const FEE_CREDIT = 'FEE-CREDIT';

/** What a credit costs: 100 points are CNY 1 (`domain.md` 3.5.2); a part of a point is a whole one. */
export const creditPoints = ({ amountMinor, currency }: CreditRequest, programme: Programme): number =>
  new Decimal(amountMinor)
    .div(new Decimal(10).pow(currencyDecimals(currency)))
    .times(programme.pointsPerCurrency)
    .ceil()
    .toNumber();

/** The most that points may pay of a fee, in minor units; a part of a unit is not paid. */
export const creditCeiling = ({ feeMinor }: CreditRequest, programme: Programme): number =>
  new Decimal(feeMinor).times(programme.feeCreditMaxPercent).div(100).floor().toNumber();

type Known = {
  programme: Programme;
  /** Credits of the same order that stand already. */
  creditedMinor: number;
  balance: number;
  /** What the rules of redeeming say; it refuses or not. */
  mustHave: () => void;
};

/** Why a credit is declined; null when nothing speaks against it. */
export function objectionTo(request: CreditRequest, known: Known): string | null {
  if (request.currency !== known.programme.currency) return 'CURRENCY';
  if (request.amountMinor <= 0) return 'NO_AMOUNT';
  if (known.creditedMinor + request.amountMinor > creditCeiling(request, known.programme))
    return 'ABOVE_CEILING';
  const refused = codeOf(known.mustHave);
  if (refused !== null) return refused;
  return creditPoints(request, known.programme) > known.balance ? 'POINTS_SHORT' : null;
}

/** The code by which a check refuses; null when it does not. */
function codeOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
}

/** What is answered to products. */
export const granted = (
  { clientId, orderId, creditId, amountMinor, currency }: CreditRequest,
  redemption: { id: string; points: number },
) =>
  FeeCreditGranted({
    clientId,
    orderId,
    creditId,
    amountMinor,
    currency,
    redemptionId: redemption.id,
    points: redemption.points,
  });

export const declined = ({ clientId, orderId, creditId }: CreditRequest, reason: string) =>
  FeeCreditDeclined({ clientId, orderId, creditId, reason });
