import { defineRefusals, refuse } from '@client-graph/kit/refusals';
import type { Kind } from '../clients.rules.js';
import { emailOf, line, mobileOf, phoneOf } from '../profiles.rules.js';

export type ContactDetailType = 'PHONE' | 'MOBILE' | 'EMAIL' | 'WECHAT' | 'POST';
export type Method = 'CODE' | 'CALL_BACK' | 'DOCUMENT' | 'IN_PERSON';
export type EndedReason = 'REPLACED' | 'BOUNCED' | 'WRONG_PERSON' | 'OUT_OF_USE';
export type ContactDetail = {
  type: ContactDetailType;
  isValid: boolean;
  isPreferred: boolean;
  verifiedAt: Date | null;
};

export const refuseContactDetail = defineRefusals({
  CONTACT_DETAIL_KNOWN: 'This client has this contact detail already.',
  CONTACT_DETAILS_FULL: 'A client has at most 20 good contact details of all types: end one that is not.',
  CONTACT_DETAIL_ENDED: 'This contact detail is no longer good.',
  STILL_NEEDED: 'The file needs a contact detail of this type: prefer another first.',
});

export const CONTACT_DETAILS_MAX = 20;

/** What the preferred contact detail of a type is on the profile (policy 3.1, 3.2), and whether the file needs it. */
const ON_FILE = {
  INDIVIDUAL: { MOBILE: 'mobile', EMAIL: 'email', POST: 'address' },
  INSTITUTION: { PHONE: 'phone', EMAIL: 'email', POST: 'address' },
} as const satisfies Record<Kind, Partial<Record<ContactDetailType, string>>>;
const NEEDED: readonly string[] = ['mobile', 'phone', 'address'];

/** The field of the profile that a type of contact detail answers; null for one that is beside the profile. */
export function fieldOf(kind: Kind, type: ContactDetailType): string | null {
  const fields: Partial<Record<ContactDetailType, string>> = ON_FILE[kind];
  return fields[type] ?? null;
}

/** A contact detail in its one spelling. Refuses BAD_INPUT. */
export function spellingOf(type: ContactDetailType, text: string): string {
  switch (type) {
    case 'MOBILE':
      return mobileOf(text);
    case 'PHONE':
      return phoneOf(text, 'value');
    case 'EMAIL':
      return emailOf(text);
    case 'POST':
      return line(text, 'value', 300);
    case 'WECHAT': {
      const id = line(text, 'value', 30);
      if (!/^[A-Za-z][-\w]{5,19}$/.test(id)) throw refuse('BAD_INPUT', { field: 'value', reason: 'FORM' });
      return id;
    }
    default:
      return type satisfies never;
  }
}

/** Nothing is done with a contact detail that is no longer good. */
export function mustBeGood({ isValid }: ContactDetail): void {
  if (!isValid) throw refuseContactDetail('CONTACT_DETAIL_ENDED');
}

/** Whether a contact detail may end: the preferred one of a type that the file needs may not. */
export function mustNotBeNeeded(kind: Kind, { type, isPreferred }: ContactDetail): void {
  if (isPreferred && NEEDED.includes(fieldOf(kind, type) ?? ''))
    throw refuseContactDetail('STILL_NEEDED', { type });
}
