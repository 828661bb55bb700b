import {
  ClientActivated,
  ClientClosed,
  ClientMerged,
  ClientOnboarded,
  ClientUnmerged,
  OrderSettled,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';

const MARKETING = actorOf(freshId(), ['MARKETING']);
const CAPTURED = new Date('2026-03-02T02:00:00.000Z');
const OPENED = new Date('2026-03-05T02:00:00.000Z');
const ACTIVATED = new Date('2026-03-06T02:00:00.000Z');
let world: World;
beforeAll(async () => {
  world = await aService(service, { now: CAPTURED });
});
afterAll(() => world.stop());

const run = (name: string) => service.jobs!.find((job) => job.name === name)!.run(world.db);
const ask = async (query: string, variables: Record<string, unknown> = {}, actor = MARKETING) => {
  const { data, errors } = await world.ask(actor, query, variables);
  expect(errors).toEqual([]);
  return data;
};
async function aCampaign(channel = 'ONLINE'): Promise<string> {
  const input = {
    requestId: freshId(),
    name: `C ${freshId()}`,
    channel,
    medium: 'FORM',
    startsOn: '2026-03-01',
  };
  const mutation = 'mutation ($input: CreateCampaignInput!) { createCampaign(input: $input) { id } }';
  return (await ask(mutation, { input })).createCampaign.id;
}
let numbers = 60_000_000;
async function aLead(override: Record<string, unknown> = {}): Promise<{ id: string; version: number }> {
  world.clock.now = CAPTURED;
  const input = {
    requestId: freshId(),
    personName: '王小明',
    mobile: `138${numbers++}`,
    channel: 'OFFLINE',
    medium: 'SEMINAR',
    consent: { channels: ['PHONE'], textVersion: '2026.1', evidence: 'form', at: CAPTURED.toISOString() },
    ...override,
  };
  const mutation = 'mutation ($input: CreateLeadInput!) { createLead(input: $input) { id version } }';
  const lead = (await ask(mutation, { input })).createLead;
  world.clock.now = new Date('2026-03-20T02:00:00.000Z');
  return lead;
}
const touch = async (
  name: string,
  lead: { id: string; version: number },
  day: string,
  campaignId?: string,
) => {
  const input = {
    requestId: freshId(),
    leadId: lead.id,
    expectedVersion: lead.version,
    channel: 'PHONE',
    outcome: 'INTERESTED',
    at: `${day}T02:00:00.000Z`,
    campaignId,
  };
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const mutation = `mutation ($input: ${type}!) { ${name}(input: $input) { id version } }`;
  return (await ask(mutation, { input }))[name];
};
const opened = (clientId: string, originLeadId: string | null) =>
  world.deliver(
    ClientOnboarded({
      clientId,
      originLeadId,
      adviserId: freshId(),
      kind: 'INDIVIDUAL',
      class: 'ORDINARY',
      grade: 'BRONZE',
      ageBand: 'FROM_31',
      fullCivilCapacity: true,
      institutionType: null,
    }),
    { at: OPENED, times: 2 },
  );
const activated = (clientId: string, at = ACTIVATED) =>
  world.deliver(
    ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'IDENTITY_VERIFIED' }),
    {
      at,
      times: 2,
    },
  );
const closed = (clientId: string) =>
  world.deliver(ClientClosed({ clientId, from: 'ONBOARDING', to: 'CLOSED', reason: 'GIVEN_UP' }), {
    times: 2,
  });
const merged = (mergedId: string, survivorId: string) =>
  world.deliver(ClientMerged({ mergedId, survivorId }), { times: 2 });
const lead = async (id: string) =>
  (
    await ask(
      'query ($id: ID!) { lead(id: $id) { stage clientId tasks { kind dueOn } conversion { at referrerClientId } } }',
      { id },
    )
  ).lead;
const conversions = async (id: string) =>
  (await world.events('lead.converted')).filter(({ key }) => key === id);
const page = async (id: string) =>
  (
    await world.ask(
      actorOf(freshId(), ['COMPLIANCE']),
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Client { originLead { id } conversion { at } attribution(model: LINEAR) { share } } } }',
      { r: [{ __typename: 'Client', id }] },
    )
  ).data._entities[0];

