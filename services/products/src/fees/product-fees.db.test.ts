import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  aClient,
  accept,
  admin,
  adviser,
  aProduct,
  bought,
  command,
  operations,
  place,
  START,
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

const compliance = actorOf(freshId(), ['COMPLIANCE']);
const FEES = 'id state version wasPurchasePct purchaseFeePct redemptionFeePct validFrom decidedBy';
const propose = (productId: string, facts: object = {}, actor = admin) =>
  world.ask(actor, command('proposeProductFees', 'ProposeProductFeesInput', FEES), {
    input: {
      ...{ requestId: freshId(), productId, purchaseFeePct: '2', redemptionFeePct: '1' },
      validFrom: '2026-03-03',
      ...facts,
    },
  });
const decide = (name: 'approve' | 'reject' | 'withdraw', feesId: string, actor = compliance, version = 1) =>
  world.ask(actor, command(`${name}ProductFees`, 'DecideProductFeesInput', FEES), {
    input: { feesId, expectedVersion: version },
  });
async function changed(productId: string, facts: object = {}) {
  const { id } = (await propose(productId, facts)).data.proposeProductFees;
  expect((await decide('approve', id)).codes).toEqual([]);
  return id;
}
const nextDay = (day: string) => {
  world.clock.now = new Date(`${day}T02:00:00.000Z`);
};
const shown = async (productId: string) =>
  (
    await world.ask(operations, 'query ($id: ID!) { product(id: $id) { purchaseFeePct redemptionFeePct } }', {
      id: productId,
    })
  ).data.product;
const feeOf = async (orderId: string) =>
  (
    await world.ask(
      adviser,
      'query ($id: ID!) { order(id: $id) { purchaseFeePct redemptionFeePct fee { amount } } }',
      { id: orderId },
    )
  ).data.order;

test('other fees hold from their day for what is placed then; what was placed before keeps its own to the end', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world, { purchaseFeePct: '1', redemptionFeePct: '0.5' });
  const before = (await place(world, clientId, productId, '1010')).data.placeOrder.id;
  await changed(productId);
  expect(await shown(productId)).toEqual({ purchaseFeePct: '1', redemptionFeePct: '0.5' });
  nextDay('2026-03-03');
  expect(await shown(productId)).toEqual({ purchaseFeePct: '2', redemptionFeePct: '1' });
  await accept(world, before);
  expect((await settle(world, before, { settledOn: '2026-03-03' })).codes).toEqual([]);
  expect(await feeOf(before)).toEqual({
    purchaseFeePct: '1',
    redemptionFeePct: '0.5',
    fee: { amount: '10' },
  });
  const after = await bought(world, clientId, productId, '1020', { settledOn: '2026-03-03' });
  expect(await feeOf(after)).toEqual({
    purchaseFeePct: '2',
    redemptionFeePct: '1',
    fee: { amount: '20' },
  });
});

test('a redemption and a switch that wait keep the fees of both products of the day they were placed on', async () => {
  const clientId = await aClient(world);
  const from = await aProduct(world, { redemptionFeePct: '0.5' });
  const into = await aProduct(world, { purchaseFeePct: '1' });
  await bought(world, clientId, from.id, '2000');
  const order = async (name: string, type: string, input: object) =>
    (
      await world.ask(adviser, command(name, type, 'id version'), {
        input: { requestId: freshId(), clientId, ...input },
      })
    ).data[name].id;
  const redemption = await order('redeem', 'RedeemInput', { productId: from.id, units: '1000' });
  const change = await order('switchProducts', 'SwitchProductsInput', {
    fromProductId: from.id,
    toProductId: into.id,
    units: '1000',
  });
  await changed(from.id);
  await changed(into.id);
  nextDay('2026-03-04');
  for (const id of [redemption, change]) {
    await accept(world, id);
    expect((await settle(world, id, { settledOn: '2026-03-04', fromNav: '1' })).codes).toEqual([]);
  }
  expect((await feeOf(redemption)).fee.amount).toBe('5');
  // 1000 − 5 of the redemption = 995; of these 985.15 are invested at 1 per cent.
  expect(await feeOf(change)).toMatchObject({
    purchaseFeePct: '1',
    redemptionFeePct: '0.5',
    fee: { amount: '14.85' },
  });
});

