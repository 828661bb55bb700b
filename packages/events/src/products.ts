import { z } from 'zod';
import {
  AmountMinor,
  Code,
  Currency,
  Day,
  DecimalText,
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

export const OrderSettled = defineEvent({
  topic: 'products.v1',
  type: 'order.settled',
  version: 1,
  meaning: 'The order was settled by net asset value: units and money have moved.',
  key: 'clientId',
  data: z.object({ ...order, settledOn: Day }),
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
