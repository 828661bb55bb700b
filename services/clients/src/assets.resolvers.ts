import { reaches } from '@client-graph/kit';
import { recordAssets } from './assets.js';
import { ClientRow } from './clients.entities.js';
import type { Resolvers } from './generated/resolvers.js';

export const assetResolvers = {
  Mutation: { recordAssets: (_, { input }, ctx) => recordAssets(ctx.db, input) },
  AssetSnapshot: {
    aumWithFirm: ({ aumWithFirm: amount, currency }) => ({ amount, currency }),
    externalDeclared: ({ externalDeclared: amount, currency }) => ({ amount, currency }),
    externalVerified: ({ externalVerified: amount, currency }) => ({ amount, currency }),
    verifiedTotal: ({ aumWithFirm, externalVerified, currency }) => ({
      amount: aumWithFirm.plus(externalVerified),
      currency,
    }),
    client: async ({ clientId }, _, ctx) => {
      const client = await ctx.load(ClientRow, clientId);
      return client !== null && reaches(ctx.actor, client) ? client : null;
    },
  },
} satisfies Pick<Resolvers, 'Mutation' | 'AssetSnapshot'>;
