import { dayOf, reaches, refuse } from '@client-graph/kit';
import { AssetSnapshotRow } from './assets.entities.js';
import { ClientRow, StatusChangeRow } from './clients.entities.js';
import { activateClient, listClients, openClient, verifyIdentity } from './clients.js';
import { currentOf } from './consents/consents.rules.js';
import { ContactDetailRow } from './contact-details/contact-details.entities.js';
import { DataRequestRow } from './data-requests/data-requests.entities.js';
import { EnrichmentRow } from './enrichment/enrichment.entities.js';
import type { Resolvers } from './generated/resolvers.js';
import { GradeAssignmentRow } from './grading.entities.js';
import { clientAsOf, clientBackThen } from './history/as-of.js';
import { HouseholdMemberRow, HouseholdRow } from './households/households.entities.js';
import { present } from './households/households.rules.js';
import { InstitutionProfileRow } from './institutions/institutions.entities.js';
import { InvestorStatusRow } from './investor-status/investor-status.entities.js';
import { setInvestorStatus } from './investor-status/investor-status.js';
import { investorOn } from './investor-status/investor-status.rules.js';
import { CLASS_LABELS, GRADE_LABELS, STATUS_LABELS } from './labels.rules.js';
import { consentHistoryOf, consentsOf } from './merges/merges.js';
import { GradeOverrideRow } from './overrides/overrides.entities.js';
import { BeneficialOwnerRow } from './owners/owners.entities.js';
import { IdentityVerificationRow, IndividualProfileRow, ProfileVersionRow } from './profiles.entities.js';
import { reasonsOf } from './reasons.rules.js';
import { relationshipsOf } from './relationships/relationships.js';
import { InformationReviewRow } from './reviews/reviews.entities.js';
import { searchClients } from './search/search.js';

/** Histories are short by nature; the bound is for the client whose is not. */
const HISTORY_MAX = 50;

