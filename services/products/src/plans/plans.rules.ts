import {
  PortfolioPlanAccepted,
  PortfolioPlanDeclined,
  PortfolioPlanLapsed,
  PortfolioPlanProposed,
  PortfolioReviewDue,
} from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { plusMonths } from '@client-graph/kit/time';

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;

/** Every move of a plan: state → action → state. What is not here is refused. */
export const PLAN_MOVES = {
  PROPOSED: { accept: 'ACCEPTED', decline: 'DECLINED', lapse: 'LAPSED' },
  ACCEPTED: { replace: 'REPLACED' },
  DECLINED: {},
  LAPSED: {},
  REPLACED: {},
} as const satisfies Record<string, Partial<Record<PlanAction, string>>>;
export const PLAN_ACTIONS = ['accept', 'decline', 'lapse', 'replace'] as const;
export type PlanAction = (typeof PLAN_ACTIONS)[number];
export type PlanState = keyof typeof PLAN_MOVES;

export const PLAN_STATE_WORDS = {
  PROPOSED: { EN: 'Proposed', ZH_HANS: '已建议', ZH_HANT: '已建議' },
  ACCEPTED: { EN: 'Accepted', ZH_HANS: '已采纳', ZH_HANT: '已採納' },
  DECLINED: { EN: 'Declined', ZH_HANS: '未采纳', ZH_HANT: '未採納' },
  LAPSED: { EN: 'Lapsed', ZH_HANS: '已失效', ZH_HANT: '已失效' },
  REPLACED: { EN: 'Replaced', ZH_HANS: '已更新', ZH_HANT: '已更新' },
} as const satisfies Record<PlanState, Words>;

export const refuse = defineRefusals({
  NO_LEVEL: 'A plan needs a valid risk assessment of the client.',
  NO_ALLOCATION_TABLE: 'The tables in force say nothing of goals: approve a version that does.',
  PLAN_NOT_OPEN: 'The plan was accepted, declined or has lapsed: propose another one.',
  PLAN_LAPSED: 'The plan has lapsed, since its values are old: propose another one.',
  NOTHING_TO_DO: 'What the client holds lies within its band and limits: there is nothing to accept.',
});

export type Plan = {
  id: string;
  clientId: string;
  currency: string;
  state: PlanState;
  validUntil: Date;
  reviewOn: string;
};

const subject = ({ clientId, id: planId, currency }: Plan) => ({ clientId, planId, currency });

/** The state an action leads to. Refuses PLAN_NOT_OPEN. */
export function movePlan(state: PlanState, action: PlanAction): PlanState {
  const moves: Partial<Record<PlanAction, PlanState>> = PLAN_MOVES[state];
  const next = moves[action];
  if (next === undefined) throw refuse('PLAN_NOT_OPEN', { state });
  return next;
}

export const proposed = (plan: Plan) => PortfolioPlanProposed(subject(plan));

/** The client takes the plan up. Refuses PLAN_NOT_OPEN, PLAN_LAPSED and NOTHING_TO_DO. */
export function accept(plan: Plan, lines: readonly unknown[], now: Date) {
  const state = movePlan(plan.state, 'accept');
  if (now > plan.validUntil) throw refuse('PLAN_LAPSED', { validUntil: plan.validUntil.toISOString() });
  if (lines.length === 0) throw refuse('NOTHING_TO_DO');
  return { changes: { state, decidedAt: now }, events: [PortfolioPlanAccepted(subject(plan))] };
}

export const decline = (plan: Plan, now: Date) => ({
  changes: { state: movePlan(plan.state, 'decline'), decidedAt: now },
  events: [PortfolioPlanDeclined(subject(plan))],
});

/** A later plan takes the place of this one, or its time is over. */
export function giveWay(plan: Plan) {
  const action = plan.state === 'PROPOSED' ? 'lapse' : 'replace';
  const events = plan.state === 'PROPOSED' ? [PortfolioPlanLapsed(subject(plan))] : [];
  return { changes: { state: movePlan(plan.state, action) }, events };
}

export const reviewDue = (plan: Plan) => PortfolioReviewDue({ ...subject(plan), dueOn: plan.reviewOn });

/** When the plan is to be looked at again, and until when it may be accepted. */
export const datesOf = (
  { reviewMonths, planValidDays = 1 }: { reviewMonths: number; planValidDays?: number },
  today: string,
  now: Date,
) => ({
  reviewOn: plusMonths(today, reviewMonths),
  validUntil: new Date(now.getTime() + planValidDays * 86_400_000),
});
