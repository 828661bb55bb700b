import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import {
  ACCESS_TRANSITIONS,
  type Access,
  type AccessAction,
  type AccessStatus,
  isOver,
  itemsAsked,
  mayRead,
  moveAccess,
  openWindow,
  returnAccess,
} from './access.rules.js';

const STATUSES: AccessStatus[] = [
  'REQUESTED',
  'APPROVED',
  'REJECTED',
  'WITHDRAWN',
  'OPEN',
  'EXPIRED',
  'RETURNED',
];
const WAY: Partial<Record<`${AccessStatus} ${AccessAction}`, AccessStatus>> = {
  'REQUESTED APPROVE': 'APPROVED',
  'REQUESTED REJECT': 'REJECTED',
  'REQUESTED WITHDRAW': 'WITHDRAWN',
  'REQUESTED EXPIRE': 'EXPIRED',
  'APPROVED OPEN': 'OPEN',
  'APPROVED EXPIRE': 'EXPIRED',
  'OPEN READ': 'OPEN',
  'OPEN RETURN': 'RETURNED',
  'OPEN EXPIRE': 'EXPIRED',
};
const outcome = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
};

const ACTIONS = Object.keys(ACCESS_TRANSITIONS) as AccessAction[];
test.each(STATUSES.flatMap((status) => ACTIONS.map((action) => [status, action] as const)))(
  'an access that is %s: %s',
  (status, action) => {
    expect(outcome(() => moveAccess(status, action))).toBe(WAY[`${status} ${action}`] ?? 'ACCESS_STATE');
  },
);

const decidedAt = new Date('2026-03-02T00:00:00Z');
const at = (hours: number) => new Date(decidedAt.getTime() + hours * 3_600_000);
const anAccess = (changes: Partial<Access> = {}): Access => ({
  status: 'OPEN',
  requesterId: 'me',
  itemIds: ['a', 'b'],
  hours: 8,
  decidedAt,
  closesAt: at(8),
  ...changes,
});

describe('a window', () => {
  test.each<[string, Partial<Access>, string, Date, unknown]>([
    [
      'opens for the hours allowed',
      { status: 'APPROVED', hours: 2 },
      'me',
      at(1),
      { status: 'OPEN', closesAt: at(3) },
    ],
    [
      'is never longer than eight hours',
      { status: 'APPROVED', hours: 9 },
      'me',
      at(1),
      { status: 'OPEN', closesAt: at(9) },
    ],
    ['is not opened by another', { status: 'APPROVED' }, 'you', at(1), 'NOT_THE_REQUESTER'],
    ['is not opened twice', {}, 'me', at(1), 'ACCESS_STATE'],
    [
      'opens just before 72 hours',
      { status: 'APPROVED' },
      'me',
      new Date(at(72).getTime() - 1),
      { status: 'OPEN', closesAt: new Date(at(80).getTime() - 1) },
    ],
    ['opens no more after 72 hours', { status: 'APPROVED' }, 'me', at(72), 'WINDOW_CLOSED'],
  ])('%s', (_, changes, by, now, expected) => {
    expect(outcome(() => openWindow(anAccess(changes), by, now))).toEqual(expected);
  });

  test.each<[string, Partial<Access>, string, string[], Date, unknown]>([
    ['is read by whoever has asked', {}, 'me', ['a'], at(7.9), undefined],
    ['is closed at its last instant', {}, 'me', ['a'], at(8), 'WINDOW_CLOSED'],
    ['is read by nobody else', {}, 'you', ['a'], at(1), 'NOT_THE_REQUESTER'],
    ['shows only what was named', {}, 'me', ['a', 'c'], at(1), 'ITEM_NOT_NAMED'],
    [
      'shows nothing before it is open',
      { status: 'APPROVED', closesAt: null },
      'me',
      ['a'],
      at(1),
      'ACCESS_STATE',
    ],
    ['shows nothing once returned', { status: 'RETURNED' }, 'me', ['a'], at(1), 'ACCESS_STATE'],
  ])('%s', (_, changes, by, items, now, expected) => {
    expect(outcome(() => mayRead(anAccess(changes), by, items, now))).toEqual(expected);
  });

  test('is returned by whoever has it', () => {
    expect(outcome(() => returnAccess(anAccess(), 'me'))).toBe('RETURNED');
    expect(outcome(() => returnAccess(anAccess(), 'you'))).toBe('NOT_THE_REQUESTER');
    expect(outcome(() => returnAccess(anAccess({ status: 'EXPIRED' }), 'me'))).toBe('ACCESS_STATE');
  });

  test('is over at its last instant, an approval after 72 hours, a request by no time of its own', () => {
    expect(isOver(anAccess(), at(7.99))).toBe(false);
    expect(isOver(anAccess(), at(8))).toBe(true);
    expect(isOver(anAccess({ status: 'APPROVED' }), at(71))).toBe(false);
    expect(isOver(anAccess({ status: 'APPROVED' }), at(72))).toBe(true);
    expect(isOver(anAccess({ status: 'REQUESTED', decidedAt: null }), at(999))).toBe(false);
  });
});

test.each<[string[], number, unknown]>([
  [['A', 'a'], 1, ['a']],
  [['a'], 8, ['a']],
  [['a'], 0, 'HOURS_IMPOSSIBLE'],
  [['a'], 9, 'HOURS_IMPOSSIBLE'],
  [['a'], 1.5, 'HOURS_IMPOSSIBLE'],
  [[], 1, 'ITEMS_NEEDED'],
  [Array.from({ length: 201 }, (_, n) => String(n)), 1, 'ITEMS_NEEDED'],
])('%# items asked for', (items, hours, expected) => {
  expect(outcome(() => itemsAsked(items, hours))).toEqual(expected);
});
