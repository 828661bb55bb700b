import { Decimal } from '@client-graph/kit';
import { percentOf } from '../figures.rules.js';
import type { Resolvers } from '../generated/resolvers.js';
import { SurveyRow } from './surveys.entities.js';
import { answerSurvey, satisfactionFigures } from './surveys.js';
import { stateOf } from './surveys.rules.js';

export const surveyResolvers = {
  Query: {
    satisfactionFigures: (_, args, ctx) => satisfactionFigures(ctx.db, args),
  },
  Mutation: {
    answerSurvey: (_, { input }, ctx) => answerSurvey(ctx.db, input),
  },
  Client: {
    surveys: ({ id }, args, ctx) => ctx.loadPage(SurveyRow, 'clientId', id, args),
  },
  Survey: {
    client: ({ clientId }) => ({ id: clientId }),
    state: (row, _, ctx) => stateOf(row, ctx.db.now()),
  },
  SatisfactionFigures: {
    answeredPercent: ({ answered, asked }) => percentOf(answered, asked),
    averageScore: ({ averageScore }) => (averageScore === null ? null : new Decimal(averageScore)),
    contentPercent: ({ content, answered }) => percentOf(content, answered),
  },
} satisfies Resolvers;
