import { approvalResolvers } from './approvals/approvals.resolvers.js';
import { audienceResolvers } from './audiences/audiences.resolvers.js';
import { campaignResolvers } from './campaigns/campaigns.resolvers.js';
import { conversionResolvers } from './conversions/conversions.resolvers.js';
import { figureResolvers } from './figures/figures.resolvers.js';
import { formResolvers } from './forms/forms.resolvers.js';
import { funnelResolvers } from './funnel/funnel.resolvers.js';
import { goalResolvers } from './goals/goals.resolvers.js';
import { importResolvers } from './imports/imports.resolvers.js';
import { leadResolvers } from './leads/leads.resolvers.js';
import { partnerResolvers } from './partners/partners.resolvers.js';
import { ruleResolvers } from './rules/rules.resolvers.js';
import { taskResolvers } from './tasks/tasks.resolvers.js';

/** The resolvers of every noun. `hashKey` keys the hashes by which the same person is found again. */
export function resolversOf(hashKey: string) {
  const leads = leadResolvers(hashKey);
  return {
    Query: {
      ...campaignResolvers.Query,
      ...leads.Query,
      ...funnelResolvers.Query,
      ...partnerResolvers.Query,
      ...taskResolvers.Query,
      ...ruleResolvers.Query,
      ...goalResolvers.Query,
      ...approvalResolvers.Query,
      ...figureResolvers.Query,
      ...formResolvers.Query,
      ...audienceResolvers.Query,
    },
    Mutation: {
      ...campaignResolvers.Mutation,
      ...leads.Mutation,
      ...importResolvers.Mutation,
      ...partnerResolvers.Mutation,
      ...ruleResolvers.Mutation,
      ...goalResolvers.Mutation,
      ...formResolvers.Mutation,
      ...audienceResolvers.Mutation,
    },
    Approval: approvalResolvers.Approval,
    Campaign: campaignResolvers.Campaign,
    CampaignCost: campaignResolvers.CampaignCost,
    Material: campaignResolvers.Material,
    LeadRule: ruleResolvers.LeadRule,
    LeadRuleChange: ruleResolvers.LeadRuleChange,
    Goal: goalResolvers.Goal,
    WebForm: formResolvers.WebForm,
    Audience: audienceResolvers.Audience,
    Lead: leads.Lead,
    Touch: leads.Touch,
    LeadTask: taskResolvers.LeadTask,
    Partner: partnerResolvers.Partner,
    Client: conversionResolvers.Client,
    Conversion: conversionResolvers.Conversion,
    AttributedTouch: conversionResolvers.AttributedTouch,
    AttributionShare: conversionResolvers.AttributionShare,
    ConversionValue: conversionResolvers.ConversionValue,
    FirstOrder: conversionResolvers.FirstOrder,
    AttributedConversions: figureResolvers.AttributedConversions,
    LeadImport: importResolvers.LeadImport,
    FunnelRow: funnelResolvers.FunnelRow,
  };
}
