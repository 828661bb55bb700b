import { ClientActivated, ClientClosed } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { adviser, anOrder, compliance, NOW, PAGE, pointsTests, refs } from './points.fixture.js';

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOW });
});
afterAll(() => world.stop());

const { aClient, membershipOf, eventsOf, auditOf } = pointsTests(() => world);

describe('a membership', () => {
  test('begins with the activation, in the lowest tier and without points, however often that is told', async () => {
    const clientId = await aClient();
    await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }), {
      times: 5,
    });
    expect(await membershipOf(clientId)).toEqual({
      tier: 'CLASSIC',
      tierLabel: 'Classic',
      tierFrom: '2026-03-02',
      tierTo: null,
      status: 'ACTIVE',
      statusLabel: 'Active',
      balance: 0,
      pending: 0,
      qualifyingPoints12m: 0,
      lots: [],
    });
    expect(await world.sql('select 1 from membership where client_id = $1', [clientId])).toHaveLength(1);
  });

  test('is null before the client is activated', async () => {
    expect(await membershipOf(freshId(), compliance)).toBeNull();
  });

  test('ends with the relationship, and then earns nothing', async () => {
    const clientId = await aClient();
    await world.deliver(ClientClosed({ clientId, from: 'CLOSING', to: 'CLOSED', reason: 'CLIENT_WISH' }), {
      times: 5,
    });
    await world.deliver(anOrder(clientId));
    expect(await membershipOf(clientId)).toMatchObject({ status: 'CLOSED', pending: 0, lots: [] });
    expect(await eventsOf(clientId)).toEqual([]);
  });
});

