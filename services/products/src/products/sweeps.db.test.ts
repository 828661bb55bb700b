import { aService, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aClient, admin, aProduct, bought, demand, operations, place } from '../fixture.js';
import { service } from '../service.js';
import { finishSweeps } from './sweeps.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

/** A UUID that is the same for the same number. */
const UUID = `overlay(overlay(md5('c' || n) placing '4' from 13) placing '8' from 17)::uuid`;

/** Many holders and orders, copied from one of each. */
async function crowd(productId: string, holders: number, orders: number) {
  const clientId = await aClient(world);
  await bought(world, clientId, productId, '10');
  await place(world, clientId, productId, '20');
  await world.sql(
    `insert into client_copy select ${UUID}, adviser_id, kind, status, class, grade, age_band, full_civil_capacity, institution_type, updated_at
     from client_copy, generate_series(1, $2::int) n where client_id = $1`,
    [clientId, Math.max(holders, orders)],
  );
  await world.sql(
    `insert into risk_copy select ${UUID}, level, lowest_category, valid_to, assessment_id, updated_at
     from risk_copy, generate_series(1, $2::int) n where client_id = $1`,
    [clientId, Math.max(holders, orders)],
  );
  await world.sql(
    `insert into holding (id, client_id, product_id, currency, units, last_nav, as_of, version, origin_client_id)
     select gen_random_uuid(), ${UUID}, product_id, currency, units, last_nav, as_of, version, ${UUID}
     from holding, generate_series(1, $2::int) n where client_id = $1`,
    [clientId, holders],
  );
  await world.sql(
    `insert into product_order (id, client_id, origin_client_id, product_id, decision_id, side, amount, currency, state, acknowledged_warnings, submitted_at, version)
     select gen_random_uuid(), ${UUID}, ${UUID}, product_id, decision_id, side, amount, currency, state, acknowledged_warnings, submitted_at, 1
     from product_order, generate_series(1, $2::int) n where client_id = $1 and state = 'SUBMITTED'`,
    [clientId, orders],
  );
}

test('a product with many holders is re-rated in one short transaction; all are looked at in batches, each once', async () => {
  const { id: productId } = await aProduct(world, { sellerRating: 'R2' });
  await crowd(productId, 350, 220);
  const sizes: number[] = [];
  const before = await world.sql('select coalesce(max(position), 0) as position from outbox');
  await demand(world, admin, 'rateProduct', 'RateProductInput', 'rating', {
    productId,
    expectedVersion: 1,
    issuerRating: 'R1',
    sellerRating: 'R3',
  });
  const waiting = async () =>
    (
      await world.sql(`select 1 from product_order where product_id = $1 and state = 'SUBMITTED'`, [
        productId,
      ])
    ).length;
  // Two batches were done before the answer came; the job does the rest, and two of it at once disturb nothing.
  expect(await waiting()).toBe(221 - 200);
  await Promise.all([finishSweeps(world.db), finishSweeps(world.db)]);
  await finishSweeps(world.db);
  expect(await waiting()).toBe(0);
  expect(await world.sql('select 1 from product_sweep where done_at is null')).toEqual([]);
  const [{ told, keys }] = (await world.sql(
    `select count(*)::int as told, count(distinct key)::int as keys from outbox where type = 'holding.changed' and position > $1 and payload ->> 'rating' = 'R3'`,
    [before[0]?.['position']],
  )) as [{ told: number; keys: number }];
  expect([told, keys]).toEqual([351, 351]);
  // No transaction has written more than a batch.
  sizes.push(
    ...(await world.sql('select count(*)::int as n from outbox group by xmin')).map(({ n }) => Number(n)),
  );
  expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
}, 300_000);

test('an order whose sweep is still to come is not accepted meanwhile: acceptance decides anew', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world, { sellerRating: 'R2' });
  const { data } = await place(world, clientId, productId);
  await world.sql(`update product set rating = 'R3' where id = $1`, [productId]);
  const accepted = await world.ask(
    operations,
    'mutation ($input: AcceptOrderInput!) { acceptOrder(input: $input) { id } }',
    {
      input: { orderId: data.placeOrder.id, expectedVersion: 1 },
    },
  );
  expect(accepted.codes).toEqual(['NOT_SUITABLE']);
});
