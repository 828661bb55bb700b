import { LeadRow } from '../entities.js';
import type { QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { listTasks } from './tasks.js';

export const taskResolvers = {
  Query: {
    leadTasks: (_, args, ctx) => listTasks(ctx.db, ctx.actor, args),
  },
  LeadTask: {
    lead: ({ leadId }, _, ctx) => ctx.load(LeadRow, leadId),
  },
} satisfies Pick<Resolvers, 'LeadTask'> & { Query: Pick<QueryResolvers, 'leadTasks'> };
