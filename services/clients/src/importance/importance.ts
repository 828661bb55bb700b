import { ClientUpdated } from '@client-graph/events';
import { type Db, transact } from '@client-graph/kit';
import { ClientRow } from '../clients.entities.js';
import { clientForUpdate } from '../clients.js';
import { mustBeEditable, standingOf } from '../clients.rules.js';
import type { MarkClientImportantInput } from '../generated/resolvers.js';
import { refuseChange } from '../profile-changes.rules.js';
import { code } from '../profiles.rules.js';

/** Treats a client as important whatever the grade, or no longer (`domain.md` 3.1.4); the others are told, for an interview may hang on it. */
export const markClientImportant = (db: Db, input: MarkClientImportantInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const client = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    mustBeEditable(client);
    const { isImportant: isMarkedImportant } = input;
    const reason = code(input.reason, 'reason');
    if (client.isMarkedImportant === isMarkedImportant) throw refuseChange('NOTHING_CHANGED');
    const marked = { isMarkedImportant, importantReason: isMarkedImportant ? reason : null };
    const changed = await tx.update(ClientRow, client, marked);
    const told = { changedFieldCodes: ['isMarkedImportant'], version: changed.version };
    await tx.record(ClientUpdated({ clientId: client.id, ...standingOf(changed), ...told }));
    return changed;
  });
