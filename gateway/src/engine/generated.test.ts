import { expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { operations } from '../../test/operations.js';
import { byEngine, byOneSchema, byStock, paths, rig } from '../../test/rig.js';
import { federations } from '../../test/schemas.js';
import type { WorldOptions } from '../../test/world.js';

// Each run composes a supergraph and plans anew, several times.
jest.setTimeout(180_000);
const RUNS = 8;
const OPERATIONS = 8;

const asked = (schema: Parameters<typeof operations>[0], seed: number, isPlain: boolean) =>
  fc.sample(operations(schema, 'query', isPlain), { numRuns: OPERATIONS, seed });

/**
 * Whether what the path names is not in the answer. Stock execution counts the entities of a list without those of other types that it
 * did not ask about, so that some of its paths name a neighbour that lacks nothing.
 */
function isMissing(data: unknown, path: readonly (string | number)[] = []): boolean {
  let value: unknown = data;
  for (const key of path) {
    if (value === null) return true;
    value = Reflect.get(Object(value), key);
  }
  return value === null;
}

test('over generated services the answer is the one that a single schema over everything gives', async () => {
  const world: WorldOptions = { nulls: 6 };
  await fc.assert(
    fc.asyncProperty(federations, fc.nat(), async ({ typeDefs, computed }, seed) => {
      const generated = rig(typeDefs, world, computed);
      for (const { text, variables } of asked(generated.engine.schema, seed, false)) {
        const answer = await byEngine(generated, text, variables);
        const expected = await byOneSchema(generated, text, variables);
        expect([text, answer.errors]).toEqual([text, []]);
        expect(JSON.stringify(answer.data)).toEqual(JSON.stringify(expected.data));
      }
    }),
    { numRuns: RUNS },
  );
});

test('over generated services that fail the answer is that of stock execution', async () => {
  const world: WorldOptions = { nulls: 6, failures: 9 };
  await fc.assert(
    fc.asyncProperty(federations, fc.nat(), async ({ typeDefs, computed }, seed) => {
      const generated = rig(typeDefs, world, computed);
      const { executor } = await generated.stock.load();
      for (const { text, variables } of asked(generated.engine.schema, seed, true)) {
        const answer = await byEngine(generated, text, variables);
        const expected = await byStock(executor, text, variables);
        expect([text, answer.data]).toEqual([text, expected.data]);
        const apt = expected.errors.filter(({ path }) => isMissing(expected.data, path));
        expect(paths(answer.errors)).toEqual(expect.arrayContaining(paths(apt)));
        expect(answer.errors.length > 0).toBe(expected.errors.length > 0 || expected.violations > 0);
      }
      await generated.stock.stop();
    }),
    { numRuns: RUNS },
  );
});
