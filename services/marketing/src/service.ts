import { ApprovalRow, expireApprovals, type Job, type ServiceDefinition } from '@client-graph/kit';
import { APPROVABLES } from './approvals/approvals.resolvers.js';
import { startAndEndCampaigns } from './campaigns/campaigns.js';
import {
  AttributionShareRow,
  AudienceRow,
  CampaignCostRow,
  CampaignRow,
  ClientMergeRow,
  ClientOpeningRow,
  ConsentEntryRow,
  ConversionRow,
  GoalRow,
  LeadImportRow,
  LeadRow,
  LeadRuleChangeRow,
  LeadRuleRow,
  LeadTaskRow,
  MaterialRow,
  PartnerRow,
  StageMoveRow,
  TouchRow,
  WebFormRow,
  WebSubmissionRow,
} from './entities.js';
import { formRoutes } from './forms/endpoint.js';
import { addUpCounts } from './funnel/funnel.js';
import { tellGoals } from './goals/goals.js';
import { handlers } from './handlers.js';
import { eraseLeads } from './leads/erasure.js';
import { DEVELOPMENT_HASH_KEY } from './leads/leads.rules.js';
import { resolversOf } from './resolvers.js';
import { seedRules } from './rules/in-force.js';
import { openLeadTasks } from './tasks/tasks.js';

const jobs: readonly Job[] = [
  // Just after midnight in Shanghai.
  { name: 'start-and-end-campaigns', cron: '1 16 * * *', run: startAndEndCampaigns },
  { name: 'tell-goals', cron: '20 * * * *', isMadeUpFor: false, run: tellGoals },
  expireApprovals(APPROVABLES),
  { name: 'erase-leads', cron: '31 17 * * *', run: eraseLeads },
  // Late and silent leads are told every hour, for a lead can be late at any time of the day after.
  { name: 'open-lead-tasks', cron: '7 * * * *', isMadeUpFor: false, run: openLeadTasks },
  { name: 'add-up-lead-counts', cron: '* * * * *', isMadeUpFor: false, run: addUpCounts },
];

type Settings = {
  /** Keys the hashes by which the same person is found again. */
  hashKey: string;
  /** Addresses of the pages whose forms may be posted. */
  formOrigins: readonly string[];
  /** How many proxies stand before the service. */
  proxies: number;
};

/** The marketing service. */
export function marketing({ hashKey, formOrigins, proxies }: Settings): ServiceDefinition {
  return {
    name: 'marketing',
    folder: new URL('../', import.meta.url),
    entities: [
      ApprovalRow,
      AttributionShareRow,
      AudienceRow,
      ClientMergeRow,
      CampaignCostRow,
      CampaignRow,
      ClientOpeningRow,
      ConsentEntryRow,
      ConversionRow,
      GoalRow,
      LeadImportRow,
      LeadRow,
      LeadRuleChangeRow,
      LeadRuleRow,
      LeadTaskRow,
      MaterialRow,
      PartnerRow,
      StageMoveRow,
      TouchRow,
      WebFormRow,
      WebSubmissionRow,
    ],
    resolvers: resolversOf(hashKey),
    handlers,
    routes: formRoutes(hashKey, formOrigins),
    proxies,
    jobs,
    seed: seedRules,
  };
}

/** As it runs in development. */
export const service = marketing({
  hashKey: DEVELOPMENT_HASH_KEY,
  formOrigins: ['http://localhost:4000'],
  proxies: 0,
});
