import { RecommendationRow } from '../entities.js';
import type { ClientResolvers, MutationResolvers, Resolvers } from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { decisionOf } from '../suitability/suitability.js';
import { recommendProduct } from './recommendations.js';

export const recommendationResolvers = {
  Mutation: {
    recommendProduct: (_, { input }, ctx) => recommendProduct(ctx.db, input),
  },
  Client: {
    recommendations: (client, args, ctx) => ctx.loadPage(RecommendationRow, 'clientId', client.id, args),
  },
  Recommendation: {
    product: (recommendation, _, ctx) => productOf(ctx, recommendation),
    decision: (recommendation, _, ctx) => decisionOf(ctx, recommendation),
  },
} satisfies Pick<Resolvers, 'Recommendation'> & {
  Mutation: Pick<MutationResolvers, 'recommendProduct'>;
  Client: Pick<ClientResolvers, 'recommendations'>;
};
