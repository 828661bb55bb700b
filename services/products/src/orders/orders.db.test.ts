import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import {
  ACCEPT,
  adviser,
  CANCEL,
  CHECK,
  operations,
  orderTests,
  profileOf,
  REJECT,
  SETTLE,
  self,
} from './orders.fixture.js';

const START = new Date('2026-03-02T02:00:00.000Z');
let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const { aClient, aProduct, place, accept, settle, anAccepted, eventsOf, countOf } = orderTests(() => world);

test('the way of an order: placed, accepted, settled; each step with its event, the units in the holding', async () => {
  const clientId = await aClient();
  const productId = await aProduct();
  const placed = await place({ clientId, productId }, {}, self(clientId));
  expect(placed.data.placeOrder).toMatchObject({
    state: 'SUBMITTED',
    stateLabel: '已提交',
    version: 1,
    amount: { amount: '88000', currency: 'CNY' },
    client: { id: clientId },
    product: { id: productId },
    decision: { result: 'SUITABLE' },
    settlement: null,
  });
  const orderId = placed.data.placeOrder.id;
  const accepted = await accept(orderId);
  expect(accepted.data.acceptOrder).toMatchObject({
    state: 'ACCEPTED',
    version: 2,
    acceptedAt: START.toISOString(),
  });
  const settled = await settle(orderId, { nav: '1.2345' });
  expect(settled.data.settleOrder).toMatchObject({
    state: 'SETTLED',
    version: 3,
    settlement: { units: '71283.920615', nav: '1.2345', residual: '0.0000007825', settledOn: '2026-03-02' },
  });

  const PAGE = `query ($clients: [_Any!]!) { _entities(representations: $clients) { ... on Client {
    holdings { product { id } units lastNav value { amount currency } asOf }
    orders(first: 5) { nodes { id state } pageInfo { hasNextPage } } } } }`;
  const { data } = await world.ask(self(clientId), PAGE, {
    clients: [{ __typename: 'Client', id: clientId }],
  });
  expect(data._entities[0]).toEqual({
    holdings: [
      {
        product: { id: productId },
        units: '71283.920615',
        lastNav: '1.2345',
        value: { amount: '88000', currency: 'CNY' },
        asOf: '2026-03-02',
      },
    ],
    orders: { nodes: [{ id: orderId, state: 'SETTLED' }], pageInfo: { hasNextPage: false } },
  });
  expect(await eventsOf(clientId)).toEqual([
    'suitability.checked',
    'order.submitted',
    'suitability.checked',
    'order.accepted',
    'holding.changed',
    'order.settled',
  ]);
  const [holding] = (await world.events('holding.changed')).filter((event) => event.key === clientId);
  expect(holding?.data).toEqual({
    clientId,
    productId,
    rating: 'R2',
    units: '71283.920615',
    valueBand: '50K_500K',
  });
});

describe('who may', () => {
  test.each([
    'RISK_ASSESSOR',
    'SERVICE_AGENT',
    'OPERATIONS',
    'COMPLIANCE',
    'AUDITOR',
    'MARKETING',
    'ANALYST',
    'ADMIN',
  ] as const)('%s places, checks and cancels nothing', async (role) => {
    const clientId = await aClient();
    const productId = await aProduct();
    const actor = actorOf(freshId(), [role]);
    const orderId = freshId();
    expect((await place({ clientId, productId }, {}, actor)).codes).toEqual(['FORBIDDEN']);
    expect((await world.ask(actor, CANCEL, { input: { orderId, expectedVersion: 1 } })).codes).toEqual([
      'FORBIDDEN',
    ]);
    const amount = { amount: '1', currency: 'CNY' };
    expect((await world.ask(actor, CHECK, { input: { clientId, productId, amount } })).codes).toEqual([
      'FORBIDDEN',
    ]);
  });

  test.each([
    'CLIENT',
    'ADVISER',
    'RISK_ASSESSOR',
    'SERVICE_AGENT',
    'COMPLIANCE',
    'AUDITOR',
    'MARKETING',
    'ANALYST',
    'ADMIN',
  ] as const)('%s accepts, rejects, settles and lists nothing', async (role) => {
    const clientId = await aClient();
    const actor =
      role === 'CLIENT' ? self(clientId) : role === 'ADVISER' ? adviser : actorOf(freshId(), [role]);
    const { data } = await place({ clientId, productId: await aProduct() });
    const input = { orderId: data.placeOrder.id, expectedVersion: 1 };
    expect((await world.ask(actor, ACCEPT, { input })).codes).toEqual(['FORBIDDEN']);
    expect(
      (await world.ask(actor, REJECT, { input: { ...input, reason: 'ISSUER_DECLINED' } })).codes,
    ).toEqual(['FORBIDDEN']);
    const settlement = { ...input, requestId: freshId(), nav: '1', settledOn: '2026-03-02' };
    expect((await world.ask(actor, SETTLE, { input: settlement })).codes).toEqual(['FORBIDDEN']);
    expect((await world.ask(actor, '{ orders { nodes { id } } }')).codes).toEqual(['FORBIDDEN']);
  });

  test('another client and another adviser do not find the client, the order or the decision', async () => {
    const clientId = await aClient();
    const productId = await aProduct();
    const { data } = await place({ clientId, productId });
    const { id: orderId, decision } = data.placeOrder;
    for (const stranger of [self(await aClient()), actorOf(freshId(), ['ADVISER'])]) {
      expect((await place({ clientId, productId }, {}, stranger)).codes).toEqual(['NOT_FOUND']);
      const check = { clientId, productId, amount: { amount: '1', currency: 'CNY' } };
      expect((await world.ask(stranger, CHECK, { input: check })).codes).toEqual(['NOT_FOUND']);
      expect((await world.ask(stranger, CANCEL, { input: { orderId, expectedVersion: 9 } })).codes).toEqual([
        'NOT_FOUND',
      ]);
      const READ = 'query ($o: ID!, $d: ID!) { order(id: $o) { id } suitabilityDecision(id: $d) { id } }';
      expect((await world.ask(stranger, READ, { o: orderId, d: decision.id })).data).toEqual({
        order: null,
        suitabilityDecision: null,
      });
      const ENTITY =
        'query ($c: [_Any!]!) { _entities(representations: $c) { ... on Client { holdings { id } } } }';
      expect(
        (await world.ask(stranger, ENTITY, { c: [{ __typename: 'Client', id: clientId }] })).data._entities,
      ).toEqual([null]);
    }
  });

  test('a client cancels while the order waits, and no longer once it is accepted', async () => {
    const clientId = await aClient();
    const productId = await aProduct();
    const cancel = (orderId: string, expectedVersion: number) =>
      world.ask(self(clientId), CANCEL, { input: { orderId, expectedVersion } });
    const waiting = (await place({ clientId, productId })).data.placeOrder.id;
    expect((await cancel(waiting, 1)).data.cancelOrder).toMatchObject({ state: 'CANCELLED', version: 2 });
    expect(await eventsOf(clientId)).toContain('order.cancelled');
    expect((await cancel(waiting, 2)).codes).toEqual(['WRONG_STATE']);
    const accepted = await anAccepted({ clientId, productId });
    expect((await cancel(accepted, 2)).codes).toEqual(['WRONG_STATE']);
  });

  test('operations reject a waiting order with a reason and find the rest on their list', async () => {
    const clientId = await aClient();
    const productId = await aProduct();
    const rejected = (await place({ clientId, productId })).data.placeOrder.id;
    const waiting = (await place({ clientId, productId })).data.placeOrder.id;
    const answer = await world.ask(operations, REJECT, {
      input: { orderId: rejected, expectedVersion: 1, reason: 'PAYMENT_MISSING' },
    });
    expect(answer.data.rejectOrder).toMatchObject({ state: 'REJECTED', rejectReason: 'PAYMENT_MISSING' });
    const LIST =
      'query ($after: String) { orders(first: 100, after: $after, state: SUBMITTED) { nodes { id state } pageInfo { hasNextPage endCursor } } }';
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { data } = await world.ask(operations, LIST, { after });
      seen.push(...data.orders.nodes.map((order: { id: string }) => order.id));
      if (!data.orders.pageInfo.hasNextPage) break;
      after = data.orders.pageInfo.endCursor;
    }
    expect(seen).toContain(waiting);
    expect(seen).not.toContain(rejected);
  });
});

