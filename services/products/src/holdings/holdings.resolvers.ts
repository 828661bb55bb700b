import { HoldingRow } from '../entities.js';
import type { ClientResolvers, Resolvers } from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { performanceOfHolding, valued } from './holdings.js';
import { holdingValue } from './holdings.rules.js';
import { portfolioPerformance } from './portfolio-performance.js';

export const holdingResolvers = {
  Client: {
    performance: (client, args, ctx) => portfolioPerformance(ctx, client, args),
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
  PortfolioPerformance: {
    opening: ({ opening: amount, currency }) => ({ amount, currency }),
    value: ({ value: amount, currency }) => ({ amount, currency }),
    paidIn: ({ paidIn: amount, currency }) => ({ amount, currency }),
    paidOut: ({ paidOut: amount, currency }) => ({ amount, currency }),
    profit: ({ profit: amount, currency }) => ({ amount, currency }),
  },
} satisfies Pick<Resolvers, 'Holding' | 'PortfolioPerformance'> & {
  Client: Pick<ClientResolvers, 'holdings' | 'performance'>;
};
