import { reaches } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import {
  decideGradeOverride,
  endGradeOverride,
  listOverrideProposals,
  proposeGradeOverride,
} from './overrides.js';

export const overrideResolvers = {
  Query: { gradeOverrideProposals: (_, args, ctx) => listOverrideProposals(ctx.db, args) },
  Mutation: {
    proposeGradeOverride: (_, { input }, ctx) => proposeGradeOverride(ctx.db, input),
    approveGradeOverride: (_, { input }, ctx) => decideGradeOverride(ctx.db, input, 'APPROVED'),
    rejectGradeOverride: (_, { input }, ctx) => decideGradeOverride(ctx.db, input, 'REJECTED'),
    withdrawGradeOverride: (_, { input }, ctx) => decideGradeOverride(ctx.db, input, 'WITHDRAWN'),
    endGradeOverride: (_, { input }, ctx) => endGradeOverride(ctx.db, input),
  },
  GradeOverride: {
    client: async ({ clientId }, _, ctx) => {
      const client = await ctx.load(ClientRow, clientId);
      return client !== null && reaches(ctx.actor, client) ? client : null;
    },
  },
} satisfies Pick<Resolvers, 'Query' | 'Mutation' | 'GradeOverride'>;
