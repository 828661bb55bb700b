import { composeServices } from '@apollo/composition';
import { expect, test } from '@jest/globals';
import { buildSchema, type OperationDefinitionNode, parse } from 'graphql';
import { costOf } from './cost.js';
import { readSupergraph } from './supergraph.js';

const TYPES = `
  type Query { me: Client clients(first: Int = 20, after: String): Clients! page(size: Int): [Client!]! free: [Client!] heavy: Client }
  type Mutation { save: Client }
  interface Named { name: String }
  type Clients { nodes: [Client!]! edges: [Edge!]! total: Int }
  type Edge { node: Client! }
  type Client implements Named { id: ID! name: String friends(last: Int): [Client!] tags: [String!] orders: [Order!] }
  type Order { id: ID! }`;
const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@cost", "@listSize"])';

const { supergraphSdl } = composeServices([
  {
    name: 'a',
    url: 'http://a/',
    typeDefs: parse(
      LINK +
        TYPES.replace(
          'page(size: Int): [Client!]!',
          'page(size: Int): [Client!]! @listSize(slicingArguments: ["size"], requireOneSlicingArgument: false)',
        )
          .replace('heavy: Client', 'heavy: Client @cost(weight: 500)')
          .replace('orders: [Order!]', 'orders: [Order!] @listSize(assumedSize: 3)'),
    ),
  },
]);
const { costs } = readSupergraph(supergraphSdl ?? '');
const LIMITS = { cost: -1, list: 1_000 };

const costFor = (text: string, variables = {}, limits = LIMITS) => {
  const document = parse(text);
  const [operation] = document.definitions;
  const { refusal } = costOf(buildSchema(TYPES), costs, document, operation as OperationDefinitionNode);
  return refusal(variables, limits)?.extensions;
};

test.each([
  ['leafs are free', '{ __typename }', {}, 0],
  ['an object costs one', '{ me { id name } }', {}, 1],
  ['a list of unknown length is taken for ten', '{ free { id } }', {}, 10],
  ['a list of leafs is free', '{ me { tags } }', {}, 1],
  ['a connection brings its page', '{ clients(first: 7) { nodes { id } } }', {}, 8],
  ['edges and their nodes', '{ clients(first: 7) { edges { node { id } } } }', {}, 15],
  ['a page by default', '{ clients { nodes { id } } }', {}, 21],
  ['a page by variable', 'query ($n: Int) { clients(first: $n) { nodes { id } } }', { n: 3 }, 4],
  ['a variable left out', 'query ($n: Int) { clients(first: $n) { nodes { id } } }', {}, 21],
  ['a variable with a default', 'query ($n: Int = 5) { clients(first: $n) { nodes { id } } }', {}, 6],
  [
    'lists in lists',
    'query ($n: Int) { clients(first: $n) { nodes { friends(last: 4) { orders { id } } } } }',
    { n: 2 },
    35,
  ],
  ['what @listSize says slices', '{ page(size: 6) { id } }', {}, 6],
  ['what @listSize assumes', '{ me { orders { id } } }', {}, 4],
  ['what @cost says', '{ heavy { id } }', {}, 500],
  [
    'through fragments',
    '{ clients(first: 2) { ...c } } fragment c on Clients { nodes { ... on Named { name } friends(last: 1) { id } } }',
    {},
    5,
  ],
  ['a mutation costs ten more', 'mutation { save { id } }', {}, 11],
])('%s', (_, text, variables, cost) => {
  expect(costFor(text, variables)).toMatchObject({ code: 'OPERATION_TOO_COSTLY', details: { cost } });
});

test('what costs no more than may be is not refused, and no list may be longer than may be', () => {
  const text = 'query ($n: Int) { clients(first: $n) { nodes { id } } }';
  expect(costFor(text, { n: 9 }, { cost: 10, list: 9 })).toBeUndefined();
  expect(costFor(text, { n: 10 }, { cost: 100, list: 9 })).toMatchObject({
    code: 'LIST_TOO_LONG',
    details: { limit: 9 },
  });
  expect(costFor('{ page(size: 10) { id } }', {}, { cost: 100, list: 9 })).toMatchObject({
    code: 'LIST_TOO_LONG',
  });
});
