import { actorOf } from '@client-graph/kit/auth';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Kind, parse } from 'graphql';
import { rig } from '../../test/rig.js';
import { serviceRefusal } from '../errors.js';
import type { Program } from './operation.js';
import type { Ask } from './shape.js';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable", "@external", "@requires"])`;
const { engine } = rig(
  {
    people: `${LINK}
      scalar Day
      enum Mood { HAPPY SAD }
      type Query { people: [Person!] count: Int! }
      type Person @key(fields: "id") { id: ID! name: String! born: Day mood: Mood height: Float isIn: Boolean home: Home nick: [[String!]] }
      type Home { city: String floor: Int! }`,
    badges: `${LINK}
      type Person @key(fields: "id") { id: ID! home: Home @external badges: [Badge!] best: Badge score: Int street: String @requires(fields: "home { city }") }
      type Home @shareable { city: String @external }
      type Badge @key(fields: "code") { code: ID! label: String }`,
    shops: `${LINK}
      type Badge @key(fields: "code") { code: ID! price: Float! }`,
  },
  { nulls: 6 },
);

const TEXT =
  '{ people { born: born id best { label code } name home { city floor } mood height isIn nick score badges { price code } } count }';
const people = JSON.stringify({
  data: {
    people: ['a', 'b', 'c'].map((id, index) => ({
      __typename: 'Person',
      id,
      born: index === 0 ? null : '1990-01-02',
      name: `Name "of" ${id} \\ 李`,
      home: index === 1 ? null : { city: 'Shanghai', floor: index },
      mood: 'SAD',
      height: 1.5e2,
      isIn: true,
      nick: [['x', 'y'], null, []],
    })),
    count: 3,
  },
});
const badges = JSON.stringify({
  data: {
    _entities: [
      {
        best: { label: 'Gold', code: 'g' },
        score: 1,
        badges: [
          { __typename: 'Badge', code: 'g' },
          { __typename: 'Badge', code: 's' },
        ],
      },
      null,
      { best: null, score: null, badges: null },
    ],
  },
});
const shops = JSON.stringify({ data: { _entities: [{ price: 10 }, { price: 0.5 }] } });

const answering =
  (answers: Record<string, string>): Ask =>
  async (service) =>
    answers[service] ?? '';
const WELL = { people, badges, shops };

function programOf(text: string): Program {
  const document = parse(text);
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error('There is no operation.');
  const compiled = engine.prepare({ text, operationName: undefined, document, operation });
  return compiled.program(actorOf('0198c0de-0000-7000-8000-000000000001', []), {});
}

let texts = 0;
/** A program of its own that has come often enough to be spliced. */
async function hot(text: string, ask: Ask): Promise<Program> {
  texts += 1;
  const program = programOf(`${text} # ${texts}`);
  for (let times = 0; times < 2; times += 1) await program.splice({}, ask);
  return program;
}

