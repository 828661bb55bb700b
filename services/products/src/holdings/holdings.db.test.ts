import { asService } from '@client-graph/kit';
import { aService, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { aClient, adviser, aProduct, bought, eventsOf, importNavs, START } from '../fixture.js';
import { service } from '../service.js';
import { watchDrawdowns } from './drawdown.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  world.clock.now = START;
});
afterAll(() => world.stop());

const HOLDINGS = `query ($all: [_Any!]!) { _entities(representations: $all) { ... on Client { holdings {
  units lastNav nav asOf value { amount } performance { paidIn { amount } paidOut { amount } profit { amount currency } returnPct } } } } }`;
const holdings = async (...ids: string[]) => {
  const all = ids.map((id) => ({ __typename: 'Client', id }));
  return (await world.ask(adviser, HOLDINGS, { all })).data._entities.map(
    (client: { holdings: unknown }) => client.holdings,
  );
};
const series = (code: string, ...values: [string, string][]) =>
  importNavs(world, ['code,day,nav', ...values.map(([day, nav]) => `${code},${day},${nav}`)].join('\n'));

test('a holding is valued by the newest value of its product, and its profit and return follow', async () => {
  const clientId = await aClient(world);
  const { id, code } = await aProduct(world);
  await series(code, ['2026-03-01', '9']);
  await bought(world, clientId, id, '100', { nav: '1.25' });
  const before = { units: '80', lastNav: '1.25', nav: '1.25', asOf: '2026-03-02', value: { amount: '100' } };
  expect((await holdings(clientId))[0]).toEqual([
    {
      ...before,
      performance: {
        paidIn: { amount: '100' },
        paidOut: { amount: '0' },
        profit: { amount: '0', currency: 'CNY' },
        returnPct: '0',
      },
    },
  ]);
  world.clock.now = new Date('2026-03-10T02:00:00.000Z');
  await series(code, ['2026-03-09', '1.5']);
  expect((await holdings(clientId))[0]).toEqual([
    {
      ...before,
      nav: '1.5',
      asOf: '2026-03-09',
      value: { amount: '120' },
      performance: {
        paidIn: { amount: '100' },
        paidOut: { amount: '0' },
        profit: { amount: '20', currency: 'CNY' },
        returnPct: '20',
      },
    },
  ]);
});

test('valuation and performance cost as many statements for twenty clients as for one', async () => {
  const { id } = await aProduct(world);
  const clients: string[] = [];
  for (let n = 0; n < 20; n += 1) {
    const clientId = await aClient(world);
    await bought(world, clientId, id);
    clients.push(clientId);
  }
  const one = await world.statements(() => holdings(...clients.slice(0, 1)));
  expect(await world.statements(() => holdings(...clients))).toBe(one);
  expect(one).toBe(4);
});

test('a fall from the peak is told once for each band, and again after it was made up for', async () => {
  const clientId = await aClient(world);
  const { id, code } = await aProduct(world);
  await series(code, ['2026-03-01', '1']);
  await bought(world, clientId, id);
  const told = async () =>
    (await eventsOf(world, clientId))
      .filter((event) => event.type === 'portfolio.drawdown.reached')
      .map((event) => event.data);
  const on = async (day: string, nav: string) => {
    world.clock.now = new Date(`${day}T12:00:00.000Z`);
    await series(code, [day, nav]);
    await Promise.all([1, 2, 3].map(() => watchDrawdowns(asService(world.db))));
  };
  await on('2026-03-03', '0.95');
  expect(await told()).toEqual([]);
  await on('2026-03-04', '0.9');
  await on('2026-03-05', '0.85');
  const ten = { clientId, currency: 'CNY', band: 'GE_10_PCT', peakOn: '2026-03-02', asOf: '2026-03-04' };
  expect(await told()).toEqual([ten]);
  await on('2026-03-06', '0.8');
  await on('2026-03-07', '1.2');
  await on('2026-03-08', '0.9');
  expect((await told()).map((event) => [event['band'], event['asOf']])).toEqual([
    ['GE_10_PCT', '2026-03-04'],
    ['GE_20_PCT', '2026-03-06'],
    ['GE_20_PCT', '2026-03-08'],
  ]);
});
