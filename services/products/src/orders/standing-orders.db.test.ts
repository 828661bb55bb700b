import { ClientClosing, ClientDeceased, ClientErased, ClientRestricted } from '@client-graph/events';
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
  demand,
  eventsOf,
  operations,
  place,
  profileOf,
  START,
  self,
  settle,
} from '../fixture.js';
import { service } from '../service.js';
import { expireDrafts } from './standing-orders.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const states = async (clientId: string) =>
  (
    await world.sql(
      'select side, state, reject_reason from product_order where client_id = $1 order by side, amount',
      [clientId],
    )
  ).map(({ side, state, reject_reason }) => [side, state, reject_reason].join(' '));
const aFund = (facts: object = {}) => aProduct(world, { issuerType: 'PRIVATE_FUND', ...facts });
const qualify = (clientId: string) =>
  demand(world, operations, 'recordInvestorFacts', 'RecordInvestorFactsInput', 'version', {
    clientId,
    expectedVersion: 0,
    qualifiedUntil: '2027-01-01',
  });

/** One order accepted, one waiting, one cooling off, and a redemption waiting. */
async function aBusyClient() {
  const clientId = await aClient(world);
  await qualify(clientId);
  const { id: productId } = await aProduct(world);
  await bought(world, clientId, productId, '500');
  const accepted = await place(world, clientId, productId, '1');
  await accept(world, accepted.data.placeOrder.id);
  await place(world, clientId, productId, '2');
  await place(world, clientId, (await aFund()).id, '3');
  await demand(world, adviser, 'redeem', 'RedeemInput', 'id', {
    requestId: freshId(),
    clientId,
    productId,
    units: '5',
  });
  return { clientId, acceptedId: String(accepted.data.placeOrder.id) };
}
const told = (from: 'ACTIVE', to: 'RESTRICTED' | 'DECEASED' | 'CLOSING' | 'ERASED', clientId: string) => ({
  clientId,
  from,
  to,
  reason: 'X',
});

describe('a client who is no longer served', () => {
  test.each([
    ['restricted', (id: string) => ClientRestricted({ ...told('ACTIVE', 'RESTRICTED', id), until: null })],
    ['deceased', (id: string) => ClientDeceased(told('ACTIVE', 'DECEASED', id))],
    ['erased', (id: string) => ClientErased(told('ACTIVE', 'ERASED', id))],
  ])('%s: nothing goes to an issuer any more, what was accepted goes on', async (_, event) => {
    const { clientId } = await aBusyClient();
    await world.deliver(event(clientId), { times: 3 });
    expect(await states(clientId)).toEqual([
      'BUY ACCEPTED ',
      'BUY REJECTED CLIENT_NOT_SERVED',
      'BUY CANCELLED ',
      'BUY SETTLED ',
      'REDEEM REJECTED CLIENT_NOT_SERVED',
    ]);
    const types = (await eventsOf(world, clientId)).map(({ type }) => type);
    expect(
      types
        .filter((type) => ['order.rejected', 'order.cancelled', 'order.coolingoff.ended'].includes(type))
        .sort(),
    ).toEqual(['order.cancelled', 'order.coolingoff.ended', 'order.rejected', 'order.rejected']);
  });

  test('leaving the firm: purchases end, and what is theirs is taken out', async () => {
    const { clientId, acceptedId } = await aBusyClient();
    await world.deliver(ClientClosing(told('ACTIVE', 'CLOSING', clientId)));
    expect(await states(clientId)).toEqual([
      'BUY ACCEPTED ',
      'BUY REJECTED CLIENT_NOT_SERVED',
      'BUY CANCELLED ',
      'BUY SETTLED ',
      'REDEEM SUBMITTED ',
    ]);
    expect((await settle(world, acceptedId)).codes).toEqual([]);
  });

  test('restricted: seen by those who watch over the firm and by nobody else', async () => {
    const { clientId, acceptedId } = await aBusyClient();
    await world.deliver(ClientRestricted({ ...told('ACTIVE', 'RESTRICTED', clientId), until: null }));
    const LIST =
      'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Client { holdings { id } orders { nodes { id } } } } }';
    const ONE = 'query ($id: ID!) { order(id: $id) { id } }';
    for (const actor of [operations, adviser, self(clientId)]) {
      expect(
        (await world.ask(actor, LIST, { all: [{ __typename: 'Client', id: clientId }] })).data._entities,
      ).toEqual([null]);
      expect((await world.ask(actor, ONE, { id: acceptedId })).data.order).toBeNull();
    }
    expect((await settle(world, acceptedId)).codes).toEqual(['NOT_FOUND']);
    const work = await world.ask(
      operations,
      '{ orders(first: 100, state: ACCEPTED) { nodes { id client { id } } } }',
    );
    expect(work.data.orders.nodes.map(({ id }: { id: string }) => id)).not.toContain(acceptedId);
    for (const role of ['COMPLIANCE', 'AUDITOR'] as const)
      expect((await world.ask(actorOf(freshId(), [role]), ONE, { id: acceptedId })).data.order).toEqual({
        id: acceptedId,
      });
  });
});

