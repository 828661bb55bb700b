import {
  CURRENCIES,
  type Db,
  Decimal,
  dayOf,
  findForUpdate,
  refuse as kitRefuse,
  plusDays,
  type Tx,
  transact,
} from '@client-graph/kit';
import { IsNull, MoreThanOrEqual } from 'typeorm';
import { nameOf } from '../campaigns/campaigns.rules.js';
import { CampaignRow, GoalRow } from '../entities.js';
import type { CloseGoalInput, SetGoalInput } from '../generated/resolvers.js';
import { idOf } from '../leads/own.js';
import { refuse as refuseLead } from '../leads/refusals.rules.js';
import { checkGoal, refuse, tell } from './goals.rules.js';

export const setGoal = (db: Db, input: SetGoalInput): Promise<GoalRow> =>
  transact(db, (tx) =>
    tx.once('setGoal', input, GoalRow, async (id) => {
      const { metric, firstDay, lastDay, target, currency = null, channel = null } = input;
      const campaignId = idOf(input.campaignId, 'campaignId');
      if (campaignId !== null && (await tx.findOne(CampaignRow, { id: campaignId })) === null)
        throw refuseLead('CAMPAIGN_UNKNOWN');
      if (currency !== null && !Object.hasOwn(CURRENCIES, currency))
        throw kitRefuse('BAD_INPUT', { field: 'currency', known: Object.keys(CURRENCIES) });
      const facts = { metric, firstDay, lastDay, target, currency, campaignId, channel };
      checkGoal(facts);
      const name = nameOf(input.name);
      const state = { told: null, toldOn: null, createdAt: tx.now, closedAt: null, version: 1 };
      return tx.insert(GoalRow, { id, name, ...facts, ...state });
    }),
  );

/** Gives a goal up: its progress is told no longer. */
export const closeGoal = (db: Db, input: CloseGoalInput): Promise<GoalRow> =>
  transact(db, async (tx) => {
    const goal = await findForUpdate(tx, GoalRow, input.goalId, input.expectedVersion);
    if (goal.closedAt !== null) throw refuse('GOAL_CLOSED');
    return tx.update(GoalRow, goal, { closedAt: tx.now });
  });

type Query = (sql: string, parameters: unknown[]) => Promise<{ id: string; reached: string }[]>;

/** What each goal has reached, by the events of its days; one statement for all. The figures are defined in the schema. */
export async function reachedBy(query: Query, ids: readonly string[]): Promise<Map<string, Decimal>> {
  const rows = await query(REACHED, [ids]);
  return new Map(rows.map(({ id, reached }) => [id, new Decimal(reached)]));
}

const REACHED = `
  select g.id, case g.metric
    when 'NEW_CLIENTS' then (
      select count(*) from client_activation a
      where a.activated_at >= b.begins and a.activated_at < b.ends
        and ((g.campaign_id is null and g.channel is null) or exists (
          select from client_opening o join lead l on l.id = o.lead_id
          where o.id = a.id and o.standing = 'ORIGIN' and (g.campaign_id is null or l.campaign_id = g.campaign_id)
            and (g.channel is null or l.channel = g.channel))))
    when 'CONVERSIONS' then (
      select count(*) from conversion c join lead l on l.id = c.lead_id
      where c.at >= b.begins and c.at < b.ends and (g.campaign_id is null or l.campaign_id = g.campaign_id)
        and (g.channel is null or l.channel = g.channel))
    else (
      select coalesce(sum(case o.side when 'BUY' then o.amount_minor when 'REDEEM' then -o.amount_minor else 0 end), 0)
        / power(10::numeric, case g.currency when 'JPY' then 0 else 2 end)
      from settled_order o
      where o.settled_on between g.first_day and g.last_day and o.currency = g.currency and o.reversed_at is null)
    end::text as reached
  from goal g cross join lateral (
    select g.first_day::timestamp at time zone 'Asia/Shanghai' as begins,
      (g.last_day + 1)::timestamp at time zone 'Asia/Shanghai' as ends
  ) b
  where g.id = any($1)`;

const BATCH = 200;

/** So long after its last day a goal is still told, for events may come late. */
const LATE_DAYS = 30;

/** Tells the progress of every open goal that has changed. */
export async function tellGoals(db: Db): Promise<void> {
  let after: string | null = null;
  do after = await transact(db, (tx) => tellBatch(tx, after));
  while (after !== null);
}

async function tellBatch(tx: Tx, after: string | null): Promise<string | null> {
  const today = dayOf(tx.now);
  const goals = await tx.manager
    .createQueryBuilder(GoalRow, 'goal')
    .where({ closedAt: IsNull(), lastDay: MoreThanOrEqual(plusDays(today, -LATE_DAYS)) })
    .andWhere(after === null ? 'true' : 'goal.id > :after', { after })
    .orderBy('goal.id')
    .take(BATCH)
    .setLock('pessimistic_write')
    .getMany();
  const reached = await reachedBy(
    (sql, parameters) => tx.query(sql, parameters),
    goals.map(({ id }) => id),
  );
  for (const goal of goals) {
    const told = tell(goal, reached.get(goal.id) ?? new Decimal(0), today);
    if (told === null) continue;
    await tx.update(GoalRow, goal, told.changes);
    await tx.record(...told.events);
  }
  return goals.length === BATCH ? (goals.at(-1)?.id ?? null) : null;
}
