import {
  ClientErased,
  ClientMerged,
  ClientUnmerged,
  FeeCreditReleased,
  FeeCreditRequested,
  SurveyAnswered,
} from '@client-graph/events';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { adviser, books, operations } from '../books.fixture.js';
import { aClient, points } from '../fixture.js';
import { activatePoints, expirePoints, lapsePoints } from '../points/points.js';
import { service } from '../service.js';

const START = new Date('2026-03-02T02:00:00.000Z');
// One world for all: making and dropping a database takes longer than any of these tests but the last.
let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterEach(() => sound());
afterAll(() => world.stop());
const { standing, sound, buy, reverse } = books(() => world);

const client = () => aClient(world, freshId());
const order = (clientId: string, own: Parameters<typeof buy>[1] = {}, productId = freshId()) =>
  buy({ clientId, orderId: freshId(), productId }, own);
const merge = (survivorId: string, mergedId: string) =>
  world.deliver(ClientMerged({ survivorId, mergedId }), { times: 3 });
const unmerge = (survivorId: string, mergedId: string) =>
  world.deliver(ClientUnmerged({ survivorId, mergedId, to: 'ACTIVE' }), { times: 3 });
const redeem = async (clientId: string, quantity = 1) => {
  const { data, codes } = await world.ask(
    adviser,
    'mutation ($input: RedeemPointsInput!) { redeemPoints(input: $input) { id version } }',
    { input: { requestId: freshId(), clientId, rewardCode: 'GIFT-TEA', quantity } },
  );
  return { id: data?.redeemPoints.id, codes };
};
const cancel = (redemptionId: string) =>
  world.ask(
    operations,
    'mutation ($input: MoveRedemptionInput!) { cancelRedemption(input: $input) { state } }',
    {
      input: { redemptionId, expectedVersion: 1 },
    },
  );

test('all points of a duplicate are the survivor’s: spendable, pending, owed, and what counts towards the tier', async () => {
  const [survivor, merged] = [await client(), await client()];
  await points(world, survivor, 300, '2027-01-31');
  await points(world, merged, 500, '2026-06-30');
  await order(survivor, { amountMinor: 300_000_000 });
  await order(merged, { amountMinor: 250_000_000 });
  await world.deliver(SurveyAnswered({ clientId: merged, surveyId: freshId() }));
  await merge(survivor, merged);
  expect(await standing(survivor)).toMatchObject({
    // 3,000 and 2,500 points of twelve months reach the second tier together.
    tier: 'PLUS',
    balance: 820,
    pending: 5_500,
    qualifyingPoints12m: 5_520,
  });
  expect(await standing(merged)).toMatchObject({
    status: 'CLOSED',
    balance: 0,
    pending: 0,
    qualifyingPoints12m: 0,
    lots: [],
  });
  await sound();
  const told = (await world.events('points.transferred')).filter(({ key }) =>
    [survivor, merged].includes(key),
  );
  expect(new Map(told.map(({ key, data }) => [key, [data['way'], data['balance']]]))).toEqual(
    new Map([
      [merged, ['OUT', 0]],
      [survivor, ['IN', 820]],
    ]),
  );
  // Soonest expiry first, whoever had earned it.
  expect((await redeem(survivor)).codes).toEqual([]);
  expect(await standing(survivor)).toMatchObject({ balance: 20 });
});

test('the higher tier of the two is held on, and goes with the duplicate when they part', async () => {
  const [survivor, merged] = [await client(), await client()];
  await world.sql(
    `update membership set tier = 'PREMIER', tier_from = '2026-01-10', tier_to = '2027-01-10' where client_id = $1`,
    [merged],
  );
  await merge(survivor, merged);
  expect(await standing(survivor)).toMatchObject({ tier: 'PREMIER' });
  await unmerge(survivor, merged);
  expect(await standing(survivor)).toMatchObject({ tier: 'CLASSIC' });
  expect(await standing(merged)).toMatchObject({ tier: 'PREMIER', status: 'ACTIVE' });
});

test('parted again each has its own: what was spent stays spent, what came since stays', async () => {
  const [survivor, merged] = [await client(), await client()];
  await points(world, merged, 1_000, '2026-06-30');
  await points(world, survivor, 1_000, '2027-01-31');
  await order(merged, { amountMinor: 5_000_000 });
  await merge(survivor, merged);
  const bought = await redeem(survivor);
  await order(survivor, { amountMinor: 7_000_000 });
  await unmerge(survivor, merged);
  expect(await standing(survivor)).toMatchObject({ balance: 1_000, pending: 70, qualifyingPoints12m: 70 });
  expect(await standing(merged)).toMatchObject({ balance: 200, pending: 50, qualifyingPoints12m: 50 });
  await sound();
  // The points had come out of a lot that is another's now: the survivor has them as a grace lot.
  expect((await cancel(bought.id)).codes).toEqual([]);
  expect(await standing(survivor)).toMatchObject({ balance: 1_800 });
  expect(await standing(merged)).toMatchObject({ balance: 200 });
});

