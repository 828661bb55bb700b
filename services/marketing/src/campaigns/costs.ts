import {
  type Db,
  Decimal,
  dayOf,
  findForUpdate,
  isUuid,
  refuse as kitRefuse,
  positiveMoney,
  transact,
} from '@client-graph/kit';
import { CampaignCostRow, CampaignRow } from '../entities.js';
import type { CancelCampaignCostInput, RecordCampaignCostInput } from '../generated/resolvers.js';
import { checkCost, refuse } from './campaigns.rules.js';

export const recordCampaignCost = (db: Db, input: RecordCampaignCostInput): Promise<CampaignCostRow> =>
  transact(db, (tx) =>
    tx.once('recordCampaignCost', input, CampaignCostRow, async (id) => {
      const { campaignId, kind, spentOn } = input;
      if (!isUuid(campaignId) || (await tx.findOne(CampaignRow, { id: campaignId })) === null)
        throw kitRefuse('NOT_FOUND');
      const { amount, currency } = positiveMoney(input.amount, 'amount');
      checkCost(kind, spentOn, dayOf(tx.now));
      return tx.insert(CampaignCostRow, {
        id,
        campaignId: campaignId.toLowerCase(),
        kind,
        amount,
        currency,
        spentOn,
        recordedAt: tx.now,
        by: tx.actor.id,
        cancelledAt: null,
        cancelledBy: null,
      });
    }),
  );

/** Calls a cost off that was recorded by mistake; it stays, and counts no longer. */
export const cancelCampaignCost = (db: Db, input: CancelCampaignCostInput): Promise<CampaignCostRow> =>
  transact(db, async (tx) => {
    const cost = await findForUpdate(tx, CampaignCostRow, input.costId);
    if (cost.cancelledAt !== null) throw refuse('COST_CANCELLED');
    return tx.update(CampaignCostRow, cost, { cancelledAt: tx.now, cancelledBy: tx.actor.id });
  });

export type CostFigures = {
  currency: string;
  spent: Decimal;
  perLead: Decimal | null;
  perConversion: Decimal | null;
};
export type CampaignBalance = { leads: number; conversions: number; costs: CostFigures[] };

type Counted = {
  id: string;
  leads: number;
  conversions: number;
  costs: { currency: string; spent: string }[];
};

/** What each campaign has cost and brought; one statement for all. The figures are defined in the schema. */
export async function figuresOf(db: Db, ids: readonly string[]): Promise<CampaignBalance[]> {
  const rows: Counted[] = await db.source.query(FIGURES, [ids]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.map((id) => {
    const { leads = 0, conversions = 0, costs = [] } = byId.get(id) ?? {};
    const per = (spent: Decimal, count: number) =>
      count === 0 ? null : spent.dividedBy(count).toDecimalPlaces(2, Decimal.ROUND_HALF_UP);
    return {
      leads,
      conversions,
      costs: costs.map(({ currency, spent: text }) => {
        const spent = new Decimal(text);
        return { currency, spent, perLead: per(spent, leads), perConversion: per(spent, conversions) };
      }),
    };
  });
}

// Leads and conversions come from the counts of the funnel, so that a campaign of a million leads costs what any other does.
const FIGURES = `
  with counted as (
    select campaign_id, stage, leads from lead_count where split = 'CAMPAIGN' and campaign_id = any($1)
    union all
    select campaign_id, stage, leads from lead_difference where campaign_id = any($1)
  )
  select c.id,
    coalesce((select sum(leads) from counted where campaign_id = c.id), 0)::int as leads,
    coalesce((select sum(leads) from counted where campaign_id = c.id and stage = 'CONVERTED'), 0)::int as conversions,
    coalesce((
      select jsonb_agg(jsonb_build_object('currency', currency, 'spent', spent::text) order by currency) from (
        select currency, sum(amount) as spent from campaign_cost
        where campaign_id = c.id and cancelled_at is null group by currency
      ) spent
    ), '[]') as costs
  from unnest($1::uuid[]) as c(id)`;
