import { ClientClosed } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ADVISER, aClient, points } from '../fixture.js';
import { service } from '../service.js';

const adviser = actorOf(ADVISER, ['ADVISER']);
const operations = actorOf(freshId(), ['OPERATIONS']);
const marketing = actorOf(freshId(), ['MARKETING']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: new Date('2026-03-02T02:00:00.000Z') });
});
afterAll(() => world.stop());

const client = (adviserId?: string) => aClient(world, freshId(), adviserId);
const rich = async (amount = 5_000) => {
  const clientId = await client();
  await points(world, clientId, amount, '2028-01-31');
  return clientId;
};

const FIELDS = `id state stateLabel(locale: ZH_HANT) reason points quantity version kind rewardCode
  credit { amount currency } takenFrom { lotId points lot { expiresOn remaining } }`;
const REDEEM = `mutation ($input: RedeemPointsInput!) { redeemPoints(input: $input) { ${FIELDS} } }`;
const redeem = (clientId: string, more = {}, actor = adviser) =>
  world.ask(actor, REDEEM, { input: { requestId: freshId(), clientId, rewardCode: 'GIFT-TEA', ...more } });
const step = (name: string, redemptionId: string, more = {}, actor = operations) =>
  world.ask(
    actor,
    `mutation ($input: MoveRedemptionInput!) { ${name}(input: $input) { id state reason version } }`,
    {
      input: { redemptionId, expectedVersion: 1, ...more },
    },
  );
const standing = async (clientId: string) => {
  const query = `query ($c: [_Any!]!) { _entities(representations: $c) { ... on Client { membership {
    balance debt redemptions(first: 5) { nodes { state points } pageInfo { hasNextPage } } } } } }`;
  const answer = await world.ask(adviser, query, { c: [{ __typename: 'Client', id: clientId }] });
  expect(answer.codes).toEqual([]);
  return answer.data._entities[0].membership;
};
const isConsistent = async (clientId: string) =>
  (
    await world.ask(compliance, 'query ($id: ID!) { pointsAudit(clientId: $id) { isConsistent } }', {
      id: clientId,
    })
  ).data.pointsAudit.isConsistent;
const eventsOf = async (clientId: string) =>
  (await world.events()).filter((event) => event.key === clientId).map((event) => event.type);
const stockOf = async (code: string) => {
  const [row] = await world.sql<{ stock: string; booked: string }>(
    'select stock, (select sum(units) from stock_entry where reward_id = reward.id) as booked from reward where code = $1',
    [code],
  );
  expect(row?.stock).toBe(row?.booked);
  return Number(row?.stock);
};
/** A reward of this test alone. */
const aReward = async (stock: number | null, cost = 100) => {
  const code = `GIFT-${freshId().slice(-8)}`;
  await world.sql(
    `with reward as (insert into reward values ($1, $2, 'GIFT', $3, 1)),
       terms as (insert into reward_terms (id, code, version, effective_from, source, points, tier, labels)
       values (gen_random_uuid(), $2, 1, '2026-01-01', 'D', $4, 'CLASSIC', '{"EN":"x","ZH_HANS":"x","ZH_HANT":"x"}'))
     insert into stock_entry (id, reward_id, units, at) select gen_random_uuid(), $1, $3, now() where $3::bigint is not null`,
    [freshId(), code, stock, cost],
  );
  return code;
};

