import type { ServiceDefinition } from '@client-graph/kit';
import { AssetSnapshotRow } from './assets.entities.js';
import { assetResolvers } from './assets.resolvers.js';
import { ClientRow, StatusChangeRow } from './clients.entities.js';
import { moveAgeBands } from './clients.js';
import { clientResolvers } from './clients.resolvers.js';
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
import {
  IdDocumentRow,
  IdentityVerificationRow,
  IndividualProfileRow,
  ProfileVersionRow,
} from './profiles.entities.js';
import { profileResolvers } from './profiles.resolvers.js';

/** The clients service, finding identity documents by this key. */
export function clientsService(hashKey: string): ServiceDefinition {
  const clients = clientResolvers(hashKey);
  const profiles = profileResolvers(hashKey);
  return {
    name: 'clients',
    folder: new URL('../', import.meta.url),
    entities: [
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
      ProfileVersionRow,
      InstitutionProfileRow,
      InstitutionFinancialsRow,
    ],
    resolvers: {
      ...clients,
      ...profiles,
      ...institutionResolvers,
      ...assetResolvers,
      ...gradingResolvers,
      Mutation: {
        ...clients.Mutation,
        ...profiles.Mutation,
        ...institutionResolvers.Mutation,
        ...assetResolvers.Mutation,
      },
    },
    handlers,
    // Five and fifteen minutes past midnight in Shanghai: birthdays, then what has run out with the day before.
    jobs: [
      { name: 'move-age-bands', cron: '5 16 * * *', run: moveAgeBands },
      { name: 'regrade-due', cron: '15 16 * * *', run: regradeDue },
    ],
    seed: seedGradingRules,
  };
}

/** The service as tests and tools run it in process, with the key of development. */
export const service = clientsService(DEVELOPMENT_HASH_KEY);
