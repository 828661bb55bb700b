import { expect, test } from '@jest/globals';
import { buildSchema } from 'graphql';
import { supergraphOf } from '../test/firm.js';
import { both, type Requirement, readSupergraph } from './supergraph.js';

test.each<[string, Requirement | undefined, Requirement | undefined, Requirement | undefined]>([
  ['nothing and nothing', undefined, undefined, undefined],
  ['nothing and a caller', undefined, [[]], [[]]],
  ['a caller and a scope', [[]], [['a']], [['a']]],
  ['two scopes', [['a']], [['b']], [['a', 'b']]],
  ['the same scope', [['a']], [['a']], [['a']]],
  [
    'either, and a third',
    [['a'], ['b']],
    [['c']],
    [
      ['a', 'c'],
      ['b', 'c'],
    ],
  ],
  ['either, and one of them', [['a'], ['b']], [['a']], [['a']]],
])('both of %s', (_, left, right, joined) => {
  expect(both(left, right)).toEqual(joined);
  expect(both(right, left)).toEqual(joined);
});

const urls = { clients: 'http://c/', risk: 'http://r/', products: 'http://p/' };

test('a field takes what it, its parent and its value demand; an interface what its implementations do', () => {
  const sdl = `
    directive @authenticated on FIELD_DEFINITION | OBJECT | SCALAR | ENUM
    directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT | SCALAR | ENUM
    type Query { open: Int things: [Thing!]! @requiresScopes(scopes: [["q"]]) }
    interface Named { name: String }
    type Thing implements Named @requiresScopes(scopes: [["t"]]) {
      name: String @requiresScopes(scopes: [["n"]]) level: Level secret: Secret! plain: Int
    }
    type Other implements Named { name: String plain: Int self: Other @authenticated }
    enum Level @requiresScopes(scopes: [["l"], ["m"]]) { LOW }
    scalar Secret @authenticated
  `;
  const table = readSupergraph(sdl).accessTable(buildSchema(sdl));
  expect(Object.fromEntries(table)).toEqual({
    'Query.open': [[]],
    'Query.things': [['q', 't']],
    'Named.name': [['n', 't']],
    'Thing.name': [['n', 't']],
    'Thing.level': [
      ['l', 't'],
      ['m', 't'],
    ],
    'Thing.secret': [['t']],
    'Thing.plain': [['t']],
    'Other.self': [[]],
  });
});

test("a field takes the scope of its class: its own, or its type's; what is public takes none", () => {
  const sdl = `
    directive @requiresScopes(scopes: [[String!]!]!) on FIELD_DEFINITION | OBJECT
    directive @class(is: FieldClass!) on OBJECT | FIELD_DEFINITION
    enum FieldClass { PUBLIC INTERNAL PERSONAL SENSITIVE }
    type Query { file: File count: Int @class(is: INTERNAL) }
    type File @class(is: PERSONAL) {
      name: String
      rank: Int @class(is: PUBLIC)
      number: String @class(is: SENSITIVE) @requiresScopes(scopes: [["n"]])
    }
  `;
  const table = readSupergraph(sdl).accessTable(buildSchema(sdl));
  expect(Object.fromEntries(table)).toEqual({
    'Query.file': [[]],
    'Query.count': [['class:internal']],
    'File.name': [['class:personal']],
    'File.number': [['class:sensitive', 'n']],
  });
});

test('of the composed supergraph only the purpose of enforced protections is taken off', () => {
  const composed = supergraphOf(urls);
  const { sdl, services } = readSupergraph(composed);
  expect(composed).toContain('for: SECURITY');
  expect(sdl).not.toContain('for: SECURITY');
  expect(sdl).toContain('for: EXECUTION');
  expect(sdl).toContain('https://specs.apollo.dev/requiresScopes/v0.1');
  expect(sdl).toContain('phone: String @join__field(graph: CLIENTS) @requiresScopes');
  expect(Object.fromEntries(services)).toEqual(urls);
});

const linked = (link: string) =>
  `schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(${link}) { query: Query } type Query { a: Int }`;

test.each([
  ['another protection', linked('url: "https://specs.apollo.dev/policy/v0.1", for: SECURITY')],
  ['another version', linked('url: "https://specs.apollo.dev/requiresScopes/v0.2", for: SECURITY')],
  ['one of somebody else', linked('url: "https://example.com/vault/v1.0", for: SECURITY')],
  ['@policy without its purpose', linked('url: "https://specs.apollo.dev/policy/v0.1"')],
  ['@policy without a link', 'type Query { a: Int @policy(policies: [["x"]]) }'],
  [
    'an enforced one under another name',
    linked('url: "https://specs.apollo.dev/authenticated/v0.1", as: "auth", for: SECURITY'),
  ],
  [
    'one that composition has not understood',
    'type Query { a: Int @join__directive(graphs: [A], name: "requiresScopes", args: {}) }',
  ],
])('a supergraph is not served when it asks for %s', (_, sdl) => {
  expect(() => readSupergraph(sdl)).toThrow(/protection|does not enforce/);
});