describe('redeeming', () => {
  test('reserves the reward and takes points from the soonest expiry, shown lot by lot', async () => {
    const clientId = await client();
    await points(world, clientId, 500, '2027-06-30');
    await points(world, clientId, 700, '2026-12-31');
    const before = await stockOf('GIFT-TEA');
    const answer = await redeem(clientId);
    expect(answer.codes).toEqual([]);
    expect(answer.data.redeemPoints).toMatchObject({
      state: 'RESERVED',
      stateLabel: '已預留',
      points: 800,
      credit: null,
      takenFrom: expect.arrayContaining([
        { lotId: expect.any(String), points: 700, lot: { expiresOn: '2026-12-31', remaining: 0 } },
        { lotId: expect.any(String), points: 100, lot: { expiresOn: '2027-06-30', remaining: 400 } },
      ]),
    });
    expect(await standing(clientId)).toMatchObject({
      balance: 400,
      redemptions: { nodes: [{ state: 'RESERVED' }] },
    });
    expect(await stockOf('GIFT-TEA')).toBe(before - 1);
    expect(await eventsOf(clientId)).toEqual(['points.redeemed', 'redemption.reserved']);
    expect(await isConsistent(clientId)).toBe(true);
  });

  test('sent again returns the same redemption; with other content it is refused', async () => {
    const clientId = await rich();
    const requestId = freshId();
    const [first, second] = [await redeem(clientId, { requestId }), await redeem(clientId, { requestId })];
    expect(second.data.redeemPoints.id).toBe(first.data.redeemPoints.id);
    expect(await standing(clientId)).toMatchObject({ balance: 4_200 });
    expect((await redeem(clientId, { requestId, quantity: 2 })).codes).toEqual(['REQUEST_ID_REUSED']);
  });

  test('with one request ten times at once takes once', async () => {
    const clientId = await rich();
    const requestId = freshId();
    const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(clientId, { requestId })));
    expect(new Set(answers.map((answer) => answer.data.redeemPoints.id)).size).toBe(1);
    expect(await standing(clientId)).toMatchObject({ balance: 4_200 });
  });

  test('of the last unit by ten at once gives it to one', async () => {
    const rewardCode = await aReward(1);
    const clientIds = await Promise.all(Array.from({ length: 10 }, () => rich(100)));
    const answers = await Promise.all(clientIds.map((clientId) => redeem(clientId, { rewardCode })));
    expect(answers.filter((answer) => answer.codes.length === 0)).toHaveLength(1);
    expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('OUT_OF_STOCK'));
    expect(await stockOf(rewardCode)).toBe(0);
    for (const clientId of clientIds) expect(await isConsistent(clientId)).toBe(true);
  });

  test('of the last points ten times at once takes them once', async () => {
    const rewardCode = await aReward(50);
    const clientId = await rich(150);
    const answers = await Promise.all(Array.from({ length: 10 }, () => redeem(clientId, { rewardCode })));
    expect(answers.filter((answer) => answer.codes.length === 0)).toHaveLength(1);
    expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('POINTS_SHORT'));
    expect(await standing(clientId)).toMatchObject({ balance: 50 });
    expect(await stockOf(rewardCode)).toBe(49);
    expect(await isConsistent(clientId)).toBe(true);
  });

  test.each([
    ['nothing', { quantity: 0 }, 'BAD_INPUT'],
    ['less than nothing', { quantity: -1 }, 'BAD_INPUT'],
    ['more than one may ask for', { quantity: 101 }, 'BAD_INPUT'],
    ['a reward that is not there', { rewardCode: 'GIFT-NONE' }, 'NOT_FOUND'],
    ['a fee credit', { rewardCode: 'FEE-CREDIT' }, 'TIER_TOO_LOW'],
    ['a reward of a higher tier', { rewardCode: 'GIFT-HEALTH-CHECK' }, 'TIER_TOO_LOW'],
    ['more than one may have in a year', { quantity: 5 }, 'REWARD_LIMIT'],
    ['what costs more than is there', { quantity: 4 }, 'POINTS_SHORT'],
    ['with a requestId that is none', { requestId: 'x' }, 'BAD_INPUT'],
    ['for a client that is none', { clientId: 'x' }, 'NOT_FOUND'],
    ['for a client nobody knows', { clientId: freshId() }, 'NOT_FOUND'],
  ])('%s is refused and leaves nothing behind', async (_, more, code) => {
    const clientId = await rich(1_000);
    expect((await redeem(clientId, more)).codes).toEqual([code]);
    expect(await standing(clientId)).toMatchObject({ balance: 1_000, redemptions: { nodes: [] } });
    expect(await eventsOf(clientId)).toEqual([]);
  });

  test('a fee credit is had at the order alone', async () => {
    const clientId = await rich();
    await world.sql(`update membership set tier = 'PLUS' where client_id = $1`, [clientId]);
    expect((await redeem(clientId, { rewardCode: 'FEE-CREDIT' })).codes).toEqual(['FEE_CREDIT_BY_ORDER']);
  });

  test('is refused to a closed account', async () => {
    const clientId = await rich();
    await world.deliver(ClientClosed({ clientId, from: 'CLOSING', to: 'CLOSED', reason: 'CLIENT_WISH' }));
    expect((await redeem(clientId)).codes).toEqual(['MEMBERSHIP_CLOSED']);
  });

  test('a cancelled one counts no more towards the limit of the year', async () => {
    const clientId = await rich(10_000);
    for (let n = 0; n < 4; n += 1) expect((await redeem(clientId)).codes).toEqual([]);
    expect((await redeem(clientId)).codes).toEqual(['REWARD_LIMIT']);
    const [row] = await world.sql<{ id: string }>('select id from redemption where client_id = $1 limit 1', [
      clientId,
    ]);
    expect((await step('cancelRedemption', row!.id)).codes).toEqual([]);
    expect((await redeem(clientId)).codes).toEqual([]);
  });

  test('never spends what has lapsed, though the nightly run has not come yet', async () => {
    const clientId = await client();
    await points(world, clientId, 1_000, '2026-03-01');
    expect((await redeem(clientId)).codes).toEqual(['POINTS_SHORT']);
  });
});

