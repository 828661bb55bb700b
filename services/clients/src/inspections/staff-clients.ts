import { type Db, isUuid, refuse, transact } from '@client-graph/kit';
import { staffOf } from '../actors.js';
import { clientForUpdate } from '../clients.js';
import type { RecordStaffClientInput } from '../generated/resolvers.js';
import { StaffClientRow } from './inspections.entities.js';

/** Writes down that a member of staff is a client too, so that who reads about themself or their family is seen. */
export const recordStaffClient = (db: Db, input: RecordStaffClientInput): Promise<StaffClientRow> =>
  transact(db, async (tx) => {
    const { staffId } = input;
    if (!isUuid(staffId)) throw refuse('BAD_INPUT', { field: 'staffId', expected: 'UUID' });
    const { id: clientId } = await clientForUpdate(tx, input.clientId);
    const known = await tx.findOne(StaffClientRow, { staffId, clientId });
    const recorded = { staffId, clientId, recordedBy: staffOf(tx), recordedAt: tx.now };
    return known ?? tx.insert(StaffClientRow, { id: tx.newId(), ...recorded });
  });
