import { createLog } from '@client-graph/kit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createMetrics, showFigures } from '../../kit/src/metrics.js';
import { fixture } from './fixture.js';
import { aService, type World } from './index.js';

let world: World;
beforeAll(async () => {
  world = await aService(fixture());
});
afterAll(() => world.stop());

test('a figure is read whenever it is asked for; one that cannot be read is not a number and hides no other', async () => {
  const metrics = createMetrics('test');
  let jars = 3;
  showFigures(
    metrics,
    [
      { name: 'jars', help: 'Jars.', read: async () => jars },
      { name: 'lids', help: 'Lids.', read: async () => Promise.reject(new Error('gone')) },
    ],
    { db: world.db, log: createLog('test', 'silent') },
  );
  const shown = async () =>
    (await metrics.registry.metrics()).split('\n').filter((line) => /^(jars|lids)/.test(line));
  expect(await shown()).toEqual(['jars{service="test"} 3', 'lids{service="test"} Nan']);
  jars = 4;
  expect(await shown()).toContain('jars{service="test"} 4');
});
