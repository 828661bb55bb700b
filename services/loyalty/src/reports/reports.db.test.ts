import { ClientClosed } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ADVISER, aClient, anOrder, points } from '../fixture.js';
import { reviewTiers } from '../membership/reviews.js';
import { activatePoints, expirePoints, lapsePoints } from '../points/points.js';
import { service } from '../service.js';
import { checkBooks } from './consistency.js';
import { snapshotLiability } from './liability.js';
import { noticeExpiry } from './notices.js';

const NOW = new Date('2026-03-02T02:00:00.000Z');
const adviser = actorOf(ADVISER, ['ADVISER']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);
const analyst = actorOf(freshId(), ['ANALYST']);

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOW });
});
afterAll(() => world.stop());

const client = () => aClient(world, freshId());
const at = async <T>(instant: string, work: () => Promise<T>): Promise<T> => {
  world.clock.now = new Date(instant);
  try {
    return await work();
  } finally {
    world.clock.now = NOW;
  }
};
const eventsOf = async (clientId: string) => (await world.events()).filter((event) => event.key === clientId);
const membershipOf = async (clientId: string, fields: string, actor = adviser) => {
  const query = `query ($c: [_Any!]!) { _entities(representations: $c) { ... on Client { membership { ${fields} } } } }`;
  const answer = await world.ask(actor, query, { c: [{ __typename: 'Client', id: clientId }] });
  return { ...answer, membership: answer.data?._entities[0]?.membership };
};
const order = (clientId: string, changes = {}) =>
  anOrder({ clientId, orderId: freshId(), productId: freshId() }, changes);

describe('points that lapse soon', () => {
  test('are told of once for each day of expiry and month, whoever runs', async () => {
    const clientId = await client();
    await points(world, clientId, 30, '2026-04-30');
    await points(world, clientId, 12, '2026-04-30');
    await points(world, clientId, 5, '2026-05-01');
    await points(world, clientId, 99, '2026-12-31');
    const told = async () =>
      (await eventsOf(clientId)).map((event) => [event.type, event.data.amount, event.data.expiresOn]);
    await Promise.all(Array.from({ length: 5 }, () => noticeExpiry(world.db)));
    const first = [
      ['points.expiring', 42, '2026-04-30'],
      ['points.expiring', 5, '2026-05-01'],
    ];
    expect(await told()).toEqual(first);
    await at('2026-03-31T02:00:00Z', () => noticeExpiry(world.db));
    expect(await told()).toEqual(first);
    await at('2026-04-01T02:00:00Z', () => noticeExpiry(world.db));
    expect(await told()).toEqual([...first, ...first]);
  });
});

describe('a client who leaves', () => {
  const leave = async (clientId: string) =>
    world.deliver(ClientClosed({ clientId, from: 'CLOSING', to: 'CLOSED', reason: 'CLIENT_WISH' }), {
      times: 3,
    });

  test('is told, and after thirty days what is left lapses, pending points too', async () => {
    const clientId = await client();
    await points(world, clientId, 700, '2028-01-31');
    await world.deliver(order(clientId));
    await leave(clientId);
    expect((await eventsOf(clientId)).at(-1)).toMatchObject({
      type: 'points.expiring',
      data: { amount: 788, expiresOn: '2026-04-01' },
    });
    await at('2026-03-31T17:00:00Z', () => lapsePoints(world.db));
    expect((await membershipOf(clientId, 'balance pending')).membership).toEqual({
      balance: 700,
      pending: 88,
    });
    await at('2026-04-01T16:15:00Z', async () => {
      await Promise.all([lapsePoints(world.db), lapsePoints(world.db)]);
    });
    expect((await membershipOf(clientId, 'balance pending status')).membership).toEqual({
      balance: 0,
      pending: 0,
      status: 'CLOSED',
    });
    expect((await eventsOf(clientId)).filter((event) => event.type === 'points.expired')).toHaveLength(2);
  });

  test('without points is told nothing', async () => {
    const clientId = await client();
    await leave(clientId);
    expect(await eventsOf(clientId)).toEqual([]);
  });
});

