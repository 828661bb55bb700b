import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { decide, type Inputs, type SuitabilityTables } from '../suitability/suitability.rules.js';
import {
  ACCEPT,
  adviser,
  CANCEL,
  CHECK,
  operations,
  orderTests,
  profileOf,
  REJECT,
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

const { aClient, aProduct, place, accept, settle, anAccepted, bought, eventsOf, countOf } = orderTests(
  () => world,
);

describe('suitability', () => {
  test('a check is stored with its inputs and the version of its rules, holds until the day ends, and says why in words', async () => {
    const clientId = await aClient({ level: 'LOW', lowestCategory: true });
    const productId = await aProduct();
    const { data } = await world.ask(self(clientId), CHECK, {
      input: { clientId, productId, amount: { amount: '88000.00', currency: 'CNY' } },
    });
    expect(data.checkSuitability).toMatchObject({
      result: 'BLOCKED',
      level: 'LOW',
      rating: 'R2',
      ruleVersion: 'SUIT-2026.3',
      decidedAt: START.toISOString(),
      validUntil: '2026-03-02T15:59:59.999Z',
      reasons: [
        {
          code: 'RATING_ABOVE_LEVEL',
          effect: 'BLOCKS',
          text: "The product's risk rating is above the client's risk level.",
          zh: '產品風險等級高於客戶的風險承受能力等級。',
        },
      ],
    });
    const [event] = (await world.events('suitability.checked')).filter((checked) => checked.key === clientId);
    expect(event?.data).toEqual({
      clientId,
      decisionId: data.checkSuitability.id,
      productId,
      result: 'BLOCKED',
      reasonCodes: ['RATING_ABOVE_LEVEL'],
      override: false,
    });
  });

  test('a stored decision gives the same answer when it is decided again from its inputs and rules', async () => {
    const clientId = await aClient({ level: 'MEDIUM' });
    for (const sellerRating of ['R2', 'R4', 'R5']) {
      await place({ clientId, productId: await aProduct({ sellerRating }) });
    }
    const stored = await world.sql<{
      result: string;
      reasons: { code: string }[];
      inputs: Inputs;
      tables: SuitabilityTables;
    }>(
      'select result, reasons, inputs, tables from suitability_decision join suitability_rule on version = rule_version where client_id = $1',
      [clientId],
    );
    expect(stored).toHaveLength(3);
    for (const { result, reasons, inputs, tables } of stored) {
      const again = decide(tables, inputs);
      expect([again.result, again.reasons.map((reason) => reason.code)]).toEqual([
        result,
        reasons.map((reason) => reason.code),
      ]);
    }
  });

  test('nobody changes a stored decision, not even by hand', async () => {
    const clientId = await aClient();
    await place({ clientId, productId: await aProduct() });
    await expect(
      world.sql(`update suitability_decision set result = 'SUITABLE' where client_id = $1`, [clientId]),
    ).rejects.toThrow('never changed');
    await expect(
      world.sql('delete from suitability_decision where client_id = $1', [clientId]),
    ).rejects.toThrow('never changed');
  });

  test.each([
    ['no risk profile known', { level: null }, {}, ['NO_PROFILE']],
    ['a profile that has expired', { validTo: '2026-03-01' }, {}, ['PROFILE_EXPIRED']],
    ['a client who is not active yet', { isActive: false }, {}, ['CLIENT_STATUS']],
    ['a rating above the level', {}, { sellerRating: 'R3' }, ['RATING_ABOVE_LEVEL']],
    ['a category the level is not offered', {}, { category: 'EQUITY' }, ['CATEGORY']],
    ['a client under 18', { ageBand: 'UNDER_18' }, {}, ['AGE']],
    ['a private fund', { level: 'HIGH' }, { issuerType: 'PRIVATE_FUND' }, ['QUALIFIED_INVESTOR']],
    [
      'an amount below the minimum',
      {},
      { minAmount: { amount: '88000.01', currency: 'CNY' } },
      ['MIN_AMOUNT'],
    ],
    ['another currency', {}, { minAmount: { amount: '1', currency: 'USD' } }, ['CURRENCY']],
    ['a first purchase at R4', { level: 'HIGH' }, { sellerRating: 'R4' }, ['CONCENTRATION']],
    ['R4 at 65', { level: 'HIGH', ageBand: 'FROM_65' }, { sellerRating: 'R4' }, ['AGE', 'CONCENTRATION']],
  ] as const)(
    '%s: the order is refused, its decision and event stay, and nothing else',
    async (_, client, product, reasons) => {
      const clientId = await aClient(client);
      const productId = await aProduct(product);
      const { codes, errors } = await place({ clientId, productId });
      expect(codes).toEqual(['NOT_SUITABLE']);
      const details = errors[0]?.extensions?.['details'] as { decisionId: string; reasons: string[] };
      expect(details.reasons).toEqual(reasons);
      expect(await countOf('product_order', clientId)).toBe(0);
      expect(await eventsOf(clientId)).toEqual(['suitability.checked']);
      const READ =
        'query ($id: ID!) { suitabilityDecision(id: $id) { result reasons { code } client { id } product { id } } }';
      const { data } = await world.ask(self(clientId), READ, { id: details.decisionId });
      expect(data.suitabilityDecision).toEqual({
        result: 'BLOCKED',
        reasons: reasons.map((code) => ({ code })),
        client: { id: clientId },
        product: { id: productId },
      });
      const stranger = await world.ask(self(freshId()), READ, { id: details.decisionId });
      expect(stranger.data.suitabilityDecision).toBeNull();
    },
  );

  test.each(['SUSPENDED', 'CLOSED'])('a product that is %s is not sold', async (status) => {
    const clientId = await aClient();
    const productId = await aProduct();
    await world.sql('update product set status = $2 where id = $1', [productId, status]);
    const { errors } = await place({ clientId, productId });
    expect(errors[0]?.extensions?.['details']).toMatchObject({ reasons: ['PRODUCT_STATUS'] });
  });

  test('a refused order does not use up its request: once it suits, the same request is placed', async () => {
    const clientId = await aClient({ level: null });
    const productId = await aProduct();
    const requestId = freshId();
    expect((await place({ clientId, productId }, { requestId })).codes).toEqual(['NOT_SUITABLE']);
    await world.deliver(profileOf(clientId, 'MEDIUM_LOW'));
    expect((await place({ clientId, productId }, { requestId })).codes).toEqual([]);
    expect(await countOf('suitability_decision', clientId)).toBe(2);
  });

  test('a warning must be acknowledged by its code; then the order is placed with it', async () => {
    const clientId = await aClient({ level: 'HIGH' });
    await bought({ clientId, productId: await aProduct({ sellerRating: 'R1' }), amount: '70000' });
    const productId = await aProduct({ sellerRating: 'R4', category: 'EQUITY' });
    const ask = { clientId, productId, amount: '30000' };
    const refused = await place(ask);
    expect(refused.codes).toEqual(['WARNING_NOT_ACKNOWLEDGED']);
    expect(refused.errors[0]?.extensions?.['details']).toMatchObject({ missing: ['CONCENTRATION'] });
    expect((await place(ask, { acknowledgedWarnings: ['AGE'] })).codes).toEqual(['WARNING_NOT_ACKNOWLEDGED']);
    const { data } = await place(ask, { acknowledgedWarnings: ['CONCENTRATION', 'CONCENTRATION'] });
    expect(data.placeOrder).toMatchObject({
      state: 'SUBMITTED',
      acknowledgedWarnings: ['CONCENTRATION'],
      decision: { result: 'WARN' },
    });
  });

  test('ten orders at once do not slip past the concentration limit together', async () => {
    const clientId = await aClient({ level: 'HIGH' });
    await bought({ clientId, productId: await aProduct({ sellerRating: 'R1' }), amount: '90000' });
    const productId = await aProduct({ sellerRating: 'R4', category: 'EQUITY' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        place({ clientId, productId, amount: '10000' }, { acknowledgedWarnings: ['CONCENTRATION'] }),
      ),
    );
    // 60,000 of 150,000 is 40 %, which is allowed; one more is not.
    expect(answers.filter((answer) => answer.codes.length === 0)).toHaveLength(6);
    expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(4).fill('NOT_SUITABLE'));
  });
});

