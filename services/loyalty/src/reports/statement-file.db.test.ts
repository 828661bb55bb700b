import { createHash } from 'node:crypto';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { adviser, books } from '../books.fixture.js';
import { aClient, points } from '../fixture.js';
import { activatePoints } from '../points/points.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: new Date('2026-03-02T02:00:00.000Z') });
});
afterAll(() => world.stop());
const { buy } = books(() => world);

const file = async (clientId: string, format: 'PDF' | 'CSV', locale = 'EN', from = '2026-01-01') => {
  const { data, codes } = await world.ask(
    adviser,
    `query ($c: [_Any!]!, $f: PointsStatementFormat!, $l: Locale!, $from: Date!) { _entities(representations: $c) { ... on Client { membership {
      statement(from: $from, to: "2026-04-30") { file(format: $f, locale: $l) { content sha256 fileName mediaType } } } } } }`,
    { c: [{ __typename: 'Client', id: clientId }], f: format, l: locale, from },
  );
  expect(codes).toEqual([]);
  const found = data._entities[0].membership.statement.file;
  const bytes = Buffer.from(found.content, 'base64');
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(found.sha256);
  return { ...found, bytes };
};

async function aHistory() {
  const clientId = await aClient(world, freshId());
  await points(world, clientId, 1_000, '2027-01-31');
  world.clock.now = new Date('2026-03-02T02:00:00.000Z');
  await buy({ clientId, orderId: freshId(), productId: freshId() });
  await world.ask(adviser, 'mutation ($i: RedeemPointsInput!) { redeemPoints(input: $i) { id } }', {
    i: { requestId: freshId(), clientId, rewardCode: 'GIFT-TEA' },
  });
  world.clock.now = new Date('2026-04-02T02:00:00.000Z');
  await activatePoints(world.db);
  return clientId;
}

test('as CSV it has a row for each entry, with the balance after it, in the language asked for', async () => {
  const clientId = await aHistory();
  const { bytes, fileName, mediaType } = await file(clientId, 'CSV', 'ZH_HANT', '2026-02-10');
  expect({ fileName, mediaType }).toEqual({
    fileName: 'points-2026-02-10-2026-04-30-zh-hant.csv',
    mediaType: 'text/csv',
  });
  expect(bytes.toString('utf8').split('\r\n')).toEqual([
    '\uFEFF入帳日期,業務日期,事項,規則,可用積分,待生效積分,餘額',
    '2026-03-02,2026-03-02,獲得,E1,0,88,1000',
    '2026-03-02,2026-03-02,兌換,GIFT-TEA,-800,0,200',
    '2026-04-02,2026-04-01,生效,E1,88,-88,288',
    '',
  ]);
});

test.each(['EN', 'ZH_HANS', 'ZH_HANT'])(
  'as PDF in %s it is a document, the same bytes whenever it is asked for',
  async (locale) => {
    const clientId = await aHistory();
    const first = await file(clientId, 'PDF', locale);
    world.clock.now = new Date('2027-01-02T02:00:00.000Z');
    const again = await file(clientId, 'PDF', locale);
    expect(first.bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(again.sha256).toBe(first.sha256);
    expect(first.mediaType).toBe('application/pdf');
  },
);

test('more entries than a page holds make more pages and no fault; more than a file may hold are refused', async () => {
  const clientId = await aClient(world, freshId());
  await world.sql(
    `insert into ledger_entry (id, client_id, type, pending, available, rule, business_date, at)
     select uuidv7(), $1, 'TRANSFER', 0, 0, 'MERGE', '2026-03-02', '2026-03-02T00:00:00Z' from generate_series(1, 400)`,
    [clientId],
  );
  const { bytes } = await file(clientId, 'PDF');
  expect(bytes.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(5);
  await world.sql(
    `insert into ledger_entry (id, client_id, type, pending, available, rule, business_date, at)
     select uuidv7(), $1, 'TRANSFER', 0, 0, 'MERGE', '2026-03-02', '2026-03-02T00:00:00Z' from generate_series(1, 9601)`,
    [clientId],
  );
  const { codes } = await world.ask(
    adviser,
    'query ($c: [_Any!]!) { _entities(representations: $c) { ... on Client { membership { statement(from: "2026-03-01", to: "2026-03-31") { file(format: CSV) { sha256 } } } } } }',
    { c: [{ __typename: 'Client', id: clientId }] },
  );
  expect(codes).toEqual(['BAD_INPUT']);
});