describe('a settled order', () => {
  test('of CNY 88,000 in a bank product is 88 pending points, told once though delivered five times', async () => {
    const clientId = await aClient();
    const order = anOrder(clientId);
    await world.deliver(order, { times: 5 });
    expect(await membershipOf(clientId, adviser, 'ZH_HANT')).toMatchObject({
      tierLabel: '普通',
      balance: 0,
      pending: 88,
      qualifyingPoints12m: 88,
      lots: [
        {
          points: 88,
          remaining: 88,
          state: 'PENDING',
          stateLabel: '待生效',
          earnedOn: '2026-03-02',
          availableOn: '2026-04-01',
          expiresOn: '2028-03-31',
          rule: 'E1',
          ruleLabel: '購買產品',
        },
      ],
    });
    const events = await eventsOf(clientId);
    expect(events.map((event) => event.type)).toEqual(['points.earned']);
    expect(events[0]?.data).toMatchObject({
      clientId,
      amount: 88,
      rule: 'E1',
      balance: 0,
      availableOn: '2026-04-01',
      expiresOn: '2028-03-31',
    });
    const [entry] = await world.sql(
      'select type, pending, available, rule_version, basis from ledger_entry where client_id = $1',
      [clientId],
    );
    expect(entry).toMatchObject({
      type: 'EARN',
      pending: '88',
      available: '0',
      rule_version: 1,
      basis: {
        orderId: order.data?.['orderId'],
        amountMinor: 8_800_000,
        currency: 'CNY',
        tier: 'CLASSIC',
        multiplier: '1',
      },
    });
  });

  test.each([
    ['a public fund', { productClass: 'PUBLIC_FUND' }],
    ['a private fund', { productClass: 'PRIVATE_FUND' }],
    ['insurance', { productClass: 'INSURANCE' }],
    ['a redemption', { side: 'REDEEM' }],
    ['another currency', { currency: 'HKD' }],
    ['CNY 999.99', { amountMinor: 99_999 }],
    ['a day before the first rule', { settledOn: '2025-12-31' }],
  ] as const)('of %s leaves no trace', async (_, changes) => {
    const clientId = await aClient();
    await world.deliver(anOrder(clientId, changes));
    expect(await world.sql('select 1 from ledger_entry where client_id = $1', [clientId])).toEqual([]);
    expect(await eventsOf(clientId)).toEqual([]);
  });

  test('earns for a client whose activation has not arrived yet, and the activation changes nothing later', async () => {
    const clientId = freshId();
    await world.deliver(anOrder(clientId));
    expect(await membershipOf(clientId, compliance)).toMatchObject({
      tier: 'CLASSIC',
      tierFrom: '2026-03-02',
      pending: 88,
    });
    await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
    expect(await membershipOf(clientId, compliance)).toMatchObject({ tier: 'CLASSIC', pending: 88 });
  });

  test('delivered ten times at once earns once', async () => {
    const clientId = await aClient();
    const order = anOrder(clientId);
    const id = freshId();
    await Promise.all(Array.from({ length: 10 }, () => world.deliver(order, { id })));
    expect(await membershipOf(clientId)).toMatchObject({ pending: 88 });
    expect(await eventsOf(clientId)).toHaveLength(1);
  });

  test('earns once even when the inbox has forgotten it', async () => {
    const clientId = await aClient();
    const order = anOrder(clientId);
    const id = freshId();
    await world.deliver(order, { id });
    await world.sql('delete from inbox where event_id = $1', [id]);
    await world.deliver(order, { id });
    expect(await membershipOf(clientId)).toMatchObject({ pending: 88 });
  });

  test.each([
    ['known', true],
    ['unknown', false],
  ])('ten of one %s client at once all earn, and the books are right', async (_, isKnown) => {
    const clientId = isKnown ? await aClient() : freshId();
    const orders = Array.from({ length: 10 }, (_unused, n) =>
      anOrder(clientId, { amountMinor: (n + 1) * 100_000 }),
    );
    await Promise.all(orders.map((order) => world.deliver(order)));
    expect(await membershipOf(clientId, compliance)).toMatchObject({ pending: 55, balance: 0 });
    expect(await auditOf(clientId)).toMatchObject({
      pendingOfLots: 55,
      pendingOfLedger: 55,
      isConsistent: true,
    });
    const events = await eventsOf(clientId);
    expect(events.map((event) => event.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('that reaches a higher tier is multiplied by the one held before; the next by the new one', async () => {
    const clientId = await aClient();
    await world.deliver(anOrder(clientId, { amountMinor: 500_000_000 }));
    await world.deliver(anOrder(clientId, { amountMinor: 500_000_000, settledOn: '2026-03-03' }));
    expect(await membershipOf(clientId)).toMatchObject({
      tier: 'PLUS',
      tierLabel: 'Plus',
      tierFrom: '2026-03-02',
      tierTo: '2027-03-02',
      pending: 5_000 + 6_000,
    });
    expect((await eventsOf(clientId)).map((event) => event.type)).toEqual([
      'points.earned',
      'membership.tier.changed',
      'points.earned',
    ]);
  });
});

describe('who sees what', () => {
  test('the client their own, the assigned adviser theirs, another adviser and another client nothing', async () => {
    const clientId = await aClient();
    await world.deliver(anOrder(clientId));
    const own = actorOf(clientId, ['CLIENT'], clientId);
    expect(await membershipOf(clientId, own)).toMatchObject({ pending: 88 });
    expect(await membershipOf(clientId)).toMatchObject({ pending: 88 });
    for (const actor of [actorOf(freshId(), ['ADVISER']), actorOf(freshId(), ['CLIENT'], freshId())]) {
      const answer = await world.ask(actor, PAGE, { clients: refs(clientId) });
      expect(answer.data._entities).toEqual([null]);
    }
  });

  test.each(['OPERATIONS', 'MARKETING', 'ANALYST', 'ADMIN', 'SERVICE_AGENT', 'RISK_ASSESSOR'] as const)(
    '%s sees no points',
    async (role) => {
      const clientId = await aClient();
      const answer = await world.ask(actorOf(freshId(), [role]), PAGE, { clients: refs(clientId) });
      expect(answer.data?._entities[0]?.membership ?? null).toBeNull();
    },
  );

  test('fifty clients cost as many statements as one', async () => {
    const clientIds = await Promise.all(Array.from({ length: 50 }, () => aClient()));
    for (const clientId of clientIds) await world.deliver(anOrder(clientId));
    const one = await world.statements(() => world.ask(adviser, PAGE, { clients: refs(clientIds[0]!) }));
    const fifty = await world.statements(async () => {
      const answer = await world.ask(adviser, PAGE, { clients: refs(...clientIds) });
      expect(
        answer.data._entities.every(
          (client: { membership: { pending: number } }) => client.membership.pending === 88,
        ),
      ).toBe(true);
    });
    expect({ one, fifty }).toEqual({ one: 6, fifty: 6 });
  });

  test('a list of lots is bounded', async () => {
    const clientId = await aClient();
    const query =
      'query ($c: [_Any!]!, $n: Int!) { _entities(representations: $c) { ... on Client { membership { lots(first: $n) { id } } } } }';
    for (const n of [0, -1, 101]) {
      expect((await world.ask(adviser, query, { c: refs(clientId), n })).codes).toEqual(['PAGE_SIZE']);
    }
  });
});
