import {
  ClientActivated,
  ClientClosed,
  ClientOnboarded,
  type DataOf,
  OrderSettled,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { service } from '../service.js';
import { activatePoints, expirePoints } from './points.js';

const NOW = new Date('2026-03-02T02:00:00.000Z');
const ADVISER = freshId();
const adviser = actorOf(ADVISER, ['ADVISER']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOW });
});
afterAll(() => world.stop());

async function aClient({ adviserId = ADVISER } = {}): Promise<string> {
  const clientId = freshId();
  await world.deliver(
    ClientOnboarded({
      clientId,
      kind: 'INDIVIDUAL',
      class: 'ORDINARY',
      grade: 'BRONZE',
      adviserId,
      ageBand: 'FROM_31',
      fullCivilCapacity: true,
      institutionType: null,
      originLeadId: null,
    }),
  );
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  return clientId;
}

const anOrder = (clientId: string, changes: Partial<DataOf<typeof OrderSettled>> = {}) =>
  OrderSettled({
    clientId,
    orderId: freshId(),
    productId: freshId(),
    productClass: 'BANK_WMP',
    side: 'BUY',
    amountMinor: 8_800_000,
    currency: 'CNY',
    settledOn: '2026-03-02',
    ...changes,
  });

const PAGE = /* GraphQL */ `
  query ($clients: [_Any!]!, $locale: Locale! = EN) {
    _entities(representations: $clients) {
      ... on Client {
        id
        membership {
          tier
          tierLabel(locale: $locale)
          tierFrom
          tierTo
          status
          statusLabel(locale: $locale)
          balance
          pending
          qualifyingPoints12m
          lots(first: 5) { points remaining state stateLabel(locale: $locale) earnedOn availableOn expiresOn rule ruleLabel(locale: $locale) }
        }
      }
    }
  }
`;
const refs = (...ids: string[]) => ids.map((id) => ({ __typename: 'Client', id }));
const membershipOf = async (clientId: string, actor = adviser, locale = 'EN') => {
  const answer = await world.ask(actor, PAGE, { clients: refs(clientId), locale });
  expect(answer.codes).toEqual([]);
  return answer.data._entities[0]?.membership;
};
const eventsOf = async (clientId: string) => (await world.events()).filter((event) => event.key === clientId);
const auditOf = async (clientId: string) => {
  const query =
    'query ($id: ID!) { pointsAudit(clientId: $id) { balanceOfLots balanceOfLedger pendingOfLots pendingOfLedger isConsistent } }';
  return (await world.ask(compliance, query, { id: clientId })).data.pointsAudit;
};
const at = async (instant: string, work: () => Promise<unknown>) => {
  world.clock.now = new Date(instant);
  try {
    await work();
  } finally {
    world.clock.now = NOW;
  }
};

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

describe('the daily run', () => {
  test('makes points spendable on their day, once, and says so', async () => {
    const clientId = await aClient();
    await world.deliver(anOrder(clientId));
    await at('2026-03-31T15:59:00Z', () => activatePoints(world.db));
    expect(await membershipOf(clientId)).toMatchObject({ balance: 0, pending: 88 });

    // Midnight has passed in Shanghai, not in UTC.
    await at('2026-03-31T16:05:00Z', () => activatePoints(world.db));
    await at('2026-04-01T16:05:00Z', () => activatePoints(world.db));
    expect(await membershipOf(clientId)).toMatchObject({
      balance: 88,
      pending: 0,
      lots: [{ state: 'ACTIVE', remaining: 88 }],
    });
    expect(await auditOf(clientId)).toEqual({
      balanceOfLots: 88,
      balanceOfLedger: 88,
      pendingOfLots: 0,
      pendingOfLedger: 0,
      isConsistent: true,
    });
    const events = await eventsOf(clientId);
    expect(events.map((event) => event.type)).toEqual(['points.earned', 'points.activated']);
    expect(events[1]?.data).toMatchObject({ amount: 88, balance: 88, rule: 'E1' });
  });

  test('lets points lapse on the day after their last, once, and says so', async () => {
    const clientId = await aClient();
    await world.deliver(anOrder(clientId));
    await at('2026-04-01T02:00:00Z', () => activatePoints(world.db));
    await at('2028-03-31T02:00:00Z', () => expirePoints(world.db));
    expect(await membershipOf(clientId)).toMatchObject({ balance: 88 });
    await at('2028-04-01T02:00:00Z', async () => {
      await expirePoints(world.db);
      await expirePoints(world.db);
    });
    expect(await membershipOf(clientId)).toMatchObject({
      balance: 0,
      lots: [{ state: 'EXPIRED', points: 88, remaining: 0 }],
    });
    expect(await auditOf(clientId)).toMatchObject({ balanceOfLedger: 0, isConsistent: true });
    expect((await eventsOf(clientId)).at(-1)).toMatchObject({
      type: 'points.expired',
      data: { amount: 88, balance: 0 },
    });
  });

  test('of several replicas at once, while orders settle, activates each lot once', async () => {
    const clientIds = await Promise.all(Array.from({ length: 6 }, () => aClient()));
    for (const clientId of clientIds) {
      await world.deliver(anOrder(clientId, { amountMinor: 1_000_000 }));
      await world.deliver(anOrder(clientId, { amountMinor: 2_000_000 }));
    }
    await at('2026-04-02T02:00:00Z', () =>
      Promise.all([
        ...Array.from({ length: 4 }, () => activatePoints(world.db)),
        ...clientIds.map((clientId) =>
          world.deliver(anOrder(clientId, { amountMinor: 4_000_000, settledOn: '2026-04-02' })),
        ),
      ]),
    );
    for (const clientId of clientIds) {
      expect(await membershipOf(clientId)).toMatchObject({ balance: 30, pending: 40 });
      const activated = (await eventsOf(clientId)).filter((event) => event.type === 'points.activated');
      expect(activated.map((event) => event.data.balance)).toEqual([activated[0]?.data.amount, 30]);
    }
  });

  test('takes more lots than fit in one batch', async () => {
    const clientId = await aClient();
    const lots = 1_200;
    await world.sql(
      `with lot as (
         insert into point_lot (id, client_id, rule, amount, remaining, earned_on, available_on, expires_on, state, version) select gen_random_uuid(), $1, 'E1', 1, 1, '2026-01-05', '2026-02-04', '2028-01-31', 'PENDING', 1
         from generate_series(1, $2) returning id
       )
       insert into ledger_entry (id, client_id, lot_id, type, pending, available, rule, rule_version, source_event_id, basis, business_date, at)
       select gen_random_uuid(), $1, id, 'EARN', 1, 0, 'E1', 1, gen_random_uuid(), '{}', '2026-01-05', now() from lot`,
      [clientId, lots],
    );
    await activatePoints(world.db);
    expect(await auditOf(clientId)).toMatchObject({
      balanceOfLots: lots,
      balanceOfLedger: lots,
      isConsistent: true,
    });
    expect((await eventsOf(clientId)).at(-1)?.data).toMatchObject({ balance: lots });
  });
});

