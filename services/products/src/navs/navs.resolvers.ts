import type { MutationResolvers, ProductResolvers, Resolvers } from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { NavCorrectionRow } from './corrections.entities.js';
import { affectedOrders, decideNavCorrection, proposeNavCorrection } from './corrections.js';
import { CORRECTION_WORDS } from './corrections.rules.js';
import { importNavs, latestNav, navsBetween, volatilityOfProduct } from './navs.js';

export const navResolvers = {
  Mutation: {
    importNavs: (_, { input }, ctx) => importNavs(ctx.db, input),
    proposeNavCorrection: (_, { input }, ctx) => proposeNavCorrection(ctx.db, input),
    approveNavCorrection: (_, { input }, ctx) => decideNavCorrection(ctx.db, 'APPROVED', input),
    rejectNavCorrection: (_, { input }, ctx) => decideNavCorrection(ctx.db, 'REJECTED', input),
    withdrawNavCorrection: (_, { input }, ctx) => decideNavCorrection(ctx.db, 'WITHDRAWN', input),
  },
  Product: {
    latestNav: (product, _, ctx) => latestNav(ctx, product.id),
    navs: (product, span, ctx) => navsBetween(ctx.db, product, span),
    navCorrections: (product, args, ctx) => ctx.loadPage(NavCorrectionRow, 'productId', product.id, args),
    volatility: (product, _, ctx) => volatilityOfProduct(ctx, product),
  },
  NavCorrection: {
    product: (correction, _, ctx) => productOf(ctx, correction),
    reasonLabel: ({ reason }, { locale }) => CORRECTION_WORDS[reason][locale],
    affectedOrders: (correction, args, ctx) => affectedOrders(ctx, correction, args),
  },
  NavGap: {
    product: (gap, _, ctx) => productOf(ctx, gap),
  },
  Volatility: {
    annualisedPct: ({ pct }) => pct,
  },
} satisfies Pick<Resolvers, 'NavCorrection' | 'NavGap' | 'Volatility'> & {
  Mutation: Pick<
    MutationResolvers,
    | 'importNavs'
    | 'proposeNavCorrection'
    | 'approveNavCorrection'
    | 'rejectNavCorrection'
    | 'withdrawNavCorrection'
  >;
  Product: Pick<ProductResolvers, 'latestNav' | 'navCorrections' | 'navs' | 'volatility'>;
};
