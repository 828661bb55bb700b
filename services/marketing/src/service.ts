import type { Job, ServiceDefinition } from '@client-graph/kit';
import { startCampaigns } from './campaigns/campaigns.js';
import { campaignResolvers } from './campaigns/campaigns.resolvers.js';
import { conversionResolvers } from './conversions/conversions.resolvers.js';
import {
  CampaignRow,
  ClientOpeningRow,
  ConversionRow,
  LeadImportRow,
  LeadRow,
  StageMoveRow,
  TouchRow,
} from './entities.js';
import { addUpCounts } from './funnel/funnel.js';
import { funnelResolvers } from './funnel/funnel.resolvers.js';
import { handlers } from './handlers.js';
import { importResolvers } from './imports/imports.resolvers.js';
import { leadResolvers } from './leads/leads.resolvers.js';
import { DEVELOPMENT_HASH_KEY } from './leads/leads.rules.js';

const jobs: readonly Job[] = [
  // Just after midnight in Shanghai.
  { name: 'start-campaigns', cron: '1 16 * * *', run: startCampaigns },
  { name: 'add-up-lead-counts', cron: '* * * * *', isMadeUpFor: false, run: addUpCounts },
];

/** The marketing service. `hashKey` keys the hashes by which the same person is found again. */
export function marketing(hashKey: string): ServiceDefinition {
  const leads = leadResolvers(hashKey);
  return {
    name: 'marketing',
    folder: new URL('../', import.meta.url),
    entities: [CampaignRow, LeadRow, StageMoveRow, TouchRow, ClientOpeningRow, ConversionRow, LeadImportRow],
    resolvers: {
      Query: { ...campaignResolvers.Query, ...leads.Query, ...funnelResolvers.Query },
      Mutation: { ...campaignResolvers.Mutation, ...leads.Mutation, ...importResolvers.Mutation },
      Campaign: campaignResolvers.Campaign,
      Lead: leads.Lead,
      Client: conversionResolvers.Client,
      Conversion: conversionResolvers.Conversion,
      AttributedTouch: conversionResolvers.AttributedTouch,
      LeadImport: importResolvers.LeadImport,
      FunnelRow: funnelResolvers.FunnelRow,
    },
    handlers,
    jobs,
  };
}

/** As it runs in development. */
export const service = marketing(DEVELOPMENT_HASH_KEY);
