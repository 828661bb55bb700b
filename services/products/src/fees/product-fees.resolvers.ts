import type { MutationResolvers, ProductResolvers, Resolvers } from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { ProductFeesRow } from './product-fees.entities.js';
import { decideProductFees, feesToday, proposeProductFees } from './product-fees.js';

export const productFeesResolvers = {
  Mutation: {
    proposeProductFees: (_, { input }, ctx) => proposeProductFees(ctx.db, input),
    approveProductFees: (_, { input }, ctx) => decideProductFees(ctx.db, 'APPROVED', input),
    rejectProductFees: (_, { input }, ctx) => decideProductFees(ctx.db, 'REJECTED', input),
    withdrawProductFees: (_, { input }, ctx) => decideProductFees(ctx.db, 'WITHDRAWN', input),
  },
  Product: {
    purchaseFeePct: async (product, _, ctx) => (await feesToday(ctx, product)).purchaseFeePct,
    redemptionFeePct: async (product, _, ctx) => (await feesToday(ctx, product)).redemptionFeePct,
    fees: (product, args, ctx) => ctx.loadPage(ProductFeesRow, 'productId', product.id, args),
  },
  ProductFees: {
    product: (fees, _, ctx) => productOf(ctx, fees),
  },
} satisfies Pick<Resolvers, 'ProductFees'> & {
  Mutation: Pick<
    MutationResolvers,
    'approveProductFees' | 'proposeProductFees' | 'rejectProductFees' | 'withdrawProductFees'
  >;
  Product: Pick<ProductResolvers, 'fees' | 'purchaseFeePct' | 'redemptionFeePct'>;
};