describe('the review of tiers', () => {
  test('takes a member down step by step, each anniversary by itself, though the run was away for years', async () => {
    const clientId = await client();
    await world.deliver(order(clientId, { amountMinor: 15_000_000_000 }));
    expect((await membershipOf(clientId, 'tier tierTo')).membership).toEqual({
      tier: 'SIGNATURE',
      tierTo: '2027-03-02',
    });
    await at('2027-03-01T02:00:00Z', () => reviewTiers(world.db));
    expect((await membershipOf(clientId, 'tier')).membership.tier).toBe('SIGNATURE');
    await at('2029-03-05T02:00:00Z', async () => {
      await Promise.all([reviewTiers(world.db), reviewTiers(world.db)]);
    });
    expect((await membershipOf(clientId, 'tier tierFrom tierTo')).membership).toEqual({
      tier: 'CLASSIC',
      tierFrom: '2029-03-02',
      tierTo: null,
    });
    const moves = (await eventsOf(clientId)).filter((event) => event.type === 'membership.tier.changed');
    expect(moves.map((event) => event.data.to)).toEqual(['SIGNATURE', 'PREMIER', 'PLUS', 'CLASSIC']);
  });

  test('renews the tier of who has earned enough, and leaves spending out of it', async () => {
    const clientId = await client();
    await world.deliver(order(clientId, { amountMinor: 500_000_000 }));
    await at('2027-02-01T02:00:00Z', () =>
      world.deliver(order(clientId, { amountMinor: 500_000_000, settledOn: '2027-02-01' })),
    );
    await at('2027-03-02T02:00:00Z', () => reviewTiers(world.db));
    expect((await membershipOf(clientId, 'tier tierFrom tierTo')).membership).toEqual({
      tier: 'PLUS',
      tierFrom: '2026-03-02',
      tierTo: '2028-03-02',
    });
    expect((await eventsOf(clientId)).at(-1)).toMatchObject({
      type: 'membership.tier.renewed',
      data: { validTo: '2028-03-02' },
    });
  });
});

describe('a statement', () => {
  const STATEMENT = (from: string, to: string, first = 20) => `statement(from: "${from}", to: "${to}") {
    from to openingBalance closingBalance
    entries(first: ${first}) { nodes { type typeLabel(locale: ZH_HANT) bookedOn businessDate points pending rule } pageInfo { hasNextPage endCursor } } }`;

  test('has its entries between the opening and the closing balance', async () => {
    const clientId = await client();
    await world.deliver(order(clientId));
    await at('2026-04-05T02:00:00Z', () => activatePoints(world.db));
    await at('2028-04-01T02:00:00Z', () => expirePoints(world.db));
    const { membership } = await membershipOf(clientId, STATEMENT('2026-04-01', '2026-04-30'));
    expect(membership.statement).toMatchObject({
      openingBalance: 0,
      closingBalance: 88,
      entries: {
        nodes: [
          {
            type: 'ACTIVATE',
            typeLabel: '生效',
            bookedOn: '2026-04-05',
            businessDate: '2026-04-01',
            points: 88,
            pending: -88,
            rule: 'E1',
          },
        ],
      },
    });
    const whole = await membershipOf(clientId, STATEMENT('2026-01-01', '2028-12-31', 2));
    expect(whole.membership.statement).toMatchObject({ openingBalance: 0, closingBalance: 0 });
    expect(whole.membership.statement.entries.pageInfo.hasNextPage).toBe(true);
    const later = await membershipOf(clientId, STATEMENT('2026-05-01', '2028-03-31'));
    expect(later.membership.statement).toMatchObject({
      openingBalance: 88,
      closingBalance: 88,
      entries: { nodes: [] },
    });
  });

  test('goes by the day in Shanghai', async () => {
    const clientId = await client();
    await world.deliver(order(clientId));
    await at('2026-03-31T16:05:00Z', () => activatePoints(world.db));
    const march = await membershipOf(clientId, STATEMENT('2026-03-01', '2026-03-31'));
    expect(march.membership.statement.closingBalance).toBe(0);
    const april = await membershipOf(clientId, STATEMENT('2026-04-01', '2026-04-01'));
    expect(april.membership.statement).toMatchObject({ openingBalance: 0, closingBalance: 88 });
  });

  test('refuses a period that ends before it begins, and a page too large', async () => {
    const clientId = await client();
    expect((await membershipOf(clientId, STATEMENT('2026-03-02', '2026-03-01'))).codes).toEqual([
      'BAD_INPUT',
    ]);
    expect((await membershipOf(clientId, STATEMENT('2026-03-01', '2026-03-02', 101))).codes).toEqual([
      'PAGE_SIZE',
    ]);
  });
});