describe('bad input', () => {
  test.each([
    ['0', 'CNY', 'NOT_POSITIVE'],
    ['-1', 'CNY', 'NOT_POSITIVE'],
    ['88000.001', 'CNY', 'TOO_MANY_DECIMALS'],
    ['1.5', 'JPY', 'TOO_MANY_DECIMALS'],
    ['1', 'XXX', 'CURRENCY'],
    ['1', 'constructor', 'CURRENCY'],
    ['99999999999999999999', 'CNY', 'TOO_LARGE'],
  ])('an amount of %s %s is refused as %s, and nothing is stored', async (amount, currency, reason) => {
    const clientId = await aClient();
    const productId = await aProduct();
    const placed = await place({ clientId, productId, amount, currency });
    expect(placed.codes).toEqual(['BAD_INPUT']);
    expect(placed.errors[0]?.extensions?.['details']).toMatchObject({ field: 'amount', reason });
    const check = await world.ask(adviser, CHECK, {
      input: { clientId, productId, amount: { amount, currency } },
    });
    expect(check.codes).toEqual(['BAD_INPUT']);
    expect(await countOf('suitability_decision', clientId)).toBe(0);
  });

  test('an unknown client, an unknown product and an unknown order are not found', async () => {
    const clientId = await aClient();
    const productId = await aProduct();
    expect((await place({ clientId: freshId(), productId })).codes).toEqual(['NOT_FOUND']);
    expect((await place({ clientId: 'nonsense', productId })).codes).toEqual(['NOT_FOUND']);
    expect((await place({ clientId, productId: freshId() })).codes).toEqual(['NOT_FOUND']);
    expect((await place({ clientId, productId: 'nonsense' })).codes).toEqual(['NOT_FOUND']);
    expect((await accept(freshId())).codes).toEqual(['NOT_FOUND']);
    expect((await settle('nonsense')).codes).toEqual(['NOT_FOUND']);
  });

  test('a stale version is refused by every command on an order', async () => {
    const { data } = await place({ clientId: await aClient(), productId: await aProduct() });
    const input = { orderId: data.placeOrder.id, expectedVersion: 7 };
    expect((await world.ask(operations, ACCEPT, { input })).codes).toEqual(['STALE_VERSION']);
    expect(
      (await world.ask(operations, REJECT, { input: { ...input, reason: 'ISSUER_DECLINED' } })).codes,
    ).toEqual(['STALE_VERSION']);
    expect((await world.ask(adviser, CANCEL, { input })).codes).toEqual(['STALE_VERSION']);
    expect((await settle(input.orderId, { expectedVersion: 7 })).codes).toEqual(['STALE_VERSION']);
  });

  test.each([
    ['NAV_NOT_POSITIVE', { nav: '0' }],
    ['NAV_NOT_POSITIVE', { nav: '-1' }],
    ['NO_UNITS', { nav: '999999999999999999' }],
    ['SETTLED_IN_FUTURE', { settledOn: '2026-03-03' }],
    ['SETTLED_BEFORE_ACCEPTANCE', { settledOn: '2026-03-01' }],
    ['BAD_USER_INPUT', { settledOn: '2026-02-30' }],
    ['BAD_INPUT', { requestId: 'short' }],
  ])('%s: settling with %j leaves nothing behind, and the request can be used again', async (code, facts) => {
    const clientId = await aClient();
    const orderId = await anAccepted({ clientId, productId: await aProduct() });
    const requestId = freshId();
    expect((await settle(orderId, { requestId, ...facts })).codes).toEqual([code]);
    expect(await countOf('holding', clientId)).toBe(0);
    expect((await settle(orderId, { requestId })).codes).toEqual([]);
  });
});
