import type { ServiceDefinition } from '@client-graph/kit';
import { clientResolvers } from './client.resolvers.js';
import {
  DecisionRow,
  HoldingRow,
  OrderRow,
  ProductRatingRow,
  ProductRow,
  RiskCopyRow,
  SettlementRow,
  SuitabilityRuleRow,
} from './entities.js';
import { handlers } from './handlers.js';
import { holdingResolvers } from './holdings/holdings.resolvers.js';
import { orderResolvers } from './orders/orders.resolvers.js';
import { productResolvers } from './products/products.resolvers.js';
import { seed } from './seed.js';
import { suitabilityResolvers } from './suitability/suitability.resolvers.js';

export const service: ServiceDefinition = {
  name: 'products',
  folder: new URL('../', import.meta.url),
  entities: [
    ProductRow,
    ProductRatingRow,
    SuitabilityRuleRow,
    RiskCopyRow,
    DecisionRow,
    OrderRow,
    SettlementRow,
    HoldingRow,
  ],
  resolvers: {
    ...productResolvers,
    ...suitabilityResolvers,
    ...orderResolvers,
    ...holdingResolvers,
    Query: { ...productResolvers.Query, ...suitabilityResolvers.Query, ...orderResolvers.Query },
    Mutation: { ...productResolvers.Mutation, ...suitabilityResolvers.Mutation, ...orderResolvers.Mutation },
    Client: {
      ...clientResolvers.Client,
      ...suitabilityResolvers.Client,
      ...orderResolvers.Client,
      ...holdingResolvers.Client,
    },
  },
  handlers,
  seed,
};
