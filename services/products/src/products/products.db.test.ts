import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const admin = actorOf(freshId(), ['ADMIN']);
const someone = actorOf(freshId(), ['MARKETING']);

const CREATE = `mutation ($input: CreateProductInput!) { createProduct(input: $input) {
  id code name zh: name(locale: ZH_HANT) issuerTypeLabel categoryLabel(locale: ZH_HANS) status statusLabel currency
  minAmount { amount currency } minHorizonMonths rating ratingLabel(locale: ZH_HANT) version
  ratings(first: 5) { nodes { issuerRating sellerRating effectiveRating validFrom } edges { cursor } pageInfo { hasNextPage } }
} }`;

const anInput = (facts: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  code: `P-${freshId().slice(-12).toUpperCase()}`,
  nameEn: 'Steady 90 days',
  nameZhHans: '稳健90天',
  nameZhHant: '穩健90天',
  issuerType: 'BANK_WMP',
  category: 'STEADY_MIX',
  minAmount: { amount: '10000', currency: 'CNY' },
  minHorizonMonths: 3,
  issuerRating: 'R2',
  sellerRating: 'R3',
  ...facts,
});
const create = (facts: Record<string, unknown> = {}, actor = admin) =>
  world.ask(actor, CREATE, { input: anInput(facts) });

test('a product is listed with its rating, its words and its event', async () => {
  const { data, codes } = await create();
  expect(codes).toEqual([]);
  expect(data.createProduct).toMatchObject({
    name: 'Steady 90 days',
    zh: '穩健90天',
    issuerTypeLabel: 'Bank wealth-management product',
    categoryLabel: '稳健混合类',
    status: 'LISTED',
    statusLabel: 'On sale',
    currency: 'CNY',
    minAmount: { amount: '10000', currency: 'CNY' },
    rating: 'R3',
    ratingLabel: 'R3 中風險',
    version: 1,
    ratings: {
      nodes: [{ issuerRating: 'R2', sellerRating: 'R3', effectiveRating: 'R3', validFrom: '2026-03-02' }],
    },
  });
  const events = (await world.events('product.listed')).filter(
    (event) => event.key === data.createProduct.id,
  );
  expect(events.map((event) => event.data)).toEqual([
    { productId: data.createProduct.id, productClass: 'BANK_WMP', category: 'STEADY_MIX', rating: 'R3' },
  ]);
});

test('the same request at once ten times creates one product; other content under its id is refused', async () => {
  const input = anInput();
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask(admin, CREATE, { input })));
  expect(new Set(answers.map((answer) => answer.data?.createProduct.id)).size).toBe(1);
  expect(answers.flatMap((answer) => answer.codes)).toEqual([]);
  expect((await world.ask(admin, CREATE, { input: { ...input, nameEn: 'Another' } })).codes).toEqual([
    'REQUEST_ID_REUSED',
  ]);
});

test('of ten products with one code at once one is listed; the others are refused and leave nothing', async () => {
  const code = anInput().code;
  const answers = await Promise.all(Array.from({ length: 10 }, () => create({ code })));
  expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('CODE_TAKEN'));
  expect(await world.sql('select 1 from product where code = $1', [code])).toHaveLength(1);
});

test('fifty at once, each with its own code, are all listed, and each is told once', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => create()));
  expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
  const ids = answers.map(({ data }) => data.createProduct.id);
  const told = (await world.events('product.listed')).map(({ key }) => key);
  expect(told.filter((key) => ids.includes(key)).sort()).toEqual([...ids].sort());
});

test('a refused product does not use up its request', async () => {
  const requestId = freshId();
  expect((await create({ requestId, nameEn: 'Guaranteed' })).codes).toEqual(['PROMISES_RETURN']);
  expect((await create({ requestId })).codes).toEqual([]);
});

test.each(['CLIENT', 'ADVISER', 'OPERATIONS', 'COMPLIANCE', 'MARKETING', 'ANALYST'] as const)(
  '%s may not list products',
  async (role) => {
    expect((await create({}, actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
  },
);

test('the catalogue is paged and filtered by category and rating', async () => {
  const made: string[] = [];
  for (const sellerRating of ['R1', 'R2', 'R3', 'R4', 'R5']) {
    const { data } = await create({ sellerRating, issuerRating: 'R1', category: 'STRUCTURED' });
    made.push(data.createProduct.id);
    world.clock.now = new Date(world.clock.now.getTime() + 1);
  }
  const LIST = `query ($after: String, $maxRating: ProductRisk) {
    products(first: 2, after: $after, category: STRUCTURED, maxRating: $maxRating) { nodes { id rating } pageInfo { hasNextPage endCursor } } }`;
  const walk = async (maxRating: string | null) => {
    const seen: string[] = [];
    for (let after: string | null = null; ; ) {
      const { data } = await world.ask(someone, LIST, { after, maxRating });
      seen.push(...data.products.nodes.map((product: { id: string }) => product.id));
      if (!data.products.pageInfo.hasNextPage) return seen;
      after = data.products.pageInfo.endCursor;
    }
  };
  expect(await walk(null)).toEqual([...made].reverse());
  expect(await walk('R3')).toEqual(made.slice(0, 3).reverse());
});

test('the catalogue is searched by code and by name in any language, and filtered', async () => {
  const word = freshId().slice(-12);
  const facts = { nameEn: `Fund ${word} 100%_x`, nameZhHans: `基金${word}`, nameZhHant: `基金${word}` };
  const { data } = await create({ ...facts, issuerType: 'TRUST' });
  const { id, code } = data.createProduct;
  const FIND = `query ($search: String, $issuerType: IssuerType, $status: ProductStatus, $currency: String) {
    products(search: $search, issuerType: $issuerType, status: $status, currency: $currency) { nodes { id } } }`;
  const found = async (variables: Record<string, unknown>) => {
    const answer = await world.ask(someone, FIND, variables);
    return answer.codes.length > 0
      ? answer.codes
      : answer.data.products.nodes.map((product: { id: string }) => product.id);
  };
  for (const search of [code, code.toLowerCase(), `基金${word}`, `fund ${word}`, '100%_x'])
    expect(await found({ search })).toContain(id);
  expect(await found({ search: `${word}%100` })).toEqual([]);
  expect(await found({ search: word, issuerType: 'TRUST', status: 'LISTED', currency: 'CNY' })).toEqual([id]);
  expect(await found({ search: word, issuerType: 'INSURANCE' })).toEqual([]);
  expect(await found({ search: word, status: 'CLOSED' })).toEqual([]);
  expect(await found({ search: word, currency: 'USD' })).toEqual([]);
  expect(await found({ search: '   ' })).toEqual(['BAD_INPUT']);
  expect(await found({ search: 'x'.repeat(61) })).toEqual(['BAD_INPUT']);
});

test('an unknown product is null; a product is found by reference in one statement for all', async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, async () => (await create()).data.createProduct.id),
  );
  expect((await world.ask(someone, '{ product(id: "nonsense") { id } }')).data).toEqual({ product: null });
  const representations = ids.map((id) => ({ __typename: 'Product', id }));
  const FIND =
    'query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Product { id code } } }';
  let found: unknown[] = [];
  const count = await world.statements(async () => {
    found = (await world.ask(someone, FIND, { representations })).data._entities;
  });
  expect(found.map((product) => (product as { id: string }).id)).toEqual(ids);
  expect(count).toBe(1);
});

test('without a token nothing is told', async () => {
  expect((await world.ask(null, '{ products { nodes { id } } }')).codes).toEqual(['UNAUTHENTICATED']);
});