describe('the conversion of a lead', () => {
  test('that takes more than seven days is a task, and the lead stays in the follow-up', async () => {
    const { id } = await aLead();
    await opened(freshId(), id);
    world.clock.now = new Date('2026-03-11T15:59:00.000Z');
    await run('open-lead-tasks');
    expect((await lead(id)).tasks).toEqual([]);
    world.clock.now = new Date('2026-03-11T16:00:00.000Z');
    await run('open-lead-tasks');
    expect(await lead(id)).toMatchObject({
      stage: 'FOLLOWING_UP',
      conversion: null,
      tasks: [{ kind: 'CONVERSION_OVERDUE', dueOn: '2026-03-12' }],
    });
  });

  test('waits for the next client when the first is closed before it was ever active', async () => {
    const { id } = await aLead();
    const [first, second] = [freshId(), freshId()];
    await opened(first, id);
    await opened(second, id);
    await activated(second);
    expect(await lead(id)).toMatchObject({ clientId: first, stage: 'FOLLOWING_UP' });
    await closed(first);
    expect(await lead(id)).toMatchObject({ clientId: second, stage: 'CONVERTED', tasks: [] });
    expect(await conversions(id)).toHaveLength(1);
    await activated(first);
    expect(await conversions(id)).toHaveLength(1);
  });

  test('waits for a new client when the only one is closed before it was ever active', async () => {
    const { id } = await aLead();
    const first = freshId();
    await opened(first, id);
    await closed(first);
    expect(await lead(id)).toMatchObject({ clientId: null, stage: 'FOLLOWING_UP' });
    const next = freshId();
    await opened(next, id);
    await activated(next);
    expect(await lead(id)).toMatchObject({ clientId: next, stage: 'CONVERTED' });
  });

  test('of a client opened twice and merged goes to the survivor, once, whatever comes first', async () => {
    const { id } = await aLead();
    const [first, second] = [freshId(), freshId()];
    await opened(first, id);
    await opened(second, id);
    await merged(first, second);
    expect(await lead(id)).toMatchObject({ clientId: second, stage: 'FOLLOWING_UP' });
    await activated(second);
    expect(await lead(id)).toMatchObject({ clientId: second, stage: 'CONVERTED' });
    expect(await conversions(id)).toHaveLength(1);

    const other = await aLead();
    const [a, b] = [freshId(), freshId()];
    await activated(b);
    await merged(a, b);
    await opened(a, other.id);
    await opened(b, other.id);
    expect(await lead(other.id)).toMatchObject({ stage: 'CONVERTED', clientId: b });
    expect(await conversions(other.id)).toHaveLength(1);
  });

  test('that is done stays with its client when that is merged, and the survivor shows where it came from', async () => {
    const { id } = await aLead();
    const [client, survivor] = [freshId(), freshId()];
    await opened(client, id);
    await activated(client);
    await opened(survivor, null);
    await merged(client, survivor);
    expect(await conversions(id)).toHaveLength(1);
    expect(await page(survivor)).toEqual({
      originLead: { id },
      conversion: { at: ACTIVATED.toISOString() },
      attribution: [{ share: '1' }],
    });
  });

  test('of a client merged into one that no lead names goes to that one when it is active, once', async () => {
    const [before, later] = [await aLead(), await aLead()];
    const [survivor, first, second] = [freshId(), freshId(), freshId()];
    await opened(survivor, null);
    await opened(first, before.id);
    await opened(second, later.id);
    await merged(first, survivor);
    await merged(second, survivor);
    await activated(survivor);
    expect(await lead(before.id)).toMatchObject({ clientId: survivor, stage: 'CONVERTED' });
    expect(await lead(later.id)).toMatchObject({ clientId: survivor, stage: 'FOLLOWING_UP' });

    const other = await aLead();
    const [active, duplicate] = [freshId(), freshId()];
    await opened(duplicate, other.id);
    await activated(active);
    await merged(duplicate, active);
    expect(await lead(other.id)).toMatchObject({ clientId: active, stage: 'CONVERTED' });
    expect(await conversions(other.id)).toHaveLength(1);
  });

  test('of a client merged into one that was active before is none, and somebody is told to look', async () => {
    const [survivor, duplicate] = [freshId(), freshId()];
    await activated(survivor, new Date(CAPTURED.getTime() - 1_000));
    const { id } = await aLead();
    await opened(duplicate, id);
    await merged(duplicate, survivor);
    world.clock.now = new Date('2026-03-11T16:00:00.000Z');
    await run('open-lead-tasks');
    expect(await lead(id)).toMatchObject({
      stage: 'FOLLOWING_UP',
      conversion: null,
      tasks: [{ kind: 'CONVERSION_OVERDUE', dueOn: '2026-03-12' }],
    });
  });

  test('that waits for a merged client waits for it again when the merge is undone', async () => {
    const { id } = await aLead();
    const [first, survivor] = [freshId(), freshId()];
    await opened(first, id);
    await merged(first, survivor);
    expect((await lead(id)).clientId).toBe(survivor);
    await world.deliver(ClientUnmerged({ mergedId: first, survivorId: survivor, to: 'ONBOARDING' }), {
      times: 2,
    });
    expect((await lead(id)).clientId).toBe(first);
    await activated(first);
    expect(await lead(id)).toMatchObject({ clientId: first, stage: 'CONVERTED' });
  });

  test('recommended by a client that turned out to be the same person has no recommender', async () => {
    const [referrer, client] = [freshId(), freshId()];
    await opened(referrer, null);
    const { id } = await aLead({ referrerClientId: referrer });
    await opened(client, id);
    await merged(referrer, client);
    await activated(client);
    expect((await lead(id)).conversion.referrerClientId).toBeNull();
    expect((await conversions(id))[0]?.data['referrerClientId']).toBeNull();
  });

  test('of a lost lead opens a new cycle, of a disqualified one does not happen', async () => {
    const lost = await aLead();
    await ask('mutation ($input: LoseLeadInput!) { loseLead(input: $input) { id } }', {
      input: { leadId: lost.id, expectedVersion: lost.version, reason: 'TIMING' },
    });
    const [one, two] = [freshId(), freshId()];
    await opened(one, lost.id);
    await activated(one);
    expect(await lead(lost.id)).toMatchObject({ stage: 'CONVERTED', clientId: one });
    const bad = await aLead();
    await ask('mutation ($input: DisqualifyLeadInput!) { disqualifyLead(input: $input) { id } }', {
      input: { leadId: bad.id, expectedVersion: bad.version, reason: 'UNDER_AGE' },
    });
    await opened(two, bad.id);
    await activated(two);
    expect(await lead(bad.id)).toMatchObject({ stage: 'DISQUALIFIED', conversion: null });
  });
});

