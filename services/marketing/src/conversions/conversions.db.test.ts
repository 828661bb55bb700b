import { ClientActivated, ClientOnboarded } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { service } from '../service.js';

const ADVISER_ID = freshId();
const MARKETING = actorOf(freshId(), ['MARKETING']);
const ADVISER = actorOf(ADVISER_ID, ['ADVISER']);
const CAPTURED = new Date('2026-03-02T02:00:00.000Z');
const OPENED = new Date('2026-03-05T02:00:00.000Z');
const ACTIVATED = new Date('2026-03-06T02:00:00.000Z');

let world: World;
let campaignId: string;
beforeAll(async () => {
  world = await aService(service, { now: CAPTURED });
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
afterAll(() => world.stop());

let numbers = 20_000_000;
async function aLead(override: Record<string, unknown> = {}): Promise<{ id: string; version: number }> {
  world.clock.now = CAPTURED;
  const { data } = await world.ask(
    MARKETING,
    'mutation ($input: CreateLeadInput!) { createLead(input: $input) { id version } }',
    {
      input: {
        requestId: freshId(),
        personName: '王小明',
        mobile: `138${numbers++}`,
        campaignId,
        ownerId: ADVISER_ID,
        consent: { channels: ['PHONE'], textVersion: '2026.1', evidence: 'form', at: CAPTURED.toISOString() },
        ...override,
      },
    },
  );
  world.clock.now = new Date(ACTIVATED.getTime() + 60_000);
  return data.createLead;
}
const opened = (clientId: string, originLeadId: string | null, adviserId = ADVISER_ID) =>
  ClientOnboarded({
    clientId,
    originLeadId,
    adviserId,
    kind: 'INDIVIDUAL',
    class: 'ORDINARY',
    grade: 'BRONZE',
    ageBand: 'FROM_31',
    fullCivilCapacity: true,
    institutionType: null,
  });
const activated = (clientId: string) =>
  ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'IDENTITY_VERIFIED' });
const lead = async (id: string, actor = MARKETING) =>
  (
    await world.ask(
      actor,
      'query ($id: ID!) { lead(id: $id) { stage clientId attempts cycle conversion { at daysToConvert } stageHistory { to at } touches { nodes { kind } } client { id } } }',
      { id },
    )
  ).data.lead;
