import { reaches } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { mergeClients, unmergeClients } from './merges.js';

export const mergeResolvers = {
  Mutation: {
    mergeClients: (_, { input }, ctx) => mergeClients(ctx.db, input),
    unmergeClients: (_, { input }, ctx) => unmergeClients(ctx.db, input),
  },
  ClientMerge: {
    survivor: async ({ survivorId }, _, ctx) => {
      const client = await ctx.load(ClientRow, survivorId);
      return client !== null && reaches(ctx.actor, client) ? client : null;
    },
    merged: async ({ mergedId }, _, ctx) => {
      const client = await ctx.load(ClientRow, mergedId);
      return client !== null && reaches(ctx.actor, client) ? client : null;
    },
  },
} satisfies Pick<Resolvers, 'Mutation' | 'ClientMerge'>;
