import { ClientActivated, ClientOnboarded } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { service } from '../service.js';

const MARKETING = actorOf(freshId(), ['MARKETING']);
const ANALYST = actorOf(freshId(), ['ANALYST']);
let world: World;

const ask = async (query: string, variables: Record<string, unknown> = {}, actor = MARKETING) => {
  const { data, errors } = await world.ask(actor, query, variables);
  expect(errors).toEqual([]);
  return data;
};
let numbers = 70_000_000;
type Lead = { id: string; version: number };

/** A lead captured at an instant, spoken with so many hours later, and converted so many days later. */
async function aLead(
  at: string,
  contactHours: number | null,
  convertDays: number | null,
  extra = {},
): Promise<void> {
  const capturedAt = new Date(at);
  const after = (hours: number) => new Date(capturedAt.getTime() + hours * 3_600_000);
  world.clock.now = capturedAt;
  const consent = {
    channels: ['PHONE'],
    textVersion: '2026.1',
    evidence: 'form',
    at: capturedAt.toISOString(),
  };
  const input = {
    requestId: freshId(),
    personName: '王小明',
    mobile: `138${numbers++}`,
    channel: 'OFFLINE',
    medium: 'SEMINAR',
    consent,
    ...extra,
  };
  const lead: Lead = (
    await ask('mutation ($input: CreateLeadInput!) { createLead(input: $input) { id version } }', { input })
  ).createLead;
  if (contactHours !== null) {
    world.clock.now = after(contactHours);
    await ask('mutation ($input: LogLeadContactInput!) { logLeadContact(input: $input) { id } }', {
      input: {
        requestId: freshId(),
        leadId: lead.id,
        expectedVersion: lead.version,
        channel: 'PHONE',
        outcome: 'INTERESTED',
      },
    });
  }
  if (convertDays === null) return;
  const clientId = freshId();
  const when = { at: after(convertDays * 24) };
  await world.deliver(
    ClientOnboarded({
      ...{
        clientId,
        originLeadId: lead.id,
        adviserId: freshId(),
        kind: 'INDIVIDUAL',
        class: 'ORDINARY',
        grade: 'BRONZE',
      },
      ...{ ageBand: 'FROM_31', fullCivilCapacity: true, institutionType: null },
    }),
    when,
  );
  await world.deliver(
    ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'IDENTITY_VERIFIED' }),
    when,
  );
}

beforeAll(async () => {
  world = await aService(service);
  await aLead('2026-01-05T02:00:00Z', 1, 10);
  await aLead('2026-01-31T15:59:59Z', 2, 200);
  await aLead('2026-01-31T16:00:00Z', 3, null);
  await aLead('2026-02-10T02:00:00Z', 40, 20, { channel: 'ONLINE' });
  await aLead('2026-02-11T02:00:00Z', null, null);
  world.clock.now = new Date('2026-08-20T02:00:00Z');
});
afterAll(() => world.stop());

const SPAN = { from: '2026-01-01', to: '2026-02-28' };

test('the lower median is the value of a lead, the smaller of two in the middle', async () => {
  const { leadTimes } = await ask(
    'query ($span: SpanInput!) { leadTimes(span: $span) { key leads firstContact { count median p90 } conversion { count median p90 } } }',
    { span: SPAN },
    ANALYST,
  );
  expect(leadTimes).toEqual([
    {
      key: 'ALL',
      leads: 5,
      firstContact: { count: 4, median: '2', p90: '40' },
      conversion: { count: 3, median: '20', p90: '200' },
    },
  ]);
  const byChannel = await ask(
    'query ($span: SpanInput!) { leadTimes(span: $span, by: CHANNEL) { key leads firstContact { median } conversion { median } } }',
    { span: SPAN },
  );
  expect(byChannel.leadTimes).toEqual([
    { key: 'OFFLINE', leads: 4, firstContact: { median: '2' }, conversion: { median: '10' } },
    { key: 'ONLINE', leads: 1, firstContact: { median: '40' }, conversion: { median: '20' } },
  ]);
});

test('a cohort counts what was reached within its window and says whether the window is over', async () => {
  const cohorts = async (windowDays: number, extra = '') =>
    (
      await ask(
        `query ($span: SpanInput!, $n: Int!) { leadCohorts(span: $span, windowDays: $n ${extra}) { month leads contacted followedUp converted conversionRate isCensored } }`,
        { span: SPAN, n: windowDays },
      )
    ).leadCohorts;
  expect(await cohorts(180)).toEqual([
    {
      month: '2026-01',
      leads: 2,
      contacted: 2,
      followedUp: 1,
      converted: 1,
      conversionRate: '0.5',
      isCensored: false,
    },
    {
      month: '2026-02',
      leads: 3,
      contacted: 2,
      followedUp: 1,
      converted: 1,
      conversionRate: '0.333333',
      isCensored: true,
    },
  ]);
  expect((await cohorts(199))[0]).toMatchObject({ converted: 1, isCensored: false });
  expect((await cohorts(200))[0]).toMatchObject({ converted: 2, isCensored: false });
  expect((await cohorts(201))[0]).toMatchObject({ converted: 2, isCensored: true });
  expect((await cohorts(9))[0]).toMatchObject({ contacted: 2, converted: 0 });
  expect(await cohorts(180, ', channel: ONLINE')).toMatchObject([
    { month: '2026-02', leads: 1, converted: 1 },
  ]);
});

test('each figure costs one statement', async () => {
  for (const query of [
    'leadTimes(span: $span) { key }',
    'leadCohorts(span: $span) { month }',
    'attributedConversions(span: $span) { key }',
    'lossReasons(span: $span) { reason }',
    'leadReach(span: $span) { leads }',
  ])
    expect(await world.statements(() => ask(`query ($span: SpanInput!) { ${query} }`, { span: SPAN }))).toBe(
      1,
    );
});

test('reach counts open channels, withdrawals and recommendations', async () => {
  const { leadReach } = await ask(
    'query ($span: SpanInput!) { leadReach(span: $span) { leads contactable contactableRate withdrew referred referralRate referrers referralsPerReferrer kFactor } }',
    { span: SPAN },
  );
  expect(leadReach).toEqual({
    leads: 5,
    contactable: 5,
    contactableRate: '1',
    withdrew: 0,
    referred: 0,
    referralRate: '0',
    referrers: 0,
    referralsPerReferrer: null,
    kFactor: '0',
  });
});

test.each([
  ['leadTimes(span: $span) { key }', { from: '2026-02-01', to: '2026-01-31' }, 'BAD_SPAN'],
  ['lossReasons(span: $span) { leads }', { from: '2020-01-01', to: '2026-01-31' }, 'BAD_SPAN'],
  ['leadCohorts(span: $span, windowDays: 0) { month }', SPAN, 'BAD_WINDOW'],
])('%s of %j: %s', async (query, span, code) => {
  expect((await world.ask(MARKETING, `query ($span: SpanInput!) { ${query} }`, { span })).codes).toEqual([
    code,
  ]);
});

test('an adviser and a client see no figures', async () => {
  for (const role of ['ADVISER', 'CLIENT', 'OPERATIONS', 'ADMIN'] as const)
    expect(
      (
        await world.ask(
          actorOf(freshId(), [role]),
          'query ($span: SpanInput!) { leadTimes(span: $span) { key } }',
          { span: SPAN },
        )
      ).codes,
    ).toEqual(['FORBIDDEN']);
});
