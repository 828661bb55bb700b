import { type Context, dayOf } from '@client-graph/kit';
import { RewardTermsRow } from '../entities.js';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { inForce } from '../points/points.rules.js';
import { addRewardStock, listRewards } from './rewards.js';
import { KIND_LABELS } from './rewards.rules.js';

export const rewardResolvers = {
  Query: {
    rewards: (_, _args, ctx) => listRewards(ctx.db),
  },
  Mutation: {
    addRewardStock: (_, { input }, ctx) => addRewardStock(ctx.db, input),
  },
  Reward: {
    kindLabel: ({ kind }, { locale }) => KIND_LABELS[kind][locale],
    label: async (reward, { locale }, ctx) =>
      (await termsOf(reward.code, ctx))?.labels[locale] ?? reward.code,
    terms: ({ code }, _, ctx) => termsOf(code, ctx),
  },
} satisfies Pick<Resolvers, 'Reward'> & {
  Query: Pick<QueryResolvers, 'rewards'>;
  Mutation: Pick<MutationResolvers, 'addRewardStock'>;
};

const termsOf = async (code: string, ctx: Context) =>
  inForce(await ctx.loadList(RewardTermsRow, 'code', code), dayOf(ctx.db.now())) ?? null;
