import {
  CareTaskSent,
  ClientReviewCompleted,
  type DataOf,
  EventAttended,
  LeadConverted,
  LeadCreated,
  OrderReversed,
  type OrderSettled,
  SurveyAnswered,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ADVISER, aClient, anOrder } from '../fixture.js';
import { activatePoints, expirePoints } from '../points/points.js';
import { service } from '../service.js';

const NOW = new Date('2026-03-02T02:00:00.000Z');
const compliance = actorOf(freshId(), ['COMPLIANCE']);
const adviser = actorOf(ADVISER, ['ADVISER']);

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOW });
});
afterAll(() => world.stop());

const client = () => aClient(world, freshId());
const at = async (day: string, work: () => Promise<unknown>) => {
  world.clock.now = new Date(`${day}T02:00:00Z`);
  try {
    await work();
  } finally {
    world.clock.now = NOW;
  }
};
const standing = async (clientId: string) => {
  const query = `query ($c: [_Any!]!) { _entities(representations: $c) { ... on Client { membership {
    tier balance pending debt qualifyingPoints12m lots(first: 20) { rule points state } } } } }`;
  const { data } = await world.ask(compliance, query, { c: [{ __typename: 'Client', id: clientId }] });
  const audit = 'query ($id: ID!) { pointsAudit(clientId: $id) { isConsistent } }';
  const consistent = await world.ask(compliance, audit, { id: clientId });
  expect(consistent.data.pointsAudit?.isConsistent ?? true).toBe(true);
  return data._entities[0].membership;
};
const attended = (clientId: string, changes = {}) =>
  EventAttended({
    attendeeId: clientId,
    clientId,
    leadId: null,
    eventId: freshId(),
    mode: 'ON_SITE',
    attendedOn: '2026-03-02',
    ...changes,
  });

describe('an activity', () => {
  test('at an event earns points to be spent at once, told as earned and activated', async () => {
    const clientId = await client();
    await world.deliver(attended(clientId), { times: 5 });
    expect(await standing(clientId)).toMatchObject({
      balance: 200,
      pending: 0,
      qualifyingPoints12m: 200,
      lots: [{ rule: 'E2', points: 200, state: 'ACTIVE' }],
    });
    const events = (await world.events()).filter((event) => event.key === clientId);
    expect(events.map((event) => event.type)).toEqual(['points.earned', 'points.activated']);
  });

  test('once per event though it is told of twice; up to 2,000 a year, and anew the next year', async () => {
    const clientId = await client();
    const eventId = freshId();
    await world.deliver(attended(clientId, { eventId, mode: 'ONLINE' }));
    await world.deliver(attended(clientId, { eventId }));
    expect(await standing(clientId)).toMatchObject({ balance: 50 });
    await Promise.all(Array.from({ length: 12 }, () => world.deliver(attended(clientId))));
    expect(await standing(clientId)).toMatchObject({ balance: 2_000 });
    await at('2027-01-01', () => world.deliver(attended(clientId, { attendedOn: '2027-01-01' })));
    expect(await standing(clientId)).toMatchObject({ balance: 2_200 });
  });

  test('of a lead or of a client nobody knows earns nothing', async () => {
    const stranger = freshId();
    await world.deliver(attended(stranger));
    await world.deliver(
      EventAttended({ ...attended(stranger).data, clientId: null, leadId: stranger } as never),
    );
    expect(await standing(stranger)).toBeNull();
  });

  test.each([
    [
      'a birthday greeting, once a year',
      (clientId: string, n: number) => CareTaskSent({ clientId, ruleCode: 'BIRTHDAY', year: 2026 + n }),
      200,
      0,
    ],
    [
      'another greeting, never',
      (clientId: string) => CareTaskSent({ clientId, ruleCode: 'MID_AUTUMN', year: 2026 }),
      0,
      0,
    ],
    [
      'a review done in time, twice a year',
      (clientId: string, n: number) =>
        ClientReviewCompleted({ clientId, kind: `K${n}`, dueOn: '2026-03-02' }),
      100,
      100,
    ],
    [
      'a review done late, never',
      (clientId: string) => ClientReviewCompleted({ clientId, kind: 'YEARLY', dueOn: '2026-03-01' }),
      0,
      0,
    ],
    [
      'a survey, ten times a year',
      (clientId: string) => SurveyAnswered({ clientId, surveyId: freshId() }),
      200,
      200,
    ],
  ])('%s', async (_, event, balance, qualifyingPoints12m) => {
    const clientId = await client();
    await Promise.all(Array.from({ length: 12 }, (_unused, n) => world.deliver(event(clientId, n))));
    expect(await standing(clientId)).toMatchObject({ balance, qualifyingPoints12m });
  });
});

