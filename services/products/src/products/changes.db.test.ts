import { ClientRestricted, ClientUnrestricted } from '@client-graph/events';
import { asService } from '@client-graph/kit';
import { plusMonths } from '@client-graph/kit/time';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  aClient,
  accept,
  admin,
  aProduct,
  bought,
  command,
  eventsOf,
  importNavs,
  place,
} from '../fixture.js';
import { watchDrawdowns } from '../holdings/drawdown.js';
import { measurePortfolios } from '../holdings/measures.js';
import { service } from '../service.js';
import { raiseRatings } from './changes.js';
import { finishSweeps } from './sweeps.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

/** Ids sort by the time they were made, so what is to come later needs a later instant. */
const tick = () => {
  world.clock.now = new Date(world.clock.now.getTime() + 1);
};
const SELECTION = 'id status rating version exposure { holders units openOrders }';
const rate = (productId: string, facts: Record<string, unknown> = {}, actor = admin) =>
  world.ask(actor, command('rateProduct', 'RateProductInput', SELECTION), {
    input: { productId, expectedVersion: 1, issuerRating: 'R1', sellerRating: 'R3', ...facts },
  });
const change = (name: string, productId: string, expectedVersion = 1, actor = admin) =>
  world.ask(actor, command(name, 'ChangeProductInput', SELECTION), { input: { productId, expectedVersion } });
const statesOf = (productId: string) =>
  world.sql<{ state: string; reject_reason: string | null }>(
    'select state, reject_reason from product_order where product_id = $1 order by state, reject_reason',
    [productId],
  );

describe('a new rating', () => {
  test('counts from today, is told once, and rejects what does not suit any more; the rest waits on', async () => {
    const { id } = await aProduct(world);
    const [low, high] = [await aClient(world, 'MEDIUM_LOW'), await aClient(world, 'HIGH')];
    for (const clientId of [low, high]) await place(world, clientId, id);
    const accepted = (await place(world, low, id)).data.placeOrder.id;
    await accept(world, accepted);
    const { data } = await rate(id);
    expect(data.rateProduct).toEqual({
      id,
      status: 'LISTED',
      rating: 'R3',
      version: 2,
      exposure: { holders: 0, units: '0', openOrders: 2 },
    });
    expect(await statesOf(id)).toEqual([
      { state: 'ACCEPTED', reject_reason: null },
      { state: 'REJECTED', reject_reason: 'SUITABILITY_CHANGED' },
      { state: 'SUBMITTED', reject_reason: null },
    ]);
    const told = (await eventsOf(world, id)).map((event) => [event.type, event.data]);
    expect(told.at(-1)).toEqual([
      'product.rating.changed',
      { productId: id, productClass: 'BANK_WMP', from: 'R2', to: 'R3', effectiveFrom: '2026-03-02' },
    ]);
  });

  test('is told to whoever watches the holders, with what each of them holds', async () => {
    const { id } = await aProduct(world);
    const clientId = await aClient(world);
    await bought(world, clientId, id, '60000');
    expect((await rate(id)).data.rateProduct.exposure).toEqual({ holders: 1, units: '60000', openOrders: 0 });
    expect((await eventsOf(world, clientId)).at(-1)).toMatchObject({
      type: 'holding.changed',
      data: { clientId, productId: id, rating: 'R3', units: '60000', valueBand: '50K_500K' },
    });
  });

  test('that leaves the higher one is kept in the history and told to nobody', async () => {
    const { id } = await aProduct(world);
    tick();
    expect((await rate(id, { issuerRating: 'R2', sellerRating: 'R2' })).codes).toEqual([]);
    expect((await eventsOf(world, id)).map((event) => event.type)).toEqual(['product.listed']);
    const READ = 'query ($id: ID!) { product(id: $id) { ratings { nodes { issuerRating sellerRating } } } }';
    expect((await world.ask(admin, READ, { id })).data.product.ratings.nodes).toEqual([
      { issuerRating: 'R2', sellerRating: 'R2' },
      { issuerRating: 'R1', sellerRating: 'R2' },
    ]);
  });

  test.each([
    ['RATING_UNCHANGED', { sellerRating: 'R2' }],
    ['STALE_VERSION', { expectedVersion: 7 }],
    ['NOT_FOUND', { productId: freshId() }],
    ['NOT_FOUND', { productId: 'nonsense' }],
  ])('%s: %j', async (code, facts) => {
    const { id } = await aProduct(world);
    expect((await rate(id, facts)).codes).toEqual([code]);
  });

  test('ten at once: one counts, the others are stale', async () => {
    const { id } = await aProduct(world);
    const answers = await Promise.all(Array.from({ length: 10 }, () => rate(id)));
    expect(answers.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('STALE_VERSION'));
  });

  test('may not lie below what the swings of the value say, and is raised to it overnight', async () => {
    const { id, code } = await aProduct(world);
    const lines = Array.from(
      { length: 37 },
      (_, at) => `${code},${plusMonths('2023-01-31', at)},${at % 2 === 0 ? '1' : '1.05'}`,
    );
    await importNavs(world, ['code,day,nav', ...lines].join('\n'));
    const refused = await rate(id, { sellerRating: 'R3' });
    expect(refused.codes).toEqual(['BELOW_FLOOR']);
    expect(refused.errors[0]?.extensions?.['details']).toEqual({ floor: 'R4' });
    for (const _ of [1, 2]) {
      tick();
      await raiseRatings(asService(world.db));
    }
    expect(await world.sql('select rating, version from product where id = $1', [id])).toEqual([
      { rating: 'R4', version: 2 },
    ]);
    expect(
      (await eventsOf(world, id)).filter((event) => event.type === 'product.rating.changed'),
    ).toHaveLength(1);
  });
});