test('what nobody has submitted in thirty days expires, once, with its cooling-off', async () => {
  const clientId = await aClient(world);
  await qualify(clientId);
  const { id: productId } = await aFund();
  await place(world, clientId, productId, '1');
  world.clock.now = new Date(START.getTime() + 1);
  await place(world, clientId, productId, '2');
  world.clock.now = new Date(START.getTime() + 30 * 86_400_000 + 1);
  await Promise.all([expireDrafts(world.db), expireDrafts(world.db)]);
  await expireDrafts(world.db);
  expect(await states(clientId)).toEqual(['BUY EXPIRED ', 'BUY COOLING_OFF ']);
  const types = (await eventsOf(world, clientId)).map(({ type }) => type);
  expect(types.filter((type) => type === 'order.expired' || type === 'order.coolingoff.ended')).toEqual([
    'order.coolingoff.ended',
    'order.expired',
  ]);
});

describe('a decision that was shown', () => {
  const check = async (clientId: string, productId: string, amount = '100') =>
    (
      await demand(world, adviser, 'checkSuitability', 'CheckSuitabilityInput', 'id', {
        clientId,
        productId,
        amount: { amount, currency: 'CNY' },
      })
    ).data.id as string;

  test('carries an order for the same thing on the same day, and no other', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world);
    const decisionId = await check(clientId, productId);
    expect((await place(world, clientId, productId, '100', { decisionId })).codes).toEqual([]);
    expect((await place(world, clientId, productId, '100.01', { decisionId })).codes).toEqual([
      'OTHER_DECISION',
    ]);
    expect((await place(world, clientId, (await aProduct(world)).id, '100', { decisionId })).codes).toEqual([
      'OTHER_DECISION',
    ]);
    expect((await place(world, await aClient(world), productId, '100', { decisionId })).codes).toEqual([
      'OTHER_DECISION',
    ]);
    expect((await place(world, clientId, productId, '100', { decisionId: freshId() })).codes).toEqual([
      'NOT_FOUND',
    ]);
    world.clock.now = new Date('2026-03-02T15:59:59.999Z');
    expect((await place(world, clientId, productId, '100', { decisionId })).codes).toEqual([]);
    world.clock.now = new Date('2026-03-02T16:00:00.000Z');
    expect((await place(world, clientId, productId, '100', { decisionId })).codes).toEqual([
      'DECISION_EXPIRED',
    ]);
  });
});

describe('settled in parts', () => {
  const partly = (orderId: string, expectedVersion: number, facts: object) =>
    world.ask(
      operations,
      command(
        'settlePart',
        'SettlePartInput',
        'state version settledAmount { amount } settledUnits fee { amount }',
      ),
      {
        input: {
          requestId: freshId(),
          orderId,
          expectedVersion,
          nav: '2',
          settledOn: '2026-03-02',
          ...facts,
        },
      },
    );
  const giveUp = (orderId: string, expectedVersion: number) =>
    world.ask(
      operations,
      command('giveUpRest', 'GiveUpRestInput', 'state amount { amount } units settlement { units }'),
      { input: { orderId, expectedVersion } },
    );
  const held = async (clientId: string) =>
    (await world.sql('select units from holding where client_id = $1', [clientId]))[0]?.['units'];

  test('a purchase: each part is told, the whole once, with all its fees', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world, { purchaseFeePct: '1' });
    const { id } = (await place(world, clientId, productId, '1010')).data.placeOrder;
    await accept(world, id);
    const first = await partly(id, 2, { amount: '404' });
    expect(first.data.settlePart).toEqual({
      state: 'ACCEPTED',
      version: 3,
      settledAmount: { amount: '404' },
      settledUnits: '0',
      fee: { amount: '4' },
    });
    expect(await held(clientId)).toBe('200');
    expect((await partly(id, 3, { amount: '606' })).codes).toEqual(['PART_TOO_LARGE']);
    expect((await partly(id, 3, { units: '1' })).codes).toEqual(['BAD_INPUT']);
    const cancel = await world.ask(operations, command('failOrder', 'RejectOrderInput', 'id'), {
      input: { orderId: id, expectedVersion: 3, reason: 'PAYMENT_MISSING' },
    });
    expect(cancel.codes).toEqual(['PARTLY_SETTLED']);
    const last = await settle(world, id, { expectedVersion: 3, nav: '3' });
    expect(last.codes).toEqual([]);
    expect(await held(clientId)).toBe('400');
    const all = (await eventsOf(world, clientId)).filter(({ type }) =>
      ['order.partlysettled', 'order.settled', 'order.fee.charged'].includes(type),
    );
    expect(all.map(({ type, data }) => [type, data['amountMinor']])).toEqual([
      ['order.partlysettled', 40_400],
      ['order.settled', 101_000],
      ['order.fee.charged', 1_000],
    ]);
    expect(all[1]?.data).toMatchObject({ feeMinor: 1_000, units: '400' });
  });

  test('a redemption: the units of what is settled are not given up twice, and the rest can be given up', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world);
    await bought(world, clientId, productId, '100');
    const redeem = (units: string) =>
      world.ask(adviser, command('redeem', 'RedeemInput', 'id'), {
        input: { requestId: freshId(), clientId, productId, units },
      });
    const { id } = (await redeem('80')).data.redeem;
    await accept(world, id);
    expect((await giveUp(id, 2)).codes).toEqual(['NOTHING_SETTLED']);
    expect((await partly(id, 2, { units: '30' })).data.settlePart).toMatchObject({
      settledAmount: { amount: '60' },
      settledUnits: '30',
    });
    // 70 are held, 50 of them are still given up.
    expect((await redeem('20.000001')).codes).toEqual(['INSUFFICIENT_UNITS']);
    expect((await redeem('20')).codes).toEqual([]);
    expect((await giveUp(id, 3)).data.giveUpRest).toEqual({
      state: 'SETTLED',
      amount: { amount: '60' },
      units: '30',
      settlement: { units: '-30' },
    });
    expect(await held(clientId)).toBe('70');
    const told = (await eventsOf(world, clientId)).findLast(({ type }) => type === 'order.settled');
    expect(told?.data).toMatchObject({ side: 'REDEEM', amountMinor: 6_000, units: '30' });
    // Taking it back undoes every part.
    const reversed = await world.ask(operations, command('reverseOrder', 'ReverseOrderInput', 'state'), {
      input: { requestId: freshId(), orderId: id, expectedVersion: 4, reason: 'WRONG_NAV' },
    });
    expect(reversed.data.reverseOrder.state).toBe('REVERSED');
    expect(await held(clientId)).toBe('100');
  });

  test('ten parts at once under one request settle one; ten that saw one version settle one', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world);
    const { id } = (await place(world, clientId, productId, '1000')).data.placeOrder;
    await accept(world, id);
    const requestId = freshId();
    const same = await Promise.all(
      Array.from({ length: 10 }, () => partly(id, 2, { requestId, amount: '100' })),
    );
    expect(same.flatMap(({ codes }) => codes)).toEqual([]);
    const others = await Promise.all(Array.from({ length: 10 }, () => partly(id, 3, { amount: '100' })));
    expect(others.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect(await held(clientId)).toBe('100');
  });
});

