import { RuleChangeApproved, RuleChangeProposed, RuleChangeRejected } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals } from '@client-graph/kit/refusals';
import { z } from 'zod';

export const refuse = defineRefusals({
  MAKER_IS_CHECKER: 'Whoever has proposed a change cannot decide on it.',
  CHANGE_OPEN: 'Another change of the same thing waits for a decision: have it decided first.',
  CHANGE_DECIDED: 'The change has been decided already.',
  NOT_AHEAD: 'A change holds from a day to come, so that nothing booked is judged by it.',
  RULE_INVALID: 'The table would not hold together; `details` says where.',
});

export type ChangeKind = 'EARN_RULE' | 'TIERS' | 'REWARD' | 'PROGRAMME';
export type ChangeState = 'PROPOSED' | 'APPROVED' | 'REJECTED';

export type RuleChange = {
  id: string;
  kind: ChangeKind;
  code: string;
  effectiveFrom: string;
  payload: unknown;
  state: ChangeState;
  proposedBy: string;
};

export const CHANGE_STATE_LABELS = {
  PROPOSED: { EN: 'Proposed', ZH_HANS: '待批准', ZH_HANT: '待批准' },
  APPROVED: { EN: 'Approved', ZH_HANS: '已批准', ZH_HANT: '已批准' },
  REJECTED: { EN: 'Rejected', ZH_HANS: '已否决', ZH_HANT: '已否決' },
} as const;

const Tier = z.enum(['CLASSIC', 'PLUS', 'PREMIER', 'SIGNATURE']);
const Names = z.object({ EN: z.string().min(1), ZH_HANS: z.string().min(1), ZH_HANT: z.string().min(1) });
const PerYear = z.int().positive().max(1_000_000).nullable();

/** What a proposal holds: the new row or rows of its table. */
export const Payloads = {
  EARN_RULE: z.object({
    pendingDays: z.int().min(0).max(365),
    expiryMonths: z.int().min(1).max(120),
    qualifying: z.boolean(),
    terms: z.union([
      z.strictObject({
        productClasses: z.array(z.string()),
        currency: z.string(),
        per: z.int().positive(),
        points: z.int().positive(),
        tierMultiplier: z.boolean(),
      }),
      z.strictObject({
        points: z.record(z.string(), z.int().positive().max(1_000_000)),
        pointsPerYear: PerYear,
        timesPerYear: PerYear,
      }),
    ]),
  }),
  TIERS: z.array(
    z.object({
      code: Tier,
      qualifyingPoints: z.int().nonnegative(),
      multiplier: z.string(),
      benefits: z
        .array(z.object({ code: z.string().regex(/^[A-Z0-9-]{3,32}$/), labels: Names }))
        .max(20)
        .optional(),
    }),
  ),
  PROGRAMME: z.object({
    pointsPerCurrency: z.int().min(1).max(1_000_000),
    feeCreditMaxPercent: z.int().min(1).max(100),
    graceDays: z.int().min(0).max(365),
    lapseNoticeDays: z.int().min(0).max(365),
    expiryNoticeDays: z.int().min(1).max(365),
    debtRule: z.enum(['CARRY', 'FORGIVE']),
    reservationDays: z.int().min(1).max(365),
    adjustmentExpiryMonths: z.int().min(1).max(120),
  }),
  REWARD: z.object({
    kind: z.enum(['GIFT', 'FEE_CREDIT', 'EVENT_SEAT']),
    lastDay: z.iso.date().nullable(),
    points: z.int().positive().max(100_000_000).nullable(),
    tier: Tier,
    perClientYear: z.int().positive().nullable(),
    labels: Names,
  }),
} as const;

const MULTIPLIER_MAX = 10;

/** Whether the tiers hold together: all four, each higher than the one below, the first for everybody. */
export function mustHoldTogether(tiers: z.output<typeof Payloads.TIERS>): void {
  const wrong = (reason: string) => refuse('RULE_INVALID', { field: 'tiers', reason });
  if (tiers.map((tier) => tier.code).join() !== Tier.options.join()) throw wrong('FOUR_LOWEST_FIRST');
  if (tiers[0]?.qualifyingPoints !== 0) throw wrong('FIRST_IS_FOR_EVERYBODY');
  if (
    tiers.some((tier, rank) => rank > 0 && tier.qualifyingPoints <= (tiers[rank - 1]?.qualifyingPoints ?? 0))
  )
    throw wrong('EACH_HIGHER');
  const isFactor = (text: string) => /^\d+(\.\d{1,4})?$/.test(text) && new Decimal(text).greaterThan(0);
  if (!tiers.every(({ multiplier }) => isFactor(multiplier) && new Decimal(multiplier).lte(MULTIPLIER_MAX)))
    throw wrong('MULTIPLIER');
}

/** Whether a reward can be had as proposed: a gift has a price, a fee credit has none of its own. */
export function mustBePriced(
  reward: z.output<typeof Payloads.REWARD>,
  effectiveFrom: string,
  known: { kind: string } | null,
): void {
  const wrong = (field: string, reason: string) => refuse('RULE_INVALID', { field, reason });
  if (known !== null && known.kind !== reward.kind) throw wrong('kind', 'OF_ANOTHER_KIND');
  if ((reward.kind === 'FEE_CREDIT') !== (reward.points === null)) throw wrong('points', 'PRICE');
  if (reward.lastDay !== null && reward.lastDay < effectiveFrom) throw wrong('lastDay', 'BEFORE_FIRST');
}

/** A proposal for a day to come. Refuses NOT_AHEAD. */
export function mustBeAhead(effectiveFrom: string, today: string): void {
  if (effectiveFrom <= today) throw refuse('NOT_AHEAD', { today });
}

const TOLD = { APPROVED: RuleChangeApproved, REJECTED: RuleChangeRejected } as const;
const factOf = ({ id, kind, code, effectiveFrom }: Omit<RuleChange, 'payload' | 'state' | 'proposedBy'>) => ({
  changeId: id,
  kind,
  ruleCode: code,
  effectiveFrom,
});

export const proposed = (change: RuleChange) => RuleChangeProposed(factOf(change));
export const told = (change: RuleChange, to: 'APPROVED' | 'REJECTED') => TOLD[to](factOf(change));

/** Decides on a proposal; who has made it is not who decides (maker and checker). Approval too late for its day is refused. */
export function decide(
  change: RuleChange,
  to: 'APPROVED' | 'REJECTED',
  { by, today }: { by: string; today: string },
) {
  if (change.state !== 'PROPOSED') throw refuse('CHANGE_DECIDED', { state: change.state });
  if (change.proposedBy === by) throw refuse('MAKER_IS_CHECKER');
  if (to === 'APPROVED') mustBeAhead(change.effectiveFrom, today);
  return { changes: { state: to, decidedBy: by }, events: [told(change, to)] };
}
