import { isRefusal } from '@client-graph/kit/refusals';
import { expect, test } from '@jest/globals';
import {
  accept,
  datesOf,
  decline,
  giveWay,
  movePlan,
  PLAN_ACTIONS,
  PLAN_MOVES,
  type Plan,
  type PlanAction,
  type PlanState,
} from './plans.rules.js';

// The state machine, typed out: each state with every way out of it.
const MOVES: Record<PlanState, string> = {
  PROPOSED: 'accept ACCEPTED, decline DECLINED, lapse LAPSED',
  ACCEPTED: 'replace REPLACED',
  DECLINED: '',
  LAPSED: '',
  REPLACED: '',
};
const states = Object.keys(PLAN_MOVES) as PlanState[];
const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
  return 'DONE';
};

test.each(states.flatMap((state) => PLAN_ACTIONS.map((action): [PlanState, PlanAction] => [state, action])))(
  '%s and %s: the table says what follows, and nothing else is possible',
  (state, action) => {
    const target = new Map(MOVES[state].split(', ').map((way) => way.split(' ') as [string, string])).get(
      action,
    );
    if (target === undefined) expect(codeOf(() => movePlan(state, action))).toBe('PLAN_NOT_OPEN');
    else expect(movePlan(state, action)).toBe(target);
  },
);

const NOW = new Date('2026-03-02T02:00:00.000Z');
const aPlan = (state: PlanState = 'PROPOSED'): Plan => ({
  id: '019c0000-0000-7000-8000-000000000001',
  clientId: '019c0000-0000-7000-8000-000000000002',
  currency: 'CNY',
  state,
  validUntil: NOW,
  reviewOn: '2026-09-02',
});

test('a plan is accepted through its last instant, and only with something to do', () => {
  expect(codeOf(() => accept(aPlan(), ['line'], NOW))).toBe('DONE');
  expect(codeOf(() => accept(aPlan(), ['line'], new Date(NOW.getTime() + 1)))).toBe('PLAN_LAPSED');
  expect(codeOf(() => accept(aPlan(), [], NOW))).toBe('NOTHING_TO_DO');
  expect(codeOf(() => decline(aPlan('ACCEPTED'), NOW))).toBe('PLAN_NOT_OPEN');
});

test('a later plan lets a waiting one lapse, which is told, and takes the place of an accepted one', () => {
  expect(giveWay(aPlan()).events.map(({ contract }) => contract.type)).toEqual(['portfolio.plan.lapsed']);
  expect(giveWay(aPlan('ACCEPTED'))).toEqual({ changes: { state: 'REPLACED' }, events: [] });
});

test.each([
  ['2026-01-31', 1, '2026-02-28'],
  ['2028-01-31', 1, '2028-02-29'],
  ['2028-02-29', 12, '2029-02-28'],
  ['2026-12-31', 6, '2027-06-30'],
])('proposed on %s and looked at after %d months: on %s', (today, reviewMonths, reviewOn) => {
  expect(datesOf({ reviewMonths, planValidDays: 7 }, today, NOW)).toEqual({
    reviewOn,
    validUntil: new Date('2026-03-09T02:00:00.000Z'),
  });
});
