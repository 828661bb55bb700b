import { createHash } from 'node:crypto';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  aClient,
  accept,
  adviser,
  aProduct,
  bought,
  command,
  importNavs,
  operations,
  START,
  self,
  settle,
} from '../fixture.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const STATEMENT = `query ($clientId: ID!, $from: Date!, $to: Date!, $format: StatementFormat!, $locale: Locale!) {
  tradeStatement(clientId: $clientId, from: $from, to: $to, format: $format, locale: $locale) { content sha256 fileName mediaType trades } }`;
const statement = (clientId: string, facts: object = {}, actor = adviser) =>
  world.ask(actor, STATEMENT, {
    clientId,
    from: '2026-03-02',
    to: '2026-03-31',
    format: 'CSV',
    locale: 'EN',
    ...facts,
  });
const textOf = (answer: Awaited<ReturnType<typeof statement>>) =>
  Buffer.from(answer.data.tradeStatement.content, 'base64')
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split('\r\n');

test('a statement tells what was held before, each trade, what is held after, and money in, out and in fees', async () => {
  const clientId = await aClient(world);
  const { id: productId, code } = await aProduct(world, {
    nameEn: '=SUM(A1), "steady"',
    purchaseFeePct: '1',
    redemptionFeePct: '0.5',
  });
  await bought(world, clientId, productId, '101');
  world.clock.now = new Date('2026-03-05T02:00:00.000Z');
  await importNavs(world, `code,day,nav\n${code},2026-03-04,1.2`);
  const { data } = await world.ask(adviser, command('redeem', 'RedeemInput', 'id'), {
    input: { requestId: freshId(), clientId, productId, units: '40' },
  });
  await accept(world, data.redeem.id);
  await settle(world, data.redeem.id, { nav: '1.2', settledOn: '2026-03-05' });
  const name = `"'=SUM(A1), ""steady"""`;
  expect(textOf(await statement(clientId, { from: '2026-03-04' }))).toEqual([
    'row,date,side,code,product,currency,units,nav,money,fee,order',
    `Held before,2026-03-04,,${code},${name},CNY,100,1,100,,`,
    `Trades,2026-03-05,redeem,${code},${name},CNY,-40,1.2,-47.76,0.24,${data.redeem.id}`,
    `Held after,2026-03-31,,${code},${name},CNY,60,1.2,72,,`,
    'In all,2026-03-31,paid in,,,CNY,,,0,0.24,',
    'In all,2026-03-31,paid out,,,CNY,,,47.76,,',
  ]);
  // What was taken back counts against what it undoes.
  await world.ask(operations, command('reverseOrder', 'ReverseOrderInput', 'id'), {
    input: { requestId: freshId(), orderId: data.redeem.id, expectedVersion: 3, reason: 'WRONG_NAV' },
  });
  const after = textOf(await statement(clientId, { locale: 'ZH_HANT' }));
  expect(after).toHaveLength(7);
  expect(after[1]).toMatch(/^交易明細,2026-03-02,申購/);
  expect(after[3]).toMatch(/贖回 \(沖正\).*,40,1.2,47.76,-0.24,/);
  expect(after.slice(-2)).toEqual([
    '合計,2026-03-31,轉入,,,CNY,,,101,1,',
    '合計,2026-03-31,轉出,,,CNY,,,0,,',
  ]);
});

test('the PDF is the same bytes for the same span, in three languages, on as many pages as it needs', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world);
  for (let n = 0; n < 26; n += 1) await bought(world, clientId, productId, `${n + 1}`);
  for (const locale of ['EN', 'ZH_HANS', 'ZH_HANT']) {
    const [one, two] = [
      await statement(clientId, { format: 'PDF', locale }),
      await statement(clientId, { format: 'PDF', locale }, self(clientId)),
    ];
    expect(one.data.tradeStatement).toEqual(two.data.tradeStatement);
    const bytes = Buffer.from(one.data.tradeStatement.content, 'base64');
    expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(one.data.tradeStatement.sha256);
    expect(one.data.tradeStatement).toMatchObject({
      fileName: 'trades-2026-03-02-2026-03-31.pdf',
      mediaType: 'application/pdf',
      trades: 26,
    });
    expect(bytes.toString('latin1').match(/\/Type \/Page\b(?!s)/g)?.length).toBeGreaterThan(1);
  }
});

test('an empty span has an empty statement; a wrong span, an unknown client and one of another adviser are refused', async () => {
  const clientId = await aClient(world);
  expect(textOf(await statement(clientId))).toHaveLength(1);
  expect((await statement(clientId, { from: '2026-04-01' })).codes).toEqual(['BAD_INPUT']);
  expect((await statement(clientId, { from: '2025-02-23' })).codes).toEqual(['BAD_INPUT']);
  expect((await statement(clientId, { from: '2025-02-24', to: '2026-03-31' })).codes).toEqual([]);
  expect((await statement(clientId, { from: '2024-02-29', to: '2025-02-28' })).codes).toEqual([]);
  expect((await statement(freshId())).codes).toEqual(['NOT_FOUND']);
  expect((await statement(clientId, {}, self(freshId()))).codes).toEqual(['NOT_FOUND']);
  expect((await statement(clientId, {}, actorOf(freshId(), ['ADVISER']))).codes).toEqual(['NOT_FOUND']);
  expect((await statement(clientId, {}, actorOf(freshId(), ['MARKETING']))).codes).toEqual(['FORBIDDEN']);
});

test('trades are paged newest first, cut by days, and cost as many statements for many clients as for one', async () => {
  const ids: string[] = [];
  const { id: productId } = await aProduct(world);
  for (let n = 0; n < 4; n += 1) {
    const clientId = await aClient(world);
    ids.push(clientId);
    for (const amount of ['1', '2', '3']) {
      world.clock.now = new Date(world.clock.now.getTime() + 1);
      await bought(world, clientId, productId, amount);
    }
  }
  const LIST = `query ($all: [_Any!]!, $after: String, $from: Date) { _entities(representations: $all) { ... on Client { trades(first: 2, after: $after, from: $from) {
    nodes { units isReversal product { code } order { side } amount { amount } } pageInfo { hasNextPage endCursor } } } } }`;
  const ask = (clients: string[], facts: object = {}) =>
    world.ask(adviser, LIST, { all: clients.map((id) => ({ __typename: 'Client', id })), ...facts });
  const [first] = (await ask(ids.slice(0, 1))).data._entities;
  expect(first.trades.nodes.map(({ units }: { units: string }) => units)).toEqual(['3', '2']);
  const rest = await ask(ids.slice(0, 1), { after: first.trades.pageInfo.endCursor });
  expect(rest.data._entities[0].trades).toMatchObject({
    nodes: [{ units: '1', isReversal: false, order: { side: 'BUY' } }],
    pageInfo: { hasNextPage: false },
  });
  expect((await ask(ids.slice(0, 1), { from: '2026-03-03' })).data._entities[0].trades.nodes).toEqual([]);
  const cost = (clients: string[]) => world.statements(() => ask(clients));
  expect(await cost(ids)).toBe(await cost(ids.slice(0, 1)));
});
