import { Decimal } from '@client-graph/kit';
import { CommunicationRow } from '../communications/communications.entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { StatementRow } from './statements.entities.js';

export const statementResolvers = {
  Client: {
    statements: ({ id }, args, ctx) => ctx.loadPage(StatementRow, 'clientId', id, args),
  },
  Statement: {
    fees: ({ fees }) => fees.map(({ amount, currency }) => ({ amount: new Decimal(amount), currency })),
    communication: ({ communicationId }, _, ctx) => ctx.load(CommunicationRow, communicationId),
  },
  StatementHolding: {
    product: ({ productId }) => ({ id: productId }),
    units: ({ units }) => new Decimal(units),
  },
} satisfies Resolvers;
