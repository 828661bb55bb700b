import { FeeCreditDeclined, FeeCreditGranted } from '@client-graph/events';
import { asService } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import {
  aClient,
  adviser,
  aProduct,
  bought,
  command,
  eventsOf,
  operations,
  START,
  self,
} from '../fixture.js';
import { service } from '../service.js';
import { releaseUnanswered } from './fee-credits.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const PAY = command(
  'payFeeWithPoints',
  'PayFeeWithPointsInput',
  'id state stateLabel(locale: ZH_HANT) amount { amount currency } reason',
);
const pay = (orderId: string, amount: string, facts: Record<string, unknown> = {}, actor = adviser) =>
  world.ask(actor, PAY, {
    input: { requestId: freshId(), orderId, amount: { amount, currency: 'CNY' }, ...facts },
  });
/** A settled order of CNY 1,010 with a fee of 10. */
async function aFee() {
  const clientId = await aClient(world);
  const { id } = await aProduct(world, { purchaseFeePct: '1' });
  return { clientId, orderId: await bought(world, clientId, id, '1010') };
}
const granted = (ids: { clientId: string; orderId: string }, creditId: string, amountMinor = 400) =>
  FeeCreditGranted({ ...ids, creditId, redemptionId: freshId(), points: 400, amountMinor, currency: 'CNY' });
const creditsOf = async (orderId: string) =>
  (
    await world.ask(adviser, 'query ($id: ID!) { order(id: $id) { feeCredits { state reason } } }', {
      id: orderId,
    })
  ).data.order.feeCredits;
const told = async (clientId: string) =>
  (await eventsOf(world, clientId))
    .filter((event) => event.type.startsWith('fee.'))
    .map((event) => event.type);
const reverse = (orderId: string) =>
  world.ask(operations, command('reverseOrder', 'ReverseOrderInput', 'state'), {
    input: { requestId: freshId(), orderId, expectedVersion: 3, reason: 'WRONG_NAV' },
  });

test('asked by the client, granted by loyalty, booked once however often the answer comes', async () => {
  const ids = await aFee();
  const { data } = await pay(ids.orderId, '4', {}, self(ids.clientId));
  expect(data.payFeeWithPoints).toMatchObject({
    state: 'REQUESTED',
    stateLabel: '積分扣減中',
    amount: { amount: '4', currency: 'CNY' },
  });
  const creditId = data.payFeeWithPoints.id;
  const asked = (await eventsOf(world, ids.clientId)).find((event) => event.type === 'fee.credit.requested');
  expect(asked?.data).toEqual({ ...ids, creditId, feeMinor: 1_000, amountMinor: 400, currency: 'CNY' });
  await world.deliver(granted(ids, creditId), { times: 5 });
  await world.deliver(granted(ids, creditId));
  await world.deliver(FeeCreditDeclined({ ...ids, creditId, reason: 'NO_POINTS' }));
  expect(await creditsOf(ids.orderId)).toEqual([{ state: 'BOOKED', reason: null }]);
  expect(await told(ids.clientId)).toEqual(['fee.credit.requested', 'fee.credit.booked']);
});

test('declined: the fee stays as it was, and the ceiling is free again', async () => {
  const ids = await aFee();
  const creditId = (await pay(ids.orderId, '5')).data.payFeeWithPoints.id;
  expect((await pay(ids.orderId, '0.01')).codes).toEqual(['OVER_CEILING']);
  await world.deliver(FeeCreditDeclined({ ...ids, creditId, reason: 'INSUFFICIENT_POINTS' }), { times: 2 });
  expect(await creditsOf(ids.orderId)).toEqual([{ state: 'DECLINED', reason: 'INSUFFICIENT_POINTS' }]);
  expect((await pay(ids.orderId, '5')).codes).toEqual([]);
});

test('ten at once for half the fee: one is asked for, nine are over the ceiling', async () => {
  const { orderId } = await aFee();
  const answers = await Promise.all(Array.from({ length: 10 }, () => pay(orderId, '5')));
  expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('OVER_CEILING'));
  const requestId = freshId();
  const { orderId: other } = await aFee();
  const same = await Promise.all(Array.from({ length: 10 }, () => pay(other, '5', { requestId })));
  expect(new Set(same.map((answer) => answer.data?.payFeeWithPoints.id)).size).toBe(1);
});

test('the order is taken back: booked and asked-for credits go back, and a late grant changes nothing', async () => {
  const ids = await aFee();
  const booked = (await pay(ids.orderId, '4')).data.payFeeWithPoints.id;
  await world.deliver(granted(ids, booked));
  const waiting = (await pay(ids.orderId, '1')).data.payFeeWithPoints.id;
  expect((await reverse(ids.orderId)).codes).toEqual([]);
  await world.deliver(granted(ids, waiting, 100));
  expect(await creditsOf(ids.orderId)).toEqual(
    Array(2).fill({ state: 'RELEASED', reason: 'ORDER_REVERSED' }),
  );
  expect(await told(ids.clientId)).toEqual([
    'fee.credit.requested',
    'fee.credit.booked',
    'fee.credit.requested',
    'fee.credit.released',
    'fee.credit.released',
  ]);
  expect((await pay(ids.orderId, '1')).codes).toEqual(['NOT_SETTLED']);
});

test('granted and taken back at once: whatever comes first, the points end where the credit is', async () => {
  for (let round = 0; round < 5; round += 1) {
    const ids = await aFee();
    const creditId = (await pay(ids.orderId, '4')).data.payFeeWithPoints.id;
    await Promise.all([world.deliver(granted(ids, creditId)), reverse(ids.orderId)]);
    expect(await creditsOf(ids.orderId)).toEqual([{ state: 'RELEASED', reason: 'ORDER_REVERSED' }]);
    expect((await told(ids.clientId)).filter((type) => type === 'fee.credit.released')).toHaveLength(1);
  }
});

test('a week without an answer gives the credit up, once', async () => {
  const ids = await aFee();
  await pay(ids.orderId, '4');
  await releaseUnanswered(asService(world.db));
  expect(await creditsOf(ids.orderId)).toEqual([{ state: 'REQUESTED', reason: null }]);
  world.clock.now = new Date(START.getTime() + 7 * 86_400_000 + 1);
  await Promise.all([1, 2].map(() => releaseUnanswered(asService(world.db))));
  expect(await creditsOf(ids.orderId)).toEqual([{ state: 'RELEASED', reason: 'TIMED_OUT' }]);
  expect(await told(ids.clientId)).toEqual(['fee.credit.requested', 'fee.credit.released']);
});

test.each([
  ['BAD_INPUT', { amount: { amount: '0', currency: 'CNY' } }],
  ['BAD_INPUT', { amount: { amount: '1.001', currency: 'CNY' } }],
  ['BAD_INPUT', { amount: { amount: '1', currency: 'USD' } }],
  ['NOT_FOUND', { orderId: freshId() }],
  ['OVER_CEILING', { amount: { amount: '5.01', currency: 'CNY' } }],
])('%s: %j asks for nothing', async (code, facts) => {
  const { orderId, clientId } = await aFee();
  expect((await pay(orderId, '1', facts)).codes).toEqual([code]);
  expect(await told(clientId)).toEqual([]);
});

test('who neither is the client nor their adviser asks for nothing', async () => {
  const { orderId } = await aFee();
  for (const role of ['OPERATIONS', 'COMPLIANCE', 'MARKETING', 'ADMIN'] as const)
    expect((await pay(orderId, '1', {}, actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
  expect((await pay(orderId, '1', {}, actorOf(freshId(), ['ADVISER']))).codes).toEqual(['NOT_FOUND']);
});
