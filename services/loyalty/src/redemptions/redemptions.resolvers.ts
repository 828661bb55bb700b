import { AllocationRow, LedgerEntryRow, PointLotRow, RedemptionRow } from '../entities.js';
import type {
  MembershipResolvers,
  MutationResolvers,
  QueryResolvers,
  Resolvers,
} from '../generated/resolvers.js';
import { commandStep, listRedemptions, redeemPoints } from './redemptions.js';
import { moneyOf, STATE_LABELS } from './redemptions.rules.js';

export const redemptionResolvers = {
  Query: {
    redemption: async (_, { id }, ctx) => {
      const redemption = await ctx.load(RedemptionRow, id);
      return redemption !== null && (await ctx.reachesClient(redemption.clientId)) ? redemption : null;
    },
    redemptions: (_, args, ctx) => listRedemptions(ctx.db, args),
  },
  Mutation: {
    redeemPoints: (_, { input }, ctx) => redeemPoints(ctx.db, input),
    fulfilRedemption: (_, { input }, ctx) => commandStep(ctx.db, 'FULFIL', input),
    cancelRedemption: (_, { input }, ctx) => commandStep(ctx.db, 'CANCEL', input),
    failRedemption: (_, { input }, ctx) => commandStep(ctx.db, 'FAIL', input),
    reverseRedemption: (_, { input }, ctx) => commandStep(ctx.db, 'REVERSE', input),
  },
  Membership: {
    redemptions: ({ id }, args, ctx) => ctx.loadPage(RedemptionRow, 'clientId', id, args),
  },
  Redemption: {
    stateLabel: ({ state }, { locale }) => STATE_LABELS[state][locale],
    credit: ({ creditMinor, currency }) => moneyOf(creditMinor, currency),
    takenFrom: async ({ id }, _, ctx) => {
      const entries = await ctx.loadList(LedgerEntryRow, 'referenceId', id);
      const debit = entries.find((entry) => entry.type === 'REDEEM');
      return debit === undefined ? [] : ctx.loadList(AllocationRow, 'entryId', debit.id);
    },
  },
  LotShare: {
    lot: ({ lotId }, _, ctx) => ctx.load(PointLotRow, lotId),
  },
} satisfies Pick<Resolvers, 'Redemption' | 'LotShare'> & {
  Query: Pick<QueryResolvers, 'redemption' | 'redemptions'>;
  Mutation: Pick<
    MutationResolvers,
    'redeemPoints' | 'fulfilRedemption' | 'cancelRedemption' | 'failRedemption' | 'reverseRedemption'
  >;
  Membership: Pick<MembershipResolvers, 'redemptions'>;
};
