import { ClientClosed, ClientRestricted, ClientUnrestricted } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { points } from '../fixture.js';
import { reviewTiers } from '../membership/reviews.js';
import { noticeExpiry } from '../reports/notices.js';
import { service } from '../service.js';
import { anOrder, NOW, pointsTests } from './points.fixture.js';
import { activatePoints, expirePoints } from './points.js';

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOW });
});
afterAll(() => world.stop());

const { aClient, membershipOf, eventsOf, auditOf, at } = pointsTests(() => world);

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

describe('a restricted client', () => {
  test('has books that go with time, but nothing is told; tiers are reviewed once the client is restricted no more', async () => {
    const clientId = await aClient();
    await points(world, clientId, 100, '2026-03-31');
    await world.sql(
      `update membership set tier = 'PLUS', tier_from = '2025-03-10', tier_to = '2026-03-10' where client_id = $1`,
      [clientId],
    );
    const moved = { clientId, reason: 'TEST' };
    await world.deliver(ClientRestricted({ ...moved, from: 'ACTIVE', to: 'RESTRICTED', until: null }));
    const before = await eventsOf(clientId);
    await at('2026-03-20T02:00:00Z', async () => {
      await noticeExpiry(world.db);
      await reviewTiers(world.db);
    });
    await at('2026-04-01T02:00:00Z', () => expirePoints(world.db));
    expect(await eventsOf(clientId)).toEqual(before);
    expect(await auditOf(clientId)).toMatchObject({ balanceOfLots: 0, isConsistent: true });
    await world.deliver(ClientUnrestricted({ ...moved, from: 'RESTRICTED', to: 'ACTIVE' }));
    await at('2026-04-02T02:00:00Z', () => reviewTiers(world.db));
    expect((await eventsOf(clientId)).slice(before.length)).toMatchObject([
      { type: 'membership.tier.changed', data: { from: 'PLUS', to: 'CLASSIC' } },
    ]);
  });

  test('who has left was told of the last day of their points then, and is not told of another', async () => {
    const clientId = await aClient();
    await points(world, clientId, 100, '2026-04-30');
    await world.deliver(ClientClosed({ clientId, from: 'CLOSING', to: 'CLOSED', reason: 'TEST' }));
    await noticeExpiry(world.db);
    expect((await eventsOf(clientId)).map(({ type, data }) => [type, data['expiresOn']])).toEqual([
      ['points.expiring', '2026-04-01'],
    ]);
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
