import type { Context } from '@client-graph/kit';
import {
  ASKER_LABELS,
  MODE_LABELS,
  OUTCOME_LABELS,
  REVIEW_LABELS,
  TOPIC_LABELS,
} from '../code-labels.rules.js';
import { AppointmentRow, AssessmentRow, InterviewRow, ReviewRow } from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { levelLabel, say, verbatim } from '../words.rules.js';
import { interviewReasonLabel } from './interview-reasons.rules.js';
import { assessmentsAwaitingInterview, recordInterview, scheduleInterview } from './interviews.js';
import { decideReview, requestReview, requireInterview, reviewsOpen } from './reviews.js';

const latest = <Counted extends { ordinal: number }>(rows: readonly Counted[]): Counted | null =>
  rows.reduce<Counted | null>(
    (last, row) => (last === null || row.ordinal > last.ordinal ? row : last),
    null,
  );

export const interviewsResolvers = {
  Query: {
    assessmentsAwaitingInterview: (_: unknown, args, { db }: Context) =>
      assessmentsAwaitingInterview(db, args),
    reviewsOpen: (_: unknown, args, { db }: Context) => reviewsOpen(db, args),
  },
  Mutation: {
    scheduleInterview: (_: unknown, { input }, { db }: Context) => scheduleInterview(db, input),
    recordInterview: (_: unknown, { input }, { db }: Context) => recordInterview(db, input),
    requestReview: (_: unknown, { input }, { db }: Context) => requestReview(db, input),
    requireInterview: (_: unknown, { input }, { db }: Context) => requireInterview(db, input),
    decideReview: (_: unknown, { input }, { db }: Context) => decideReview(db, input),
  },
  Assessment: {
    appointment: async ({ id }, _, { loadList }) =>
      latest(await loadList(AppointmentRow, 'assessmentId', id)),
    interview: async ({ id }, _, { loadList }) => latest(await loadList(InterviewRow, 'assessmentId', id)),
    interviewReasonLabels: ({ interviewReasons }, { locale }) =>
      interviewReasons.map((code) => say(interviewReasonLabel(code), locale)),
    reviews: ({ id }, _, { loadList }) => loadList(ReviewRow, 'assessmentId', id),
  },
  RiskInterview: {
    modeLabel: ({ mode }, { locale }) => say(MODE_LABELS[mode], locale),
    checklistLabels: ({ checklist }, { locale }) =>
      checklist.map((topic) => say(TOPIC_LABELS[topic] ?? verbatim(topic), locale)),
    outcomeLabel: ({ outcome }, { locale }) => say(OUTCOME_LABELS[outcome], locale),
    newLevelLabel: ({ newLevel }, { locale }) => levelLabel(newLevel, locale),
  },
  InterviewAppointment: {
    modeLabel: ({ mode }, { locale }) => say(MODE_LABELS[mode], locale),
  },
  Review: {
    askedByLabel: ({ askedBy }, { locale }) => say(ASKER_LABELS[askedBy], locale),
    stateLabel: ({ state }, { locale }) => say(REVIEW_LABELS[state], locale),
    outcomeLabel: ({ outcome }, { locale }) =>
      outcome === null ? null : say(OUTCOME_LABELS[outcome], locale),
    assessment: async ({ assessmentId }, _, { load }) => {
      const assessment = await load(AssessmentRow, assessmentId);
      if (assessment === null) throw new Error('A review has lost its assessment.');
      return assessment;
    },
  },
} satisfies Resolvers;
