import { dayOf, transact } from '@client-graph/kit';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { decideLeadRule, listRuleChanges, proposeLeadRule } from './changes.js';
import { ruleOn } from './in-force.js';

export const ruleResolvers = {
  Query: {
    leadRule: (_, { kind, on }, ctx) => transact(ctx.db, (tx) => ruleOn(tx, kind, on ?? dayOf(tx.now))),
    leadRuleChanges: (_, args, ctx) => listRuleChanges(ctx.db, args),
  },
  Mutation: {
    proposeLeadRule: (_, { input }, ctx) => proposeLeadRule(ctx.db, input),
    approveLeadRule: (_, { input }, ctx) => decideLeadRule(ctx.db, 'APPROVED', input),
    rejectLeadRule: (_, { input }, ctx) => decideLeadRule(ctx.db, 'REJECTED', input),
    withdrawLeadRule: (_, { input }, ctx) => decideLeadRule(ctx.db, 'WITHDRAWN', input),
  },
  LeadRule: {
    terms: ({ terms }) => JSON.stringify(terms),
  },
  LeadRuleChange: {
    terms: ({ terms }) => JSON.stringify(terms),
  },
} satisfies Pick<Resolvers, 'LeadRule' | 'LeadRuleChange'> & {
  Query: Pick<QueryResolvers, 'leadRule' | 'leadRuleChanges'>;
  Mutation: Pick<
    MutationResolvers,
    'proposeLeadRule' | 'approveLeadRule' | 'rejectLeadRule' | 'withdrawLeadRule'
  >;
};
