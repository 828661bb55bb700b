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
const ORDER = 'id state version isOverride coolingOffUntil decision { result isOverridable }';
const DAY_MS = 86_400_000;
const later = (ms: number) => {
  world.clock.now = new Date(world.clock.now.getTime() + ms);
};
const qualify = (clientId: string, facts: Facts = {}) =>
  world.ask(
    operations,
    command(
      'recordInvestorFacts',
      'RecordInvestorFactsInput',
      'version qualifiedUntil horizonMonths liquidAssets { amount }',
    ),
    {
      input: { clientId, expectedVersion: 0, qualifiedUntil: '2027-01-01', ...facts },
    },
  );
const callBack = (orderId: string, facts: Facts = {}, actor = operations) =>
  world.ask(actor, command('recordCallBack', 'RecordCallBackInput', ORDER), {
    input: {
      requestId: freshId(),
      orderId,
      expectedVersion: 1,
      isPerson: true,
      hasRead: true,
      knowsLoss: true,
      knowsDisputes: true,
      recordingRef: 'rec-0001',
      ...facts,
    },
  });
const submit = (orderId: string, expectedVersion: number, actor = adviser) =>
  world.ask(actor, command('submitOrder', 'SubmitOrderInput', ORDER), {
    input: { orderId, expectedVersion },
  });
const fund = (facts: Facts = {}) => aProduct(world, { issuerType: 'PRIVATE_FUND', ...facts });
const read = async (id: string) =>
  (await world.ask(adviser, `query ($id: ID!) { order(id: $id) { ${ORDER} } }`, { id })).data.order;
const toldOf = async (clientId: string) =>
  (await eventsOf(world, clientId)).map((event) => event.type).filter((type) => type.startsWith('order.'));

async function coolingOff() {
  const clientId = await aClient(world);
  expect((await qualify(clientId)).codes).toEqual([]);
  const { id: productId } = await fund();
  const { data } = await place(world, clientId, productId);
  expect(data.placeOrder.state).toBe('COOLING_OFF');
  return { clientId, productId, orderId: data.placeOrder.id as string };
}

