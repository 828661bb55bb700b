import { FeeCreditBooked, FeeCreditReleased, FeeCreditRequested } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aClient, points } from '../fixture.js';
import { service } from '../service.js';

const compliance = actorOf(freshId(), ['COMPLIANCE']);
const operations = actorOf(freshId(), ['OPERATIONS']);

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: new Date('2026-03-02T02:00:00.000Z') });
});
afterAll(() => world.stop());

const member = async (amount = 50_000, tier = 'PLUS') => {
  const clientId = await aClient(world, freshId());
  await world.sql('update membership set tier = $2 where client_id = $1', [clientId, tier]);
  await points(world, clientId, amount, '2028-01-31');
  return clientId;
};
const aCredit = (clientId: string, changes = {}) => ({
  clientId,
  orderId: freshId(),
  creditId: freshId(),
  feeMinor: 100_000,
  amountMinor: 20_000,
  currency: 'CNY',
  ...changes,
});
type Credit = ReturnType<typeof aCredit>;
const ask = (credit: Credit, options = {}) => world.deliver(FeeCreditRequested(credit), options);
const book = ({ clientId, creditId, orderId, amountMinor, currency }: Credit, options = {}) =>
  world.deliver(FeeCreditBooked({ clientId, creditId, orderId, amountMinor, currency }), options);
const release = ({ clientId, creditId, orderId }: Credit, options = {}) =>
  world.deliver(FeeCreditReleased({ clientId, creditId, orderId, reason: 'ORDER_REVERSED' }), options);
const answers = async (clientId: string) =>
  (await world.events())
    .filter((event) => event.key === clientId && event.type.startsWith('fee.credit'))
    .map((event) => [event.type, event.data.reason ?? event.data.points]);
const state = async (clientId: string) => {
  const query = 'query ($id: ID!) { pointsAudit(clientId: $id) { balanceOfLots isConsistent } }';
  const { data } = await world.ask(compliance, query, { id: clientId });
  expect(data.pointsAudit.isConsistent).toBe(true);
  const redemptions = await world.sql<{ state: string }>(
    'select state from redemption where client_id = $1 order by id',
    [clientId],
  );
  return { balance: data.pointsAudit.balanceOfLots, redemptions: redemptions.map((row) => row.state) };
};

describe('points for a fee', () => {
  test('are set aside on request, spent when booked, and told of at each step', async () => {
    const clientId = await member();
    const credit = aCredit(clientId);
    await ask(credit, { times: 5 });
    expect(await state(clientId)).toEqual({ balance: 30_000, redemptions: ['RESERVED'] });
    await book(credit, { times: 5 });
    expect(await state(clientId)).toEqual({ balance: 30_000, redemptions: ['FULFILLED'] });
    expect((await world.events()).filter((e) => e.key === clientId).map((e) => e.type)).toEqual([
      'points.redeemed',
      'redemption.reserved',
      'fee.credit.granted',
      'redemption.fulfilled',
    ]);
    const [granted] = await world.events('fee.credit.granted');
    expect(granted?.data).toMatchObject({
      creditId: credit.creditId,
      orderId: credit.orderId,
      points: 20_000,
      amountMinor: 20_000,
    });
  });

  test.each([
    ['before it was booked', false, 'CANCELLED'],
    ['after', true, 'REVERSED'],
  ])('go back when the credit is released %s', async (_, isBooked, ends) => {
    const clientId = await member();
    const credit = aCredit(clientId);
    await ask(credit);
    if (isBooked) await book(credit);
    await release(credit, { times: 5 });
    expect(await state(clientId)).toEqual({ balance: 50_000, redemptions: [ends] });
  });

  test.each([
    ['above the ceiling', { amountMinor: 50_001 }, 'ABOVE_CEILING'],
    ['of another currency', { currency: 'HKD' }, 'CURRENCY'],
    ['of nothing', { amountMinor: 0 }, 'NO_AMOUNT'],
    ['dearer than the points there are', { feeMinor: 200_000, amountMinor: 60_000 }, 'POINTS_SHORT'],
  ])('are not set aside for a credit %s: the answer is no, once', async (_, changes, reason) => {
    const clientId = await member();
    await ask(aCredit(clientId, changes), { times: 5 });
    expect(await answers(clientId)).toEqual([['fee.credit.declined', reason]]);
    expect(await state(clientId)).toEqual({ balance: 50_000, redemptions: ['FAILED'] });
  });

  test('are for members of the tier that has them', async () => {
    const clientId = await member(50_000, 'CLASSIC');
    await ask(aCredit(clientId));
    expect(await answers(clientId)).toEqual([['fee.credit.declined', 'TIER_TOO_LOW']]);
  });

  test('of a client nobody knows are declined', async () => {
    const clientId = freshId();
    await ask(aCredit(clientId));
    expect(await answers(clientId)).toEqual([['fee.credit.declined', 'CLIENT_UNKNOWN']]);
  });

  test('pay half of one fee at most, however many credits are asked for at once', async () => {
    const clientId = await member(500_000);
    const orderId = freshId();
    await Promise.all(Array.from({ length: 10 }, () => ask(aCredit(clientId, { orderId }))));
    const told = await answers(clientId);
    expect(told.filter(([type]) => type === 'fee.credit.granted')).toHaveLength(2);
    expect(told.filter(([, reason]) => reason === 'ABOVE_CEILING')).toHaveLength(8);
    expect((await state(clientId)).balance).toBe(460_000);
  });

  test('are moved by products alone, not by a command', async () => {
    const clientId = await member();
    await ask(aCredit(clientId));
    const [row] = await world.sql<{ id: string }>('select id from redemption where client_id = $1', [
      clientId,
    ]);
    for (const name of ['fulfilRedemption', 'cancelRedemption', 'failRedemption', 'reverseRedemption']) {
      const answer = await world.ask(
        operations,
        `mutation ($input: MoveRedemptionInput!) { ${name}(input: $input) { id } }`,
        { input: { redemptionId: row?.id, expectedVersion: 1 } },
      );
      expect(answer.codes).toEqual(['FEE_CREDIT_BY_ORDER']);
    }
  });
});

