import { z } from 'zod';
import { isWeekend } from '../calendar/calendar.rules.js';

const words = z.object({ EN: z.string().min(1), ZH_HANS: z.string().min(1), ZH_HANT: z.string().min(1) });
const code = z.string().regex(/^[A-Z][A-Z0-9_]{1,39}$/);
const amount = z.string().regex(/^\d+(\.\d+)?$/);
const grades = z
  .array(z.enum(['BRONZE', 'SILVER', 'GOLD', 'DIAMOND', 'SMALL', 'MEDIUM', 'LARGE']))
  .min(1)
  .max(7);
const span = z.object({
  amount: z.int().positive().max(400),
  unit: z.enum(['HOURS', 'CALENDAR_DAYS', 'WORKING_DAYS']),
});

/** What a row of each table says. A proposed version that does not fit is refused before anybody is asked to approve it. */
export const TERMS = {
  PLAN_TEMPLATE: z.strictObject({
    grades,
    /** When a plan is opened by itself: once the client is activated, every year, or never. */
    opens: z.enum(['ACTIVATION', 'YEARLY', 'BY_HAND']),
    labels: words,
    steps: z
      .array(
        z.strictObject({
          code,
          labels: words,
          owner: z.enum(['ADVISER', 'OPENER']),
          dueAfterDays: z.int().nonnegative().max(730),
        }),
      )
      .min(1)
      .max(40),
  }),
  STATEMENT_SCHEDULE: z.strictObject({
    statement: z.enum(['MONTHLY', 'QUARTERLY', 'YEARLY']),
    grades,
    /** Only for those who hold a product. */
    holdersOnly: z.boolean(),
    /** The day of the month after the period. */
    sendOnDay: z.int().min(1).max(28),
    templateCode: code,
    labels: words,
  }),
  NOTICE_TERMS: z.strictObject({
    within: span,
    /** The clients who have not read it by then are called within this span. */
    callWithin: span,
    templateCode: code,
  }),
  SURVEY_TERMS: z.strictObject({
    openDays: z.int().positive().max(366),
    satisfiedFrom: z.int().min(1).max(5),
    templateCode: code,
  }),
  FEEDBACK_TERMS: z.strictObject({ answerWithin: span }),
  BANNED_PHRASES: z.strictObject({
    phrases: z.array(z.string().min(1).max(60)).min(1).max(1_000),
    negations: z.array(z.string().min(1).max(20)).max(200),
  }),
  COMPLAINT_CLOCK: z.strictObject({
    acknowledge: span,
    decide: span,
    summary: span.nullable(),
    extensions: z
      .array(
        z.strictObject({
          complexity: z.enum(['COMPLEX', 'SPECIAL']),
          total: z.int().positive().max(400),
          needsSecondPerson: z.boolean(),
        }),
      )
      .max(2),
    reopenDays: z.int().positive().max(366),
    followUpDays: z.int().positive().max(366).optional(),
    closeDays: z.int().positive().max(366).optional(),
    remedies: words,
  }),
  CARE_RULE: z.strictObject({
    terms: z.strictObject({
      on: z.enum(['BIRTHDAY_SOLAR', 'BIRTHDAY_LUNAR', 'SOLAR_DATE', 'LUNAR_DATE', 'ANNIVERSARY', 'QINGMING']),
      month: z.int().min(1).max(12).nullable(),
      day: z.int().min(1).max(31).nullable(),
      daysBefore: z.int().nonnegative().max(30),
      ageBands: z.array(z.string()).nullable(),
      years: z.array(z.int().positive()).nullable(),
      hasGift: z.boolean(),
      isSilent: z.boolean(),
    }),
    labels: words,
    wishes: words,
  }),
  CARE_GIFT: z.strictObject({
    value: amount,
    yearlyCap: amount,
    currency: z.string().regex(/^[A-Z]{3}$/),
    labels: words,
  }),
  INTERACTION_SUBJECT: z.strictObject({
    labels: words,
    /** Where it stands among the subjects that a screen offers. */
    position: z.int().nonnegative().max(1_000),
    /** Not offered, it still names the contacts that bear it. */
    isOffered: z.boolean(),
  }),
  /** The days of one year that differ from the rhythm of the week; all of them, since they take the place of what was published. */
  WORKING_YEAR: z
    .strictObject({ daysOff: z.array(z.iso.date()).max(120), makeUpDays: z.array(z.iso.date()).max(60) })
    .refine(
      ({ daysOff, makeUpDays }) =>
        new Set([...daysOff, ...makeUpDays]).size === daysOff.length + makeUpDays.length,
      { message: 'a day comes twice' },
    )
    .refine(({ makeUpDays }) => makeUpDays.every(isWeekend), {
      path: ['makeUpDays'],
      message: 'a make-up day is a Saturday or Sunday',
    }),
} as const;

const CODE = /^[A-Za-z0-9_.-]{1,64}$/;

/** What the rows of a table may be called, where not every name means something. */
const CODES: Partial<Record<FirmTable, RegExp>> = {
  COMPLAINT_CLOCK: /^(CN_NFRA|UK_DISP|FIRM_FAST)$/,
  CARE_GIFT: /^(BRONZE|SILVER|GOLD|DIAMOND|SMALL|MEDIUM|LARGE)$/,
  INTERACTION_SUBJECT: /^[A-Z][A-Z0-9_]{1,39}$/,
  WORKING_YEAR: /^(19|20|21)\d\d$/,
};

export const isCodeOf = (table: FirmTable, code: string): boolean => (CODES[table] ?? CODE).test(code);

const leavesOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(leavesOf)
      : [];

/** All that a row says in words; the banned phrases themselves are said to nobody. */
export const wordsOf = (table: FirmTable, terms: object): string[] =>
  table === 'BANNED_PHRASES' ? [] : leavesOf(terms);

/** A leap year has every day that there is; so has the longest lunar month. */
const SOLAR_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;
const LUNAR_DAYS = 30;

/** A rule of a date names one that there is, a rule of the relationship the years it is kept. */
function misfitsOfCare({ on, month, day, years }: TermsOf<'CARE_RULE'>['terms']): string[] {
  if (on === 'ANNIVERSARY') return (years ?? []).length > 0 ? [] : ['terms.years: missing'];
  if (on !== 'SOLAR_DATE' && on !== 'LUNAR_DATE') return [];
  if (month === null || day === null) return ['terms.month, terms.day: missing'];
  const last = on === 'LUNAR_DATE' ? LUNAR_DAYS : (SOLAR_DAYS[month - 1] ?? 0);
  return day <= last ? [] : ['terms.day: not in the month'];
}

/** What is wrong with terms of the right form for the row that they are proposed for; empty when nothing is. */
export function misfits(table: FirmTable, code: string, terms: object): string[] {
  if (table === 'CARE_RULE') return misfitsOfCare(TERMS.CARE_RULE.parse(terms).terms);
  if (table !== 'WORKING_YEAR') return [];
  const { daysOff, makeUpDays } = TERMS.WORKING_YEAR.parse(terms);
  return [...daysOff, ...makeUpDays]
    .filter((day) => !day.startsWith(`${code}-`))
    .map((day) => `${day}: not in the year ${code}`);
}

export type FirmTable = keyof typeof TERMS;
export type TermsOf<Table extends FirmTable> = z.infer<(typeof TERMS)[Table]>;
