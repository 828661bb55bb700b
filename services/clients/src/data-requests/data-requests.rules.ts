import { defineRefusals } from '@client-graph/kit/refusals';
import { plusMonths } from '@client-graph/kit/time';
import type { Client } from '../clients.rules.js';
import { REVIEWED } from '../reviews/reviews.rules.js';

export type DataRequestType = 'ACCESS_COPY' | 'CORRECTION' | 'DELETION' | 'RESTRICTION' | 'EXPLANATION';
export type ExtensionReason = 'COMPLEX' | 'MANY_REQUESTS';
export type DataRequestStatus = 'RECEIVED' | 'FULFILLED' | 'REFUSED';
export type DataRequestOutcome =
  | 'COPY_GIVEN'
  | 'CORRECTED'
  | 'ERASED'
  | 'RESTRICTED_FOR_RETENTION'
  | 'RESTRICTED'
  | 'EXPLAINED'
  | 'CONTRACT_RUNS'
  | 'LEGAL_DUTY'
  | 'NOT_THE_PERSON'
  | 'UNFOUNDED';

export const refuseDataRequest = defineRefusals({
  REQUEST_CLOSED: 'This request was fulfilled or refused before.',
  CONTRACT_RUNS:
    'The relationship has not ended: refuse the request with this reason, or close the client first.',
  FIELDS_UNKNOWN:
    'A correction names fields of the file, anything else names none; the details list the codes.',
  NOT_CORRECTED:
    'Nothing of what was named has been corrected since: correct it first, or refuse the request.',
  ALREADY_EXTENDED: 'The time was extended before, and is extended once.',
  TOO_LATE_TO_EXTEND: 'The time is extended before it has run out; the details give its last day.',
});

/** One month to answer, as GDPR Art. 12(3) has it; PIPL asks for an answer in time. */
export const dueOn = (receivedOn: string): string => plusMonths(receivedOn, 1);

/** Two months more, once, where requests are complex or many (GDPR Art. 12(3)). */
const EXTENSION_MONTHS = 2;
export function extend(
  request: { status: DataRequestStatus; dueOn: string; extendedAt: Date | null },
  today: string,
): string {
  mustBeOpen(request);
  if (request.extendedAt !== null) throw refuseDataRequest('ALREADY_EXTENDED');
  if (today > request.dueOn) throw refuseDataRequest('TOO_LATE_TO_EXTEND', { dueOn: request.dueOn });
  return plusMonths(request.dueOn, EXTENSION_MONTHS);
}

/** What a client can say is wrong, as codes of the profile's history; the right value is given to whoever corrects it. */
const CORRECTABLE: readonly string[] = [
  ...['name', 'gender', 'dateOfBirth', 'idDocument', 'idExpiresOn', 'civilCapacity'],
  ...REVIEWED.INDIVIDUAL,
  ...['employment', 'addressCountry', 'lunarBirth'],
  ...['legalName', 'uscc', 'institutionType', 'legalRepresentative'],
  ...REVIEWED.INSTITUTION,
];

/** The fields that a request for correction is about. */
export function fieldsOf(type: DataRequestType, fields: readonly string[]): string[] {
  const isKnown = fields.every((field) => CORRECTABLE.includes(field));
  if ((type !== 'CORRECTION' && fields.length > 0) || !isKnown)
    throw refuseDataRequest('FIELDS_UNKNOWN', { fields: [...new Set(CORRECTABLE)] });
  return [...new Set(fields)];
}

/** Of what was named, what was changed since. */
export function correctedOf(fields: readonly string[], changed: readonly string[]): string[] {
  // A request that names no field is about whatever was corrected since.
  const corrected = [...new Set(changed)].filter((field) => fields.length === 0 || fields.includes(field));
  if (corrected.length === 0) throw refuseDataRequest('NOT_CORRECTED', { fields });
  return corrected;
}

const OUTCOMES: Readonly<Record<DataRequestType, DataRequestOutcome>> = {
  ACCESS_COPY: 'COPY_GIVEN',
  CORRECTION: 'CORRECTED',
  DELETION: 'RESTRICTED_FOR_RETENTION',
  RESTRICTION: 'RESTRICTED',
  EXPLANATION: 'EXPLAINED',
};

/** What fulfilling a request leads to. Deletion is of a former client only, and restriction while retention runs (PIPL Art. 47). */
export function fulfil(
  request: { type: DataRequestType; status: DataRequestStatus },
  client: Pick<Client, 'status'>,
  keptUntil: string,
  today: string,
): DataRequestOutcome {
  mustBeOpen(request);
  if (request.type !== 'DELETION') return OUTCOMES[request.type];
  if (client.status !== 'CLOSED') throw refuseDataRequest('CONTRACT_RUNS', { status: client.status });
  return today > keptUntil ? 'ERASED' : 'RESTRICTED_FOR_RETENTION';
}

export function mustBeOpen({ status }: { status: DataRequestStatus }): void {
  if (status !== 'RECEIVED') throw refuseDataRequest('REQUEST_CLOSED', { status });
}
