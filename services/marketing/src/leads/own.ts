import { findForUpdate, isUuid, refuse as kitRefuse, type Tx } from '@client-graph/kit';
import { LeadRow } from '../entities.js';
import { seesLead } from './leads.rules.js';

/** The lead, locked, if the caller may work it; one that they may not see does not exist for them, nor does an erased one. */
export async function ownForUpdate(
  tx: Tx,
  input: { leadId: string; expectedVersion: number },
): Promise<LeadRow> {
  const seen = isUuid(input.leadId) ? await tx.findOne(LeadRow, { id: input.leadId }) : null;
  if (seen === null || seen.erasedAt !== null || !seesLead(tx.actor, seen)) throw kitRefuse('NOT_FOUND');
  return findForUpdate(tx, LeadRow, input.leadId, input.expectedVersion);
}

/** An id given by a caller. Refuses BAD_INPUT for what is none. */
export function idOf(text: string | null | undefined, field: string): string | null {
  if (text === null || text === undefined) return null;
  if (!isUuid(text)) throw kitRefuse('BAD_INPUT', { field, expected: 'a UUID' });
  return text.toLowerCase();
}
