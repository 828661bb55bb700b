import { defineRefusals } from '@client-graph/kit/refusals';

export type HoldStatus = 'PROPOSED' | 'IN_FORCE' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED' | 'LIFTED';
export type Hold = { status: HoldStatus; itemIds: readonly string[]; liftId: string | null };

export const refuseHold = defineRefusals({
  HOLD_STATE: 'The hold is not in a state that allows this.',
  HELD: 'A legal hold is on the file: it is kept until the hold is lifted, whatever its retention says.',
});

/** The way of a hold: action → the states it leaves and the one it leads to. Lifting is proposed and decided like setting. */
export const HOLD_TRANSITIONS = {
  APPROVE: { from: ['PROPOSED'], to: 'IN_FORCE' },
  REJECT: { from: ['PROPOSED'], to: 'REJECTED' },
  WITHDRAW: { from: ['PROPOSED'], to: 'WITHDRAWN' },
  EXPIRE: { from: ['PROPOSED'], to: 'EXPIRED' },
  PROPOSE_LIFT: { from: ['IN_FORCE'], to: 'IN_FORCE' },
  APPROVE_LIFT: { from: ['IN_FORCE'], to: 'LIFTED' },
  KEEP: { from: ['IN_FORCE'], to: 'IN_FORCE' },
} as const satisfies Record<string, { from: readonly HoldStatus[]; to: HoldStatus }>;
export type HoldAction = keyof typeof HOLD_TRANSITIONS;

/** The state that an action leads to; refuses HOLD_STATE where the table has no way. */
export function moveHold(status: HoldStatus, action: HoldAction): HoldStatus {
  const { from, to }: { from: readonly HoldStatus[]; to: HoldStatus } = HOLD_TRANSITIONS[action];
  if (!from.includes(status)) throw refuseHold('HOLD_STATE', { status, allowed: from });
  return to;
}

/** Whether a hold keeps what it is on. It does from its proposal on: what was destroyed meanwhile would not come back. */
export const holds = ({ status }: Pick<Hold, 'status'>): boolean =>
  status === 'PROPOSED' || status === 'IN_FORCE';

/** Whether one of the holds is on this item; one that names no items is on all. */
export const isHeld = (of: readonly Hold[], itemId: string): boolean =>
  of.some((hold) => holds(hold) && (hold.itemIds.length === 0 || hold.itemIds.includes(itemId)));
