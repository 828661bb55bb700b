import { defineRefusals } from '@client-graph/kit/refusals';

export type AccessStatus =
  | 'REQUESTED'
  | 'APPROVED'
  | 'REJECTED'
  | 'WITHDRAWN'
  | 'OPEN'
  | 'EXPIRED'
  | 'RETURNED';
export type AccessPurpose =
  | 'CLIENT_SERVICE'
  | 'CLIENT_REQUEST'
  | 'COMPLAINT'
  | 'INSPECTION'
  | 'INVESTIGATION'
  | 'LEGAL_PROCEEDING'
  | 'REGULATOR';
export type Access = {
  status: AccessStatus;
  requesterId: string;
  itemIds: readonly string[];
  hours: number;
  decidedAt: Date | null;
  closesAt: Date | null;
};

export const refuseAccess = defineRefusals({
  ACCESS_STATE: 'The access is not in a state that allows this.',
  NOT_THE_REQUESTER: 'Only whoever has asked for the access uses and returns it.',
  WINDOW_CLOSED: 'The time of this access is over: ask for another.',
  HOURS_IMPOSSIBLE: 'A file is open for 1 to 8 hours.',
  ITEMS_NEEDED: 'Name at least 1 and at most 200 items of the file of this client.',
  ITEM_NOT_NAMED: 'The access was given for other items: ask for this one.',
});

/** The way of an access (`domain.md` 3.1.7): action → the states it leaves and the one it leads to. */
export const ACCESS_TRANSITIONS = {
  APPROVE: { from: ['REQUESTED'], to: 'APPROVED' },
  REJECT: { from: ['REQUESTED'], to: 'REJECTED' },
  WITHDRAW: { from: ['REQUESTED'], to: 'WITHDRAWN' },
  OPEN: { from: ['APPROVED'], to: 'OPEN' },
  READ: { from: ['OPEN'], to: 'OPEN' },
  RETURN: { from: ['OPEN'], to: 'RETURNED' },
  EXPIRE: { from: ['REQUESTED', 'APPROVED', 'OPEN'], to: 'EXPIRED' },
} as const satisfies Record<string, { from: readonly AccessStatus[]; to: AccessStatus }>;
export type AccessAction = keyof typeof ACCESS_TRANSITIONS;

/** The state that an action leads to; refuses ACCESS_STATE where the table has no way. */
export function moveAccess(status: AccessStatus, action: AccessAction): AccessStatus {
  const { from, to }: { from: readonly AccessStatus[]; to: AccessStatus } = ACCESS_TRANSITIONS[action];
  if (!from.includes(status)) throw refuseAccess('ACCESS_STATE', { status, allowed: from });
  return to;
}

const HOURS_MAX = 8;
const ITEMS_MAX = 200;
/** An approval that nobody uses for so many hours lapses. */
const UNUSED_HOURS = 72;
const hours = (count: number) => count * 3_600_000;

/** The items that are asked for, each once. Refuses HOURS_IMPOSSIBLE and ITEMS_NEEDED. */
export function itemsAsked(itemIds: readonly string[], forHours: number): string[] {
  if (!Number.isInteger(forHours) || forHours < 1 || forHours > HOURS_MAX)
    throw refuseAccess('HOURS_IMPOSSIBLE', { max: HOURS_MAX });
  const items = [...new Set(itemIds.map((id) => id.toLowerCase()))];
  if (items.length === 0 || items.length > ITEMS_MAX) throw refuseAccess('ITEMS_NEEDED', { max: ITEMS_MAX });
  return items;
}

/** Opens an approved access: the window begins now and is never longer than eight hours. */
export function openWindow(
  access: Access,
  staffId: string,
  now: Date,
): { status: AccessStatus; closesAt: Date } {
  mustAsk(access, staffId);
  const status = moveAccess(access.status, 'OPEN');
  if (isUnused(access, now)) throw refuseAccess('WINDOW_CLOSED');
  return { status, closesAt: new Date(now.getTime() + hours(Math.min(access.hours, HOURS_MAX))) };
}

/** Whether this person may read these items now. */
export function mayRead(access: Access, staffId: string, itemIds: readonly string[], now: Date): void {
  mustAsk(access, staffId);
  moveAccess(access.status, 'READ');
  if (access.closesAt === null || now >= access.closesAt) throw refuseAccess('WINDOW_CLOSED');
  if (itemIds.some((id) => !access.itemIds.includes(id))) throw refuseAccess('ITEM_NOT_NAMED');
}

/** Ends a window before its time, by whoever has it. */
export function returnAccess(access: Access, staffId: string): AccessStatus {
  mustAsk(access, staffId);
  return moveAccess(access.status, 'RETURN');
}

/** Whether an access has ended by time alone: its window is over, or nobody has opened it. */
export const isOver = (access: Access, now: Date): boolean =>
  access.status === 'OPEN' ? access.closesAt === null || now >= access.closesAt : isUnused(access, now);

const isUnused = ({ status, decidedAt }: Access, now: Date): boolean =>
  status === 'APPROVED' && decidedAt !== null && now.getTime() >= decidedAt.getTime() + hours(UNUSED_HOURS);

function mustAsk({ requesterId }: Access, staffId: string): void {
  if (requesterId !== staffId) throw refuseAccess('NOT_THE_REQUESTER');
}