describe('a private fund', () => {
  test('cools off for a day, is called back by who does not sell, submitted, accepted', async () => {
    const { clientId, orderId } = await coolingOff();
    expect((await read(orderId)).coolingOffUntil).toBe('2026-03-03T02:00:00.000Z');
    expect((await callBack(orderId)).codes).toEqual(['COOLING_OFF_RUNS']);
    expect((await submit(orderId, 1)).codes).toEqual(['WRONG_STATE']);
    later(DAY_MS);
    expect((await callBack(orderId)).data.recordCallBack).toMatchObject({ state: 'CALLBACK_OK', version: 2 });
    expect((await submit(orderId, 2)).data.submitOrder).toMatchObject({ state: 'SUBMITTED', version: 3 });
    expect((await accept(world, orderId, 3)).data).toMatchObject({ state: 'ACCEPTED' });
    expect(await toldOf(clientId)).toEqual([
      'order.coolingoff.started',
      'order.coolingoff.ended',
      'order.submitted',
      'order.accepted',
    ]);
  });

  test('is sold to nobody whose certificate is missing or over', async () => {
    const { id: productId } = await fund();
    const clientId = await aClient(world);
    expect((await place(world, clientId, productId)).codes).toEqual(['NOT_SUITABLE']);
    await qualify(clientId, { qualifiedUntil: '2026-03-01' });
    expect((await place(world, clientId, productId)).codes).toEqual(['NOT_SUITABLE']);
  });

  test('is called off by any no; the same call ten times at once counts once', async () => {
    const { clientId, orderId } = await coolingOff();
    later(DAY_MS);
    const requestId = freshId();
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => callBack(orderId, { requestId, knowsLoss: false })),
    );
    expect(answers.map((answer) => answer.data?.recordCallBack.state)).toEqual(Array(10).fill('CANCELLED'));
    expect(await toldOf(clientId)).toEqual([
      'order.coolingoff.started',
      'order.coolingoff.ended',
      'order.cancelled',
    ]);
  });

  test('is not called back by its seller, with a stale version, or by who may not', async () => {
    const { clientId, orderId } = await coolingOff();
    later(DAY_MS);
    expect((await callBack(orderId, { expectedVersion: 9 })).codes).toEqual(['STALE_VERSION']);
    expect((await callBack(orderId, { recordingRef: 'x' })).codes).toEqual(['BAD_INPUT']);
    for (const actor of [adviser, self(clientId), actorOf(freshId(), ['COMPLIANCE'])])
      expect((await callBack(orderId, {}, actor)).codes).toEqual(['FORBIDDEN']);
    const both = actorOf(adviser.id ?? '', ['ADVISER', 'OPERATIONS']);
    expect((await callBack(orderId, {}, both)).codes).toEqual(['CALLED_BY_SELLER']);
  });

  test.each([
    ['the level falls', (clientId: string) => world.deliver(profileOf(clientId, 'LOW'))],
    [
      'the product is re-rated',
      (_: string, productId: string) =>
        demand(world, admin, 'rateProduct', 'RateProductInput', 'id', {
          productId,
          expectedVersion: 1,
          issuerRating: 'R1',
          sellerRating: 'R3',
        }),
    ],
    [
      'the product is suspended',
      (_: string, productId: string) =>
        demand(world, admin, 'suspendProduct', 'ChangeProductInput', 'id', { productId, expectedVersion: 1 }),
    ],
  ])('goes back to its beginning when %s, and is not submitted as it is', async (_, change) => {
    const { clientId, productId, orderId } = await coolingOff();
    later(DAY_MS);
    await callBack(orderId);
    await change(clientId, productId);
    expect(await read(orderId)).toMatchObject({ state: 'DRAFT', version: 3 });
    expect((await submit(orderId, 3)).codes).toEqual(['NOT_SUITABLE']);
    expect(await read(orderId)).toMatchObject({ state: 'DRAFT', version: 3 });
  });

  test('begins anew with a new day to think once it suits again', async () => {
    const { clientId, orderId } = await coolingOff();
    await world.deliver(profileOf(clientId, 'LOW'));
    await world.deliver(profileOf(clientId, 'MEDIUM'));
    later(1_000);
    expect((await submit(orderId, 2)).data.submitOrder).toMatchObject({
      state: 'COOLING_OFF',
      coolingOffUntil: '2026-03-03T02:00:01.000Z',
    });
  });

  test('that does not suit when it is submitted is a draft again, and the decision stays', async () => {
    const { clientId, orderId } = await coolingOff();
    later(DAY_MS);
    await callBack(orderId);
    await qualify(clientId, { expectedVersion: 1, qualifiedUntil: null });
    expect((await submit(orderId, 2)).codes).toEqual(['NOT_SUITABLE']);
    expect(await read(orderId)).toMatchObject({ state: 'DRAFT', coolingOffUntil: null });
  });

  test('nothing slips through: submitted while the level falls, it is rejected or sent back', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { clientId, orderId } = await coolingOff();
      later(DAY_MS);
      await callBack(orderId);
      await Promise.all([submit(orderId, 2), world.deliver(profileOf(clientId, 'LOW'))]);
      expect(['DRAFT', 'REJECTED']).toContain((await read(orderId)).state);
    }
  });
});

