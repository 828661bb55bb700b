import { reaches } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { endBeneficialOwner, recordBeneficialOwner } from './owners.js';

export const ownerResolvers = {
  Mutation: {
    recordBeneficialOwner: (_, { input }, ctx) => recordBeneficialOwner(ctx.db, input),
    endBeneficialOwner: (_, { input }, ctx) => endBeneficialOwner(ctx.db, input),
  },
  BeneficialOwner: {
    ownerClient: async ({ ownerClientId }, _, ctx) => {
      const client = ownerClientId === null ? null : await ctx.load(ClientRow, ownerClientId);
      return client !== null && reaches(ctx.actor, client) ? client : null;
    },
    institution: async ({ clientId }, _, ctx) => {
      const client = await ctx.load(ClientRow, clientId);
      return client !== null && reaches(ctx.actor, client) ? client : null;
    },
  },
} satisfies Pick<Resolvers, 'Mutation' | 'BeneficialOwner'>;
