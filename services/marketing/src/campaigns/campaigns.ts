import { type Db, minorUnits, positiveMoney, type Tx, transact } from '@client-graph/kit';
import { dayOf } from '@client-graph/kit/time';
import { IsNull, LessThanOrEqual } from 'typeorm';
import { CampaignRow } from '../entities.js';
import type { CreateCampaignInput } from '../generated/resolvers.js';
import { type CampaignChannel, checkPeriod, mediumOf, nameOf, refuse, start } from './campaigns.rules.js';

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

/** Writes down and states the start of a campaign whose time has come. */
async function announce(tx: Tx, campaign: CampaignRow): Promise<CampaignRow> {
  const { budgetAmount, budgetCurrency } = campaign;
  const started = start(
    campaign,
    budgetAmount === null || budgetCurrency === null ? 0 : minorUnits(budgetAmount, budgetCurrency),
    tx.now,
  );
  if (started === null) return campaign;
  await tx.record(...started.events);
  return tx.update(CampaignRow, campaign, { startedAt: started.startedAt });
}

/** Announces the campaigns whose first day has come; harmless to run twice. */
export const startCampaigns = (db: Db): Promise<void> =>
  transact(db, async (tx) => {
    const due = await tx.find(CampaignRow, {
      where: { startedAt: IsNull(), startsOn: LessThanOrEqual(dayOf(tx.now)) },
      order: { id: 'asc' },
      lock: { mode: 'pessimistic_write' },
    });
    for (const campaign of due) await announce(tx, campaign);
  });
