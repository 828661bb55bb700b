import { OrderRow, SettlementRow } from '../entities.js';
import type {
  ClientResolvers,
  MutationResolvers,
  OrderResolvers,
  QueryResolvers,
  Resolvers,
} from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { decisionOf } from '../suitability/suitability.js';
import { recordCallBack, submitOrder } from './cooling-off.js';
import { correctSettlement } from './corrections.js';
import { acceptOrder, cancelOrder, failOrder, listOrders, placeOrder, rejectOrder } from './orders.js';
import { STATE_WORDS } from './orders.rules.js';
import { showSpecialWarning } from './overrides.js';
import { redeem, switchProducts } from './redemptions.js';
import { feeOf, giveUpRest, reverseOrder, settlementsOf, settleOrder, settlePart } from './settlements.js';

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
    showSpecialWarning: (_, { input }, ctx) => showSpecialWarning(ctx.db, input),
    recordCallBack: (_, { input }, ctx) => recordCallBack(ctx.db, input),
    submitOrder: (_, { input }, ctx) => submitOrder(ctx.db, input),
    redeem: (_, { input }, ctx) => redeem(ctx.db, input),
    switchProducts: (_, { input }, ctx) => switchProducts(ctx.db, input),
    cancelOrder: (_, { input }, ctx) => cancelOrder(ctx.db, input),
    acceptOrder: (_, { input }, ctx) => acceptOrder(ctx.db, input),
    rejectOrder: (_, { input }, ctx) => rejectOrder(ctx.db, input),
    failOrder: (_, { input }, ctx) => failOrder(ctx.db, input),
    settleOrder: (_, { input }, ctx) => settleOrder(ctx.db, input),
    settlePart: (_, { input }, ctx) => settlePart(ctx.db, input),
    correctSettlement: (_, { input }, ctx) => correctSettlement(ctx.db, input),
    giveUpRest: (_, { input }, ctx) => giveUpRest(ctx.db, input),
    reverseOrder: (_, { input }, ctx) => reverseOrder(ctx.db, input),
  },
  Client: {
    orders: (client, args, ctx) => ctx.loadPage(OrderRow, 'clientId', client.id, args),
  },
  Order: {
    client: (order) => ({ id: order.clientId }),
    product: (order, _, ctx) => productOf(ctx, order),
    amount: ({ amount, currency }) => ({ amount, currency }),
    settledAmount: ({ settledAmount: amount, currency }) => ({ amount, currency }),
    stateLabel: (order, { locale }) => STATE_WORDS[order.state][locale],
    fromProduct: (order, _, ctx) =>
      order.fromProductId === null ? null : productOf(ctx, { productId: order.fromProductId }),
    decision: ({ decisionId }, _, ctx) => (decisionId === null ? null : decisionOf(ctx, { decisionId })),
    fee: async (order, _, ctx) => ({ amount: await feeOf(ctx, order), currency: order.currency }),
    settlements: (order, _, ctx) => settlementsOf(ctx, order),
    settlement: (order, _, ctx) =>
      order.settlementId === null ? null : ctx.load(SettlementRow, order.settlementId),
  },
  SpecialWarning: {
    text: ({ text }, { locale }) => text[locale],
  },
  Settlement: {
    amount: ({ amount, currency }) => ({ amount, currency }),
    fee: ({ fee, currency }) => ({ amount: fee, currency }),
  },
} satisfies Pick<Resolvers, 'Settlement' | 'SpecialWarning'> & {
  Order: Omit<OrderResolvers, 'feeCredits'>;
  Query: Pick<QueryResolvers, 'order' | 'orders'>;
  Mutation: Pick<
    MutationResolvers,
    | 'placeOrder'
    | 'showSpecialWarning'
    | 'recordCallBack'
    | 'submitOrder'
    | 'redeem'
    | 'switchProducts'
    | 'cancelOrder'
    | 'acceptOrder'
    | 'rejectOrder'
    | 'failOrder'
    | 'settleOrder'
    | 'settlePart'
    | 'giveUpRest'
    | 'correctSettlement'
    | 'reverseOrder'
  >;
  Client: Pick<ClientResolvers, 'orders'>;
};
