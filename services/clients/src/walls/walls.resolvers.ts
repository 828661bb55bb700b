import type { Resolvers } from '../generated/resolvers.js';
import { decideWall, liftWall, listWalls, raiseWall } from './walls.js';

const DECISIONS = { APPROVE: 'APPROVED', REJECT: 'REJECTED' } as const;

export const wallResolvers = {
  Query: { ethicalWalls: (_, args, ctx) => listWalls(ctx.db, args) },
  Mutation: {
    raiseWall: (_, { input }, ctx) => raiseWall(ctx.db, input),
    liftWall: (_, { input }, ctx) => liftWall(ctx.db, input),
    decideWall: (_, { input }, ctx) => decideWall(ctx.db, input, DECISIONS[input.decision]),
    withdrawWall: (_, { input }, ctx) =>
      decideWall(ctx.db, { ...input, decision: 'REJECT', reason: 'withdrawn' }, 'WITHDRAWN'),
  },
} satisfies Pick<Resolvers, 'Query' | 'Mutation'>;
