import { type Context, reaches, refuse } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import {
  decideArchiveAccess,
  listArchiveAccesses,
  openArchiveAccess,
  requestArchiveAccess,
  returnArchiveAccess,
  seesAll,
} from './access.js';
import { ArchiveAccessRow, LegalHoldRow } from './archive.entities.js';
import { countItems, listItems, listReads } from './file.js';
import { decideLegalHold, liftLegalHold, placeLegalHold } from './holds.js';
import { isHeld } from './holds.rules.js';
import { exportArchive, readArchiveItem } from './reading.js';
import {
  decideRetentionRules,
  keepingOfClient,
  listRetentionSets,
  proposeRetentionRules,
  retentionOn,
} from './retention.js';
import { CLASS_WORDS } from './words.rules.js';

const DECISIONS = { APPROVE: 'APPROVED', REJECT: 'REJECTED' } as const;

const seen = async (ctx: Context, clientId: string): Promise<ClientRow | null> => {
  const client = await ctx.load(ClientRow, clientId);
  return client !== null && reaches(ctx.actor, client) ? client : null;
};

export const archiveResolvers = {
  Query: {
    archiveFile: async (_, { clientId }, ctx) => {
      const client = await seen(ctx, clientId);
      if (client === null) throw refuse('NOT_FOUND');
      return client;
    },
    archiveAccess: async (_, { id }, ctx) => {
      const access = await ctx.load(ArchiveAccessRow, id);
      return access !== null && (seesAll(ctx.db) || access.requesterId === ctx.actor.id) ? access : null;
    },
    archiveAccesses: (_, args, ctx) => listArchiveAccesses(ctx.db, args),
    retentionRules: (_, { on }, ctx) => retentionOn(ctx.db, on ?? null),
    retentionRuleSets: (_, args, ctx) => listRetentionSets(ctx.db, args),
  },
  Mutation: {
    requestArchiveAccess: (_, { input }, ctx) => requestArchiveAccess(ctx.db, input),
    decideArchiveAccess: (_, { input }, ctx) => decideArchiveAccess(ctx.db, input, DECISIONS[input.decision]),
    withdrawArchiveAccess: (_, { input }, ctx) =>
      decideArchiveAccess(ctx.db, { ...input, decision: 'REJECT', reason: 'withdrawn' }, 'WITHDRAWN'),
    openArchiveAccess: (_, { input }, ctx) => openArchiveAccess(ctx.db, input),
    returnArchiveAccess: (_, { input }, ctx) => returnArchiveAccess(ctx.db, input),
    readArchiveItem: (_, { input }, ctx) => readArchiveItem(ctx, input),
    exportArchive: (_, { input }, ctx) => exportArchive(ctx, input),
    placeLegalHold: (_, { input }, ctx) => placeLegalHold(ctx.db, input),
    liftLegalHold: (_, { input }, ctx) => liftLegalHold(ctx.db, input),
    decideLegalHold: (_, { input }, ctx) => decideLegalHold(ctx.db, input, DECISIONS[input.decision]),
    withdrawLegalHold: (_, { input }, ctx) =>
      decideLegalHold(ctx.db, { ...input, decision: 'REJECT', reason: 'withdrawn' }, 'WITHDRAWN'),
    proposeRetentionRules: (_, { input }, ctx) => proposeRetentionRules(ctx.db, input),
    decideRetentionRules: (_, { input }, ctx) =>
      decideRetentionRules(ctx.db, input, DECISIONS[input.decision]),
    withdrawRetentionRules: (_, { input }, ctx) =>
      decideRetentionRules(ctx.db, { ...input, decision: 'REJECT', reason: 'withdrawn' }, 'WITHDRAWN'),
  },
  ArchiveFile: {
    client: (client) => client,
    keeping: (client, _, ctx) => keepingOfClient(ctx.db, client),
    holds: ({ id }, _, ctx) => ctx.loadList(LegalHoldRow, 'clientId', id),
    counts: ({ id }, _, ctx) => countItems(ctx.db, id),
    items: ({ id }, args, ctx) => listItems(ctx.db, id, args),
    reads: ({ id }, args, ctx) => listReads(ctx.db, id, args),
  },
  ArchiveItem: {
    itemClassLabel: ({ itemClass }, { locale }) => CLASS_WORDS[itemClass][locale],
    isHeld: async ({ id, clientId }, _, ctx) => {
      const client = await ctx.load(ClientRow, clientId);
      const of = client?.mergedInto ?? clientId;
      return isHeld(await ctx.loadList(LegalHoldRow, 'clientId', of), id);
    },
  },
  ArchiveReading: {
    facts: ({ item }) =>
      Object.entries(item.facts).map(([name, value]) => ({
        name,
        value: typeof value === 'string' ? value : JSON.stringify(value),
      })),
  },
  ArchiveAccess: { client: ({ clientId }, _, ctx) => seen(ctx, clientId) },
  LegalHold: { client: ({ clientId }, _, ctx) => seen(ctx, clientId) },
} satisfies Resolvers;
