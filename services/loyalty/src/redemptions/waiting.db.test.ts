import { ClientRestricted, ClientUnrestricted, FeeCreditRequested } from '@client-graph/events';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { adviser, books, operations } from '../books.fixture.js';
import { aClient, points } from '../fixture.js';
import { service } from '../service.js';
import { callOffWaiting } from './waiting.js';

let world: World;
const START = new Date('2026-03-02T02:00:00.000Z');
beforeAll(async () => {
  world = await aService(service, { now: START });
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(async () => {
  await sound();
  await world.stop();
});
const { standing, sound } = books(() => world);

const reserved = async () => {
  const clientId = await aClient(world, freshId());
  await points(world, clientId, 1_000, '2027-01-31');
  const { data } = await world.ask(
    adviser,
    'mutation ($input: RedeemPointsInput!) { redeemPoints(input: $input) { id } }',
    { input: { requestId: freshId(), clientId, rewardCode: 'GIFT-TEA' } },
  );
  return { clientId, id: data.redeemPoints.id as string };
};
const stateOf = async (id: string) =>
  (await world.sql('select state, reason from redemption where id = $1', [id]))[0];
const days = (n: number) => {
  world.clock.now = new Date(START.getTime() + n * 86_400_000);
};

test('a reward that nobody has fetched in thirty days is called off: points and units go back, once', async () => {
  const stock = async () =>
    (await world.sql<{ stock: string }>(`select stock from reward where code = 'GIFT-TEA'`))[0]?.stock;
  const before = await stock();
  const { clientId, id } = await reserved();
  days(30);
  await callOffWaiting(world.db);
  expect(await stateOf(id)).toEqual({ state: 'RESERVED', reason: null });
  days(31);
  await Promise.all([callOffWaiting(world.db), callOffWaiting(world.db)]);
  expect(await stateOf(id)).toEqual({ state: 'CANCELLED', reason: 'TIMED_OUT' });
  expect(await standing(clientId)).toMatchObject({ balance: 1_000 });
  expect(await stock()).toBe(before);
});

test('handed over at the same moment it is the one or the other', async () => {
  for (let round = 0; round < 5; round += 1) {
    days(0);
    const { clientId, id } = await reserved();
    days(40);
    const [, handedOver] = await Promise.all([
      callOffWaiting(world.db),
      world.ask(
        operations,
        'mutation ($input: MoveRedemptionInput!) { fulfilRedemption(input: $input) { state } }',
        {
          input: { redemptionId: id, expectedVersion: 1 },
        },
      ),
    ]);
    const isHandedOver = handedOver.codes.length === 0;
    expect(await stateOf(id)).toMatchObject({ state: isHandedOver ? 'FULFILLED' : 'CANCELLED' });
    expect(await standing(clientId)).toMatchObject({ balance: isHandedOver ? 200 : 1_000 });
  }
});

test('a credit against a fee waits for products', async () => {
  const clientId = await aClient(world, freshId());
  await points(world, clientId, 1_000, '2027-01-31');
  await world.sql(`update membership set tier = 'PLUS' where client_id = $1`, [clientId]);
  const creditId = freshId();
  await world.deliver(
    FeeCreditRequested({
      clientId,
      creditId,
      orderId: freshId(),
      feeMinor: 1_000,
      amountMinor: 300,
      currency: 'CNY',
    }),
  );
  days(60);
  await callOffWaiting(world.db);
  expect(await world.sql('select state from redemption where credit_id = $1', [creditId])).toEqual([
    { state: 'RESERVED' },
  ]);
});

test('a reward of a restricted client waits unseen: nobody of the back office lists it or hands it over', async () => {
  const { clientId, id } = await reserved();
  const listed = async () => {
    const { data } = await world.ask(
      operations,
      '{ redemptions(state: RESERVED, first: 100) { nodes { id } } }',
    );
    return data.redemptions.nodes.some((node: { id: string }) => node.id === id);
  };
  const handOver = () =>
    world.ask(
      operations,
      'mutation ($input: MoveRedemptionInput!) { fulfilRedemption(input: $input) { state } }',
      { input: { redemptionId: id, expectedVersion: 1 } },
    );
  expect(await listed()).toBe(true);
  const moved = { clientId, reason: 'TEST' };
  await world.deliver(ClientRestricted({ ...moved, from: 'ACTIVE', to: 'RESTRICTED', until: null }));
  expect(await listed()).toBe(false);
  expect((await handOver()).codes).toEqual(['NOT_FOUND']);
  days(40);
  await callOffWaiting(world.db);
  await world.deliver(ClientUnrestricted({ ...moved, from: 'RESTRICTED', to: 'ACTIVE' }));
  expect(await listed()).toBe(true);
  expect((await handOver()).codes).toEqual([]);
});
