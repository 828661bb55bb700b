import type { Db, Row, RowClass } from '@client-graph/kit';
import type { FindOptionsWhere } from 'typeorm';
import { AssetSnapshotRow } from '../assets.entities.js';
import { ClientRow, StatusChangeRow } from '../clients.entities.js';
import { ConsentRecordRow } from '../consents/consents.entities.js';
import { ContactDetailRow } from '../contact-details/contact-details.entities.js';
import { EnrichmentRow } from '../enrichment/enrichment.entities.js';
import { ClassAssignmentRow, GradeAssignmentRow, RiskToleranceRow } from '../grading.entities.js';
import { HouseholdMemberRow } from '../households/households.entities.js';
import { InstitutionFinancialsRow, InstitutionProfileRow } from '../institutions/institutions.entities.js';
import { InvestorStatusRow } from '../investor-status/investor-status.entities.js';
import { AdviserAssignmentRow } from '../life-cycle/life-cycle.entities.js';
import { ClientMergeRow } from '../merges/merges.entities.js';
import { GradeOverrideRow } from '../overrides/overrides.entities.js';
import { BeneficialOwnerRow } from '../owners/owners.entities.js';
import {
  IdDocumentRow,
  IdentityVerificationRow,
  IndividualProfileRow,
  ProfileVersionRow,
} from '../profiles.entities.js';
import { RelationshipRow } from '../relationships/relationships.entities.js';
import { InformationReviewRow } from '../reviews/reviews.entities.js';
import { DataRequestRow } from './data-requests.entities.js';

/** What is no fact about the person but a means of the firm to find it. */
const MEANS: readonly string[] = ['numberHash', 'valueHash', 'usccHash', 'holdsUscc'];

/** All that this service holds of a client, as JSON under the names that the graph has for it; whole numbers for the client only. */
export async function copyOf(db: Db, clientId: string): Promise<string> {
  const rows = <R extends Row>(row: RowClass<R>, where: FindOptionsWhere<R> | FindOptionsWhere<R>[]) =>
    db.source.getRepository(row).find({ where });
  const one = { clientId };
  const own = { id: clientId };
  const copy = {
    client: await rows(ClientRow, own),
    person: await rows(IndividualProfileRow, own),
    institution: await rows(InstitutionProfileRow, own),
    identityDocument: await rows(IdDocumentRow, own),
    identityVerifications: await rows(IdentityVerificationRow, one),
    contactDetails: await rows(ContactDetailRow, one),
    profileVersions: await rows(ProfileVersionRow, one),
    statements: await rows(InstitutionFinancialsRow, one),
    beneficialOwners: await rows(BeneficialOwnerRow, one),
    assets: await rows(AssetSnapshotRow, one),
    riskTolerance: await rows(RiskToleranceRow, own),
    classes: await rows(ClassAssignmentRow, one),
    grades: await rows(GradeAssignmentRow, one),
    overrides: await rows(GradeOverrideRow, one),
    statuses: await rows(StatusChangeRow, one),
    advisers: await rows(AdviserAssignmentRow, one),
    relationships: await rows(RelationshipRow, [{ fromId: clientId }, { toId: clientId }]),
    households: await rows(HouseholdMemberRow, one),
    enrichments: await rows(EnrichmentRow, one),
    consents: await rows(ConsentRecordRow, one),
    reviews: await rows(InformationReviewRow, one),
    investorStatuses: await rows(InvestorStatusRow, one),
    requests: await rows(DataRequestRow, one),
    merges: await rows(ClientMergeRow, [{ survivorId: clientId }, { mergedId: clientId }]),
  };
  const isOwn = db.actor.clientId === clientId;
  const left = isOwn ? MEANS : [...MEANS, 'number'];
  const { client, person, institution, identityDocument, riskTolerance, ...lists } = copy;
  const single = { client, person, institution, identityDocument, riskTolerance };
  const firsts = Object.entries(single).map(([name, [row]]) => [name, row ?? null]);
  return JSON.stringify({ ...Object.fromEntries(firsts), ...lists }, (name, value: unknown) =>
    left.includes(name) ? undefined : value,
  );
}
