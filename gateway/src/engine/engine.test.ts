import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { operations } from '../../test/operations.js';
import { byEngine, byOneSchema, byStock, paths, rig } from '../../test/rig.js';
import type { Computed, WorldOptions } from '../../test/world.js';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@interfaceObject", "@inaccessible"])`;

// Keys of one and of several fields, nested ones, interfaces, unions, lists of lists, @requires of leafs and objects, @provides,
// promises across services, mutations in two of them.
const RICH = {
  people: `${LINK}
    scalar Day
    type Query { node: Node nodes: [Node!]! people: [Person] grid: [[Cell!]] things: [Thing!]! me: Person! here(floor: Int = 1): Place cells: [[Cell]!] }
    type Mutation { rename(name: String!): Person touch: Thing }
    interface Node { id: ID! name: String mood(scale: Int = 1): Mood }
    type Person implements Node @key(fields: "id") {
      id: ID! name: String age: Int! friend: Person friends: [Person!] home: Place mood(scale: Int = 1): Mood born: Day constructor: String
    }
    type Robot implements Node @key(fields: "id") { id: ID! name: String mood(scale: Int = 1): Mood maker: Person! }
    type Place @key(fields: "code country { iso }") { code: ID! country: Country! title: String }
    type Country @shareable { iso: ID! }
    type Cell { x: Int! owner: Person toString: Float }
    union Thing = Person | Place | Cell | Robot
    enum Mood { HAPPY SAD SO_SO }`,
  badges: `${LINK}
    type Query { badge: Badge badges: [Badge] }
    type Mutation { award: Badge strip: Person }
    type Person @key(fields: "id") {
      id: ID! score: Int! age: Int! @external group: String @requires(fields: "age")
      badges: [Badge!]! best: Badge rival: Person home: Place @external address: String @requires(fields: "home { title }")
    }
    type Robot @key(fields: "id") { id: ID! badges: [Badge!] level: Int }
    type Place @key(fields: "code country { iso }") { code: ID! @external country: Country! @external title: String @external }
    type Country { iso: ID! @external }
    type Badge @key(fields: "id") { id: ID! label: String owner: Person holders: [[Person]] kind: Kind }
    union Kind = Gold | Tin
    type Gold { carat: Int! } type Tin { grade: String of: Person }`,
  places: `${LINK}
    type Query { capital: Place }
    type Badge @key(fields: "id") { id: ID! worth: Float seen: [Place!] }
    type Place @key(fields: "code country { iso }") { code: ID! country: Country! population: Int! visitors(first: Int!): [Person!] twin: Place }
    type Country @shareable { iso: ID! }
    type Person @key(fields: "id") { id: ID! been: [Place] }`,
};

const COMPUTED: Computed = {
  'Person.group': (read) => `group ${Number(read('age')) % 7}`,
  'Person.address': () => 'somewhere',
};

// Each run plans anew, several times.
jest.setTimeout(180_000);
const RUNS = 60;

describe('whatever is asked of the rich supergraph', () => {
  const well: WorldOptions = { nulls: 6 };
  const badly: WorldOptions = { nulls: 6, failures: 9 };
  const worst: WorldOptions = { nulls: 6, failures: 9, breaksPromises: true };
  const goodRig = rig(RICH, well, COMPUTED);

  test('the answer is the one that a single schema over everything gives', async () => {
    await fc.assert(
      fc.asyncProperty(operations(goodRig.engine.schema), async ({ text, variables }) => {
        const answer = await byEngine(goodRig, text, variables);
        const expected = await byOneSchema(goodRig, text, variables);
        expect(answer.errors).toEqual([]);
        expect(JSON.stringify(answer.data)).toEqual(JSON.stringify(expected.data));
      }),
      { numRuns: RUNS },
    );
  });

  test.each([
    '{ people { id: name score group age: friend { id } } }',
    '{ here { code: title country: __typename population visitors(first: 1) { id: group home: name address } } }',
    '{ nodes { ... on Person { age: mood(scale: 2) group score } ... on Robot { id: name badges { id: label worth } } } }',
  ])('names that the plan needs for itself are free for the caller: %s', async (text) => {
    const answer = await byEngine(goodRig, text, {});
    const expected = await byOneSchema(goodRig, text, {});
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual(expected.data);
  });

  test('mutations too', async () => {
    await fc.assert(
      fc.asyncProperty(operations(goodRig.engine.schema, 'mutation'), async ({ text, variables }) => {
        const answer = await byEngine(goodRig, text, variables);
        const expected = await byOneSchema(goodRig, text, variables);
        expect(answer.errors).toEqual([]);
        expect(JSON.stringify(answer.data)).toEqual(JSON.stringify(expected.data));
      }),
      { numRuns: RUNS },
    );
  });

  test.each([
    ['well', well],
    ['with failures', badly],
    ['with failures and broken promises', worst],
  ])('the answer is that of stock execution: %s', async (_, world) => {
    const both = rig(RICH, world, COMPUTED);
    const { executor } = await both.stock.load();
    await fc.assert(
      fc.asyncProperty(operations(both.engine.schema, 'query', true), async ({ text, variables }) => {
        const answer = await byEngine(both, text, variables);
        const expected = await byStock(executor, text, variables);
        expect(answer.data).toEqual(expected.data);
        expect(paths(answer.errors)).toEqual(expect.arrayContaining(paths(expected.errors)));
        // What stock execution calls a null that may not be, and tells nobody, is an error of ours.
        expect(answer.errors.length > 0).toBe(expected.errors.length > 0 || expected.violations > 0);
      }),
      { numRuns: RUNS },
    );
    await both.stock.stop();
  });
});

describe('whatever is asked of this project', () => {
  const folder = new URL('../../../services/', import.meta.url);
  const common = readFileSync(
    new URL('../../../packages/kit/schema/common.graphql', import.meta.url),
    'utf8',
  );
  const sources = Object.fromEntries(
    readdirSync(folder).map((name) => [
      name,
      common + readFileSync(new URL(`${name}/schema.graphql`, folder), 'utf8'),
    ]),
  );
  const world: WorldOptions = { nulls: 8 };

  test('the answer is the one that a single schema over everything gives', async () => {
    const ours = rig(sources, world);
    let spliced = 0;
    await fc.assert(
      fc.asyncProperty(operations(ours.engine.schema), async ({ text, variables }) => {
        const answer = await byEngine(ours, text, variables);
        const expected = await byOneSchema(ours, text, variables);
        expect(answer.errors).toEqual([]);
        expect(JSON.stringify(answer.data)).toEqual(JSON.stringify(expected.data));
        if (answer.isSpliced) spliced += 1;
      }),
      { numRuns: RUNS },
    );
    // Most of what is asked of this project is plain enough.
    expect(spliced).toBeGreaterThan(RUNS / 3);
  });
});
