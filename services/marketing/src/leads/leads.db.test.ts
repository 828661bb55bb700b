import { createHmac } from 'node:crypto';
import { ClientOnboarded } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { DEVELOPMENT_HASH_KEY } from './leads.rules.js';

const ADVISER_ID = freshId();
const MARKETING = actorOf(freshId(), ['MARKETING']);
const ADVISER = actorOf(ADVISER_ID, ['ADVISER']);
const OTHER_ADVISER = actorOf(freshId(), ['ADVISER']);
const AUDITOR = actorOf(freshId(), ['AUDITOR']);
const START = new Date('2026-03-02T02:00:00.000Z');

let world: World;
let campaignId: string;
beforeAll(async () => {
  world = await aService(service);
  const { data } = await world.ask(
    MARKETING,
    'mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { id } }',
    {
      input: {
        requestId: freshId(),
        name: 'Spring seminar',
        channel: 'OFFLINE',
        medium: 'SEMINAR',
        startsOn: '2026-03-01',
      },
    },
  );
  campaignId = data.createCampaign.id;
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const LEAD = `id personName mobile email channel medium campaign { id name } ownerId referrerClientId isContactable stage attempts cycle
  consent { channels textVersion evidence at } lossReason disqualifyReason capturedAt firstContactDueOn firstContactAt origin version
  stageHistory { from to at cycle reason } touches { nodes { kind at channel outcome cycle } } clientId imported { line }`;
const mutation =
  (name: string) =>
  (input: Record<string, unknown>, actor = MARKETING) =>
    world.ask(
      actor,
      `mutation ($input: ${name[0]!.toUpperCase()}${name.slice(1)}Input!) { ${name}(input: $input) { ${LEAD} } }`,
      { input },
    );
const create = mutation('createLead');
const contact = mutation('logLeadContact');
const followUp = mutation('logLeadFollowUp');
const lose = mutation('loseLead');
const disqualify = mutation('disqualifyLead');
const reopen = mutation('reopenLead');

let numbers = 10_000_000;
const aMobile = () => `138${numbers++}`;
const aLead = (override: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  personName: '王小明',
  mobile: aMobile(),
  campaignId,
  ownerId: ADVISER_ID,
  consent: {
    channels: ['PHONE', 'WECHAT'],
    textVersion: '2026.1',
    evidence: 'seminar form 17',
    at: '2026-03-01T06:00:00.000Z',
  },
  ...override,
});
const created = async (override: Record<string, unknown> = {}) =>
  (await create(aLead(override))).data.createLead;
const aTouch = (lead: { id: string; version: number }, override: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  leadId: lead.id,
  expectedVersion: lead.version,
  channel: 'PHONE',
  outcome: 'INTERESTED',
  ...override,
});
const of = (lead: { id: string; version: number }, rest: Record<string, unknown> = {}) => ({
  leadId: lead.id,
  expectedVersion: lead.version,
  ...rest,
});
const eventsOf = async (id: string) => (await world.events()).filter((event) => event.key === id);
const minutesOn = (minutes: number) => {
  world.clock.now = new Date(START.getTime() + minutes * 60_000);
};

test('a lead is recorded with its source, consent, due date, history, touch and event', async () => {
  const input = aLead({ email: 'Xiaoming@Example.com' });
  const { data } = await create(input);
  const lead = data.createLead;
  expect(lead).toMatchObject({
    personName: '王小明',
    mobile: `+86${input.mobile}`,
    email: 'xiaoming@example.com',
    channel: 'OFFLINE',
    medium: 'SEMINAR',
    campaign: { id: campaignId, name: 'Spring seminar' },
    ownerId: ADVISER_ID,
    isContactable: true,
    stage: 'NEW',
    attempts: 0,
    firstContactDueOn: '2026-03-03',
    consent: input.consent,
    origin: 'LIVE',
    imported: null,
    stageHistory: [{ from: null, to: 'NEW', at: START.toISOString(), cycle: 1, reason: null }],
    touches: {
      nodes: [{ kind: 'CAPTURE', at: START.toISOString(), channel: null, outcome: null, cycle: 1 }],
    },
  });
  expect((await eventsOf(lead.id)).map(({ type, data }) => [type, data])).toEqual([
    ['lead.created', { leadId: lead.id, channel: 'OFFLINE', campaignId, consentOk: true, reason: null }],
  ]);
});

test('nothing of the person is in any event', async () => {
  const email = `${freshId()}@example.com`;
  const input = aLead({ email });
  const lead = (await create(input)).data.createLead;
  await contact(aTouch(lead));
  const text = JSON.stringify(await eventsOf(lead.id));
  for (const secret of [input.personName, input.mobile, email, 'seminar form 17'])
    expect(text).not.toContain(secret);
});

