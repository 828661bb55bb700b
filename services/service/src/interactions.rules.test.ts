import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import {
  CHANNEL_LABELS,
  DIRECTION_LABELS,
  type Interaction,
  type InteractionChannel,
  type InteractionDirection,
  log,
  mayReadSummary,
} from './interactions.rules.js';

const NOW = new Date('2026-03-02T02:00:00.000Z');
const STAFF = '01900000-0000-7000-8000-00000000000a';
const CLIENT = '01900000-0000-7000-8000-00000000000b';
const ID = '01900000-0000-7000-8000-00000000000c';
const SUBJECT = {
  code: 'PORTFOLIO',
  labels: { EN: 'Portfolio', ZH_HANS: '组合', ZH_HANT: '組合' },
  position: 3,
  isOffered: true,
};
const by = { staffId: STAFF, now: NOW, coolingOffUntil: null };

const aContact = (changes: Partial<Interaction> = {}) => ({
  id: ID,
  clientId: CLIENT,
  channel: 'PHONE' as InteractionChannel,
  direction: 'INBOUND' as InteractionDirection,
  at: new Date('2026-03-02T01:30:00.000Z'),
  subjectCode: 'PORTFOLIO',
  summary: 'Asked how the bond part has done.',
  confidentiality: 'NORMAL' as const,
  answeredAfterSeconds: null,
  participants: [],
  recordingReference: null,
  ...changes,
});
const codeOf = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
};
const outcome = (changes: Partial<Interaction>, subject: typeof SUBJECT | null = SUBJECT) =>
  codeOf(() => log(aContact(changes), subject, by));

test('a contact is written down with who and when, and told without its words', () => {
  const { interaction, events } = log(aContact({ summary: '  Asked.\n' }), SUBJECT, by);
  expect(interaction).toMatchObject({
    summary: 'Asked.',
    loggedBy: STAFF,
    loggedAt: NOW,
    subjectCode: 'PORTFOLIO',
  });
  expect(events.map((event) => [event.contract.type, event.data])).toEqual([
    [
      'interaction.logged',
      { clientId: CLIENT, interactionId: ID, channel: 'PHONE', subjectCode: 'PORTFOLIO' },
    ],
  ]);
});

describe('the instant', () => {
  test.each([
    [-1, null],
    [0, null],
    [1, 'IN_THE_FUTURE'],
  ])('%d ms from now: %s', (ms, code) => {
    expect(outcome({ at: new Date(NOW.getTime() + ms) })).toBe(code);
  });
});

describe('the summary', () => {
  test.each([
    ['nothing', '', 'SUMMARY_LENGTH'],
    ['blanks only', ' \n\t ', 'SUMMARY_LENGTH'],
    ['one character', 'x', null],
    ['4,000 characters', 'x'.repeat(4_000), null],
    ['4,001 characters', 'x'.repeat(4_001), 'SUMMARY_LENGTH'],
    ['4,000 ideographs beyond the basic plane', '𠮷'.repeat(4_000), null],
    ['4,001 of them', '𠮷'.repeat(4_001), 'SUMMARY_LENGTH'],
    ['several lines', 'one\r\ntwo\tthree', null],
    ['a NUL', 'a\u0000b', 'BAD_INPUT'],
    ['an escape', 'a\u001b[31mb', 'BAD_INPUT'],
  ])('of %s', (_, summary, code) => {
    expect(outcome({ summary })).toBe(code);
  });
});

describe('the subject', () => {
  test('must be one of the table', () => {
    expect(outcome({}, null)).toBe('UNKNOWN_SUBJECT');
  });

  test('must still be offered', () => {
    expect(outcome({}, { ...SUBJECT, isOffered: false })).toBe('UNKNOWN_SUBJECT');
  });
});

