import { dayOf, reaches } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { GradeAssignmentRow } from '../grading.entities.js';
import { reasonsOf } from '../reasons.rules.js';
import { copyOf } from './copy.js';
import {
  extendDataRequest,
  fulfilDataRequest,
  listDataRequests,
  makeDataRequest,
  refuseDataRequestAs,
} from './data-requests.js';

export const dataRequestResolvers = {
  Query: { dataRequests: (_, args, ctx) => listDataRequests(ctx.db, args) },
  Mutation: {
    makeDataRequest: (_, { input }, ctx) => makeDataRequest(ctx.db, input),
    fulfilDataRequest: (_, { input }, ctx) => fulfilDataRequest(ctx.db, input),
    extendDataRequest: (_, { input }, ctx) => extendDataRequest(ctx.db, input),
    refuseDataRequest: (_, { input }, ctx) => refuseDataRequestAs(ctx.db, input),
  },
  DataRequest: {
    client: async ({ clientId }, _, ctx) => {
      const client = await ctx.load(ClientRow, clientId);
      return client !== null && reaches(ctx.actor, client) ? client : null;
    },
    isLate: ({ status, dueOn }, _, ctx) => status === 'RECEIVED' && dayOf(ctx.db.now()) > dueOn,
    copy: ({ outcome, clientId }, _, ctx) => (outcome === 'COPY_GIVEN' ? copyOf(ctx.db, clientId) : null),
    explanation: async ({ outcome, clientId }, { locale }, ctx) => {
      const client = outcome === 'EXPLAINED' ? await ctx.load(ClientRow, clientId) : null;
      const grade = client === null ? null : await ctx.load(GradeAssignmentRow, client.gradeAssignmentId);
      return grade === null ? null : reasonsOf(grade, locale);
    },
  },
} satisfies Pick<Resolvers, 'Query' | 'Mutation' | 'DataRequest'>;
