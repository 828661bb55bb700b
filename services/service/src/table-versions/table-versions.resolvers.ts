import { page } from '@client-graph/kit';
import type { Resolvers } from '../generated/resolvers.js';
import { TableVersionRow } from './table-versions.entities.js';
import { decideTableVersion, proposeTableVersion } from './table-versions.js';

export const tableVersionResolvers = {
  Query: {
    tableVersions: (_, { table, code, ...args }, ctx) =>
      page(ctx.db, TableVersionRow, args, { ...(table && { table }), ...(code && { code }) }),
  },
  Mutation: {
    proposeTableVersion: (_, { input }, ctx) => proposeTableVersion(ctx.db, input),
    decideTableVersion: (_, { input }, ctx) => decideTableVersion(ctx.db, input),
  },
  TableVersion: {
    terms: ({ terms }) => JSON.stringify(terms),
  },
} satisfies Resolvers;
