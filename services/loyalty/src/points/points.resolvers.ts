import { type Context, dayOf } from '@client-graph/kit';
import { EarnRuleRow, MembershipRow, PointLotRow, TierRuleRow } from '../entities.js';
import type { MembershipResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { STATUS_LABELS } from '../membership/membership.rules.js';
import { LOT_STATE_LABELS } from './lots.rules.js';
import { pointsAudit, standings } from './points.js';
import { inForce } from './points.rules.js';

export const pointsResolvers = {
  Query: {
    pointsAudit: (_, { clientId }, ctx) => pointsAudit(ctx.db, clientId),
  },
  Client: {
    __resolveReference: async ({ id }, ctx) => ((await ctx.reachesClient(id)) ? { id } : null),
    membership: ({ id }, _, ctx) => ctx.load(MembershipRow, id),
  },
  Membership: {
    tierLabel: async ({ tier }, { locale }, ctx) =>
      inForce(await ctx.loadList(TierRuleRow, 'code', tier), today(ctx))?.labels[locale] ?? tier,
    statusLabel: ({ status }, { locale }) => STATUS_LABELS[status][locale],
    balance: async ({ id }, _, ctx) => (await standingOf(id, ctx)).balance,
    pending: async ({ id }, _, ctx) => (await standingOf(id, ctx)).pending,
    qualifyingPoints12m: async ({ id }, _, ctx) => (await standingOf(id, ctx)).qualifyingPoints12m,
    lots: async ({ id }, { first }, ctx) =>
      (await ctx.loadPage(PointLotRow, 'clientId', id, { first })).nodes,
  },
  PointLot: {
    points: (lot) => lot.amount,
    stateLabel: ({ state }, { locale }) => LOT_STATE_LABELS[state][locale],
    ruleLabel: async ({ rule }, { locale }, ctx) =>
      inForce(await ctx.loadList(EarnRuleRow, 'code', rule), today(ctx))?.labels[locale] ?? rule,
  },
} satisfies Pick<Resolvers, 'Client' | 'PointLot'> & {
  Query: Pick<QueryResolvers, 'pointsAudit'>;
  Membership: Pick<
    MembershipResolvers,
    'tierLabel' | 'statusLabel' | 'balance' | 'pending' | 'qualifyingPoints12m' | 'lots'
  >;
};

const standingOf = (clientId: string, ctx: Context) =>
  ctx.loadBy('standing', clientId, (clientIds) => standings(ctx.db, clientIds));

const today = (ctx: Context) => dayOf(ctx.db.now());
