import { isUuid } from '@client-graph/kit';
import type { ClientResolvers } from './generated/resolvers.js';

/** A client whose records the caller does not reach is, to them, not there. */
export const clientResolvers = {
  Client: {
    __resolveReference: async (reference, ctx) => {
      const id = reference.id.toLowerCase();
      return isUuid(id) && (await ctx.reachesClient(id)) ? { ...reference, id } : null;
    },
  },
} satisfies { Client: Pick<ClientResolvers, '__resolveReference'> };
