import { ClientRestricted } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
  importNavs,
  operations,
  place,
  self,
  settle,
} from '../fixture.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const compliance = actorOf(freshId(), ['COMPLIANCE']);
const DAY = '2026-03-02';
const propose = (productId: string, nav: string, facts: object = {}, actor = admin) =>
  world.ask(
    actor,
    command(
      'proposeNavCorrection',
      'ProposeNavCorrectionInput',
      'id state version was nav reasonLabel(locale: ZH_HANT)',
    ),
    {
      input: { requestId: freshId(), productId, day: DAY, nav, reason: 'ISSUER_CORRECTED', ...facts },
    },
  );
const decide = (
  name: 'approve' | 'reject' | 'withdraw',
  correctionId: string,
  actor = compliance,
  expectedVersion = 1,
) =>
  world.ask(actor, command(`${name}NavCorrection`, 'DecideNavCorrectionInput', 'state decidedBy'), {
    input: { correctionId, expectedVersion },
  });
const correct = (orderId: string, expectedVersion: number, correctionId: string, facts: object = {}) =>
  world.ask(
    operations,
    command(
      'correctSettlement',
      'CorrectSettlementInput',
      'state version amount { amount } fee { amount } settlement { units nav } settlements { units nav amount { amount } reversesId }',
    ),
    {
      input: { requestId: freshId(), orderId, expectedVersion, correctionId, ...facts },
    },
  );
const held = async (clientId: string, productId: string) =>
  (
    await world.sql(
      'select trim_scale(units) as units from holding where client_id = $1 and product_id = $2',
      [clientId, productId],
    )
  )[0]?.['units'];
const aValued = async (facts: Record<string, unknown> = {}) => {
  const product = await aProduct(world, facts);
  await importNavs(world, `code,day,nav\n${product.code},${DAY},1.25`);
  return product;
};
async function approved(productId: string, nav: string): Promise<string> {
  const { data, errors } = await propose(productId, nav);
  expect(errors).toEqual([]);
  expect((await decide('approve', data.proposeNavCorrection.id)).codes).toEqual([]);
  return data.proposeNavCorrection.id;
}
const affected = async (productId: string): Promise<string[]> => {
  const LIST =
    'query ($id: ID!) { product(id: $id) { navCorrections { nodes { affectedOrders { nodes { id } } } } } }';
  const { data } = await world.ask(operations, LIST, { id: productId });
  return data.product.navCorrections.nodes[0].affectedOrders.nodes.map(({ id }: { id: string }) => id);
};
async function booksAgree() {
  expect(
    await world.sql(
      'select h.id from holding h left join settlement s on s.holding_id = h.id group by h.id, h.units having h.units <> coalesce(sum(s.units), 0) or h.units < 0',
    ),
  ).toEqual([]);
}

