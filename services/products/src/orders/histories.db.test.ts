import { ClientMerged, ClientUnmerged } from '@client-graph/events';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aClient, accept, adviser, aProduct, command, operations, place, settle } from '../fixture.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const step = fc.record({
  kind: fc.constantFrom(
    'BUY',
    'REDEEM',
    'SWITCH',
    'PART',
    'SETTLE',
    'GIVE_UP',
    'REVERSE',
    'CANCEL',
    'MERGE',
    'PART_AGAIN' as const,
  ),
  who: fc.nat(1),
  what: fc.nat(1),
  which: fc.nat(30),
  cents: fc.integer({ min: 1, max: 200_000 }),
  part: fc.integer({ min: 1, max: 100 }),
  nav: fc.integer({ min: 1, max: 40_000 }).map((n) => (n / 10_000).toFixed(4)),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Whatever the commands answer, the books add up: units = rows of the ledger, money in = money out + fees + worth, no holding below zero. */
const WRONG = `
  select 'units' as what, h.id from holding h left join settlement s on s.holding_id = h.id
    group by h.id, h.units having h.units <> coalesce(sum(s.units), 0) or h.units < 0
  union all select 'row', id from settlement where amount <> units * nav + residual + fee
  union all select 'part', o.id from product_order o left join settlement s on s.order_id = o.id and s.units < 0 and s.reverses_id is null
    where o.units is not null and o.state <> 'REVERSED' group by o.id having o.settled_units <> -coalesce(sum(s.units), 0)
  union all select 'money', o.id from product_order o left join settlement s on s.order_id = o.id and s.units > 0 and s.reverses_id is null
    where o.side = 'BUY' and o.state <> 'REVERSED' group by o.id having o.settled_amount <> coalesce(sum(s.amount), 0)
  union all select 'undone', o.id from product_order o join settlement s on s.order_id = o.id
    where o.state = 'REVERSED' group by o.id having sum(s.units) <> 0 or sum(s.amount) <> 0 or sum(s.fee) <> 0
  union all select 'reserved', h.product_id from holding h
    join (select client_id, coalesce(from_product_id, product_id) as product_id, sum(units - settled_units) as units from product_order
          where units is not null and state in ('COOLING_OFF', 'CALLBACK_OK', 'SUBMITTED', 'ACCEPTED') group by 1, 2) o
      on o.client_id = h.client_id and o.product_id = h.product_id
    where not $1 group by h.client_id, h.product_id, o.units having sum(h.units) < o.units`;

async function play(steps: readonly Step[]): Promise<void> {
  const clients = [await aClient(world), await aClient(world)];
  const products = [
    (await aProduct(world, { purchaseFeePct: '1.5', redemptionFeePct: '0.5' })).id,
    (await aProduct(world, { redemptionFeePct: '0.25' })).id,
  ];
  const ids: string[] = [];
  let [isMerged, hasParted] = [false, false];
  const run = async (name: string, type: string, input: object) => {
    const { data, codes } = await world.ask(operations, command(name, type, 'id'), {
      input: { requestId: freshId(), ...input },
    });
    return codes.length === 0 ? data[name].id : null;
  };
  const ask = async (name: string, type: string, input: object) => {
    const { data } = await world.ask(adviser, command(name, type, 'id'), {
      input: { requestId: freshId(), ...input },
    });
    if (data?.[name]) ids.push(data[name].id);
  };
  for (const { kind, who, what, which, cents, part, nav } of steps) {
    const clientId = clients[who] ?? '';
    const productId = products[what] ?? '';
    const orderId = ids[which % Math.max(ids.length, 1)] ?? freshId();
    const [row] = await world.sql<{
      version: number;
      amount: string;
      units: string | null;
      side: string;
      state: string;
    }>(
      'select version, amount - settled_amount as amount, units - settled_units as units, side, state from product_order where id = $1',
      [orderId],
    );
    const on = { orderId, expectedVersion: row?.version ?? 1 };
    const at = { nav, fromNav: nav, settledOn: '2026-03-02' };
    if (kind === 'BUY') {
      const { data } = await place(world, clientId, productId, (cents / 100 + 1).toFixed(2));
      if (data) ids.push(data.placeOrder.id);
    } else if (kind === 'REDEEM')
      await ask('redeem', 'RedeemInput', {
        clientId,
        productId,
        units: part === 100 ? null : (cents / 1_000).toFixed(3),
      });
    else if (kind === 'SWITCH')
      await ask('switchProducts', 'SwitchProductsInput', {
        clientId,
        fromProductId: productId,
        toProductId: products[1 - what],
        units: part === 100 ? null : (cents / 1_000).toFixed(3),
      });
    else if (kind === 'PART' && row) {
      if (row.state === 'SUBMITTED') await accept(world, orderId, row.version);
      const left = Number(row.side === 'BUY' ? row.amount : row.units);
      const piece = ((left * part) / 101).toFixed(row.side === 'BUY' ? 2 : 6);
      const version = row.state === 'SUBMITTED' ? row.version + 1 : row.version;
      await run('settlePart', 'SettlePartInput', {
        ...on,
        expectedVersion: version,
        ...at,
        ...(row.side === 'BUY' ? { amount: piece } : { units: piece }),
      });
    } else if (kind === 'SETTLE' && row) {
      if (row.state === 'SUBMITTED') await accept(world, orderId, row.version);
      await settle(world, orderId, {
        ...at,
        expectedVersion: row.state === 'SUBMITTED' ? row.version + 1 : row.version,
      });
    } else if (kind === 'GIVE_UP')
      await world.ask(operations, command('giveUpRest', 'GiveUpRestInput', 'id'), { input: on });
    else if (kind === 'REVERSE')
      await run('reverseOrder', 'ReverseOrderInput', { ...on, reason: 'WRONG_AMOUNT' });
    else if (kind === 'CANCEL')
      await world.ask(adviser, command('cancelOrder', 'CancelOrderInput', 'id'), { input: on });
    else if (kind === 'MERGE' && !isMerged) {
      await world.deliver(ClientMerged({ survivorId: clients[0] ?? '', mergedId: clients[1] ?? '' }));
      isMerged = true;
    } else if (kind === 'PART_AGAIN' && isMerged) {
      await world.deliver(
        ClientUnmerged({ survivorId: clients[0] ?? '', mergedId: clients[1] ?? '', to: 'ACTIVE' }),
      );
      [isMerged, hasParted] = [false, true];
    }
  }
  // Where clients parted, an order may give up units that went with the other.
  expect(await world.sql(WRONG, [hasParted])).toEqual([]);
}

test('whatever is ordered, settled in parts, taken back, merged and parted, in whatever order, the books add up', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), play), {
    numRuns: 12,
    endOnFailure: true,
  });
}, 300_000);
