import { dayOf } from '@client-graph/kit';
import type { Resolvers } from '../generated/resolvers.js';
import { AdviceRow, PlanStepRow, ServicePlanRow } from './plans.entities.js';
import { cancelServicePlan, completePlanStep, movePlanStep, openServicePlan, recordAdvice } from './plans.js';

const isLate = ({ state, dueOn }: PlanStepRow, now: Date) => state === 'OPEN' && dueOn < dayOf(now);

export const planResolvers = {
  Mutation: {
    openServicePlan: (_, { input }, ctx) => openServicePlan(ctx.db, input),
    completePlanStep: (_, { input }, ctx) => completePlanStep(ctx.db, input),
    movePlanStep: (_, { input }, ctx) => movePlanStep(ctx.db, input),
    cancelServicePlan: (_, { input }, ctx) => cancelServicePlan(ctx.db, input),
    recordAdvice: (_, { input }, ctx) => recordAdvice(ctx.db, input),
  },
  Client: {
    servicePlans: ({ id }, args, ctx) => ctx.loadPage(ServicePlanRow, 'clientId', id, args),
    advice: ({ id }, args, ctx) => ctx.loadPage(AdviceRow, 'clientId', id, args),
  },
  ServicePlan: {
    client: ({ clientId }) => ({ id: clientId }),
    label: ({ labels }, { locale }) => labels[locale],
    steps: async ({ id }, _, ctx) =>
      [...(await ctx.loadList(PlanStepRow, 'planId', id))].sort((a, b) => a.position - b.position),
    isOverdue: async ({ id }, _, ctx) =>
      (await ctx.loadList(PlanStepRow, 'planId', id)).some((step) => isLate(step, ctx.db.now())),
  },
  PlanStep: {
    plan: ({ planId }, _, ctx) => ctx.load(ServicePlanRow, planId),
    client: ({ clientId }) => ({ id: clientId }),
    label: ({ labels }, { locale }) => labels[locale],
    isOverdue: (step, _, ctx) => isLate(step, ctx.db.now()),
  },
  Advice: {
    client: ({ clientId }) => ({ id: clientId }),
  },
} satisfies Resolvers;
