import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { declareInterest, endInterest, listInterests } from './interests.js';
import { INTEREST_WORDS } from './interests.rules.js';

export const interestResolvers = {
  Query: {
    staffInterests: (_, args, ctx) => listInterests(ctx.db, args),
  },
  Mutation: {
    declareInterest: (_, { input }, ctx) => declareInterest(ctx.db, input),
    endInterest: (_, { input }, ctx) => endInterest(ctx.db, input),
  },
  StaffInterest: {
    product: (interest, _, ctx) => productOf(ctx, interest),
    kindLabel: ({ kind }, { locale }) => INTEREST_WORDS[kind][locale],
  },
} satisfies Pick<Resolvers, 'StaffInterest'> & {
  Query: Pick<QueryResolvers, 'staffInterests'>;
  Mutation: Pick<MutationResolvers, 'declareInterest' | 'endInterest'>;
};
