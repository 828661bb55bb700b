import { defineRefusals } from '@client-graph/kit/refusals';
import { plusMonths } from '@client-graph/kit/time';
import type { Client } from '../clients.rules.js';

export type DataRequestType = 'ACCESS_COPY' | 'CORRECTION' | 'DELETION' | 'RESTRICTION' | 'EXPLANATION';
export type DataRequestStatus = 'RECEIVED' | 'FULFILLED' | 'REFUSED';
export type DataRequestOutcome =
  | 'COPY_GIVEN'
  | 'CORRECTED'
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
});

/** One month to answer, as GDPR Art. 12(3) has it; PIPL asks for an answer in time. */
export const dueOn = (receivedOn: string): string => plusMonths(receivedOn, 1);

/** The longest of the times for which the law makes the firm keep a client's file after its end (`domain.md` 3.1.7). */
const RETENTION_YEARS = 20;
export const retainedUntil = (closedOn: string): string => plusMonths(closedOn, 12 * RETENTION_YEARS);

const OUTCOMES: Readonly<Record<DataRequestType, DataRequestOutcome>> = {
  ACCESS_COPY: 'COPY_GIVEN',
  CORRECTION: 'CORRECTED',
  DELETION: 'RESTRICTED_FOR_RETENTION',
  RESTRICTION: 'RESTRICTED',
  EXPLANATION: 'EXPLAINED',
};

/** What fulfilling a request leads to. Deletion while retention runs is restriction (PIPL Art. 47), and only of a former client. */
export function fulfil(
  request: { type: DataRequestType; status: DataRequestStatus },
  client: Pick<Client, 'status'>,
): DataRequestOutcome {
  mustBeOpen(request);
  if (request.type === 'DELETION' && client.status !== 'CLOSED')
    throw refuseDataRequest('CONTRACT_RUNS', { status: client.status });
  return OUTCOMES[request.type];
}

export function mustBeOpen({ status }: { status: DataRequestStatus }): void {
  if (status !== 'RECEIVED') throw refuseDataRequest('REQUEST_CLOSED', { status });
}
