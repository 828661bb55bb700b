import { type Db, Decimal, isUuid, refuse, transact } from '@client-graph/kit';
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

/** How a difference reads as the key of each split. */
const KEYS: Readonly<Record<FunnelBy, string>> = {
  CHANNEL: 'channel',
  MEDIUM: 'medium',
  ATTEMPTS: 'attempts::text',
  CAMPAIGN: `coalesce(campaign_id::text, 'NONE')`,
  OWNER: `coalesce(owner_id::text, 'NONE')`,
  MONTH: 'month',
};

const BY_KEY = 'key';
const BY_SIZE = 'leads desc, key';
/** The order of the rows of each split, and how many are shown. By attempts there are 101 at most: 0 to 100. */
const ORDERS: Readonly<Record<FunnelBy, { order: string; limit: number }>> = {
  CHANNEL: { order: BY_KEY, limit: 100 },
  MEDIUM: { order: BY_SIZE, limit: 100 },
  ATTEMPTS: { order: 'key::int', limit: 101 },
  CAMPAIGN: { order: BY_SIZE, limit: 100 },
  OWNER: { order: BY_SIZE, limit: 100 },
  MONTH: { order: BY_KEY, limit: 120 },
};

/**
 * The funnel from the counts and what has changed since they were added up, in one statement that reads no lead. Its figures
 * are defined in the schema, field by field.
 */
export async function leadFunnel(db: Db, { by, filter }: QueryLeadFunnelArgs): Promise<FunnelFigures[]> {
  const campaignId = filter?.campaignId ?? null;
  if (campaignId !== null && !isUuid(campaignId))
    throw refuse('BAD_INPUT', { field: 'filter.campaignId', expected: 'a UUID' });
  const { order, limit } = ORDERS[by];
  const rows: (Omit<FunnelFigures, 'conversionRate'> & { conversionRate: string })[] = await db.source.query(
    `with counted as (
       select key, campaign_id, origin, stage, reached, leads from lead_count where split = $3
       union all
       select ${KEYS[by]}, campaign_id, origin, stage, reached, leads from lead_difference
     ), figures as (
       select key, sum(leads)::int as leads,
         coalesce(sum(leads) filter (where reached <> 'NEW'), 0)::int as contacted,
         coalesce(sum(leads) filter (where reached = 'FOLLOWING_UP'), 0)::int as "followedUp",
         coalesce(sum(leads) filter (where stage = 'CONVERTED'), 0)::int as converted,
         coalesce(sum(leads) filter (where stage = 'LOST'), 0)::int as lost
       from counted
       where ($1::uuid is null or campaign_id = $1) and ($2::text is null or origin = $2)
       group by key
     )
     select *, ${by === 'CAMPAIGN' ? `nullif(key, 'NONE')` : 'null'} as "campaignId",
       round(converted::numeric / leads, 6)::text as "conversionRate"
     from figures where leads > 0
     order by ${order} limit $4`,
    [campaignId, filter?.origin ?? null, by, limit],
  );
  return rows.map((row) => ({ ...row, conversionRate: new Decimal(row.conversionRate) }));
}

const SPLITS = Object.entries(KEYS)
  .map(([split, key]) => `('${split}', ${key})`)
  .join(', ');

/** Adds what has changed to the counts. Whoever reads meanwhile sees the one or the other, never both; two at once take turns. */
export const addUpCounts = (db: Db): Promise<void> =>
  transact(db, async (tx) => {
    await tx.query(`select pg_advisory_xact_lock(hashtextextended('lead_count', 0))`);
    await tx.query(
      `with taken as (delete from lead_difference returning *)
       insert into lead_count as counted (split, key, campaign_id, origin, stage, reached, leads)
       select split, key, campaign_id, origin, stage, reached, sum(leads)
       from taken cross join lateral (values ${SPLITS}) as splits(split, key)
       group by 1, 2, 3, 4, 5, 6 having sum(leads) <> 0
       on conflict (split, key, campaign_id, origin, stage, reached) do update set leads = counted.leads + excluded.leads`,
    );
    await tx.query('delete from lead_count where leads = 0');
  });
