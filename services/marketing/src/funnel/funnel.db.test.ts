import { createHash } from 'node:crypto';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { addUpCounts } from './funnel.js';

const MARKETING = actorOf(freshId(), ['MARKETING']);
const [OWNER, OTHER_OWNER] = [freshId(), freshId()];
let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const FUNNEL = `query ($by: FunnelBy!, $filter: FunnelFilter) {
  leadFunnel(by: $by, filter: $filter) { key leads contacted followedUp converted lost conversionRate }
}`;
const funnel = async (by: string, filter = {}) =>
  (await world.ask(MARKETING, FUNNEL, { by, filter })).data.leadFunnel;
const SPLITS = ['CHANNEL', 'MEDIUM', 'ATTEMPTS', 'CAMPAIGN', 'OWNER', 'MONTH'];
const whole = () => Promise.all(SPLITS.map((by) => funnel(by)));

let numbers = 30_000_000;
async function aLead(ownerId: string, capturedAt: string): Promise<{ id: string; version: number }> {
  const consent = { channels: ['PHONE'], textVersion: '2026.1', evidence: 'form', at: capturedAt };
  const input = {
    requestId: freshId(),
    personName: '王小明',
    mobile: `138${numbers++}`,
    channel: 'ONLINE',
    medium: 'FORM',
    ownerId,
    capturedAt,
    consent,
  };
  const { data } = await world.ask(
    MARKETING,
    'mutation ($input: CreateLeadInput!) { createLead(input: $input) { id version } }',
    { input },
  );
  return data.createLead;
}
const contact = ({ id, version }: { id: string; version: number }) =>
  world.ask(
    MARKETING,
    'mutation ($input: LogLeadContactInput!) { logLeadContact(input: $input) { version } }',
    {
      input: {
        requestId: freshId(),
        leadId: id,
        expectedVersion: version,
        channel: 'PHONE',
        outcome: 'INTERESTED',
      },
    },
  );
const importRows = (rows: Record<string, unknown>[]) =>
  world.ask(
    MARKETING,
    'mutation ($input: ImportLeadsInput!) { importLeads(input: $input) { added rejected { line code } } }',
    {
      input: {
        requestId: freshId(),
        fileSha256: createHash('sha256').update(freshId()).digest('hex'),
        campaign: {
          name: `Calls ${freshId()}`,
          channel: 'OFFLINE',
          medium: 'PHONE',
          startsOn: '2017-01-01',
          endsOn: '2018-12-31',
        },
        rows: rows.map((row, n) => ({
          line: n + 2,
          externalKey: `k-${n}`,
          attempts: 1,
          outcome: 'LOST',
          ...row,
        })),
      },
    },
  );

test('the funnel is split by owner and by month, and a lead that moves is counted where it now stands', async () => {
  const first = await aLead(OWNER, '2026-01-31T15:59:59.000Z');
  await aLead(OWNER, '2026-01-31T16:00:00.000Z');
  await aLead(OTHER_OWNER, '2026-02-10T00:00:00.000Z');
  await contact(first);
  const none = { contacted: 0, followedUp: 0, converted: 0, lost: 0, conversionRate: '0' };
  expect(await funnel('OWNER')).toEqual([
    { key: OWNER, leads: 2, ...none, contacted: 1 },
    { key: OTHER_OWNER, leads: 1, ...none },
  ]);
  expect(await funnel('MONTH')).toEqual([
    { key: '2026-01', leads: 1, ...none, contacted: 1 },
    { key: '2026-02', leads: 2, ...none },
  ]);
});

test('an imported row has its own channel and month, and a row without an outcome stands where its attempts have brought it', async () => {
  const { data } = await importRows([
    { channel: 'ONLINE', medium: 'SEARCH', contactedOn: '2018-02-01', outcome: 'OPEN' },
    {
      channel: 'ONLINE',
      medium: 'SEARCH',
      contactedOn: '2018-02-03',
      outcome: 'CONVERTED',
      convertedOn: '2018-02-03',
    },
    { contactedMonth: 5 },
    { attempts: 0, outcome: 'OPEN' },
    { contactedOn: '2018-02-03', outcome: 'CONVERTED', convertedOn: '2018-02-02' },
  ]);
  expect(data.importLeads).toEqual({ added: 4, rejected: [{ line: 6, code: 'CONVERTED_BEFORE_CONTACT' }] });
  const imported = { origin: 'IMPORTED' };
  expect(await funnel('MONTH', imported)).toMatchObject([
    { key: '--05', leads: 1, lost: 1 },
    { key: '2018-02', leads: 2, converted: 1, lost: 0, conversionRate: '0.5' },
    { key: 'NONE', leads: 1, contacted: 0 },
  ]);
  expect(await funnel('CHANNEL', imported)).toMatchObject([
    { key: 'OFFLINE', leads: 2 },
    { key: 'ONLINE', leads: 2 },
  ]);
});

test('adding the counts up changes no figure, once or ten times at once, and they equal a count over the leads', async () => {
  const before = await whole();
  await addUpCounts(world.db);
  expect(await whole()).toEqual(before);
  await importRows([{}, { outcome: 'CONVERTED' }]);
  const more = await whole();
  await Promise.all(Array.from({ length: 10 }, () => addUpCounts(world.db)));
  expect(await whole()).toEqual(more);
  expect(await world.sql('select from lead_difference')).toHaveLength(0);
  const [counted] = await world.sql<{ leads: number; converted: number }>(
    `select count(*)::int as leads, (count(*) filter (where stage = 'CONVERTED'))::int as converted from lead`,
  );
  for (const rows of more) {
    const sum = (of: 'leads' | 'converted') =>
      rows.reduce((total: number, row: Record<string, number>) => total + (row[of] ?? 0), 0);
    expect({ leads: sum('leads'), converted: sum('converted') }).toEqual(counted);
  }
});
