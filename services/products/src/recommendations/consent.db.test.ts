import { ClientMerged } from '@client-graph/events';
import { aService, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aClient, adviser, aProduct, consent } from '../fixture.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
  for (const category of ['CASH', 'BALANCED_MIX', 'FIXED_INCOME'])
    await aProduct(world, { category, minAmount: { amount: '100', currency: 'USD' } });
});
afterAll(() => world.stop());

test('without consent suggestions are what suits in the order of the catalogue, and say so; the newest word counts', async () => {
  const clientId = await aClient(world, 'MEDIUM');
  const ASK = `query ($clientId: ID!) { suggestions(clientId: $clientId, goal: GROWTH, currency: "USD", first: 20) {
    isPersonalised points product { id } reasons { code text(locale: ZH_HANS) } } }`;
  const ask = async (id = clientId) => (await world.ask(adviser, ASK, { clientId: id })).data.suggestions;
  const unranked = await ask();
  expect(unranked.length).toBeGreaterThan(1);
  for (const one of unranked)
    expect(one).toMatchObject({
      isPersonalised: false,
      points: 0,
      reasons: [{ code: 'NOT_PERSONALISED', text: expect.stringContaining('未同意个性化推荐') }],
    });
  const ids = (list: { product: { id: string } }[]) => list.map(({ product }) => product.id);
  expect(ids(unranked)).toEqual([...ids(unranked)].sort().reverse());
  await world.deliver(consent(clientId, 'GRANT', 'MARKETING'));
  expect((await ask())[0].isPersonalised).toBe(false);
  await world.deliver(consent(clientId, 'GRANT'), { times: 5 });
  const own = await ask();
  expect(own[0]).toMatchObject({ isPersonalised: true });
  expect(ids(own).sort()).toEqual(ids(unranked).sort());
  const late = new Date(world.clock.now.getTime() - 1_000);
  await world.deliver(consent(clientId, 'WITHDRAW'), { at: late });
  expect((await ask())[0].isPersonalised).toBe(true);
  await world.deliver(consent(clientId, 'WITHDRAW'));
  expect((await ask())[0].isPersonalised).toBe(false);
});

test('a consent given to a duplicate counts for the survivor, and is taken back by either', async () => {
  const [survivorId, mergedId] = [await aClient(world, 'MEDIUM'), await aClient(world, 'MEDIUM')];
  const ASK = `query ($clientId: ID!) { suggestions(clientId: $clientId, currency: "USD") { isPersonalised } }`;
  const isPersonal = async () =>
    (await world.ask(adviser, ASK, { clientId: survivorId })).data.suggestions[0].isPersonalised;
  await world.deliver(consent(mergedId, 'GRANT'));
  await world.deliver(ClientMerged({ survivorId, mergedId }));
  expect(await isPersonal()).toBe(true);
  await world.deliver(consent(survivorId, 'WITHDRAW'), { at: new Date(world.clock.now.getTime() + 1) });
  expect(await isPersonal()).toBe(false);
});
