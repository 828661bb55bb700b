import { type Context, Decimal, page } from '@client-graph/kit';
import { CampaignRow, GoalRow } from '../entities.js';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { closeGoal, reachedBy, setGoal } from './goals.js';
import { shareOf } from './goals.rules.js';

const NOTHING = new Decimal(0);

const reached = (ctx: Context, { id }: GoalRow): Promise<Decimal> =>
  ctx.loadBy('goal progress', id, async (ids) => {
    const found = await reachedBy((sql, parameters) => ctx.db.source.query(sql, parameters), ids);
    return ids.map((each) => found.get(each) ?? NOTHING);
  });

export const goalResolvers = {
  Query: {
    goals: (_, args, ctx) => page(ctx.db, GoalRow, args),
  },
  Mutation: {
    setGoal: (_, { input }, ctx) => setGoal(ctx.db, input),
    closeGoal: (_, { input }, ctx) => closeGoal(ctx.db, input),
  },
  Goal: {
    campaign: ({ campaignId }, _, ctx) => (campaignId === null ? null : ctx.load(CampaignRow, campaignId)),
    isClosed: ({ closedAt }) => closedAt !== null,
    reached: (goal, _, ctx) => reached(ctx, goal),
    share: async (goal, _, ctx) => shareOf(goal, await reached(ctx, goal)),
  },
} satisfies Pick<Resolvers, 'Goal'> & {
  Query: Pick<QueryResolvers, 'goals'>;
  Mutation: Pick<MutationResolvers, 'setGoal' | 'closeGoal'>;
};
