import { ClientMerged, ClientUnmerged } from '@client-graph/events';
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
  place,
  profileOf,
  settle,
} from '../fixture.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const merge = (survivorId: string, mergedId: string) =>
  world.deliver(ClientMerged({ survivorId, mergedId }), { times: 2 });
const part = (survivorId: string, mergedId: string) =>
  world.deliver(ClientUnmerged({ survivorId, mergedId, to: 'ACTIVE' }), { times: 2 });
const redeem = async (clientId: string, productId: string, units: string) => {
  const { data, errors } = await world.ask(adviser, command('redeem', 'RedeemInput', 'id'), {
    input: { requestId: freshId(), clientId, productId, units },
  });
  expect(errors).toEqual([]);
  return String(data.redeem.id);
};
const held = async (clientId: string) =>
  Object.fromEntries(
    (
      await world.sql<{ product_id: string; units: string }>(
        'select product_id, trim_scale(sum(units)) as units from holding where client_id = $1 and units > 0 group by product_id',
        [clientId],
      )
    ).map(({ product_id, units }) => [product_id, units]),
  );
const lastTold = async (clientId: string) => {
  const told = (await eventsOf(world, clientId)).filter(({ type }) => type === 'holding.changed');
  return Object.fromEntries(told.map(({ data }) => [String(data['productId']), data['units']]));
};
async function booksAgree() {
  const wrong = await world.sql(
    `select h.id from holding h left join settlement s on s.holding_id = h.id
     group by h.id, h.units having h.units <> coalesce(sum(s.units), 0) or h.units < 0`,
  );
  expect(wrong).toEqual([]);
}

test('orders and holdings follow a merge, are redeemed as one, and what is left goes back when the two part', async () => {
  const [survivor, merged] = [await aClient(world), await aClient(world)];
  const { id: both } = await aProduct(world);
  const { id: only } = await aProduct(world);
  await bought(world, survivor, both, '100');
  await bought(world, merged, both, '50');
  await bought(world, merged, only, '70');
  const waiting = await place(world, merged, only, '30');
  await merge(survivor, merged);
  expect(await held(survivor)).toEqual({ [both]: '150', [only]: '70' });
  expect(await held(merged)).toEqual({});
  expect(await lastTold(survivor)).toEqual({ [both]: '150', [only]: '70' });
  expect(await lastTold(merged)).toEqual({ [both]: '0', [only]: '0' });
  // More than either holding has: the survivor's own goes first.
  const id = await redeem(survivor, both, '120');
  await accept(world, id);
  expect((await settle(world, id, { nav: '1.1' })).codes).toEqual([]);
  expect(await held(survivor)).toEqual({ [both]: '30', [only]: '70' });
  expect(await lastTold(survivor)).toMatchObject({ [both]: '30' });
  const rows = await world.sql('select units, amount from settlement where order_id = $1 order by units', [
    id,
  ]);
  expect(rows).toEqual([
    { units: '-100', amount: '-110' },
    { units: '-20', amount: '-22' },
  ]);
  // An order of the duplicate is the survivor's to see through.
  const read = await world.ask(adviser, 'query ($id: ID!) { order(id: $id) { client { id } state } }', {
    id: waiting.data.placeOrder.id,
  });
  expect(read.data.order).toEqual({ client: { id: survivor }, state: 'SUBMITTED' });
  await accept(world, waiting.data.placeOrder.id);
  await settle(world, waiting.data.placeOrder.id);
  await booksAgree();
  await part(survivor, merged);
  expect(await held(survivor)).toEqual({});
  expect(await held(merged)).toEqual({ [both]: '30', [only]: '100' });
  expect(await lastTold(merged)).toEqual({ [both]: '30', [only]: '100' });
  expect(await lastTold(survivor)).toEqual({ [both]: '0', [only]: '0' });
  await booksAgree();
});

