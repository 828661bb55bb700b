import { type Db, findForUpdate, isUuid, refuse, type Tx, transact } from '@client-graph/kit';
import { staffOf } from '../actors.js';
import type { ClientRow } from '../clients.entities.js';
import { clientForUpdate, tellChanged } from '../clients.js';
import { mustBeEditable } from '../clients.rules.js';
import type {
  AddContactDetailInput,
  EndContactDetailInput,
  PreferContactDetailInput,
  VerifyContactDetailInput,
} from '../generated/resolvers.js';
import { contactHash } from '../identity.js';
import { changeOrganisation, changePerson } from '../profile-changes.js';
import { refuseChange } from '../profile-changes.rules.js';
import { ContactDetailRow } from './contact-details.entities.js';
import {
  CONTACT_DETAILS_MAX,
  fieldOf,
  mustBeGood,
  mustNotBeNeeded,
  refuseContactDetail,
  spellingOf,
} from './contact-details.rules.js';
import { newDetail } from './on-file.js';

const CHANGED = ['contactDetails'];

/** Adds a way to reach a client beside those of the profile; it is preferred when there is none of its type. */
export const addContactDetail = (
  db: Db,
  input: AddContactDetailInput,
  hashKey: string,
): Promise<ContactDetailRow> =>
  transact(db, (tx) =>
    tx.once('addContactDetail', input, ContactDetailRow, async (id) => {
      const client = await clientForUpdate(tx, input.clientId);
      mustBeEditable(client);
      const { type } = input;
      const value = spellingOf(type, input.value);
      const valueHash = contactHash(hashKey, value);
      const details = await tx.find(ContactDetailRow, { where: { clientId: client.id } });
      if (details.some((detail) => detail.type === type && detail.valueHash === valueHash))
        throw refuseContactDetail('CONTACT_DETAIL_KNOWN');
      const count = details.filter(({ isValid }) => isValid).length;
      if (count >= CONTACT_DETAILS_MAX) throw refuseContactDetail('CONTACT_DETAILS_FULL', { count });
      const isPreferred = !details.some((detail) => detail.type === type && detail.isPreferred);
      const stated = { clientId: client.id, type, value, valueHash, isPreferred };
      const detail = await tx.insert(ContactDetailRow, newDetail(tx, stated, id));
      if (isPreferred) await follow(tx, client, detail, value, hashKey);
      else await tellChanged(tx, client, CHANGED);
      return detail;
    }),
  );

/** States that a contact detail was tried and is the client's. */
export const verifyContactDetail = (db: Db, input: VerifyContactDetailInput): Promise<ContactDetailRow> =>
  transact(db, async (tx) => {
    const { client, detail } = await lock(tx, input.contactDetailId, input.expectedVersion);
    mustBeGood(detail);
    const verified = { verifiedBy: staffOf(tx), verifiedAt: tx.now, method: input.method };
    const changed = await tx.update(ContactDetailRow, detail, verified);
    await tellChanged(tx, client, CHANGED);
    return changed;
  });

/** Makes a contact detail the preferred one of its type; the profile answers with it from now on. */
export const preferContactDetail = (
  db: Db,
  input: PreferContactDetailInput,
  hashKey: string,
): Promise<ContactDetailRow> =>
  transact(db, async (tx) => {
    const { client, detail } = await lock(tx, input.contactDetailId, input.expectedVersion);
    mustBeGood(detail);
    if (detail.isPreferred) throw refuseChange('NOTHING_CHANGED');
    await tx.manager.update(
      ContactDetailRow,
      { clientId: client.id, type: detail.type, isPreferred: true },
      { isPreferred: false },
    );
    const preferred = await tx.update(ContactDetailRow, detail, { isPreferred: true });
    await follow(tx, client, detail, detail.value, hashKey);
    return preferred;
  });

/** Notes that a contact detail is no longer good; it stays in the file. */
export const endContactDetail = (
  db: Db,
  input: EndContactDetailInput,
  hashKey: string,
): Promise<ContactDetailRow> =>
  transact(db, async (tx) => {
    const { client, detail } = await lock(tx, input.contactDetailId, input.expectedVersion);
    mustBeGood(detail);
    mustNotBeNeeded(client.kind, detail);
    const ended = { isValid: false, isPreferred: false, endedReason: input.reason };
    const changed = await tx.update(ContactDetailRow, detail, ended);
    if (detail.isPreferred) await follow(tx, client, detail, null, hashKey);
    else await tellChanged(tx, client, CHANGED);
    return changed;
  });

/** Lets the profile follow the preferred contact detail, where it names one of this type. */
async function follow(
  tx: Tx,
  client: ClientRow,
  { type }: ContactDetailRow,
  value: string | null,
  hashKey: string,
): Promise<void> {
  const field = fieldOf(client.kind, type);
  if (field === null) await tellChanged(tx, client, CHANGED);
  else if (client.kind === 'INDIVIDUAL')
    await changePerson(tx, client, { [field]: value }, {}, hashKey, CHANGED);
  else await changeOrganisation(tx, client, { [field]: value }, {}, hashKey, CHANGED);
}

/** Locks the client and then the contact detail, the order of everyone. */
async function lock(
  tx: Tx,
  id: string,
  expectedVersion: number,
): Promise<{ client: ClientRow; detail: ContactDetailRow }> {
  const found = isUuid(id) ? await tx.findOne(ContactDetailRow, { id }) : null;
  if (found === null) throw refuse('NOT_FOUND');
  const client = await clientForUpdate(tx, found.clientId);
  mustBeEditable(client);
  return { client, detail: await findForUpdate(tx, ContactDetailRow, id, expectedVersion) };
}