describe('suspending and closing', () => {
  test.each([
    ['suspendProduct', 'SUSPENDED', 'product.suspended'],
    ['closeProduct', 'CLOSED', 'product.closed'],
  ])(
    '%s rejects what waits, lets the accepted be settled, and sells nothing more',
    async (name, status, type) => {
      const { id } = await aProduct(world);
      const clientId = await aClient(world);
      await place(world, clientId, id);
      const accepted = (await place(world, clientId, id)).data.placeOrder.id;
      await accept(world, accepted);
      expect((await change(name, id)).data[name]).toMatchObject({ status, version: 2 });
      expect((await statesOf(id)).map((row) => [row.state, row.reject_reason])).toEqual([
        ['ACCEPTED', null],
        ['REJECTED', 'PRODUCT_NOT_SOLD'],
      ]);
      expect((await place(world, clientId, id)).codes).toEqual(['NOT_SUITABLE']);
      expect((await eventsOf(world, id)).at(-1)).toMatchObject({
        type,
        data: { productId: id, productClass: 'BANK_WMP', rating: 'R2' },
      });
    },
  );

  test.each(['suspendProduct', 'closeProduct'])('%s tells what each holder holds of it', async (name) => {
    const { id } = await aProduct(world);
    const holders = [await aClient(world), await aClient(world)];
    for (const clientId of holders) await bought(world, clientId, id, '70000');
    const told = async () =>
      (await world.events('holding.changed')).filter(({ data }) => data['productId'] === id);
    expect(await told()).toHaveLength(2);
    await change(name, id);
    const after = (await told()).slice(2);
    expect(after.map(({ key }) => key).sort()).toEqual([...holders].sort());
    expect(after.map(({ data }) => [data['rating'], data['valueBand']])).toEqual([
      ['R2', '50K_500K'],
      ['R2', '50K_500K'],
    ]);
  });

  test('of a restricted holder nothing is told; what has changed meanwhile is, once they are restricted no more', async () => {
    const { id, code } = await aProduct(world);
    const clientId = await aClient(world, 'MEDIUM');
    await bought(world, clientId, id, '70000');
    const moved = { clientId, reason: 'TEST' };
    await world.deliver(ClientRestricted({ ...moved, from: 'ACTIVE', to: 'RESTRICTED', until: null }));
    const before = await eventsOf(world, clientId);
    await rate(id);
    await importNavs(world, `code,day,nav\n${code},2026-03-01,2\n${code},2026-03-02,1`);
    for (const job of [finishSweeps, watchDrawdowns, measurePortfolios]) await job(asService(world.db));
    expect(await eventsOf(world, clientId)).toEqual(before);
    await world.deliver(ClientUnrestricted({ ...moved, from: 'RESTRICTED', to: 'ACTIVE' }), { times: 2 });
    const after = (await eventsOf(world, clientId)).slice(before.length);
    expect(after.map(({ type, data }) => [type, data['rating']])).toEqual([['holding.changed', 'R3']]);
    await measurePortfolios(asService(world.db));
    expect((await eventsOf(world, clientId)).at(-1)?.type).toBe('portfolio.measured');
  });

  test('a suspended product is sold again once it is resumed; a closed one never', async () => {
    const { id } = await aProduct(world);
    await change('suspendProduct', id);
    expect((await change('resumeProduct', id, 2)).data.resumeProduct.status).toBe('LISTED');
    expect((await place(world, await aClient(world), id)).codes).toEqual([]);
    await change('closeProduct', id, 3);
    for (const name of ['suspendProduct', 'resumeProduct', 'closeProduct'])
      expect((await change(name, id, 4)).codes).toEqual(['WRONG_STATUS']);
    expect((await change('closeProduct', id, 3)).codes).toEqual(['STALE_VERSION']);
  });

  test('nothing slips through: of orders placed while the product is suspended or re-rated none is left waiting', async () => {
    for (let round = 0; round < 3; round += 1) {
      const { id } = await aProduct(world);
      const clients = await Promise.all([1, 2, 3].map(() => aClient(world, 'MEDIUM_LOW')));
      const isRated = round % 2 === 0;
      const [changed] = await Promise.all([
        isRated ? rate(id) : change('suspendProduct', id),
        ...clients.flatMap((clientId) => [place(world, clientId, id), place(world, clientId, id)]),
      ]);
      expect(changed?.codes).toEqual([]);
      expect((await statesOf(id)).filter((row) => row.state === 'SUBMITTED')).toEqual([]);
    }
  }, 300_000);

  test('nor of orders accepted at that moment: each was accepted before, or rejected', async () => {
    const { id } = await aProduct(world);
    const clientId = await aClient(world);
    const orders: string[] = [];
    for (let n = 0; n < 6; n += 1) orders.push((await place(world, clientId, id)).data.placeOrder.id);
    await Promise.all([
      change('suspendProduct', id),
      ...orders.map((orderId) => accept(world, orderId).catch(() => undefined)),
    ]);
    const states = (await statesOf(id)).map((row) => row.state);
    expect(states.every((state) => ['ACCEPTED', 'REJECTED'].includes(state))).toBe(true);
  });
});

test.each(['CLIENT', 'ADVISER', 'OPERATIONS', 'COMPLIANCE', 'MARKETING', 'ANALYST'] as const)(
  '%s rates, suspends, resumes and closes nothing',
  async (role) => {
    const actor = actorOf(freshId(), [role]);
    const id = freshId();
    expect((await rate(id, {}, actor)).codes).toEqual(['FORBIDDEN']);
    for (const name of ['suspendProduct', 'resumeProduct', 'closeProduct'])
      expect((await change(name, id, 1, actor)).codes).toEqual(['FORBIDDEN']);
  },
);
