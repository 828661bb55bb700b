import { CampaignRow } from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { leadFunnel } from './funnel.js';

export const funnelResolvers = {
  Query: {
    leadFunnel: (_, args, ctx) => leadFunnel(ctx.db, args),
  },
  FunnelRow: {
    campaign: ({ campaignId }, _, ctx) => (campaignId === null ? null : ctx.load(CampaignRow, campaignId)),
  },
} satisfies Pick<Resolvers, 'Query' | 'FunnelRow'>;
