import { ClientCopyRow, isWalled, refuse, type Tx } from '@client-graph/kit';
import { Raw } from 'typeorm';
import { AssessmentRow } from '../entities.js';
import { refuseAssessment } from './assessments.rules.js';

/** Of a restricted client nothing is done, so nothing waits. */
export const NOT_RESTRICTED = Raw(
  (column) =>
    `not exists (select from client_copy c where c.client_id = ${column} and c.status = 'RESTRICTED')`,
);

/**
 * The client's copy, locked: everything that decides about one client's assessments takes turns here, so that limits and
 * "the one effective" hold however many arrive at once. Fails closed when the copy is missing.
 */
export async function lockClient(tx: Tx, clientId: string): Promise<ClientCopyRow> {
  const client = await tx.manager.findOne(ClientCopyRow, {
    where: { id: clientId },
    lock: { mode: 'pessimistic_write' },
  });
  if (client === null) throw refuseAssessment('CLIENT_UNKNOWN');
  return client;
}

export async function lockActiveClient(tx: Tx, clientId: string): Promise<ClientCopyRow> {
  const client = await lockClient(tx, clientId);
  if (isWalled(tx.actor, client)) throw refuse('NOT_FOUND');
  if (client.status !== 'ACTIVE') throw refuseAssessment('CLIENT_NOT_ACTIVE', { status: client.status });
  return client;
}

/** Refuses NOT_FOUND for an assessment of somebody else, whatever version the caller names. */
export async function ownAssessment(tx: Tx, id: string): Promise<AssessmentRow> {
  const assessment = await findForRead(tx, id);
  if (assessment.clientId !== tx.actor.clientId) throw refuse('NOT_FOUND');
  return assessment;
}

export async function findForRead(tx: Tx, id: string): Promise<AssessmentRow> {
  const assessment = await tx.findOne(AssessmentRow, { id });
  if (assessment === null) throw refuse('NOT_FOUND');
  return assessment;
}

/** What an earlier step of the assessment has written; its absence is a fault, not a refusal. */
export function given<Value>(value: Value | null, what: string): Value {
  if (value === null) throw new Error(`${what} is gone.`);
  return value;
}
