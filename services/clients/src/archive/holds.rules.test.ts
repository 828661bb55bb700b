import { isRefusal } from '@client-graph/kit/refusals';
import { expect, test } from '@jest/globals';
import { HOLD_TRANSITIONS, type HoldAction, type HoldStatus, isHeld, moveHold } from './holds.rules.js';

const STATUSES: HoldStatus[] = ['PROPOSED', 'IN_FORCE', 'REJECTED', 'WITHDRAWN', 'EXPIRED', 'LIFTED'];
const WAY: Partial<Record<`${HoldStatus} ${HoldAction}`, HoldStatus>> = {
  'PROPOSED APPROVE': 'IN_FORCE',
  'PROPOSED REJECT': 'REJECTED',
  'PROPOSED WITHDRAW': 'WITHDRAWN',
  'PROPOSED EXPIRE': 'EXPIRED',
  'IN_FORCE PROPOSE_LIFT': 'IN_FORCE',
  'IN_FORCE APPROVE_LIFT': 'LIFTED',
  'IN_FORCE KEEP': 'IN_FORCE',
};
const ACTIONS = Object.keys(HOLD_TRANSITIONS) as HoldAction[];

test.each(STATUSES.flatMap((status) => ACTIONS.map((action) => [status, action] as const)))(
  'a hold that is %s: %s',
  (status, action) => {
    const outcome = () => {
      try {
        return moveHold(status, action);
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return error.code;
      }
    };
    expect(outcome()).toBe(WAY[`${status} ${action}`] ?? 'HOLD_STATE');
  },
);

test.each<[HoldStatus, string[], boolean]>([
  ['PROPOSED', [], true],
  ['IN_FORCE', [], true],
  ['IN_FORCE', ['a'], true],
  ['IN_FORCE', ['b'], false],
  ['REJECTED', [], false],
  ['WITHDRAWN', [], false],
  ['EXPIRED', [], false],
  ['LIFTED', [], false],
])('a hold that is %s on %j holds item a: %s', (status, itemIds, expected) => {
  expect(isHeld([{ status, itemIds, liftId: null }], 'a')).toBe(expected);
});
