import { HoldingRow } from '../entities.js';
import type { ClientResolvers, Resolvers } from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { performanceOfHolding, valued } from './holdings.js';
import { holdingValue } from './holdings.rules.js';

export const holdingResolvers = {
  Client: {
    holdings: (client, _, ctx) => ctx.loadList(HoldingRow, 'clientId', client.id),
  },
  Holding: {
    product: (holding, _, ctx) => productOf(ctx, holding),
    nav: async (holding, _, ctx) => (await valued(ctx, holding)).lastNav,
    value: async (holding, _, ctx) => ({
      amount: holdingValue(await valued(ctx, holding)),
      currency: holding.currency,
    }),
    asOf: async (holding, _, ctx) => (await valued(ctx, holding)).asOf,
    performance: (holding, _, ctx) => performanceOfHolding(ctx, holding),
  },
} satisfies Pick<Resolvers, 'Holding'> & { Client: Pick<ClientResolvers, 'holdings'> };
