import { GoalProgress } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { defineRefusals } from '@client-graph/kit/refusals';
import type { CampaignChannel } from '../campaigns/campaigns.rules.js';

export type GoalMetric = 'NEW_CLIENTS' | 'CONVERSIONS' | 'NET_NEW_ASSETS';
export type Goal = {
  id: string;
  name: string;
  metric: GoalMetric;
  firstDay: string;
  lastDay: string;
  target: Decimal;
  /** Of NET_NEW_ASSETS only. */
  currency: string | null;
  campaignId: string | null;
  channel: CampaignChannel | null;
  told: Decimal | null;
  toldOn: string | null;
  closedAt: Date | null;
};

export const refuse = defineRefusals({
  BAD_GOAL:
    'A goal ends on the day it begins or later and has a target above zero: a whole number of clients or conversions, or an amount in a currency for assets.',
  GOAL_NOT_OF_CAMPAIGN: 'Assets are not narrowed to a campaign or channel: whose money it is, no event says.',
  GOAL_CLOSED: 'The goal was given up before.',
});

type Facts = Pick<Goal, 'metric' | 'firstDay' | 'lastDay' | 'target' | 'currency' | 'campaignId' | 'channel'>;

/** Refuses BAD_GOAL and GOAL_NOT_OF_CAMPAIGN. */
export function checkGoal({ metric, firstDay, lastDay, target, currency, campaignId, channel }: Facts): void {
  const isMoney = metric === 'NET_NEW_ASSETS';
  const isSound =
    lastDay >= firstDay &&
    target.greaterThan(0) &&
    isMoney === (currency !== null) &&
    (isMoney || target.isInteger()) &&
    target.decimalPlaces() <= 2 &&
    target.lessThan('1e15');
  if (!isSound) throw refuse('BAD_GOAL');
  if (isMoney && (campaignId !== null || channel !== null)) throw refuse('GOAL_NOT_OF_CAMPAIGN');
}

/** What there is to tell of a goal: its progress where that has changed since it was last told. */
export function tell(
  goal: Goal,
  reached: Decimal,
  asOf: string,
): { changes: { told: Decimal; toldOn: string }; events: ReturnType<typeof GoalProgress>[] } | null {
  if (goal.closedAt !== null || asOf < goal.firstDay || goal.told?.equals(reached) === true) return null;
  return {
    changes: { told: reached, toldOn: asOf },
    events: [
      GoalProgress({
        goalId: goal.id,
        metric: goal.metric,
        target: goal.target.toFixed(),
        reached: reached.toFixed(),
        currency: goal.currency,
        asOf,
      }),
    ],
  };
}

/** How much of the target is reached, to four decimals; what has flown out again counts below zero. */
export const shareOf = (goal: Pick<Goal, 'target'>, reached: Decimal): Decimal =>
  reached.dividedBy(goal.target).toDecimalPlaces(4, Decimal.ROUND_HALF_UP);
