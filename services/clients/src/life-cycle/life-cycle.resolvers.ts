import type { Resolvers } from '../generated/resolvers.js';
import { eraseClient } from './erasure.js';
import {
  beginClosing,
  closeClient,
  reactivateClient,
  reassignClient,
  reportDeath,
  restrictClient,
  unrestrictClient,
} from './life-cycle.js';

export const lifeCycleResolvers = {
  Mutation: {
    reactivateClient: (_, { input }, ctx) => reactivateClient(ctx.db, input),
    restrictClient: (_, { input }, ctx) => restrictClient(ctx.db, input),
    unrestrictClient: (_, { input }, ctx) => unrestrictClient(ctx.db, input),
    beginClosing: (_, { input }, ctx) => beginClosing(ctx.db, input),
    closeClient: (_, { input }, ctx) => closeClient(ctx.db, input),
    eraseClient: (_, { input }, ctx) => eraseClient(ctx.db, input),
    reportDeath: (_, { input }, ctx) => reportDeath(ctx.db, input),
    reassignClient: (_, { input }, ctx) => reassignClient(ctx.db, input),
  },
} satisfies Pick<Resolvers, 'Mutation'>;
