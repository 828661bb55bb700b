import { ClientErased, ClientUnrestricted } from '@client-graph/events';
import { type Db, dayOf, findForUpdate, type Tx, transact } from '@client-graph/kit';
import { staffOf } from '../actors.js';
import { fileOf } from '../archive/file.js';
import { refuseHold } from '../archive/holds.rules.js';
import { keepingOf } from '../archive/retention.js';
import { ClientRow, StatusChangeRow } from '../clients.entities.js';
import { clientForUpdate } from '../clients.js';
import { mustNotAdvise, type Status, transition } from '../clients.rules.js';
import type { EraseClientInput } from '../generated/resolvers.js';
import { erase, retainedUntil } from './erasure.rules.js';
import { move, statusBefore } from './life-cycle.js';

/** Erases a former client whose file need not be kept any longer: what stays is that there was one, when, and why it is gone. */
export const eraseClient = (db: Db, input: EraseClientInput): Promise<ClientRow> =>
  transact(db, async (tx) => {
    const client = await clientForUpdate(tx, input.clientId, input.expectedVersion);
    return eraseFile(tx, client, input.reason);
  });

/** Erases a client that is locked, with every duplicate in its file. Refuses while a retention runs or a legal hold is on the file. */
export async function eraseFile(tx: Tx, client: ClientRow, reason: string): Promise<ClientRow> {
  mustNotAdvise(client, staffOf(tx));
  const former = await formerOf(tx, client);
  const { until, isHeld } = await keptUntil(tx, client);
  erase(former, until, dayOf(tx.now));
  if (isHeld) throw refuseHold('HELD');
  const status = transition(former.status, 'ERASE');
  for (const id of await fileOf(tx, client.id))
    if (id !== client.id) await destroy(tx, await findForUpdate(tx, ClientRow, id), status, reason);
  return destroy(tx, former, status, reason);
}

/** Deletes what is personal, destroys the key of all that is sealed, leaves a tombstone and tells the others. */
async function destroy(tx: Tx, client: ClientRow, status: Status, reason: string): Promise<ClientRow> {
  for (const table of PERSONAL_TABLES)
    await tx.query(`delete from ${table.name} where ${table.column} = $1`, [client.id]);
  // Who owns an institution belongs to its own file, which may have to be kept.
  await tx.query('update beneficial_owner set owner_client_id = null where owner_client_id = $1', [
    client.id,
  ]);
  await tx.erase(client.id);
  const erased = await move(tx, client, status, reason, TOMBSTONE[client.kind]);
  await tx.record(ClientErased({ clientId: client.id, from: client.status, to: status, reason }));
  return erased;
}

/** A former client who is restricted until retention has run out is released first: only a closed file is erased. */
async function formerOf(tx: Tx, client: ClientRow): Promise<ClientRow> {
  if (client.status !== 'RESTRICTED' || (await statusBefore(tx, client)) !== 'CLOSED') return client;
  const status = transition(client.status, 'RELEASE');
  const open = { restrictedUntil: null, restrictionEndsOn: null };
  const released = await move(tx, client, status, 'RETENTION_OVER', open);
  const { id: clientId, status: from } = client;
  await tx.record(ClientUnrestricted({ clientId, from, to: status, reason: 'RETENTION_OVER' }));
  return released;
}

/**
 * The last day on which the file must be kept, the longest of all retentions, and whether a legal hold keeps it beyond that. A
 * file that still waits for something is kept for the longest time there is.
 */
export async function keptUntil(tx: Tx, client: ClientRow): Promise<{ until: string; isHeld: boolean }> {
  const { keptUntil: until, isHeld } = await keepingOf(tx, client.id);
  if (until !== null) return { until, isHeld };
  const closed = await tx.manager.findOne(StatusChangeRow, {
    where: { clientId: client.id, from: 'CLOSING', to: 'CLOSED' },
    order: { at: 'DESC', id: 'DESC' },
  });
  return { until: retainedUntil(dayOf(closed?.at ?? tx.now)), isHeld };
}

const NOTHING = {
  identityVerificationId: null,
  assetSnapshotId: null,
  institutionFinancialsId: null,
  gradeOverrideId: null,
  classBelowSince: null,
  gradeBelowSince: null,
  linesBelow: {},
  gradingDueOn: null,
  ageBand: null,
  ageBandDueOn: null,
  dormantDueOn: null,
  lastActiveOn: null,
} as const;

/** A tombstone says nothing of the person: class and grade are the first of the kind, as of one nobody knows. */
const TOMBSTONE = {
  INDIVIDUAL: { ...NOTHING, class: 'ORDINARY', grade: 'BRONZE' },
  INSTITUTION: { ...NOTHING, grade: 'SMALL' },
} as const;

/** Where a client's personal data stands; acts of consent, changes of status and requests stay, for they name nobody. */
const PERSONAL_TABLES = [
  { name: 'archive_item', column: 'client_id' },
  { name: 'individual_profile', column: 'client_id' },
  { name: 'institution_profile', column: 'client_id' },
  { name: 'id_document', column: 'client_id' },
  { name: 'identity_verification', column: 'client_id' },
  { name: 'profile_version', column: 'client_id' },
  { name: 'contact_detail', column: 'client_id' },
  { name: 'client_name_token', column: 'client_id' },
  { name: 'asset_snapshot', column: 'client_id' },
  { name: 'institution_financials', column: 'client_id' },
  { name: 'class_assignment', column: 'client_id' },
  { name: 'grade_assignment', column: 'client_id' },
  { name: 'grade_override', column: 'client_id' },
  { name: 'risk_tolerance', column: 'client_id' },
  { name: 'product_class_used', column: 'client_id' },
  { name: 'information_review', column: 'client_id' },
  { name: 'investor_status', column: 'client_id' },
  { name: 'relationship', column: 'from_id' },
  { name: 'relationship', column: 'to_id' },
  { name: 'enrichment', column: 'client_id' },
  { name: 'household_member', column: 'client_id' },
  { name: 'beneficial_owner', column: 'client_id' },
] as const;
