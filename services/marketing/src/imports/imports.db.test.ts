import { createHash } from 'node:crypto';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { service } from '../service.js';
import type { ImportRow } from './imports.rules.js';

const MARKETING = actorOf(freshId(), ['MARKETING']);
const ANALYST = actorOf(freshId(), ['ANALYST']);
let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const IMPORT = `mutation ($input: ImportLeadsInput!) {
  importLeads(input: $input) { id campaign { id name startedAt } added alreadyPresent rejected { line code } }
}`;
const FUNNEL = `query ($by: FunnelBy!, $filter: FunnelFilter) {
  leadFunnel(by: $by, filter: $filter) { key campaign { id } leads contacted followedUp converted lost conversionRate }
}`;
const fileOf = (name: string) => createHash('sha256').update(name).digest('hex');
const aCampaign = (name = `Calls ${freshId()}`) => ({
  name,
  channel: 'OFFLINE',
  medium: 'PHONE',
  startsOn: '2008-05-01',
  endsOn: '2010-11-30',
});
const aBatch = (rows: Partial<ImportRow>[], override: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  fileSha256: fileOf(freshId()),
  campaign: aCampaign(),
  rows: rows.map((row, n) => ({
    line: n + 2,
    externalKey: `k-${n + 2}`,
    attempts: 1,
    outcome: 'LOST',
    ...row,
  })),
  ...override,
});
const send = (input: Record<string, unknown>, actor = MARKETING) => world.ask(actor, IMPORT, { input });

/** A file of a past campaign by a fixed recipe: irregular, and the same in every run. */
const manyRows = (count: number): ImportRow[] =>
  Array.from({ length: count }, (_, n) => ({
    line: n + 2,
    externalKey: `person-${n}`,
    medium: (n * 7) % 5 < 3 ? 'MOBILE' : 'LANDLINE',
    attempts: 1 + ((n * n) % 11),
    outcome: (n * 13) % 9 === 0 ? 'CONVERTED' : 'LOST',
    contactedMonth: 1 + (n % 12),
  }));

test('rows become leads as the file has them, and history is not news', async () => {
  const outboxBefore = (await world.events()).length;
  const input = aBatch([
    { medium: 'MOBILE', attempts: 3, outcome: 'CONVERTED', contactedMonth: 5 },
    { attempts: 1, lossReason: 'TIMING', contactedOn: '2010-06-02' },
  ]);
  const { data } = await send(input);
  expect(data.importLeads).toMatchObject({
    added: 2,
    alreadyPresent: 0,
    rejected: [],
    campaign: { name: input.campaign.name, startedAt: null },
  });
  const LIST = `query ($filter: LeadFilter) { leads(filter: $filter) { nodes { personName mobile channel medium stage attempts lossReason isContactable
    clientId conversion { at } capturedAt stageHistory { to } origin imported { fileSha256 line externalKey contactedOn contactedMonth } } } }`;
  const { nodes } = (
    await world.ask(MARKETING, LIST, { filter: { campaignId: data.importLeads.campaign.id } })
  ).data.leads;
  const common = {
    personName: null,
    mobile: null,
    channel: 'OFFLINE',
    isContactable: false,
    clientId: null,
    conversion: null,
    capturedAt: null,
    stageHistory: [],
    origin: 'IMPORTED',
  };
  expect(nodes.sort((a: { attempts: number }, b: { attempts: number }) => b.attempts - a.attempts)).toEqual([
    {
      ...common,
      medium: 'MOBILE',
      stage: 'CONVERTED',
      attempts: 3,
      lossReason: null,
      imported: {
        fileSha256: input.fileSha256,
        line: 2,
        externalKey: 'k-2',
        contactedOn: null,
        contactedMonth: 5,
      },
    },
    {
      ...common,
      medium: 'PHONE',
      stage: 'LOST',
      attempts: 1,
      lossReason: 'TIMING',
      imported: {
        fileSha256: input.fileSha256,
        line: 3,
        externalKey: 'k-3',
        contactedOn: '2010-06-02',
        contactedMonth: 6,
      },
    },
  ]);
  expect(await world.events()).toHaveLength(outboxBefore);
});

test('the same file twice adds nothing, whatever its batches', async () => {
  const input = aBatch(manyRows(1_000));
  expect((await send(input)).data.importLeads).toMatchObject({
    added: 1_000,
    alreadyPresent: 0,
    rejected: [],
  });
  const again = { ...input, requestId: freshId(), rows: input.rows.slice(300, 700) };
  expect((await send(again)).data.importLeads).toMatchObject({ added: 0, alreadyPresent: 400, rejected: [] });
  const longer = {
    ...input,
    requestId: freshId(),
    fileSha256: fileOf('exported again'),
    rows: [...input.rows.slice(0, 999), { ...input.rows[0]!, line: 1_002, externalKey: 'new' }],
  };
  expect((await send(longer)).data.importLeads).toMatchObject({
    added: 1,
    alreadyPresent: 999,
    rejected: [],
  });
});

test('ten at once of one file add each row once', async () => {
  const input = aBatch(manyRows(200));
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => send({ ...input, requestId: freshId() })),
  );
  expect(answers.flatMap((a) => a.codes)).toEqual([]);
  expect(answers.reduce((sum, a) => sum + a.data.importLeads.added, 0)).toBe(200);
  expect(await world.sql('select 1 from lead where source_file = $1', [input.fileSha256])).toHaveLength(200);
});

test('a batch sent twice under one requestId gives the same answer', async () => {
  const input = aBatch([{}, {}]);
  const [first, second] = [await send(input), await send(input)];
  expect(second.data).toEqual(first.data);
  expect(second.data.importLeads.added).toBe(2);
});

