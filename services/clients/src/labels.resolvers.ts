import {
  BASIS_LABELS,
  CAPACITY_LABELS,
  CHANNEL_LABELS,
  CONSENT_ACTION_LABELS,
  DATA_REQUEST_LABELS,
  DATA_REQUEST_STATUS_LABELS,
  EMPLOYMENT_LABELS,
  GENDER_LABELS,
  HOUSEHOLD_ROLE_LABELS,
  ID_TYPE_LABELS,
  INVESTOR_LABELS,
  KIND_LABELS,
  PROPOSAL_LABELS,
  PURPOSE_LABELS,
  RELATED_LABELS,
  REVIEW_KIND_LABELS,
  REVIEW_STAGE_LABELS,
} from './code-labels.rules.js';
import {
  ASSET_SOURCE_LABELS,
  CONSENT_SOURCE_LABELS,
  CONTACT_CHECK_LABELS,
  CONTACT_END_LABELS,
  DATA_REQUEST_OUTCOME_LABELS,
  ENRICHED_LABELS,
  EXPERIENCE_LABELS,
  EXTENSION_LABELS,
  FINANCIALS_SOURCE_LABELS,
  LAWFUL_BASIS_LABELS,
  OWNER_CONTROL_LABELS,
  VERIFICATION_LABELS,
} from './evidence-labels.rules.js';
import type { Resolvers } from './generated/resolvers.js';
import { CLASS_LABELS, GRADE_LABELS, type Label, type Locale, STATUS_LABELS } from './labels.rules.js';
import { roleSeenBy } from './relationships/relationships.rules.js';

type In = { locale: Locale };
const inWords = <Code extends string>(
  labels: Readonly<Record<Code, Label>>,
  code: Code,
  { locale }: In,
): string => labels[code][locale];
const inWordsIf = <Code extends string>(
  labels: Readonly<Record<Code, Label>>,
  code: Code | null,
  { locale }: In,
) => (code === null ? null : labels[code][locale]);

/** The words beside the codes of the client's file. */
export const labelResolvers = {
  Client: {
    kindLabel: (row, asked) => inWords(KIND_LABELS, row.kind, asked),
  },
  ClientAsOf: {
    statusLabel: (row, asked) => inWords(STATUS_LABELS, row.status, asked),
  },
  StatusChange: {
    fromLabel: (row, asked) => inWords(STATUS_LABELS, row.from, asked),
    toLabel: (row, asked) => inWords(STATUS_LABELS, row.to, asked),
  },
  IndividualProfile: {
    genderLabel: (row, asked) => inWordsIf(GENDER_LABELS, row.gender, asked),
    employmentLabel: (row, asked) => inWordsIf(EMPLOYMENT_LABELS, row.employment, asked),
    experienceKindLabels: ({ experienceKinds }, { locale }) =>
      experienceKinds.map((kind) => EXPERIENCE_LABELS[kind][locale]),
    civilCapacityLabel: (row, asked) => inWords(CAPACITY_LABELS, row.civilCapacity, asked),
  },
  IdDocument: {
    typeLabel: (row, asked) => inWords(ID_TYPE_LABELS, row.type, asked),
  },
  ConsentRecord: {
    purposeLabel: (row, asked) => inWords(PURPOSE_LABELS, row.purpose, asked),
    channelLabel: (row, asked) => inWordsIf(CHANNEL_LABELS, row.channel, asked),
    basisLabel: (row, asked) => inWords(BASIS_LABELS, row.basis, asked),
    actionLabel: (row, asked) => inWords(CONSENT_ACTION_LABELS, row.action, asked),
    sourceLabel: (row, asked) => inWords(CONSENT_SOURCE_LABELS, row.source, asked),
  },
  ContactDetail: {
    typeLabel: (row, asked) => inWords(CHANNEL_LABELS, row.type, asked),
    methodLabel: (row, asked) => inWordsIf(CONTACT_CHECK_LABELS, row.method, asked),
    endedReasonLabel: (row, asked) => inWordsIf(CONTACT_END_LABELS, row.endedReason, asked),
  },
  IdentityVerification: {
    methodLabel: (row, asked) => inWords(VERIFICATION_LABELS, row.method, asked),
  },
  AssetSnapshot: {
    sourceLabel: (row, asked) => inWords(ASSET_SOURCE_LABELS, row.source, asked),
  },
  InstitutionFinancials: {
    sourceLabel: (row, asked) => inWords(FINANCIALS_SOURCE_LABELS, row.source, asked),
  },
  BeneficialOwner: {
    controlLabel: (row, asked) => inWords(OWNER_CONTROL_LABELS, row.control, asked),
  },
  Enrichment: {
    fieldLabel: (row, asked) => inWords(ENRICHED_LABELS, row.field, asked),
    basisLabel: (row, asked) => inWords(LAWFUL_BASIS_LABELS, row.basis, asked),
  },
  HouseholdMember: {
    roleLabel: (row, asked) => inWords(HOUSEHOLD_ROLE_LABELS, row.role, asked),
  },
  Relationship: {
    roleLabel: ({ relationship, clientId }, asked) =>
      inWords(RELATED_LABELS, roleSeenBy(clientId, relationship), asked),
  },
  InvestorStatus: {
    statusLabel: (row, asked) => inWords(INVESTOR_LABELS, row.status, asked),
  },
  InformationReview: {
    kindLabel: (row, asked) => inWords(REVIEW_KIND_LABELS, row.kind, asked),
    stageLabel: (row, asked) => inWords(REVIEW_STAGE_LABELS, row.stage, asked),
  },
  DataRequest: {
    typeLabel: (row, asked) => inWords(DATA_REQUEST_LABELS, row.type, asked),
    statusLabel: (row, asked) => inWords(DATA_REQUEST_STATUS_LABELS, row.status, asked),
    outcomeLabel: (row, asked) => inWordsIf(DATA_REQUEST_OUTCOME_LABELS, row.outcome, asked),
    extensionReasonLabel: (row, asked) => inWordsIf(EXTENSION_LABELS, row.extensionReason, asked),
  },
  GradeOverride: {
    gradeLabel: (row, asked) => inWords(GRADE_LABELS, row.grade, asked),
    statusLabel: (row, asked) => inWords(PROPOSAL_LABELS, row.status, asked),
  },
  GradingRuleSet: {
    statusLabel: (row, asked) => inWords(PROPOSAL_LABELS, row.status, asked),
  },
  ReviewCalendar: {
    statusLabel: (row, asked) => inWords(PROPOSAL_LABELS, row.status, asked),
  },
  GradingMove: {
    kindLabel: (row, asked) => inWords(KIND_LABELS, row.kind, asked),
    fromGradeLabel: (row, asked) => inWords(GRADE_LABELS, row.fromGrade, asked),
    toGradeLabel: (row, asked) => inWords(GRADE_LABELS, row.toGrade, asked),
    fromClassLabel: (row, asked) => inWords(CLASS_LABELS, row.fromClass, asked),
    toClassLabel: (row, asked) => inWords(CLASS_LABELS, row.toClass, asked),
  },
} satisfies Partial<Resolvers>;
