import { asService } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  aClient,
  accept,
  adviser,
  aProduct,
  bought,
  command,
  eventsOf,
  importNavs,
  self,
  settle,
} from '../fixture.js';
import { service } from '../service.js';
import { measurePortfolios } from './measures.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const measured = async (clientId: string) => {
  await Promise.all([1, 2, 3].map(() => measurePortfolios(asService(world.db))));
  return (await eventsOf(world, clientId))
    .filter(({ type }) => type === 'portfolio.measured')
    .map(({ data }) => data);
};
const PERFORMANCE = `query ($all: [_Any!]!, $from: Date) { _entities(representations: $all) { ... on Client { performance(from: $from) {
  currency from to opening { amount } value { amount } paidIn { amount } paidOut { amount } profit { amount } returnPct } } } }`;
const performance = (ids: string[], facts: object = {}, actor = adviser) =>
  world.ask(actor, PERFORMANCE, { all: ids.map((id) => ({ __typename: 'Client', id })), ...facts });

test('a portfolio is measured by part, loss of a year and what was redeemed; told when it has changed, once', async () => {
  const clientId = await aClient(world);
  const a = await aProduct(world);
  const b = await aProduct(world, { sellerRating: 'R1' });
  await bought(world, clientId, a.id, '600');
  await bought(world, clientId, b.id, '400');
  const told = async () => (await measured(clientId)).at(-1);
  const shares = (one: number, two: number) =>
    [
      { productId: a.id, rating: 'R2', shareBp: one },
      { productId: b.id, rating: 'R1', shareBp: two },
    ]
      .filter(({ shareBp }) => shareBp > 0)
      .sort((x, y) => (x.productId < y.productId ? -1 : 1));
  const subject = { clientId, currency: 'CNY' };
  expect(await measured(clientId)).toEqual([
    { ...subject, asOf: '2026-03-02', positions: shares(6_000, 4_000), lossYearBp: 0, redeemedBp: 0 },
  ]);
  world.clock.now = new Date('2026-03-04T02:00:00.000Z');
  await importNavs(world, `code,day,nav\n${a.code},2026-03-04,0.8`);
  // 880 of 1,000 are left.
  expect(await told()).toEqual({
    ...subject,
    asOf: '2026-03-04',
    positions: shares(5_455, 4_545),
    lossYearBp: 1_200,
    redeemedBp: 0,
  });
  const { data } = await world.ask(adviser, command('redeem', 'RedeemInput', 'id'), {
    input: { requestId: freshId(), clientId, productId: b.id },
  });
  await accept(world, data.redeem.id);
  await settle(world, data.redeem.id, { settledOn: '2026-03-04' });
  expect(await told()).toMatchObject({ positions: shares(10_000, 0), lossYearBp: 1_200, redeemedBp: 4_545 });
  world.clock.now = new Date('2026-03-08T15:59:59.000Z');
  expect(await measured(clientId)).toHaveLength(3);
  world.clock.now = new Date('2026-03-08T16:00:00.000Z');
  expect(await told()).toMatchObject({ asOf: '2026-03-09', redeemedBp: 0 });
  expect(await measured(clientId)).toHaveLength(4);
  // The same in words for the client: money in and out, and a return that neither changes.
  const { data: page } = await performance([clientId], {}, self(clientId));
  expect(page._entities[0].performance).toEqual([
    {
      currency: 'CNY',
      from: '2025-03-09',
      to: '2026-03-09',
      opening: { amount: '0' },
      value: { amount: '480' },
      paidIn: { amount: '1000' },
      paidOut: { amount: '400' },
      profit: { amount: '-120' },
      returnPct: '-12',
    },
  ]);
  const later = (await performance([clientId], { from: '2026-03-04' })).data._entities[0].performance;
  expect(later).toMatchObject([
    { opening: { amount: '1000' }, paidIn: { amount: '0' }, profit: { amount: '-120' }, returnPct: '-12' },
  ]);
});

test('a wrong span is refused; twenty clients cost as many statements as one', async () => {
  const { id: productId } = await aProduct(world);
  const ids: string[] = [];
  for (let n = 0; n < 20; n += 1) {
    ids.push(await aClient(world));
    await bought(world, ids[n] ?? '', productId, '10', { settledOn: '2026-03-09' });
  }
  expect((await performance(ids, { from: '2026-03-10' })).codes).toEqual(Array(20).fill('BAD_INPUT'));
  expect((await performance(ids, { from: '2023-03-01' })).codes).toEqual(Array(20).fill('BAD_INPUT'));
  const cost = (clients: string[]) => world.statements(() => performance(clients));
  expect(await cost(ids)).toBe(await cost(ids.slice(0, 1)));
  const other = await performance(ids.slice(0, 1), {}, actorOf(freshId(), ['ADVISER']));
  expect(other.data._entities).toEqual([null]);
});