describe('the time to the answer', () => {
  const channels = Object.keys(CHANNEL_LABELS) as InteractionChannel[];
  const directions = Object.keys(DIRECTION_LABELS) as InteractionDirection[];

  test.each(channels.flatMap((channel) => directions.map((direction) => [channel, direction] as const)))(
    'is for incoming calls: %s %s',
    (channel, direction) => {
      const isIncomingCall = channel === 'PHONE' && direction === 'INBOUND';
      expect(outcome({ channel, direction, answeredAfterSeconds: 12 })).toBe(
        isIncomingCall ? null : 'NOT_AN_INCOMING_CALL',
      );
      expect(outcome({ channel, direction, answeredAfterSeconds: null })).toBeNull();
    },
  );

  test.each([
    [-1, 'ANSWER_TIME'],
    [0, null],
    [3_600, null],
    [3_601, 'ANSWER_TIME'],
  ])('of %d seconds: %s', (answeredAfterSeconds, code) => {
    expect(outcome({ answeredAfterSeconds })).toBe(code);
  });
});

describe('who may read a summary', () => {
  const writer = { id: STAFF, overseesAll: false };
  const other = { id: CLIENT, overseesAll: false };
  const overseer = { id: CLIENT, overseesAll: true };

  test.each([
    ['NORMAL', writer, true],
    ['NORMAL', other, true],
    ['NORMAL', overseer, true],
    ['CONFIDENTIAL', writer, true],
    ['CONFIDENTIAL', other, false],
    ['CONFIDENTIAL', overseer, true],
  ] as const)('%s, %o: %s', (confidentiality, reader, expected) => {
    expect(mayReadSummary({ confidentiality, loggedBy: STAFF }, reader)).toBe(expected);
  });
});

describe('who took part, and the recording', () => {
  const staff = { role: 'STAFF' as const, staffId: ID, name: null };
  const wife = { role: 'FAMILY' as const, staffId: null, name: 'Wife' };
  test.each<[string, Partial<Interaction>, string | null]>([
    ['staff and family', { participants: [staff, wife] }, null],
    ['ten', { participants: Array(10).fill(wife) }, null],
    ['eleven', { participants: Array(11).fill(wife) }, 'PARTICIPANTS'],
    ['staff without an id', { participants: [{ ...staff, staffId: null }] }, 'PARTICIPANTS'],
    ['staff by name', { participants: [{ ...staff, name: 'x' }] }, 'PARTICIPANTS'],
    ['family without a name', { participants: [{ ...wife, name: null }] }, 'PARTICIPANTS'],
    ['family of blanks', { participants: [{ ...wife, name: ' ' }] }, 'PARTICIPANTS'],
    ['a name of two lines', { participants: [{ ...wife, name: 'a\nb' }] }, 'PARTICIPANTS'],
    ['a recording', { recordingReference: 'REC-2026/0001' }, null],
    ['a recording of no name', { recordingReference: ' ' }, 'RECORDING_REFERENCE'],
    ['a recording of 201 characters', { recordingReference: 'x'.repeat(201) }, 'RECORDING_REFERENCE'],
  ])('%s: %s', (_, changes, code) => {
    const now = new Date('2026-03-02T02:00:00.000Z');
    expect(codeOf(() => log(aContact(changes), SUBJECT, { staffId: ID, now, coolingOffUntil: null }))).toBe(
      code,
    );
  });
});

test.each([
  ['OUTBOUND', '2026-03-02T01:30:00.001Z', true],
  ['OUTBOUND', '2026-03-02T01:30:00.000Z', false],
  ['OUTBOUND', null, false],
  ['INBOUND', '2026-03-09T00:00:00.000Z', false],
] as const)(
  'a contact %s while an order is thought over until %s is marked: %s',
  (direction, until, expected) => {
    const coolingOffUntil = until === null ? null : new Date(until);
    const { interaction } = log(aContact({ direction }), SUBJECT, { ...by, coolingOffUntil });
    expect(interaction.inCoolingOff).toBe(expected);
  },
);
