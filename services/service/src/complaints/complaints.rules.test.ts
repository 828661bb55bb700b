import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import type { WorkingCalendar } from '../calendar/calendar.rules.js';
import type { ClockTerms } from './clocks.rules.js';
import { STATUS_LABELS } from './complaints.labels.rules.js';
import {
  acknowledge,
  assign,
  type Complaint,
  type ComplaintAction,
  type ComplaintStatus,
  close,
  decline,
  EDGES,
  extend,
  followUp,
  investigate,
  merge,
  resolve,
  takeUpAgain,
  withdraw,
} from './complaints.rules.js';
import { watch } from './rectifications.rules.js';

const calendar: WorkingCalendar = { publishedYears: new Set([2026]), days: new Map() };
const terms: ClockTerms = {
  acknowledge: { amount: 1, unit: 'WORKING_DAYS' },
  decide: { amount: 15, unit: 'CALENDAR_DAYS' },
  summary: null,
  extensions: [
    { complexity: 'COMPLEX', total: 30, needsSecondPerson: false },
    { complexity: 'SPECIAL', total: 60, needsSecondPerson: true },
  ],
  reopenDays: 30,
  remedies: { EN: 'Review, mediation, arbitration, court.', ZH_HANS: '核查', ZH_HANT: '核查' },
};
const clock = { terms, calendar };
const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const CONCERNED = id(7);
const act = { by: id(1), now: new Date('2026-02-20T04:00:00.000Z') };

const aComplaint = (changes: Partial<Complaint> = {}): Complaint => ({
  id: id(100),
  clientId: id(200),
  status: 'RECEIVED',
  category: 'FEE',
  severity: 'MEDIUM',
  complexity: 'SIMPLE',
  receivedAt: new Date('2026-02-13T02:00:00.000Z'),
  clockFrom: new Date('2026-02-13T02:00:00.000Z'),
  acknowledgeDueAt: new Date('2026-02-14T15:59:59.000Z'),
  acknowledgeDueIsProvisional: false,
  dueAt: new Date('2026-02-28T15:59:59.000Z'),
  dueIsProvisional: false,
  concernedStaffIds: [CONCERNED],
  handlerId: id(1),
  rootCause: null,
  onTime: null,
  resolvedAt: null,
  resolvedBy: null,
  failedFollowUps: 2,
  endedAt: null,
  ...changes,
});
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'done';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
};

const decision = {
  findings: 'Found.',
  decision: 'Decided.',
  rootCause: 'PROCESS',
  locale: 'EN',
  adviserId: null,
} as const;
const isTold = {
  complexity: 'COMPLEX',
  toldAt: new Date('2026-02-20T03:00:00.000Z'),
  proposedBy: null,
} as const;
const RUN: Record<ComplaintAction, (complaint: Complaint, by?: typeof act) => { changes: object }> = {
  ASSIGN: (c, by = act) =>
    assign(c, { handlerId: id(2), reportsToId: null, adviserId: null, isRecusalChecked: true }, by),
  ACKNOWLEDGE: (c, by = act) => acknowledge(c, by),
  INVESTIGATE: (c, by = act) => investigate(c, by),
  EXTEND: (c, by = act) => extend(c, isTold, clock, by),
  RESOLVE: (c, by = act) => resolve(c, decision, clock, by),
  FOLLOW_UP: (c, by = act) => followUp(c, { isReached: true, satisfaction: 4 }, by),
  MISS: (c, by = act) => followUp(c, { isReached: false, satisfaction: null }, by),
  CLOSE: (c, by = act) => close(c, by),
  WITHDRAW: (c, by = act) => withdraw(c, by.now, by),
  DECLINE: (c, by = act) => decline(c, by),
  MERGE: (c, by = act) => merge(c, aComplaint({ id: id(101) }), by),
  REOPEN: (c, by = act) => takeUpAgain('REOPEN', c, clock, by),
  REVIEW: (c, by = act) => takeUpAgain('REVIEW', c, clock, by),
  DECIDE_REVIEW: (c, by = act) => resolve(c, decision, clock, by),
};
const statuses = Object.keys(STATUS_LABELS) as ComplaintStatus[];
const actions = Object.keys(EDGES) as ComplaintAction[];
/** `resolve` decides a case or the review of one, so it goes from both. */
const sharesRule = (action: ComplaintAction, status: ComplaintStatus) =>
  (action === 'RESOLVE' && status === 'UNDER_REVIEW') ||
  (action === 'DECIDE_REVIEW' && status === 'INVESTIGATING');