describe('a referral', () => {
  const touch = { at: '2026-03-01T00:00:00.000Z', channel: 'REFERRAL' as const, campaignId: null };
  const converted = (leadId: string, referrerClientId: string | null) =>
    LeadConverted({
      leadId,
      clientId: freshId(),
      firstTouch: touch,
      lastTouch: touch,
      daysToConvert: 2,
      campaignId: null,
      referrerClientId,
    });
  const aLead = async (consentOk = true) => {
    const leadId = freshId();
    await world.deliver(
      LeadCreated({ leadId, channel: 'REFERRAL', campaignId: null, consentOk, reason: null }),
    );
    return leadId;
  };

  test('earns the referrer 1,000, five times a year, each lead once', async () => {
    const clientId = await client();
    const leadId = await aLead();
    await world.deliver(converted(leadId, clientId), { times: 5 });
    await world.deliver(converted(leadId, clientId));
    expect(await standing(clientId)).toMatchObject({ balance: 1_000 });
    for (let n = 0; n < 6; n += 1) await world.deliver(converted(await aLead(), clientId));
    expect(await standing(clientId)).toMatchObject({ balance: 5_000, tier: 'PLUS' });
  });

  test('earns nothing without consent, without a known lead, without a referrer, or for staff', async () => {
    const clientId = await client();
    await world.deliver(converted(await aLead(false), clientId));
    await world.deliver(converted(freshId(), clientId));
    await world.deliver(converted(await aLead(), null));
    const staff = await client();
    await aClient(world, freshId(), staff);
    await world.deliver(converted(await aLead(), staff));
    expect(await standing(clientId)).toMatchObject({ balance: 0 });
    expect(await standing(staff)).toMatchObject({ balance: 0 });
  });
});

type Order = DataOf<typeof OrderSettled>;
const order = (clientId: string, changes: Partial<Order> = {}) =>
  anOrder({ clientId, orderId: freshId(), productId: freshId() }, changes);
const reversed = ({ settledOn: _, feeMinor: __, units: ___, fromProductId: ____, ...data }: Order) =>
  OrderReversed(data);

describe('an order that is undone', () => {
  test('takes its pending points away; five times told, once done', async () => {
    const clientId = await client();
    const settled = order(clientId);
    await world.deliver(settled);
    await world.deliver(reversed(settled.data as Order), { times: 5 });
    expect(await standing(clientId)).toMatchObject({
      pending: 0,
      balance: 0,
      qualifyingPoints12m: 0,
      lots: [{ points: 88, state: 'CANCELLED' }],
    });
    const events = (await world.events()).filter((event) => event.key === clientId);
    expect(events.map((event) => event.type)).toEqual(['points.earned', 'points.reversed']);
    expect(events[1]?.data).toMatchObject({ amount: 88, kind: 'EARN', debt: 0, rule: 'E1' });
  });

  test('earns nothing when its reversal was here first', async () => {
    const clientId = await client();
    const settled = order(clientId);
    await world.deliver(reversed(settled.data as Order), { times: 2 });
    await world.deliver(settled, { times: 5 });
    expect(await standing(clientId)).toMatchObject({ pending: 0, lots: [] });
  });

  test('whose points were spent leaves a debt that the next earnings pay', async () => {
    const clientId = await client();
    const settled = order(clientId, { amountMinor: 90_000_000, settledOn: '2026-03-02' });
    await world.deliver(settled);
    await at('2026-04-02', async () => {
      await activatePoints(world.db);
      const redeem = 'mutation ($input: RedeemPointsInput!) { redeemPoints(input: $input) { id } }';
      const input = { requestId: freshId(), clientId, rewardCode: 'GIFT-TEA' };
      expect((await world.ask(adviser, redeem, { input })).codes).toEqual([]);
      await world.deliver(reversed(settled.data as Order));
      expect(await standing(clientId)).toMatchObject({ balance: 0, debt: 800, qualifyingPoints12m: 0 });
      await world.deliver(attended(clientId, { attendedOn: '2026-04-02' }));
      expect(await standing(clientId)).toMatchObject({ balance: 0, debt: 600 });
      await world.deliver(order(clientId, { amountMinor: 70_000_000, settledOn: '2026-04-02' }));
      expect(await standing(clientId)).toMatchObject({ balance: 0, pending: 700, debt: 600 });
    });
    await at('2026-05-02', () => activatePoints(world.db));
    expect(await standing(clientId)).toMatchObject({ balance: 100, pending: 0, debt: 0 });
  });
});

