import { ClientInvestorChanged, ClientReviewCompleted, ClientReviewDue } from '@client-graph/events';
import { actorOf, aService, freshId, readablePlaces, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  aClient,
  adviser,
  aProduct,
  bought,
  command,
  demand,
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
afterAll(() => world.stop());

const CHECK = 'result isProfessional level reasons { code effect text(locale: ZH_HANT) } replay { isSame }';
const check = async (clientId: string, productId: string) =>
  (
    await demand(world, adviser, 'checkSuitability', 'CheckSuitabilityInput', CHECK, {
      clientId,
      productId,
      amount: { amount: '100', currency: 'CNY' },
    })
  ).data;
const investor = (clientId: string, facts: object = {}) =>
  ClientInvestorChanged({
    clientId,
    investor: 'PROFESSIONAL_B',
    isQualified: true,
    validTo: '2026-03-02',
    ...facts,
  });

test('a professional investor may buy every rating and category, without an assessment, until the last day', async () => {
  const clientId = await aClient(world, null);
  const { id: productId } = await aProduct(world, { sellerRating: 'R5', category: 'STRUCTURED' });
  expect((await check(clientId, productId)).reasons).toContainEqual(
    expect.objectContaining({ code: 'NO_PROFILE' }),
  );
  await world.deliver(investor(clientId), { times: 3 });
  expect(await check(clientId, productId)).toMatchObject({
    result: 'SUITABLE',
    isProfessional: true,
    level: null,
    replay: { isSame: true },
  });
  const { data } = await world.ask(
    adviser,
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Client { eligibleProducts(first: 100) { nodes { id } } } } }',
    { all: [{ __typename: 'Client', id: clientId, riskProfile: null }] },
  );
  expect(data._entities[0].eligibleProducts.nodes).toContainEqual({ id: productId });
  world.clock.now = new Date('2026-03-02T16:00:00.000Z');
  expect((await check(clientId, productId)).result).toBe('BLOCKED');
  world.clock.now = START;
});

test('who became professional on application may buy everything only with a valid assessment', async () => {
  const clientId = await aClient(world, null);
  const { id: productId } = await aProduct(world, { sellerRating: 'R5', category: 'STRUCTURED' });
  await world.deliver(investor(clientId, { investor: 'PROFESSIONAL_C', validTo: '2027-03-02' }));
  expect((await check(clientId, productId)).reasons).toEqual([
    expect.objectContaining({ code: 'NO_PROFILE' }),
  ]);
  await world.deliver(profileOf(clientId, 'MEDIUM_LOW'));
  expect((await check(clientId, productId)).result).toBe('SUITABLE');
});

test('a word that is older than the one that is known changes nothing, whenever it comes', async () => {
  const clientId = await aClient(world, 'LOW');
  const { id: productId } = await aProduct(world, { sellerRating: 'R5', category: 'STRUCTURED' });
  const at = new Date(START.getTime() - 1);
  await world.deliver(profileOf(clientId, 'HIGH'), { at });
  expect((await check(clientId, productId)).level).toBe('LOW');
  await world.deliver(investor(clientId, { investor: 'ORDINARY' }));
  await world.deliver(investor(clientId), { at });
  expect((await check(clientId, productId)).isProfessional).toBe(false);
  await world.deliver(profileOf(clientId, 'MEDIUM'), { at: START });
  expect((await check(clientId, productId)).level).toBe('MEDIUM');
});

test('purchases under way count against what a client can pay; a switch is paid by what it gives up', async () => {
  const clientId = await aClient(world);
  const [first, second] = [await aProduct(world), await aProduct(world)];
  await bought(world, clientId, first.id, '500');
  await demand(world, operations, 'recordInvestorFacts', 'RecordInvestorFactsInput', 'version', {
    clientId,
    expectedVersion: 0,
    liquidAssets: { amount: '100', currency: 'CNY' },
  });
  expect((await place(world, clientId, first.id, '60')).codes).toEqual([]);
  expect((await place(world, clientId, second.id, '40.01')).codes).toEqual(['NOT_SUITABLE']);
  expect((await place(world, clientId, second.id, '40')).codes).toEqual([]);
  const { codes } = await world.ask(adviser, command('switchProducts', 'SwitchProductsInput', 'id'), {
    input: { requestId: freshId(), clientId, fromProductId: first.id, toProductId: second.id },
  });
  expect(codes).toEqual([]);
});

test('when the status ends, what waits for acceptance and does not suit any more is rejected', async () => {
  const clientId = await aClient(world, null);
  const { id: productId } = await aProduct(world, { sellerRating: 'R4' });
  await world.deliver(investor(clientId, { validTo: '2027-03-02' }));
  const { data } = await place(world, clientId, productId);
  await world.deliver(investor(clientId, { investor: 'ORDINARY', validTo: '2027-03-02' }));
  const READ = 'query ($id: ID!) { order(id: $id) { state rejectReason } }';
  expect((await world.ask(adviser, READ, { id: data.placeOrder.id })).data.order).toEqual({
    state: 'REJECTED',
    rejectReason: 'SUITABILITY_CHANGED',
  });
});

