import type { MutationResolvers, ProductResolvers, Resolvers } from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { importNavs, latestNav, navsBetween, volatilityOfProduct } from './navs.js';

export const navResolvers = {
  Mutation: {
    importNavs: (_, { input }, ctx) => importNavs(ctx.db, input),
  },
  Product: {
    latestNav: (product, _, ctx) => latestNav(ctx, product.id),
    navs: (product, span, ctx) => navsBetween(ctx.db, product, span),
    volatility: (product, _, ctx) => volatilityOfProduct(ctx, product),
  },
  NavGap: {
    product: (gap, _, ctx) => productOf(ctx, gap),
  },
  Volatility: {
    annualisedPct: ({ pct }) => pct,
  },
} satisfies Pick<Resolvers, 'NavGap' | 'Volatility'> & {
  Mutation: Pick<MutationResolvers, 'importNavs'>;
  Product: Pick<ProductResolvers, 'latestNav' | 'navs' | 'volatility'>;
};