test('one person proposes another value, a second approves: holdings follow at once, and the orders are booked anew one by one', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aValued({ purchaseFeePct: '1' });
  const orderId = await bought(world, clientId, productId, '101', { nav: '1.25' });
  expect(await held(clientId, productId)).toBe('80');
  const { data } = await propose(productId, '1.6');
  expect(data.proposeNavCorrection).toMatchObject({
    state: 'PENDING',
    was: '1.25',
    nav: '1.6',
    reasonLabel: '發行機構更正',
  });
  const { id } = data.proposeNavCorrection;
  expect((await propose(productId, '1.7')).codes).toEqual(['PROPOSAL_OPEN']);
  expect((await correct(orderId, 3, id)).codes).toEqual(['NOT_APPROVED']);
  expect((await decide('approve', id, actorOf(admin.id ?? '', ['ADMIN', 'COMPLIANCE']))).codes).toEqual([
    'MAKER_IS_CHECKER',
  ]);
  const answers = await Promise.all(Array.from({ length: 10 }, () => decide('approve', id)));
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  const PAGE =
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Client { holdings { nav value { amount } } } } }';
  const page = await world.ask(self(clientId), PAGE, { all: [{ __typename: 'Client', id: clientId }] });
  expect(page.data._entities[0].holdings).toEqual([{ nav: '1.6', value: { amount: '128' } }]);
  const LIST =
    'query ($id: ID!) { product(id: $id) { latestNav { nav } navCorrections { nodes { state affectedOrders { nodes { id } } } } } }';
  const list = async () => (await world.ask(operations, LIST, { id: productId })).data.product;
  expect(await list()).toEqual({
    latestNav: { nav: '1.6' },
    navCorrections: { nodes: [{ state: 'APPROVED', affectedOrders: { nodes: [{ id: orderId }] } }] },
  });
  const requestId = freshId();
  const corrected = await Promise.all(
    Array.from({ length: 10 }, () => correct(orderId, 3, id, { requestId })),
  );
  expect(corrected.flatMap(({ codes }) => codes)).toEqual([]);
  expect(corrected[0]?.data.correctSettlement).toMatchObject({
    state: 'SETTLED',
    version: 4,
    amount: { amount: '101' },
    fee: { amount: '1' },
  });
  expect(corrected[0]?.data.correctSettlement.settlements).toHaveLength(3);
  expect(await held(clientId, productId)).toBe('62.5');
  expect((await correct(orderId, 4, id)).codes).toEqual(['NOT_AFFECTED']);
  expect((await list()).navCorrections.nodes[0].affectedOrders.nodes).toEqual([]);
  const types = (await eventsOf(world, clientId)).filter(({ type }) => type === 'order.corrected');
  expect(types.map(({ data: told }) => told['amountMinor'])).toEqual([10_100]);
  expect(
    (await eventsOf(world, productId))
      .filter(({ type }) => type === 'nav.corrected')
      .map(({ data: told }) => told),
  ).toEqual([{ productId, asOf: DAY, count: 1 }]);
  // Taken back after all: everything that stands is undone, and nothing is left.
  const reversed = await world.ask(operations, command('reverseOrder', 'ReverseOrderInput', 'state'), {
    input: { requestId: freshId(), orderId, expectedVersion: 4, reason: 'WRONG_NAV' },
  });
  expect(reversed.codes).toEqual([]);
  expect(await held(clientId, productId)).toBe('0');
  await booksAgree();
});

test('a redemption pays other money, a switch buys for it, parts are booked anew each for itself', async () => {
  const clientId = await aClient(world);
  const { id: from } = await aValued();
  const { id: into } = await aProduct(world);
  await bought(world, clientId, from, '300', { nav: '1' });
  const redeem = await demand(world, adviser, 'redeem', 'RedeemInput', 'id', {
    requestId: freshId(),
    clientId,
    productId: from,
    units: '100',
  });
  await accept(world, redeem.data.id);
  const part = await world.ask(operations, command('settlePart', 'SettlePartInput', 'version'), {
    input: {
      requestId: freshId(),
      orderId: redeem.data.id,
      expectedVersion: 2,
      units: '40',
      nav: '1.25',
      settledOn: DAY,
    },
  });
  expect(part.codes).toEqual([]);
  await settle(world, redeem.data.id, { expectedVersion: 3, nav: '2' });
  const change = await demand(world, adviser, 'switchProducts', 'SwitchProductsInput', 'id', {
    requestId: freshId(),
    clientId,
    fromProductId: from,
    toProductId: into,
    units: '100',
  });
  await accept(world, change.data.id);
  await settle(world, change.data.id, { nav: '1', fromNav: '1.25' });
  expect(await held(clientId, into)).toBe('125');
  const id = await approved(from, '1.5');
  const one = await correct(redeem.data.id, 4, id);
  // 40 × 1.5 + 60 × 2
  expect(one.data.correctSettlement).toMatchObject({ amount: { amount: '180' }, state: 'SETTLED' });
  const two = await correct(change.data.id, 3, id);
  expect(two.data.correctSettlement.amount).toEqual({ amount: '150' });
  expect([await held(clientId, from), await held(clientId, into)]).toEqual(['100', '150']);
  await booksAgree();
});

