import { OrderRow, SettlementRow } from '../entities.js';
import type {
  ClientResolvers,
  MutationResolvers,
  QueryResolvers,
  Resolvers,
} from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { decisionOf } from '../suitability/suitability.js';
import { acceptOrder, cancelOrder, listOrders, placeOrder, rejectOrder, settleOrder } from './orders.js';
import { STATE_WORDS } from './orders.rules.js';

export const orderResolvers = {
  Query: {
    order: async (_, { id }, ctx) => {
      const order = await ctx.load(OrderRow, id);
      return order !== null && (await ctx.reachesClient(order.clientId)) ? order : null;
    },
    orders: (_, args, ctx) => listOrders(ctx.db, args),
  },
  Mutation: {
    placeOrder: (_, { input }, ctx) => placeOrder(ctx.db, input),
    cancelOrder: (_, { input }, ctx) => cancelOrder(ctx.db, input),
    acceptOrder: (_, { input }, ctx) => acceptOrder(ctx.db, input),
    rejectOrder: (_, { input }, ctx) => rejectOrder(ctx.db, input),
    settleOrder: (_, { input }, ctx) => settleOrder(ctx.db, input),
  },
  Client: {
    orders: (client, args, ctx) => ctx.loadPage(OrderRow, 'clientId', client.id, args),
  },
  Order: {
    client: (order) => ({ id: order.clientId }),
    product: (order, _, ctx) => productOf(ctx, order),
    amount: ({ amount, currency }) => ({ amount, currency }),
    stateLabel: (order, { locale }) => STATE_WORDS[order.state][locale],
    decision: (order, _, ctx) => decisionOf(ctx, order),
    settlement: (order, _, ctx) =>
      order.settlementId === null ? null : ctx.load(SettlementRow, order.settlementId),
  },
} satisfies Pick<Resolvers, 'Order'> & {
  Query: Pick<QueryResolvers, 'order' | 'orders'>;
  Mutation: Pick<
    MutationResolvers,
    'placeOrder' | 'cancelOrder' | 'acceptOrder' | 'rejectOrder' | 'settleOrder'
  >;
  Client: Pick<ClientResolvers, 'orders'>;
};
