import { type Approvable, canDecide, listApprovals } from '@client-graph/kit';
import { PRODUCT_FEES } from '../fees/product-fees.js';
import type { Resolvers } from '../generated/resolvers.js';
import { NAV_CORRECTION } from '../navs/corrections.js';
import { SUITABILITY_RULES } from '../rule-changes/rule-changes.js';

/** All that one person proposes and another decides in this service. */
export const APPROVABLES: readonly Approvable[] = [SUITABILITY_RULES, NAV_CORRECTION, PRODUCT_FEES];

export const approvalResolvers = {
  Query: { productsApprovals: (_, args, ctx) => listApprovals(ctx.db, APPROVABLES, args) },
  Approval: {
    service: () => 'products',
    canDecide: (approval, _, ctx) => canDecide(ctx.actor, APPROVABLES, approval),
  },
} satisfies Pick<Resolvers, 'Query' | 'Approval'>;
