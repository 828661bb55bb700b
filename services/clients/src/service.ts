import { expireApprovals, type ServiceDefinition } from '@client-graph/kit';
import { APPROVABLES } from './approvals/approvables.js';
import { approvalResolvers } from './approvals/approvals.resolvers.js';
import { expireArchiveAccess } from './archive/access.js';
import {
  ArchiveAccessRow,
  ArchiveExportRow,
  ArchiveItemRow,
  ArchiveReadRow,
  LegalHoldRow,
  RetentionRuleSetRow,
} from './archive/archive.entities.js';
import { archiveResolvers } from './archive/archive.resolvers.js';
import { applyRetentionRules, seedRetentionRules } from './archive/retention.js';
import { AssetSnapshotRow } from './assets.entities.js';
import { assetResolvers } from './assets.resolvers.js';
import { ClientRow, StatusChangeRow } from './clients.entities.js';
import { moveAgeBands } from './clients.js';
import { clientResolvers } from './clients.resolvers.js';
import { ConsentRecordRow } from './consents/consents.entities.js';
import { consentResolvers } from './consents/consents.resolvers.js';
import { ContactDetailRow } from './contact-details/contact-details.entities.js';
import { contactDetailResolvers } from './contact-details/contact-details.resolvers.js';
import { DataRequestRow } from './data-requests/data-requests.entities.js';
import { dataRequestResolvers } from './data-requests/data-requests.resolvers.js';
import { EnrichmentRow, EnrichmentSourceRow } from './enrichment/enrichment.entities.js';
import { seedEnrichmentSources } from './enrichment/enrichment.js';
import { enrichmentResolvers } from './enrichment/enrichment.resolvers.js';
import {
  ClassAssignmentRow,
  GradeAssignmentRow,
  GradingRuleSetRow,
  RiskToleranceRow,
} from './grading.entities.js';
import { regradeDue, seedGradingRules } from './grading.js';
import { gradingResolvers } from './grading.resolvers.js';
import { handlers } from './handlers.js';
import { HouseholdMemberRow, HouseholdRow } from './households/households.entities.js';
import { householdResolvers } from './households/households.resolvers.js';
import { DEVELOPMENT_HASH_KEY } from './identity.js';
import { importanceResolvers } from './importance/importance.resolvers.js';
import { superviseDaily } from './inspections/checks.js';
import {
  FindingRow,
  InspectionAnswerRow,
  InspectionRow,
  InspectionSampleRow,
  InspectionTemplateRow,
  RectificationRow,
  StaffClientRow,
  SupervisionTableRow,
} from './inspections/inspections.entities.js';
import { openDueInspections } from './inspections/inspections.js';
import { inspectionResolvers } from './inspections/inspections.resolvers.js';
import { supervisionTableResolvers } from './inspections/supervision-tables.resolvers.js';
import { seedSupervision } from './inspections/templates.js';
import { InstitutionFinancialsRow, InstitutionProfileRow } from './institutions/institutions.entities.js';
import { institutionResolvers } from './institutions/institutions.resolvers.js';
import { InvestorStatusRow } from './investor-status/investor-status.entities.js';
import { expireInvestorStatuses } from './investor-status/investor-status.js';
import { labelResolvers } from './labels.resolvers.js';
import { AdviserAssignmentRow } from './life-cycle/life-cycle.entities.js';
import { endRestrictions, fallDormant } from './life-cycle/life-cycle.js';
import { lifeCycleResolvers } from './life-cycle/life-cycle.resolvers.js';
import { ClientMergeRow } from './merges/merges.entities.js';
import { mergeResolvers } from './merges/merges.resolvers.js';
import { GradeOverrideRow } from './overrides/overrides.entities.js';
import { overrideResolvers } from './overrides/overrides.resolvers.js';
import { BeneficialOwnerRow } from './owners/owners.entities.js';
import { ownerResolvers } from './owners/owners.resolvers.js';
import {
  IdDocumentRow,
  IdentityVerificationRow,
  IndividualProfileRow,
  ProfileVersionRow,
} from './profiles.entities.js';
import { profileResolvers } from './profiles.resolvers.js';
import { RelationshipRow } from './relationships/relationships.entities.js';
import { relationshipResolvers } from './relationships/relationships.resolvers.js';
import { applyReviewCalendar } from './reviews/calendars.js';
import { InformationReviewRow, ReviewCalendarRow } from './reviews/reviews.entities.js';
import { remindReviews } from './reviews/reviews.js';
import { reviewResolvers } from './reviews/reviews.resolvers.js';
import { seedReviewCalendar } from './reviews/schedule.js';
import { applyGradingRules } from './rule-sets/rule-sets.js';
import { ruleSetResolvers } from './rule-sets/rule-sets.resolvers.js';
import { indexMissing } from './search/search-index.js';
import { refreshSnapshots } from './snapshots/snapshots.js';
import { EthicalWallRow } from './walls/walls.entities.js';
import { wallResolvers } from './walls/walls.resolvers.js';

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
  ContactDetailRow,
  InformationReviewRow,
  ReviewCalendarRow,
  EnrichmentRow,
  EnrichmentSourceRow,
  RelationshipRow,
  HouseholdRow,
  HouseholdMemberRow,
  BeneficialOwnerRow,
  InvestorStatusRow,
  DataRequestRow,
  ClientMergeRow,
  InspectionTemplateRow,
  InspectionRow,
  InspectionSampleRow,
  InspectionAnswerRow,
  FindingRow,
  RectificationRow,
  StaffClientRow,
  ArchiveItemRow,
  RetentionRuleSetRow,
  LegalHoldRow,
  ArchiveAccessRow,
  ArchiveReadRow,
  ArchiveExportRow,
  ProfileVersionRow,
  InstitutionProfileRow,
  InstitutionFinancialsRow,
  EthicalWallRow,
  SupervisionTableRow,
];

