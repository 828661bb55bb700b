import type { Context } from '@client-graph/kit';
import {
  AttributionShareRow,
  CampaignRow,
  ClientMergeRow,
  ClientOpeningRow,
  ConversionRow,
  LeadRow,
} from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { firstOrdersOf, valuesOf } from './values.js';

/** The client's own row, or that of a client merged into it: a survivor keeps what the other one came from. */
async function ofClient<T>(
  ctx: Context,
  clientId: string,
  find: (id: string) => Promise<T | null>,
): Promise<T | null> {
  const own = await find(clientId);
  if (own !== null) return own;
  for (const merged of await ctx.loadList(ClientMergeRow, 'survivorId', clientId)) {
    const found = await find(merged.id);
    if (found !== null) return found;
  }
  return null;
}

const conversionOf = (ctx: Context, clientId: string): Promise<ConversionRow | null> =>
  ofClient(ctx, clientId, async (id) => (await ctx.loadList(ConversionRow, 'clientId', id)).at(0) ?? null);

async function originLead(ctx: Context, clientId: string): Promise<LeadRow | null> {
  const opening = await ofClient(ctx, clientId, (id) => ctx.load(ClientOpeningRow, id));
  const lead = opening === null ? null : await ctx.load(LeadRow, opening.leadId);
  return lead?.erasedAt === null ? lead : null;
}

/** One statement for the conversions of a page. */
const byConversion = <T>(
  ctx: Context,
  name: string,
  row: ConversionRow,
  batch: (rows: readonly ConversionRow[]) => Promise<T[]>,
): Promise<T> =>
  ctx.loadBy(name, row.id, async (ids) => {
    const rows = await Promise.all(ids.map((id) => ctx.load(ConversionRow, id)));
    return batch(rows.filter((found) => found !== null));
  });

export const conversionResolvers = {
  Client: {
    __resolveReference: async (ref, ctx) => ((await ctx.reachesClient(ref.id)) ? { id: ref.id } : null),
    originLead: ({ id }, _, ctx) => originLead(ctx, id),
    conversion: ({ id }, _, ctx) => conversionOf(ctx, id),
    attribution: async ({ id }, { model }, ctx) => {
      const conversion = await conversionOf(ctx, id);
      if (conversion === null) return null;
      const shares = await ctx.loadList(AttributionShareRow, 'conversionId', conversion.id);
      return shares.filter((share) => share.model === model);
    },
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
    attribution: async ({ id }, { model }, ctx) =>
      (await ctx.loadList(AttributionShareRow, 'conversionId', id)).filter(
        (share) => !model || share.model === model,
      ),
    value: (row, { days }, ctx) => {
      const count = DAYS[days];
      return byConversion(ctx, `value ${count}`, row, (rows) => valuesOf(ctx.db, rows, count));
    },
    firstOrder: (row, _, ctx) => byConversion(ctx, 'first order', row, (rows) => firstOrdersOf(ctx.db, rows)),
  },
  AttributedTouch: {
    campaign: ({ campaignId }, _, ctx) => (campaignId === null ? null : ctx.load(CampaignRow, campaignId)),
  },
  AttributionShare: {
    campaign: ({ campaignId }, _, ctx) => (campaignId === null ? null : ctx.load(CampaignRow, campaignId)),
  },
  FirstOrder: {
    amount: ({ amount, currency }) => ({ amount, currency }),
  },
  ConversionValue: {
    netAssets: ({ netAssets, currency }) => ({ amount: netAssets, currency }),
  },
} satisfies Pick<
  Resolvers,
  'Client' | 'Conversion' | 'AttributedTouch' | 'AttributionShare' | 'FirstOrder' | 'ConversionValue'
>;

const DAYS = { D30: 30, D90: 90, D180: 180 } as const;
