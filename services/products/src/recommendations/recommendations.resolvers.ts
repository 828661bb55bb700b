import { RecommendationRow } from '../entities.js';
import type {
  ClientResolvers,
  MutationResolvers,
  QueryResolvers,
  Resolvers,
} from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { decisionOf } from '../suitability/suitability.js';
import { fitWords } from './fit.rules.js';
import { recommendProduct } from './recommendations.js';
import { suggestionsOf } from './suggestions.js';

export const recommendationResolvers = {
  Query: {
    suggestions: (_, args, ctx) => suggestionsOf(ctx.db, args),
  },
  Mutation: {
    recommendProduct: (_, { input }, ctx) => recommendProduct(ctx.db, input),
  },
  Client: {
    recommendations: (client, args, ctx) => ctx.loadPage(RecommendationRow, 'clientId', client.id, args),
  },
  FitReason: {
    text: ({ code }, { locale }) => fitWords(code)[locale],
  },
  Recommendation: {
    product: (recommendation, _, ctx) => productOf(ctx, recommendation),
    decision: (recommendation, _, ctx) => decisionOf(ctx, recommendation),
  },
} satisfies Pick<Resolvers, 'FitReason' | 'Recommendation'> & {
  Query: Pick<QueryResolvers, 'suggestions'>;
  Mutation: Pick<MutationResolvers, 'recommendProduct'>;
  Client: Pick<ClientResolvers, 'recommendations'>;
};
