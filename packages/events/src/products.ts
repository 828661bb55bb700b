import { z } from 'zod';
import {
  AmountMinor,
  Code,
  Currency,
  Day,
  DecimalText,
  Instant,
  IssuerType,
  OrderSide,
  ProductCategory,
  ProductRisk,
  SuitabilityResult,
} from './codes.js';
import { defineEvent } from './define.js';

export const ProductListed = defineEvent({
  topic: 'products.v1',
  type: 'product.listed',
  version: 1,
  meaning: 'A product is in the catalogue and may be sold.',
  key: 'productId',
  data: z.object({
    productId: z.uuid(),
    productClass: IssuerType,
    category: ProductCategory,
    rating: ProductRisk,
  }),
});

const productId = z.uuid();
const offer = { productId, productClass: IssuerType, rating: ProductRisk };

export const ProductRatingChanged = defineEvent({
  topic: 'products.v1',
  type: 'product.rating.changed',
  version: 1,
  meaning: 'Another rating of the product counts from effectiveFrom; holders and open orders were looked at.',
  key: 'productId',
  data: z.object({
    productId,
    productClass: IssuerType,
    from: ProductRisk,
    to: ProductRisk,
    effectiveFrom: Day,
  }),
});

const offered = (type: string, meaning: string) =>
  defineEvent({ topic: 'products.v1', type, version: 1, meaning, key: 'productId', data: z.object(offer) });

export const ProductSuspended = offered(
  'product.suspended',
  'The product is not sold for the time being; holders keep it and may redeem.',
);
export const ProductResumed = offered('product.resumed', 'A suspended product is sold again.');
export const ProductClosed = offered(
  'product.closed',
  'The product is no longer sold, for good; holders keep it and may redeem.',
);

export const SuitabilityChecked = defineEvent({
  topic: 'products.v1',
  type: 'suitability.checked',
  version: 1,
  meaning:
    'A product was held against the client by the matching table; the decision and its inputs are stored.',
  key: 'clientId',
  data: z.object({
    clientId: z.uuid(),
    decisionId: z.uuid(),
    productId: z.uuid(),
    result: SuitabilityResult,
    reasonCodes: z.array(Code),
    override: z.boolean(),
  }),
});

const order = {
  clientId: z.uuid(),
  orderId: z.uuid(),
  productId: z.uuid(),
  productClass: IssuerType,
  side: OrderSide,
  amountMinor: AmountMinor,
  currency: Currency,
};

const orderEvent = (type: string, meaning: string) =>
  defineEvent({ topic: 'products.v1', type, version: 1, meaning, key: 'clientId', data: z.object(order) });

export const OrderSubmitted = orderEvent(
  'order.submitted',
  'A suitable order was placed and sent to the issuer.',
);
export const OrderAccepted = orderEvent('order.accepted', 'The issuer has accepted the order.');
export const OrderCancelled = orderEvent(
  'order.cancelled',
  'The order was withdrawn before the issuer accepted it.',
);
export const OrderRejected = orderEvent('order.rejected', 'The issuer has refused the order.');

export const OrderFailed = orderEvent(
  'order.failed',
  'The accepted order could not be settled; nothing has moved.',
);

export const OrderSettled = defineEvent({
  topic: 'products.v1',
  type: 'order.settled',
  version: 1,
  meaning:
    'The order was settled by net asset value: units and money have moved. amountMinor is the money paid in, fees included, or paid out; units those bought, or given up: by a switch of fromProductId.',
  key: 'clientId',
  data: z.object({
    ...order,
    settledOn: Day,
    // Not in older messages.
    feeMinor: AmountMinor.optional(),
    units: DecimalText.optional(),
    fromProductId: z.uuid().optional(),
  }),
});

export const OrderPartlySettled = defineEvent({
  topic: 'products.v1',
  type: 'order.partlysettled',
  version: 1,
  meaning:
    'A part of the order was settled: amountMinor of money has moved. order.settled follows with the whole once the rest is settled or given up.',
  key: 'clientId',
  data: z.object({ ...order, settledOn: Day }),
});

export const OrderReversed = orderEvent(
  'order.reversed',
  'A settlement was an error and was taken back: its units and money have moved back.',
);

const coolingOff = (type: string, meaning: string) =>
  defineEvent({
    topic: 'products.v1',
    type,
    version: 1,
    meaning,
    key: 'clientId',
    data: z.object({ clientId: z.uuid(), orderId: z.uuid(), productId, until: Instant }),
  });

export const CoolingOffStarted = coolingOff(
  'order.coolingoff.started',
  'The client has time to think until then: nobody who sells may contact the client.',
);
export const CoolingOffEnded = coolingOff(
  'order.coolingoff.ended',
  'The cooling-off of the order is over: the client was called back, or the order was given up.',
);

export const OrderFeeCharged = defineEvent({
  topic: 'products.v1',
  type: 'order.fee.charged',
  version: 1,
  meaning: 'Settling the order has cost the client this fee, a part of the amount of the order.',
  key: 'clientId',
  data: z.object({
    clientId: z.uuid(),
    orderId: z.uuid(),
    productClass: IssuerType,
    amountMinor: AmountMinor,
    currency: Currency,
  }),
});

