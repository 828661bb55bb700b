import { loadSchema, refuseApproval } from '@client-graph/kit';
import { refusalProblems } from '@client-graph/testkit';
import { expect, test } from '@jest/globals';
import { refuseAccess } from './archive/access.rules.js';
import { refuseHold } from './archive/holds.rules.js';
import { refuseRetention } from './archive/retention.rules.js';
import { refuseAssets } from './assets.rules.js';
import { refuseClient } from './clients.rules.js';
import { refuseConsent } from './consents/consents.rules.js';
import { refuseContactDetail } from './contact-details/contact-details.rules.js';
import { refuseDataRequest } from './data-requests/data-requests.rules.js';
import { refuseEnrichment } from './enrichment/enrichment.rules.js';
import { refuseHousehold } from './households/households.rules.js';
import { refuseFinding } from './inspections/findings.rules.js';
import { refuseInspection } from './inspections/inspections.rules.js';
import { refuseSupervisionTable } from './inspections/templates.rules.js';
import { refuseInstitution } from './institutions/institutions.rules.js';
import { refuseInvestor } from './investor-status/investor-status.rules.js';
import { refuseErasure } from './life-cycle/erasure.rules.js';
import { refuseLifeCycle } from './life-cycle/life-cycle.rules.js';
import { refuseMerge } from './merges/merges.rules.js';
import { refuseOverride } from './overrides/overrides.rules.js';
import { refuseOwner } from './owners/owners.rules.js';
import { refuseChange } from './profile-changes.rules.js';
import { refuseProfile } from './profiles.rules.js';
import { refuseRelationship } from './relationships/relationships.rules.js';
import { refuseCalendar } from './reviews/calendars.rules.js';
import { refuseReview } from './reviews/reviews.rules.js';
import { refuseRuleSet } from './rule-sets/rule-sets.rules.js';
import { refuseSearch } from './search/search.rules.js';
import { refuseWall } from './walls/walls.rules.js';

test('every refusal is promised by the schema, and every promise can be kept', () => {
  const schema = loadSchema(new URL('../schema.graphql', import.meta.url));
  const tables = [
    refuseClient,
    refuseProfile,
    refuseAssets,
    refuseInstitution,
    refuseEnrichment,
    refuseHousehold,
    refuseOwner,
    refuseChange,
    refuseRuleSet,
    refuseOverride,
    refuseLifeCycle,
    refuseErasure,
    refuseConsent,
    refuseContactDetail,
    refuseSearch,
    refuseReview,
    refuseRelationship,
    refuseInvestor,
    refuseDataRequest,
    refuseMerge,
    refuseApproval,
    refuseAccess,
    refuseHold,
    refuseRetention,
    refuseCalendar,
    refuseInspection,
    refuseFinding,
    refuseWall,
    refuseSupervisionTable,
  ];
  expect(refusalProblems(schema, ...tables.map(({ table }) => table))).toEqual([]);
});
