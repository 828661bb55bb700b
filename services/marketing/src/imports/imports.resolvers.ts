import { CampaignRow } from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { importLeads } from './imports.js';

export const importResolvers = {
  Mutation: {
    importLeads: (_, { input }, ctx) => importLeads(ctx.db, input),
  },
  LeadImport: {
    campaign: async ({ campaignId }, _, ctx) => {
      const campaign = await ctx.load(CampaignRow, campaignId);
      if (campaign === null) throw new Error('The campaign of an import is gone.');
      return campaign;
    },
  },
} satisfies Pick<Resolvers, 'Mutation' | 'LeadImport'>;