test('bad rows are named by line and reason, the good ones stay', async () => {
  const input = aBatch([{}, { attempts: -1 }, {}, { medium: 'by phone' }, { externalKey: 'k-2' }, {}]);
  expect((await send(input)).data.importLeads).toMatchObject({
    added: 3,
    rejected: [
      { line: 3, code: 'BAD_ATTEMPTS' },
      { line: 5, code: 'BAD_MEDIUM' },
      { line: 6, code: 'DUPLICATE_KEY' },
    ],
  });
  const later = {
    ...input,
    requestId: freshId(),
    rows: [{ line: 9, externalKey: 'k-2', attempts: 1, outcome: 'LOST' }],
  };
  expect((await send(later)).data.importLeads).toMatchObject({
    added: 0,
    alreadyPresent: 0,
    rejected: [{ line: 9, code: 'DUPLICATE_KEY' }],
  });
});

test.each([
  [{ fileSha256: 'nonsense' }, 'BAD_FILE'],
  [{ rows: [] }, 'BATCH_SIZE'],
  [{ rows: manyRows(1_001) }, 'BATCH_SIZE'],
  [{ campaign: { ...aCampaign(), name: '' } }, 'BAD_NAME'],
  [{ campaign: { ...aCampaign(), medium: '?' } }, 'BAD_MEDIUM'],
  [{ campaign: { ...aCampaign(), endsOn: '2008-04-30' } }, 'BAD_PERIOD'],
])('a batch that cannot be taken is refused whole: %#, %s', async (override, code) => {
  const before = (await world.sql('select 1 from lead union all select 1 from campaign')).length;
  expect((await send(aBatch([{}], override))).codes).toEqual([code]);
  expect(await world.sql('select 1 from lead union all select 1 from campaign')).toHaveLength(before);
});

test('a campaign known otherwise is not imported into', async () => {
  const campaign = aCampaign();
  await send(aBatch([{}], { campaign }));
  expect((await send(aBatch([{}], { campaign: { ...campaign, channel: 'ONLINE' } }))).codes).toEqual([
    'CAMPAIGN_DIFFERS',
  ]);
});

test.each(['ADVISER', 'ANALYST', 'AUDITOR', 'COMPLIANCE', 'OPERATIONS', 'CLIENT', 'ADMIN'] as const)(
  '%s cannot import',
  async (role) => {
    expect((await send(aBatch([{}]), actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
  },
);

test('a lead from a file is not worked', async () => {
  const input = aBatch([{}]);
  await send(input);
  const [row] = await world.sql<{ id: string }>('select id from lead where source_file = $1', [
    input.fileSha256,
  ]);
  const { codes } = await world.ask(
    MARKETING,
    'mutation ($input: ReopenLeadInput!) { reopenLead(input: $input) { id } }',
    { input: { leadId: row!.id, expectedVersion: 1 } },
  );
  expect(codes).toEqual(['IMPORTED_LEAD']);
});

test('the funnel equals a direct count over the rows, by medium, attempts, channel and campaign', async () => {
  const rows = manyRows(1_000);
  const input = aBatch(rows);
  const campaignId = (await send(input)).data.importLeads.campaign.id;
  const direct = (some: ImportRow[]) => {
    const converted = some.filter((row) => row.outcome === 'CONVERTED').length;
    return {
      leads: some.length,
      contacted: some.length,
      followedUp: some.filter((row) => row.attempts >= 2).length,
      converted,
      lost: some.length - converted,
      conversionRate: String(Math.round((converted / some.length) * 1e6) / 1e6),
    };
  };
  const funnel = async (by: string) =>
    (await world.ask(ANALYST, FUNNEL, { by, filter: { campaignId, origin: 'IMPORTED' } })).data.leadFunnel;
  const keyed = (found: { key: string }[]) => Object.fromEntries(found.map(({ key, ...row }) => [key, row]));

  expect(keyed(await funnel('MEDIUM'))).toEqual(
    Object.fromEntries(
      ['MOBILE', 'LANDLINE'].map((medium) => [
        medium,
        { campaign: null, ...direct(rows.filter((row) => row.medium === medium)) },
      ]),
    ),
  );
  const attempts = [...new Set(rows.map((row) => row.attempts))].sort((a, b) => a - b);
  expect(await funnel('ATTEMPTS')).toEqual(
    attempts.map((n) => ({
      key: String(n),
      campaign: null,
      ...direct(rows.filter((row) => row.attempts === n)),
    })),
  );
  expect(await funnel('CHANNEL')).toEqual([{ key: 'OFFLINE', campaign: null, ...direct(rows) }]);
  expect(await funnel('CAMPAIGN')).toEqual([
    { key: campaignId, campaign: { id: campaignId }, ...direct(rows) },
  ]);
});

test('the funnel costs one statement, and one more for campaigns', async () => {
  const cost = (by: string) =>
    world.statements(async () => expect((await world.ask(ANALYST, FUNNEL, { by })).codes).toEqual([]));
  expect([await cost('MEDIUM'), await cost('CAMPAIGN')]).toEqual([1, 2]);
});

test('a batch of a thousand rows costs a handful of statements', async () => {
  const cost = await world.statements(() => send(aBatch(manyRows(1_000))));
  expect(cost).toBeLessThanOrEqual(9);
});

test.each(['ADVISER', 'CLIENT', 'OPERATIONS', 'ADMIN'] as const)('%s sees no funnel', async (role) => {
  expect((await world.ask(actorOf(freshId(), [role]), FUNNEL, { by: 'CHANNEL' })).codes).toEqual([
    'FORBIDDEN',
  ]);
});

test('a filter that is no id is refused', async () => {
  expect((await world.ask(ANALYST, FUNNEL, { by: 'CHANNEL', filter: { campaignId: 'x' } })).codes).toEqual([
    'BAD_INPUT',
  ]);
});