test('what is told of the duplicate afterwards is the survivor’s: orders, surveys already rewarded, reversals, credits', async () => {
  const [survivor, merged] = [await client(), await client()];
  const [productId, surveyId] = [freshId(), freshId()];
  await world.deliver(SurveyAnswered({ clientId: merged, surveyId }));
  const bought = await order(merged, { amountMinor: 10_000_000 }, productId);
  await merge(survivor, merged);
  await world.deliver(SurveyAnswered({ clientId: survivor, surveyId }));
  await order(merged, { amountMinor: 3_000_000 });
  expect(await standing(survivor)).toMatchObject({ balance: 20, pending: 130 });
  await order(survivor, { side: 'REDEEM', amountMinor: 4_000_000, settledOn: '2026-03-10' }, productId);
  expect(await standing(survivor)).toMatchObject({ pending: 90 });
  await reverse(bought, merged);
  expect(await standing(survivor)).toMatchObject({ pending: 30, qualifyingPoints12m: 50 });
  await sound();
  await unmerge(survivor, merged);
  expect(await standing(merged)).toMatchObject({ pending: 0, balance: 20, qualifyingPoints12m: 20 });
  expect(await standing(survivor)).toMatchObject({ pending: 30, balance: 0, qualifyingPoints12m: 30 });
});

test('a debt goes along and is paid by what the survivor has; a credit that was asked for is answered', async () => {
  const [survivor, merged] = [await client(), await client()];
  await points(world, survivor, 1_000, '2027-01-31');
  await world.sql('update membership set debt = 300 where client_id = $1', [merged]);
  await world.sql(
    `insert into ledger_entry (id, client_id, type, pending, available, debt, rule, business_date, at)
     values (uuidv7(), $1, 'REVERSE_EARN', 0, 0, 300, 'E1', '2026-03-01', '2026-03-01')`,
    [merged],
  );
  await merge(survivor, merged);
  expect(await standing(survivor)).toMatchObject({ balance: 700, debt: 0 });
  const credit = { clientId: merged, creditId: freshId(), orderId: freshId() };
  await world.sql(`update membership set tier = 'PLUS' where client_id = $1`, [survivor]);
  await world.deliver(FeeCreditRequested({ ...credit, feeMinor: 1_000, amountMinor: 200, currency: 'CNY' }), {
    times: 5,
  });
  const granted = (await world.events('fee.credit.granted')).filter(({ key }) =>
    [survivor, merged].includes(key),
  );
  expect(granted.map(({ key }) => key)).toEqual([merged]);
  expect(await standing(survivor)).toMatchObject({ balance: 500 });
  await world.deliver(FeeCreditReleased({ ...credit, reason: 'TEST' }), { times: 5 });
  expect(await standing(survivor)).toMatchObject({ balance: 700 });
});

test('a duplicate of a duplicate: the one that lives on has everything', async () => {
  const [first, second, third] = [await client(), await client(), await client()];
  await points(world, third, 100, '2027-01-31');
  await merge(second, third);
  await points(world, second, 10, '2027-01-31');
  await merge(first, second);
  await order(third, { amountMinor: 2_000_000 });
  expect(await standing(first)).toMatchObject({ balance: 110, pending: 20 });
});

test('an erased client is told of nothing, and what is left lapses', async () => {
  const clientId = await client();
  await points(world, clientId, 100, '2027-01-31');
  await world.deliver(ClientErased({ clientId, from: 'RESTRICTED', to: 'ERASED', reason: 'RETENTION' }), {
    times: 2,
  });
  await lapsePoints(world.db);
  expect(await standing(clientId)).toMatchObject({ status: 'CLOSED', balance: 0 });
});

type Move = 'MERGE' | 'PART' | 'BUY_S' | 'BUY_M' | 'REDEEM_S' | 'REDEEM_M' | 'CANCEL' | 'UNDO' | 'MONTH';
const MOVES: Move[] = ['MERGE', 'PART', 'BUY_S', 'BUY_M', 'REDEEM_S', 'REDEEM_M', 'CANCEL', 'UNDO', 'MONTH'];

test('any history of merging, parting, buying and spending: no point is lost or made, and all records agree', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...MOVES), { minLength: 4, maxLength: 16 }), async (moves) => {
      world.clock.now = START;
      const [survivor, merged] = [await client(), await client()];
      await points(world, survivor, 1_000, '2026-05-31');
      await points(world, merged, 2_000, '2026-04-30');
      const orders: Awaited<ReturnType<typeof order>>[] = [];
      const redemptions: string[] = [];
      let isMerged = false;
      const act = async (move: Move) => {
        if (move === 'MERGE' && !isMerged) {
          await merge(survivor, merged);
          isMerged = true;
        } else if (move === 'PART' && isMerged) {
          await unmerge(survivor, merged);
          isMerged = false;
        } else if (move === 'BUY_S' || move === 'BUY_M')
          orders.push(await order(move === 'BUY_S' ? survivor : merged, { amountMinor: 40_000_000 }));
        else if (move === 'REDEEM_S' || move === 'REDEEM_M') {
          const { id, codes } = await redeem(move === 'REDEEM_S' ? survivor : merged);
          if (codes.length === 0) redemptions.push(id);
        } else if (move === 'CANCEL' && redemptions.length > 0) await cancel(redemptions.pop()!);
        else if (move === 'UNDO' && orders.length > 0) await reverse(orders.pop()!);
        else if (move === 'MONTH') {
          world.clock.now = new Date(world.clock.now.getTime() + 31 * 86_400_000);
          await activatePoints(world.db);
          await expirePoints(world.db);
        }
      };
      for (const move of moves) {
        await act(move);
        await sound();
      }
      const [kept] = await world.sql<{ sum: string }>(
        `select (select coalesce(sum(pending + available), 0) from ledger_entry where type = 'TRANSFER') as sum`,
      );
      expect(Number(kept?.sum)).toBe(0);
    }),
    { numRuns: 25 },
  );
}, 300_000);
