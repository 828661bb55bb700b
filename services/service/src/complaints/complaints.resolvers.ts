import { type Context, Decimal, dayOf, page, refuse } from '@client-graph/kit';
import { calendarYear } from '../calendar/calendar.js';
import { percentOf } from '../figures.rules.js';
import type { Resolvers } from '../generated/resolvers.js';
import { afterCare } from './clocks.rules.js';
import {
  ComplaintActionRow,
  ComplaintClockRow,
  ComplaintExtensionRow,
  ComplaintRow,
  RectificationRow,
} from './complaints.entities.js';
import * as commands from './complaints.js';
import {
  CATEGORY_LABELS,
  ROOT_CAUSE_LABELS,
  SEVERITY_LABELS,
  STATUS_LABELS,
} from './complaints.labels.rules.js';
import { OPEN_STATUSES } from './complaints.rules.js';
import { decideComplaintExtension, extendComplaint, proposeComplaintExtension } from './extensions.js';
import { fileComplaint } from './filing.js';
import { complaint, complaintStatistics, complaints, complaintsOfClients } from './queries.js';
import { completeRectification } from './rectifications.js';

/** A decided case is still to be followed up, then closed; any other has nothing to come. */
async function afterCareOf({ status, clockId, resolvedAt }: ComplaintRow, ctx: Context) {
  const isDecided = status === 'RESOLVED' || status === 'FOLLOWED_UP';
  const clock = isDecided && resolvedAt !== null ? await ctx.load(ComplaintClockRow, clockId) : null;
  if (clock === null || resolvedAt === null) return { followUpDueOn: null, closeDueOn: null };
  const days = afterCare(clock.terms, resolvedAt);
  return { ...days, followUpDueOn: status === 'RESOLVED' ? days.followUpDueOn : null };
}

const YEARS = { min: 1900, max: 2200 };

export const complaintResolvers = {
  Query: {
    workingCalendar: (_, { year }, ctx) => {
      if (year < YEARS.min || year > YEARS.max) throw refuse('BAD_INPUT', { field: 'year', ...YEARS });
      return calendarYear(ctx.db, year);
    },
    complaint: (_, { id }, ctx) => complaint(ctx.db, id, (of) => ctx.load(ComplaintRow, of)),
    complaints: (_, args, ctx) => complaints(ctx.db, args),
    complaintStatistics: (_, args, ctx) => complaintStatistics(ctx.db, args),
    rectifications: (_, args, ctx) => page(ctx.db, RectificationRow, args),
  },
  Mutation: {
    fileComplaint: (_, { input }, ctx) => fileComplaint(ctx.db, input),
    assignComplaint: (_, { input }, ctx) => commands.assignComplaint(ctx.db, input),
    acknowledgeComplaint: (_, { input }, ctx) => commands.acknowledgeComplaint(ctx.db, input),
    investigateComplaint: (_, { input }, ctx) => commands.investigateComplaint(ctx.db, input),
    extendComplaint: (_, { input }, ctx) => extendComplaint(ctx.db, input),
    proposeComplaintExtension: (_, { input }, ctx) => proposeComplaintExtension(ctx.db, input),
    decideComplaintExtension: (_, { input }, ctx) => decideComplaintExtension(ctx.db, input),
    resolveComplaint: (_, { input }, ctx) => commands.resolveComplaint(ctx.db, input),
    followUpComplaint: (_, { input }, ctx) => commands.followUpComplaint(ctx.db, input),
    closeComplaint: (_, { input }, ctx) => commands.closeComplaint(ctx.db, input),
    withdrawComplaint: (_, { input }, ctx) => commands.withdrawComplaint(ctx.db, input),
    declineComplaint: (_, { input }, ctx) => commands.declineComplaint(ctx.db, input),
    mergeComplaint: (_, { input }, ctx) => commands.mergeComplaint(ctx.db, input),
    reopenComplaint: (_, { input }, ctx) => commands.reopenComplaint(ctx.db, input),
    reviewComplaint: (_, { input }, ctx) => commands.reviewComplaint(ctx.db, input),
    decideComplaintReview: (_, { input }, ctx) => commands.decideComplaintReview(ctx.db, input),
    completeRectification: (_, { input }, ctx) => completeRectification(ctx.db, input),
  },
  Client: {
    complaints: ({ id }, args, ctx) =>
      ctx.loadBy(`complaints ${JSON.stringify(args)}`, id, (ids) => complaintsOfClients(ctx.db, ids, args)),
  },
  Complaint: {
    statusLabel: ({ status }, { locale }) => STATUS_LABELS[status][locale],
    categoryLabel: ({ category }, { locale }) => CATEGORY_LABELS[category][locale],
    severityLabel: ({ severity }, { locale }) => SEVERITY_LABELS[severity][locale],
    rootCauseLabel: ({ rootCause }, { locale }) => rootCause && ROOT_CAUSE_LABELS[rootCause][locale],
    client: ({ clientId }) => (clientId === null ? null : { id: clientId }),
    dueOn: ({ dueAt }) => dayOf(dueAt),
    isOverdue: ({ status, dueAt }, _, ctx) =>
      OPEN_STATUSES.some((open) => open === status) && dueAt < ctx.db.now(),
    followUpDueOn: async (complaint, _, ctx) => (await afterCareOf(complaint, ctx)).followUpDueOn,
    closeDueOn: async (complaint, _, ctx) => (await afterCareOf(complaint, ctx)).closeDueOn,
    isAfterCareOverdue: async (complaint, _, ctx) => {
      const { followUpDueOn, closeDueOn } = await afterCareOf(complaint, ctx);
      const today = dayOf(ctx.db.now());
      return [followUpDueOn, closeDueOn].some((day) => day !== null && day < today);
    },
    extensions: ({ id }, _, ctx) => ctx.loadList(ComplaintExtensionRow, 'complaintId', id),
    history: ({ id }, _, ctx) => ctx.loadList(ComplaintActionRow, 'complaintId', id),
    redress: ({ redressType, redressAmount, redressCurrency }) =>
      redressType && {
        type: redressType,
        amount:
          redressAmount && redressCurrency ? { amount: redressAmount, currency: redressCurrency } : null,
      },
    mergedInto: ({ mergedIntoId }, _, ctx) =>
      mergedIntoId === null ? null : complaint(ctx.db, mergedIntoId, (of) => ctx.load(ComplaintRow, of)),
    rectification: ({ rectificationId }, _, ctx) =>
      rectificationId === null ? null : ctx.load(RectificationRow, rectificationId),
  },
  ComplaintStatistics: {
    onTimePercent: ({ onTime, decided }) => percentOf(onTime, decided),
    receivedPerThousandClients: ({ received, clients }) =>
      clients === 0 ? null : new Decimal(received).times(1_000).dividedBy(clients).toDecimalPlaces(2),
  },
  ComplaintCategoryFigures: {
    categoryLabel: ({ category }, { locale }) => CATEGORY_LABELS[category][locale],
  },
  ComplaintRootCauseFigures: {
    rootCauseLabel: ({ rootCause }, { locale }) => ROOT_CAUSE_LABELS[rootCause][locale],
    averageSatisfaction: ({ averageSatisfaction }) =>
      averageSatisfaction === null ? null : new Decimal(averageSatisfaction),
  },
} satisfies Resolvers;
