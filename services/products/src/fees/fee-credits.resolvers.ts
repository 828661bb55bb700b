import type { MutationResolvers, OrderResolvers, Resolvers } from '../generated/resolvers.js';
import { creditsOf, payFeeWithPoints } from './fee-credits.js';
import { CREDIT_WORDS } from './fee-credits.rules.js';

export const feeCreditResolvers = {
  Mutation: {
    payFeeWithPoints: (_, { input }, ctx) => payFeeWithPoints(ctx.db, input),
  },
  Order: {
    feeCredits: (order, _, ctx) => creditsOf(ctx, order),
  },
  FeeCredit: {
    amount: ({ amount, currency }) => ({ amount, currency }),
    stateLabel: (credit, { locale }) => CREDIT_WORDS[credit.state][locale],
  },
} satisfies Pick<Resolvers, 'FeeCredit'> & {
  Mutation: Pick<MutationResolvers, 'payFeeWithPoints'>;
  Order: Pick<OrderResolvers, 'feeCredits'>;
};
