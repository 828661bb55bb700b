import type { Resolvers } from '../generated/resolvers.js';
import { FeedbackRow } from './feedback.entities.js';
import {
  answerFeedback,
  concludeFeedback,
  feedbackFigures,
  feedbackList,
  giveFeedback,
  isOverdue,
  takeUpFeedback,
} from './feedback.js';
import { KIND_LABELS } from './feedback.rules.js';

export const feedbackResolvers = {
  Query: {
    feedbackList: (_, args, ctx) => feedbackList(ctx.db, args),
    feedbackFigures: (_, args, ctx) => feedbackFigures(ctx.db, args),
  },
  Mutation: {
    giveFeedback: (_, { input }, ctx) => giveFeedback(ctx.db, input),
    takeUpFeedback: (_, { input }, ctx) => takeUpFeedback(ctx.db, input),
    answerFeedback: (_, { input }, ctx) => answerFeedback(ctx.db, input),
    concludeFeedback: (_, { input }, ctx) => concludeFeedback(ctx.db, input),
  },
  Client: {
    feedback: ({ id }, args, ctx) => ctx.loadPage(FeedbackRow, 'clientId', id, args),
  },
  Feedback: {
    client: ({ clientId }) => ({ id: clientId }),
    kindLabel: ({ kind }, { locale }) => KIND_LABELS[kind][locale],
    isOverdue: (row, _, ctx) => isOverdue(row, ctx.db.now()),
  },
} satisfies Resolvers;
