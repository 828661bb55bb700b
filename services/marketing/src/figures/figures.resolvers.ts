import { CampaignRow } from '../entities.js';
import type { QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { attributedConversions, leadCohorts, leadReach, leadTimes, lossReasons } from './figures.js';

export const figureResolvers = {
  Query: {
    leadTimes: (_, args, ctx) => leadTimes(ctx.db, args),
    leadCohorts: (_, args, ctx) => leadCohorts(ctx.db, args),
    attributedConversions: (_, args, ctx) => attributedConversions(ctx.db, args),
    lossReasons: (_, { span }, ctx) => lossReasons(ctx.db, span),
    leadReach: (_, { span }, ctx) => leadReach(ctx.db, span),
  },
  AttributedConversions: {
    campaign: ({ campaignId }, _, ctx) => (campaignId === null ? null : ctx.load(CampaignRow, campaignId)),
  },
} satisfies Pick<Resolvers, 'AttributedConversions'> & {
  Query: Pick<
    QueryResolvers,
    'leadTimes' | 'leadCohorts' | 'attributedConversions' | 'lossReasons' | 'leadReach'
  >;
};
