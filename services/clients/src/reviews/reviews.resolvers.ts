import { dayOf, page, reaches, transact } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { GRADE_LABELS } from '../labels.rules.js';
import { decideReviewCalendar, proposeReviewCalendar } from './calendars.js';
import { CALENDAR_GRADES } from './calendars.rules.js';
import { ReviewCalendarRow } from './reviews.entities.js';
import { completeReview, reviewsDue, reviewsDuePage } from './reviews.js';
import { calendarRowOn } from './schedule.js';

export const reviewResolvers = (hashKey: string) =>
  ({
    Query: {
      reviewsDue: (_, { by }, ctx) => reviewsDue(ctx, by ?? null),
      reviewsDuePage: (_, { by, ...args }, ctx) => reviewsDuePage(ctx, by ?? null, args),
      reviewCalendar: (_, { on }, { db }) => transact(db, (tx) => calendarRowOn(tx, on ?? dayOf(tx.now))),
      reviewCalendars: (_, args, ctx) => page(ctx.db, ReviewCalendarRow, args),
    },
    Mutation: {
      completeReview: (_, { input }, ctx) => completeReview(ctx.db, input, hashKey),
      proposeReviewCalendar: (_, { input }, ctx) => proposeReviewCalendar(ctx.db, input),
      decideReviewCalendar: (_, { input }, ctx) =>
        decideReviewCalendar(ctx.db, input, input.decision === 'APPROVE' ? 'APPROVED' : 'REJECTED'),
      withdrawReviewCalendar: (_, { input }, ctx) =>
        decideReviewCalendar(ctx.db, { ...input, reason: 'withdrawn' }, 'WITHDRAWN'),
    },
    ReviewCalendar: {
      months: ({ rules }) => CALENDAR_GRADES.map((grade) => ({ grade, months: rules.months[grade] })),
      idExpiryDaysBefore: ({ rules }) => rules.idExpiryDaysBefore,
      overdueAfterDays: ({ rules }) => rules.overdueAfterDays,
      blockingAfterDays: ({ rules }) => rules.blockingAfterDays,
    },
    ReviewMonths: { gradeLabel: ({ grade }, { locale }) => GRADE_LABELS[grade][locale] },
    InformationReview: {
      client: async ({ clientId }, _, ctx) => {
        const client = await ctx.load(ClientRow, clientId);
        return client !== null && reaches(ctx.actor, client) ? client : null;
      },
    },
  }) satisfies Pick<
    Resolvers,
    'Query' | 'Mutation' | 'InformationReview' | 'ReviewCalendar' | 'ReviewMonths'
  >;