describe('every action in every state', () => {
  test.each(actions.flatMap((action) => statuses.map((status) => [action, status] as const)))(
    '%s of a complaint that is %s is done or refused as the table says',
    (action, status) => {
      const { from, to } = EDGES[action];
      const isAllowed = from.some((of) => of === status) || sharesRule(action, status);
      const complaint = aComplaint({ status });
      if (!isAllowed) return expect(codeOf(() => RUN[action](complaint))).toBe('WRONG_STATUS');
      const { changes } = RUN[action](complaint);
      expect({ status, ...changes }.status).toBe(to ?? status);
    },
  );
});

describe('impartiality', () => {
  test.each(actions.filter((action) => action !== 'WITHDRAW'))('nobody does %s about themself', (action) => {
    const complaint = aComplaint({ status: EDGES[action].from[0] });
    expect(codeOf(() => RUN[action](complaint, { ...act, by: CONCERNED }))).toBe('HANDLER_CONCERNED');
  });
  test.each([
    [
      'the person complained of',
      { handlerId: CONCERNED, reportsToId: null, adviserId: null, isRecusalChecked: true },
      'HANDLER_CONCERNED',
    ],
    [
      'one who reports to them',
      { handlerId: id(3), reportsToId: CONCERNED, adviserId: null, isRecusalChecked: true },
      'HANDLER_CONCERNED',
    ],
    [
      'somebody unchecked',
      { handlerId: id(3), reportsToId: null, adviserId: null, isRecusalChecked: false },
      'RECUSAL_NOT_CHECKED',
    ],
    [
      'somebody else',
      { handlerId: id(3), reportsToId: id(4), adviserId: id(5), isRecusalChecked: true },
      'done',
    ],
    [
      "the client's adviser",
      { handlerId: id(3), reportsToId: null, adviserId: id(3), isRecusalChecked: true },
      'HANDLER_CONCERNED',
    ],
  ])('given to %s: %s', (_, ask, code) => {
    expect(codeOf(() => assign(aComplaint(), ask, act))).toBe(code);
  });
});

describe('an extension', () => {
  const investigating = aComplaint({ status: 'INVESTIGATING' });
  const complex = aComplaint({ status: 'INVESTIGATING', complexity: 'COMPLEX' });
  const special = { ...isTold, complexity: 'SPECIAL', proposedBy: id(5) } as const;
  test.each([
    ['to COMPLEX counts 30 days from receipt', investigating, isTold, '2026-03-15T15:59:59.000Z'],
    ['to SPECIAL counts 60 days from receipt', complex, special, '2026-04-14T15:59:59.000Z'],
  ])('%s', (_, complaint, ask, dueAt) => {
    expect(extend(complaint, ask, clock, act).changes.dueAt.toISOString()).toBe(dueAt);
  });
  const late = { ...act, now: new Date('2026-02-28T16:00:00.000Z') };
  const justInTime = { ...act, now: new Date('2026-02-28T15:59:59.500Z') };
  test.each([
    ['in the last second', investigating, isTold, justInTime, 'done'],
    ['a moment after the due date', investigating, isTold, late, 'PAST_DUE'],
    ['to SPECIAL at once', investigating, special, act, 'NO_EXTENSION_LEFT'],
    ['to COMPLEX a second time', complex, isTold, act, 'NO_EXTENSION_LEFT'],
    ['to SPECIAL by one person', complex, { ...special, proposedBy: null }, act, 'NEEDS_SECOND_PERSON'],
    ['to SPECIAL by who proposed it', complex, { ...special, proposedBy: act.by }, act, 'SAME_PERSON'],
    ['told tomorrow', investigating, { ...isTold, toldAt: new Date('2026-02-21') }, act, 'TOLD_AT'],
    ['told before it came in', investigating, { ...isTold, toldAt: new Date('2026-02-01') }, act, 'TOLD_AT'],
  ])('%s: %s', (_, complaint, ask, by, code) => {
    expect(codeOf(() => extend(complaint, ask, clock, by))).toBe(code);
  });
  test('is not known to a profile without extensions', () => {
    const none = { terms: { ...terms, extensions: [] }, calendar };
    expect(codeOf(() => extend(investigating, isTold, none, act))).toBe('NO_EXTENSION_LEFT');
  });
});