// Past midnight in Shanghai: birthdays, then tables that take effect, then what has run out with the day before.
const JOBS = [
  expireApprovals(APPROVABLES),
  { name: 'expire-archive-access', cron: '*/5 * * * *', run: expireArchiveAccess },
  { name: 'open-due-inspections', cron: '35 16 * * *', run: openDueInspections },
  { name: 'refresh-snapshots', cron: '45 16 * * *', run: refreshSnapshots },
  { name: 'supervise-daily', cron: '40 16 * * *', run: superviseDaily },
  { name: 'apply-retention-rules', cron: '30 16 * * *', run: applyRetentionRules },
  { name: 'move-age-bands', cron: '5 16 * * *', run: moveAgeBands },
  { name: 'apply-grading-rules', cron: '10 16 * * *', run: applyGradingRules },
  { name: 'apply-review-calendar', cron: '15 16 * * *', run: applyReviewCalendar },
  { name: 'remind-reviews', cron: '25 16 * * *', run: remindReviews },
  { name: 'fall-dormant', cron: '20 16 * * *', run: fallDormant },
  { name: 'regrade-due', cron: '15 16 * * *', run: regradeDue },
  { name: 'end-restrictions', cron: '30 16 * * *', run: endRestrictions },
  { name: 'expire-investor-statuses', cron: '35 16 * * *', run: expireInvestorStatuses },
];

/** The resolvers of every noun. */
const resolversOf = (hashKey: string) => [
  clientResolvers(hashKey),
  labelResolvers,
  profileResolvers(hashKey),
  institutionResolvers(hashKey),
  reviewResolvers(hashKey),
  contactDetailResolvers(hashKey),
  enrichmentResolvers,
  relationshipResolvers,
  householdResolvers,
  ownerResolvers,
  mergeResolvers,
  dataRequestResolvers,
  assetResolvers,
  gradingResolvers,
  ruleSetResolvers,
  overrideResolvers,
  lifeCycleResolvers,
  importanceResolvers,
  consentResolvers,
  approvalResolvers,
  archiveResolvers,
  inspectionResolvers,
  wallResolvers,
  supervisionTableResolvers,
];

/** One map of them all: every noun brings its own types, and its part of Query and Mutation. */
function merged(parts: readonly object[]): Record<string, object> {
  const map: Record<string, object> = {};
  for (const [type, fields] of parts.flatMap((part) => Object.entries(part)))
    map[type] = { ...map[type], ...fields };
  return map;
}

/** The clients service, finding identity documents by this key. */
export function clientsService(hashKey: string): ServiceDefinition {
  return {
    name: 'clients',
    folder: new URL('../', import.meta.url),
    entities: ENTITIES,
    resolvers: merged(resolversOf(hashKey)),
    handlers,
    jobs: JOBS,
    seed: async (db) => {
      await seedGradingRules(db);
      await seedReviewCalendar(db);
      await seedRetentionRules(db);
      await seedSupervision(db);
      await seedEnrichmentSources(db);
      await indexMissing(db, hashKey);
    },
  };
}

/** The service as tests and tools run it in process, with the key of development. */
export const service = clientsService(DEVELOPMENT_HASH_KEY);
