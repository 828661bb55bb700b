import { page } from '@client-graph/kit';
import { CommunicationRow } from '../communications/communications.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { MaterialEventRow, NoticeRow } from './material-events.entities.js';
import { confirmNotice, openMaterialEvent } from './material-events.js';
import { SOURCE_LABELS } from './material-events.rules.js';
import { coverages, noticesOf } from './queries.js';

export const materialEventResolvers = {
  Query: {
    materialEvent: (_, { id }, ctx) => ctx.load(MaterialEventRow, id),
    materialEvents: (_, args, ctx) => page(ctx.db, MaterialEventRow, args),
  },
  Mutation: {
    openMaterialEvent: (_, { input }, ctx) => openMaterialEvent(ctx.db, input),
    confirmNotice: (_, { input }, ctx) => confirmNotice(ctx.db, input),
  },
  Client: {
    notices: ({ id }, args, ctx) => ctx.loadPage(NoticeRow, 'clientId', id, args),
  },
  MaterialEvent: {
    sourceLabel: ({ source }, { locale }) => SOURCE_LABELS[source][locale],
    products: ({ productIds }) => productIds.map((id) => ({ id })),
    coverage: ({ id }, _, ctx) => ctx.loadBy('coverage', id, (ids) => coverages(ctx.db, ids)),
    notices: ({ id }, args, ctx) =>
      ctx.loadBy(`notices ${JSON.stringify(args)}`, id, (ids) => noticesOf(ctx.db, ids, args)),
  },
  Notice: {
    client: ({ clientId }) => ({ id: clientId }),
    materialEvent: ({ materialEventId }, _, ctx) => ctx.load(MaterialEventRow, materialEventId),
    communication: ({ communicationId }, _, ctx) => ctx.load(CommunicationRow, communicationId),
  },
} satisfies Resolvers;