test('ten at once with one requestId record one lead', async () => {
  const input = aLead();
  const answers = await Promise.all(Array.from({ length: 10 }, () => create(input)));
  const ids = new Set(answers.map((a) => a.data.createLead.id));
  expect(ids.size).toBe(1);
  expect((await eventsOf([...ids][0]!)).map((e) => e.type)).toEqual(['lead.created']);
});

test('ten at once of one person record one lead; the others are told which', async () => {
  const mobile = aMobile();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => create(aLead({ mobile: `+86 ${mobile}` }))),
  );
  const done = answers.filter((a) => a.codes.length === 0);
  expect(done).toHaveLength(1);
  const { id } = done[0]!.data.createLead;
  const refused = answers
    .filter((a) => a.codes[0] === 'DUPLICATE_LEAD')
    .map((a) => a.errors[0]!.extensions!['details']);
  expect(refused).toEqual(Array.from({ length: 9 }, () => ({ leadId: id, stage: 'NEW' })));
});

test('a person is known again by the e-mail alone, and a disqualified lead stands in nobody’s way', async () => {
  const email = `${freshId()}@example.com`;
  const lead = await created({ email });
  expect((await create(aLead({ email: email.toUpperCase() }))).codes).toEqual(['DUPLICATE_LEAD']);
  await disqualify(of(lead, { reason: 'INVALID' }));
  expect((await create(aLead({ email }))).codes).toEqual([]);
});

test('a number is found by its hash under the key of the service', async () => {
  const { id, mobile } = await created();
  const expected = createHmac('sha256', DEVELOPMENT_HASH_KEY).update(`mobile:${mobile}`).digest('base64url');
  expect(await world.sql('select id from lead where mobile_hash = $1', [expected])).toEqual([{ id }]);
});

test.each([
  [{ personName: '' }, 'BAD_NAME'],
  [{ mobile: '12345' }, 'BAD_MOBILE'],
  [{ email: 'a@b\nc.cn' }, 'BAD_EMAIL'],
  [{ mobile: null }, 'NO_CONTACT_DETAILS'],
  [{ campaignId: null }, 'NO_CHANNEL'],
  [{ campaignId: freshId() }, 'CAMPAIGN_UNKNOWN'],
  [{ campaignId: 'x' }, 'BAD_INPUT'],
  [{ ownerId: 'x' }, 'BAD_INPUT'],
  [{ referrerClientId: freshId() }, 'REFERRER_UNKNOWN'],
  [{ medium: 'm' }, 'BAD_MEDIUM'],
  [{ capturedAt: '2026-03-02T02:00:00.001Z' }, 'IN_FUTURE'],
  [
    { consent: { channels: [], textVersion: '1', evidence: 'e', at: '2026-03-01T06:00:00.000Z' } },
    'BAD_CONSENT',
  ],
  [
    { consent: { channels: ['PHONE'], textVersion: '1', evidence: 'e', at: '2026-03-03T06:00:00.000Z' } },
    'IN_FUTURE',
  ],
])('a lead that cannot be is refused and leaves nothing: %j, %s', async (override, code) => {
  const count = async () =>
    (await world.sql('select 1 from lead union all select 1 from touch union all select 1 from outbox'))
      .length;
  const before = await count();
  expect((await create(aLead(override))).codes).toEqual([code]);
  expect(await count()).toBe(before);
});