describe('a reserved reward', () => {
  const reserved = async () => {
    const clientId = await rich();
    const { data } = await redeem(clientId);
    return { clientId, redemptionId: data.redeemPoints.id as string };
  };

  test('is handed over, and taken back with its points', async () => {
    const { clientId, redemptionId } = await reserved();
    const stock = await stockOf('GIFT-TEA');
    const done = await step('fulfilRedemption', redemptionId);
    expect(done.data.fulfilRedemption).toMatchObject({ state: 'FULFILLED', version: 2 });
    const undone = await step('reverseRedemption', redemptionId, { expectedVersion: 2, reason: 'ERROR' });
    expect(undone.data.reverseRedemption).toMatchObject({ state: 'REVERSED', reason: 'ERROR', version: 3 });
    expect(await standing(clientId)).toMatchObject({ balance: 5_000 });
    expect(await stockOf('GIFT-TEA')).toBe(stock + 1);
    expect(await eventsOf(clientId)).toEqual([
      'points.redeemed',
      'redemption.reserved',
      'redemption.fulfilled',
      'points.reversed',
      'redemption.reversed',
    ]);
    expect(await isConsistent(clientId)).toBe(true);
  });

  test.each([
    ['cancelRedemption', 'CANCELLED'],
    ['failRedemption', 'FAILED'],
  ])('%s gives points and unit back, once', async (name, state) => {
    const { clientId, redemptionId } = await reserved();
    const stock = await stockOf('GIFT-TEA');
    const answers = await Promise.all(Array.from({ length: 10 }, () => step(name, redemptionId)));
    expect(answers.filter((answer) => answer.codes.length === 0).map((a) => a.data[name].state)).toEqual([
      state,
    ]);
    expect(new Set(answers.flatMap((answer) => answer.codes))).toEqual(new Set(['STALE_VERSION']));
    expect((await step(name, redemptionId, { expectedVersion: 2 })).codes).toEqual(['WRONG_STATE']);
    expect(await standing(clientId)).toMatchObject({ balance: 5_000 });
    expect(await stockOf('GIFT-TEA')).toBe(stock + 1);
    expect(await isConsistent(clientId)).toBe(true);
  });

  test('whose points come back after their lot is over gives a grace lot of thirty days', async () => {
    const clientId = await client();
    await points(world, clientId, 800, '2026-03-31');
    const { data } = await redeem(clientId);
    world.clock.now = new Date('2026-04-10T02:00:00Z');
    try {
      expect((await step('cancelRedemption', data.redeemPoints.id)).codes).toEqual([]);
      const lots = await world.sql(
        `select remaining, to_char(expires_on, 'YYYY-MM-DD') as until from point_lot where client_id = $1 and state = 'ACTIVE'`,
        [clientId],
      );
      expect(lots).toEqual([{ remaining: '800', until: '2026-05-10' }]);
    } finally {
      world.clock.now = new Date('2026-03-02T02:00:00.000Z');
    }
    expect(await isConsistent(clientId)).toBe(true);
  });

  test('is not moved by whoever must not, nor on a version that is over', async () => {
    const { redemptionId } = await reserved();
    for (const name of ['fulfilRedemption', 'failRedemption', 'reverseRedemption'])
      expect((await step(name, redemptionId, {}, adviser)).codes).toEqual(['FORBIDDEN']);
    expect((await step('cancelRedemption', redemptionId, {}, actorOf(freshId(), ['ADVISER']))).codes).toEqual(
      ['NOT_FOUND'],
    );
    expect((await step('cancelRedemption', redemptionId, { expectedVersion: 9 })).codes).toEqual([
      'STALE_VERSION',
    ]);
    expect((await step('cancelRedemption', freshId())).codes).toEqual(['NOT_FOUND']);
    expect((await step('cancelRedemption', 'x')).codes).toEqual(['NOT_FOUND']);
    expect((await step('reverseRedemption', redemptionId)).codes).toEqual(['WRONG_STATE']);
    expect((await step('cancelRedemption', redemptionId, { reason: 'CLIENT_WISH' }, adviser)).codes).toEqual(
      [],
    );
  });
});