const SHARES = `query ($id: ID!) { lead(id: $id) { conversion { attribution { model channel share campaign { id } }
  value(days: D30) { days isComplete orders netAssets { amount currency } } firstOrder { productClass amount { amount } } } } }`;

test('shares are frozen at the conversion, by all four models, over the campaigns of the touches', async () => {
  const [first, second, third] = [await aCampaign(), await aCampaign('OFFLINE'), await aCampaign('PARTNER')];
  const start = await aLead({ campaignId: first, channel: 'ONLINE' });
  const spoken = await touch('logLeadContact', start, '2026-03-03', second);
  const followed = await touch('logLeadFollowUp', spoken, '2026-03-04', third);
  const clientId = freshId();
  await opened(clientId, followed.id);
  await activated(clientId);
  const { attribution } = (await ask(SHARES, { id: start.id })).lead.conversion;
  const by = (model: string) =>
    Object.fromEntries(
      attribution
        .filter((share: { model: string }) => share.model === model)
        .map((share: { campaign: { id: string }; share: string }) => [share.campaign.id, share.share]),
    );
  expect(by('FIRST')).toEqual({ [first]: '1' });
  expect(by('LAST')).toEqual({ [third]: '1' });
  expect(by('LINEAR')).toEqual({ [first]: '0.333333', [second]: '0.333333', [third]: '0.333334' });
  expect(by('POSITION_BASED')).toEqual({ [first]: '0.4', [second]: '0.2', [third]: '0.4' });

  const span = { from: '2026-03-06', to: '2026-03-06' };
  await ask('mutation ($input: RecordCampaignCostInput!) { recordCampaignCost(input: $input) { id } }', {
    input: {
      requestId: freshId(),
      campaignId: second,
      kind: 'VENUE',
      amount: { amount: '100', currency: 'CNY' },
      spentOn: '2026-03-06',
    },
  });
  const rows = (
    await ask(
      'query ($span: SpanInput!) { attributedConversions(span: $span, model: POSITION_BASED) { key conversions costs { spent perConversion } } }',
      { span },
    )
  ).attributedConversions;
  expect(rows).toContainEqual({
    key: second,
    conversions: '0.2',
    costs: [{ spent: '100', perConversion: '500' }],
  });
  const channels = (
    await ask(
      'query ($span: SpanInput!) { attributedConversions(span: $span, model: LINEAR, by: CHANNEL) { key conversions } }',
      { span },
    )
  ).attributedConversions;
  const sum = channels.reduce(
    (total: number, row: { conversions: string }) => total + Number(row.conversions),
    0,
  );
  const [counted] = await world.sql<{ n: number }>(
    `select count(*)::int as n from conversion where (at at time zone 'Asia/Shanghai')::date = '2026-03-06'`,
  );
  expect(sum).toBeCloseTo(counted!.n, 6);
});

test('the value of a conversion is what was bought less what was redeemed, and incomplete while its days last', async () => {
  const { id } = await aLead();
  const [clientId, survivor] = [freshId(), freshId()];
  await opened(clientId, id);
  await activated(clientId);
  const order = (owner: string, side: 'BUY' | 'REDEEM', amountMinor: number, settledOn: string) =>
    world.deliver(
      OrderSettled({
        clientId: owner,
        orderId: freshId(),
        productId: freshId(),
        productClass: 'BANK_WMP',
        side,
        amountMinor,
        currency: 'CNY',
        settledOn,
      }),
    );
  await order(clientId, 'BUY', 88_000_00, '2026-03-06');
  await order(clientId, 'REDEEM', 8_000_50, '2026-03-07');
  await order(clientId, 'BUY', 1_00, '2026-03-05');
  await order(clientId, 'BUY', 2_00, '2026-04-06');
  await merged(clientId, survivor);
  await order(survivor, 'BUY', 1_000_00, '2026-04-05');
  const value = async () => (await ask(SHARES, { id })).lead.conversion;
  world.clock.now = new Date('2026-04-05T02:00:00.000Z');
  expect(await value()).toMatchObject({
    value: [{ days: 30, isComplete: false, orders: 3, netAssets: { amount: '80999.5', currency: 'CNY' } }],
    firstOrder: { productClass: 'BANK_WMP', amount: { amount: '88000' } },
  });
  world.clock.now = new Date('2026-04-06T02:00:00.000Z');
  expect((await value()).value[0].isComplete).toBe(true);
});
