import type { Tx } from '@client-graph/kit';
import { NOBODY } from '../actors.js';
import { contactHash } from '../identity.js';
import { ContactDetailRow } from './contact-details.entities.js';
import type { ContactDetailType } from './contact-details.rules.js';

/** What the profile says of how to reach a client, by type; a type left out is not on the profile. */
export type OnFile = Readonly<Partial<Record<ContactDetailType, string | null>>>;

/** What a person's or an institution's profile says. */
export const onFileOf = (profile: {
  mobile?: string;
  phone?: string;
  email: string | null;
  address: string;
}): OnFile => ({
  ...(profile.mobile === undefined ? {} : { MOBILE: profile.mobile }),
  ...(profile.phone === undefined ? {} : { PHONE: profile.phone }),
  EMAIL: profile.email,
  POST: profile.address,
});

/**
 * Makes the contact details follow the profile: what the profile names is the preferred one of its type, and what it named
 * before is no longer good. One that is preferred already stays as it is, verified or not.
 */
export async function keepOnFile(tx: Tx, clientId: string, onFile: OnFile, hashKey: string): Promise<void> {
  const details = await tx.find(ContactDetailRow, { where: { clientId } });
  for (const [type, value] of Object.entries(onFile)) {
    if (value === undefined) continue;
    const ofType = details.filter((detail) => detail.type === type);
    const preferred = ofType.find(({ isPreferred }) => isPreferred);
    const valueHash = value === null ? null : contactHash(hashKey, value);
    if ((preferred?.valueHash ?? null) === valueHash) continue;
    if (preferred !== undefined)
      await tx.update(ContactDetailRow, preferred, {
        isPreferred: false,
        isValid: false,
        endedReason: 'REPLACED',
      });
    if (value === null || valueHash === null || !isType(type)) continue;
    const known = ofType.find((detail) => detail.valueHash === valueHash);
    if (known === undefined)
      await tx.insert(
        ContactDetailRow,
        newDetail(tx, { clientId, type, value, valueHash, isPreferred: true }),
      );
    else await tx.update(ContactDetailRow, known, { isPreferred: true, isValid: true, endedReason: null });
  }
}

/** The contact details of a client who has none yet. */
export const firstDetails = (tx: Tx, clientId: string, onFile: OnFile, hashKey: string): ContactDetailRow[] =>
  Object.entries(onFile).flatMap(([type, value]) =>
    value === null || value === undefined || !isType(type)
      ? []
      : [newDetail(tx, { clientId, type, value, valueHash: contactHash(hashKey, value), isPreferred: true })],
  );

const TYPES: readonly string[] = ['PHONE', 'MOBILE', 'EMAIL', 'WECHAT', 'POST'];
const isType = (type: string): type is ContactDetailType => TYPES.includes(type);

type Stated = Pick<ContactDetailRow, 'clientId' | 'type' | 'value' | 'valueHash' | 'isPreferred'>;

/** A contact detail as it begins: good, and not verified. */
export const newDetail = (tx: Tx, stated: Stated, id: string = tx.newId()): ContactDetailRow => ({
  id,
  ...stated,
  isValid: true,
  verifiedBy: null,
  verifiedAt: null,
  method: null,
  endedReason: null,
  recordedBy: tx.actor.id ?? NOBODY,
  recordedAt: tx.now,
  version: 1,
});
