import { page } from '@client-graph/kit';
import { CampaignCostRow, CampaignRow, MaterialRow } from '../entities.js';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { decideMaterial, proposeMaterial } from '../materials/materials.js';
import { changeCampaign, createCampaign } from './campaigns.js';
import { cancelCampaignCost, figuresOf, recordCampaignCost } from './costs.js';

export const campaignResolvers = {
  Query: {
    campaign: (_, { id }, ctx) => ctx.load(CampaignRow, id),
    campaigns: (_, args, ctx) => page(ctx.db, CampaignRow, args),
  },
  Mutation: {
    createCampaign: (_, { input }, ctx) => createCampaign(ctx.db, input),
    changeCampaign: (_, { input }, ctx) => changeCampaign(ctx.db, input),
    recordCampaignCost: (_, { input }, ctx) => recordCampaignCost(ctx.db, input),
    cancelCampaignCost: (_, { input }, ctx) => cancelCampaignCost(ctx.db, input),
    proposeMaterial: (_, { input }, ctx) => proposeMaterial(ctx.db, input),
    approveMaterial: (_, { input }, ctx) => decideMaterial(ctx.db, 'APPROVED', input),
    rejectMaterial: (_, { input }, ctx) => decideMaterial(ctx.db, 'REJECTED', input),
    withdrawMaterial: (_, { input }, ctx) => decideMaterial(ctx.db, 'WITHDRAWN', input),
  },
  Campaign: {
    __resolveReference: (ref, ctx) => ctx.load(CampaignRow, ref.id),
    budget: ({ budgetAmount, budgetCurrency }) =>
      budgetAmount === null || budgetCurrency === null
        ? null
        : { amount: budgetAmount, currency: budgetCurrency },
    costs: ({ id }, args, ctx) => ctx.loadPage(CampaignCostRow, 'campaignId', id, args),
    materials: ({ id }, args, ctx) => ctx.loadPage(MaterialRow, 'campaignId', id, args),
    figures: ({ id }, _, ctx) => ctx.loadBy('campaign figures', id, (ids) => figuresOf(ctx.db, ids)),
  },
  CampaignCost: {
    amount: ({ amount, currency }) => ({ amount, currency }),
    isCancelled: ({ cancelledAt }) => cancelledAt !== null,
  },
  Material: {
    campaign: ({ campaignId }, _, ctx) => ctx.load(CampaignRow, campaignId),
  },
} satisfies Pick<Resolvers, 'Campaign' | 'CampaignCost' | 'Material'> & {
  Query: Pick<QueryResolvers, 'campaign' | 'campaigns'>;
  Mutation: Pick<
    MutationResolvers,
    | 'createCampaign'
    | 'changeCampaign'
    | 'recordCampaignCost'
    | 'cancelCampaignCost'
    | 'proposeMaterial'
    | 'approveMaterial'
    | 'rejectMaterial'
    | 'withdrawMaterial'
  >;
};
