import { ProductRatingRow, ProductRow } from '../entities.js';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { createProduct, listProducts } from './products.js';
import { CATEGORY_WORDS, ISSUER_WORDS, nameIn, RATING_WORDS, STATUS_WORDS } from './products.rules.js';

export const productResolvers = {
  Query: {
    product: (_, { id }, ctx) => ctx.load(ProductRow, id),
    products: (_, args, ctx) => listProducts(ctx.db, args),
  },
  Mutation: {
    createProduct: (_, { input }, ctx) => createProduct(ctx.db, input),
  },
  Product: {
    __resolveReference: (reference, ctx) => ctx.load(ProductRow, reference.id),
    name: (product, { locale }) => nameIn(product, locale),
    issuerTypeLabel: (product, { locale }) => ISSUER_WORDS[product.issuerType][locale],
    categoryLabel: (product, { locale }) => CATEGORY_WORDS[product.category][locale],
    statusLabel: (product, { locale }) => STATUS_WORDS[product.status][locale],
    ratingLabel: (product, { locale }) => RATING_WORDS[product.rating][locale],
    minAmount: (product) => ({ amount: product.minAmount, currency: product.currency }),
    ratings: (product, args, ctx) => ctx.loadPage(ProductRatingRow, 'productId', product.id, args),
  },
} satisfies Pick<Resolvers, 'Product'> & {
  Query: Pick<QueryResolvers, 'product' | 'products'>;
  Mutation: Pick<MutationResolvers, 'createProduct'>;
};
