import { page } from '@client-graph/kit';
import { CampaignRow } from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { createCampaign } from './campaigns.js';

export const campaignResolvers = {
  Query: {
    campaign: (_, { id }, ctx) => ctx.load(CampaignRow, id),
    campaigns: (_, args, ctx) => page(ctx.db, CampaignRow, args),
  },
  Mutation: {
    createCampaign: (_, { input }, ctx) => createCampaign(ctx.db, input),
  },
  Campaign: {
    __resolveReference: (ref, ctx) => ctx.load(CampaignRow, ref.id),
    budget: ({ budgetAmount, budgetCurrency }) =>
      budgetAmount === null || budgetCurrency === null
        ? null
        : { amount: budgetAmount, currency: budgetCurrency },
  },
} satisfies Pick<Resolvers, 'Query' | 'Mutation' | 'Campaign'>;
