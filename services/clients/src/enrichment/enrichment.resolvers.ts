import type { Resolvers } from '../generated/resolvers.js';
import { EnrichmentSourceRow } from './enrichment.entities.js';
import { enrichClient, listSources } from './enrichment.js';
import { decideEnrichmentSource, proposeEnrichmentSource } from './sources.js';

export const enrichmentResolvers = {
  Query: { enrichmentSources: (_, args, ctx) => listSources(ctx.db, args) },
  Mutation: {
    enrichClient: (_, { input }, ctx) => enrichClient(ctx.db, input),
    proposeEnrichmentSource: (_, { input }, ctx) => proposeEnrichmentSource(ctx.db, input),
    approveEnrichmentSource: (_, { input }, ctx) => decideEnrichmentSource(ctx.db, input, 'APPROVED'),
    rejectEnrichmentSource: (_, { input }, ctx) => decideEnrichmentSource(ctx.db, input, 'REJECTED'),
    withdrawEnrichmentSource: (_, { input }, ctx) => decideEnrichmentSource(ctx.db, input, 'WITHDRAWN'),
  },
  Enrichment: {
    source: async ({ sourceId }, _, ctx) => {
      const source = await ctx.load(EnrichmentSourceRow, sourceId);
      if (source === null) throw new Error('A fact from no source.');
      return source;
    },
  },
} satisfies Pick<Resolvers, 'Query' | 'Mutation' | 'Enrichment'>;