describe('what a client has shown', () => {
  test('is asked for: horizon warns, ability to pay blocks', async () => {
    const clientId = await aClient(world);
    const { id: productId } = await aProduct(world, { minHorizonMonths: 12 });
    await qualify(clientId, { horizonMonths: 6, liquidAssets: { amount: '500', currency: 'CNY' } });
    expect((await place(world, clientId, productId)).codes).toEqual(['WARNING_NOT_ACKNOWLEDGED']);
    expect(
      (await place(world, clientId, productId, '100', { acknowledgedWarnings: ['HORIZON'] })).codes,
    ).toEqual([]);
    const { codes, errors } = await place(world, clientId, productId, '500.01', {
      acknowledgedWarnings: ['HORIZON'],
    });
    expect(codes).toEqual(['NOT_SUITABLE']);
    expect(JSON.stringify(errors)).toContain('ABILITY_TO_PAY');
  });

  test('is recorded by operations, each time on what they have seen; ten at once: one', async () => {
    const clientId = await aClient(world);
    const answers = await Promise.all(Array.from({ length: 10 }, () => qualify(clientId)));
    expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect((await qualify(clientId, { expectedVersion: 1, horizonMonths: 601 })).codes).toEqual([
      'BAD_INPUT',
    ]);
    expect((await qualify(freshId())).codes).toEqual(['NOT_FOUND']);
    const RECORD = command('recordInvestorFacts', 'RecordInvestorFactsInput', 'version');
    for (const actor of [adviser, self(clientId), admin, actorOf(freshId(), ['COMPLIANCE'])])
      expect((await world.ask(actor, RECORD, { input: { clientId, expectedVersion: 1 } })).codes).toEqual([
        'FORBIDDEN',
      ]);
  });

  test('at 65, R4 is ordered with a second person and a recording, and accepted with them', async () => {
    const clientId = await aClient(world, 'HIGH', { ageBand: 'FROM_65' });
    await bought(world, clientId, (await aProduct(world, { sellerRating: 'R1' })).id, '100000');
    const { id: productId } = await aProduct(world, { sellerRating: 'R4', category: 'EQUITY' });
    expect((await place(world, clientId, productId)).codes).toEqual(['NOT_SUITABLE']);
    const alone = { secondPersonId: adviser.id, recordingRef: 'rec-0001' };
    expect((await place(world, clientId, productId, '100', { witness: alone })).codes).toEqual(['BAD_INPUT']);
    const witness = { secondPersonId: freshId(), recordingRef: 'rec-0001' };
    const ofClient = { ...witness, secondPersonId: clientId };
    expect((await place(world, clientId, productId, '100', { witness: ofClient })).codes).toEqual([
      'BAD_INPUT',
    ]);
    // Nobody is their own guard: the client does not name who was present.
    const own = await world.ask(self(clientId), command('placeOrder', 'PlaceOrderInput', 'id'), {
      input: {
        requestId: freshId(),
        clientId,
        productId,
        amount: { amount: '100', currency: 'CNY' },
        witness,
      },
    });
    expect(own.codes).toEqual(['BAD_INPUT']);
    const { data } = await place(world, clientId, productId, '100', { witness });
    expect(data.placeOrder.state).toBe('SUBMITTED');
    expect((await accept(world, data.placeOrder.id)).data.state).toBe('ACCEPTED');
  });
});

test('every decision that was stored gives the same answer when it is decided again by its tables and inputs', async () => {
  const clientId = await aClient(world);
  await place(world, clientId, (await aProduct(world)).id);
  await place(world, clientId, (await aProduct(world, { issuerType: 'PUBLIC_FUND', sellerRating: 'R3' })).id);
  const ids = (await world.sql<{ id: string }>('select id from suitability_decision')).map((row) => row.id);
  expect(ids.length).toBeGreaterThan(2);
  const READ =
    'query ($id: ID!) { suitabilityDecision(id: $id) { result reasons { code } replay { result reasonCodes isSame } } }';
  for (const id of ids) {
    const { suitabilityDecision: decision } = (await world.ask(operations, READ, { id })).data;
    expect(decision.replay).toEqual({
      result: decision.result,
      reasonCodes: decision.reasons.map((reason: { code: string }) => reason.code),
      isSame: true,
    });
  }
});
