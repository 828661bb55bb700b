import { describe, expect, test } from '@jest/globals';
import { type CommunicationKind, GATE, type GateFacts, pass, quietUntil } from './gate.rules.js';

const NOON = new Date('2026-03-02T04:00:00.000Z');
const free: GateFacts = {
  status: 'ACTIVE',
  hasAddress: true,
  hasCareConsent: true,
  hasMarketingConsent: true,
  bereavedUntil: null,
  hasGraveComplaint: false,
  coolingOffUntil: null,
  sentInWeek: 0,
  isQingming: false,
};
const KINDS = ['CARE', 'MARKETING', 'PERIODIC', 'MATERIAL_EVENT', 'SERVICE'] as const;

/** Every fact that can stop a message → what becomes of each kind, in the order of KINDS. `-` is sent. */
const TABLE: [string, Partial<GateFacts>, readonly string[]][] = [
  ['nothing', {}, ['-', '-', '-', '-', '-']],
  ['an unknown client', { status: null }, Array(5).fill('CLIENT_UNKNOWN')],
  ...['CLOSED', 'MERGED', 'ERASED', 'DECEASED', 'PROSPECT'].map(
    (status): [string, Partial<GateFacts>, string[]] => [
      `a client who is ${status}`,
      { status },
      Array(5).fill('CLIENT_NOT_SERVED'),
    ],
  ),
  ['a restricted client', { status: 'RESTRICTED' }, ['RESTRICTED', 'RESTRICTED', 'RESTRICTED', '-', '-']],
  ['no consent to greetings', { hasCareConsent: false }, ['NO_CONSENT', '-', '-', '-', '-']],
  ['no consent to marketing', { hasMarketingConsent: false }, ['-', 'NO_CONSENT', '-', '-', '-']],
  ['a bereavement', { bereavedUntil: '2026-03-03' }, ['BEREAVED', 'BEREAVED', '-', '-', '-']],
  ['its last day', { bereavedUntil: '2026-03-02' }, ['BEREAVED', 'BEREAVED', '-', '-', '-']],
  ['the day after it', { bereavedUntil: '2026-03-01' }, ['-', '-', '-', '-', '-']],
  ['a grave complaint', { hasGraveComplaint: true }, ['GRAVE_COMPLAINT', 'GRAVE_COMPLAINT', '-', '-', '-']],
  [
    'a cooling-off',
    { coolingOffUntil: new Date('2026-03-02T04:00:00.001Z') },
    ['COOLING_OFF', 'COOLING_OFF', '-', '-', '-'],
  ],
  ['one that just ended', { coolingOffUntil: NOON }, ['-', '-', '-', '-', '-']],
  ['Qingming', { isQingming: true }, ['QINGMING', 'QINGMING', '-', '-', '-']],
  ['one message this week', { sentInWeek: 1 }, ['-', '-', '-', '-', '-']],
  ['two messages this week', { sentInWeek: 2 }, ['FREQUENCY', 'FREQUENCY', '-', '-', '-']],
  ['no address', { hasAddress: false }, Array(5).fill('NO_ADDRESS')],
];

describe('the gate', () => {
  test.each(
    TABLE.flatMap(([name, facts, expected]) =>
      KINDS.map((kind, index) => [name, kind, facts, expected[index]] as const),
    ),
  )('with %s does to %s what the table says', (_, kind, facts, expected) => {
    const decision = pass(kind, { ...free, ...facts }, NOON);
    expect(decision).toEqual(
      expected === '-' ? { outcome: 'SEND' } : { outcome: 'SUPPRESS', reason: expected },
    );
  });
  test('every row of it stops something above', () => {
    const seen = new Set(TABLE.flatMap(([, , expected]) => expected));
    expect(GATE.filter(({ reason }) => !seen.has(reason))).toEqual([]);
  });
  test('the first row that stops gives the reason', () => {
    expect(
      pass('CARE', { ...free, status: 'RESTRICTED', hasCareConsent: false, hasAddress: false }, NOON),
    ).toEqual({
      outcome: 'SUPPRESS',
      reason: 'RESTRICTED',
    });
  });
});

/** What can stop a message, in the order in which it is looked at, with the kinds it stops; written down apart from the rule. */
const ORDER: [string, Partial<GateFacts>, readonly CommunicationKind[]][] = [
  ['CLIENT_NOT_SERVED', { status: 'DECEASED' }, KINDS],
  ['RESTRICTED', { status: 'RESTRICTED' }, ['CARE', 'MARKETING', 'PERIODIC']],
  ['NO_CONSENT', { hasCareConsent: false }, ['CARE']],
  ['NO_CONSENT', { hasMarketingConsent: false }, ['MARKETING']],
  ['BEREAVED', { bereavedUntil: '2026-03-02' }, ['CARE', 'MARKETING']],
  ['GRAVE_COMPLAINT', { hasGraveComplaint: true }, ['CARE', 'MARKETING']],
  ['COOLING_OFF', { coolingOffUntil: new Date('2026-03-03T00:00:00.000Z') }, ['CARE', 'MARKETING']],
  ['QINGMING', { isQingming: true }, ['CARE', 'MARKETING']],
  ['FREQUENCY', { sentInWeek: 2 }, ['CARE', 'MARKETING']],
  ['NO_ADDRESS', { hasAddress: false }, KINDS],
];

test.each(KINDS)(
  'of all that can stop %s at once, in every combination, the first gives the reason',
  (kind) => {
    for (let mask = 0; mask < 2 ** ORDER.length; mask += 1) {
      // A client has one status: who has died is no longer restricted.
      if ((mask & 3) === 3) continue;
      const held = ORDER.filter((_, index) => mask & (1 << index));
      const facts: GateFacts = Object.assign({}, free, ...held.map(([, changes]) => changes));
      const reason = held.find(([, , kinds]) => kinds.includes(kind))?.[0];
      const decision = pass(kind, facts, NOON);
      expect(decision).toEqual(reason === undefined ? { outcome: 'SEND' } : { outcome: 'SUPPRESS', reason });
      // At night a message waits only if nothing stops it for good.
      const night = pass(kind, facts, new Date('2026-03-02T14:00:00.000Z'));
      const waits = ['CARE', 'MARKETING', 'PERIODIC'].includes(kind) ? 'DEFER' : 'SEND';
      expect(night.outcome).toBe(reason === undefined ? waits : 'SUPPRESS');
    }
  },
);

describe('the quiet hours', () => {
  const at = (time: string) => new Date(`2026-02-28T${time}+08:00`);
  test.each([
    ['08:29:59', '2026-02-28T00:30:00.000Z'],
    ['08:30:00', null],
    ['20:59:59', null],
    ['21:00:00', '2026-03-01T00:30:00.000Z'],
    ['00:00:00', '2026-02-28T00:30:00.000Z'],
  ])('at %s last until %s', (time, until) => {
    expect(quietUntil(at(time))?.toISOString() ?? null).toBe(until);
  });
  test.each<[CommunicationKind, boolean]>([
    ['CARE', true],
    ['MARKETING', true],
    ['PERIODIC', true],
    ['MATERIAL_EVENT', false],
    ['SERVICE', false],
  ])('%s waits for the morning: %s', (kind, waits) => {
    const until = new Date('2026-03-01T00:30:00.000Z');
    expect(pass(kind, free, at('22:00:00'))).toEqual(
      waits ? { outcome: 'DEFER', reason: 'QUIET_HOURS', until } : { outcome: 'SEND' },
    );
  });
});
