import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  aClient,
  accept,
  admin,
  adviser,
  aProduct,
  bought,
  command,
  eventsOf,
  operations,
  place,
  profileOf,
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

type Facts = Record<string, unknown>;
const ORDER = `id side state version units amount { amount } fromProduct { id } fee { amount } reverseReason decision { id }
  settlement { units } settlements { units nav residual fee { amount } amount { amount } reversesId }`;
const redeem = (clientId: string, productId: string, facts: Facts = {}, actor = adviser) =>
  world.ask(actor, command('redeem', 'RedeemInput', ORDER), {
    input: { requestId: freshId(), clientId, productId, ...facts },
  });
const change = (clientId: string, fromProductId: string, toProductId: string, facts: Facts = {}) =>
  world.ask(adviser, command('switchProducts', 'SwitchProductsInput', ORDER), {
    input: { requestId: freshId(), clientId, fromProductId, toProductId, ...facts },
  });
const reverse = (orderId: string, facts: Facts = {}, actor = operations) =>
  world.ask(actor, command('reverseOrder', 'ReverseOrderInput', ORDER), {
    input: { requestId: freshId(), orderId, expectedVersion: 3, reason: 'WRONG_NAV', ...facts },
  });
const held = async (clientId: string, productId: string) =>
  (
    await world.sql<{ units: string }>('select units from holding where client_id = $1 and product_id = $2', [
      clientId,
      productId,
    ])
  )[0]?.units;
/** Nothing is in the books that does not add up. */
async function booksAgree(clientId: string) {
  const wrong = await world.sql(
    `select h.id from holding h left join settlement s on s.holding_id = h.id where h.client_id = $1
     group by h.id, h.units having h.units <> coalesce(sum(s.units), 0) or h.units < 0`,
    [clientId],
  );
  expect(wrong).toEqual([]);
}