/** What a client is asked for; each history is loaded for all clients of a page at once. */
const clientFields = {
  __resolveReference: async (ref, ctx) => {
    const client = await ctx.load(ClientRow, ref.id);
    return client !== null && reaches(ctx.actor, client) ? client : null;
  },
  classLabel: (client, { locale }) => CLASS_LABELS[client.class][locale],
  gradeLabel: (client, { locale }) => GRADE_LABELS[client.grade][locale],
  statusLabel: (client, { locale }) => STATUS_LABELS[client.status][locale],
  gradeReasons: async (client, { locale }, ctx) => {
    const assignment = await ctx.load(GradeAssignmentRow, client.gradeAssignmentId);
    return assignment === null ? [] : reasonsOf(assignment, locale);
  },
  gradeHistory: async ({ id }, _, ctx) =>
    (await ctx.loadPage(GradeAssignmentRow, 'clientId', id, { first: HISTORY_MAX })).nodes,
  gradeOverrides: async ({ id }, _, ctx) =>
    (await ctx.loadPage(GradeOverrideRow, 'clientId', id, { first: HISTORY_MAX })).nodes,
  reviews: async ({ id }, _, ctx) =>
    (await ctx.loadPage(InformationReviewRow, 'clientId', id, { first: HISTORY_MAX })).nodes,
  mergedInto: async ({ mergedInto }, _, ctx) => {
    const client = mergedInto === null ? null : await ctx.load(ClientRow, mergedInto);
    return client !== null && reaches(ctx.actor, client) ? client : null;
  },
  mergedClients: ({ id }, _, ctx) => ctx.loadList(ClientRow, 'mergedInto', id),
  households: ({ id }, _, ctx) => ctx.loadList(HouseholdMemberRow, 'clientId', id),
  primaryHousehold: async ({ id }, _, ctx) => {
    const own = present(await ctx.loadList(HouseholdMemberRow, 'clientId', id));
    const primary = own.find(({ isPrimary }) => isPrimary);
    return primary === undefined ? null : ctx.load(HouseholdRow, primary.householdId);
  },
  ownedInstitutions: ({ id }, _, ctx) => ctx.loadList(BeneficialOwnerRow, 'ownerClientId', id),
  enrichments: ({ id }, _, ctx) => ctx.loadList(EnrichmentRow, 'clientId', id),
  relationships: ({ id }, _, ctx) => relationshipsOf(ctx, id),
  investorStatus: async ({ id }, _, ctx) =>
    investorOn(await ctx.loadList(InvestorStatusRow, 'clientId', id), dayOf(ctx.db.now())),
  investorStatusHistory: async ({ id }, _, ctx) =>
    (await ctx.loadPage(InvestorStatusRow, 'clientId', id, { first: HISTORY_MAX })).nodes,
  dataRequests: async ({ id }, _, ctx) =>
    (await ctx.loadPage(DataRequestRow, 'clientId', id, { first: HISTORY_MAX })).nodes,
  contactDetails: ({ id }, _, ctx) => ctx.loadList(ContactDetailRow, 'clientId', id),
  statusHistory: async ({ id }, _, ctx) =>
    (await ctx.loadPage(StatusChangeRow, 'clientId', id, { first: HISTORY_MAX })).nodes,
  identityVerification: ({ identityVerificationId: id }, _, ctx) =>
    id === null ? null : ctx.load(IdentityVerificationRow, id),
  asOf: (client, { at }, ctx) => clientAsOf(ctx, client, at),
  consents: async ({ id }, _, ctx) => currentOf(await consentsOf(ctx, id)),
  consentHistory: ({ id }, args, ctx) => consentHistoryOf(ctx, id, args),
  individual: ({ id, kind, past }, _, ctx) =>
    kind !== 'INDIVIDUAL' ? null : past ? past.individual : ctx.load(IndividualProfileRow, id),
  institution: ({ id, kind, past }, _, ctx) =>
    kind !== 'INSTITUTION' ? null : past ? past.institution : ctx.load(InstitutionProfileRow, id),
  profileHistory: async ({ id }, _, ctx) =>
    (await ctx.loadPage(ProfileVersionRow, 'clientId', id, { first: HISTORY_MAX })).nodes,
  assets: ({ assetSnapshotId: id }, _, ctx) => (id === null ? null : ctx.load(AssetSnapshotRow, id)),
} satisfies Resolvers['Client'];

const asOfFields = {
  classLabel: (then, { locale }) => CLASS_LABELS[then.class][locale],
  grade: ({ grade }) => grade.grade,
  gradeLabel: ({ grade }, { locale }) => GRADE_LABELS[grade.grade][locale],
  gradeReasons: ({ grade }, { locale }) => reasonsOf(grade, locale),
} satisfies Resolvers['ClientAsOf'];

export const clientResolvers = (hashKey: string) =>
  ({
    Query: {
      client: async (_, { id, asOf }, ctx) => {
        const client = await ctx.load(ClientRow, id);
        if (client === null || !reaches(ctx.actor, client)) throw refuse('NOT_FOUND');
        return asOf ? clientBackThen(ctx, client, asOf) : client;
      },
      clients: (_, { first, after, ...only }, ctx) => listClients(ctx.db, { first, after }, only),
      searchClients: (_, { by, ...args }, ctx) => searchClients(ctx, by, args, hashKey),
      me: async (_, __, ctx) => {
        const client = ctx.actor.clientId === null ? null : await ctx.load(ClientRow, ctx.actor.clientId);
        return client !== null && reaches(ctx.actor, client) ? client : null;
      },
    },
    Mutation: {
      openClient: (_, { input }, ctx) => openClient(ctx.db, input, hashKey),
      verifyIdentity: (_, { input }, ctx) => verifyIdentity(ctx.db, input),
      activateClient: (_, { input }, ctx) => activateClient(ctx.db, input),
      setInvestorStatus: (_, { input }, ctx) => setInvestorStatus(ctx.db, input),
    },
    Client: clientFields,
    ClientAsOf: asOfFields,
  }) satisfies Pick<Resolvers, 'Query' | 'Mutation' | 'Client' | 'ClientAsOf'>;
