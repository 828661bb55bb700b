import { reachesAll } from '@client-graph/kit';
import { InteractionRow, InteractionSubjectRow } from './entities.js';
import type { Resolvers } from './generated/resolvers.js';
import { interactionSubjects, logInteraction } from './interactions.js';
import {
  CHANNEL_LABELS,
  CONFIDENTIALITY_LABELS,
  DIRECTION_LABELS,
  mayReadSummary,
} from './interactions.rules.js';

export const resolvers = {
  Query: {
    interactionSubjects: (_, __, ctx) => interactionSubjects(ctx.db),
  },
  Mutation: {
    logInteraction: (_, { input }, ctx) => logInteraction(ctx.db, input),
  },
  Client: {
    __resolveReference: async ({ id }, ctx) => ((await ctx.reachesClient(id)) ? { id } : null),
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
      (await ctx.loadList(InteractionSubjectRow, 'id', subjectCode))[0]?.labels[locale] ?? subjectCode,
    summary: (interaction, _, { actor }) =>
      mayReadSummary(interaction, { id: actor.id, overseesAll: reachesAll(actor) })
        ? interaction.summary
        : null,
  },
  OfferedSubject: {
    code: ({ id }) => id,
    label: ({ labels }, { locale }) => labels[locale],
  },
} satisfies Resolvers;
