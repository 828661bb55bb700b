import { type Approvable, canDecide, listApprovals } from '@client-graph/kit';
import type { QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { MATERIALS } from '../materials/materials.js';
import { LEAD_RULES } from '../rules/changes.js';

/** All that one person proposes and another decides in this service. */
export const APPROVABLES: readonly Approvable[] = [LEAD_RULES, MATERIALS];

export const approvalResolvers = {
  Query: { marketingApprovals: (_, args, ctx) => listApprovals(ctx.db, APPROVABLES, args) },
  Approval: {
    service: () => 'marketing',
    canDecide: (approval, _, ctx) => canDecide(ctx.actor, APPROVABLES, approval),
  },
} satisfies Pick<Resolvers, 'Approval'> & { Query: Pick<QueryResolvers, 'marketingApprovals'> };