describe('a switch into a private fund', () => {
  test('keeps its units while it cools off, and asks for them again when it begins anew', async () => {
    const clientId = await aClient(world);
    await qualify(clientId);
    const { id: from } = await aProduct(world);
    const { id: fund } = await aFund();
    await bought(world, clientId, from, '100');
    const change = await world.ask(adviser, command('switchProducts', 'SwitchProductsInput', 'id state'), {
      input: { requestId: freshId(), clientId, fromProductId: from, toProductId: fund, units: '60' },
    });
    expect(change.data.switchProducts.state).toBe('COOLING_OFF');
    const redeem = (units: string) =>
      world.ask(adviser, command('redeem', 'RedeemInput', 'id'), {
        input: { requestId: freshId(), clientId, productId: from, units },
      });
    expect((await redeem('41')).codes).toEqual(['INSUFFICIENT_UNITS']);
    await world.deliver(profileOf(clientId, 'MEDIUM'));
    expect((await redeem('41')).codes).toEqual([]);
    const submit = await world.ask(adviser, command('submitOrder', 'SubmitOrderInput', 'id'), {
      input: { orderId: change.data.switchProducts.id, expectedVersion: 2 },
    });
    expect(submit.codes).toEqual(['INSUFFICIENT_UNITS']);
  });
});

test('a fund re-rated while its orders are submitted after their call-back: none above the level is left waiting', async () => {
  for (let round = 0; round < 2; round += 1) {
    const clientId = await aClient(world);
    await qualify(clientId);
    const fund = await aFund({ sellerRating: 'R2' });
    const ids: string[] = [];
    for (let n = 0; n < 3; n += 1) ids.push((await place(world, clientId, fund.id, '10')).data.placeOrder.id);
    world.clock.now = new Date(START.getTime() + 25 * 3_600_000);
    for (const orderId of ids)
      await demand(world, operations, 'recordCallBack', 'RecordCallBackInput', 'state', {
        ...{ requestId: freshId(), orderId, expectedVersion: 1, recordingRef: 'rec-1' },
        ...{ isPerson: true, hasRead: true, knowsLoss: true, knowsDisputes: true },
      });
    await Promise.all([
      ...ids.map((orderId) =>
        world.ask(adviser, command('submitOrder', 'SubmitOrderInput', 'id'), {
          input: { orderId, expectedVersion: 2 },
        }),
      ),
      world.ask(admin, command('rateProduct', 'RateProductInput', 'id'), {
        input: { productId: fund.id, expectedVersion: 1, issuerRating: 'R1', sellerRating: 'R3' },
      }),
    ]);
    for (const state of await states(clientId))
      expect(['BUY DRAFT ', 'BUY REJECTED SUITABILITY_CHANGED']).toContain(state);
    world.clock.now = START;
  }
});