test('an order that gives up units which went back is refused when it is settled, and the books stay', async () => {
  const [survivor, merged] = [await aClient(world), await aClient(world)];
  const { id: productId } = await aProduct(world);
  await bought(world, survivor, productId, '10');
  await bought(world, merged, productId, '50');
  await merge(survivor, merged);
  const id = await redeem(survivor, productId, '60');
  await accept(world, id);
  await part(survivor, merged);
  expect((await settle(world, id)).codes).toEqual(['UNITS_MISSING']);
  await booksAgree();
});

test('duplicates of duplicates go on together, and part as they were', async () => {
  const [first, second, third] = [await aClient(world), await aClient(world), await aClient(world)];
  const { id: productId } = await aProduct(world);
  for (const [clientId, amount] of [
    [first, '1'],
    [second, '2'],
    [third, '4'],
  ] as const)
    await bought(world, clientId, productId, amount);
  await merge(second, third);
  await merge(first, second);
  expect(await held(first)).toEqual({ [productId]: '7' });
  await part(first, second);
  expect([await held(first), await held(second), await held(third)]).toEqual([
    { [productId]: '1' },
    { [productId]: '6' },
    {},
  ]);
  await part(second, third);
  expect([await held(second), await held(third)]).toEqual([{ [productId]: '2' }, { [productId]: '4' }]);
});

test('what waits for acceptance is held against the survivor’s level, and counts in what is too much of one product', async () => {
  const [survivor, merged] = [await aClient(world, 'LOW'), await aClient(world, 'MEDIUM')];
  const { id: productId } = await aProduct(world, { sellerRating: 'R3' });
  const { data } = await place(world, merged, productId);
  await merge(survivor, merged);
  const read = await world.ask(adviser, 'query ($id: ID!) { order(id: $id) { state rejectReason } }', {
    id: data.placeOrder.id,
  });
  expect(read.data.order).toEqual({ state: 'REJECTED', rejectReason: 'SUITABILITY_CHANGED' });
  await world.deliver(profileOf(survivor, 'MEDIUM'));
  expect((await place(world, survivor, productId)).codes).toEqual([]);
  expect((await place(world, merged, productId)).codes).toEqual(['NOT_SUITABLE']);
});

test('what was recommended to the duplicate was recommended to the survivor', async () => {
  const [survivor, merged] = [await aClient(world), await aClient(world)];
  const { id: productId } = await aProduct(world);
  const recommend = await world.ask(adviser, command('recommendProduct', 'RecommendProductInput', 'id'), {
    input: { requestId: freshId(), clientId: merged, productId, amount: { amount: '100', currency: 'CNY' } },
  });
  expect(recommend.codes).toEqual([]);
  const LIST =
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Client { recommendations { nodes { product { id } } } holdings { id } } } }';
  await merge(survivor, merged);
  const list = async (id: string) =>
    (await world.ask(actorOf(freshId(), ['AUDITOR']), LIST, { all: [{ __typename: 'Client', id }] })).data
      ._entities[0].recommendations.nodes;
  expect([(await list(survivor)).length, (await list(merged)).length]).toEqual([1, 0]);
  await part(survivor, merged);
  expect([(await list(survivor)).length, (await list(merged)).length]).toEqual([0, 1]);
});

test('merged while it redeems, ten at once: no unit is lost, none is given twice', async () => {
  for (let round = 0; round < 3; round += 1) {
    const [survivor, merged] = [await aClient(world), await aClient(world)];
    const { id: productId } = await aProduct(world);
    await bought(world, merged, productId, '100');
    const ask = () =>
      world.ask(adviser, command('redeem', 'RedeemInput', 'id'), {
        input: { requestId: freshId(), clientId: merged, productId, units: '60' },
      });
    const answers = await Promise.all([...Array.from({ length: 9 }, ask), merge(survivor, merged)]);
    const placed = answers.flatMap((answer) =>
      answer && answer.codes.length === 0 ? [String(answer.data.redeem.id)] : [],
    );
    expect(placed.length).toBeLessThanOrEqual(1);
    for (const id of placed) {
      await accept(world, id);
      expect((await settle(world, id)).codes).toEqual([]);
    }
    expect(await held(survivor)).toEqual({ [productId]: placed.length === 1 ? '40' : '100' });
  }
  await booksAgree();
});
