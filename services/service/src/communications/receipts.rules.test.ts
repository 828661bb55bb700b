import { describe, expect, test } from '@jest/globals';
import type { CommunicationState } from './communications.rules.js';
import { isFresh, RECEIPTS, type ReceiptOutcome, readReports, receive } from './receipts.rules.js';

const id = '01900000-0000-7000-8000-000000000001';
const now = new Date('2026-03-02T04:00:00.000Z');
const second = (n: number) => new Date(now.getTime() - 60_000 + n * 1_000);
const aMessage = {
  id,
  clientId: id,
  kind: 'SERVICE',
  channel: 'SMS',
  templateId: id,
  state: 'SENT' as CommunicationState,
  attempts: 1,
  reportedAt: null as Date | null,
  endedAt: null as Date | null,
} as const;
const OUTCOMES = ['DELIVERED', 'READ', 'BOUNCED'] as const;
const resultOf = (
  changes: Partial<{
    state: CommunicationState;
    attempts: number;
    reportedAt: Date | null;
    endedAt: Date | null;
  }>,
  outcome: ReceiptOutcome,
  at = second(5),
) => receive({ ...aMessage, ...changes }, { outcome, reason: null, at }, now).result;

describe('a report', () => {
  test.each([
    ['SENT', 'DELIVERED', 'TAKEN'],
    ['SENT', 'READ', 'TAKEN'],
    ['SENT', 'BOUNCED', 'TAKEN'],
    ['UNCERTAIN', 'DELIVERED', 'TAKEN'],
    ['UNCERTAIN', 'READ', 'TAKEN'],
    ['UNCERTAIN', 'BOUNCED', 'TAKEN'],
    ['QUEUED', 'DELIVERED', 'TAKEN'],
    ['QUEUED', 'READ', 'TAKEN'],
    ['QUEUED', 'BOUNCED', 'TAKEN'],
    ['SENDING', 'DELIVERED', 'EARLY'],
    ['SENDING', 'READ', 'EARLY'],
    ['SENDING', 'BOUNCED', 'EARLY'],
    ['DELIVERED', 'DELIVERED', 'KNOWN'],
    ['DELIVERED', 'READ', 'TAKEN'],
    ['DELIVERED', 'BOUNCED', 'TAKEN'],
    ['BOUNCED', 'DELIVERED', 'TAKEN'],
    ['BOUNCED', 'READ', 'TAKEN'],
    ['BOUNCED', 'BOUNCED', 'KNOWN'],
    ['READ', 'DELIVERED', 'KNOWN'],
    ['READ', 'READ', 'KNOWN'],
    ['READ', 'BOUNCED', 'KNOWN'],
    ['SUPPRESSED', 'DELIVERED', 'NOT_SENT'],
    ['SUPPRESSED', 'READ', 'NOT_SENT'],
    ['SUPPRESSED', 'BOUNCED', 'NOT_SENT'],
  ] as const)('on a message that is %s: %s is %s', (state, outcome, expected) => {
    expect(resultOf({ state }, outcome)).toBe(expected);
  });

  test('the table above has a row for every state and outcome', () => {
    expect(Object.keys(RECEIPTS)).toHaveLength(8);
  });

  test.each(OUTCOMES)('%s on a message that was never handed over is of no message of ours', (outcome) => {
    expect(resultOf({ state: 'QUEUED', attempts: 0 }, outcome)).toBe('NOT_SENT');
  });

  test.each([
    ['DELIVERED', 'BOUNCED', 4, 'KNOWN'],
    ['DELIVERED', 'BOUNCED', 5, 'TAKEN'],
    ['DELIVERED', 'BOUNCED', 6, 'TAKEN'],
    ['BOUNCED', 'DELIVERED', 4, 'KNOWN'],
    ['BOUNCED', 'DELIVERED', 5, 'KNOWN'],
    ['BOUNCED', 'DELIVERED', 6, 'TAKEN'],
  ] as const)('%s at second 5, then told %s of second %s: %s', (state, outcome, at, expected) => {
    expect(resultOf({ state, reportedAt: second(5) }, outcome, second(at))).toBe(expected);
  });
});

/** Everything that can be reported of one message, in every order: the end is one and the same. */
test('the order in which reports arrive, and how often, makes no difference', () => {
  const told = OUTCOMES.flatMap((outcome) => [1, 2].map((at) => ({ outcome, reason: null, at: second(at) })));
  for (let chosen = 1; chosen < 1 << told.length; chosen += 1) {
    const set = told.filter((_, n) => chosen & (1 << n));
    const ends = new Set(
      orders(set).map((order) => {
        let message: Parameters<typeof receive>[0] = aMessage;
        for (const receipt of [...order, ...order])
          message = { ...message, ...receive(message, receipt, now).changes };
        return message.state;
      }),
    );
    expect([set, [...ends]]).toEqual([set, [expect.any(String)]]);
  }
});

function orders<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, n) =>
    orders(items.filter((_, other) => other !== n)).map((rest) => [item, ...rest]),
  );
}

test.each([
  ['SENT', 'DELIVERED', ['communication.delivered']],
  ['SENT', 'READ', ['communication.delivered']],
  ['DELIVERED', 'READ', []],
  ['SENT', 'BOUNCED', ['communication.bounced']],
  ['DELIVERED', 'DELIVERED', []],
] as const)('%s, then %s: told is %j', (state, outcome, types) => {
  const { events } = receive({ ...aMessage, state }, { outcome, reason: null, at: now }, now);
  expect(events.map(({ contract }) => contract.type)).toEqual(types);
});

describe('a post of reports', () => {
  const one = {
    messageId: id,
    outcome: 'BOUNCED',
    reason: 'UNKNOWN_NUMBER',
    at: '2026-03-02T11:59:00+08:00',
  };
  test('is read, an instant in whatever zone, one of the future as now', () => {
    const told = {
      reports: [
        one,
        { messageId: 'x', outcome: 'READ', at: '2027-01-01T00:00:00Z' },
        { messageId: id, outcome: 'DELIVERED' },
      ],
    };
    expect(readReports(told, now)).toEqual({
      reports: [
        {
          messageId: id,
          outcome: 'BOUNCED',
          reason: 'UNKNOWN_NUMBER',
          at: new Date('2026-03-02T03:59:00.000Z'),
        },
        { messageId: 'x', outcome: 'READ', reason: null, at: now },
        { messageId: id, outcome: 'DELIVERED', reason: null, at: now },
      ],
    });
  });
  test.each([
    ['nothing', undefined, ['']],
    ['no reports', { reports: [] }, ['reports']],
    ['a hundred and one', { reports: Array(101).fill(one) }, ['reports']],
    ['an outcome that is none', { reports: [{ ...one, outcome: 'LOST' }] }, ['reports.0.outcome']],
    [
      'words instead of a code',
      { reports: [{ ...one, reason: 'Number 138… is not known' }] },
      ['reports.0.reason'],
    ],
    ['a day instead of an instant', { reports: [{ ...one, at: '2026-03-02' }] }, ['reports.0.at']],
  ])('with %s is refused with the place', (_, body, places) => {
    expect(readReports(body, now)).toEqual({ places });
  });
  test.each([
    [-301, false],
    [-300, true],
    [0, true],
    [300, true],
    [301, false],
  ])('signed %s seconds from now is fresh: %s', (seconds, expected) => {
    expect(isFresh(String(now.getTime() / 1_000 + seconds), now)).toBe(expected);
  });
  test.each(['', 'now', '1e9', '-5'])('signed at %j is not', (timestamp) => {
    expect(isFresh(timestamp, now)).toBe(false);
  });
});