describe('redeeming', () => {
  test('a part, then all that is left, pays out by net asset value less the fee; the books agree', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world, { redemptionFeePct: '0.5' });
    await bought(world, clientId, productId, '1000');
    const part = await redeem(clientId, productId, { units: '400.5' }, self(clientId));
    expect(part.data.redeem).toMatchObject({
      side: 'REDEEM',
      state: 'SUBMITTED',
      units: '400.5',
      amount: { amount: '400.5' },
      decision: null,
      fee: { amount: '0' },
    });
    await accept(world, part.data.redeem.id);
    await settle(world, part.data.redeem.id, { nav: '1.1' });
    const READ = `query ($id: ID!) { order(id: $id) { ${ORDER} } }`;
    const { data } = await world.ask(adviser, READ, { id: part.data.redeem.id });
    // 400.5 × 1.1 = 440.55, less 0.5 %: 2.20
    expect(data.order).toMatchObject({
      state: 'SETTLED',
      amount: { amount: '438.35' },
      fee: { amount: '2.2' },
      settlement: { units: '-400.5' },
    });
    const rest = await redeem(clientId, productId);
    expect(rest.data.redeem.units).toBe('599.5');
    await accept(world, rest.data.redeem.id);
    await settle(world, rest.data.redeem.id, { nav: '1' });
    expect(await held(clientId, productId)).toBe('0');
    await booksAgree(clientId);
    const told = await eventsOf(world, clientId);
    expect(
      told.filter((event) => event.type === 'order.fee.charged').map((event) => event.data['amountMinor']),
    ).toEqual([220, 300]);
    expect(told.findLast((event) => event.type === 'order.settled')?.data).toMatchObject({
      side: 'REDEEM',
      amountMinor: 59_650,
    });
    expect(told.findLast((event) => event.type === 'holding.changed')?.data).toMatchObject({ units: '0' });
  });

  test('ten at once for the last units: one is placed, the others find nothing left', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world);
    await bought(world, clientId, productId);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => redeem(clientId, productId, { units: '60' })),
    );
    expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('INSUFFICIENT_UNITS'));
    const [placed] = answers.filter((answer) => answer.codes.length === 0);
    await accept(world, placed?.data.redeem.id);
    const settled = await Promise.all(
      Array.from({ length: 10 }, () => settle(world, placed?.data.redeem.id)),
    );
    expect(settled.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect(await held(clientId, productId)).toBe('40');
    await booksAgree(clientId);
  });

  test('the same request ten times at once is one redemption', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world);
    await bought(world, clientId, productId);
    const requestId = freshId();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => redeem(clientId, productId, { requestId })),
    );
    expect(new Set(answers.map((answer) => answer.data?.redeem.id)).size).toBe(1);
    expect((await redeem(clientId, productId, { requestId, units: '1' })).codes).toEqual([
      'REQUEST_ID_REUSED',
    ]);
  });

  test('is possible without any level, when the product is closed, and frees its units when it is cancelled or fails', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world);
    await bought(world, clientId, productId);
    await world.deliver(profileOf(clientId, 'LOW', { lowestCategory: true, validTo: '2026-03-01' }));
    await world.ask(admin, command('closeProduct', 'ChangeProductInput', 'id'), {
      input: { productId, expectedVersion: 1 },
    });
    const first = (await redeem(clientId, productId)).data.redeem;
    expect((await redeem(clientId, productId)).codes).toEqual(['INSUFFICIENT_UNITS']);
    await world.ask(adviser, command('cancelOrder', 'CancelOrderInput', 'id'), {
      input: { orderId: first.id, expectedVersion: 1 },
    });
    const second = (await redeem(clientId, productId)).data.redeem;
    await accept(world, second.id);
    const failed = await world.ask(
      operations,
      command('failOrder', 'RejectOrderInput', 'state rejectReason'),
      {
        input: { orderId: second.id, expectedVersion: 2, reason: 'ISSUER_DECLINED' },
      },
    );
    expect(failed.data.failOrder).toEqual({ state: 'FAILED', rejectReason: 'ISSUER_DECLINED' });
    expect((await eventsOf(world, clientId)).at(-1)?.type).toBe('order.failed');
    expect((await redeem(clientId, productId)).codes).toEqual([]);
  });

  test.each([
    ['INSUFFICIENT_UNITS', { units: '100.000001' }],
    ['BAD_INPUT', { units: '0' }],
    ['BAD_INPUT', { units: '0.0000001' }],
    ['NOT_FOUND', { productId: freshId() }],
    ['NOT_FOUND', { clientId: freshId() }],
  ])('%s: %j leaves nothing behind', async (code, facts) => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world);
    await bought(world, clientId, productId);
    expect((await redeem(clientId, productId, facts)).codes).toEqual([code]);
    expect(
      await world.sql("select 1 from product_order where client_id = $1 and side <> 'BUY'", [clientId]),
    ).toEqual([]);
  });
});

