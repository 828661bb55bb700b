import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  aClient,
  accept,
  admin,
  adviser,
  aProduct,
  bought,
  command,
  consent,
  demand,
  eventsOf,
  profileOf,
  START,
  self,
  settle,
} from '../fixture.js';
import { service } from '../service.js';
import { watchPlans } from './plans.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const PLAN = `id state version level ruleVersion goal goalLabel(locale: ZH_HANT) driftPct equityPct reviewOn validUntil
  cash { amount } total { amount } target { minPct maxPct aimPct maxSinglePct }
  lines { n side units amount { amount currency } product { id } fromProduct { id } decision { id result } order { id state side }
    reasons { code text(locale: ZH_HANS) } }`;
/** A currency of its own keeps the products of one test out of the plans of the others. */
const inCurrency = (currency: string) => ({
  product: (facts: object = {}) =>
    aProduct(world, {
      minAmount: { amount: '100', currency },
      issuerRating: 'R1',
      sellerRating: 'R1',
      ...facts,
    }),
  propose: (clientId: string, amount: string, facts: object = {}, actor = adviser) =>
    world.ask(actor, command('proposePlan', 'ProposePlanInput', PLAN), {
      input: { requestId: freshId(), clientId, goal: 'BALANCED', cash: { amount, currency }, ...facts },
    }),
});
const take = (planId: string, facts: object = {}, actor = adviser) =>
  world.ask(actor, command('acceptPlan', 'AcceptPlanInput', PLAN), {
    input: { requestId: freshId(), planId, expectedVersion: 1, ...facts },
  });
const ordersOf = (clientId: string) =>
  world.sql(
    'select side, state, amount, units from product_order where client_id = $1 order by amount desc',
    [clientId],
  );

test('new money is planned by level and goal, accepted by the client once, and every line is an order', async () => {
  const { product, propose } = inCurrency('USD');
  const clientId = await aClient(world, 'MEDIUM');
  const mixes = [await product({ category: 'BALANCED_MIX' }), await product({ category: 'BALANCED_MIX' })];
  const cash = await product();
  // Above the level, of another currency, too dear, or not sold: never in a plan.
  await product({ sellerRating: 'R4' });
  await product({ category: 'EQUITY' });
  await product({ minAmount: { amount: '9000000', currency: 'USD' } });
  const { data, errors } = await propose(clientId, '100000');
  expect(errors).toEqual([]);
  const plan = data.proposePlan;
  expect(plan).toMatchObject({
    state: 'PROPOSED',
    level: 'MEDIUM',
    goalLabel: '收益與增長並重',
    ruleVersion: 'SUIT-2026.3',
    total: { amount: '100000' },
    target: { minPct: '27.5', maxPct: '42.5', aimPct: '35', maxSinglePct: '40' },
    reviewOn: '2026-09-02',
    validUntil: '2026-03-09T02:00:00.000Z',
  });
  expect(plan.lines.map((line: { amount: { amount: string } }) => line.amount.amount)).toEqual([
    '40000',
    '30000',
    '30000',
  ]);
  expect(plan.lines[2].product.id).toBe(cash.id);
  expect(mixes.map(({ id }) => id).sort()).toEqual(
    [plan.lines[0].product.id, plan.lines[1].product.id].sort(),
  );
  for (const line of plan.lines) {
    expect(line.decision.result).toBe('SUITABLE');
    expect(line.reasons.length).toBe(2);
    expect(line.order).toBeNull();
  }
  expect(await world.sql('select 1 from recommendation where client_id = $1', [clientId])).toHaveLength(3);
  const requestId = freshId();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => take(plan.id, { requestId }, self(clientId))),
  );
  expect(answers.flatMap(({ codes }) => codes)).toEqual([]);
  for (const answer of answers)
    expect(answer.data.acceptPlan).toMatchObject({ state: 'ACCEPTED', version: 2 });
  expect((await ordersOf(clientId)).map(({ amount }) => amount)).toEqual(['40000', '30000', '30000']);
  expect(
    answers[0]?.data.acceptPlan.lines.map((line: { order: { state: string } }) => line.order.state),
  ).toEqual(Array(3).fill('SUBMITTED'));
  expect((await take(plan.id, { expectedVersion: 2 })).codes).toEqual(['PLAN_NOT_OPEN']);
  expect(
    (await eventsOf(world, clientId))
      .filter(({ type }) => type.startsWith('portfolio.plan'))
      .map(({ type }) => type),
  ).toEqual(['portfolio.plan.proposed', 'portfolio.plan.accepted']);
});

test('of ten who accept at once with requests of their own, one does', async () => {
  const { product, propose } = inCurrency('EUR');
  const clientId = await aClient(world, 'LOW');
  await product();
  const { data } = await propose(clientId, '1000');
  const answers = await Promise.all(Array.from({ length: 10 }, () => take(data.proposePlan.id)));
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  expect(await ordersOf(clientId)).toHaveLength(1);
});

test('what lies above the level is switched out, and what is held then lies in the band: the next plan has nothing to do', async () => {
  const { product, propose } = inCurrency('HKD');
  const clientId = await aClient(world, 'MEDIUM');
  const buy = async (facts: object, amount: string) => {
    const { id } = await product(facts);
    const placed = await demand(world, adviser, 'placeOrder', 'PlaceOrderInput', 'id', {
      requestId: freshId(),
      clientId,
      productId: id,
      amount: { amount, currency: 'HKD' },
    });
    await accept(world, placed.data.id);
    await settle(world, placed.data.id);
    return id;
  };
  const mixed = await buy({ category: 'BALANCED_MIX' }, '60000');
  const { id: cash } = await product();
  const { id: fixed } = await product({ category: 'FIXED_INCOME' });
  await world.deliver(profileOf(clientId, 'MEDIUM_LOW'));
  const SPREAD =
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Client { allocations(goal: BALANCED) { currency level equityPct driftPct total { amount } categories { category pct } products { product { id } pct } target { maxPct } } } } }';
  const spread = async () =>
    (await world.ask(self(clientId), SPREAD, { all: [{ __typename: 'Client', id: clientId }] })).data
      ._entities[0].allocations;
  expect(await spread()).toEqual([
    {
      currency: 'HKD',
      level: 'MEDIUM_LOW',
      equityPct: '50',
      driftPct: '35',
      total: { amount: '60000' },
      categories: [{ category: 'BALANCED_MIX', pct: '100' }],
      products: [{ product: { id: mixed }, pct: '100' }],
      target: { maxPct: '15' },
    },
  ]);
  const { data } = await propose(clientId, '0');
  const { lines } = data.proposePlan;
  expect(
    lines.map((line: { reasons: { code: string }[] }) => line.reasons.map(({ code }) => code).join()),
  ).toEqual([
    'CATEGORY_NOT_OFFERED,STEADIES',
    'CATEGORY_NOT_OFFERED,STEADIES',
    'CATEGORY_NOT_OFFERED,NOTHING_FITS',
  ]);
  expect(lines.map((line: { side: string; units: string }) => [line.side, line.units])).toEqual([
    ['SWITCH', '24000'],
    ['SWITCH', '24000'],
    ['REDEEM', '12000'],
  ]);
  const taken = await take(data.proposePlan.id);
  expect(taken.codes).toEqual([]);
  for (const line of taken.data.acceptPlan.lines) {
    await accept(world, line.order.id);
    await settle(world, line.order.id, line.side === 'SWITCH' ? { fromNav: '1' } : {});
  }
  const held = await world.sql(
    'select product_id, units from holding where client_id = $1 and units > 0 order by product_id',
    [clientId],
  );
  expect(held).toEqual([cash, fixed].sort().map((product_id) => ({ product_id, units: '24000' })));
  const next = await propose(clientId, '0', { goal: 'PRESERVE' });
  expect(next.data.proposePlan.lines.length).toBeLessThanOrEqual(2);
});

test('what has changed since is decided anew: nothing is ordered, the decision stays, and the plan can still be accepted later', async () => {
  const { product, propose } = inCurrency('GBP');
  const clientId = await aClient(world, 'LOW');
  const { id } = await product();
  const { id: other } = await product();
  const { data } = await propose(clientId, '1000');
  expect(data.proposePlan.lines).toHaveLength(2);
  await demand(world, admin, 'suspendProduct', 'ChangeProductInput', 'id', {
    productId: other,
    expectedVersion: 1,
  });
  const requestId = freshId();
  const refused = await take(data.proposePlan.id, { requestId });
  expect(refused.codes).toEqual(['NOT_SUITABLE']);
  expect(refused.errors[0]?.extensions?.['details']).toMatchObject({
    reasons: ['PRODUCT_STATUS'],
    decisionId: expect.any(String),
  });
  expect(await ordersOf(clientId)).toEqual([]);
  await demand(world, admin, 'resumeProduct', 'ChangeProductInput', 'id', {
    productId: other,
    expectedVersion: 2,
  });
  expect((await take(data.proposePlan.id, { requestId })).codes).toEqual([]);
  expect(await ordersOf(clientId)).toHaveLength(2);
  expect(id).not.toBe(other);
});

test('a plan lapses with its time or with a later one, is declined once, and is looked at again on its day, told once', async () => {
  const { product, propose } = inCurrency('JPY');
  const clientId = await aClient(world, 'LOW');
  await product();
  const first = (await propose(clientId, '1000')).data.proposePlan;
  const second = (await propose(clientId, '2000')).data.proposePlan;
  expect((await take(first.id, { expectedVersion: 2 })).codes).toEqual(['PLAN_NOT_OPEN']);
  world.clock.now = new Date('2026-03-09T02:00:00.001Z');
  expect((await take(second.id)).codes).toEqual(['PLAN_LAPSED']);
  await watchPlans(world.db);
  await watchPlans(world.db);
  const third = (await propose(clientId, '3000')).data.proposePlan;
  const decline = (expectedVersion: number) =>
    world.ask(
      self(clientId),
      command('declinePlan', 'DeclinePlanInput', 'state stateLabel(locale: ZH_HANT)'),
      { input: { planId: third.id, expectedVersion } },
    );
  expect((await decline(1)).data.declinePlan).toEqual({ state: 'DECLINED', stateLabel: '未採納' });
  expect((await decline(2)).codes).toEqual(['PLAN_NOT_OPEN']);
  const fourth = (await propose(clientId, '4000')).data.proposePlan;
  expect((await take(fourth.id)).codes).toEqual([]);
  expect(fourth.reviewOn).toBe('2026-09-09');
  world.clock.now = new Date('2026-09-08T15:59:59.000Z');
  await watchPlans(world.db);
  world.clock.now = new Date('2026-09-08T16:00:00.000Z');
  await Promise.all([watchPlans(world.db), watchPlans(world.db)]);
  const types = (await eventsOf(world, clientId))
    .map(({ type }) => type)
    .filter((type) => type.startsWith('portfolio'));
  expect(types).toEqual([
    ...[
      'portfolio.plan.proposed',
      'portfolio.plan.lapsed',
      'portfolio.plan.proposed',
      'portfolio.plan.lapsed',
    ],
    ...[
      'portfolio.plan.proposed',
      'portfolio.plan.declined',
      'portfolio.plan.proposed',
      'portfolio.plan.accepted',
      'portfolio.review.due',
    ],
  ]);
});

// The last day of a short month: six months after 31 August is the last of February.
test.each([
  ['2026-08-31T04:00:00.000Z', '2027-02-28'],
  ['2027-08-31T04:00:00.000Z', '2028-02-29'],
])('proposed on %s, it is looked at again on %s', async (now, reviewOn) => {
  const clientId = await aClient(world, 'LOW', { validTo: '2029-01-01' });
  world.clock.now = new Date(now);
  expect((await inCurrency('CNY').propose(clientId, '0')).data.proposePlan).toMatchObject({
    reviewOn,
    lines: [],
  });
});

test('without a level there is no plan; an empty one cannot be accepted; bad input is refused', async () => {
  const { propose } = inCurrency('CNY');
  expect((await propose(await aClient(world, null), '100')).codes).toEqual(['NO_LEVEL']);
  expect((await propose(await aClient(world, 'LOW', { validTo: '2026-03-01' }), '100')).codes).toEqual([
    'NO_LEVEL',
  ]);
  const clientId = await aClient(world, 'LOW');
  const empty = await propose(clientId, '0');
  expect((await take(empty.data.proposePlan.id)).codes).toEqual(['NOTHING_TO_DO']);
  for (const amount of ['-1', '0.001'])
    expect((await propose(clientId, amount)).codes).toEqual(['BAD_INPUT']);
  expect((await inCurrency('XXX').propose(clientId, '1')).codes).toEqual(['BAD_INPUT']);
  expect((await propose(freshId(), '1')).codes).toEqual(['NOT_FOUND']);
  expect((await propose(clientId, '1', {}, actorOf(freshId(), ['ADVISER']))).codes).toEqual(['NOT_FOUND']);
  expect((await take(freshId())).codes).toEqual(['NOT_FOUND']);
  for (const role of ['CLIENT', 'OPERATIONS', 'COMPLIANCE', 'MARKETING', 'ADMIN'] as const)
    expect((await propose(clientId, '1', {}, actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
});

test('another client does not see the plan, and a list of plans is paged', async () => {
  const { propose } = inCurrency('CNY');
  const clientId = await aClient(world, 'LOW');
  const { data } = await propose(clientId, '0');
  const READ = 'query ($id: ID!) { portfolioPlan(id: $id) { id } }';
  expect(
    (await world.ask(self(clientId), READ, { id: data.proposePlan.id })).data.portfolioPlan,
  ).not.toBeNull();
  expect((await world.ask(self(freshId()), READ, { id: data.proposePlan.id })).data.portfolioPlan).toBeNull();
});

test('suggestions: what suits, best first, with reasons; nothing above the level, nothing that would warn', async () => {
  const clientId = await aClient(world, 'MEDIUM');
  await world.deliver(consent(clientId, 'GRANT'));
  const only = { currency: 'USD' };
  const ASK = `query ($clientId: ID!, $currency: String!, $goal: InvestmentGoal!, $first: Int!) {
    suggestions(clientId: $clientId, currency: $currency, goal: $goal, first: $first) { points product { id rating category } reasons { code points text(locale: ZH_HANT) } } }`;
  const suggest = (facts: object = {}, actor = adviser) =>
    world.ask(actor, ASK, { clientId, ...only, goal: 'GROWTH', first: 20, ...facts });
  const { data } = await suggest();
  const { suggestions } = data;
  expect(suggestions.length).toBeGreaterThan(1);
  for (const one of suggestions) {
    expect(['R1', 'R2', 'R3']).toContain(one.product.rating);
    expect(['CASH', 'FIXED_INCOME', 'STEADY_MIX', 'BALANCED_MIX']).toContain(one.product.category);
    expect(one.reasons.length).toBeGreaterThan(0);
  }
  const points = suggestions.map((one: { points: number }) => one.points);
  expect(points).toEqual([...points].sort((a, b) => b - a));
  expect(suggestions[0].product.category).toBe('BALANCED_MIX');
  expect(suggestions[0].reasons[0]).toEqual({
    code: 'BRINGS_EQUITY',
    points: 20,
    text: '有助於權益佔比靠近該等級與目標的配置區間中值。',
  });
  expect((await suggest({ first: 21 })).codes).toEqual(['PAGE_SIZE']);
  expect((await suggest({ clientId: await aClient(world, null) })).codes).toEqual(['NO_LEVEL']);
  expect((await suggest({}, self(freshId()))).codes).toEqual(['NOT_FOUND']);
});

test('plans, allocations and their products cost as many statements for fifty clients as for one', async () => {
  const { id } = await aProduct(world);
  const ids: string[] = [];
  for (let n = 0; n < 50; n += 1) {
    ids.push(await aClient(world));
    if (n % 10 === 0) await bought(world, ids[n] ?? '', id, '100');
  }
  const LIST =
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Client { allocations { equityPct driftPct products { product { code } pct } } portfolioPlans(first: 5) { nodes { id lines { product { id } order { id } } } } } } }';
  const cost = (clients: string[]) =>
    world.statements(() =>
      world.ask(adviser, LIST, { all: clients.map((clientId) => ({ __typename: 'Client', id: clientId })) }),
    );
  expect(await cost(ids)).toBe(await cost(ids.slice(0, 1)));
});
