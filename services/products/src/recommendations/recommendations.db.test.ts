import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aClient, admin, adviser, aProduct, command, demand, self } from '../fixture.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const amount = { amount: '100', currency: 'CNY' };
const recommend = (
  clientId: string,
  productId: string,
  facts: Record<string, unknown> = {},
  actor = adviser,
) =>
  world.ask(
    actor,
    command('recommendProduct', 'RecommendProductInput', 'id product { id } decision { result }'),
    {
      input: { requestId: freshId(), clientId, productId, amount, ...facts },
    },
  );

test('what suits is recommended once however often it is sent, and the client sees it', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world);
  const requestId = freshId();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => recommend(clientId, productId, { requestId })),
  );
  expect(new Set(answers.map((answer) => answer.data?.recommendProduct.id)).size).toBe(1);
  const LIST =
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Client { recommendations { nodes { product { id } decision { result } } } } } }';
  const { data } = await world.ask(self(clientId), LIST, { all: [{ __typename: 'Client', id: clientId }] });
  expect(data._entities[0].recommendations.nodes).toEqual([
    { product: { id: productId }, decision: { result: 'SUITABLE' } },
  ]);
});

test('nothing above the level is ever recommended; the decision stays', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world, { issuerType: 'PUBLIC_FUND', sellerRating: 'R3' });
  expect((await recommend(clientId, productId)).codes).toEqual(['NOT_TO_RECOMMEND']);
  expect(await world.sql('select 1 from recommendation where client_id = $1', [clientId])).toEqual([]);
  expect(await world.sql('select 1 from suitability_decision where client_id = $1', [clientId])).toHaveLength(
    1,
  );
});

test('what was recommended is never overridden, even when it was re-rated since', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world, { issuerType: 'PUBLIC_FUND' });
  expect((await recommend(clientId, productId)).codes).toEqual([]);
  await demand(world, admin, 'rateProduct', 'RateProductInput', 'id', {
    productId,
    expectedVersion: 1,
    issuerRating: 'R1',
    sellerRating: 'R3',
  });
  const decision = await demand(
    world,
    self(clientId),
    'checkSuitability',
    'CheckSuitabilityInput',
    'id isOverridable',
    {
      clientId,
      productId,
      amount,
    },
  );
  const warning = await demand(
    world,
    self(clientId),
    'showSpecialWarning',
    'ShowSpecialWarningInput',
    'id textVersion',
    {
      requestId: freshId(),
      decisionId: decision.data.id,
    },
  );
  const { codes } = await world.ask(self(clientId), command('placeOrder', 'PlaceOrderInput', 'id'), {
    input: {
      requestId: freshId(),
      clientId,
      productId,
      amount,
      override: { warningId: warning.data.id, textVersion: warning.data.textVersion },
    },
  });
  expect(codes).toEqual(['WAS_RECOMMENDED']);
});

test('only the adviser of the client recommends', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world);
  expect((await recommend(clientId, productId, {}, actorOf(freshId(), ['ADVISER']))).codes).toEqual([
    'NOT_FOUND',
  ]);
  expect((await recommend(clientId, freshId())).codes).toEqual(['NOT_FOUND']);
  expect((await recommend(clientId, productId, { amount: { amount: '0', currency: 'CNY' } })).codes).toEqual([
    'BAD_INPUT',
  ]);
  for (const role of ['CLIENT', 'OPERATIONS', 'COMPLIANCE', 'MARKETING', 'ADMIN'] as const)
    expect((await recommend(clientId, productId, {}, actorOf(freshId(), [role]))).codes).toEqual([
      'FORBIDDEN',
    ]);
});
