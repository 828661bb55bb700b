import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals, refuse } from '@client-graph/kit/refusals';
import {
  type Institution,
  type InstitutionApplication,
  institutionOf,
} from './institutions/institutions.rules.js';
import { type Application, HOME, type IdType, type Profile, profileOf } from './profiles.rules.js';

export const refuseChange = defineRefusals({
  NOTHING_CHANGED: 'Every value is the one on file already: nothing was written.',
});

/** What is said of a field: undefined is not asked, null takes away what may be absent. */
type Ask<Fields> = { readonly [Field in keyof Fields]?: Fields[Field] | null | undefined };

export type PersonChange = Ask<Omit<Application, 'idType' | 'idNumber'>>;
export type InstitutionChange = Ask<Institution>;

/** The person with what was asked for changed, checked as at opening. */
export function changedPerson(before: Profile, ask: PersonChange, today: string): Profile {
  const { lunarMonth, lunarDay, lunarLeap } = before;
  const lunarBirth =
    lunarMonth === null || lunarDay === null || lunarLeap === null
      ? null
      : { month: lunarMonth, day: lunarDay, isLeapMonth: lunarLeap };
  const annualIncome = { amount: before.annualIncome, currency: before.annualIncomeCurrency };
  const isCleared = (field: keyof PersonChange) => ask[field] === null;
  return profileOf(
    {
      name: ask.name ?? before.name,
      gender: isCleared('gender') ? null : (ask.gender ?? before.gender),
      dateOfBirth: ask.dateOfBirth ?? before.dateOfBirth,
      occupation: ask.occupation ?? before.occupation,
      employment: isCleared('employment') ? null : (ask.employment ?? before.employment),
      address: ask.address ?? before.address,
      addressCountry: ask.addressCountry ?? before.addressCountry,
      annualIncome: ask.annualIncome ?? annualIncome,
      investmentYears: ask.investmentYears ?? before.investmentYears,
      experienceKinds: ask.experienceKinds ?? before.experienceKinds,
      mobile: ask.mobile ?? before.mobile,
      email: isCleared('email') ? null : (ask.email ?? before.email),
      lunarBirth: isCleared('lunarBirth') ? null : (ask.lunarBirth ?? lunarBirth),
      taxResidency: ask.taxResidency ?? before.taxResidency,
      civilCapacity: ask.civilCapacity ?? before.civilCapacity,
    },
    today,
  );
}

/** The institution with what was asked for changed, checked as at opening. */
export function changedInstitution(before: Institution, ask: InstitutionChange): Institution {
  const application: InstitutionApplication = {
    legalName: ask.legalName ?? before.legalName,
    uscc: ask.uscc ?? before.uscc,
    institutionType: ask.institutionType ?? before.institutionType,
    legalRepresentative: ask.legalRepresentative ?? before.legalRepresentative,
    businessScope: ask.businessScope ?? before.businessScope,
    investmentNeeds: ask.investmentNeeds ?? before.investmentNeeds,
    contactName: ask.contactName ?? before.contactName,
    phone: ask.phone ?? before.phone,
    email: ask.email === null ? null : (ask.email ?? before.email),
    address: ask.address ?? before.address,
  };
  return institutionOf(application);
}

/** Columns that are told under the name of the field they belong to. */
const FIELD_OF: Readonly<Record<string, string>> = {
  annualIncomeCurrency: 'annualIncome',
  birthdayCalendar: 'lunarBirth',
  lunarMonth: 'lunarBirth',
  lunarDay: 'lunarBirth',
  lunarLeap: 'lunarBirth',
};

/** Codes of the fields in which two states of a profile differ, each once: `occupation`, `annualIncome`. */
export function changedCodes(before: object, after: object): string[] {
  const old = new Map<string, unknown>(Object.entries(before));
  const changed = Object.entries(after)
    .filter(([field, value]) => !isSameValue(old.get(field), value))
    .map(([field]) => FIELD_OF[field] ?? field);
  return [...new Set(changed)];
}

export type Income = Pick<Profile, 'annualIncome' | 'annualIncomeCurrency'>;

/** An income that falls to this share of what it was, or lower, is another income (`domain.md` 3.2, 8: −30 %). */
const INCOME_DOWN_TO = 0.7;

const isDownFrom = (base: Income, income: Income): boolean =>
  base.annualIncomeCurrency === income.annualIncomeCurrency &&
  base.annualIncome.greaterThan(0) &&
  income.annualIncome.lessThanOrEqualTo(base.annualIncome.times(INCOME_DOWN_TO));

/**
 * Whether the income has now fallen, in one step or in many: from the highest of those on file since the client was last assessed
 * or, later than that, since the last such fall. `incomes` are those before, the latest last.
 */
export function isIncomeDown(incomes: readonly Income[], after: Income): boolean {
  const [first, ...others] = incomes;
  const before = incomes.at(-1);
  if (first === undefined || before === undefined) return false;
  const base = others.reduce((highest, income) => {
    const isAnother =
      isDownFrom(highest, income) || highest.annualIncomeCurrency !== income.annualIncomeCurrency;
    return isAnother || income.annualIncome.greaterThan(highest.annualIncome) ? income : highest;
  }, first);
  return isDownFrom(base, after) && after.annualIncome.lessThan(before.annualIncome);
}

/** What a change means to those who decide by it, as codes: they never learn the values. */
export function meaningCodes(
  before: Profile,
  after: Profile,
  incomes: readonly Income[] = [before],
): string[] {
  return [
    ...(isIncomeDown(incomes, after) ? ['incomeDown30'] : []),
    ...(after.employment === 'UNEMPLOYED' && before.employment !== 'UNEMPLOYED' ? ['employmentLost'] : []),
    ...(before.addressCountry === HOME && after.addressCountry !== HOME ? ['addressAbroad'] : []),
  ];
}

const isSameValue = (a: unknown, b: unknown): boolean =>
  Decimal.isDecimal(a) && Decimal.isDecimal(b) ? a.equals(b) : JSON.stringify(a) === JSON.stringify(b);

/** A new birth date comes with the number of a Chinese identity card, which contains it, and the reverse holds by its check. */
export function mustComeTogether(
  ask: {
    dateOfBirth?: string | null | undefined;
    idNumber?: string | null | undefined;
    idType?: IdType | null | undefined;
  },
  before: { dateOfBirth: string; type: IdType },
): void {
  const isNewBirth = (ask.dateOfBirth ?? before.dateOfBirth) !== before.dateOfBirth;
  const hasNumber = ask.idNumber !== null && ask.idNumber !== undefined;
  if (isNewBirth && !hasNumber && before.type === 'CN_ID')
    throw refuse('BAD_INPUT', { field: 'idNumber', reason: 'COMES_WITH_BIRTH_DATE' });
  if (hasNumber !== (ask.idType !== null && ask.idType !== undefined))
    throw refuse('BAD_INPUT', { field: 'idType', reason: 'COMES_WITH_NUMBER' });
}