const PAGE = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Client { id
  originLead { id channel medium campaign { name } stage }
  conversion { at daysToConvert firstTouch { at channel campaign { id } } lastTouch { at channel campaign { id } } campaign { id name } referrerClientId } } } }`;
const clients = (ids: string[], actor = ADVISER) =>
  world.ask(actor, PAGE, { r: ids.map((id) => ({ __typename: 'Client', id })) });
const eventsOf = async (id: string) => (await world.events()).filter((event) => event.key === id);

test('a lead is converted when its client is active, not when it is opened; each event delivered twice does it once', async () => {
  const { id } = await aLead();
  const clientId = freshId();
  await world.deliver(opened(clientId, id), { times: 2, at: OPENED });
  expect(await lead(id)).toMatchObject({ stage: 'FOLLOWING_UP', clientId, conversion: null });
  expect((await eventsOf(id)).map((e) => e.type)).toEqual([
    'lead.created',
    'lead.contacted',
    'lead.followingup',
  ]);

  await world.deliver(activated(clientId), { times: 2, at: ACTIVATED });
  const found = await lead(id);
  expect(found).toMatchObject({
    stage: 'CONVERTED',
    clientId,
    conversion: { at: ACTIVATED.toISOString(), daysToConvert: 4 },
  });
  expect(found.stageHistory).toEqual([
    { to: 'NEW', at: CAPTURED.toISOString() },
    { to: 'CONTACTED', at: OPENED.toISOString() },
    { to: 'FOLLOWING_UP', at: OPENED.toISOString() },
    { to: 'CONVERTED', at: ACTIVATED.toISOString() },
  ]);
  expect((await world.events('lead.converted')).filter((e) => e.key === id).map((e) => e.data)).toEqual([
    {
      leadId: id,
      clientId,
      firstTouch: { at: CAPTURED.toISOString(), channel: 'OFFLINE', campaignId },
      lastTouch: { at: OPENED.toISOString(), channel: 'OFFLINE', campaignId },
      daysToConvert: 4,
      campaignId,
      referrerClientId: null,
      attribution: ['FIRST', 'LAST', 'LINEAR', 'POSITION_BASED'].map((model) => ({
        model,
        channel: 'OFFLINE',
        campaignId,
        share: '1',
      })),
    },
  ]);
  expect(found.touches.nodes.map((t: { kind: string }) => t.kind).sort()).toEqual(['CAPTURE', 'OPENING']);
});

test('ten activations at once convert once', async () => {
  const { id } = await aLead();
  const clientId = freshId();
  await world.deliver(opened(clientId, id), { at: OPENED });
  await Promise.all(Array.from({ length: 10 }, () => world.deliver(activated(clientId), { at: ACTIVATED })));
  expect(await world.sql('select 1 from conversion where lead_id = $1', [id])).toHaveLength(1);
  expect((await eventsOf(id)).filter((e) => e.type === 'lead.converted')).toHaveLength(1);
});

test('of several clients opened from one lead the first is remembered and converts it; the later ones are noted', async () => {
  const { id } = await aLead();
  const [first, second] = [freshId(), freshId()];
  await world.deliver(opened(first, id), { at: OPENED });
  await world.deliver(opened(second, id), { at: OPENED, times: 2 });
  await world.deliver(activated(second), { at: ACTIVATED });
  expect(await lead(id)).toMatchObject({ stage: 'FOLLOWING_UP', clientId: first });
  await world.deliver(activated(first), { at: ACTIVATED });
  expect(await lead(id)).toMatchObject({ stage: 'CONVERTED', clientId: first });
  expect(
    await world.sql('select id, standing from client_opening where lead_id = $1 order by standing desc', [
      id,
    ]),
  ).toEqual([
    { id: first, standing: 'ORIGIN' },
    { id: second, standing: 'LATER' },
  ]);
  const { data } = await clients([first, second]);
  expect(
    data._entities.map((c: { originLead: { id: string }; conversion: unknown }) => [
      c.originLead.id,
      c.conversion !== null,
    ]),
  ).toEqual([
    [id, true],
    [id, false],
  ]);
});

test('ten clients opened from one lead at once: one is the origin', async () => {
  const { id } = await aLead();
  await Promise.all(Array.from({ length: 10 }, () => world.deliver(opened(freshId(), id), { at: OPENED })));
  const standings = await world.sql<{ standing: string }>(
    'select standing from client_opening where lead_id = $1',
    [id],
  );
  expect(standings.map((s) => s.standing).sort()).toEqual([
    ...Array.from({ length: 9 }, () => 'LATER'),
    'ORIGIN',
  ]);
  expect((await eventsOf(id)).map((e) => e.type)).toEqual([
    'lead.created',
    'lead.contacted',
    'lead.followingup',
  ]);
});

test('a contact that was logged stands, and the conversion is never before it', async () => {
  const { id, version } = await aLead();
  const later = new Date(ACTIVATED.getTime() + 30_000);
  const touched = await world.ask(
    ADVISER,
    'mutation ($input: LogLeadContactInput!) { logLeadContact(input: $input) { stage } }',
    {
      input: {
        requestId: freshId(),
        leadId: id,
        expectedVersion: version,
        channel: 'PHONE',
        outcome: 'INTERESTED',
        at: later.toISOString(),
      },
    },
  );
  expect(touched.codes).toEqual([]);
  const clientId = freshId();
  await world.deliver(opened(clientId, id), { at: OPENED });
  await world.deliver(activated(clientId), { at: ACTIVATED });
  const found = await lead(id);
  expect(found).toMatchObject({ stage: 'CONVERTED', attempts: 1, conversion: { at: later.toISOString() } });
  expect(found.stageHistory.map((m: { at: string }) => m.at)).toEqual(
    [CAPTURED, later, later, later].map((d) => d.toISOString()),
  );
});

test('a lost lead whose client is opened begins a new cycle and is converted', async () => {
  const { id, version } = await aLead();
  await world.ask(MARKETING, 'mutation ($input: LoseLeadInput!) { loseLead(input: $input) { id } }', {
    input: { leadId: id, expectedVersion: version, reason: 'TIMING' },
  });
  const clientId = freshId();
  await world.deliver(opened(clientId, id), { at: OPENED });
  await world.deliver(activated(clientId), { at: ACTIVATED });
  expect(await lead(id)).toMatchObject({ stage: 'CONVERTED', cycle: 2 });
});

test('a client of a disqualified or unknown lead converts nothing, and the opening is noted', async () => {
  const { id, version } = await aLead();
  await world.ask(
    MARKETING,
    'mutation ($input: DisqualifyLeadInput!) { disqualifyLead(input: $input) { id } }',
    { input: { leadId: id, expectedVersion: version, reason: 'INVALID' } },
  );
  const [ofDisqualified, ofUnknown, ofNone] = [freshId(), freshId(), freshId()];
  await world.deliver(opened(ofDisqualified, id), { times: 2, at: OPENED });
  await world.deliver(opened(ofUnknown, freshId()), { times: 2, at: OPENED });
  await world.deliver(opened(ofNone, null), { times: 2, at: OPENED });
  for (const clientId of [ofDisqualified, ofUnknown, ofNone])
    await world.deliver(activated(clientId), { times: 2, at: ACTIVATED });
  expect(await lead(id)).toMatchObject({ stage: 'DISQUALIFIED', clientId: null, conversion: null });
  expect(
    await world.sql('select standing from client_opening where id = any($1) order by 1', [
      [ofDisqualified, ofUnknown, ofNone],
    ]),
  ).toEqual([{ standing: 'DISQUALIFIED_LEAD' }, { standing: 'UNKNOWN_LEAD' }]);
  const { data, codes } = await clients([ofUnknown, ofNone]);
  expect(codes).toEqual([]);
  expect(data._entities).toEqual(
    [ofUnknown, ofNone].map((clientId) => ({ id: clientId, originLead: null, conversion: null })),
  );
});

test('a client page shows origin and conversion to the client’s adviser, even when the lead was another’s', async () => {
  const { id } = await aLead({ ownerId: freshId() });
  const clientId = freshId();
  await world.deliver(opened(clientId, id), { at: OPENED });
  expect((await lead(id, ADVISER)).stage).toBe('FOLLOWING_UP');
  await world.deliver(activated(clientId), { at: ACTIVATED });
  const { data, codes } = await clients([clientId]);
  expect(codes).toEqual([]);
  expect(data._entities[0]).toMatchObject({
    originLead: {
      id,
      channel: 'OFFLINE',
      medium: 'SEMINAR',
      campaign: { name: 'Spring seminar' },
      stage: 'CONVERTED',
    },
    conversion: {
      daysToConvert: 4,
      firstTouch: { channel: 'OFFLINE', campaign: { id: campaignId } },
      campaign: { name: 'Spring seminar' },
    },
  });
});

test('nobody else reaches them: another adviser, marketing and an analyst by way of the client', async () => {
  const { id } = await aLead();
  const clientId = freshId();
  await world.deliver(opened(clientId, id), { at: OPENED });
  await world.deliver(activated(clientId), { at: ACTIVATED });
  expect((await clients([clientId], actorOf(freshId(), ['ADVISER']))).data._entities).toEqual([null]);
  expect((await clients([clientId], MARKETING)).data._entities).toEqual([null]);
  expect((await clients([clientId], actorOf(freshId(), ['ANALYST']))).data._entities).toEqual([null]);
  const own = await clients([clientId], actorOf(clientId, ['CLIENT'], clientId));
  expect(own.codes).toEqual(['FORBIDDEN', 'FORBIDDEN']);
  expect((await lead(id)).client).toBeNull();
  expect((await lead(id, ADVISER)).client).toEqual({ id: clientId });
});

test('fifty clients with origin and conversion cost as many statements as one', async () => {
  const ids: string[] = [];
  for (let n = 0; n < 50; n += 1) {
    const { id } = await aLead();
    ids.push(freshId());
    await world.deliver(opened(ids[n]!, id), { at: OPENED });
    await world.deliver(activated(ids[n]!), { at: ACTIVATED });
  }
  const of = (some: string[]) =>
    world.statements(async () => expect((await clients(some)).codes).toEqual([]));
  // Client copy, opening, lead, conversion, and the campaign once for leads and once for conversions at most.
  const forOne = await of(ids.slice(0, 1));
  expect(forOne).toBeLessThanOrEqual(6);
  expect(await of(ids)).toBe(forOne);
}, 300_000);