describe('the liability', () => {
  const QUERY = `{ pointsLiability(first: 1) { nodes { day members activePoints pendingPoints debtPoints liability { amount currency }
    earned12m redeemed12m expired12m breakageRate expectedBreakagePoints expiring { month points } } } }`;

  test('is what all points would cost, with breakage; drawn up once a day, and no person in it', async () => {
    const own = await aService(service, { now: new Date('2026-04-30T16:40:00Z') });
    try {
      const clientId = await aClient(own, freshId());
      await points(own, clientId, 300, '2026-03-31');
      await points(own, clientId, 1_000, '2026-12-31');
      await own.deliver(order(clientId, { settledOn: '2026-04-30' }));
      await expirePoints(own.db);
      const redeem = 'mutation ($input: RedeemPointsInput!) { redeemPoints(input: $input) { id } }';
      own.clock.now = new Date('2026-04-30T10:00:00Z');
      const input = { requestId: freshId(), clientId, rewardCode: 'GIFT-TEA' };
      expect((await own.ask(adviser, redeem, { input })).codes).toEqual([]);
      own.clock.now = new Date('2026-04-30T16:40:00Z');
      await Promise.all(Array.from({ length: 3 }, () => snapshotLiability(own.db)));
      const { data, codes } = await own.ask(analyst, QUERY);
      expect(codes).toEqual([]);
      expect(data.pointsLiability.nodes).toEqual([
        {
          day: '2026-04-30',
          members: 1,
          activePoints: 200,
          pendingPoints: 88,
          debtPoints: 0,
          liability: { amount: '2.88', currency: 'CNY' },
          earned12m: 1_388,
          redeemed12m: 800,
          expired12m: 300,
          breakageRate: '0.2727',
          expectedBreakagePoints: 78,
          expiring: [
            { month: '2026-12', points: 200 },
            { month: '2028-04', points: 88 },
          ],
        },
      ]);
      expect(await own.sql('select 1 from liability_snapshot')).toHaveLength(1);
    } finally {
      await own.stop();
    }
  });

  test('is for compliance, audit and analysis', async () => {
    for (const role of ['COMPLIANCE', 'AUDITOR', 'ANALYST'] as const)
      expect((await world.ask(actorOf(freshId(), [role]), QUERY)).codes).toEqual([]);
    for (const role of ['CLIENT', 'ADVISER', 'OPERATIONS', 'MARKETING', 'ADMIN'] as const)
      expect((await world.ask(actorOf(freshId(), [role]), QUERY)).codes).toEqual(['FORBIDDEN']);
  });
});

describe('the nightly check', () => {
  const QUERY = '{ pointsFindings(first: 100) { nodes { clientId kind expected found clearedAt } } }';
  const findings = async (clientId: string) =>
    (await world.ask(compliance, QUERY)).data.pointsFindings.nodes.filter(
      (finding: { clientId: string }) => finding.clientId === clientId,
    );
  const errors: object[] = [];
  const log = { error: (details: object) => void errors.push(details) } as unknown as Parameters<
    typeof checkBooks
  >[1];

  test('finds nothing in sound books', async () => {
    await checkBooks(world.db, log);
    expect(errors).toEqual([]);
  });

  test('finds records that disagree, says so in the log without a person, and clears what is gone', async () => {
    const clientId = await client();
    await points(world, clientId, 100, '2028-01-31');
    await world.sql('update point_lot set remaining = 60 where client_id = $1', [clientId]);
    await checkBooks(world.db, log);
    await checkBooks(world.db, log);
    const found = { clientId, expected: 100, found: 60, clearedAt: null };
    expect(await findings(clientId)).toEqual(
      expect.arrayContaining([
        { ...found, kind: 'LOT' },
        { ...found, kind: 'BALANCE' },
      ]),
    );
    expect(await findings(clientId)).toHaveLength(2);
    expect(errors).toContainEqual({ finding: 'BALANCE', expected: 100, found: 60 });
    expect(JSON.stringify(errors)).not.toContain(clientId);
    const [figure] = service.figures ?? [];
    expect(await figure?.read(world.db)).toBeGreaterThanOrEqual(2);

    await world.sql('update point_lot set remaining = 100 where client_id = $1', [clientId]);
    await checkBooks(world.db, log);
    expect(
      (await findings(clientId)).every((finding: { clearedAt: string | null }) => finding.clearedAt !== null),
    ).toBe(true);
  });

  test('finds a redemption without its debit, a debt and a stock that nothing explains', async () => {
    const clientId = await client();
    await world.sql(
      `insert into redemption (id, client_id, reward_code, terms_version, kind, quantity, points, state, requested_on, requested_at, version)
       values ($1, $2, 'GIFT-TEA', 1, 'GIFT', 1, 800, 'RESERVED', '2026-03-02', now(), 1)`,
      [freshId(), clientId],
    );
    await world.sql('update membership set debt = 7 where client_id = $1', [clientId]);
    const [tea] = await world.sql<{ id: string }>(
      `update reward set stock = stock + 1 where code = 'GIFT-TEA' returning id`,
    );
    await checkBooks(world.db, log);
    expect(await findings(clientId)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'REDEMPTION', expected: -800, found: 0 }),
        expect.objectContaining({ kind: 'DEBT', expected: 0, found: 7 }),
      ]),
    );
    const rewards = await world.sql<{ id: string }>(`select id from reward where code = 'GIFT-TEA'`);
    expect(await findings(tea?.id ?? rewards[0]!.id)).toMatchObject([
      { kind: 'STOCK', expected: 200, found: 201 },
    ]);
  });

  test('is read by compliance and audit', async () => {
    for (const role of ['ADVISER', 'ANALYST', 'MARKETING', 'OPERATIONS'] as const)
      expect((await world.ask(actorOf(freshId(), [role]), QUERY)).codes).toEqual(['FORBIDDEN']);
  });
});
