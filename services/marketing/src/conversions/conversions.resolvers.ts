import { CampaignRow, ClientOpeningRow, ConversionRow, LeadRow } from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';

export const conversionResolvers = {
  Client: {
    __resolveReference: async (ref, ctx) => ((await ctx.reachesClient(ref.id)) ? { id: ref.id } : null),
    originLead: async ({ id }, _, ctx) => {
      const opening = await ctx.load(ClientOpeningRow, id);
      return opening === null ? null : ctx.load(LeadRow, opening.leadId);
    },
    conversion: async ({ id }, _, ctx) => (await ctx.loadList(ConversionRow, 'clientId', id)).at(0) ?? null,
  },
  Conversion: {
    firstTouch: (row) => ({
      at: row.firstTouchAt,
      channel: row.firstTouchChannel,
      campaignId: row.firstTouchCampaignId,
    }),
    lastTouch: (row) => ({
      at: row.lastTouchAt,
      channel: row.lastTouchChannel,
      campaignId: row.lastTouchCampaignId,
    }),
    campaign: ({ campaignId }, _, ctx) => (campaignId === null ? null : ctx.load(CampaignRow, campaignId)),
  },
  AttributedTouch: {
    campaign: ({ campaignId }, _, ctx) => (campaignId === null ? null : ctx.load(CampaignRow, campaignId)),
  },
} satisfies Pick<Resolvers, 'Client' | 'Conversion' | 'AttributedTouch'>;
