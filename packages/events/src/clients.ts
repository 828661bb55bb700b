import { z } from 'zod';
import {
  AgeBand,
  ClientClass,
  ClientGrade,
  ClientKind,
  ClientStatus,
  Code,
  ConsentChannel,
  ConsentPurpose,
  Day,
  InstitutionType,
} from './codes.js';
import { defineEvent } from './define.js';

const clientId = z.uuid();

/** Facts about the client that other services decide by: codes and bands only. */
const standing = {
  kind: ClientKind,
  class: ClientClass,
  grade: ClientGrade,
  adviserId: z.uuid(),
  /** Null for institutions. */
  ageBand: AgeBand.nullable(),
  fullCivilCapacity: z.boolean(),
  /** Null for individuals. */
  institutionType: InstitutionType.nullable(),
  /** The adviser of the head of the client's household, who may look at the client's records; null for none. */
  householdAdviserId: z.uuid().nullable().optional(),
  /** Members of staff from whom a wall keeps the client's records. */
  walledIds: z.array(z.uuid()).optional(),
  /** Whether compliance treats the client as important whatever the grade. */
  isMarkedImportant: z.boolean().optional(),
};

export const ClientOnboarded = defineEvent({
  topic: 'clients.v1',
  type: 'client.onboarded',
  version: 1,
  meaning: 'A client was opened from an account-opening application and is being verified.',
  key: 'clientId',
  data: z.object({ clientId, ...standing, originLeadId: z.uuid().nullable() }),
});

const moved = (type: string, meaning: string) =>
  defineEvent({
    topic: 'clients.v1',
    type,
    version: 1,
    meaning,
    key: 'clientId',
    data: z.object({ clientId, from: ClientStatus, to: ClientStatus, reason: Code }),
  });

export const ClientActivated = moved(
  'client.activated',
  'Identity is verified and the file complete: the client may be served.',
);
export const ClientClosed = moved('client.closed', 'The relationship has ended; the client holds nothing.');

export const ClientDormant = moved(
  'client.dormant',
  'No trade or contact for twelve months and no assets with the firm.',
);
export const ClientReactivated = moved('client.reactivated', 'A dormant client is served again.');
export const ClientClosing = moved('client.closing', 'The relationship is being ended.');
export const ClientDeceased = moved('client.deceased', 'The client has died; the estate is being settled.');
export const ClientErased = moved(
  'client.erased',
  'Retention has run out and the personal data is gone: purge what is kept of the client, leave id, dates and reason.',
);
export const ClientUnrestricted = moved(
  'client.unrestricted',
  'The restriction has ended; what else has changed follows.',
);

export const ClientRestricted = defineEvent({
  topic: 'clients.v1',
  type: 'client.restricted',
  version: 1,
  meaning: 'The record is only stored from now on: stop using it until client.unrestricted.',
  key: 'clientId',
  data: z.object({ clientId, from: ClientStatus, to: ClientStatus, reason: Code, until: Day.nullable() }),
});

export const ClientConsentChanged = defineEvent({
  topic: 'clients.v1',
  type: 'client.consent.changed',
  version: 1,
  meaning: 'The client has allowed a use of their data or taken that back; obey at once.',
  key: 'clientId',
  data: z.object({
    clientId,
    purpose: ConsentPurpose,
    /** Set for MARKETING only. */
    channel: ConsentChannel.nullable(),
    /** The code of the partner, set for PARTNER_SHARING only: whom the data may go to, or no longer. */
    partner: Code.nullable().optional(),
    action: z.enum(['GRANT', 'WITHDRAW']),
    textVersion: Code,
  }),
});

export const ClientUpdated = defineEvent({
  topic: 'clients.v1',
  type: 'client.updated',
  version: 1,
  meaning:
    'Facts that other services decide by have changed; the whole standing is sent, with the codes of the changed fields and of what a change means: incomeDown30, employmentLost, addressAbroad.',
  key: 'clientId',
  data: z.object({ clientId, ...standing, changedFieldCodes: z.array(Code), version: z.int().positive() }),
});

export const ClientClassified = defineEvent({
  topic: 'clients.v1',
  type: 'client.classified',
  version: 1,
  meaning: 'The segment of the client has changed by rule or override.',
  key: 'clientId',
  data: z.object({ clientId, from: ClientClass, to: ClientClass, ruleVersion: Code, override: z.boolean() }),
});

export const ClientGraded = defineEvent({
  topic: 'clients.v1',
  type: 'client.graded',
  version: 1,
  meaning: 'The grade of the client has changed by rule or override.',
  key: 'clientId',
  data: z.object({ clientId, from: ClientGrade, to: ClientGrade, ruleVersion: Code, override: z.boolean() }),
});

const merge = { survivorId: z.uuid(), mergedId: z.uuid() };

export const ClientMerged = defineEvent({
  topic: 'clients.v1',
  type: 'client.merged',
  version: 1,
  meaning: 'The client mergedId was a duplicate of survivorId: what is kept of it belongs to the survivor.',
  key: 'survivorId',
  data: z.object(merge),
});

export const ClientUnmerged = defineEvent({
  topic: 'clients.v1',
  type: 'client.unmerged',
  version: 1,
  meaning: 'The client mergedId was no duplicate after all and is again what it was.',
  key: 'survivorId',
  data: z.object({ ...merge, to: ClientStatus }),
});

export const ClientReviewDue = defineEvent({
  topic: 'clients.v1',
  type: 'client.review.due',
  version: 1,
  meaning:
    'The file of the client is to be asked about: due, overdue, or so late that new purchases need it first.',
  key: 'clientId',
  data: z.object({ clientId, kind: Code, dueOn: Day, stage: z.enum(['DUE', 'OVERDUE', 'BLOCKING']) }),
});

export const ClientReviewCompleted = defineEvent({
  topic: 'clients.v1',
  type: 'client.review.completed',
  version: 1,
  meaning: 'The review of the client that was due on dueOn has been done.',
  key: 'clientId',
  data: z.object({ clientId, kind: Code, dueOn: Day }),
});

export const ClientInvestorChanged = defineEvent({
  topic: 'clients.v1',
  type: 'client.investor.changed',
  version: 1,
  meaning:
    'By law the client is this kind of investor, through validTo and no longer; before the first of these events, and after that day, an ordinary one.',
  key: 'clientId',
  data: z.object({
    clientId,
    investor: z.enum(['ORDINARY', 'PROFESSIONAL_A', 'PROFESSIONAL_B', 'PROFESSIONAL_C']),
    /** May be offered what the law reserves for qualified investors. */
    isQualified: z.boolean(),
    validTo: Day,
  }),
});
