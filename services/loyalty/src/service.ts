import { createLog, expireApprovals, type ServiceDefinition } from '@client-graph/kit';
import { ADJUST_POINTS } from './adjustments/adjustments.js';
import { adjustmentResolvers } from './adjustments/adjustments.resolvers.js';
import { CHANGE_PROGRAMME } from './changes/changes.js';
import { changeResolvers } from './changes/changes.resolvers.js';
import {
  AdjustmentRow,
  AllocationRow,
  EarnRuleRow,
  FindingRow,
  LedgerEntryRow,
  LiabilityRow,
  MembershipRow,
  PointLotRow,
  PointsMergeRow,
  ProgrammeRow,
  RedemptionRow,
  RewardRow,
  RewardTermsRow,
  RuleChangeRow,
  StockEntryRow,
  TierRuleRow,
} from './entities.js';
import { handlers } from './handlers.js';
import { programmeResolvers } from './membership/programme.resolvers.js';
import { reviewTiers } from './membership/reviews.js';
import { activatePoints, expirePoints, lapsePoints } from './points/points.js';
import { pointsResolvers } from './points/points.resolvers.js';
import { redemptionResolvers } from './redemptions/redemptions.resolvers.js';
import { callOffWaiting } from './redemptions/waiting.js';
import { checkBooks, openFindings } from './reports/consistency.js';
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
    AdjustmentRow,
    PointsMergeRow,
  ],
  resolvers: {
    ...pointsResolvers,
    ...redemptionResolvers,
    ...rewardResolvers,
    ...reportResolvers,
    ...changeResolvers,
    ...adjustmentResolvers,
    ...programmeResolvers,
    Query: {
      ...pointsResolvers.Query,
      ...redemptionResolvers.Query,
      ...rewardResolvers.Query,
      ...reportResolvers.Query,
      ...changeResolvers.Query,
      ...adjustmentResolvers.Query,
      ...programmeResolvers.Query,
    },
    Mutation: {
      ...redemptionResolvers.Mutation,
      ...rewardResolvers.Mutation,
      ...changeResolvers.Mutation,
      ...adjustmentResolvers.Mutation,
    },
    Membership: {
      ...pointsResolvers.Membership,
      ...redemptionResolvers.Membership,
      ...reportResolvers.Membership,
      ...programmeResolvers.Membership,
    },
  },
  handlers,
  // Shortly after midnight in Shanghai: the day before is over for what expires, and has come for what becomes spendable.
  jobs: [
    { name: 'activate-points', cron: '5 16 * * *', run: activatePoints },
    { name: 'expire-points', cron: '10 16 * * *', run: expirePoints },
    { name: 'lapse-points', cron: '15 16 * * *', run: lapsePoints },
    { name: 'call-off-waiting', cron: '18 16 * * *', run: callOffWaiting },
    { name: 'review-tiers', cron: '20 16 * * *', run: reviewTiers },
    { name: 'notice-expiry', cron: '25 16 * * *', run: noticeExpiry },
    // After the lots have taken their steps: what is owed at the end of the day, and whether the books agree.
    { name: 'snapshot-liability', cron: '40 16 * * *', run: snapshotLiability },
    { name: 'check-books', cron: '50 16 * * *', run: (db) => checkBooks(db, createLog(db.service, 'error')) },
    expireApprovals([ADJUST_POINTS, CHANGE_PROGRAMME]),
  ],
  figures: [
    {
      name: 'points_findings_open',
      help: 'Disagreements of the books of points that stand.',
      read: openFindings,
    },
  ],
  seed,
};