describe('whatever dies, and whatever order things come in', () => {
  /** Makes the commit of the next transaction fail at the outbox, as a machine that goes away there. */
  const failing = async (work: () => Promise<void>) => {
    await world.sql(
      `alter table outbox add constraint away check (type not like 'fee.credit%' and type not like 'redemption%') not valid`,
    );
    try {
      await expect(work()).rejects.toThrow('away');
    } finally {
      await world.sql('alter table outbox drop constraint away');
    }
  };

  test('a side killed while it answers has set nothing aside; asked again it answers', async () => {
    const clientId = await member();
    const credit = aCredit(clientId);
    const id = freshId();
    await failing(() => ask(credit, { id }));
    expect(await state(clientId)).toEqual({ balance: 50_000, redemptions: [] });
    await ask(credit, { id });
    expect(await state(clientId)).toEqual({ balance: 30_000, redemptions: ['RESERVED'] });
    expect(await answers(clientId)).toEqual([['fee.credit.granted', 20_000]]);
  });

  test.each([
    ['booked', book, 'FULFILLED', 30_000],
    ['released', release, 'CANCELLED', 50_000],
  ] as const)(
    'a side killed while the credit is %s goes on where it stood',
    async (_, step, ends, balance) => {
      const clientId = await member();
      const credit = aCredit(clientId);
      const id = freshId();
      await ask(credit);
      await failing(() => step(credit, { id }));
      expect(await state(clientId)).toEqual({ balance: 30_000, redemptions: ['RESERVED'] });
      await step(credit, { id, times: 2 });
      expect(await state(clientId)).toEqual({ balance, redemptions: [ends] });
    },
  );

  test('products killed after it asked: its compensation gives everything back, even before the request is here', async () => {
    const clientId = await member();
    const credit = aCredit(clientId);
    await release(credit);
    await ask(credit);
    expect(await answers(clientId)).toEqual([['fee.credit.declined', 'RELEASED']]);
    expect((await state(clientId)).balance).toBe(50_000);
  });

  test('a credit that was released cannot be booked: the message is set aside for people to see', async () => {
    const clientId = await member();
    const credit = aCredit(clientId);
    await ask(credit);
    await release(credit);
    await expect(book(credit)).rejects.toMatchObject({ code: 'WRONG_STATE' });
    await expect(book(aCredit(clientId))).rejects.toMatchObject({ code: 'WRONG_STATE' });
    expect((await state(clientId)).balance).toBe(50_000);
  });

  test('request and release at once end with nothing taken', async () => {
    const clientId = await member();
    for (let n = 0; n < 5; n += 1) {
      const credit = aCredit(clientId);
      await Promise.all([ask(credit), release(credit)]);
    }
    expect((await state(clientId)).balance).toBe(50_000);
  });
});
