import type { Decimal } from '@client-graph/kit/decimal';
import { type Money, nonNegativeMoney } from '@client-graph/kit/money';
import { defineRefusals, refuse } from '@client-graph/kit/refusals';
import { yearsBetween } from '@client-graph/kit/time';

export type Gender = 'FEMALE' | 'MALE';
export type ExperienceKind =
  | 'DEPOSITS'
  | 'WEALTH_PRODUCTS'
  | 'BONDS'
  | 'EQUITIES'
  | 'PRIVATE_FUNDS'
  | 'DERIVATIVES'
  | 'INSURANCE';
export type IdType = 'CN_ID' | 'PASSPORT' | 'HK_MACAO_PERMIT' | 'TAIWAN_PERMIT';
export type BirthdayCalendar = 'SOLAR' | 'LUNAR';
export type CivilCapacity = 'FULL' | 'LIMITED' | 'NONE';
export type Employment = 'EMPLOYED' | 'SELF_EMPLOYED' | 'RETIRED' | 'STUDENT' | 'HOMEMAKER' | 'UNEMPLOYED';
export type VerificationMethod = 'IN_PERSON' | 'VIDEO' | 'REGISTER';

/** A person as kept. */
export type Profile = {
  name: string;
  gender: Gender | null;
  dateOfBirth: string;
  occupation: string;
  /** Null where it was never asked. */
  employment: Employment | null;
  address: string;
  /** ISO 3166-1 alpha-2. */
  addressCountry: string;
  annualIncome: Decimal;
  annualIncomeCurrency: string;
  investmentYears: number;
  experienceKinds: ExperienceKind[];
  mobile: string;
  email: string | null;
  /** The calendar in which the person keeps the birthday, and the day when it is the lunar one. */
  birthdayCalendar: BirthdayCalendar;
  lunarMonth: number | null;
  lunarDay: number | null;
  lunarLeap: boolean | null;
  /** ISO 3166-1 alpha-2. */
  taxResidency: string;
  civilCapacity: CivilCapacity;
};

type LunarDay = { month: number; day: number; isLeapMonth: boolean };

/** A person as the application states them. */
export type Application = {
  name: string;
  gender?: Gender | null | undefined;
  dateOfBirth: string;
  occupation: string;
  employment?: Employment | null | undefined;
  address: string;
  addressCountry?: string | null | undefined;
  annualIncome: Money;
  investmentYears: number;
  experienceKinds: readonly ExperienceKind[];
  mobile: string;
  email?: string | null | undefined;
  lunarBirth?: LunarDay | null | undefined;
  taxResidency?: string | null | undefined;
  civilCapacity?: CivilCapacity | null | undefined;
  idType: IdType;
  idNumber: string;
};

export const refuseProfile = defineRefusals({
  BIRTH_DATE_IMPOSSIBLE: 'A person is born in the past, less than 150 years ago.',
  UNDER_AGE: 'A client must be of full age; the details give the age needed.',
  ID_NUMBER_INVALID: 'The number is not one this kind of document can have; the details say why.',
  DOCUMENT_EXPIRED: 'The identity document has expired: ask for the new one.',
  IDENTITY_TAKEN: 'This identity document belongs to a client of the firm already: ask compliance.',
});

/** Where the firm is; an address anywhere else is abroad. */
export const HOME = 'CN';

/** Ages at which a client can be opened (`domain.md` 3.3.2 AGE; the law's full age is 18). */
const AGES = { min: 18, below: 150 } as const;

/** The person of an application, cleaned; refuses what no real person could state. */
export function profileOf(application: Omit<Application, 'idType' | 'idNumber'>, today: string): Profile {
  const dateOfBirth = birthDate(application.dateOfBirth, today);
  const income = nonNegativeMoney(application.annualIncome, 'annualIncome');
  return {
    name: line(application.name, 'name', 100),
    gender: application.gender ?? null,
    dateOfBirth,
    occupation: line(application.occupation, 'occupation', 100),
    employment: application.employment ?? null,
    address: line(application.address, 'address', 300),
    addressCountry: country(application.addressCountry ?? HOME, 'addressCountry'),
    annualIncome: income.amount,
    annualIncomeCurrency: income.currency,
    investmentYears: investmentYears(application.investmentYears, dateOfBirth, today),
    experienceKinds: [...new Set(application.experienceKinds)],
    mobile: mobileOf(application.mobile),
    email: application.email === null || application.email === undefined ? null : emailOf(application.email),
    ...birthday(application.lunarBirth ?? null),
    taxResidency: country(application.taxResidency ?? HOME, 'taxResidency'),
    civilCapacity: application.civilCapacity ?? 'FULL',
  };
}

/** Marks, formats and blanks: nothing of it can be seen by itself. */
const UNSEEN = /^[\p{M}\p{Cf}\p{Z}\u115f\u1160\u3164\uffa0]*$/u;
/** What turns the direction of writing makes a text look like another one. */
const TURNING = /[\u202a-\u202e\u2066-\u2069]/u;

/** One line of text that can be seen, without breaks or control characters, trimmed. Refuses BAD_INPUT. */
export function line(text: string, field: string, max: number): string {
  const trimmed = text.trim();
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(trimmed) || TURNING.test(trimmed))
    throw refuse('BAD_INPUT', { field, reason: 'LINE_BREAK' });
  if (UNSEEN.test(trimmed)) throw refuse('BAD_INPUT', { field, reason: 'EMPTY' });
  if (trimmed.length > max) throw refuse('BAD_INPUT', { field, reason: 'TOO_LONG', max });
  return trimmed;
}

