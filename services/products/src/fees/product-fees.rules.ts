import type { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals } from '@client-graph/kit/refusals';
import { mustBeFeePct } from '../products/products.rules.js';

/** What an order costs: of a purchase in per cent of what is invested, of a redemption of what the units are worth. */
export type Fees = { purchaseFeePct: Decimal; redemptionFeePct: Decimal };

export const refuse = defineRefusals({
  FEES_UNCHANGED: 'The fees are those of that day already.',
  FEES_NOT_AHEAD: 'Other fees hold from a day to come: nobody orders today by other fees than were shown.',
});

/** Fees in the place of those that hold on the same day. Refuses BAD_INPUT, FEES_NOT_AHEAD and FEES_UNCHANGED. */
export function checkFees(ask: Fees & { validFrom: string }, current: Fees, today: string): void {
  mustBeFeePct('purchaseFeePct', ask.purchaseFeePct);
  mustBeFeePct('redemptionFeePct', ask.redemptionFeePct);
  mustComeLater(ask, today);
  if (
    ask.purchaseFeePct.equals(current.purchaseFeePct) &&
    ask.redemptionFeePct.equals(current.redemptionFeePct)
  )
    throw refuse('FEES_UNCHANGED');
}

export function mustComeLater({ validFrom }: { validFrom: string }, today: string): void {
  if (validFrom <= today) throw refuse('FEES_NOT_AHEAD', { validFrom, today });
}

/** A product as an order sees it: with the fees of the day it was placed on, whatever the product asks for since. */
export const atFeesOf = <Product extends Fees>(
  order: { purchaseFeePct: Decimal | null; redemptionFeePct: Decimal | null },
  product: Product,
): Product => ({
  ...product,
  purchaseFeePct: order.purchaseFeePct ?? product.purchaseFeePct,
  redemptionFeePct: order.redemptionFeePct ?? product.redemptionFeePct,
});
