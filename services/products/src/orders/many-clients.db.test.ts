import { aService, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { adviser, CHECK, type Level, orderTests, self } from './orders.fixture.js';

const START = new Date('2026-03-02T02:00:00.000Z');
let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const { aClient, aProduct, bought } = orderTests(() => world);

describe('many clients at once', () => {
  const LEVELS = ['LOW', 'MEDIUM_LOW', 'MEDIUM', 'MEDIUM_HIGH', 'HIGH'] as const;
  const PAGE = `query ($clients: [_Any!]!, $after: String) { _entities(representations: $clients) { ... on Client { id
    holdings { units value { amount } product { code } }
    orders(first: 3) { nodes { id state product { code } decision { result reasons { code } } settlement { units } } }
    eligibleProducts(first: 3, after: $after) { nodes { id rating category issuerType status } pageInfo { hasNextPage endCursor } } } } }`;

  const representation = (id: string, level: Level) => ({
    __typename: 'Client',
    id,
    riskProfile: { level, lowestCategory: false, validTo: '2027-03-01' },
  });

  test('holdings, orders and eligible products cost no more statements for 50 clients than for 1', async () => {
    const clients: ReturnType<typeof representation>[] = [];
    const productId = await aProduct({ sellerRating: 'R1' });
    // Offered and not held, so that it is loaded apart from what is held.
    await aProduct({ sellerRating: 'R1' });
    for (let n = 0; n < 50; n += 1) {
      const level = LEVELS[n % 5] ?? 'LOW';
      const clientId = await aClient({ level });
      await bought({ clientId, productId, amount: '100' });
      clients.push(representation(clientId, level));
    }
    const cost = (some: typeof clients) =>
      world.statements(async () => {
        const { data, errors } = await world.ask(adviser, PAGE, { clients: some });
        expect(errors).toEqual([]);
        expect(data._entities.every((client: { holdings: unknown[] }) => client.holdings.length === 1)).toBe(
          true,
        );
      });
    // The client copy; holdings and their newest values, orders, decisions, settlements; products for holdings and orders, together where
    // both are known in time; rule, investor facts, standing, page and products that suit.
    expect(await cost(clients.slice(0, 1))).toBeLessThanOrEqual(12);
    expect(await cost(clients)).toBeLessThanOrEqual(12);
  });

  test('eligible products are those the order would be placed for, page by page, each level its own', async () => {
    const made: string[] = [];
    for (const [sellerRating, category, issuerType] of [
      ['R1', 'CASH', 'BANK_WMP'],
      ['R2', 'STEADY_MIX', 'PUBLIC_FUND'],
      ['R2', 'EQUITY', 'PUBLIC_FUND'],
      ['R3', 'BALANCED_MIX', 'TRUST'],
      ['R3', 'BALANCED_MIX', 'PRIVATE_FUND'],
      ['R4', 'EQUITY', 'PUBLIC_FUND'],
      ['R5', 'STRUCTURED', 'BROKER_AM'],
    ]) {
      world.clock.now = new Date(world.clock.now.getTime() + 1);
      made.push(
        await aProduct({ sellerRating, category, issuerType, minAmount: { amount: '1', currency: 'HKD' } }),
      );
    }
    const walk = async (clientId: string, riskProfile: object | null) => {
      const found: string[] = [];
      for (let after: string | null = null; ; ) {
        const { data } = await world.ask(self(clientId), PAGE, {
          after,
          clients: [{ __typename: 'Client', id: clientId, riskProfile }],
        });
        const { nodes, pageInfo } = data._entities[0].eligibleProducts;
        expect(nodes.length).toBeLessThanOrEqual(3);
        found.push(...nodes.map((product: { id: string }) => product.id));
        if (!pageInfo.hasNextPage) break;
        after = pageInfo.endCursor;
      }
      return found.filter((id) => made.includes(id)).map((id) => made.indexOf(id));
    };
    const offered = {
      LOW: [0],
      MEDIUM_LOW: [1, 0],
      MEDIUM: [3, 1, 0],
      MEDIUM_HIGH: [5, 3, 2, 1, 0],
      HIGH: [6, 5, 3, 2, 1, 0],
    };
    for (const level of LEVELS) {
      const clientId = await aClient({ level });
      expect([level, await walk(clientId, { level, lowestCategory: false, validTo: '2027-03-01' })]).toEqual([
        level,
        offered[level],
      ]);
      for (const [at, productId] of made.entries()) {
        const amount = { amount: '1', currency: 'HKD' };
        const { data } = await world.ask(adviser, CHECK, { input: { clientId, productId, amount } });
        const codes = data.checkSuitability.reasons
          .map((reason: { code: string }) => reason.code)
          .filter((code: string) => code !== 'CONCENTRATION');
        expect([at, codes.length === 0]).toEqual([at, offered[level].includes(at)]);
      }
    }
    const old = await aClient({ level: 'HIGH', ageBand: 'FROM_65' });
    expect(await walk(old, { level: 'HIGH', lowestCategory: false, validTo: '2027-03-01' })).toEqual([
      3, 2, 1, 0,
    ]);
    const young = await aClient();
    expect(await walk(young, { level: 'LOW', lowestCategory: true, validTo: '2027-03-01' })).toEqual([0]);
    expect(await walk(young, { level: 'HIGH', lowestCategory: false, validTo: '2026-03-01' })).toEqual([]);
    expect(await walk(young, null)).toEqual([]);
    await world.sql(`update product set status = 'SUSPENDED' where id = $1`, [made[0]]);
    expect(await walk(young, { level: 'MEDIUM_LOW', lowestCategory: false, validTo: '2027-03-01' })).toEqual([
      1,
    ]);
  });
});
