import { describe, expect, test } from '@jest/globals';
import { firstContactDue, isFirstContactLate } from './clocks.rules.js';
import { checkConsent, isContactable, normalEmail, normalMobile, normalUscc } from './contact.rules.js';
import { aLead, CLOCKS } from './leads.fixture.js';
import {
  advance,
  checkReferral,
  disqualify,
  inOrder,
  type LeadAction,
  type LeadStage,
  lose,
  reopen,
  seesLead,
  touch,
} from './leads.rules.js';

const NOW = new Date('2026-03-04T02:00:00.000Z');
const ADVISER = '01940000-0000-7000-8000-000000000001';

const code = (work: () => unknown): string => {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('stages move along the edges of the policy and no others', () => {
  const STAGES: LeadStage[] = ['NEW', 'CONTACTED', 'FOLLOWING_UP', 'CONVERTED', 'LOST', 'DISQUALIFIED'];
  const ACTIONS: LeadAction[] = [
    'ATTEMPT',
    'CONTACT',
    'FOLLOW_UP',
    'CONVERT',
    'LOSE',
    'DISQUALIFY',
    'REOPEN',
  ];
  // Written from domain 3.6.2, not from the table: action → stage after, by stage before; absent is refused.
  const EDGES: Record<string, LeadStage> = {
    'NEW ATTEMPT': 'NEW',
    'NEW CONTACT': 'CONTACTED',
    'NEW LOSE': 'LOST',
    'NEW DISQUALIFY': 'DISQUALIFIED',
    'CONTACTED ATTEMPT': 'CONTACTED',
    'CONTACTED CONTACT': 'CONTACTED',
    'CONTACTED FOLLOW_UP': 'FOLLOWING_UP',
    'CONTACTED LOSE': 'LOST',
    'FOLLOWING_UP ATTEMPT': 'FOLLOWING_UP',
    'FOLLOWING_UP FOLLOW_UP': 'FOLLOWING_UP',
    'FOLLOWING_UP CONVERT': 'CONVERTED',
    'FOLLOWING_UP LOSE': 'LOST',
    'LOST REOPEN': 'NEW',
  };
  test.each(STAGES.flatMap((stage) => ACTIONS.map((action) => [stage, action] as const)))(
    '%s, %s',
    (stage, action) => {
      const expected = EDGES[`${stage} ${action}`];
      const work = () => advance(aLead({ stage, reached: 'NEW' }), [action], NOW, CLOCKS);
      if (expected === undefined) {
        expect(code(work)).toBe('WRONG_STAGE');
        return;
      }
      const { changes, moves } = work();
      expect(changes.stage).toBe(expected);
      expect(moves).toHaveLength(expected === stage ? 0 : 1);
    },
  );
});

describe('what a move changes', () => {
  test('the first contact keeps its instant and states itself once', () => {
    const step = advance(aLead(), ['CONTACT'], NOW, CLOCKS);
    expect(step.changes).toMatchObject({
      stage: 'CONTACTED',
      reached: 'CONTACTED',
      firstContactAt: NOW,
      lastAt: NOW,
    });
    expect(step.events.map((event) => event.contract.type)).toEqual(['lead.contacted']);
    expect(advance(aLead({ stage: 'CONTACTED' }), ['CONTACT'], NOW, CLOCKS).events).toEqual([]);
  });

  test('a new cycle begins anew and forgets nothing that was reached', () => {
    const { changes, moves, events } = reopen(
      aLead({ stage: 'LOST', reached: 'FOLLOWING_UP', reason: 'TIMING', firstContactAt: NOW }),
      NOW,
      CLOCKS,
    );
    expect(changes).toMatchObject({
      stage: 'NEW',
      cycle: 2,
      reason: null,
      firstContactAt: null,
      reached: 'FOLLOWING_UP',
      firstContactDueOn: '2026-03-05',
    });
    expect(moves).toEqual([{ from: 'LOST', to: 'NEW', at: NOW, cycle: 2, reason: null }]);
    expect(events[0]?.contract.type).toBe('lead.reopened');
  });

  test('the reason stands in the lead, the move and the event', () => {
    const step = disqualify(aLead(), 'UNDER_AGE', NOW, CLOCKS);
    expect([step.changes.reason, step.moves[0]?.reason, step.events[0]?.data['reason']]).toEqual([
      'UNDER_AGE',
      'UNDER_AGE',
      'UNDER_AGE',
    ]);
  });

  test('an instant before the last one becomes the last one', () => {
    const lastAt = new Date('2026-03-05T00:00:00.000Z');
    expect(advance(aLead({ lastAt }), ['CONTACT'], NOW, CLOCKS).moves[0]?.at).toEqual(lastAt);
  });

  test('moves of one instant are told in the order they followed each other', () => {
    const { moves } = advance(
      aLead({ stage: 'LOST' }),
      ['REOPEN', 'CONTACT', 'FOLLOW_UP', 'CONVERT'],
      NOW,
      CLOCKS,
    );
    expect(inOrder([...moves].reverse()).map((m) => m.to)).toEqual([
      'NEW',
      'CONTACTED',
      'FOLLOWING_UP',
      'CONVERTED',
    ]);
  });
});

describe('a touch', () => {
  const ask = { kind: 'CONTACT', channel: 'PHONE', outcome: 'INTERESTED', at: NOW } as const;

  test('is counted even without an answer, which moves no stage', () => {
    const step = touch(aLead({ attempts: 2 }), { ...ask, outcome: 'NO_ANSWER' }, NOW, CLOCKS);
    expect(step.changes).toMatchObject({ attempts: 3, stage: 'NEW', firstContactAt: null, lastAt: NOW });
    expect(step.moves).toEqual([]);
  });

  const before = new Date(NOW.getTime() - 1);
  const after = new Date(NOW.getTime() + 1);
  test.each([
    ['on a channel not agreed to', aLead(), { ...ask, channel: 'EMAIL' as const }, 'NO_CONSENT'],
    ['without any consent', aLead({ consentChannels: [] }), ask, 'NO_CONSENT'],
    ['in the future', aLead(), { ...ask, at: after }, 'IN_FUTURE'],
    ['before the last touch', aLead({ lastAt: NOW }), { ...ask, at: before }, 'TIME_BACKWARDS'],
    ['at the instant of the last touch', aLead({ lastAt: NOW }), ask, 'done'],
    ['of a lead from a file', aLead({ origin: 'IMPORTED', stage: 'LOST' }), ask, 'IMPORTED_LEAD'],
    ['that follows up before a contact', aLead(), { ...ask, kind: 'FOLLOW_UP' as const }, 'WRONG_STAGE'],
    ['of a converted lead', aLead({ stage: 'CONVERTED' }), ask, 'WRONG_STAGE'],
  ])('%s: %#', (_, lead, asked, expected) => {
    expect(code(() => touch(lead, asked, NOW, CLOCKS))).toBe(expected);
  });
});

test.each([
  [2, 'TOO_FEW_ATTEMPTS'],
  [3, 'done'],
])('a lead is lost for NO_ANSWER after attempts on three days: %i days, %s', (days, expected) => {
  expect(code(() => lose(aLead(), 'NO_ANSWER', days, NOW, CLOCKS))).toBe(expected);
  expect(code(() => lose(aLead(), 'TIMING', 0, NOW, CLOCKS))).toBe('done');
});

test.each([
  ['2026-03-02T02:00:00Z', '2026-03-03', 'Monday to Tuesday'],
  ['2026-03-06T02:00:00Z', '2026-03-09', 'Friday to Monday'],
  ['2026-03-07T02:00:00Z', '2026-03-09', 'Saturday to Monday'],
  ['2026-03-08T02:00:00Z', '2026-03-09', 'Sunday to Monday'],
  ['2026-03-05T17:00:00Z', '2026-03-09', 'Thursday evening in UTC is Friday in Shanghai'],
  ['2028-02-28T02:00:00Z', '2028-02-29', 'a leap day'],
  ['2026-02-13T02:00:00Z', '2026-02-14', 'Friday to a Saturday on which one works'],
  ['2026-02-14T02:00:00Z', '2026-02-18', 'over the Sunday and two days off'],
])('first contact for a lead of %s is due on %s: %s', (at, due) => {
  expect(firstContactDue(new Date(at), CLOCKS)).toBe(due);
});

test.each([
  ['13812345678', '+8613812345678'],
  ['138 1234-5678', '+8613812345678'],
  ['+86 138 1234 5678', '+8613812345678'],
  ['0086 13812345678', '+8613812345678'],
  ['１３８１２３４５６７８', '+8613812345678'],
  ['+852 9123 4567', '+85291234567'],
  ['8613812345678', '+8613812345678'],
  ['013812345678', '+8613812345678'],
  ['+86 (0)138 1234 5678', '+8613812345678'],
  ['138–1234—5678', '+8613812345678'],
  ['\u202a138\u200b12345678\u202c', '+8613812345678'],
])('one number has one spelling: %s', (text, expected) => {
  expect(normalMobile(text)).toBe(expected);
});

test.each([
  '12812345678',
  '1381234567',
  '138123456789',
  '+86 1381234',
  '+0123456789',
  'abc',
  '',
  '+861381234567８9',
])('no mobile: %s', (text) => {
  expect(code(() => normalMobile(text))).toBe('BAD_MOBILE');
});

test.each([' Name@Example.COM ', 'na\u200bme@example.com', 'ｎａｍｅ＠example.com\ufeff'])(
  'one address has one spelling: %j',
  (text) => {
    expect(normalEmail(text)).toBe('name@example.com');
  },
);

test.each([
  'name',
  'name@host',
  'a b@example.com',
  'a@b@example.com',
  'a@example.com\nbcc: x@example.com',
  `${'a'.repeat(250)}@b.cn`,
  'a@b.',
  'a@b..cn',
  'a@.b.cn',
])('no e-mail: %j', (text) => {
  expect(code(() => normalEmail(text))).toBe('BAD_EMAIL');
});

test.each([
  [['PHONE'], '+8613812345678', null, true],
  [['PHONE', 'SMS'], null, 'a@example.com', false],
  [['EMAIL'], null, 'a@example.com', true],
  [['EMAIL'], '+8613812345678', null, false],
  [['WECHAT'], '+8613812345678', null, true],
  [[], '+8613812345678', 'a@example.com', false],
] as const)('consent to %j with %s and %s: contactable %s', (channels, mobile, email, expected) => {
  expect(isContactable({ consentChannels: [...channels], mobile, email })).toBe(expected);
});

const consent = { channels: ['PHONE' as const], textVersion: '2026.1', evidence: 'form 17', at: NOW };
test.each([
  [consent, 'done'],
  [{ ...consent, channels: [] }, 'BAD_CONSENT'],
  [{ ...consent, textVersion: 'free text' }, 'BAD_CONSENT'],
  [{ ...consent, evidence: ' ' }, 'BAD_CONSENT'],
  [{ ...consent, evidence: 'e'.repeat(201) }, 'BAD_CONSENT'],
  [{ ...consent, at: new Date(NOW.getTime() + 1) }, 'IN_FUTURE'],
])('consent %#', (given, expected) => {
  expect(code(() => checkConsent(given, NOW))).toBe(expected);
});

test.each([
  [['MARKETING'], 'someone', true],
  [['COMPLIANCE'], 'someone', true],
  [['AUDITOR'], 'someone', true],
  [['ADVISER'], ADVISER, true],
  [['ADVISER'], 'someone', false],
  [['RISK_ASSESSOR'], ADVISER, false],
  [['ANALYST'], 'someone', false],
  [[], null, false],
] as const)('%j with id %s sees the lead: %s', (roles, id, expected) => {
  expect(seesLead({ id, roles }, aLead())).toBe(expected);
  expect(seesLead({ id: null, roles: ['ADVISER'] }, aLead({ ownerId: null }))).toBe(false);
});

test.each([
  ['NEW', '2026-03-03', null, '2026-03-03T15:59:59Z', false],
  ['NEW', '2026-03-03', null, '2026-03-03T16:00:00Z', true],
  ['CONTACTED', '2026-03-03', '2026-03-03T15:00:00Z', '2026-03-20T00:00:00Z', false],
  ['CONTACTED', '2026-03-03', '2026-03-03T16:00:00Z', '2026-03-20T00:00:00Z', true],
  ['DISQUALIFIED', '2026-03-03', null, '2026-03-20T00:00:00Z', false],
  ['NEW', null, null, '2026-03-20T00:00:00Z', false],
])('%s, due on %s, made %s, at %s: late %s', (stage, firstContactDueOn, made, now, expected) => {
  const firstContactAt = made === null ? null : new Date(made);
  expect(isFirstContactLate({ stage, firstContactDueOn, firstContactAt }, new Date(now))).toBe(expected);
});

test.each([
  ['91310000MA1FL1AB1C', '91310000MA1FL1AB1C'],
  [' 91310000ma1fl1ab1c ', '91310000MA1FL1AB1C'],
  ['91310000MA1FL1AB1', 'BAD_USCC'],
  ['91310000MA1FL1AB1I', 'BAD_USCC'],
])('the code of a company: %j, %s', (text, expected) => {
  let found = '';
  const refused = code(() => (found = normalUscc(text)));
  expect(refused === 'done' ? found : refused).toBe(expected);
});

test('nobody recommends the firm to themself', () => {
  const [one, other] = [{ clientId: 'a' }, { clientId: null }];
  expect(code(() => checkReferral('a', [other, one]))).toBe('REFERRAL_TO_ONESELF');
  expect(code(() => checkReferral('b', [one, other]))).toBe('done');
  expect(code(() => checkReferral(null, [one]))).toBe('done');
});
