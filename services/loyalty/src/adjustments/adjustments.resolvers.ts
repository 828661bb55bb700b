import { canDecide, listApprovals } from '@client-graph/kit';
import { CHANGE_PROGRAMME } from '../changes/changes.js';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { ADJUST_POINTS, decideAdjustment, listAdjustments, proposeAdjustment } from './adjustments.js';
import { ADJUSTMENT_REASON_LABELS, ADJUSTMENT_STATE_LABELS } from './adjustments.rules.js';

/** All that one person proposes and another decides here by the firm's one mechanism. */
const APPROVABLES = [ADJUST_POINTS, CHANGE_PROGRAMME];

export const adjustmentResolvers = {
  Query: {
    adjustments: (_, args, ctx) => listAdjustments(ctx.db, args),
    loyaltyApprovals: (_, args, ctx) => listApprovals(ctx.db, APPROVABLES, args),
  },
  Mutation: {
    proposeAdjustment: (_, { input }, ctx) => proposeAdjustment(ctx.db, input),
    approveAdjustment: (_, { input }, ctx) => decideAdjustment(ctx.db, 'APPROVED', input),
    rejectAdjustment: (_, { input }, ctx) => decideAdjustment(ctx.db, 'REJECTED', input),
    withdrawAdjustment: (_, { input }, ctx) => decideAdjustment(ctx.db, 'WITHDRAWN', input),
  },
  Adjustment: {
    reasonLabel: ({ reason }, { locale }) => ADJUSTMENT_REASON_LABELS[reason][locale],
    stateLabel: ({ state }, { locale }) => ADJUSTMENT_STATE_LABELS[state][locale],
  },
  Approval: {
    service: () => 'loyalty',
    canDecide: (approval, _, ctx) => canDecide(ctx.actor, APPROVABLES, approval),
  },
} satisfies Pick<Resolvers, 'Adjustment' | 'Approval'> & {
  Query: Pick<QueryResolvers, 'adjustments' | 'loyaltyApprovals'>;
  Mutation: Pick<
    MutationResolvers,
    'proposeAdjustment' | 'approveAdjustment' | 'rejectAdjustment' | 'withdrawAdjustment'
  >;
};
