import { afterAll, afterEach, beforeAll, expect, jest, test } from '@jest/globals';
import { fixture } from './fixture.js';
import { aService, type World } from './index.js';

let world: World;
beforeAll(async () => {
  world = await aService(fixture());
});
afterEach(() => {
  jest.useRealTimers();
});
afterAll(() => world.stop());

const CONNECTIONS = 12;

/** Takes every connection of the pool; returns what gives them back. */
async function takeAll(): Promise<() => Promise<unknown>> {
  const runners = Array.from({ length: CONNECTIONS }, () => world.db.source.createQueryRunner());
  await Promise.all(runners.map((runner) => runner.connect()));
  return () => Promise.all(runners.map((runner) => runner.release()));
}

/** Asks while all connections are taken, and lets the clock of the timers go on. */
async function askAndWait(ms: number) {
  jest.useFakeTimers({
    doNotFake: ['Date', 'hrtime', 'nextTick', 'performance', 'queueMicrotask', 'setImmediate'],
  });
  const asked = world.db.source.query('select 1 as one').catch(String);
  await new Promise((resolve) => setImmediate(resolve));
  jest.advanceTimersByTime(ms);
  return asked;
}

test.each([
  [10_000, [{ one: 1 }]],
  [20_000, 'Error: timeout exceeded when trying to connect'],
])(
  'who waits %i ms for a connection is served when one is free, or told that none is',
  async (ms, answer) => {
    const giveBack = await takeAll();
    const asked = askAndWait(ms);
    await new Promise((resolve) => setImmediate(resolve));
    await giveBack();
    expect(await asked).toEqual(answer);
  },
);
