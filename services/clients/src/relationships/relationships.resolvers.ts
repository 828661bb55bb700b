import { reaches } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { endRelationship, relateClients } from './relationships.js';
import { roleSeenBy } from './relationships.rules.js';

export const relationshipResolvers = {
  Mutation: {
    relateClients: (_, { input }, ctx) => relateClients(ctx.db, input),
    endRelationship: (_, { input }, ctx) => endRelationship(ctx.db, input),
  },
  Relationship: {
    id: ({ relationship }) => relationship.id,
    role: ({ relationship, clientId }) => roleSeenBy(clientId, relationship),
    client: async ({ relationship: { fromId, toId }, clientId }, _, ctx) => {
      const client = await ctx.load(ClientRow, clientId === fromId ? toId : fromId);
      return client !== null && reaches(ctx.actor, client) ? client : null;
    },
    validFrom: ({ relationship }) => relationship.validFrom,
    validTo: ({ relationship }) => relationship.validTo,
    version: ({ relationship }) => relationship.version,
  },
} satisfies Pick<Resolvers, 'Mutation' | 'Relationship'>;