describe('who may redeem', () => {
  test('the client and the assigned adviser; nobody else', async () => {
    const clientId = await rich(9_000);
    expect((await redeem(clientId, {}, actorOf(clientId, ['CLIENT'], clientId))).codes).toEqual([]);
    expect((await redeem(clientId, {}, actorOf(freshId(), ['CLIENT'], freshId()))).codes).toEqual([
      'NOT_FOUND',
    ]);
    expect((await redeem(clientId, {}, actorOf(freshId(), ['ADVISER']))).codes).toEqual(['NOT_FOUND']);
    for (const role of [
      'OPERATIONS',
      'MARKETING',
      'COMPLIANCE',
      'AUDITOR',
      'ANALYST',
      'ADMIN',
      'SERVICE_AGENT',
    ] as const)
      expect((await redeem(clientId, {}, actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
  });

  test('a redemption is seen by whoever reaches its client, the list by the back office', async () => {
    const clientId = await rich();
    const { data } = await redeem(clientId);
    const one = 'query ($id: ID!) { redemption(id: $id) { id } }';
    const see = async (actor: ReturnType<typeof actorOf>) =>
      (await world.ask(actor, one, { id: data.redeemPoints.id })).data.redemption;
    expect(await see(actorOf(clientId, ['CLIENT'], clientId))).not.toBeNull();
    expect(await see(operations)).not.toBeNull();
    expect(await see(actorOf(freshId(), ['ADVISER']))).toBeNull();
    expect(await see(actorOf(freshId(), ['CLIENT'], freshId()))).toBeNull();
    const list =
      'query ($first: Int) { redemptions(state: RESERVED, first: $first) { nodes { state } edges { cursor } pageInfo { endCursor } } }';
    expect((await world.ask(operations, list, { first: 1 })).data.redemptions.nodes).toEqual([
      { state: 'RESERVED' },
    ]);
    expect((await world.ask(operations, list, { first: 101 })).codes).toEqual(['PAGE_SIZE']);
    expect((await world.ask(adviser, list, {})).codes).toEqual(['FORBIDDEN']);
  });
});

describe('stock', () => {
  const ADD = 'mutation ($input: AddRewardStockInput!) { addRewardStock(input: $input) { code stock } }';
  const add = (rewardCode: string, units: number, more = {}, actor = marketing) =>
    world.ask(actor, ADD, { input: { requestId: freshId(), rewardCode, units, ...more } });

  test('comes in and is written off, each request once', async () => {
    const code = await aReward(2);
    const requestId = freshId();
    for (let n = 0; n < 3; n += 1)
      expect((await add(code, 5, { requestId })).data.addRewardStock).toEqual({ code, stock: 7 });
    expect((await add(code, -7)).data.addRewardStock.stock).toBe(0);
    expect(await stockOf(code)).toBe(0);
  });

  test('is never below zero, nor kept where nothing runs out', async () => {
    const code = await aReward(2);
    expect((await add(code, -3)).codes).toEqual(['BAD_INPUT']);
    expect((await add(code, 0)).codes).toEqual(['BAD_INPUT']);
    expect((await add(await aReward(null), 3)).codes).toEqual(['BAD_INPUT']);
    expect((await add('GIFT-NONE', 3)).codes).toEqual(['NOT_FOUND']);
    expect((await add(code, 3, {}, operations)).codes).toEqual(['FORBIDDEN']);
    expect(await stockOf(code)).toBe(2);
  });

  test('the catalogue shows rewards with the terms of today', async () => {
    const query =
      '{ rewards { code kindLabel(locale: ZH_HANS) label(locale: ZH_HANT) stock terms { points tier perClientYear lastDay version effectiveFrom } } }';
    const { data } = await world.ask(marketing, query);
    expect(data.rewards.find((reward: { code: string }) => reward.code === 'SEAT-LECTURE')).toMatchObject({
      kindLabel: '活动席位',
      label: '投資講座席位',
      stock: 40,
      terms: { points: 500, tier: 'PREMIER', perClientYear: 2, lastDay: '2026-12-31', version: 1 },
    });
  });

  test('cannot be rewritten: entries of stock and allocations are append-only', async () => {
    for (const table of ['stock_entry', 'allocation'])
      await expect(world.sql(`delete from ${table}`)).rejects.toThrow('append-only');
  });
});
