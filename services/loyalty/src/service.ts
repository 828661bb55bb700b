import type { ServiceDefinition } from '@client-graph/kit';
import {
  AllocationRow,
  EarnRuleRow,
  LedgerEntryRow,
  MembershipRow,
  PointLotRow,
  ProgrammeRow,
  RedemptionRow,
  RewardRow,
  RewardTermsRow,
  StockEntryRow,
  TierRuleRow,
} from './entities.js';
import { handlers } from './handlers.js';
import { activatePoints, expirePoints } from './points/points.js';
import { pointsResolvers } from './points/points.resolvers.js';
import { redemptionResolvers } from './redemptions/redemptions.resolvers.js';
import { rewardResolvers } from './rewards/rewards.resolvers.js';
import { seed } from './tables.js';

export const service: ServiceDefinition = {
  name: 'loyalty',
  folder: new URL('../', import.meta.url),
  entities: [
    EarnRuleRow,
    TierRuleRow,
    ProgrammeRow,
    MembershipRow,
    PointLotRow,
    LedgerEntryRow,
    AllocationRow,
    RewardRow,
    RewardTermsRow,
    StockEntryRow,
    RedemptionRow,
  ],
  resolvers: {
    ...pointsResolvers,
    ...redemptionResolvers,
    ...rewardResolvers,
    Query: { ...pointsResolvers.Query, ...redemptionResolvers.Query, ...rewardResolvers.Query },
    Mutation: { ...redemptionResolvers.Mutation, ...rewardResolvers.Mutation },
    Membership: { ...pointsResolvers.Membership, ...redemptionResolvers.Membership },
  },
  handlers,
  // Shortly after midnight in Shanghai: the day before is over for what expires, and has come for what becomes spendable.
  jobs: [
    { name: 'activate-points', cron: '5 16 * * *', run: activatePoints },
    { name: 'expire-points', cron: '10 16 * * *', run: expirePoints },
  ],
  seed,
};
