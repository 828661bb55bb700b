import { HoldingRow, OrderRow } from '../entities.js';
import type { ClientResolvers, QueryResolvers, Resolvers } from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { statementFile, tradesOf } from './trades.js';

export const tradeResolvers = {
  Query: {
    tradeStatement: (_, args, ctx) => statementFile(ctx.db, args),
  },
  Client: {
    trades: (client, args, ctx) => tradesOf(ctx, client, args),
  },
  Trade: {
    order: (trade, _, ctx) => ctx.load(OrderRow, trade.orderId),
    product: async (trade, _, ctx) => {
      const holding = await ctx.load(HoldingRow, trade.holdingId);
      return holding && productOf(ctx, holding);
    },
    amount: ({ amount, currency }) => ({ amount, currency }),
    fee: ({ fee: amount, currency }) => ({ amount, currency }),
    isReversal: ({ reversesId }) => reversesId !== null,
  },
} satisfies Pick<Resolvers, 'Trade'> & {
  Query: Pick<QueryResolvers, 'tradeStatement'>;
  Client: Pick<ClientResolvers, 'trades'>;
};
