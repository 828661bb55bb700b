import { OrderRow } from '../entities.js';
import type {
  ClientResolvers,
  MutationResolvers,
  QueryResolvers,
  Resolvers,
} from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { CATEGORY_WORDS } from '../products/products.rules.js';
import { decisionOf } from '../suitability/suitability.js';
import { acceptPlan } from './acceptance.js';
import { GOAL_WORDS } from './allocation.rules.js';
import { PlanRow } from './plans.entities.js';
import { declinePlan, linesOf, proposePlan } from './plans.js';
import { PLAN_STATE_WORDS } from './plans.rules.js';
import { allocationsOf } from './portfolio.js';

export const planResolvers = {
  Query: {
    portfolioPlan: async (_, { id }, ctx) => {
      const plan = await ctx.load(PlanRow, id);
      return plan !== null && (await ctx.reachesClient(plan.clientId)) ? plan : null;
    },
  },
  Mutation: {
    proposePlan: (_, { input }, ctx) => proposePlan(ctx.db, input),
    acceptPlan: (_, { input }, ctx) => acceptPlan(ctx.db, input),
    declinePlan: (_, { input }, ctx) => declinePlan(ctx.db, input),
  },
  Client: {
    allocations: (client, { goal }, ctx) => allocationsOf(ctx, client, goal ?? null),
    portfolioPlans: (client, args, ctx) => ctx.loadPage(PlanRow, 'clientId', client.id, args),
  },
  Allocation: {
    total: ({ total: amount, currency }) => ({ amount, currency }),
    categories: ({ categories, currency }) => categories.map((one) => ({ ...one, currency })),
    products: ({ products, currency }) => products.map((one) => ({ ...one, currency })),
  },
  CategoryShare: {
    categoryLabel: ({ category }, { locale }) => CATEGORY_WORDS[category][locale],
    value: ({ value: amount, currency }) => ({ amount, currency }),
  },
  ProductShare: {
    product: (share, _, ctx) => productOf(ctx, share),
    value: ({ value: amount, currency }) => ({ amount, currency }),
  },
  PortfolioPlan: {
    client: (plan) => ({ id: plan.clientId }),
    goalLabel: ({ goal }, { locale }) => GOAL_WORDS[goal][locale],
    stateLabel: ({ state }, { locale }) => PLAN_STATE_WORDS[state][locale],
    cash: ({ cash: amount, currency }) => ({ amount, currency }),
    total: ({ total: amount, currency }) => ({ amount, currency }),
    target: ({ minPct, maxPct, aimPct, maxSinglePct }) => ({ minPct, maxPct, aimPct, maxSinglePct }),
    lines: async (plan, _, ctx) => {
      const lines = await linesOf(ctx, plan);
      return lines.sort((a, b) => a.n - b.n).map((line) => ({ ...line, currency: plan.currency }));
    },
  },
  PlanLine: {
    product: (line, _, ctx) => productOf(ctx, line),
    fromProduct: ({ fromProductId: productId }, _, ctx) =>
      productId === null ? null : productOf(ctx, { productId }),
    amount: ({ amount, currency }) => ({ amount, currency }),
    decision: ({ decisionId }, _, ctx) => (decisionId === null ? null : decisionOf(ctx, { decisionId })),
    order: ({ orderId }, _, ctx) => (orderId === null ? null : ctx.load(OrderRow, orderId)),
  },
  PlanReason: {
    text: ({ text }, { locale }) => text[locale],
  },
} satisfies Pick<
  Resolvers,
  'Allocation' | 'CategoryShare' | 'ProductShare' | 'PortfolioPlan' | 'PlanLine' | 'PlanReason'
> & {
  Query: Pick<QueryResolvers, 'portfolioPlan'>;
  Mutation: Pick<MutationResolvers, 'proposePlan' | 'acceptPlan' | 'declinePlan'>;
  Client: Pick<ClientResolvers, 'allocations' | 'portfolioPlans'>;
};
