import { dayOf, page } from '@client-graph/kit';
import { PartnerRow } from '../entities.js';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { createPartner, endPartner } from './partners.js';
import { isInForce } from './partners.rules.js';

export const partnerResolvers = {
  Query: {
    partners: (_, args, ctx) => page(ctx.db, PartnerRow, args),
  },
  Mutation: {
    createPartner: (_, { input }, ctx) => createPartner(ctx.db, input),
    endPartner: (_, { input }, ctx) => endPartner(ctx.db, input),
  },
  Partner: {
    isInForce: (partner, _, ctx) => isInForce(partner, dayOf(ctx.db.now())),
  },
} satisfies Pick<Resolvers, 'Partner'> & {
  Query: Pick<QueryResolvers, 'partners'>;
  Mutation: Pick<MutationResolvers, 'createPartner' | 'endPartner'>;
};
