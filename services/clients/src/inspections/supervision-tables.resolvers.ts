import type { Resolvers } from '../generated/resolvers.js';
import {
  dailyChecks,
  decideSupervisionTable,
  listSupervisionTables,
  proposeSupervisionTable,
} from './supervision-tables.js';

const DECISIONS = { APPROVE: 'APPROVED', REJECT: 'REJECTED' } as const;

export const supervisionTableResolvers = {
  Query: {
    dailyChecks: (_, __, ctx) => dailyChecks(ctx.db),
    supervisionTables: (_, args, ctx) => listSupervisionTables(ctx.db, args),
  },
  Mutation: {
    proposeSupervisionTable: (_, { input }, ctx) => proposeSupervisionTable(ctx.db, input),
    decideSupervisionTable: (_, { input }, ctx) =>
      decideSupervisionTable(ctx.db, input, DECISIONS[input.decision]),
    withdrawSupervisionTable: (_, { input }, ctx) =>
      decideSupervisionTable(ctx.db, { ...input, decision: 'REJECT', reason: 'withdrawn' }, 'WITHDRAWN'),
  },
  SupervisionTable: { content: ({ content }) => JSON.stringify(content) },
} satisfies Pick<Resolvers, 'Query' | 'Mutation' | 'SupervisionTable'>;