test('units that are gone since cannot be taken: the order waits until they are back', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aValued();
  const orderId = await bought(world, clientId, productId, '100', { nav: '1.25' });
  const { data } = await demand(world, adviser, 'redeem', 'RedeemInput', 'id', {
    requestId: freshId(),
    clientId,
    productId,
    units: '80',
  });
  const id = await approved(productId, '2');
  expect((await correct(orderId, 3, id)).codes).toEqual(['UNITS_GONE']);
  expect(await affected(productId)).toEqual([orderId]);
  await demand(world, adviser, 'cancelOrder', 'CancelOrderInput', 'id', {
    orderId: data.id,
    expectedVersion: 1,
  });
  expect((await correct(orderId, 3, id)).codes).toEqual([]);
  expect(await held(clientId, productId)).toBe('50');
  await booksAgree();
});

test('the order of a restricted client is on nobody’s list and is corrected by nobody', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aValued();
  const orderId = await bought(world, clientId, productId, '100', { nav: '1.25' });
  const id = await approved(productId, '2');
  await world.deliver(
    ClientRestricted({ clientId, from: 'ACTIVE', to: 'RESTRICTED', reason: 'X', until: null }),
  );
  expect(await affected(productId)).toEqual([]);
  expect((await correct(orderId, 3, id)).codes).toEqual(['NOT_FOUND']);
});

test('corrected while it is redeemed: one of the two goes through, the books stay', async () => {
  for (let round = 0; round < 3; round += 1) {
    const clientId = await aClient(world);
    const { id: productId } = await aValued();
    const orderId = await bought(world, clientId, productId, '100', { nav: '1.25' });
    const id = await approved(productId, '2');
    const [corrected, redeemed] = await Promise.all([
      correct(orderId, 3, id),
      world.ask(adviser, command('redeem', 'RedeemInput', 'id'), {
        input: { requestId: freshId(), clientId, productId, units: '60' },
      }),
    ]);
    expect([corrected.codes, redeemed.codes].flat()).toHaveLength(1);
    await booksAgree();
  }
});

test.each([
  ['BAD_INPUT', '0', {}],
  ['BAD_INPUT', '-1', {}],
  ['BAD_INPUT', '1.123456789', {}],
  ['BAD_INPUT', '1000000000000', {}],
  ['NAV_UNCHANGED', '1.250', {}],
  ['NOT_FOUND', '2', { day: '2026-03-01' }],
  ['NOT_FOUND', '2', { productId: '019c0000-0000-7000-8000-000000000001' }],
] as const)('%s: the value %s with %j', async (code, nav, facts) => {
  const { id } = await aValued();
  expect((await propose(id, nav, facts)).codes).toEqual([code]);
});

test('rejected or withdrawn, nothing changes; a value corrected twice is approved once for what was there', async () => {
  const { id: productId } = await aValued();
  const one = (await propose(productId, '2')).data.proposeNavCorrection;
  expect((await decide('reject', one.id)).data.rejectNavCorrection).toEqual({
    state: 'REJECTED',
    decidedBy: compliance.id,
  });
  const two = (await propose(productId, '3')).data.proposeNavCorrection;
  expect((await decide('withdraw', two.id, actorOf(freshId(), ['ADMIN']))).codes).toEqual(['NOT_THE_MAKER']);
  expect((await decide('withdraw', two.id, admin)).codes).toEqual([]);
  expect(
    await world.sql('select trim_scale(nav) as nav from nav_point where product_id = $1', [productId]),
  ).toEqual([{ nav: '1.25' }]);
  for (const role of ['CLIENT', 'ADVISER', 'OPERATIONS', 'AUDITOR', 'MARKETING'] as const) {
    expect((await propose(productId, '2', {}, actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
    expect((await decide('approve', one.id, actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
  }
  expect((await place(world, await aClient(world), productId)).codes).toEqual([]);
});
