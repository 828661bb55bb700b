import { type Db, findForUpdate, minorUnits, positiveMoney, type Tx, transact } from '@client-graph/kit';
import { dayOf } from '@client-graph/kit/time';
import { IsNull, LessThan, LessThanOrEqual, Not } from 'typeorm';
import { CampaignRow } from '../entities.js';
import type { ChangeCampaignInput, CreateCampaignInput } from '../generated/resolvers.js';
import {
  type CampaignChannel,
  checkChange,
  checkPeriod,
  end,
  mediumOf,
  nameOf,
  refuse,
  start,
} from './campaigns.rules.js';

export const createCampaign = (db: Db, input: CreateCampaignInput): Promise<CampaignRow> =>
  transact(db, (tx) =>
    tx.once('createCampaign', input, CampaignRow, async (id) => {
      const budget = input.budget ? positiveMoney(input.budget, 'budget') : null;
      const campaign = aCampaign(tx, id, { ...input, endsOn: input.endsOn ?? null });
      const known = await lockName(tx, campaign.name);
      if (known !== null) throw refuse('CAMPAIGN_EXISTS', { campaignId: known.id });
      const funded = {
        ...campaign,
        budgetAmount: budget?.amount ?? null,
        budgetCurrency: budget?.currency ?? null,
      };
      return announce(tx, await tx.insert(CampaignRow, funded));
    }),
  );

type Facts = {
  name: string;
  channel: CampaignChannel;
  medium: string;
  startsOn: string;
  endsOn: string | null;
};

/** A campaign not yet written, its facts checked. */
export function aCampaign(
  tx: Tx,
  id: string,
  { name, channel, medium, startsOn, endsOn }: Facts,
): CampaignRow {
  checkPeriod(startsOn, endsOn);
  return {
    id,
    name: nameOf(name),
    channel,
    medium: mediumOf(medium),
    budgetAmount: null,
    budgetCurrency: null,
    startsOn,
    endsOn,
    startedAt: null,
    endedAt: null,
    createdAt: tx.now,
    version: 1,
  };
}

/** The campaign of this name, if there is one. Until the transaction ends nobody else can take the name. */
export async function lockName(tx: Tx, name: string): Promise<CampaignRow | null> {
  await tx.query(`select pg_advisory_xact_lock(hashtextextended('campaign ' || lower($1), 0))`, [name]);
  return tx.manager
    .createQueryBuilder(CampaignRow, 'campaign')
    .where('lower(campaign.name) = lower(:name)', { name })
    .getOne();
}

const budgetMinorOf = ({ budgetAmount, budgetCurrency }: CampaignRow): number =>
  budgetAmount === null || budgetCurrency === null ? 0 : minorUnits(budgetAmount, budgetCurrency);

/** Writes down and states the start of a campaign whose time has come. */
async function announce(tx: Tx, campaign: CampaignRow): Promise<CampaignRow> {
  const started = start(campaign, budgetMinorOf(campaign), tx.now);
  if (started === null) return campaign;
  await tx.record(...started.events);
  return tx.update(CampaignRow, campaign, { startedAt: started.startedAt });
}

/** Changes name, budget or last day of a campaign that has not ended. */
export const changeCampaign = (db: Db, input: ChangeCampaignInput): Promise<CampaignRow> =>
  transact(db, async (tx) => {
    const campaign = await findForUpdate(tx, CampaignRow, input.campaignId, input.expectedVersion);
    const name = nameOf(input.name);
    const endsOn = input.endsOn ?? null;
    checkChange(campaign, endsOn, dayOf(tx.now));
    const budget = input.budget ? positiveMoney(input.budget, 'budget') : null;
    const known = await lockName(tx, name);
    if (known !== null && known.id !== campaign.id) throw refuse('CAMPAIGN_EXISTS', { campaignId: known.id });
    return tx.update(CampaignRow, campaign, {
      name,
      endsOn,
      budgetAmount: budget?.amount ?? null,
      budgetCurrency: budget?.currency ?? null,
    });
  });

/** Announces the campaigns whose first day has come and those whose last day is over; harmless to run twice. */
export const startAndEndCampaigns = (db: Db): Promise<void> =>
  transact(db, async (tx) => {
    const today = dayOf(tx.now);
    const order = { id: 'asc' } as const;
    const lock = { mode: 'pessimistic_write' } as const;
    const toStart = { startedAt: IsNull(), startsOn: LessThanOrEqual(today) };
    for (const campaign of await tx.find(CampaignRow, { where: toStart, order, lock }))
      await announce(tx, campaign);
    const toEnd = { startedAt: Not(IsNull()), endedAt: IsNull(), endsOn: LessThan(today) };
    for (const campaign of await tx.find(CampaignRow, { where: toEnd, order, lock })) {
      const ended = end(
        campaign,
        { budgetMinor: budgetMinorOf(campaign), ...(await countsOf(tx, campaign)) },
        tx.now,
      );
      if (ended === null) continue;
      await tx.record(...ended.events);
      await tx.update(CampaignRow, campaign, { endedAt: ended.endedAt });
    }
  });

async function countsOf(tx: Tx, { id }: CampaignRow): Promise<{ leads: number; converted: number }> {
  const [counts] = await tx.query<{ leads: number; converted: number }>(
    `select count(*)::int as leads, (count(*) filter (where stage = 'CONVERTED'))::int as converted
     from lead where campaign_id = $1`,
    [id],
  );
  return counts ?? { leads: 0, converted: 0 };
}
