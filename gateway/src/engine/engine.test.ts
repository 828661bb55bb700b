import { readdirSync, readFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { actorOf } from '@client-graph/kit/auth';
import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type DocumentNode,
  execute,
  type FormattedExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { operations } from '../../test/operations.js';
import { type Computed, serviceSchema, type WorldOptions, worldResolver } from '../../test/world.js';
import { NO_LIMITS } from '../limits.js';
import { readSupergraph } from '../supergraph.js';
import { createEngine, type Engine } from './engine.js';
import type { Row } from './merge.js';
import type { ServiceAnswer } from './plan.js';

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

type Rig = { engine: Engine; stock: ApolloGateway; services: Map<string, GraphQLSchema> };

function rig(typeDefs: Record<string, string>, world: WorldOptions): Rig {
  const documents = Object.entries(typeDefs).map(([name, text]) => [name, parse(text)] as const);
  const { supergraphSdl, errors } = composeServices(
    documents.map(([name, document]) => ({ name, url: `http://${name}/`, typeDefs: document })),
  );
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  const services = new Map(documents.map(([name, document]) => [name, serviceSchema(document)]));
  const supergraph = readSupergraph(supergraphSdl);
  const resolver = worldResolver(world, COMPUTED);
  // biome-ignore lint/style/noProcessEnv: stock execution reads it from there, and reports to its maker unless it is set.
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  const stock = new ApolloGateway({
    supergraphSdl: supergraph.sdl,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    buildService: ({ name }): GraphQLDataSource => ({
      process: async ({ request }) =>
        JSON.parse(
          JSON.stringify(
            await askService(services, resolver, name, request.query ?? '', request.variables ?? {}),
          ),
        ),
    }),
  });
  return {
    engine: createEngine({ supergraph, scalars: [], isOpen: true, limits: NO_LIMITS }),
    stock,
    services,
  };
}

const askService = async (
  services: Map<string, GraphQLSchema>,
  resolver: GraphQLFieldResolver<unknown, unknown>,
  name: string,
  query: string,
  variables: Record<string, unknown>,
): Promise<FormattedExecutionResult> => {
  const schema = services.get(name);
  if (schema === undefined) throw new Error(`There is no ${name}.`);
  return (await execute({
    schema,
    document: parse(query),
    variableValues: variables,
    fieldResolver: resolver,
    typeResolver: (value) => (value as { __typename: string }).__typename,
  })) as FormattedExecutionResult;
};

const isOperation = (node: { kind: string }): node is OperationDefinitionNode =>
  node.kind === Kind.OPERATION_DEFINITION;
const operationOf = (document: DocumentNode) =>
  document.definitions.find(isOperation) as OperationDefinitionNode;

async function byEngine({ engine, services }: Rig, world: WorldOptions, text: string, variables: Row) {
  const document = parse(text);
  const compiled = engine.prepare({
    text,
    operationName: undefined,
    document,
    operation: operationOf(document),
  });
  expect(compiled.variables.accepts(variables)).toBe(true);
  const resolver = worldResolver(world, COMPUTED);
  const { data, errors } = await compiled.program(
    actorOf('0198c0de-0000-7000-8000-000000000001', []),
    variables,
  )(variables, async (name, body): Promise<ServiceAnswer> => {
    const { query, variables: values } = JSON.parse(body);
    return JSON.parse(JSON.stringify(await askService(services, resolver, name, query, values)));
  });
  return {
    data: JSON.parse(JSON.stringify(data)),
    errors: errors.map(({ path, message }) => ({ path, message })),
  };
}

async function byStock(executor: ApolloGateway['executor'], text: string, variables: Row) {
  const document = parse(text);
  const result = await executor({
    request: { query: text, variables },
    document,
    operation: operationOf(document),
    operationName: undefined,
    queryHash: text,
    source: text,
    context: {},
    metrics: {},
    logger: console,
    overallCachePolicy: undefined,
    cache: undefined,
    schema: undefined,
  } as never);
  return {
    data: JSON.parse(JSON.stringify(result.data ?? null)),
    errors: (result.errors ?? []).map(({ path, message }) => ({ path, message })),
    violations: [result.extensions?.['valueCompletion'] ?? []].flat().length,
  };
}

async function byOneSchema(schema: GraphQLSchema, world: WorldOptions, text: string, variables: Row) {
  const result = await execute({
    schema,
    document: parse(text),
    variableValues: variables,
    fieldResolver: worldResolver(world, COMPUTED),
    typeResolver: (value) => (value as { __typename: string }).__typename,
  });
  return { data: JSON.parse(JSON.stringify(result.data ?? null)), errors: result.errors ?? [] };
}

const paths = (errors: readonly { path?: readonly (string | number)[] | undefined }[]) =>
  [...new Set(errors.map(({ path }) => path?.join('.') ?? 'nowhere'))].sort();

// Each run plans anew, several times.
jest.setTimeout(180_000);
const RUNS = 60;

describe('whatever is asked of the rich supergraph', () => {
  const well: WorldOptions = { nulls: 6 };
  const badly: WorldOptions = { nulls: 6, failures: 9 };
  const worst: WorldOptions = { nulls: 6, failures: 9, breaksPromises: true };
  const goodRig = rig(RICH, well);

  test('the answer is the one that a single schema over everything gives', async () => {
    await fc.assert(
      fc.asyncProperty(operations(goodRig.engine.schema), async ({ text, variables }) => {
        const answer = await byEngine(goodRig, well, text, variables);
        const expected = await byOneSchema(goodRig.engine.schema, well, text, variables);
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
    const answer = await byEngine(goodRig, well, text, {});
    const expected = await byOneSchema(goodRig.engine.schema, well, text, {});
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual(expected.data);
  });

  test('mutations too', async () => {
    await fc.assert(
      fc.asyncProperty(operations(goodRig.engine.schema, 'mutation'), async ({ text, variables }) => {
        const answer = await byEngine(goodRig, well, text, variables);
        const expected = await byOneSchema(goodRig.engine.schema, well, text, variables);
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
    const both = rig(RICH, world);
    const { executor } = await both.stock.load();
    await fc.assert(
      fc.asyncProperty(operations(both.engine.schema, 'query', true), async ({ text, variables }) => {
        const answer = await byEngine(both, world, text, variables);
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
    await fc.assert(
      fc.asyncProperty(operations(ours.engine.schema), async ({ text, variables }) => {
        const answer = await byEngine(ours, world, text, variables);
        const expected = await byOneSchema(ours.engine.schema, world, text, variables);
        expect(answer.errors).toEqual([]);
        expect(JSON.stringify(answer.data)).toEqual(JSON.stringify(expected.data));
      }),
      { numRuns: RUNS },
    );
  });
});
