import { expireApprovals, type ServiceDefinition } from '@client-graph/kit';
import { applyRetentionRules, seedRetentionRules } from './archive/retention.js';
import { archiveResolvers } from './archive/archive.resolvers.js';
import { expireArchiveAccess } from './archive/access.js';
import {
  ArchiveAccessRow,
  ArchiveExportRow,
  ArchiveItemRow,
  ArchiveReadRow,
  LegalHoldRow,
  RetentionRuleSetRow,
} from './archive/archive.entities.js';
import { APPROVABLES } from './approvals/approvables.js';
import { approvalResolvers } from './approvals/approvals.resolvers.js';
import { AssetSnapshotRow } from './assets.entities.js';
import { assetResolvers } from './assets.resolvers.js';
import { ClientRow, StatusChangeRow } from './clients.entities.js';
import { moveAgeBands } from './clients.js';
import { clientResolvers } from './clients.resolvers.js';
import { ConsentRecordRow } from './consents/consents.entities.js';
import { consentResolvers } from './consents/consents.resolvers.js';
import { DataRequestRow } from './data-requests/data-requests.entities.js';
import { dataRequestResolvers } from './data-requests/data-requests.resolvers.js';
import {
  ClassAssignmentRow,
  GradeAssignmentRow,
  GradingRuleSetRow,
  RiskToleranceRow,
} from './grading.entities.js';
import { regradeDue, seedGradingRules } from './grading.js';
import { gradingResolvers } from './grading.resolvers.js';
import { handlers } from './handlers.js';
import { DEVELOPMENT_HASH_KEY } from './identity.js';
import { InstitutionFinancialsRow, InstitutionProfileRow } from './institutions/institutions.entities.js';
import { institutionResolvers } from './institutions/institutions.resolvers.js';
import { InvestorStatusRow } from './investor-status/investor-status.entities.js';
import { expireInvestorStatuses } from './investor-status/investor-status.js';
import { AdviserAssignmentRow } from './life-cycle/life-cycle.entities.js';
import { endRestrictions, fallDormant } from './life-cycle/life-cycle.js';
import { lifeCycleResolvers } from './life-cycle/life-cycle.resolvers.js';
import { ClientMergeRow } from './merges/merges.entities.js';
import { mergeResolvers } from './merges/merges.resolvers.js';
import { GradeOverrideRow } from './overrides/overrides.entities.js';
import { overrideResolvers } from './overrides/overrides.resolvers.js';
import {
  IdDocumentRow,
  IdentityVerificationRow,
  IndividualProfileRow,
  ProfileVersionRow,
} from './profiles.entities.js';
import { profileResolvers } from './profiles.resolvers.js';
import { RelationshipRow } from './relationships/relationships.entities.js';
import { relationshipResolvers } from './relationships/relationships.resolvers.js';
import { InformationReviewRow } from './reviews/reviews.entities.js';
import { remindReviews } from './reviews/reviews.js';
import { reviewResolvers } from './reviews/reviews.resolvers.js';
import { seedReviewCalendar } from './reviews/schedule.js';
import { applyGradingRules } from './rule-sets/rule-sets.js';
import { ruleSetResolvers } from './rule-sets/rule-sets.resolvers.js';
import { indexMissing } from './search/search-index.js';

const ENTITIES = [
  ClientRow,
  StatusChangeRow,
  IndividualProfileRow,
  IdDocumentRow,
  IdentityVerificationRow,
  AssetSnapshotRow,
  GradingRuleSetRow,
  RiskToleranceRow,
  ClassAssignmentRow,
  GradeAssignmentRow,
  GradeOverrideRow,
  AdviserAssignmentRow,
  ConsentRecordRow,
  InformationReviewRow,
  RelationshipRow,
  InvestorStatusRow,
  DataRequestRow,
  ClientMergeRow,
  ArchiveItemRow,
  RetentionRuleSetRow,
  LegalHoldRow,
  ArchiveAccessRow,
  ArchiveReadRow,
  ArchiveExportRow,
  ProfileVersionRow,
  InstitutionProfileRow,
  InstitutionFinancialsRow,
];

// Past midnight in Shanghai: birthdays, then tables that take effect, then what has run out with the day before.
const JOBS = [
  expireApprovals(APPROVABLES),
  { name: 'expire-archive-access', cron: '*/5 * * * *', run: expireArchiveAccess },
  { name: 'apply-retention-rules', cron: '30 16 * * *', run: applyRetentionRules },
  { name: 'move-age-bands', cron: '5 16 * * *', run: moveAgeBands },
  { name: 'apply-grading-rules', cron: '10 16 * * *', run: applyGradingRules },
  { name: 'remind-reviews', cron: '25 16 * * *', run: remindReviews },
  { name: 'fall-dormant', cron: '20 16 * * *', run: fallDormant },
  { name: 'regrade-due', cron: '15 16 * * *', run: regradeDue },
  { name: 'end-restrictions', cron: '30 16 * * *', run: endRestrictions },
  { name: 'expire-investor-statuses', cron: '35 16 * * *', run: expireInvestorStatuses },
];

/** The clients service, finding identity documents by this key. */
export function clientsService(hashKey: string): ServiceDefinition {
  const clients = clientResolvers(hashKey);
  const profiles = profileResolvers(hashKey);
  const reviews = reviewResolvers(hashKey);
  const institutions = institutionResolvers(hashKey);
  return {
    name: 'clients',
    folder: new URL('../', import.meta.url),
    entities: ENTITIES,
    resolvers: {
      ...clients,
      ...profiles,
      ...institutions,
      ...reviews,
      ...relationshipResolvers,
      ...mergeResolvers,
      ...dataRequestResolvers,
      ...assetResolvers,
      ...gradingResolvers,
      ...ruleSetResolvers,
      ...overrideResolvers,
      ...approvalResolvers,
      ...archiveResolvers,
      Query: {
        ...approvalResolvers.Query,
        ...archiveResolvers.Query,
        ...clients.Query,
        ...ruleSetResolvers.Query,
        ...overrideResolvers.Query,
        ...reviews.Query,
        ...dataRequestResolvers.Query,
      },
      Mutation: {
        ...archiveResolvers.Mutation,
        ...ruleSetResolvers.Mutation,
        ...overrideResolvers.Mutation,
        ...lifeCycleResolvers.Mutation,
        ...consentResolvers.Mutation,
        ...clients.Mutation,
        ...profiles.Mutation,
        ...institutions.Mutation,
        ...reviews.Mutation,
        ...relationshipResolvers.Mutation,
        ...mergeResolvers.Mutation,
        ...dataRequestResolvers.Mutation,
        ...assetResolvers.Mutation,
      },
    },
    handlers,
    jobs: JOBS,
    seed: async (db) => {
      await seedGradingRules(db);
      await seedReviewCalendar(db);
      await seedRetentionRules(db);
      await indexMissing(db, hashKey);
    },
  };
}

/** The service as tests and tools run it in process, with the key of development. */
export const service = clientsService(DEVELOPMENT_HASH_KEY);
