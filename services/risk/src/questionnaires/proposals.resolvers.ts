import type { Context } from '@client-graph/kit';
import type { Resolvers } from '../generated/resolvers.js';
import {
  approveQuestionnaire,
  proposeQuestionnaire,
  questionnaireProposals,
  rejectQuestionnaire,
} from './proposals.js';

export const proposalsResolvers = {
  Query: {
    questionnaireProposals: (_: unknown, args, { db }: Context) => questionnaireProposals(db, args),
  },
  Mutation: {
    proposeQuestionnaire: (_: unknown, { input }, { db }: Context) => proposeQuestionnaire(db, input),
    approveQuestionnaire: (_: unknown, { input }, { db }: Context) => approveQuestionnaire(db, input),
    rejectQuestionnaire: (_: unknown, { input }, { db }: Context) => rejectQuestionnaire(db, input),
  },
  QuestionnaireProposal: {
    content: ({ definition }) => JSON.stringify(definition),
  },
} satisfies Resolvers;