const feeCredit = { clientId: z.uuid(), creditId: z.uuid(), orderId: z.uuid() };

export const FeeCreditRequested = defineEvent({
  topic: 'products.v1',
  type: 'fee.credit.requested',
  version: 1,
  meaning:
    'The client wants this part of the fee of a settled order paid with points: loyalty takes the points and grants, or declines.',
  key: 'clientId',
  data: z.object({ ...feeCredit, feeMinor: AmountMinor, amountMinor: AmountMinor, currency: Currency }),
});
export const FeeCreditBooked = defineEvent({
  topic: 'products.v1',
  type: 'fee.credit.booked',
  version: 1,
  meaning: 'The granted credit is booked on the fee and paid back to the client: the points are spent.',
  key: 'clientId',
  data: z.object({ ...feeCredit, amountMinor: AmountMinor, currency: Currency }),
});
export const FeeCreditReleased = defineEvent({
  topic: 'products.v1',
  type: 'fee.credit.released',
  version: 1,
  meaning:
    'The credit is not, or no longer, booked on a fee: loyalty gives back what it took for it, if it took anything.',
  key: 'clientId',
  data: z.object({ ...feeCredit, reason: Code }),
});

export const PortfolioDrawdownReached = defineEvent({
  topic: 'products.v1',
  type: 'portfolio.drawdown.reached',
  version: 1,
  meaning:
    'What the client holds in this currency is worth less than its 90-day peak by the band, by money-neutral return.',
  key: 'clientId',
  data: z.object({
    clientId: z.uuid(),
    currency: Currency,
    band: z.enum(['GE_10_PCT', 'GE_20_PCT']),
    peakOn: Day,
    asOf: Day,
  }),
});

export const PortfolioMeasured = defineEvent({
  topic: 'products.v1',
  type: 'portfolio.measured',
  version: 1,
  meaning:
    'What the client holds in this currency was measured for the day asOf: the share of each product, the loss of twelve months, and what was redeemed within five days, in basis points of the whole.',
  key: 'clientId',
  data: z.object({
    clientId: z.uuid(),
    currency: Currency,
    asOf: Day,
    positions: z.array(
      z.object({ productId: z.uuid(), rating: ProductRisk, shareBp: z.int().nonnegative() }),
    ),
    /** Zero where nothing was lost. */
    lossYearBp: z.int().nonnegative(),
    redeemedBp: z.int().nonnegative(),
  }),
});

export const HoldingChanged = defineEvent({
  topic: 'products.v1',
  type: 'holding.changed',
  version: 1,
  meaning: 'The units that a client holds of a product have changed.',
  key: 'clientId',
  data: z.object({
    clientId: z.uuid(),
    productId: z.uuid(),
    rating: ProductRisk,
    units: DecimalText,
    valueBand: Code,
  }),
});

const plan = { clientId: z.uuid(), planId: z.uuid(), currency: Currency };
const planEvent = (type: string, meaning: string) =>
  defineEvent({ topic: 'products.v1', type, version: 1, meaning, key: 'clientId', data: z.object(plan) });

export const PortfolioPlanProposed = planEvent(
  'portfolio.plan.proposed',
  'An adviser proposes to the client what to change in what is held of this currency.',
);
export const PortfolioPlanAccepted = planEvent(
  'portfolio.plan.accepted',
  'The plan was accepted, and each of its lines is an order now.',
);
export const PortfolioPlanDeclined = planEvent(
  'portfolio.plan.declined',
  'The client does not want the plan.',
);
export const PortfolioPlanLapsed = planEvent(
  'portfolio.plan.lapsed',
  'The plan was not accepted in time, or a later one has taken its place.',
);
export const PortfolioReviewDue = defineEvent({
  topic: 'products.v1',
  type: 'portfolio.review.due',
  version: 1,
  meaning: 'An accepted plan is to be looked at again with the client.',
  key: 'clientId',
  data: z.object({ ...plan, dueOn: Day }),
});

export const OrderExpired = orderEvent(
  'order.expired',
  'The order was not submitted in time; nothing has moved.',
);

export const OrderSentBack = orderEvent(
  'order.sentback',
  'The product or the client has changed before the order was submitted: it begins anew, and its confirmations are gone.',
);

export const SuitabilityRulesApproved = defineEvent({
  topic: 'products.v1',
  type: 'suitability.rules.approved',
  version: 1,
  meaning:
    'A second person has approved new tables of suitability; purchases are decided by them from effectiveFrom.',
  key: 'ruleVersion',
  data: z.object({ ruleVersion: Code, effectiveFrom: Day }),
});

export const NavCorrected = defineEvent({
  topic: 'products.v1',
  type: 'nav.corrected',
  version: 1,
  meaning:
    'A second person has approved another value of a unit for the day asOf; so many orders were settled at the value that was, and are to be corrected.',
  key: 'productId',
  data: z.object({ productId, asOf: Day, count: z.int().nonnegative() }),
});

export const OrderCorrected = defineEvent({
  topic: 'products.v1',
  type: 'order.corrected',
  version: 1,
  meaning:
    'The order was settled at a wrong value of a unit and has been booked anew at the right one: amountMinor is its money now.',
  key: 'clientId',
  data: z.object({ ...order, settledOn: Day }),
});