describe('working a lead', () => {
  test('contact, follow-up and their history, touches and events', async () => {
    const lead = await created();
    minutesOn(30);
    const contacted = (await contact(aTouch(lead), ADVISER)).data.logLeadContact;
    expect(contacted).toMatchObject({
      stage: 'CONTACTED',
      attempts: 1,
      firstContactAt: world.clock.now.toISOString(),
      version: 2,
    });
    minutesOn(60);
    const following = (await followUp(aTouch(contacted, { channel: 'WECHAT' }), ADVISER)).data
      .logLeadFollowUp;
    expect(following).toMatchObject({ stage: 'FOLLOWING_UP', attempts: 2, version: 3 });
    expect(following.stageHistory.map((m: { to: string }) => m.to)).toEqual([
      'NEW',
      'CONTACTED',
      'FOLLOWING_UP',
    ]);
    expect(following.touches.nodes.map((t: { kind: string }) => t.kind)).toEqual([
      'FOLLOW_UP',
      'CONTACT',
      'CAPTURE',
    ]);
    expect((await eventsOf(lead.id)).map((e) => [e.sequence, e.type])).toEqual([
      [1, 'lead.created'],
      [2, 'lead.contacted'],
      [3, 'lead.followingup'],
    ]);
  });

  test('one requestId logs one contact, though the version has moved on', async () => {
    const lead = await created();
    const input = aTouch(lead);
    const answers = await Promise.all(Array.from({ length: 10 }, () => contact(input)));
    expect(answers.map((a) => a.data?.logLeadContact?.version)).toEqual(Array.from({ length: 10 }, () => 2));
    expect(
      await world.sql(`select 1 from touch where lead_id = $1 and kind = 'CONTACT'`, [lead.id]),
    ).toHaveLength(1);
  });

  test('of ten contacts decided on one version, one is logged', async () => {
    const lead = await created();
    const answers = await Promise.all(Array.from({ length: 10 }, () => contact(aTouch(lead))));
    expect(answers.map((a) => a.codes[0] ?? 'done').sort()).toEqual([
      ...Array.from({ length: 9 }, () => 'STALE_VERSION'),
      'done',
    ]);
  });

  test.each([
    [{ channel: 'EMAIL' }, 'NO_CONSENT'],
    [{ at: '2026-03-02T01:59:59.999Z' }, 'TIME_BACKWARDS'],
    [{ at: '2026-03-02T02:00:00.001Z' }, 'IN_FUTURE'],
  ])('a contact that may not be is refused: %j, %s', async (override, code) => {
    const lead = await created();
    expect((await contact(aTouch(lead, override))).codes).toEqual([code]);
    expect(await world.sql('select 1 from touch where lead_id = $1', [lead.id])).toHaveLength(1);
  });

  test('nobody is contacted without consent', async () => {
    const lead = await created({ consent: null });
    expect(lead).toMatchObject({ consent: null, isContactable: false });
    expect((await contact(aTouch(lead))).codes).toEqual(['NO_CONSENT']);
  });

  test('NO_ANSWER needs attempts on three days; the loss keeps its reason and can be taken up again', async () => {
    let lead = await created();
    for (const day of [0, 0, 1]) {
      minutesOn(day * 24 * 60 + 1);
      lead = (await contact(aTouch(lead, { outcome: 'NO_ANSWER' }))).data.logLeadContact;
    }
    expect(lead).toMatchObject({ stage: 'NEW', attempts: 3 });
    expect((await lose(of(lead, { reason: 'NO_ANSWER' }))).codes).toEqual(['TOO_FEW_ATTEMPTS']);
    minutesOn(2 * 24 * 60);
    lead = (await contact(aTouch(lead, { outcome: 'NO_ANSWER' }))).data.logLeadContact;
    const lost = (await lose(of(lead, { reason: 'NO_ANSWER' }), ADVISER)).data.loseLead;
    expect(lost).toMatchObject({ stage: 'LOST', lossReason: 'NO_ANSWER', disqualifyReason: null });
    const again = (await reopen(of(lost))).data.reopenLead;
    expect(again).toMatchObject({
      stage: 'NEW',
      cycle: 2,
      lossReason: null,
      firstContactDueOn: '2026-03-05',
      attempts: 4,
    });
    expect((await lose(of(again, { reason: 'NO_ANSWER' }))).codes).toEqual(['TOO_FEW_ATTEMPTS']);
    expect((await eventsOf(lead.id)).map((e) => [e.type, e.data['reason']])).toEqual([
      ['lead.created', null],
      ['lead.lost', 'NO_ANSWER'],
      ['lead.reopened', null],
    ]);
  });

  test('a disqualified lead keeps its reason and is worked no more', async () => {
    const lead = (await disqualify(of(await created(), { reason: 'UNDER_AGE' }))).data.disqualifyLead;
    expect(lead).toMatchObject({ stage: 'DISQUALIFIED', disqualifyReason: 'UNDER_AGE', lossReason: null });
    const codes = [
      await contact(aTouch(lead)),
      await lose(of(lead, { reason: 'TIMING' })),
      await reopen(of(lead)),
    ].flatMap((a) => a.codes);
    expect(codes).toEqual(['WRONG_STAGE', 'WRONG_STAGE', 'WRONG_STAGE']);
  });

  test('a stale version and an unknown lead are refused', async () => {
    const lead = await created();
    expect((await lose({ leadId: lead.id, expectedVersion: 7, reason: 'TIMING' })).codes).toEqual([
      'STALE_VERSION',
    ]);
    for (const leadId of [freshId(), 'x'])
      expect((await lose({ leadId, expectedVersion: 1, reason: 'TIMING' })).codes).toEqual(['NOT_FOUND']);
  });
});

