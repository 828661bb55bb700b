import { refuse } from './refusals.rules.js';

export type TouchChannel = 'PHONE' | 'SMS' | 'EMAIL' | 'WECHAT' | 'POST' | 'FACE';

/** As it is read, in one width: what is not seen, such as marks of direction that a copied number brings along, is no part of it. */
const seen = (text: string): string => text.normalize('NFKC').replace(/\p{Cf}/gu, '');

/** The mobile in international form, so that one number has one spelling. Refuses BAD_MOBILE. */
export function normalMobile(text: string): string {
  const plain = seen(text)
    .replace(/[\s().\p{Pd}]/gu, '')
    .replace(/^00/, '+');
  // With or without the country's number and the zero that is dialled before one of another place.
  const chinese = /^(?:\+?86)?0?(1[3-9]\d{9})$/.exec(plain)?.[1];
  if (chinese !== undefined) return `+86${chinese}`;
  if (plain.startsWith('+86') || !/^\+[1-9]\d{6,14}$/.test(plain)) throw refuse('BAD_MOBILE');
  return plain;
}

/** The address in small letters. Refuses BAD_EMAIL. */
export function normalEmail(text: string): string {
  const plain = seen(text).trim().toLowerCase();
  if (
    plain.length > 254 ||
    !/^[^\s@<>,;"\p{Cc}]+@(?:[^\s@.<>,;"\p{Cc}]+\.)+[^\s@.<>,;"\p{Cc}]+$/u.test(plain)
  )
    throw refuse('BAD_EMAIL');
  return plain;
}

/** The code of a company in capital letters. Refuses BAD_USCC. */
export function normalUscc(text: string): string {
  const plain = seen(text)
    .replace(/[\s\p{Pd}]/gu, '')
    .toUpperCase();
  if (!/^[0-9A-HJ-NP-RTUW-Y]{18}$/.test(plain)) throw refuse('BAD_USCC');
  return plain;
}

/** What was heard, as it is kept. Refuses BAD_NOTE. */
export function noteOf(text: string | null | undefined): string | null {
  if (text === null || text === undefined) return null;
  const note = text.trim();
  if (note.length < 1 || note.length > 2_000 || /[^\P{Cc}\n\r\t]/u.test(note)) throw refuse('BAD_NOTE');
  return note;
}

const isCode = (text: string): boolean => /^[A-Za-z0-9_.-]{1,64}$/.test(text);

/** The reference of an evidence. Refuses BAD_CONSENT. */
export function evidenceOf(text: string): string {
  const evidence = text.trim();
  if (evidence.length < 1 || text.length > 200 || /\p{Cc}/u.test(text)) throw refuse('BAD_CONSENT');
  return evidence;
}

/** Refuses BAD_CONSENT, and IN_FUTURE for one that has not been given yet. */
export function checkConsent(
  consent: { channels: readonly TouchChannel[]; textVersion: string; evidence: string; at: Date },
  now: Date,
): void {
  if (consent.channels.length === 0 || !isCode(consent.textVersion)) throw refuse('BAD_CONSENT');
  evidenceOf(consent.evidence);
  if (consent.at > now) throw refuse('IN_FUTURE', { field: 'consent.at' });
}

/** A partner hands a person on only by that person's consent to the text of that partner. Refuses NO_SHARING_CONSENT. */
export function checkSharing(
  sharing: { textVersion: string; evidence: string; at: Date } | null | undefined,
  partner: { sharingTextVersion: string },
  now: Date,
): void {
  if (!sharing || sharing.textVersion !== partner.sharingTextVersion) throw refuse('NO_SHARING_CONSENT');
  evidenceOf(sharing.evidence);
  if (sharing.at > now) throw refuse('IN_FUTURE', { field: 'sharingConsent.at' });
}

/** Whether a channel is open: agreed to, and with the number or address that it needs. */
export const isContactable = (lead: {
  consentChannels: readonly TouchChannel[];
  mobile: string | null;
  email: string | null;
}): boolean =>
  lead.consentChannels.some((channel) => {
    switch (channel) {
      case 'PHONE':
      case 'SMS':
        return lead.mobile !== null;
      case 'EMAIL':
        return lead.email !== null;
      case 'WECHAT':
      case 'POST':
      case 'FACE':
        return true;
      default:
        return channel satisfies never;
    }
  });
