import { type DataOf, type EventDraft, OrderReversed, type OrderSettled } from '@client-graph/events';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aClient, anOrder } from '../fixture.js';
import { reviewTiers } from '../membership/reviews.js';
import { checkBooks } from '../reports/consistency.js';
import { snapshotLiability } from '../reports/liability.js';
import { noticeExpiry } from '../reports/notices.js';
import { service } from '../service.js';
import { activatePoints, expirePoints } from './points.js';

/** A purchase history of three years: most buy little and often, a few buy much; one order in fifty is undone. */
const CLIENTS = 30;
const ORDERS = 400;
const MONTHS = 36;
const MULTIPLIERS = { CLASSIC: 10, PLUS: 12, PREMIER: 15, SIGNATURE: 20 } as const;

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: new Date('2026-01-01T02:00:00Z') });
});
afterAll(() => world.stop());

/** Numbers that look random and are the same each time. */
const dice = (seed: number) => {
  let last = seed;
  return () => {
    last = (Math.imul(last, 1_664_525) + 1_013_904_223) >>> 0;
    return last / 2 ** 32;
  };
};

type Order = DataOf<typeof OrderSettled>;
function history(clientIds: readonly string[]): Map<string, EventDraft[]>[] {
  const roll = dice(2026);
  const months: Map<string, EventDraft[]>[] = Array.from({ length: MONTHS }, () => new Map());
  for (let n = 0; n < ORDERS; n += 1) {
    const clientId = clientIds[Math.floor(roll() ** 2 * CLIENTS)]!;
    const month = Math.floor(roll() * MONTHS);
    const settledOn = new Date(Date.UTC(2026, month, 1 + Math.floor(roll() * 28))).toISOString().slice(0, 10);
    const amountMinor = Math.floor(10 ** (5 + roll() * 4));
    const order = anOrder({ clientId, orderId: freshId(), productId: freshId() }, { settledOn, amountMinor });
    const { settledOn: _, ...undone } = order.data as Order;
    const events = roll() < 0.02 ? [order, OrderReversed(undone)] : [order];
    const before = months[month]?.get(clientId) ?? [];
    months[month]?.set(clientId, [...before, ...events]);
  }
  return months;
}

/** Works through a list of jobs eight at a time. */
async function together(jobs: (() => Promise<void>)[]): Promise<void> {
  const queue = [...jobs];
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let job = queue.shift(); job !== undefined; job = queue.shift()) await job();
    }),
  );
}

test('three years of purchases: every record agrees, and the stream of events tells the same story', async () => {
  const clientIds = Array.from({ length: CLIENTS }, freshId);
  for (const clientId of clientIds) await aClient(world, clientId);
  const months = history(clientIds);
  for (const [month, byClient] of months.entries()) {
    world.clock.now = new Date(Date.UTC(2026, month + 1, 0, 2));
    await together(
      [...byClient.values()].map((events) => async () => {
        for (const event of events) await world.deliver(event);
      }),
    );
    world.clock.now = new Date(Date.UTC(2026, month + 1, 1, 2));
    for (const run of [activatePoints, expirePoints, reviewTiers, noticeExpiry, snapshotLiability])
      await run(world.db);
  }
  const problems: object[] = [];
  await checkBooks(world.db, { error: (details: object) => void problems.push(details) } as never);
  expect(problems).toEqual([]);

  const orders = new Map(
    months.flatMap((byClient) =>
      [...byClient.values()].flat().map((event) => [String(event.data?.['orderId']), event.data] as const),
    ),
  );
  const entries = await world.sql<{ id: string; basis: { orderId: string } }>(
    `select id, basis from ledger_entry where type = 'EARN'`,
  );
  const basis = new Map(entries.map((entry) => [entry.id, entry.basis]));
  const told = new Map(
    clientIds.map((id) => [
      id,
      { tier: 'CLASSIC' as keyof typeof MULTIPLIERS, balance: 0, pending: 0, debt: 0 },
    ]),
  );
  for (const { key, type, data } of await world.events()) {
    const client = told.get(key)!;
    const amount = Number(data.amount);
    if (type === 'points.earned') {
      const order = orders.get(basis.get(String(data.entryId))!.orderId)!;
      const thousands = Math.floor(Number(order.amountMinor) / 100_000);
      expect(amount).toBe(Math.floor((thousands * MULTIPLIERS[client.tier]) / 10));
      client.pending += amount;
    } else if (type === 'points.activated') {
      client.pending -= amount;
      client.balance += amount;
    } else if (type === 'points.expired') client.balance -= amount;
    else if (type === 'points.reversed') {
      // An order that is undone at once is pending still.
      client.pending -= amount;
      client.debt = Number(data.debt);
    } else if (type === 'membership.tier.changed') client.tier = data.to as keyof typeof MULTIPLIERS;
    if (type.startsWith('points.') && type !== 'points.expiring') expect(data.balance).toBe(client.balance);
  }
  const state = await world.sql<{ id: string; tier: string; balance: string; pending: string }>(
    `select client_id as id, tier, coalesce(sum(remaining) filter (where state = 'ACTIVE'), 0) as balance,
            coalesce(sum(remaining) filter (where state = 'PENDING'), 0) as pending
     from membership left join point_lot using (client_id) group by client_id`,
  );
  expect(state).toHaveLength(CLIENTS);
  for (const { id, tier, balance, pending } of state)
    expect({ id, tier, balance: Number(balance), pending: Number(pending) }).toEqual({
      id,
      tier: told.get(id)?.tier,
      balance: told.get(id)?.balance,
      pending: told.get(id)?.pending,
    });
  expect(new Set(state.map((row) => row.tier)).size).toBeGreaterThan(1);
}, 600_000);
