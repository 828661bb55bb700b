import type { Job, ServiceDefinition } from '@client-graph/kit';
import { startCampaigns } from './campaigns/campaigns.js';
import { campaignResolvers } from './campaigns/campaigns.resolvers.js';
import { conversionResolvers } from './conversions/conversions.resolvers.js';
import {
  CampaignRow,
  ClientOpeningRow,
  ConsentEntryRow,
  ConversionRow,
  LeadImportRow,
  LeadRow,
  LeadRuleRow,
  LeadTaskRow,
  PartnerRow,
  StageMoveRow,
  TouchRow,
} from './entities.js';
import { addUpCounts } from './funnel/funnel.js';
import { funnelResolvers } from './funnel/funnel.resolvers.js';
import { handlers } from './handlers.js';
import { importResolvers } from './imports/imports.resolvers.js';
import { eraseLeads } from './leads/erasure.js';
import { leadResolvers } from './leads/leads.resolvers.js';
import { DEVELOPMENT_HASH_KEY } from './leads/leads.rules.js';
import { partnerResolvers } from './partners/partners.resolvers.js';
import { seedRules } from './rules/rules.js';
import { openLeadTasks } from './tasks/tasks.js';
import { taskResolvers } from './tasks/tasks.resolvers.js';

const jobs: readonly Job[] = [
  // Just after midnight in Shanghai.
  { name: 'start-campaigns', cron: '1 16 * * *', run: startCampaigns },
  { name: 'erase-leads', cron: '31 17 * * *', run: eraseLeads },
  // Late and silent leads are told every hour, for a lead can be late at any time of the day after.
  { name: 'open-lead-tasks', cron: '7 * * * *', isMadeUpFor: false, run: openLeadTasks },
  { name: 'add-up-lead-counts', cron: '* * * * *', isMadeUpFor: false, run: addUpCounts },
];

/** The marketing service. `hashKey` keys the hashes by which the same person is found again. */
export function marketing(hashKey: string): ServiceDefinition {
  const leads = leadResolvers(hashKey);
  return {
    name: 'marketing',
    folder: new URL('../', import.meta.url),
    entities: [
      CampaignRow,
      ClientOpeningRow,
      ConsentEntryRow,
      ConversionRow,
      LeadImportRow,
      LeadRow,
      LeadRuleRow,
      LeadTaskRow,
      PartnerRow,
      StageMoveRow,
      TouchRow,
    ],
    resolvers: {
      Query: {
        ...campaignResolvers.Query,
        ...leads.Query,
        ...funnelResolvers.Query,
        ...partnerResolvers.Query,
        ...taskResolvers.Query,
      },
      Mutation: {
        ...campaignResolvers.Mutation,
        ...leads.Mutation,
        ...importResolvers.Mutation,
        ...partnerResolvers.Mutation,
      },
      Campaign: campaignResolvers.Campaign,
      Lead: leads.Lead,
      Touch: leads.Touch,
      LeadTask: taskResolvers.LeadTask,
      Partner: partnerResolvers.Partner,
      Client: conversionResolvers.Client,
      Conversion: conversionResolvers.Conversion,
      AttributedTouch: conversionResolvers.AttributedTouch,
      LeadImport: importResolvers.LeadImport,
      FunnelRow: funnelResolvers.FunnelRow,
    },
    handlers,
    jobs,
    seed: seedRules,
  };
}

/** As it runs in development. */
export const service = marketing(DEVELOPMENT_HASH_KEY);
