import { expireApprovals, type ServiceDefinition } from '@client-graph/kit';
import { APPROVABLES, approvalResolvers } from './approvals/approvals.resolvers.js';
import { clientResolvers } from './client.resolvers.js';
import { ProductDocumentRow, ProductTermsRow } from './documents/documents.entities.js';
import { documentResolvers } from './documents/documents.resolvers.js';
import {
  CallBackRow,
  DecisionRow,
  DrawdownRow,
  FeeCreditRow,
  HoldingRow,
  InvestorFactsRow,
  MeasureRow,
  NavImportRow,
  NavPointRow,
  OrderRow,
  ProductRatingRow,
  ProductRow,
  RecommendationRow,
  RiskCopyRow,
  SettlementRow,
  SpecialWarningRow,
  StaffInterestRow,
  SuitabilityRuleRow,
  SweepRow,
} from './entities.js';
import { releaseUnanswered } from './fees/fee-credits.js';
import { feeCreditResolvers } from './fees/fee-credits.resolvers.js';
import { ProductFeesRow } from './fees/product-fees.entities.js';
import { productFeesResolvers } from './fees/product-fees.resolvers.js';
import { handlers } from './handlers.js';
import { watchDrawdowns } from './holdings/drawdown.js';
import { holdingResolvers } from './holdings/holdings.resolvers.js';
import { measurePortfolios } from './holdings/measures.js';
import { interestResolvers } from './interests/interests.resolvers.js';
import { NavCorrectionRow } from './navs/corrections.entities.js';
import { navResolvers } from './navs/navs.resolvers.js';
import { orderResolvers } from './orders/orders.resolvers.js';
import { expireDrafts } from './orders/standing-orders.js';
import { PlanAcceptanceRow, PlanLineRow, PlanRow } from './plans/plans.entities.js';
import { watchPlans } from './plans/plans.js';
import { planResolvers } from './plans/plans.resolvers.js';
import { raiseRatings } from './products/changes.js';
import { productResolvers } from './products/products.resolvers.js';
import { finishSweeps } from './products/sweeps.js';
import { recommendationResolvers } from './recommendations/recommendations.resolvers.js';
import { RuleProposalRow } from './rule-changes/rule-changes.entities.js';
import { ruleChangeResolvers } from './rule-changes/rule-changes.resolvers.js';
import { seed } from './seed.js';
import { suitabilityResolvers } from './suitability/suitability.resolvers.js';
import { tradeResolvers } from './trades/trades.resolvers.js';

export const service: ServiceDefinition = {
  name: 'products',
  folder: new URL('../', import.meta.url),
  entities: [
    ProductRow,
    ProductRatingRow,
    NavPointRow,
    NavImportRow,
    SuitabilityRuleRow,
    RiskCopyRow,
    DecisionRow,
    OrderRow,
    SettlementRow,
    HoldingRow,
    DrawdownRow,
    FeeCreditRow,
    InvestorFactsRow,
    SpecialWarningRow,
    CallBackRow,
    RecommendationRow,
    StaffInterestRow,
    SweepRow,
    MeasureRow,
    PlanRow,
    PlanLineRow,
    PlanAcceptanceRow,
    RuleProposalRow,
    NavCorrectionRow,
    ProductTermsRow,
    ProductDocumentRow,
    ProductFeesRow,
  ],
  resolvers: {
    ...productResolvers,
    ...navResolvers,
    ...suitabilityResolvers,
    ...orderResolvers,
    ...holdingResolvers,
    ...feeCreditResolvers,
    ...recommendationResolvers,
    ...interestResolvers,
    ...planResolvers,
    ...tradeResolvers,
    ...ruleChangeResolvers,
    ...documentResolvers,
    ...productFeesResolvers,
    ...approvalResolvers,
    Order: { ...orderResolvers.Order, ...feeCreditResolvers.Order },
    Query: {
      ...productResolvers.Query,
      ...suitabilityResolvers.Query,
      ...orderResolvers.Query,
      ...recommendationResolvers.Query,
      ...interestResolvers.Query,
      ...planResolvers.Query,
      ...tradeResolvers.Query,
      ...ruleChangeResolvers.Query,
      ...approvalResolvers.Query,
    },
    Mutation: {
      ...productResolvers.Mutation,
      ...navResolvers.Mutation,
      ...suitabilityResolvers.Mutation,
      ...orderResolvers.Mutation,
      ...feeCreditResolvers.Mutation,
      ...recommendationResolvers.Mutation,
      ...interestResolvers.Mutation,
      ...planResolvers.Mutation,
      ...ruleChangeResolvers.Mutation,
      ...documentResolvers.Mutation,
      ...productFeesResolvers.Mutation,
    },
    Product: {
      ...productResolvers.Product,
      ...navResolvers.Product,
      ...documentResolvers.Product,
      ...productFeesResolvers.Product,
    },
    Client: {
      ...clientResolvers.Client,
      ...suitabilityResolvers.Client,
      ...orderResolvers.Client,
      ...holdingResolvers.Client,
      ...recommendationResolvers.Client,
      ...planResolvers.Client,
      ...tradeResolvers.Client,
    },
  },
  handlers,
  // Net asset values come in during the evening and the night.
  jobs: [
    { name: 'watchDrawdowns', cron: '20 * * * *', run: watchDrawdowns },
    { name: 'releaseUnanswered', cron: '10 * * * *', run: releaseUnanswered },
    expireApprovals(APPROVABLES),
    { name: 'measurePortfolios', cron: '35 * * * *', run: measurePortfolios },
    { name: 'finishSweeps', cron: '* * * * *', run: finishSweeps },
    { name: 'expireDrafts', cron: '15 16 * * *', run: expireDrafts },
    { name: 'watchPlans', cron: '5 16 * * *', run: watchPlans },
    { name: 'raiseRatings', cron: '50 15 * * *', run: raiseRatings },
  ],
  seed,
};
