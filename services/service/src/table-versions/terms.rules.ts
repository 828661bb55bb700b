import { z } from 'zod';

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
} as const;

export type FirmTable = keyof typeof TERMS;
export type TermsOf<Table extends FirmTable> = z.infer<(typeof TERMS)[Table]>;