describe('who sees and works which leads', () => {
  const READ = `query ($id: ID!) { lead(id: $id) { ${LEAD} } }`;

  test('an adviser sees and works their own; another adviser’s does not exist for them', async () => {
    const lead = await created();
    expect((await world.ask(ADVISER, READ, { id: lead.id })).data.lead.personName).toBe('王小明');
    expect((await world.ask(OTHER_ADVISER, READ, { id: lead.id })).data.lead).toBeNull();
    const reference = {
      query: 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Lead { personName mobile } } }',
      r: [{ __typename: 'Lead', id: lead.id }],
    };
    expect((await world.ask(OTHER_ADVISER, reference.query, { r: reference.r })).data._entities).toEqual([
      null,
    ]);
    expect((await world.ask(AUDITOR, reference.query, { r: reference.r })).data._entities[0].personName).toBe(
      '王小明',
    );
    for (const work of [contact, followUp])
      expect((await work(aTouch(lead), OTHER_ADVISER)).codes).toEqual(['NOT_FOUND']);
    for (const work of [lose, disqualify])
      expect(
        (await work(of(lead, { reason: work === lose ? 'TIMING' : 'INVALID' }), OTHER_ADVISER)).codes,
      ).toEqual(['NOT_FOUND']);
    expect((await reopen(of(lead), OTHER_ADVISER)).codes).toEqual(['NOT_FOUND']);
  });

  test('a list shows an adviser their own leads, marketing all of them, by stage and campaign', async () => {
    const other = freshId();
    const mine = await created({ ownerId: other });
    await created({ ownerId: other });
    await lose(of(mine, { reason: 'TIMING' }));
    const LIST =
      'query ($filter: LeadFilter) { leads(filter: $filter, first: 100) { nodes { id ownerId stage } } }';
    const nodes = async (actor: typeof ADVISER, filter: Record<string, unknown> = {}) =>
      (await world.ask(actor, LIST, { filter })).data.leads.nodes;
    const theirs = await nodes(actorOf(other, ['ADVISER']));
    expect(theirs).toHaveLength(2);
    expect(await nodes(actorOf(other, ['ADVISER']), { stage: 'LOST' })).toEqual([
      { id: mine.id, ownerId: other, stage: 'LOST' },
    ]);
    expect(await nodes(actorOf(other, ['ADVISER']), { campaignId: freshId() })).toEqual([]);
    expect((await nodes(MARKETING)).length).toBeGreaterThan(2);
    expect((await world.ask(MARKETING, LIST, { filter: { campaignId: 'x' } })).codes).toEqual(['BAD_INPUT']);
  });

  test.each(['CLIENT', 'ANALYST', 'RISK_ASSESSOR', 'SERVICE_AGENT', 'OPERATIONS', 'ADMIN'] as const)(
    '%s reaches no lead by any path',
    async (role) => {
      const lead = await created();
      const actor = actorOf(freshId(), [role]);
      const paths = [
        await world.ask(actor, READ, { id: lead.id }),
        await world.ask(actor, '{ leads { nodes { personName } } }'),
      ];
      expect(paths.flatMap((answer) => answer.codes)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
      const reference = { r: [{ __typename: 'Lead', id: lead.id }] };
      const { data } = await world.ask(
        actor,
        'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Lead { personName } } }',
        reference,
      );
      expect(data._entities).toEqual([null]);
    },
  );

  test.each(['ADVISER', 'COMPLIANCE', 'AUDITOR', 'ANALYST'] as const)(
    '%s cannot record a lead',
    async (role) => {
      expect((await create(aLead(), actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
    },
  );

  test('those who only read cannot work a lead, and nobody does anything without a token', async () => {
    const lead = await created();
    expect((await contact(aTouch(lead), AUDITOR)).codes).toEqual(['FORBIDDEN']);
    expect((await world.ask(null, READ, { id: lead.id })).codes).toEqual(['UNAUTHENTICATED']);
  });
});

test('a client of the firm can be named as the referrer', async () => {
  const clientId = freshId();
  await world.deliver(
    ClientOnboarded({
      clientId,
      kind: 'INDIVIDUAL',
      class: 'ORDINARY',
      grade: 'BRONZE',
      adviserId: ADVISER_ID,
      ageBand: 'FROM_31',
      fullCivilCapacity: true,
      institutionType: null,
      originLeadId: null,
    }),
  );
  expect(await created({ referrerClientId: clientId, channel: 'REFERRAL', medium: 'CLIENT' })).toMatchObject({
    referrerClientId: clientId,
    channel: 'REFERRAL',
  });
});
