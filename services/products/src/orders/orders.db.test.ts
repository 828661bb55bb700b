import { ClientActivated, ClientOnboarded, RiskProfileChanged } from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { service } from '../service.js';
import { decide, type Inputs, type SuitabilityTables } from '../suitability/suitability.rules.js';

const START = new Date('2026-03-02T02:00:00.000Z');
let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const admin = actorOf(freshId(), ['ADMIN']);
const operations = actorOf(freshId(), ['OPERATIONS']);
const adviserId = freshId();
const adviser = actorOf(adviserId, ['ADVISER']);
const self = (clientId: string) => actorOf(clientId, ['CLIENT'], clientId);

type Level = 'LOW' | 'MEDIUM_LOW' | 'MEDIUM' | 'MEDIUM_HIGH' | 'HIGH';

const profileOf = (clientId: string, to: Level, facts: { lowestCategory?: boolean; validTo?: string } = {}) =>
  RiskProfileChanged({
    clientId,
    assessmentId: freshId(),
    from: null,
    to,
    lowestCategory: false,
    validTo: '2027-03-01',
    ...facts,
  });

async function aClient(
  facts: {
    level?: Level | null;
    lowestCategory?: boolean;
    validTo?: string;
    ageBand?: 'UNDER_18' | 'FROM_31' | 'FROM_65';
    isActive?: boolean;
    clientId?: string;
  } = {},
) {
  const {
    level = 'MEDIUM_LOW',
    ageBand = 'FROM_31',
    isActive = true,
    clientId = freshId(),
    ...profile
  } = facts;
  await world.deliver(
    ClientOnboarded({
      clientId,
      kind: 'INDIVIDUAL',
      class: 'ORDINARY',
      grade: 'BRONZE',
      adviserId,
      ageBand,
      fullCivilCapacity: true,
      institutionType: null,
      originLeadId: null,
    }),
  );
  if (isActive)
    await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  if (level !== null) await world.deliver(profileOf(clientId, level, profile));
  return clientId;
}

async function aProduct(facts: Record<string, unknown> = {}): Promise<string> {
  const input = {
    requestId: freshId(),
    code: `P-${freshId().slice(-12).toUpperCase()}`,
    nameEn: 'Steady 90 days',
    nameZhHans: '稳健90天',
    nameZhHant: '穩健90天',
    issuerType: 'BANK_WMP',
    category: 'CASH',
    minAmount: { amount: '1', currency: 'CNY' },
    minHorizonMonths: 3,
    issuerRating: 'R1',
    sellerRating: 'R2',
    ...facts,
  };
  const { data, errors } = await world.ask(
    admin,
    'mutation ($input: CreateProductInput!) { createProduct(input: $input) { id } }',
    { input },
  );
  expect(errors).toEqual([]);
  return data.createProduct.id;
}

const ORDER = `id state version side stateLabel(locale: ZH_HANT) amount { amount currency } client { id } product { id } acknowledgedWarnings
  decision { id result } submittedAt acceptedAt rejectReason settlement { units nav residual settledOn }`;
const command = (name: string, type: string, selection = ORDER) =>
  `mutation ($input: ${type}!) { ${name}(input: $input) { ${selection} } }`;
const CHECK = command(
  'checkSuitability',
  'CheckSuitabilityInput',
  'id result level rating ruleVersion decidedAt validUntil amount { amount currency } reasons { code effect text zh: text(locale: ZH_HANT) }',
);
const PLACE = command('placeOrder', 'PlaceOrderInput');
const ACCEPT = command('acceptOrder', 'AcceptOrderInput');
const REJECT = command('rejectOrder', 'RejectOrderInput');
const CANCEL = command('cancelOrder', 'CancelOrderInput');
const SETTLE = command('settleOrder', 'SettleOrderInput');

type Purchase = { clientId: string; productId: string; amount?: string; currency?: string };
const anOrder = (
  { amount = '88000', currency = 'CNY', ...ids }: Purchase,
  facts: Record<string, unknown> = {},
) => ({
  requestId: freshId(),
  side: 'BUY',
  amount: { amount, currency },
  acknowledgedWarnings: [],
  ...ids,
  ...facts,
});
const place = (purchase: Purchase, facts: Record<string, unknown> = {}, actor = adviser) =>
  world.ask(actor, PLACE, { input: anOrder(purchase, facts) });
const accept = (orderId: string, expectedVersion = 1) =>
  world.ask(operations, ACCEPT, { input: { orderId, expectedVersion } });
const settle = (orderId: string, facts: Record<string, unknown> = {}) =>
  world.ask(operations, SETTLE, {
    input: { requestId: freshId(), orderId, expectedVersion: 2, nav: '1', settledOn: '2026-03-02', ...facts },
  });

async function anAccepted(purchase: Purchase): Promise<string> {
  const { data, errors } = await place(purchase);
  expect(errors).toEqual([]);
  expect((await accept(data.placeOrder.id)).errors).toEqual([]);
  return data.placeOrder.id;
}
async function bought(purchase: Purchase): Promise<void> {
  expect((await settle(await anAccepted(purchase))).errors).toEqual([]);
}

const eventsOf = async (clientId: string) =>
  (await world.events()).filter((event) => event.key === clientId).map((event) => event.type);
const countOf = async (table: string, clientId: string) =>
  (await world.sql(`select 1 from ${table} where client_id = $1`, [clientId])).length;

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

