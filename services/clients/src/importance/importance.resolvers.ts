import type { Resolvers } from '../generated/resolvers.js';
import { markClientImportant } from './importance.js';

export const importanceResolvers = {
  Mutation: { markClientImportant: (_, { input }, ctx) => markClientImportant(ctx.db, input) },
} satisfies Pick<Resolvers, 'Mutation'>;