test('a review that is so late that purchases need it first blocks them until it is done', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world);
  const due = (dueOn: string, stage: 'DUE' | 'OVERDUE' | 'BLOCKING') =>
    ClientReviewDue({ clientId, kind: 'PERIODIC', dueOn, stage });
  await world.deliver(due('2025-12-10', 'DUE'));
  await world.deliver(due('2025-12-10', 'OVERDUE'));
  expect((await check(clientId, productId)).result).toBe('SUITABLE');
  await world.deliver(due('2025-12-10', 'BLOCKING'), { times: 2 });
  expect((await check(clientId, productId)).reasons).toEqual([
    { code: 'REVIEW_OVERDUE', effect: 'BLOCKS', text: '客戶資料覆核已逾期，請先更新資料。' },
  ]);
  expect((await place(world, clientId, productId)).codes).toEqual(['NOT_SUITABLE']);
  // The review of the year before does not mend this one.
  await world.deliver(ClientReviewCompleted({ clientId, kind: 'PERIODIC', dueOn: '2024-12-10' }));
  expect((await check(clientId, productId)).result).toBe('BLOCKED');
  await world.deliver(ClientReviewCompleted({ clientId, kind: 'PERIODIC', dueOn: '2025-12-10' }));
  expect((await check(clientId, productId)).result).toBe('SUITABLE');
  // Nobody has said so, yet 90 days are 90 days.
  await world.deliver(due('2025-12-02', 'DUE'));
  expect((await check(clientId, productId)).result).toBe('BLOCKED');
});

test('an interest of the adviser warns for their clients until it ends; ten at once declare it once', async () => {
  const staff = actorOf(freshId(), ['ADVISER']);
  const clientId = await aClient(world, 'MEDIUM_LOW', { adviserId: staff.id ?? '' });
  const { id: productId } = await aProduct(world);
  const declare = () =>
    world.ask(
      staff,
      command('declareInterest', 'DeclareInterestInput', 'id version kindLabel(locale: ZH_HANS)'),
      {
        input: { requestId: freshId(), productId, kind: 'FEE_SHARE' },
      },
    );
  const answers = await Promise.all(Array.from({ length: 10 }, declare));
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('INTEREST_DECLARED'));
  const interest = answers.find(({ codes }) => codes.length === 0)?.data.declareInterest;
  const ask = (actor: typeof staff, name: string, type: string, selection: string, input: object) =>
    world.ask(actor, command(name, type, selection), { input });
  const amount = { amount: '100', currency: 'CNY' };
  const checked = async () =>
    (await ask(staff, 'checkSuitability', 'CheckSuitabilityInput', CHECK, { clientId, productId, amount }))
      .data.checkSuitability;
  expect(await checked()).toMatchObject({ result: 'WARN', reasons: [{ code: 'CONFLICT', effect: 'WARNS' }] });
  const recommended = await ask(staff, 'recommendProduct', 'RecommendProductInput', 'id', {
    requestId: freshId(),
    clientId,
    productId,
    amount,
  });
  expect(recommended.codes).toEqual(['NOT_TO_RECOMMEND']);
  const end = { interestId: interest.id, expectedVersion: 1 };
  expect((await ask(adviser, 'endInterest', 'EndInterestInput', 'id', end)).codes).toEqual(['NOT_FOUND']);
  const LIST = '{ staffInterests(first: 100) { nodes { id endedAt } } }';
  expect((await world.ask(adviser, LIST)).data.staffInterests.nodes).toEqual([]);
  expect((await world.ask(actorOf(freshId(), ['COMPLIANCE']), LIST)).data.staffInterests.nodes).toHaveLength(
    1,
  );
  expect((await ask(staff, 'endInterest', 'EndInterestInput', 'endedAt', end)).codes).toEqual([]);
  expect(
    (await ask(staff, 'endInterest', 'EndInterestInput', 'id', { ...end, expectedVersion: 2 })).codes,
  ).toEqual(['INTEREST_ENDED']);
  expect(await checked()).toMatchObject({ result: 'SUITABLE' });
  expect((await declare()).codes).toEqual([]);
});

test.each(['CLIENT', 'OPERATIONS', 'COMPLIANCE', 'AUDITOR', 'MARKETING', 'ADMIN'] as const)(
  '%s declares no interest',
  async (role) => {
    const input = { requestId: freshId(), productId: freshId(), kind: 'FEE_SHARE' };
    const { codes } = await world.ask(
      actorOf(freshId(), [role]),
      command('declareInterest', 'DeclareInterestInput', 'id'),
      { input },
    );
    expect(codes).toEqual(['FORBIDDEN']);
  },
);

test('what a client can pay is readable nowhere in the database, and a decision made of it is made again alike', async () => {
  const clientId = await aClient(world);
  const { id: productId } = await aProduct(world);
  await demand(world, operations, 'recordInvestorFacts', 'RecordInvestorFactsInput', 'version', {
    clientId,
    expectedVersion: 0,
    liquidAssets: { amount: '73519.64', currency: 'CNY' },
  });
  const ask = { clientId, productId, amount: { amount: '73519.65', currency: 'CNY' } };
  const { data } = await demand(world, adviser, 'checkSuitability', 'CheckSuitabilityInput', CHECK, ask);
  expect(data).toMatchObject({
    result: 'BLOCKED',
    reasons: [{ code: 'ABILITY_TO_PAY' }],
    replay: { isSame: true },
  });
  expect(await readablePlaces(world.db, ['73519.64'])).toEqual([]);
  const READ =
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Client { investorFacts { liquidAssets { amount } } } } }';
  const page = await world.ask(self(clientId), READ, { all: [{ __typename: 'Client', id: clientId }] });
  expect(page.data._entities[0].investorFacts).toEqual({ liquidAssets: { amount: '73519.64' } });
});
