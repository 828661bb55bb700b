import { page } from '@client-graph/kit';
import { AudienceRow } from '../entities.js';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { audienceLeads, buildAudience, countAudience, countsOf } from './audiences.js';

export const audienceResolvers = {
  Query: {
    audiences: (_, args, ctx) => page(ctx.db, AudienceRow, args),
    audienceCount: (_, { criteria }, ctx) => countAudience(ctx.db, criteria),
  },
  Mutation: {
    buildAudience: (_, { input }, ctx) => buildAudience(ctx.db, input),
  },
  Audience: {
    criteria: ({ criteria }) => JSON.stringify(criteria),
    counts: (audience, _, ctx) =>
      ctx.loadBy('audience counts', audience.id, async (ids) => {
        const rows = await Promise.all(ids.map((id) => ctx.load(AudienceRow, id)));
        return countsOf(
          ctx.db,
          rows.filter((row) => row !== null),
        );
      }),
    leads: (audience, args, ctx) => audienceLeads(ctx, audience, args),
  },
} satisfies Pick<Resolvers, 'Audience'> & {
  Query: Pick<QueryResolvers, 'audiences' | 'audienceCount'>;
  Mutation: Pick<MutationResolvers, 'buildAudience'>;
};
