import { aService, reachProblems, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { service } from './service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

test('a client is reached by whom the table of posts, households and walls says, and by nobody else', async () => {
  expect(await reachProblems(world)).toEqual([]);
});
