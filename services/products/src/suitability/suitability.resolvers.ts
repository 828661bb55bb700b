import { DecisionRow, InvestorFactsRow } from '../entities.js';
import type {
  ClientResolvers,
  MutationResolvers,
  QueryResolvers,
  Resolvers,
} from '../generated/resolvers.js';
import { productOf } from '../products/products.js';
import { recordInvestorFacts } from './investors.js';
import { checkSuitability, eligibleProducts, replayed } from './suitability.js';

export const suitabilityResolvers = {
  Query: {
    suitabilityDecision: async (_, { id }, ctx) => {
      const decision = await ctx.load(DecisionRow, id);
      return decision !== null && (await ctx.reachesClient(decision.clientId)) ? decision : null;
    },
  },
  Mutation: {
    checkSuitability: (_, { input }, ctx) => checkSuitability(ctx.db, input),
    recordInvestorFacts: (_, { input }, ctx) => recordInvestorFacts(ctx.db, input),
  },
  Client: {
    investorFacts: (client, _, ctx) => ctx.load(InvestorFactsRow, client.id),
    eligibleProducts: (client, args, ctx) => eligibleProducts(ctx, client, args),
  },
  SuitabilityDecision: {
    client: (decision) => ({ id: decision.clientId }),
    product: (decision, _, ctx) => productOf(ctx, decision),
    amount: ({ amount, currency }) => ({ amount, currency }),
    level: (decision) => decision.inputs.profile?.level ?? null,
    isProfessional: (decision) => decision.inputs.client.isProfessional ?? false,
    rating: (decision) => decision.inputs.product.rating,
    replay: (decision, _, ctx) => replayed(ctx, decision),
  },
  InvestorFacts: {
    liquidAssets: ({ liquidAssets: amount, currency }) =>
      amount === null || currency === null ? null : { amount, currency },
  },
  SuitabilityReason: {
    text: (reason, { locale }) => reason.text[locale],
  },
} satisfies Pick<Resolvers, 'InvestorFacts' | 'SuitabilityDecision' | 'SuitabilityReason'> & {
  Query: Pick<QueryResolvers, 'suitabilityDecision'>;
  Mutation: Pick<MutationResolvers, 'checkSuitability' | 'recordInvestorFacts'>;
  Client: Pick<ClientResolvers, 'eligibleProducts' | 'investorFacts'>;
};
