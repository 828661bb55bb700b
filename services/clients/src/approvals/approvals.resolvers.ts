import { canDecide, listApprovals } from '@client-graph/kit';
import type { Resolvers } from '../generated/resolvers.js';
import { APPROVABLES } from './approvables.js';

export const approvalResolvers = {
  Query: { clientsApprovals: (_, args, ctx) => listApprovals(ctx.db, APPROVABLES, args) },
  Approval: {
    service: () => 'clients',
    canDecide: (approval, _, ctx) => canDecide(ctx.actor, APPROVABLES, approval),
  },
} satisfies Pick<Resolvers, 'Query' | 'Approval'>;
