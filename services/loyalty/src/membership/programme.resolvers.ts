import { type Context, dayOf, type Tx, transact } from '@client-graph/kit';
import type { MembershipResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { earnRulesInForce, loadProgramme, loadTiers } from './membership.js';
import { tierOf } from './membership.rules.js';

const todayIn = <T>({ db }: Context, work: (tx: Tx, day: string) => Promise<T>): Promise<T> =>
  transact(db, (tx) => work(tx, dayOf(tx.now)));

export const programmeResolvers = {
  Query: {
    membershipTiers: (_, _args, ctx) => todayIn(ctx, loadTiers),
    earnRules: (_, _args, ctx) => todayIn(ctx, earnRulesInForce),
    programme: (_, _args, ctx) => todayIn(ctx, loadProgramme),
  },
  Membership: {
    benefits: async ({ tier }, _, ctx) => {
      const tiers = await ctx.loadBy('tiers in force', 'today', async (days) => {
        const today = await todayIn(ctx, loadTiers);
        return days.map(() => today);
      });
      return tierOf(tiers, tier).benefits;
    },
  },
  TierTerms: {
    label: ({ labels }, { locale }) => labels[locale],
  },
  TierBenefit: {
    label: ({ labels }, { locale }) => labels[locale],
  },
  EarnRule: {
    label: ({ labels }, { locale }) => labels[locale],
    terms: ({ terms }) => JSON.stringify(terms),
  },
} satisfies Pick<Resolvers, 'TierTerms' | 'TierBenefit' | 'EarnRule'> & {
  Query: Pick<QueryResolvers, 'membershipTiers' | 'earnRules' | 'programme'>;
  Membership: Pick<MembershipResolvers, 'benefits'>;
};