describe('switching', () => {
  test('gives up units of one product for units of another in one settlement', async () => {
    const clientId = await aClient(world);
    const [from, to] = [await aProduct(world), await aProduct(world, { purchaseFeePct: '1' })];
    await bought(world, clientId, from.id, '100');
    const placed = await change(clientId, from.id, to.id, { units: '50' });
    expect(placed.data.switchProducts).toMatchObject({
      side: 'SWITCH',
      state: 'SUBMITTED',
      units: '50',
      amount: { amount: '50' },
      fromProduct: { id: from.id },
    });
    const orderId = placed.data.switchProducts.id;
    await accept(world, orderId);
    expect((await settle(world, orderId)).codes).toEqual(['FROM_NAV_MISSING']);
    expect((await settle(world, orderId, { nav: '2', fromNav: '2.02' })).codes).toEqual([]);
    // 50 × 2.02 = 101 out and in; 1 of it is the fee, 100 ÷ 2 units bought.
    expect([await held(clientId, from.id), await held(clientId, to.id)]).toEqual(['50', '50']);
    await booksAgree(clientId);
    const undone = await reverse(orderId);
    expect(undone.data.reverseOrder).toMatchObject({ state: 'REVERSED', fee: { amount: '0' } });
    expect(undone.data.reverseOrder.settlements).toHaveLength(4);
    expect([await held(clientId, from.id), await held(clientId, to.id)]).toEqual(['100', '0']);
    await booksAgree(clientId);
  });

  test.each([
    ['40', []],
    ['40.01', ['NOT_SUITABLE']],
  ])('%s of a hundred switched into one of higher risk is so much of a hundred', async (units, codes) => {
    const clientId = await aClient(world, 'HIGH');
    const from = await aProduct(world);
    const to = await aProduct(world, { sellerRating: 'R4', category: 'EQUITY' });
    await bought(world, clientId, from.id, '100');
    const acknowledgedWarnings = ['CONCENTRATION'];
    expect((await change(clientId, from.id, to.id, { units, acknowledgedWarnings })).codes).toEqual(codes);
  });

  test('several switches out of one product: each is its part of the whole, when placed and when accepted', async () => {
    const clientId = await aClient(world, 'HIGH');
    const from = await aProduct(world);
    await bought(world, clientId, from.id, '100');
    const orders: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      const to = await aProduct(world, { sellerRating: 'R4', category: 'EQUITY' });
      const placed = await change(clientId, from.id, to.id, { units: '20' });
      expect(placed.codes).toEqual([]);
      orders.push(placed.data.switchProducts.id);
    }
    for (const id of orders) expect((await accept(world, id)).data.state).toBe('ACCEPTED');
    for (const id of orders) expect((await settle(world, id, { fromNav: '1' })).codes).toEqual([]);
    await booksAgree(clientId);
  });

  test('two switches into one product are one part', async () => {
    const clientId = await aClient(world, 'HIGH');
    const from = await aProduct(world);
    const to = await aProduct(world, { sellerRating: 'R4', category: 'EQUITY' });
    await bought(world, clientId, from.id, '100');
    expect((await change(clientId, from.id, to.id, { units: '20' })).codes).toEqual([]);
    const acknowledgedWarnings = ['CONCENTRATION'];
    const more = (units: string) => change(clientId, from.id, to.id, { units, acknowledgedWarnings });
    expect((await more('20.01')).codes).toEqual(['NOT_SUITABLE']);
    expect((await more('20')).codes).toEqual([]);
  });

  test('what is being redeemed elsewhere does not make a part smaller', async () => {
    const clientId = await aClient(world, 'HIGH');
    const from = await aProduct(world);
    const { id: productId } = await aProduct(world, { sellerRating: 'R4', category: 'EQUITY' });
    await bought(world, clientId, from.id, '100');
    expect((await redeem(clientId, from.id, { units: '90' })).codes).toEqual([]);
    // 7 of 17 are more than forty in a hundred, 6 of 16 are not.
    const acknowledgedWarnings = ['CONCENTRATION'];
    expect((await place(world, clientId, productId, '7', { acknowledgedWarnings })).codes).toEqual([
      'NOT_SUITABLE',
    ]);
    expect((await place(world, clientId, productId, '6', { acknowledgedWarnings })).codes).toEqual([]);
  });

  test('is refused where the other product does not suit, and where there is nothing to switch', async () => {
    const clientId = await aClient(world);
    const from = await aProduct(world);
    await bought(world, clientId, from.id, '100');
    const risky = await aProduct(world, { sellerRating: 'R3' });
    expect((await change(clientId, from.id, risky.id)).codes).toEqual(['NOT_SUITABLE']);
    expect((await change(clientId, from.id, from.id)).codes).toEqual(['SAME_PRODUCT']);
    const dollars = await aProduct(world, { minAmount: { amount: '1', currency: 'USD' } });
    expect((await change(clientId, from.id, dollars.id)).codes).toEqual(['SAME_PRODUCT']);
    expect((await change(clientId, risky.id, from.id)).codes).toEqual(['INSUFFICIENT_UNITS']);
    expect((await place(world, clientId, from.id, '1', { side: 'SWITCH' })).codes).toEqual(['BAD_INPUT']);
  });
});