describe('redeeming a product', () => {
  const productId = freshId();
  const buy = (clientId: string, changes: Partial<Order> = {}) =>
    order(clientId, { productId, amountMinor: 10_000_000, ...changes });
  const redeem = (clientId: string, changes: Partial<Order> = {}) =>
    order(clientId, {
      productId,
      side: 'REDEEM',
      amountMinor: 4_000_000,
      settledOn: '2026-03-20',
      ...changes,
    });

  test.each([
    ['the day after', '2026-03-03', 60],
    ['on the last day of thirty', '2026-03-31', 60],
    ['when the points can be spent', '2026-04-01', 100],
    ['before the purchase', '2026-03-01', 100],
  ])('%s leaves the points of what is left', async (_, settledOn, left) => {
    const clientId = await client();
    await world.deliver(buy(clientId));
    await world.deliver(redeem(clientId, { settledOn }), { times: 5 });
    expect(await standing(clientId)).toMatchObject({ pending: left, qualifyingPoints12m: left });
  });

  test('told before the purchase leaves the same', async () => {
    const clientId = await client();
    await world.deliver(redeem(clientId));
    await world.deliver(buy(clientId));
    expect(await standing(clientId)).toMatchObject({ pending: 60 });
  });

  test('whole cancels the lot; another product, or a redemption undone before, cuts nothing', async () => {
    const clientId = await client();
    const undone = redeem(clientId, { amountMinor: 9_000_000 });
    await world.deliver(undone);
    await world.deliver(reversed(undone.data as Order));
    await world.deliver(buy(clientId));
    await world.deliver(redeem(clientId, { productId: freshId() }));
    expect(await standing(clientId)).toMatchObject({ pending: 100 });
    await world.deliver(redeem(clientId, { amountMinor: 10_000_000 }));
    expect(await standing(clientId)).toMatchObject({ pending: 0, lots: [{ state: 'CANCELLED' }] });
  });

  test('all of it at a loss, by its units, leaves no point; undone, all are there again', async () => {
    const clientId = await client();
    await world.deliver(buy(clientId, { units: '100000' }));
    const out = redeem(clientId, { amountMinor: 9_000_000, units: '100000' });
    await world.deliver(out, { times: 2 });
    expect(await standing(clientId)).toMatchObject({ pending: 0, qualifyingPoints12m: 0 });
    await world.deliver(reversed(out.data as Order));
    expect(await standing(clientId)).toMatchObject({ pending: 100, qualifyingPoints12m: 100 });
  });

  test('a switch out of it is a redemption of it, and none of what is switched into', async () => {
    const clientId = await client();
    const toProductId = freshId();
    await world.deliver(buy(clientId));
    await world.deliver(buy(clientId, { productId: toProductId, amountMinor: 5_000_000 }));
    const out = redeem(clientId, { side: 'SWITCH', productId: toProductId, fromProductId: productId });
    await world.deliver(out, { times: 2 });
    expect(await standing(clientId)).toMatchObject({ pending: 60 + 50, qualifyingPoints12m: 110 });
    await world.deliver(reversed(out.data as Order));
    expect(await standing(clientId)).toMatchObject({ pending: 150, qualifyingPoints12m: 150 });
  });

  test('and then the purchase undone takes what was left, no more', async () => {
    const clientId = await client();
    const bought = buy(clientId);
    await world.deliver(bought);
    await world.deliver(redeem(clientId));
    await world.deliver(reversed(bought.data as Order));
    expect(await standing(clientId)).toMatchObject({ pending: 0, debt: 0, qualifyingPoints12m: 0 });
  });
});

describe('the same events', () => {
  test('five times each and in any order give the same points', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000_000 }), async (seed) => {
        const clientId = await client();
        const productId = freshId();
        const [kept, undone] = [order(clientId, { productId }), order(clientId, { amountMinor: 50_000_000 })];
        const stream = [
          kept,
          undone,
          reversed(undone.data as Order),
          order(clientId, { productId, side: 'REDEEM', amountMinor: 800_000, settledOn: '2026-03-10' }),
          attended(clientId),
          SurveyAnswered({ clientId, surveyId: freshId() }),
          CareTaskSent({ clientId, ruleCode: 'BIRTHDAY', year: 2026 }),
        ];
        const copies = stream.flatMap((event) => {
          const id = freshId();
          return Array.from({ length: 5 }, () => ({ event, id }));
        });
        // A shuffle that the seed decides, so that a failure can be told again.
        const shuffled = copies
          .map((copy, n) => ({ copy, by: Math.imul(seed + n, 2_654_435_761) >>> 0 }))
          .sort((a, b) => a.by - b.by);
        for (const { copy } of shuffled) await world.deliver(copy.event, { id: copy.id });
        expect(await standing(clientId)).toMatchObject({
          balance: 420,
          pending: 80,
          debt: 0,
          qualifyingPoints12m: 300,
        });
        await at('2026-04-10', () => activatePoints(world.db));
        await at('2028-04-10', () => expirePoints(world.db));
        expect(await standing(clientId)).toMatchObject({ balance: 0, pending: 0 });
      }),
      { numRuns: 10 },
    );
  }, 300_000);
});
