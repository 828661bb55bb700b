import { readFileSync } from 'node:fs';
import { Supergraph as FederatedSupergraph } from '@apollo/federation-internals';
import { actorOf } from '@client-graph/kit/auth';
import { isFieldClass, isRole, ROLES, type Role, SIGHTS } from '@client-graph/kit/roles';
import { describe, expect, test } from '@jest/globals';
import {
  type ConstDirectiveNode,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isObjectType,
  Kind,
  type ObjectTypeDefinitionNode,
  type OperationTypeNode,
  parse,
  valueFromASTUntyped,
  visit,
} from 'graphql';
import { analyse } from './authorize.js';
import { readSupergraph } from './supergraph.js';

/**
 * Every field of the supergraph × every role × every way to it: what the gateway lets through is what the table of roles says. What is
 * expected is worked out here from the directives as they are written, by no code of the gateway.
 */
const sdl = readFileSync(new URL('../supergraph.graphql', import.meta.url), 'utf8');
const supergraph = readSupergraph(sdl);
const schema = FederatedSupergraph.build(supergraph.sdl).apiSchema().toGraphQLJSSchema();
const table = supergraph.accessTable(schema);

const written = new Map(
  parse(sdl).definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION ? [[node.name.value, node] as const] : [],
  ),
);
const typeNode = (name: string): ObjectTypeDefinitionNode => {
  const node = written.get(name);
  if (node === undefined) throw new Error(`${name} is not in the supergraph.`);
  return node;
};
const SHELL = /(Connection|Edge|Payload)$|^PageInfo$/;
const isRoot = (name: string) => name === 'Query' || name === 'Mutation';

const demandsOf = (directives: readonly ConstDirectiveNode[] = []): string[][][] =>
  directives.flatMap(({ name, arguments: args = [] }): string[][][] =>
    name.value === 'requiresScopes' ? [valueFromASTUntyped(args[0]!.value) as string[][]] : [],
  );
const classIn = (directives: readonly ConstDirectiveNode[] = []) => {
  const node = directives.find(({ name }) => name.value === 'class')?.arguments?.[0]?.value;
  const name: unknown = node && valueFromASTUntyped(node);
  return isFieldClass(name) ? name : undefined;
};
const fieldNode = (type: string, field: string) => {
  const node = typeNode(type).fields?.find(({ name }) => name.value === field);
  if (node === undefined) throw new Error(`${type}.${field} is not in the supergraph.`);
  return node;
};
const classOf = (type: string, field: string) =>
  classIn(fieldNode(type, field).directives) ?? classIn(typeNode(type).directives);

const expectations = new Map<string, boolean>();
/** Whether the role may be shown anything of the field, by its scopes, its type's, its value's type's and its class. */
function maySee(role: Role, type: GraphQLObjectType, field: string): boolean {
  const key = `${role} ${type.name}.${field}`;
  const known = expectations.get(key);
  if (known !== undefined) return known;
  const valueType = getNamedType(type.getFields()[field]!.type).name;
  const demands = [
    ...demandsOf(typeNode(type.name).directives),
    ...demandsOf(fieldNode(type.name, field).directives),
    ...(written.has(valueType) ? demandsOf(typeNode(valueType).directives) : []),
  ];
  const scopes: readonly string[] = ROLES[role].scopes;
  const fieldClass = classOf(type.name, field);
  const may =
    demands.every((ways) => ways.some((way) => way.every((scope) => scopes.includes(scope)))) &&
    (fieldClass === undefined || SIGHTS[role][fieldClass] !== 'HIDDEN');
  expectations.set(key, may);
  return may;
}

type Step = { type: GraphQLObjectType; field: string };
type Way = { operation: 'query' | 'mutation'; steps: readonly Step[] };

/** Arguments that say how much of a list, and tell nothing of what is in it. */
const PAGING = new Set(['first', 'after', 'locale']);

/** Up to this many ways to each type, each by another root field: single, list, nested, and what a mutation returns. */
const WAYS = 4;
function waysTo(): Map<GraphQLObjectType, Way[]> {
  const ways = new Map<GraphQLObjectType, Way[]>();
  const queue: Way[] = [];
  const reach = (type: unknown, way: Way) => {
    if (!isObjectType(type) || isRoot(type.name)) return;
    const found = ways.get(type) ?? [];
    if (found.length >= WAYS || found.some(({ steps }) => steps[0]!.field === way.steps[0]!.field)) return;
    ways.set(type, [...found, way]);
    queue.push(way);
  };
  for (const operation of ['query', 'mutation'] as const) {
    const root = schema.getRootType(operation as OperationTypeNode)!;
    for (const [field, { type }] of Object.entries(root.getFields()))
      reach(getNamedType(type), { operation, steps: [{ type: root, field }] });
  }
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    const last = way.steps.at(-1)!;
    const type = getNamedType(last.type.getFields()[last.field]!.type) as GraphQLObjectType;
    if (way.steps.length < 8)
      for (const [field, { type: next }] of Object.entries(type.getFields()))
        reach(getNamedType(next), { ...way, steps: [...way.steps, { type, field }] });
  }
  return ways;
}
const ways = waysTo();

