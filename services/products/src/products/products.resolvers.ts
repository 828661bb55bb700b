import { ProductRatingRow, ProductRow } from '../entities.js';
import type { MutationResolvers, ProductResolvers, QueryResolvers } from '../generated/resolvers.js';
import { changeStatus, rateProduct } from './changes.js';
import { createProduct, exposureOfProduct, listProducts } from './products.js';
import { CATEGORY_WORDS, ISSUER_WORDS, nameIn, RATING_WORDS, STATUS_WORDS } from './products.rules.js';

export const productResolvers = {
  Query: {
    product: (_, { id }, ctx) => ctx.load(ProductRow, id),
    products: (_, args, ctx) => listProducts(ctx.db, args),
  },
  Mutation: {
    createProduct: (_, { input }, ctx) => createProduct(ctx.db, input),
    rateProduct: (_, { input }, ctx) => rateProduct(ctx.db, input),
    suspendProduct: (_, { input }, ctx) => changeStatus(ctx.db, input, 'suspend'),
    resumeProduct: (_, { input }, ctx) => changeStatus(ctx.db, input, 'resume'),
    closeProduct: (_, { input }, ctx) => changeStatus(ctx.db, input, 'close'),
  },
  Product: {
    __resolveReference: (reference, ctx) => ctx.load(ProductRow, reference.id),
    name: (product, { locale }) => nameIn(product, locale),
    issuerTypeLabel: (product, { locale }) => ISSUER_WORDS[product.issuerType][locale],
    categoryLabel: (product, { locale }) => CATEGORY_WORDS[product.category][locale],
    statusLabel: (product, { locale }) => STATUS_WORDS[product.status][locale],
    ratingLabel: (product, { locale }) => RATING_WORDS[product.rating][locale],
    minAmount: (product) => ({ amount: product.minAmount, currency: product.currency }),
    exposure: (product, _, ctx) => exposureOfProduct(ctx, product),
    ratings: (product, args, ctx) => ctx.loadPage(ProductRatingRow, 'productId', product.id, args),
  },
} satisfies {
  Product: Omit<
    ProductResolvers,
    | 'documents'
    | 'fees'
    | 'latestNav'
    | 'liquidityLabel'
    | 'navCorrections'
    | 'navs'
    | 'purchaseFeePct'
    | 'redemptionFeePct'
    | 'terms'
    | 'volatility'
  >;
  Query: Pick<QueryResolvers, 'product' | 'products'>;
  Mutation: Pick<
    MutationResolvers,
    'createProduct' | 'rateProduct' | 'suspendProduct' | 'resumeProduct' | 'closeProduct'
  >;
};
