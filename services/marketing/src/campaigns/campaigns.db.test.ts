import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { startAndEndCampaigns } from './campaigns.js';

const MARKETING = actorOf(freshId(), ['MARKETING']);
let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const CREATE = `mutation ($input: CreateCampaignInput!) {
  createCampaign(input: $input) { id name channel medium budget { amount currency } startsOn endsOn startedAt version }
}`;
const aCampaign = (override: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  name: `Seminar ${freshId()}`,
  channel: 'OFFLINE',
  medium: 'SEMINAR',
  budget: { amount: '50000.50', currency: 'CNY' },
  startsOn: '2026-03-01',
  endsOn: '2026-04-30',
  ...override,
});
const create = (input: Record<string, unknown>, actor = MARKETING) => world.ask(actor, CREATE, { input });
const started = async (id: string) =>
  (await world.events('campaign.started')).filter((event) => event.key === id);

test('a running campaign is recorded as given and announced with its budget in minor units', async () => {
  const input = aCampaign();
  const { data } = await create(input);
  expect(data.createCampaign).toMatchObject({
    name: input.name,
    budget: { amount: '50000.5', currency: 'CNY' },
    startedAt: world.clock.now.toISOString(),
  });
  expect((await started(data.createCampaign.id)).map((e) => e.data)).toEqual([
    { campaignId: data.createCampaign.id, channel: 'OFFLINE', budgetMinor: 5_000_050 },
  ]);
});

test('a campaign to come is announced on its first day, once; one that is over never', async () => {
  const ahead = (await create(aCampaign({ startsOn: '2026-03-03' }))).data.createCampaign;
  const over = (await create(aCampaign({ startsOn: '2026-02-01', endsOn: '2026-02-28' }))).data
    .createCampaign;
  expect([ahead.startedAt, over.startedAt]).toEqual([null, null]);
  await startAndEndCampaigns(world.db);
  expect(await started(ahead.id)).toEqual([]);

  const before = world.clock.now;
  world.clock.now = new Date('2026-03-02T16:01:00.000Z');
  await startAndEndCampaigns(world.db);
  await startAndEndCampaigns(world.db);
  world.clock.now = before;
  expect([(await started(ahead.id)).length, (await started(over.id)).length]).toEqual([1, 0]);
});

test('ten at once with one requestId record one campaign', async () => {
  const input = aCampaign();
  const answers = await Promise.all(Array.from({ length: 10 }, () => create(input)));
  expect(new Set(answers.map((a) => a.data.createCampaign.id)).size).toBe(1);
  expect(await world.sql('select 1 from campaign where name = $1', [input.name])).toHaveLength(1);
});

test('ten at once with one name record one campaign, whatever the case of its letters', async () => {
  const name = `Fair ${freshId()}`;
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) => create(aCampaign({ name: n % 2 ? name : name.toUpperCase() }))),
  );
  expect(answers.map((a) => a.codes[0] ?? 'done').sort()).toEqual([
    ...Array.from({ length: 9 }, () => 'CAMPAIGN_EXISTS'),
    'done',
  ]);
});

test.each([
  [{ name: ' ' }, 'BAD_NAME'],
  [{ medium: 'by phone' }, 'BAD_MEDIUM'],
  [{ endsOn: '2026-02-28' }, 'BAD_PERIOD'],
  [{ budget: { amount: '-1', currency: 'CNY' } }, 'BAD_INPUT'],
  [{ budget: { amount: '1.001', currency: 'CNY' } }, 'BAD_INPUT'],
  [{ budget: { amount: '1', currency: 'XXX' } }, 'BAD_INPUT'],
  [{ requestId: 'short' }, 'BAD_INPUT'],
])('a campaign that cannot be is refused and leaves nothing: %j, %s', async (override, code) => {
  const before = await world.sql('select 1 from campaign');
  expect((await create(aCampaign(override))).codes).toEqual([code]);
  expect(await world.sql('select 1 from campaign')).toHaveLength(before.length);
});

test('a requestId that was used for other content is refused', async () => {
  const input = aCampaign();
  await create(input);
  expect((await create({ ...input, medium: 'FAIR' })).codes).toEqual(['REQUEST_ID_REUSED']);
});

test('campaigns are paged, newest first', async () => {
  for (let n = 0; n < 3; n += 1) {
    world.clock.now = new Date(world.clock.now.getTime() + 1);
    await create(aCampaign());
  }
  const LIST =
    'query ($after: String) { campaigns(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }';
  const first = (await world.ask(MARKETING, LIST)).data.campaigns;
  const second = (await world.ask(MARKETING, LIST, { after: first.pageInfo.endCursor })).data.campaigns;
  const ids = [...first.nodes, ...second.nodes].map((n: { id: string }) => n.id);
  expect(ids).toEqual([...ids].sort().reverse());
  expect(first.pageInfo.hasNextPage).toBe(true);
});

test.each(['ADVISER', 'CLIENT', 'ANALYST', 'AUDITOR', 'COMPLIANCE', 'OPERATIONS', 'ADMIN'] as const)(
  '%s cannot create a campaign',
  async (role) => {
    expect((await create(aCampaign(), actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
  },
);