/** A code of the firm, such as the version of a text. Refuses BAD_INPUT. */
export function code(text: string, field: string): string {
  if (!/^[\w.-]{1,64}$/.test(text)) throw refuse('BAD_INPUT', { field, reason: 'FORM' });
  return text;
}

function birthday(lunar: LunarDay | null) {
  if (lunar === null)
    return { birthdayCalendar: 'SOLAR', lunarMonth: null, lunarDay: null, lunarLeap: null } as const;
  const { month, day, isLeapMonth } = lunar;
  if (month < 1 || month > 12 || day < 1 || day > 30)
    throw refuse('BAD_INPUT', { field: 'lunarBirth', reason: 'NO_SUCH_DAY' });
  return { birthdayCalendar: 'LUNAR', lunarMonth: month, lunarDay: day, lunarLeap: isLeapMonth } as const;
}

/** A country by its code. Refuses BAD_INPUT. */
export function country(code: string, field: string): string {
  if (!/^[A-Z]{2}$/.test(code)) throw refuse('BAD_INPUT', { field, expected: 'ISO 3166-1 alpha-2' });
  return code;
}

/** The day on which a document ends. Refuses DOCUMENT_EXPIRED for one that has ended. */
export function expiryOf(day: string | null | undefined, today: string): string | null {
  if (day === null || day === undefined) return null;
  if (day < today) throw refuseProfile('DOCUMENT_EXPIRED', { expiresOn: day });
  return day;
}

function birthDate(day: string, today: string): string {
  if (day > today || yearsBetween(day, today) >= AGES.below) throw refuseProfile('BIRTH_DATE_IMPOSSIBLE');
  if (yearsBetween(day, today) < AGES.min) throw refuseProfile('UNDER_AGE', { min: AGES.min });
  return day;
}

function investmentYears(years: number, dateOfBirth: string, today: string): number {
  if (years < 0) throw refuse('BAD_INPUT', { field: 'investmentYears', reason: 'NEGATIVE' });
  if (years > yearsBetween(dateOfBirth, today))
    throw refuse('BAD_INPUT', { field: 'investmentYears', reason: 'OLDER_THAN_THE_PERSON' });
  return years;
}

/** The number in international form; eleven digits that begin like a mobile of mainland China are taken as one. */
export function mobileOf(text: string): string {
  const number = line(text, 'mobile', 30).replace(/[ ()-]/g, '');
  if (/^1[3-9]\d{9}$/.test(number)) return `+86${number}`;
  if (!/^\+[1-9]\d{6,14}$/.test(number) || /^\+86(?!1[3-9]\d{9}$)/.test(number))
    throw refuse('BAD_INPUT', { field: 'mobile', reason: 'FORM' });
  return number;
}

/** A telephone number of any kind in international form; a number of mainland China may come without its +86. */
export function phoneOf(text: string, field: string): string {
  const number = line(text, field, 30).replace(/[ ()-]/g, '');
  if (/^(1[3-9]\d{9}|0\d{9,11}|400\d{7})$/.test(number)) return `+86${number.replace(/^0/, '')}`;
  if (!/^\+[1-9]\d{6,14}$/.test(number)) throw refuse('BAD_INPUT', { field, reason: 'FORM' });
  return number;
}

export function emailOf(text: string): string {
  const address = line(text, 'email', 254);
  if (!/^[^\s@,;<>"]+@[^\s@,;<>".]+(\.[^\s@,;<>".]+)+$/.test(address))
    throw refuse('BAD_INPUT', { field: 'email', reason: 'FORM' });
  return address;
}

/** The form of each document's number, once spaces are gone and letters are capital. */
const ID_FORMS = {
  CN_ID: /^[1-9]\d{16}[\dX]$/,
  PASSPORT: /^(?=.*\d)[A-Z0-9]{6,12}$/,
  HK_MACAO_PERMIT: /^[HM]\d{8}(\d{2})?$/,
  TAIWAN_PERMIT: /^\d{8}(\d{2})?$/,
} as const satisfies Record<IdType, RegExp>;

/** The document's number as it is kept and compared: one number has one spelling. Refuses ID_NUMBER_INVALID. */
export function formOf(idType: IdType, idNumber: string): string {
  const number = idNumber.normalize('NFKC').replace(/[\s-]/g, '').toUpperCase();
  if (!ID_FORMS[idType].test(number)) throw refuseProfile('ID_NUMBER_INVALID', { reason: 'FORM' });
  if (idType === 'CN_ID' && number[17] !== checkCharacter(number))
    throw refuseProfile('ID_NUMBER_INVALID', { reason: 'CHECKSUM' });
  return number;
}

/** The number of an application's document, which must carry the birth date if its kind does. Refuses ID_NUMBER_INVALID. */
export function idNumberOf({
  idType,
  idNumber,
  dateOfBirth,
}: Pick<Application, 'idType' | 'idNumber' | 'dateOfBirth'>): string {
  const number = formOf(idType, idNumber);
  if (idType === 'CN_ID' && number.slice(6, 14) !== dateOfBirth.replaceAll('-', ''))
    throw refuseProfile('ID_NUMBER_INVALID', { reason: 'BIRTH_DATE' });
  return number;
}

/** The last character of a Chinese identity number (GB 11643-1999, ISO 7064 MOD 11-2). */
function checkCharacter(number: string): string {
  let sum = 0;
  for (let place = 0; place < 17; place += 1) sum += Number(number[place]) * (2 ** (17 - place) % 11);
  return '10X98765432'.charAt(sum % 11);
}