describe('many clients at once', () => {
  const LEVELS = ['LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'] as const;
  const PAGE = `query ($clients: [_Any!]!, $after: String) { _entities(representations: $clients) { ... on Client { id
    holdings { units value { amount } product { code } }
    orders(first: 3) { nodes { id state product { code } decision { result reasons { code } } settlement { units } } }
    eligibleProducts(first: 3, after: $after) { nodes { id rating category issuerType status } pageInfo { hasNextPage endCursor } } } } }`;

  const representation = (id: string, level: Level) => ({
    __typename: 'Client',
    id,
    riskProfile: { level, lowestCategory: false, validTo: '2027-03-01' },
  });

  test('holdings, orders and eligible products cost no more statements for 50 clients than for 1', async () => {
    const clients: ReturnType<typeof representation>[] = [];
    const productId = await aProduct({ sellerRating: 'R1' });
    // Offered and not held, so that it is loaded apart from what is held.
    await aProduct({ sellerRating: 'R1' });
    for (let n = 0; n < 50; n += 1) {
      const level = LEVELS[n % 5] ?? 'LOW';
      const clientId = await aClient({ level });
      await bought({ clientId, productId, amount: '100' });
      clients.push(representation(clientId, level));
    }
    const cost = (some: typeof clients) =>
      world.statements(async () => {
        const { data, errors } = await world.ask(adviser, PAGE, { clients: some });
        expect(errors).toEqual([]);
        expect(data._entities.every((client: { holdings: unknown[] }) => client.holdings.length === 1)).toBe(
          true,
        );
      });
    // The client copy; holdings and their newest values, orders, decisions, settlements; products for holdings and orders, together where
    // both are known in time; rule, investor facts, standing, page and products that suit.
    expect(await cost(clients.slice(0, 1))).toBeLessThanOrEqual(12);
    expect(await cost(clients)).toBeLessThanOrEqual(12);
  });

  test('eligible products are those the order would be placed for, page by page, each level its own', async () => {
    const made: string[] = [];
    for (const [sellerRating, category, issuerType] of [
      ['R1', 'CASH', 'BANK_WMP'],
      ['R2', 'STEADY_MIX', 'PUBLIC_FUND'],
      ['R2', 'EQUITY', 'PUBLIC_FUND'],
      ['R3', 'BALANCED_MIX', 'TRUST'],
      ['R3', 'BALANCED_MIX', 'PRIVATE_FUND'],
      ['R4', 'EQUITY', 'PUBLIC_FUND'],
      ['R5', 'STRUCTURED', 'BROKER_AM'],
    ]) {
      world.clock.now = new Date(world.clock.now.getTime() + 1);
      made.push(
        await aProduct({ sellerRating, category, issuerType, minAmount: { amount: '1', currency: 'HKD' } }),
      );
    }
    const walk = async (clientId: string, riskProfile: object | null) => {
      const found: string[] = [];
      for (let after: string | null = null; ; ) {
        const { data } = await world.ask(self(clientId), PAGE, {
          after,
          clients: [{ __typename: 'Client', id: clientId, riskProfile }],
        });
        const { nodes, pageInfo } = data._entities[0].eligibleProducts;
        expect(nodes.length).toBeLessThanOrEqual(3);
        found.push(...nodes.map((product: { id: string }) => product.id));
        if (!pageInfo.hasNextPage) break;
        after = pageInfo.endCursor;
      }
      return found.filter((id) => made.includes(id)).map((id) => made.indexOf(id));
    };
    const offered = {
      LOW: [0],
      MEDIUM_LOW: [1, 0],
      MEDIUM: [3, 1, 0],
      MEDIUM_HIGH: [5, 3, 2, 1, 0],
      HIGH: [6, 5, 3, 2, 1, 0],
    };
    for (const level of LEVELS) {
      const clientId = await aClient({ level });
      expect([level, await walk(clientId, { level, lowestCategory: false, validTo: '2027-03-01' })]).toEqual([
        level,
        offered[level],
      ]);
      for (const [at, productId] of made.entries()) {
        const amount = { amount: '1', currency: 'HKD' };
        const { data } = await world.ask(adviser, CHECK, { input: { clientId, productId, amount } });
        const codes = data.checkSuitability.reasons
          .map((reason: { code: string }) => reason.code)
          .filter((code: string) => code !== 'CONCENTRATION');
        expect([at, codes.length === 0]).toEqual([at, offered[level].includes(at)]);
      }
    }
    const old = await aClient({ level: 'HIGH', ageBand: 'FROM_65' });
    expect(await walk(old, { level: 'HIGH', lowestCategory: false, validTo: '2027-03-01' })).toEqual([
      3, 2, 1, 0,
    ]);
    const young = await aClient();
    expect(await walk(young, { level: 'LOW', lowestCategory: true, validTo: '2027-03-01' })).toEqual([0]);
    expect(await walk(young, { level: 'HIGH', lowestCategory: false, validTo: '2026-03-01' })).toEqual([]);
    expect(await walk(young, null)).toEqual([]);
    await world.sql(`update product set status = 'SUSPENDED' where id = $1`, [made[0]]);
    expect(await walk(young, { level: 'MEDIUM_LOW', lowestCategory: false, validTo: '2027-03-01' })).toEqual([
      1,
    ]);
  });
});
