import { type Db, Decimal, isUuid, refuse } from '@client-graph/kit';
import type { FunnelBy, QueryLeadFunnelArgs } from '../generated/resolvers.js';

export type FunnelFigures = {
  key: string;
  campaignId: string | null;
  leads: number;
  contacted: number;
  followedUp: number;
  converted: number;
  lost: number;
  conversionRate: Decimal;
};

/** What each split groups by, how its keys read, and its order. From here alone comes SQL that is not a constant. */
const SPLITS: Readonly<Record<FunnelBy, { group: string; order: string }>> = {
  CHANNEL: { group: 'channel', order: 'grouped' },
  MEDIUM: { group: 'medium', order: 'leads desc, grouped' },
  ATTEMPTS: { group: 'least(attempts, 100)', order: 'grouped' },
  CAMPAIGN: { group: 'campaign_id', order: 'leads desc, grouped' },
};

/** The longest answer is by attempts: 0 to 100. */
const ROWS_MAX = 101;
const LARGEST_MAX = 100;

/** Counts the funnel in one statement. Its figures are defined in the schema, field by field. */
export async function leadFunnel(db: Db, { by, filter }: QueryLeadFunnelArgs): Promise<FunnelFigures[]> {
  const campaignId = filter?.campaignId ?? null;
  if (campaignId !== null && !isUuid(campaignId))
    throw refuse('BAD_INPUT', { field: 'filter.campaignId', expected: 'a UUID' });
  const { group, order } = SPLITS[by];
  const rows: (Omit<FunnelFigures, 'conversionRate'> & { conversionRate: string })[] = await db.source.query(
    `select coalesce(grouped::text, 'NONE') as key, ${by === 'CAMPAIGN' ? 'grouped' : 'null'} as "campaignId",
       leads, contacted, "followedUp", converted, lost, round(converted::numeric / leads, 6)::text as "conversionRate"
     from (
       select ${group} as grouped,
         count(*)::int as leads,
         (count(*) filter (where reached <> 'NEW'))::int as contacted,
         (count(*) filter (where reached = 'FOLLOWING_UP'))::int as "followedUp",
         (count(*) filter (where stage = 'CONVERTED'))::int as converted,
         (count(*) filter (where stage = 'LOST'))::int as lost
       from lead
       where ($1::uuid is null or campaign_id = $1) and ($2::text is null or origin = $2)
       group by 1
     ) counted
     order by ${order} limit $3`,
    [campaignId, filter?.origin ?? null, by === 'ATTEMPTS' ? ROWS_MAX : LARGEST_MAX],
  );
  return rows.map((row) => ({ ...row, conversionRate: new Decimal(row.conversionRate) }));
}
