import { reaches } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import {
  addContactDetail,
  endContactDetail,
  preferContactDetail,
  verifyContactDetail,
} from './contact-details.js';

export const contactDetailResolvers = (hashKey: string) =>
  ({
    Mutation: {
      addContactDetail: (_, { input }, ctx) => addContactDetail(ctx.db, input, hashKey),
      verifyContactDetail: (_, { input }, ctx) => verifyContactDetail(ctx.db, input),
      preferContactDetail: (_, { input }, ctx) => preferContactDetail(ctx.db, input, hashKey),
      endContactDetail: (_, { input }, ctx) => endContactDetail(ctx.db, input, hashKey),
    },
    ContactDetail: {
      client: async ({ clientId }, _, ctx) => {
        const client = await ctx.load(ClientRow, clientId);
        return client !== null && reaches(ctx.actor, client) ? client : null;
      },
    },
  }) satisfies Pick<Resolvers, 'Mutation' | 'ContactDetail'>;
