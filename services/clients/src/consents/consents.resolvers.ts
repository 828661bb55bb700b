import type { Resolvers } from '../generated/resolvers.js';
import { recordConsent } from './consents.js';

export const consentResolvers = {
  Mutation: {
    grantConsent: (_, { input }, ctx) => recordConsent(ctx.db, input, 'GRANT'),
    withdrawConsent: (_, { input }, ctx) => recordConsent(ctx.db, input, 'WITHDRAW'),
  },
} satisfies Pick<Resolvers, 'Mutation'>;