const selected = (type: GraphQLObjectType, alias: (field: string) => string) =>
  Object.entries(type.getFields())
    .map(
      ([name, { type: of }]) =>
        `${alias(name)}${name}${isCompositeType(getNamedType(of)) ? ' { __typename }' : ''}`,
    )
    .join(' ');
const within = ({ operation, steps }: Way, inner: string, alias: (field: string) => string) =>
  `${operation} { ${steps.map(({ field }) => `${alias(field)}${field} {`).join(' ')} ${inner} ${'}'.repeat(steps.length)} }`;
const none = () => '';
const other = (field: string) => `other_${field}: `;

/** The same asked in each way that GraphQL knows. */
const FORMS: Record<string, (way: Way, type: GraphQLObjectType) => string> = {
  plain: (way, type) => within(way, selected(type, none), none),
  aliases: (way, type) => within(way, selected(type, other), other),
  'inline fragment': (way, type) => within(way, `... on ${type.name} { ${selected(type, none)} }`, none),
  'named fragment': (way, type) =>
    `${within(way, '...All', none)} fragment All on ${type.name} { ${selected(type, none)} }`,
  'fragment in a fragment with directives': (way, type) =>
    `${within(way, '...Outer @include(if: true)', none)} fragment Outer on ${type.name} { ... { ...All } } fragment All on ${type.name} { ${selected(type, other)} }`,
};

/** What is left of the operation for the role: the coordinates of the fields still asked for. */
function left(text: string, role: Role): Set<string> {
  const document = parse(text, { noLocation: true });
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)!;
  if (operation.kind !== Kind.OPERATION_DEFINITION) throw new Error('No operation.');
  const { permitted } = analyse({ schema, table, document, operation, actor: actorOf('x', [role]) });
  const names = new Set<string>();
  visit(permitted.document, { Field: ({ name }) => void names.add(name.value) });
  return names;
}

const roles = Object.keys(ROLES).filter(isRole);
const types = [...ways.keys()].sort((a, b) => (a.name < b.name ? -1 : 1));
const cases =
  roles.length *
  Object.keys(FORMS).length *
  types.reduce((sum, type) => sum + Object.keys(type.getFields()).length * (ways.get(type)?.length ?? 0), 0);

test('every type of the API can be reached, and every field that shows a value has a class', () => {
  const unreached = Object.values(schema.getTypeMap()).filter(
    (type) => isObjectType(type) && !type.name.startsWith('__') && !isRoot(type.name) && !ways.has(type),
  );
  expect(unreached.map(({ name }) => name)).toEqual([]);
  const bare = types
    .filter(({ name }) => !SHELL.test(name))
    .flatMap((type) =>
      Object.keys(type.getFields())
        .filter((field) => classOf(type.name, field) === undefined)
        .map((field) => `${type.name}.${field}`),
    );
  expect(bare).toEqual([]);
});

describe.each(Object.keys(FORMS))(`of ${cases} cases, those asked by %s`, (form) => {
  test.each(roles)(
    '%s is let through to exactly what the table says, of every type and by every way',
    (role) => {
      const wrong: string[] = [];
      for (const type of types) {
        for (const way of ways.get(type) ?? []) {
          const isOpen = way.steps.every(({ type: parent, field }) => maySee(role, parent, field));
          const kept = left(FORMS[form]!(way, type), role);
          const onTheWay = new Set(way.steps.map(({ field }) => field));
          for (const field of Object.keys(type.getFields())) {
            const expected = isOpen && maySee(role, type, field);
            // A field on the way may have the same name; then it says nothing.
            if (kept.has(field) !== expected && !onTheWay.has(field))
              wrong.push(`${type.name}.${field}: ${expected}`);
          }
        }
      }
      expect(wrong).toEqual([]);
    },
  );
});

test('every root field: the role that may call it sees something of what it returns, and else is refused', () => {
  for (const operation of ['query', 'mutation'] as const) {
    const root = schema.getRootType(operation as OperationTypeNode)!;
    for (const [field, { type }] of Object.entries(root.getFields())) {
      const named = getNamedType(type);
      const inner = isCompositeType(named) ? ' { __typename }' : '';
      for (const role of roles) {
        expect([role, field, left(`${operation} { ${field}${inner} }`, role).has(field)]).toEqual([
          role,
          field,
          maySee(role, root, field),
        ]);
      }
    }
  }
});

test('nobody can search, filter or sort by what they may not see: who may call a list may see whom it lists', () => {
  const root = schema.getQueryType()!;
  const listed = (type: GraphQLObjectType): GraphQLObjectType => {
    const nodes = type.getFields()['nodes'];
    const inner = nodes && getNamedType(nodes.type);
    return isObjectType(inner) ? inner : type;
  };
  const leaks: string[] = [];
  for (const type of [root, ...types])
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      if (!isObjectType(named) || field.args.every(({ name }) => PAGING.has(name))) continue;
      const fieldClass = classIn(typeNode(listed(named).name).directives);
      for (const role of roles) {
        if (
          maySee(role, type, field.name) &&
          fieldClass !== undefined &&
          SIGHTS[role][fieldClass] === 'HIDDEN'
        )
          leaks.push(`${role}: ${type.name}.${field.name}`);
      }
    }
  expect(leaks).toEqual([]);
});