describe('the books', () => {
  test('agree after any history of orders, repeats and runs', async () => {
    const settledOn = fc.constantFrom('2026-01-31', '2026-03-02', '2026-06-30', '2027-02-28', '2028-02-29');
    const today = fc.constantFrom('2026-03-05', '2026-08-01', '2028-02-01', '2028-07-01', '2030-03-01');
    const command = fc.oneof(
      fc.record({
        kind: fc.constant('ORDER' as const),
        event: fc.nat(5),
        amountMinor: fc.nat(400_000_000),
        settledOn,
      }),
      fc.record({ kind: fc.constantFrom('ACTIVATE' as const, 'EXPIRE' as const), today }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 12 }), async (commands) => {
        const clientId = await aClient();
        const eventIds = Array.from({ length: 6 }, freshId);
        for (const step of commands) {
          if (step.kind === 'ORDER') {
            await world.deliver(
              anOrder(clientId, { amountMinor: step.amountMinor, settledOn: step.settledOn }),
              { id: eventIds[step.event]! },
            );
          } else {
            const run = step.kind === 'ACTIVATE' ? activatePoints : expirePoints;
            await at(`${step.today}T02:00:00Z`, () => run(world.db));
          }
        }
        const audit = (await auditOf(clientId)) ?? { isConsistent: true };
        expect(audit).toMatchObject({ isConsistent: true });
        const [last] = (await eventsOf(clientId))
          .filter((event) => event.type.startsWith('points.'))
          .slice(-1);
        if (last !== undefined) expect(last.data.balance).toBe(audit.balanceOfLedger);
      }),
      { numRuns: 25 },
    );
  }, 300_000);

  test('cannot be rewritten: the database refuses to change or delete an entry', async () => {
    const clientId = await aClient();
    await world.deliver(anOrder(clientId));
    await expect(
      world.sql('update ledger_entry set pending = 1 where client_id = $1', [clientId]),
    ).rejects.toThrow('append-only');
    await expect(world.sql('delete from ledger_entry where client_id = $1', [clientId])).rejects.toThrow(
      'append-only',
    );
  });

  test('are audited by compliance alone; a client without a membership has none', async () => {
    const clientId = await aClient();
    const query = 'query ($id: ID!) { pointsAudit(clientId: $id) { isConsistent } }';
    for (const role of ['ADVISER', 'CLIENT', 'OPERATIONS', 'MARKETING', 'ANALYST'] as const) {
      expect((await world.ask(actorOf(freshId(), [role]), query, { id: clientId })).codes).toEqual([
        'FORBIDDEN',
      ]);
    }
    expect((await world.ask(null, query, { id: clientId })).codes).toEqual(['UNAUTHENTICATED']);
    expect(await auditOf(clientId)).toMatchObject({ isConsistent: true });
    expect(await auditOf(freshId())).toBeNull();
    expect(await auditOf('not-an-id')).toBeNull();
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
