import { Decimal } from '@client-graph/kit/decimal';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { service } from '../service.js';
import { adviser, anOrder, orderTests, PLACE, profileOf, self } from './orders.fixture.js';

const START = new Date('2026-03-02T02:00:00.000Z');
let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const { aClient, aProduct, accept, settle, anAccepted, bought, eventsOf, countOf } = orderTests(() => world);

describe('once and only once', () => {
  test('the same order at once ten times is one order, one decision, one event', async () => {
    const clientId = await aClient();
    const input = anOrder({ clientId, productId: await aProduct() });
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask(adviser, PLACE, { input })));
    expect(answers.flatMap((answer) => answer.codes)).toEqual([]);
    expect(new Set(answers.map((answer) => answer.data.placeOrder.id)).size).toBe(1);
    expect(await countOf('product_order', clientId)).toBe(1);
    expect(await eventsOf(clientId)).toEqual(['suitability.checked', 'order.submitted']);
  });

  test('a repeat is answered with the order as it now is, even when it would not suit any more', async () => {
    const clientId = await aClient();
    const input = anOrder({ clientId, productId: await aProduct() });
    const first = await world.ask(adviser, PLACE, { input });
    await accept(first.data.placeOrder.id);
    await world.deliver(profileOf(clientId, 'LOW'));
    const again = await world.ask(adviser, PLACE, { input });
    expect(again.data.placeOrder).toMatchObject({ id: first.data.placeOrder.id, state: 'ACCEPTED' });
  });

  test('a requestId with other content is refused', async () => {
    const clientId = await aClient();
    const input = anOrder({ clientId, productId: await aProduct() });
    await world.ask(adviser, PLACE, { input });
    const other = { ...input, amount: { amount: '88001', currency: 'CNY' } };
    expect((await world.ask(adviser, PLACE, { input: other })).codes).toEqual(['REQUEST_ID_REUSED']);
    expect((await world.ask(self(clientId), PLACE, { input })).codes).toEqual(['REQUEST_ID_REUSED']);
    expect(await countOf('product_order', clientId)).toBe(1);
  });

  test('ten settlements of one order at once settle it once', async () => {
    const clientId = await aClient();
    const orderId = await anAccepted({ clientId, productId: await aProduct() });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => settle(orderId, { nav: `1.${n}` })),
    );
    expect(answers.filter((answer) => answer.codes.length === 0)).toHaveLength(1);
    expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect((await eventsOf(clientId)).filter((type) => type === 'order.settled')).toHaveLength(1);
    expect(await world.sql('select 1 from settlement where order_id = $1', [orderId])).toHaveLength(1);
  });

  test('one settlement sent ten times at once settles once and is answered ten times alike', async () => {
    const clientId = await aClient();
    const orderId = await anAccepted({ clientId, productId: await aProduct() });
    const requestId = freshId();
    const answers = await Promise.all(Array.from({ length: 10 }, () => settle(orderId, { requestId })));
    expect(answers.map((answer) => answer.data?.settleOrder)).toEqual(
      Array(10).fill(answers[0]?.data.settleOrder),
    );
    const [holding] = await world.sql<{ units: string }>('select units from holding where client_id = $1', [
      clientId,
    ]);
    expect(holding?.units).toBe('88000');
  });

  test('ten orders of one client and product settled at once add up in one holding', async () => {
    const clientId = await aClient();
    const productId = await aProduct();
    const orderIds: string[] = [];
    for (let n = 0; n < 10; n += 1) orderIds.push(await anAccepted({ clientId, productId, amount: '100' }));
    const answers = await Promise.all(orderIds.map((orderId) => settle(orderId, { nav: '3' })));
    expect(answers.flatMap((answer) => answer.codes)).toEqual([]);
    expect(await world.sql('select units from holding where client_id = $1', [clientId])).toEqual([
      { units: '333.33333' },
    ]);
  });

  test('whatever is settled in whatever order, a holding is the sum of its settlements and the money adds up', async () => {
    const centsArb = fc.integer({ min: 100, max: 50_000_000 });
    const navArb = fc
      .integer({ min: 1, max: 5_000_000 })
      .map((scaled) => new Decimal(scaled).div(1_000_000).toFixed());
    const products = [await aProduct(), await aProduct({ sellerRating: 'R1' })];
    const ordersArb = fc.array(
      fc.record({ cents: centsArb, nav: navArb, which: fc.nat(1), isAtOnce: fc.boolean() }),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(ordersArb, async (orders) => {
        const clientId = await aClient();
        const running: Promise<unknown>[] = [];
        for (const { cents, nav, which, isAtOnce } of orders) {
          const amount = new Decimal(cents).div(100).toFixed();
          const orderId = await anAccepted({ clientId, productId: String(products[which]), amount });
          running.push(settle(orderId, { nav }));
          if (!isAtOnce) await Promise.all(running);
        }
        await Promise.all(running);
        const unequal = await world.sql(
          `select h.id from holding h left join settlement s on s.holding_id = h.id where h.client_id = $1
           group by h.id, h.units having h.units <> sum(s.units)`,
          [clientId],
        );
        const [money] = await world.sql<{ paid: string; booked: string; settled: string }>(
          `select (select sum(amount) from product_order where client_id = $1) as paid,
                  sum(s.units * s.nav + s.residual) as booked, count(*) as settled
           from settlement s join holding h on h.id = s.holding_id where h.client_id = $1`,
          [clientId],
        );
        expect(unequal).toEqual([]);
        expect(Number(money?.settled)).toBe(orders.length);
        expect(new Decimal(money?.paid ?? 0).equals(money?.booked ?? -1)).toBe(true);
      }),
      { numRuns: 12 },
    );
  }, 300_000);

  test('the database itself refuses units below zero and more settled than was ordered', async () => {
    const clientId = await aClient();
    await bought({ clientId, productId: await aProduct() });
    await expect(
      world.sql('update holding set units = -0.000001 where client_id = $1', [clientId]),
    ).rejects.toThrow('holding_units_check');
    await expect(
      world.sql('update product_order set settled_amount = amount + 0.01 where client_id = $1', [clientId]),
    ).rejects.toThrow('product_order_settled_amount_max');
  });
});
