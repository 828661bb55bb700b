import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals } from '@client-graph/kit/refusals';
import { z } from 'zod';

export const refuse = defineRefusals({
  RULE_INVALID: 'The table would not hold together: `details` says where.',
  BAD_REASON: 'A reason has 1 to 500 characters in one line.',
  NOT_AHEAD: 'A table holds from a day to come, after that of every version before.',
});

export const RULE_KINDS = ['SCORING', 'ASSIGNMENT', 'CLOCKS', 'ATTRIBUTION'] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** What a rule may ask about a lead. No age, gender or other trait of a person is among them (PIPL Art. 24). */
const FACTS = [
  'CHANNEL',
  'MEDIUM',
  'CAMPAIGN',
  'KIND',
  'REFERRED',
  'PARTNER',
  'CONTACTABLE',
  'ATTENDED',
  'LAST_OUTCOME',
] as const;
export type LeadFacts = Readonly<Record<(typeof FACTS)[number], string>>;

const Code = z.string().regex(/^[A-Z][A-Z0-9_]{0,39}$/);
const Conditions = z
  .array(z.strictObject({ fact: z.enum(FACTS), is: z.array(z.string().min(1).max(64)).min(1).max(50) }))
  .max(10);
const Share = z
  .string()
  .regex(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, 'a share between 0 and 1 with at most six decimals');

const Scoring = z
  .array(z.strictObject({ code: Code, when: Conditions, points: z.int().min(-100).max(100) }))
  .max(100)
  .refine(hasUniqueCodes, { message: 'codes repeat' });
const Assignment = z
  .array(z.strictObject({ code: Code, when: Conditions, owners: z.array(z.uuid()).min(1).max(200) }))
  .max(100)
  .refine(hasUniqueCodes, { message: 'codes repeat' });
const Clocks = z.strictObject({
  firstContactWorkingDays: z.int().min(1).max(30),
  noAnswerAttemptDays: z.int().min(1).max(10),
  silenceDays: z.int().min(1).max(365),
  conversionTimeoutDays: z.int().min(1).max(90),
  retentionYears: z.int().min(1).max(20),
  /** Days on which the calendar as published is not followed: closed though it says otherwise, and the other way round. */
  daysOff: z.array(z.iso.date()).max(400).optional(),
  makeUpDays: z.array(z.iso.date()).max(400).optional(),
});
const Attribution = z
  .strictObject({ positionFirst: Share, positionLast: Share })
  .refine(
    ({ positionFirst, positionLast }) => new Decimal(positionFirst).plus(positionLast).lessThanOrEqualTo(1),
    { message: 'first and last together are more than the whole' },
  );

/** The form of each table. */
export const TERMS = { SCORING: Scoring, ASSIGNMENT: Assignment, CLOCKS: Clocks, ATTRIBUTION: Attribution };
export type Terms<Kind extends RuleKind> = z.output<(typeof TERMS)[Kind]>;
export type ClockTerms = z.output<typeof Clocks>;

function hasUniqueCodes(rules: readonly { code: string }[]): boolean {
  return new Set(rules.map(({ code }) => code)).size === rules.length;
}

/** The terms, if they hold together. Refuses RULE_INVALID naming the places. */
export function termsOf<Kind extends RuleKind>(kind: Kind, terms: unknown): Terms<Kind>;
export function termsOf(kind: RuleKind, terms: unknown): unknown {
  const result = TERMS[kind].safeParse(terms);
  if (result.success) return result.data;
  const places = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw refuse('RULE_INVALID', { places: places.slice(0, 20) });
}

/** What was sent as terms. Refuses RULE_INVALID for what is no JSON. */
export function parsedTerms(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refuse('RULE_INVALID', { places: ['the terms are not JSON'] });
  }
}

/** Refuses BAD_REASON. */
export function reasonOf(text: string): string {
  const reason = text.trim();
  if (reason.length < 1 || reason.length > 500 || /\p{Cc}/u.test(reason)) throw refuse('BAD_REASON');
  return reason;
}

/** A version for a day to come, behind all that are there. Refuses NOT_AHEAD. */
export function mustBeAhead(effectiveFrom: string, today: string, latest: string | null): void {
  if (effectiveFrom <= today || (latest !== null && effectiveFrom <= latest))
    throw refuse('NOT_AHEAD', { today, latest });
}

type Condition = z.output<typeof Conditions>[number];
const fits = (facts: LeadFacts, when: readonly Condition[]): boolean =>
  when.every(({ fact, is }) => is.includes(facts[fact]));

const SCORE_MAX = 100;
export type ScoreReason = { code: string; points: number };

/** The score: the points of every rule that fits, between 0 and 100, with the rules as its reasons. */
export function score(facts: LeadFacts, rules: Terms<'SCORING'>): { score: number; reasons: ScoreReason[] } {
  const reasons = rules.filter(({ when }) => fits(facts, when)).map(({ code, points }) => ({ code, points }));
  const sum = reasons.reduce((total, { points }) => total + points, 0);
  return { score: Math.min(SCORE_MAX, Math.max(0, sum)), reasons };
}

/** The first rule that fits names who may work the lead; null when none does. */
export const assignmentOf = (
  facts: LeadFacts,
  rules: Terms<'ASSIGNMENT'>,
): { code: string; owners: string[] } | null => rules.find(({ when }) => fits(facts, when)) ?? null;

/** Of these, the one with the fewest open leads; of equals the one named first. */
export const leastBusy = (owners: readonly string[], openLeads: ReadonlyMap<string, number>): string | null =>
  owners.reduce<string | null>(
    (best, owner) =>
      best === null || (openLeads.get(owner) ?? 0) < (openLeads.get(best) ?? 0) ? owner : best,
    null,
  );
