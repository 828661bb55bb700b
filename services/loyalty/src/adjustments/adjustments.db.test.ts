import { ClientRestricted } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { adviser, books, compliance, operations } from '../books.fixture.js';
import { ADVISER, aClient, points } from '../fixture.js';
import { service } from '../service.js';

let world: World;
const START = new Date('2026-03-02T02:00:00.000Z');
beforeAll(async () => {
  world = await aService(service, { now: START });
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(async () => {
  await sound();
  await world.stop();
});
const { standing, sound, buy, reverse } = books(() => world);

const client = () => aClient(world, freshId());
const FIELDS =
  'id clientId points reason reasonLabel(locale: ZH_HANT) state stateLabel(locale: ZH_HANS) proposedBy decidedBy entryId version';
const send = async (name: string, type: string, input: object, actor = operations) => {
  const { data, codes } = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${FIELDS} } }`,
    { input },
  );
  return { answer: data?.[name] ?? null, codes };
};
const propose = (clientId: string, amount: number, own: object = {}, actor = operations) =>
  send(
    'proposeAdjustment',
    'ProposeAdjustmentInput',
    { requestId: freshId(), clientId, points: amount, reason: 'GOODWILL', ...own },
    actor,
  );
const decide = (name: string, adjustmentId: string, own: object = {}, actor = compliance) =>
  send(name, 'DecideAdjustmentInput', { adjustmentId, expectedVersion: 1, ...own }, actor);
const told = async (clientId: string) =>
  (await world.events()).filter(({ key }) => key === clientId).map(({ type }) => type);

describe('points booked by hand', () => {
  test('are asked for by one, booked by another, in a lot of their own that counts towards no tier', async () => {
    const clientId = await client();
    const { answer } = await propose(clientId, 6_000, { reference: 'CASE-2026/17' });
    expect(answer).toMatchObject({
      state: 'PROPOSED',
      stateLabel: '待批准',
      reasonLabel: '客戶關懷',
      proposedBy: operations.id,
      entryId: null,
    });
    expect(await standing(clientId)).toMatchObject({ balance: 0, lots: [] });
    const { answer: booked, codes } = await decide('approveAdjustment', answer.id);
    expect(codes).toEqual([]);
    expect(booked).toMatchObject({ state: 'APPROVED', decidedBy: compliance.id, version: 2 });
    expect(booked.entryId).not.toBeNull();
    expect(
      await standing(
        clientId,
        'statement(from: "2026-03-02", to: "2026-03-02") { entries { nodes { type typeLabel points rule } } }',
      ),
    ).toMatchObject({
      tier: 'CLASSIC',
      balance: 6_000,
      qualifyingPoints12m: 0,
      lots: [{ state: 'ACTIVE', remaining: 6_000, expiresOn: '2028-03-31' }],
      statement: {
        entries: { nodes: [{ type: 'ADJUST', typeLabel: 'Booked by hand', points: 6_000, rule: 'ADJUST' }] },
      },
    });
    expect(await told(clientId)).toEqual(['adjustment.proposed', 'points.adjusted', 'adjustment.decided']);
    await sound();
  });

  test('are taken soonest expiry first, to the last point and no further', async () => {
    const clientId = await client();
    await points(world, clientId, 300, '2027-01-31');
    await points(world, clientId, 200, '2026-06-30');
    const { answer } = await propose(clientId, -450, { reason: 'MISUSE' });
    expect((await decide('approveAdjustment', answer.id)).codes).toEqual([]);
    expect(
      (await standing(clientId)).lots.map(({ remaining }: { remaining: number }) => remaining).sort(),
    ).toEqual([0, 50]);
    const { answer: tooMuch } = await propose(clientId, -51);
    expect((await decide('approveAdjustment', tooMuch.id)).codes).toEqual(['POINTS_SHORT']);
    expect(await standing(clientId)).toMatchObject({ balance: 50 });
    expect((await decide('rejectAdjustment', tooMuch.id)).answer).toMatchObject({ state: 'REJECTED' });
    const { answer: last } = await propose(clientId, -50);
    expect((await decide('approveAdjustment', last.id)).codes).toEqual([]);
    expect(await standing(clientId)).toMatchObject({ balance: 0 });
    await sound();
  });

  test('that are given pay what is owed first', async () => {
    const clientId = await client();
    await world.sql('update membership set debt = 70 where client_id = $1', [clientId]);
    await world.sql(
      `insert into ledger_entry (id, client_id, type, pending, available, debt, rule, business_date, at)
       values (uuidv7(), $1, 'REVERSE_EARN', 0, 0, 70, 'E1', '2026-03-01', '2026-03-01')`,
      [clientId],
    );
    const { answer } = await propose(clientId, 100);
    await decide('approveAdjustment', answer.id);
    expect(await standing(clientId)).toMatchObject({ balance: 30, debt: 0 });
    await sound();
  });

  test('never by one person, nor by the adviser, nor on a version that is over, nor twice', async () => {
    const clientId = await client();
    const both = actorOf(freshId(), ['OPERATIONS', 'COMPLIANCE']);
    const { answer: own } = await propose(clientId, 10, {}, both);
    expect((await decide('approveAdjustment', own.id, {}, both)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decide('rejectAdjustment', own.id, {}, both)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decide('approveAdjustment', own.id, {}, actorOf(ADVISER, ['COMPLIANCE']))).codes).toEqual([
      'OWN_CLIENT',
    ]);
    expect((await decide('approveAdjustment', own.id, { expectedVersion: 3 })).codes).toEqual([
      'STALE_VERSION',
    ]);
    expect((await propose(clientId, 20)).codes).toEqual(['PROPOSAL_OPEN']);
    expect((await decide('withdrawAdjustment', own.id, {}, operations)).codes).toEqual(['NOT_THE_MAKER']);
    expect((await decide('withdrawAdjustment', own.id, {}, both)).answer).toMatchObject({
      state: 'WITHDRAWN',
      decidedBy: both.id,
    });
    expect((await decide('approveAdjustment', own.id, { expectedVersion: 2 })).codes).toEqual([
      'ADJUSTMENT_CLOSED',
    ]);
    await world.sql('update adjustment set decided_by = null where id = $1', [own.id]);
    const { answer } = await propose(clientId, 20);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        decide('approveAdjustment', answer.id, {}, actorOf(freshId(), ['COMPLIANCE'])),
      ),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect(await standing(clientId)).toMatchObject({ balance: 20 });
  });

  test('ten askings at once leave one; the same request is the same asking', async () => {
    const clientId = await client();
    const answers = await Promise.all(Array.from({ length: 10 }, () => propose(clientId, 5)));
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('PROPOSAL_OPEN'));
    const other = await client();
    const requestId = freshId();
    const same = await Promise.all(Array.from({ length: 10 }, () => propose(other, 5, { requestId })));
    expect(new Set(same.map(({ answer }) => answer?.id)).size).toBe(1);
  });

  test('that nobody decides are given up after seven days', async () => {
    const clientId = await client();
    const { answer } = await propose(clientId, 5);
    world.clock.now = new Date('2026-03-09T02:00:01Z');
    expect((await decide('approveAdjustment', answer.id)).codes).toEqual(['PROPOSAL_EXPIRED']);
    const job = service.jobs?.find(({ name }) => name === 'expire-approvals');
    await job?.run(world.db);
    const { data } = await world.ask(
      compliance,
      '{ adjustments(state: EXPIRED, first: 100) { nodes { id } } }',
    );
    expect(data.adjustments.nodes.map(({ id }: { id: string }) => id)).toContain(answer.id);
    expect((await propose(clientId, 5)).codes).toEqual([]);
  });

  test.each([
    ['BAD_INPUT', { points: 0 }],
    ['BAD_INPUT', { points: 1_000_001 }],
    ['BAD_INPUT', { points: -1_000_001 }],
    ['BAD_INPUT', { reference: 'a name, in words' }],
    ['NOT_FOUND', { clientId: freshId() }],
    ['NOT_FOUND', { clientId: 'nobody' }],
  ])('%s: %j', async (code, own) => {
    expect((await propose(await client(), 5, own)).codes).toEqual([code]);
  });

  test('are for those whose post it is, wait in one list, and not for a restricted client', async () => {
    const clientId = await client();
    for (const actor of [adviser, actorOf(clientId, ['CLIENT'], clientId), actorOf(freshId(), ['MARKETING'])])
      expect((await propose(clientId, 5, {}, actor)).codes).toEqual(['FORBIDDEN']);
    const { answer } = await propose(clientId, 5);
    const waiting = async (actor = compliance) => {
      const { data } = await world.ask(
        actor,
        '{ loyaltyApprovals(first: 100) { nodes { service action targetId canDecide } } }',
      );
      return data.loyaltyApprovals.nodes.find(({ targetId }: { targetId: string }) => targetId === answer.id);
    };
    expect(await waiting()).toMatchObject({ service: 'loyalty', action: 'ADJUST_POINTS', canDecide: true });
    expect(await waiting(operations)).toMatchObject({ canDecide: false });
    await world.deliver(
      ClientRestricted({ clientId, from: 'ACTIVE', to: 'RESTRICTED', reason: 'TEST', until: null }),
    );
    expect((await propose(clientId, 5)).codes).toEqual(['NOT_FOUND']);
    expect((await decide('approveAdjustment', answer.id)).codes).toEqual(['CLIENT_RESTRICTED']);
    expect(await standing(clientId)).toMatchObject({ balance: 0 });
  });
});

describe('a redemption of a product that is undone', () => {
  const productId = freshId();
  const order = async (clientId: string, side: 'BUY' | 'REDEEM', amountMinor: number, settledOn: string) =>
    buy({ clientId, orderId: freshId(), productId }, { side, amountMinor, settledOn });

  test('gives the purchase its points back, pending as they were, once', async () => {
    const clientId = await client();
    await order(clientId, 'BUY', 10_000_000, '2026-03-02');
    const sold = await order(clientId, 'REDEEM', 4_000_000, '2026-03-10');
    expect(await standing(clientId)).toMatchObject({ pending: 60, qualifyingPoints12m: 60 });
    await reverse(sold);
    expect(await standing(clientId)).toMatchObject({
      pending: 100,
      balance: 0,
      qualifyingPoints12m: 100,
      debt: 0,
    });
    expect((await told(clientId)).filter((type) => type === 'points.restored')).toHaveLength(1);
    await sound();
  });

  test('the whole of it too, and after the day on which the points can be spent', async () => {
    const clientId = await client();
    await order(clientId, 'BUY', 10_000_000, '2026-03-02');
    const sold = await order(clientId, 'REDEEM', 10_000_000, '2026-03-10');
    expect(await standing(clientId)).toMatchObject({ pending: 0, lots: [{ state: 'CANCELLED' }] });
    world.clock.now = new Date('2026-05-02T02:00:00Z');
    await reverse(sold);
    expect(await standing(clientId)).toMatchObject({
      pending: 0,
      balance: 100,
      lots: [{ state: 'ACTIVE', remaining: 100, expiresOn: '2028-03-31' }],
    });
    await sound();
  });

  test('after the last day of the lot gives a grace lot of thirty days', async () => {
    const clientId = await client();
    await order(clientId, 'BUY', 10_000_000, '2026-03-02');
    const sold = await order(clientId, 'REDEEM', 3_000_000, '2026-03-10');
    world.clock.now = new Date('2028-04-01T02:00:00Z');
    await reverse(sold);
    const { balance, lots } = await standing(clientId);
    expect(balance).toBe(30);
    expect(lots[0]).toEqual({ state: 'ACTIVE', remaining: 30, expiresOn: '2028-05-01' });
    await sound();
  });

  test('takes away a debt that it had made, and what was paid of it comes back as points', async () => {
    const clientId = await client();
    const bought = await order(clientId, 'BUY', 10_000_000, '2026-01-02');
    world.clock.now = new Date('2026-02-10T02:00:00Z');
    const { answer } = await propose(clientId, -100);
    expect((await decide('approveAdjustment', answer.id)).codes).toEqual([]);
    // Told late: the sale was inside the pending days, and the points are gone.
    const sold = await order(clientId, 'REDEEM', 4_000_000, '2026-01-20');
    expect(await standing(clientId)).toMatchObject({ balance: 0, debt: 40 });
    const { answer: given } = await propose(clientId, 15);
    await decide('approveAdjustment', given.id);
    expect(await standing(clientId)).toMatchObject({ balance: 0, debt: 25 });
    await reverse(sold);
    expect(await standing(clientId)).toMatchObject({ balance: 15, debt: 0, qualifyingPoints12m: 100 });
    await reverse(bought);
    expect(await standing(clientId)).toMatchObject({ balance: 0, debt: 85, qualifyingPoints12m: 0 });
    await sound();
  });

  test('frees the purchase for the next redemption; and of a purchase that is undone nothing comes back', async () => {
    const clientId = await client();
    const bought = await order(clientId, 'BUY', 10_000_000, '2026-03-02');
    const first = await order(clientId, 'REDEEM', 10_000_000, '2026-03-10');
    const second = await order(clientId, 'REDEEM', 5_000_000, '2026-03-11');
    expect(await standing(clientId)).toMatchObject({ pending: 0 });
    await reverse(first);
    expect(await standing(clientId)).toMatchObject({ pending: 50 });
    await reverse(bought);
    expect(await standing(clientId)).toMatchObject({ pending: 0, qualifyingPoints12m: 0 });
    await reverse(second);
    expect(await standing(clientId)).toMatchObject({
      pending: 0,
      balance: 0,
      qualifyingPoints12m: 0,
      debt: 0,
    });
    await sound();
  });
});
