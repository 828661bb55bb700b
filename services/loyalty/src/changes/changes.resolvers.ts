import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import {
  decideChange,
  listChanges,
  proposeEarnRule,
  proposeProgramme,
  proposeReward,
  proposeTiers,
} from './changes.js';
import { CHANGE_STATE_LABELS } from './changes.rules.js';

export const changeResolvers = {
  Query: {
    ruleChanges: (_, args, ctx) => listChanges(ctx.db, args),
  },
  Mutation: {
    proposeEarnRule: (_, { input }, ctx) => proposeEarnRule(ctx.db, input),
    proposeTiers: (_, { input }, ctx) => proposeTiers(ctx.db, input),
    proposeReward: (_, { input }, ctx) => proposeReward(ctx.db, input),
    proposeProgramme: (_, { input }, ctx) => proposeProgramme(ctx.db, input),
    approveRuleChange: (_, { input }, ctx) => decideChange(ctx.db, 'APPROVED', input),
    rejectRuleChange: (_, { input }, ctx) => decideChange(ctx.db, 'REJECTED', input),
  },
  RuleChange: {
    stateLabel: ({ state }, { locale }) => CHANGE_STATE_LABELS[state][locale],
    content: ({ payload }) => JSON.stringify(payload),
  },
} satisfies Pick<Resolvers, 'RuleChange'> & {
  Query: Pick<QueryResolvers, 'ruleChanges'>;
  Mutation: Pick<
    MutationResolvers,
    | 'proposeEarnRule'
    | 'proposeTiers'
    | 'proposeReward'
    | 'proposeProgramme'
    | 'approveRuleChange'
    | 'rejectRuleChange'
  >;
};
