import { reaches } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { completeReview, reviewsDue } from './reviews.js';

export const reviewResolvers = (hashKey: string) =>
  ({
    Query: { reviewsDue: (_, { by }, ctx) => reviewsDue(ctx, by ?? null) },
    Mutation: { completeReview: (_, { input }, ctx) => completeReview(ctx.db, input, hashKey) },
    InformationReview: {
      client: async ({ clientId }, _, ctx) => {
        const client = await ctx.load(ClientRow, clientId);
        return client !== null && reaches(ctx.actor, client) ? client : null;
      },
    },
  }) satisfies Pick<Resolvers, 'Query' | 'Mutation' | 'InformationReview'>;
