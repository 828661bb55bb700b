import { canDecide, listApprovals } from '@client-graph/kit';
import { APPROVABLES } from './approvables.js';
import type { Resolvers } from './generated/resolvers.js';

export const approvalResolvers = {
  Query: { serviceApprovals: (_, args, ctx) => listApprovals(ctx.db, APPROVABLES, args) },
  Approval: {
    service: () => 'service',
    canDecide: (approval, _, ctx) => canDecide(ctx.actor, APPROVABLES, approval),
  },
} satisfies Pick<Resolvers, 'Query' | 'Approval'>;