describe('taking a settlement back', () => {
  test('adds rows that undo it; the order is REVERSED and told, once', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world, { purchaseFeePct: '1' });
    const orderId = await bought(world, clientId, productId, '101');
    const answers = await Promise.all(Array.from({ length: 10 }, () => reverse(orderId)));
    expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('STALE_VERSION'));
    const undone = answers.find((answer) => answer.codes.length === 0)?.data.reverseOrder;
    expect(undone).toMatchObject({ state: 'REVERSED', reverseReason: 'WRONG_NAV', fee: { amount: '0' } });
    expect(undone.settlements.map((row: { amount: { amount: string } }) => row.amount.amount).sort()).toEqual(
      ['-101', '101'],
    );
    expect(await held(clientId, productId)).toBe('0');
    await booksAgree(clientId);
    const told = (await eventsOf(world, clientId)).map((event) => event.type);
    expect(told.filter((type) => type === 'order.reversed')).toHaveLength(1);
  });

  test('is refused when the units were redeemed since, or an order gives them up; that one is taken back first', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world);
    const orderId = await bought(world, clientId, productId);
    const out = (await redeem(clientId, productId, { units: '30' })).data.redeem.id;
    expect((await reverse(orderId)).codes).toEqual(['UNITS_GONE']);
    await accept(world, out);
    await settle(world, out);
    expect((await reverse(orderId)).codes).toEqual(['UNITS_GONE']);
    expect((await reverse(out)).codes).toEqual([]);
    expect((await reverse(orderId)).codes).toEqual([]);
    expect(await held(clientId, productId)).toBe('0');
    await booksAgree(clientId);
  });

  test('a purchase taken back while it is redeemed: one of the two goes through, units are never below zero', async () => {
    for (let round = 0; round < 5; round += 1) {
      const clientId = await aClient(world);
      const { id: productId } = await aProduct(world);
      const orderId = await bought(world, clientId, productId);
      const [undone, out] = await Promise.all([reverse(orderId), redeem(clientId, productId)]);
      expect([...undone.codes, ...out.codes]).toHaveLength(1);
      await booksAgree(clientId);
    }
  });

  test('nobody changes the ledger, not even by hand', async () => {
    const clientId = await aClient(world);
    const orderId = await bought(world, clientId, (await aProduct(world)).id);
    await expect(world.sql('delete from settlement where order_id = $1', [orderId])).rejects.toThrow(
      'never changed',
    );
    await expect(world.sql('update settlement set fee = 1 where order_id = $1', [orderId])).rejects.toThrow(
      'never changed',
    );
  });

  test.each(['CLIENT', 'ADVISER', 'COMPLIANCE', 'AUDITOR', 'MARKETING', 'ADMIN'] as const)(
    '%s takes nothing back, fails nothing, and without reach redeems nothing',
    async (role) => {
      const clientId = await aClient(world);
      const actor = actorOf(freshId(), [role]);
      const orderId = freshId();
      expect((await reverse(orderId, {}, actor)).codes).toEqual(['FORBIDDEN']);
      const FAIL = command('failOrder', 'RejectOrderInput', 'id');
      const input = { orderId, expectedVersion: 1, reason: 'PAYMENT_MISSING' };
      expect((await world.ask(actor, FAIL, { input })).codes).toEqual(['FORBIDDEN']);
      const isSeller = role === 'CLIENT' || role === 'ADVISER';
      expect((await redeem(clientId, freshId(), {}, actor)).codes).toEqual([
        isSeller ? 'NOT_FOUND' : 'FORBIDDEN',
      ]);
    },
  );
});
