import { CareTaskSent } from '@client-graph/events';
import type { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals } from '@client-graph/kit/refusals';
import { plusDays } from '@client-graph/kit/time';

/** What the rules ask of the Chinese calendar. */
export type LunarCalendar = {
  /** The month after which the year has a leap month; 0 for none. */
  leapMonth: (year: number) => number;
  daysIn: (year: number, month: number, isLeap: boolean) => number;
  solarOf: (year: number, month: number, day: number, isLeap: boolean) => string;
  qingming: (year: number) => string;
};

export type CareDateKind = 'BIRTHDAY_SOLAR' | 'BIRTHDAY_LUNAR';
export type CareDate = { kind: CareDateKind; month: number; day: number; isLeapMonth: boolean };
export type CareTerms = {
  on: CareDateKind | 'SOLAR_DATE' | 'LUNAR_DATE' | 'ANNIVERSARY' | 'QINGMING';
  month: number | null;
  day: number | null;
  /** Sent so many days before: the Spring Festival's wish on its eve. */
  daysBefore: number;
  /** Only for these bands of age; null for all. */
  ageBands: readonly string[] | null;
  /** Only in these years of the relationship; null for every one. */
  years: readonly number[] | null;
  hasGift: boolean;
  /** A day of silence: nothing is sent. */
  isSilent: boolean;
};
export type CareRule = { code: string; version: number; effectiveFrom: string; terms: CareTerms };
export type CareClient = {
  kind: string;
  ageBand: string | null;
  onboardedOn: string | null;
  dates: readonly CareDate[];
};
/** `year` is that of the calendar the occasion belongs to: a lunar birthday of the twelfth month may fall into the next January. */
export type Occasion = { ruleCode: string; year: number; on: string; hasGift: boolean; isSilent: boolean };

const LUNAR_YEARS = { first: 1905, last: 2098 } as const;
const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const LUNAR_DAYS_MAX = 30;

export const refuse = defineRefusals({
  NO_CARE_CONSENT: 'The client has not allowed greetings: record the consent CARE_GREETING first.',
  NO_SUCH_DATE: 'There is no such day: months have 28 to 31 days, lunar ones at most 30.',
  NOT_AN_INDIVIDUAL: 'Only a person has a birthday.',
});

/** Checks a birthday of which only month and day are known. */
export function checkedDate(date: CareDate, client: { kind: string; hasConsent: boolean }): CareDate {
  if (client.kind !== 'INDIVIDUAL') throw refuse('NOT_AN_INDIVIDUAL');
  if (!client.hasConsent) throw refuse('NO_CARE_CONSENT');
  const isLunar = date.kind === 'BIRTHDAY_LUNAR';
  const max = isLunar ? LUNAR_DAYS_MAX : (DAYS_IN_MONTH[date.month - 1] ?? 0);
  if (date.month < 1 || date.month > 12 || date.day < 1 || date.day > max || (date.isLeapMonth && !isLunar))
    throw refuse('NO_SUCH_DATE');
  return date;
}

const isLeapYear = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const two = (n: number): string => String(n).padStart(2, '0');

/** The solar birthday in a year; 29 February is kept on the 28th of other years. */
export function solarBirthday(year: number, { month, day }: { month: number; day: number }): string {
  const kept = month === 2 && day === 29 && !isLeapYear(year) ? 28 : day;
  return `${year}-${two(month)}-${two(kept)}`;
}

/** The lunar birthday in a lunar year: a leap month's in the same month where there is no leap one, day 30 on 29 of a short month. */
export function lunarBirthday(lunar: LunarCalendar, year: number, date: Omit<CareDate, 'kind'>): string {
  const isLeap = date.isLeapMonth && lunar.leapMonth(year) === date.month;
  const day = Math.min(date.day, lunar.daysIn(year, date.month, isLeap));
  return lunar.solarOf(year, date.month, day, isLeap);
}

/** The day of a rule in a year, before `daysBefore`; none when the rule does not concern the client. */
function dayOfRule(rule: CareTerms, client: CareClient, year: number, lunar: LunarCalendar): string | null {
  const { month, day } = rule;
  const own = client.dates.find((date) => date.kind === rule.on);
  switch (rule.on) {
    case 'SOLAR_DATE':
      return month === null || day === null ? null : solarBirthday(year, { month, day });
    case 'LUNAR_DATE':
      return month === null || day === null
        ? null
        : lunarBirthday(lunar, year, { month, day, isLeapMonth: false });
    case 'QINGMING':
      return lunar.qingming(year);
    case 'BIRTHDAY_SOLAR':
      return own === undefined ? null : solarBirthday(year, own);
    case 'BIRTHDAY_LUNAR':
      return own === undefined ? null : lunarBirthday(lunar, year, own);
    case 'ANNIVERSARY': {
      if (client.onboardedOn === null) return null;
      const [since = 0, of = 0, on = 0] = client.onboardedOn.split('-').map(Number);
      return rule.years?.includes(year - since) ? solarBirthday(year, { month: of, day: on }) : null;
    }
    default:
      return rule.on satisfies never;
  }
}

/** The rule versions that count on a day, one for each code. */
export function inForce<Rule extends { code: string; version: number; effectiveFrom: string }>(
  rules: readonly Rule[],
  day: string,
): Rule[] {
  const current = rules.filter((rule) => rule.effectiveFrom <= day);
  return current.filter((rule) => !current.some((of) => of.code === rule.code && of.version > rule.version));
}

/** The occasions of a client from one day to another, in order (policy 6.1). */
export function occasions(
  client: CareClient,
  rules: readonly CareRule[],
  { from, to }: { from: string; to: string },
  lunar: LunarCalendar,
): Occasion[] {
  const first = Math.max(Number(from.slice(0, 4)) - 1, LUNAR_YEARS.first);
  const last = Math.min(Number(to.slice(0, 4)) + 1, LUNAR_YEARS.last);
  const found: Occasion[] = [];
  for (const { code, terms } of rules) {
    if (terms.ageBands !== null && !terms.ageBands.includes(client.ageBand ?? '')) continue;
    for (let year = first; year <= last; year += 1) {
      const day = dayOfRule(terms, client, year, lunar);
      if (day === null) continue;
      const on = plusDays(day, -terms.daysBefore);
      const { hasGift, isSilent } = terms;
      if (on >= from && on <= to) found.push({ ruleCode: code, year, on, hasGift, isSilent });
    }
  }
  return found.sort((a, b) => (a.on === b.on ? (a.ruleCode < b.ruleCode ? -1 : 1) : a.on < b.on ? -1 : 1));
}

/** The gift of a grade, as far as this year's cap still allows it whole; null otherwise. */
export const giftWithin = <Gift extends { value: Decimal; yearlyCap: Decimal }>(
  gift: Gift | null,
  givenThisYear: Decimal,
): Gift | null =>
  gift?.value.greaterThan(0) && !givenThisYear.plus(gift.value).greaterThan(gift.yearlyCap) ? gift : null;

export const sent = (task: { clientId: string; ruleCode: string; year: number }) =>
  CareTaskSent({ clientId: task.clientId, ruleCode: task.ruleCode, year: task.year });
