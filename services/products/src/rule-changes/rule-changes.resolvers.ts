import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { decideRules, listProposals, listRules, proposeRules, rulesOn } from './rule-changes.js';
import { tablesShown } from './rule-tables.js';

export const ruleChangeResolvers = {
  Query: {
    suitabilityRules: (_, args, ctx) => listRules(ctx.db, args),
    suitabilityRulesOn: (_, { day }, ctx) => rulesOn(ctx.db, day ?? null),
    suitabilityProposals: (_, args, ctx) => listProposals(ctx.db, args),
  },
  Mutation: {
    proposeSuitabilityRules: (_, { input }, ctx) => proposeRules(ctx.db, input),
    approveSuitabilityRules: (_, { input }, ctx) => decideRules(ctx.db, 'APPROVED', input),
    rejectSuitabilityRules: (_, { input }, ctx) => decideRules(ctx.db, 'REJECTED', input),
    withdrawSuitabilityRules: (_, { input }, ctx) => decideRules(ctx.db, 'WITHDRAWN', input),
  },
  SuitabilityRules: {
    tables: ({ tables }) => tablesShown(tables),
  },
  SuitabilityProposal: {
    tables: ({ changes }) => tablesShown(changes),
  },
} satisfies Pick<Resolvers, 'SuitabilityProposal' | 'SuitabilityRules'> & {
  Query: Pick<QueryResolvers, 'suitabilityProposals' | 'suitabilityRules' | 'suitabilityRulesOn'>;
  Mutation: Pick<
    MutationResolvers,
    | 'approveSuitabilityRules'
    | 'proposeSuitabilityRules'
    | 'rejectSuitabilityRules'
    | 'withdrawSuitabilityRules'
  >;
};