describe('a decision', () => {
  const investigating = aComplaint({ status: 'INVESTIGATING' });
  test.each([
    ['2026-02-28T15:59:59.999Z', true],
    ['2026-02-28T16:00:00.000Z', false],
  ])('at %s is on time: %s', (at, onTime) => {
    const { changes, events } = resolve(investigating, decision, clock, { ...act, now: new Date(at) });
    expect([changes.onTime, events[0]?.data['onTime'], changes.remedies]).toEqual([
      onTime,
      onTime,
      terms.remedies.EN,
    ]);
  });
  test.each([
    ['without findings', { ...decision, findings: ' ' }, 'TEXT_LENGTH'],
    ['without words', { ...decision, decision: '' }, 'TEXT_LENGTH'],
  ])('%s is refused', (_, ask, code) => {
    expect(codeOf(() => resolve(investigating, ask, clock, act))).toBe(code);
  });
  test.each([
    ['2026-02-17', true],
    ['2026-02-19', false],
  ])('of UK_DISP on %s is a summary resolution: %s', (day, expected) => {
    const uk = { terms: { ...terms, summary: { amount: 3, unit: 'WORKING_DAYS' as const } }, calendar };
    const now = new Date(`${day}T04:00:00.000Z`);
    expect(resolve(investigating, decision, uk, { ...act, now }).changes.isSummaryResolution).toBe(expected);
  });
  test('of a review needs another person', () => {
    const reviewed = aComplaint({ status: 'UNDER_REVIEW', resolvedBy: act.by });
    expect(codeOf(() => resolve(reviewed, decision, clock, act))).toBe('SAME_PERSON');
  });
});

describe('the end', () => {
  test.each([
    [0, 'NOT_FOLLOWED_UP'],
    [1, 'NOT_FOLLOWED_UP'],
    [2, 'done'],
  ])('after %s failed attempts: %s', (failedFollowUps, code) => {
    expect(codeOf(() => close(aComplaint({ status: 'RESOLVED', failedFollowUps }), act))).toBe(code);
  });
  test.each([
    [true, 0, 'SATISFACTION'],
    [true, 6, 'SATISFACTION'],
    [false, 3, 'SATISFACTION'],
    [true, 5, 'done'],
    [true, null, 'done'],
  ])('reached %s with satisfaction %s: %s', (isReached, satisfaction, code) => {
    expect(codeOf(() => followUp(aComplaint({ status: 'RESOLVED' }), { isReached, satisfaction }, act))).toBe(
      code,
    );
  });
  test.each([
    ['2026-01-21T04:00:00.000Z', 'done'],
    ['2026-01-20T04:00:00.000Z', 'TOO_LATE'],
  ])('closed at %s and reopened on 20 February: %s', (endedAt, code) => {
    const closed = aComplaint({ status: 'CLOSED', endedAt: new Date(endedAt) });
    expect(codeOf(() => takeUpAgain('REOPEN', closed, clock, act))).toBe(code);
    expect(codeOf(() => takeUpAgain('REVIEW', closed, clock, act))).toBe(code);
  });
  test('reopened, its clock begins anew', () => {
    const { changes } = takeUpAgain(
      'REOPEN',
      aComplaint({ status: 'RESOLVED', resolvedAt: act.now, onTime: true }),
      clock,
      act,
    );
    expect(changes).toMatchObject({
      complexity: 'SIMPLE',
      onTime: null,
      dueAt: new Date('2026-03-07T15:59:59.000Z'),
    });
  });
  test.each([
    ['of another client', { clientId: id(201) }],
    ['of nobody known', { clientId: null }],
    ['of another category', { category: 'DELAY' as const }],
    ['that is decided', { status: 'RESOLVED' as const }],
    ['that is itself', { id: id(100) }],
  ])('is not merged into one %s', (_, changes) => {
    const into = aComplaint({ id: id(101), ...changes });
    expect(codeOf(() => merge(aComplaint(), into, act))).toBe('OTHER_COMPLAINANT');
  });
});

describe('a root cause', () => {
  const next = { id: id(300), now: act.now };
  test.each([
    [3, null, null, 0],
    [4, null, id(300), 1],
    [9, null, id(300), 1],
    [3, { id: id(301) }, id(301), 0],
  ])('after %s others and with %s open belongs to %s', (earlier, open, rectificationId, events) => {
    const watched = watch('PROCESS', earlier, open, next);
    expect([watched.rectificationId, watched.events.length]).toEqual([rectificationId, events]);
  });
});
