import type { Context } from '@client-graph/kit';
import { AUDIENCE_LABELS, PROPOSAL_LABELS } from '../code-labels.rules.js';
import type { Resolvers } from '../generated/resolvers.js';
import { say } from '../words.rules.js';
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
    audienceLabel: ({ audience }, { locale }) => say(AUDIENCE_LABELS[audience], locale),
    stateLabel: ({ state }, { locale }) => say(PROPOSAL_LABELS[state], locale),
    content: ({ definition }) => JSON.stringify(definition),
  },
} satisfies Resolvers;