test('of two for one day the one approved later counts, and an earlier day does not take a later one’s place', async () => {
  const { id: productId } = await aProduct(world);
  await changed(productId, { validFrom: '2026-03-05', purchaseFeePct: '3' });
  await changed(productId, { validFrom: '2026-03-05', purchaseFeePct: '2.5' });
  await changed(productId, { validFrom: '2026-03-04', purchaseFeePct: '1.25' });
  nextDay('2026-03-04');
  expect((await shown(productId)).purchaseFeePct).toBe('1.25');
  nextDay('2026-03-05');
  expect((await shown(productId)).purchaseFeePct).toBe('2.5');
  const LIST =
    'query ($id: ID!) { product(id: $id) { fees(first: 2) { nodes { purchaseFeePct state } pageInfo { hasNextPage } } } }';
  expect((await world.ask(admin, LIST, { id: productId })).data.product.fees).toMatchObject({
    nodes: [{ purchaseFeePct: '1.25' }, { purchaseFeePct: '2.5' }],
    pageInfo: { hasNextPage: true },
  });
});

test.each([
  [{ validFrom: '2026-03-02' }, 'FEES_NOT_AHEAD'],
  [{ validFrom: '2025-12-31' }, 'FEES_NOT_AHEAD'],
  [{ purchaseFeePct: '0', redemptionFeePct: '0' }, 'FEES_UNCHANGED'],
  [{ purchaseFeePct: '-0.1' }, 'BAD_INPUT'],
  [{ redemptionFeePct: '5.0001' }, 'BAD_INPUT'],
  [{ purchaseFeePct: '1.00001' }, 'BAD_INPUT'],
  [{ productId: freshId() }, 'NOT_FOUND'],
])('%j is refused: %s', async (facts, code) => {
  const { id } = await aProduct(world);
  expect((await propose(id, facts)).codes).toEqual([code]);
});

test('nobody approves their own proposal, a second one waits, and what comes too late is not approved', async () => {
  const { id: productId } = await aProduct(world);
  const requestId = freshId();
  const answers = await Promise.all(Array.from({ length: 10 }, () => propose(productId, { requestId })));
  const ids = new Set(answers.map(({ data }) => data?.proposeProductFees.id));
  expect(ids.size).toBe(1);
  const [id = ''] = ids;
  expect((await propose(productId)).codes).toEqual(['PROPOSAL_OPEN']);
  const both = actorOf(admin.id ?? '', ['ADMIN', 'COMPLIANCE']);
  expect((await decide('approve', id, both)).codes).toEqual(['MAKER_IS_CHECKER']);
  expect((await decide('withdraw', id, actorOf(freshId(), ['ADMIN']))).codes).toEqual(['NOT_THE_MAKER']);
  expect((await decide('approve', id, compliance, 2)).codes).toEqual(['STALE_VERSION']);
  nextDay('2026-03-03');
  expect((await decide('approve', id)).codes).toEqual(['FEES_NOT_AHEAD']);
  expect((await decide('withdraw', id, admin)).data.withdrawProductFees.state).toBe('WITHDRAWN');
  expect((await decide('approve', id, compliance, 2)).codes).toEqual(['PROPOSAL_CLOSED']);
  for (const role of ['ADVISER', 'CLIENT', 'OPERATIONS', 'MARKETING', 'COMPLIANCE'] as const)
    expect((await propose(productId, {}, actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
});

test('approved or not at once with an order: the order has the fees of its own day', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world, { purchaseFeePct: '1' });
  const { id } = (await propose(productId)).data.proposeProductFees;
  const answers = await Promise.all([
    decide('approve', id),
    ...Array.from({ length: 9 }, () => place(world, clientId, productId, '100')),
  ]);
  expect(answers.flatMap(({ codes }) => codes)).toEqual([]);
  const rows = await world.sql(
    'select distinct purchase_fee_pct as pct from product_order where product_id = $1',
    [productId],
  );
  expect(rows).toEqual([{ pct: '1' }]);
});
