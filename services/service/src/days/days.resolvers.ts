import type { Resolvers } from '../generated/resolvers.js';
import { completeFollowUp, myDay, planFollowUp } from './days.js';

export const dayResolvers = {
  Query: {
    myDay: (_, __, ctx) => myDay(ctx.db),
  },
  Mutation: {
    planFollowUp: (_, { input }, ctx) => planFollowUp(ctx.db, input),
    completeFollowUp: (_, { input }, ctx) => completeFollowUp(ctx.db, input),
  },
  WorkItem: {
    client: ({ clientId }) => ({ id: clientId }),
  },
  ClientOccasion: {
    client: ({ clientId }) => ({ id: clientId }),
  },
} satisfies Resolvers;