describe('when the risk profile changes', () => {
  test('a waiting order above the new level is rejected, one that still suits waits on; the event delivered twice counts once', async () => {
    const clientId = await aClient();
    const above = (await place({ clientId, productId: await aProduct() })).data.placeOrder.id;
    const below = (await place({ clientId, productId: await aProduct({ sellerRating: 'R1' }) })).data
      .placeOrder.id;
    const accepted = await anAccepted({ clientId, productId: await aProduct() });
    await world.deliver(profileOf(clientId, 'LOW'), { times: 2 });
    const states = await world.sql<{
      id: string;
      state: string;
      reject_reason: string | null;
      version: number;
    }>('select id, state, reject_reason, version from product_order where client_id = $1 order by id', [
      clientId,
    ]);
    expect(
      Object.fromEntries(states.map((row) => [row.id, [row.state, row.reject_reason, row.version]])),
    ).toEqual({
      [above]: ['REJECTED', 'SUITABILITY_CHANGED', 2],
      [below]: ['SUBMITTED', null, 1],
      [accepted]: ['ACCEPTED', null, 2],
    });
    expect((await eventsOf(clientId)).filter((type) => type === 'order.rejected')).toHaveLength(1);
  });

  test('acceptance decides anew: what does not suit any more is refused, and the decision stays', async () => {
    const clientId = await aClient({ validTo: '2026-03-02' });
    const productId = await aProduct();
    const { data } = await place({ clientId, productId });
    world.clock.now = new Date('2026-03-03T02:00:00.000Z');
    const refused = await accept(data.placeOrder.id);
    expect(refused.codes).toEqual(['NOT_SUITABLE']);
    expect(refused.errors[0]?.extensions?.['details']).toMatchObject({ reasons: ['PROFILE_EXPIRED'] });
    expect(await countOf('suitability_decision', clientId)).toBe(2);
    const { data: after } = await world.ask(
      operations,
      'query ($id: ID!) { order(id: $id) { state version } }',
      { id: data.placeOrder.id },
    );
    expect(after.order).toEqual({ state: 'SUBMITTED', version: 1 });
  });

  test('orders placed while the level falls are rejected or never placed: none above the level is left waiting', async () => {
    for (let round = 0; round < 5; round += 1) {
      const clientId = await aClient();
      const productId = await aProduct();
      const orders = Array.from({ length: 6 }, () => place({ clientId, productId }));
      await Promise.all([...orders, world.deliver(profileOf(clientId, 'LOW'))]);
      const waiting = await world.sql(
        `select 1 from product_order where client_id = $1 and state = 'SUBMITTED'`,
        [clientId],
      );
      expect(waiting).toEqual([]);
    }
  });

  test('a profile that comes before its client is kept, and counts once the client is known', async () => {
    const clientId = freshId();
    await world.deliver(profileOf(clientId, 'MEDIUM_LOW'));
    const productId = await aProduct();
    expect((await place({ clientId, productId })).codes).toEqual(['NOT_FOUND']);
    await aClient({ clientId, level: null });
    expect((await place({ clientId, productId })).codes).toEqual([]);
  });
});
