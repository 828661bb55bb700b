import { Decimal, reachesAll } from '@client-graph/kit';
import { InteractionRow } from './entities.js';
import { percentOf } from './figures.rules.js';
import type { Resolvers } from './generated/resolvers.js';
import { hotlineFigures, interactionSubjects, logInteraction, subjectLabels } from './interactions.js';
import {
  CHANNEL_LABELS,
  CONFIDENTIALITY_LABELS,
  DIRECTION_LABELS,
  mayReadSummary,
} from './interactions.rules.js';
import { reachesHere } from './reach.js';

export const resolvers = {
  Query: {
    interactionSubjects: (_, __, ctx) => interactionSubjects(ctx.db),
    hotlineFigures: (_, args, ctx) => hotlineFigures(ctx.db, args),
  },
  Mutation: {
    logInteraction: (_, { input }, ctx) => logInteraction(ctx.db, input),
  },
  Client: {
    __resolveReference: async ({ id }, ctx) => ((await reachesHere(ctx, id)) ? { id } : null),
    interactions: ({ id }, { channel, ...args }, ctx) =>
      ctx.loadPage(InteractionRow, 'clientId', id, args, channel ? [['channel', channel]] : []),
  },
  Interaction: {
    client: ({ clientId }) => ({ id: clientId }),
    channelLabel: ({ channel }, { locale }) => CHANNEL_LABELS[channel][locale],
    directionLabel: ({ direction }, { locale }) => DIRECTION_LABELS[direction][locale],
    confidentialityLabel: ({ confidentiality }, { locale }) =>
      CONFIDENTIALITY_LABELS[confidentiality][locale],
    subjectLabel: async ({ subjectCode }, { locale }, ctx) =>
      (await ctx.loadBy('subject labels', subjectCode, (codes) => subjectLabels(ctx.db, codes)))?.[locale] ??
      subjectCode,
    summary: (interaction, _, { actor }) =>
      mayReadSummary(interaction, { id: actor.id, overseesAll: reachesAll(actor) })
        ? interaction.summary
        : null,
  },
  HotlineFigures: {
    medianSeconds: ({ medianSeconds }) => (medianSeconds === null ? null : new Decimal(medianSeconds)),
    p90Seconds: ({ p90Seconds }) => (p90Seconds === null ? null : new Decimal(p90Seconds)),
    answeredInTimePercent: ({ answeredInTime, timed }) => percentOf(answeredInTime, timed),
  },
  OfferedSubject: {
    label: ({ labels }, { locale }) => labels[locale],
  },
} satisfies Resolvers;
