import { defineRefusals } from '@client-graph/kit/refusals';
import type { HouseholdRole } from '../households/households.rules.js';

export type WallStatus = 'PROPOSED' | 'IN_FORCE' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED' | 'LIFTED';

export const refuseWall = defineRefusals({
  WALL_STATE: 'The wall is not in a state that allows this.',
  WALL_STANDS: 'A wall between these two stands or is proposed already.',
  WALLED: 'A wall stands between the two advisers: the client cannot go from one to the other.',
});

/** The way of a wall: action → the states it leaves and the one it leads to. Lifting is proposed and decided like raising. */
export const WALL_TRANSITIONS = {
  APPROVE: { from: ['PROPOSED'], to: 'IN_FORCE' },
  REJECT: { from: ['PROPOSED'], to: 'REJECTED' },
  WITHDRAW: { from: ['PROPOSED'], to: 'WITHDRAWN' },
  EXPIRE: { from: ['PROPOSED'], to: 'EXPIRED' },
  PROPOSE_LIFT: { from: ['IN_FORCE'], to: 'IN_FORCE' },
  APPROVE_LIFT: { from: ['IN_FORCE'], to: 'LIFTED' },
  KEEP: { from: ['IN_FORCE'], to: 'IN_FORCE' },
} as const satisfies Record<string, { from: readonly WallStatus[]; to: WallStatus }>;
export type WallAction = keyof typeof WALL_TRANSITIONS;

/** The state that an action leads to; refuses WALL_STATE where the table has no way. */
export function moveWall(status: WallStatus, action: WallAction): WallStatus {
  const { from, to }: { from: readonly WallStatus[]; to: WallStatus } = WALL_TRANSITIONS[action];
  if (!from.includes(status)) throw refuseWall('WALL_STATE', { status, allowed: from });
  return to;
}

/**
 * For which members the head of a household stands, so that the head's adviser may look at their records (`domain.md` 3.0, ADVISER).
 * Grown-up siblings and others keep their affairs apart: minimum collection (PIPL Art. 6).
 */
const STANDS_FOR: Record<HouseholdRole, boolean> = {
  HEAD: false,
  SPOUSE: true,
  CHILD: true,
  PARENT: true,
  SIBLING: false,
  OTHER: false,
};

export const ROLES_STOOD_FOR = Object.entries(STANDS_FOR).flatMap(([role, stands]) => (stands ? [role] : []));
