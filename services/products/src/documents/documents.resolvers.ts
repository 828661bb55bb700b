import type { MutationResolvers, ProductResolvers, Resolvers } from '../generated/resolvers.js';
import { ProductDocumentRow, ProductTermsRow } from './documents.entities.js';
import { changeProductTerms, publishDocument, withdrawDocument } from './documents.js';
import { DOCUMENT_WORDS, LIQUIDITY_WORDS } from './documents.rules.js';

export const documentResolvers = {
  Mutation: {
    publishDocument: (_, { input }, ctx) => publishDocument(ctx.db, input),
    withdrawDocument: (_, { input }, ctx) => withdrawDocument(ctx.db, input),
    changeProductTerms: (_, { input }, ctx) => changeProductTerms(ctx.db, input),
  },
  Product: {
    liquidityLabel: ({ liquidity }, { locale }) => LIQUIDITY_WORDS[liquidity][locale],
    documents: (product, args, ctx) => ctx.loadPage(ProductDocumentRow, 'productId', product.id, args),
    terms: async (product, _, ctx) => {
      const terms = await ctx.loadList(ProductTermsRow, 'productId', product.id);
      return terms
        .sort((a, b) => b.n - a.n)
        .slice(0, 100)
        .map((row) => ({ ...row, currency: product.currency }));
    },
  },
  ProductTerms: {
    liquidityLabel: ({ liquidity }, { locale }) => LIQUIDITY_WORDS[liquidity][locale],
    minAmount: ({ minAmount: amount, currency }) => ({ amount, currency }),
  },
  ProductDocument: {
    kindLabel: ({ kind }, { locale }) => DOCUMENT_WORDS[kind][locale],
  },
} satisfies Pick<Resolvers, 'ProductDocument' | 'ProductTerms'> & {
  Mutation: Pick<MutationResolvers, 'changeProductTerms' | 'publishDocument' | 'withdrawDocument'>;
  Product: Pick<ProductResolvers, 'documents' | 'liquidityLabel' | 'terms'>;
};