describe('splicing', () => {
  test('gives, from the third time on, what the thorough way gives, with escapes, nulls, lists in lists and keys nobody asked to see', async () => {
    const program = programOf(TEXT);
    const ask = answering(WELL);
    const thorough = await program.answer({}, ask);
    expect(thorough.errors).toEqual([]);
    expect(await program.splice({}, ask)).toBeUndefined();
    expect(await program.splice({}, ask)).toBeUndefined();
    expect(await program.splice({}, ask)).toBe(JSON.stringify({ data: thorough.data }));
  });

  test('however an answer is spoiled, the thorough way is asked or gives the same', async () => {
    const services = fc.constantFrom('people', 'badges', 'shops');
    const spoiled = fc.tuple(
      services,
      fc.nat(),
      fc.nat(3),
      fc.oneof(
        fc.string({ maxLength: 3 }),
        fc.constantFrom(
          'null',
          '"',
          '\\',
          '\n',
          '{',
          '}',
          '[]',
          ',',
          '-',
          '0',
          'e9',
          '"__proto__":1,',
          '\\u12',
        ),
      ),
    );
    await fc.assert(
      fc.asyncProperty(spoiled, async ([service, place, removed, added]) => {
        const text = WELL[service];
        const at = place % text.length;
        const ask = answering({ ...WELL, [service]: text.slice(0, at) + added + text.slice(at + removed) });
        const program = await hot(TEXT, answering(WELL));
        const spliced = await program.splice({}, ask);
        if (spliced === undefined) return;
        const { data, errors } = await program.answer({}, ask);
        expect(errors).toEqual([]);
        expect(JSON.stringify(JSON.parse(spliced))).toBe(JSON.stringify({ data }));
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    ['errors beside the data', { shops: shops.replace('}]}}', '}]},"errors":[{"message":"no"}]}') }],
    ['errors before the data', { shops: shops.replace('{"data"', '{"errors":[],"data"') }],
    ['an entity too few', { shops: '{"data":{"_entities":[{"price":10}]}}' }],
    ['an entity too many', { shops: shops.replace(']', ',{"price":1}]') }],
    ['no entities', { shops: '{"data":{"_entities":[]}}' }],
    ['a null that may not be', { shops: shops.replace('10', 'null') }],
    [
      'an entity that is not known where its fields may not be null',
      { shops: '{"data":{"_entities":[null,{"price":1}]}}' },
    ],
    ['another order', { people: people.replace('"mood":"SAD","height":150', '"height":150,"mood":"SAD"') }],
    ['a field twice', { people: people.replace('"count":3', '"count":3,"count":4') }],
    ['an enum value nobody knows', { people: people.replace('SAD', 'BAD') }],
    ['an integer of ten digits', { people: people.replace('"count":3', '"count":1234567890') }],
    ['another type', { people: people.replace('"__typename":"Person"', '"__typename":"Robot"') }],
    ['an id that is a number', { people: people.replace('"id":"a"', '"id":7') }],
    ['half an answer', { people: people.slice(0, -9) }],
    ['two answers', { people: people + people }],
    ['data that is null', { people: '{"data":null}' }],
    ['nothing', { people: '' }],
    ['more than a million letters', { people: people.replace('Shanghai', 'x'.repeat(1_000_001)) }],
  ])('leaves to the thorough way: %s', async (_, answers) => {
    const program = await hot(TEXT, answering(WELL));
    expect(await program.splice({}, answering({ ...WELL, ...answers }))).toBeUndefined();
    // It is not tried again at once, and then it is.
    expect(await program.splice({}, answering(WELL))).toBeUndefined();
    expect(await program.splice({}, answering(WELL))).toBeDefined();
  });

  test('tells a service what it needs of objects, each once', async () => {
    const bodies: string[] = [];
    const street = '{ people { id street home { floor } } }';
    const homes = [{ city: 'Ürümqi', floor: 1 }, null, { city: null, floor: 2 }];
    const people = homes.map((home, index) => ({
      __typename: 'Person',
      id: index === 2 ? 'p"q' : 'p',
      home,
    }));
    const ask: Ask = async (service, body) => {
      bodies.push(body);
      return JSON.stringify(
        service === 'people'
          ? { data: { people } }
          : { data: { _entities: JSON.parse(body).variables.representations.map(() => ({ street: 's' })) } },
      );
    };
    const program = await hot(street, ask);
    bodies.length = 0;
    const spliced = await program.splice({}, ask);
    const seen = bodies.splice(0);
    const { data } = await program.answer({}, ask);
    expect(spliced).toBe(JSON.stringify({ data }));
    expect(seen).toEqual(bodies);
  });

  test('leaves a service that cannot be reached to the thorough way, and a fault of our own to nobody', async () => {
    const program = await hot(TEXT, answering(WELL));
    const refusal = serviceRefusal('people', 'SERVICE_UNAVAILABLE');
    expect(await program.splice({}, () => Promise.reject(refusal))).toBeUndefined();
    const fault = new Error('Ours.');
    const again = await hot('{ count }', answering({ people: '{"data":{"count":1}}' }));
    await expect(again.splice({}, () => Promise.reject(fault))).rejects.toBe(fault);
  });
});
