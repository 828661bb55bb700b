import { createLog, type ServiceDefinition } from '@client-graph/kit';
import { changeResolvers } from './changes/changes.resolvers.js';
import {
  AllocationRow,
  EarnRuleRow,
  FindingRow,
  LedgerEntryRow,
  LiabilityRow,
  MembershipRow,
  PointLotRow,
  ProgrammeRow,
  RedemptionRow,
  RewardRow,
  RewardTermsRow,
  RuleChangeRow,
  StockEntryRow,
  TierRuleRow,
} from './entities.js';
import { handlers } from './handlers.js';
import { reviewTiers } from './membership/reviews.js';
import { activatePoints, expirePoints, lapsePoints } from './points/points.js';
import { pointsResolvers } from './points/points.resolvers.js';
import { redemptionResolvers } from './redemptions/redemptions.resolvers.js';
import { checkBooks } from './reports/consistency.js';
import { snapshotLiability } from './reports/liability.js';
import { noticeExpiry } from './reports/notices.js';
import { reportResolvers } from './reports/reports.resolvers.js';
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
    LiabilityRow,
    FindingRow,
    RuleChangeRow,
  ],
  resolvers: {
    ...pointsResolvers,
    ...redemptionResolvers,
    ...rewardResolvers,
    ...reportResolvers,
    ...changeResolvers,
    Query: {
      ...pointsResolvers.Query,
      ...redemptionResolvers.Query,
      ...rewardResolvers.Query,
      ...reportResolvers.Query,
      ...changeResolvers.Query,
    },
    Mutation: { ...redemptionResolvers.Mutation, ...rewardResolvers.Mutation, ...changeResolvers.Mutation },
    Membership: {
      ...pointsResolvers.Membership,
      ...redemptionResolvers.Membership,
      ...reportResolvers.Membership,
    },
  },
  handlers,
  // Shortly after midnight in Shanghai: the day before is over for what expires, and has come for what becomes spendable.
  jobs: [
    { name: 'activate-points', cron: '5 16 * * *', run: activatePoints },
    { name: 'expire-points', cron: '10 16 * * *', run: expirePoints },
    { name: 'lapse-points', cron: '15 16 * * *', run: lapsePoints },
    { name: 'review-tiers', cron: '20 16 * * *', run: reviewTiers },
    { name: 'notice-expiry', cron: '25 16 * * *', run: noticeExpiry },
    // After the lots have taken their steps: what is owed at the end of the day, and whether the books agree.
    { name: 'snapshot-liability', cron: '40 16 * * *', run: snapshotLiability },
    { name: 'check-books', cron: '50 16 * * *', run: (db) => checkBooks(db, createLog(db.service, 'error')) },
  ],
  seed,
};
