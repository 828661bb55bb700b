import { actorOf } from '@client-graph/kit/auth';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  buildSchema,
  type DocumentNode,
  execute,
  GraphQLError,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isNonNullType,
  isObjectType,
  Kind,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { analyse } from './authorize.js';
import { complete } from './engine/complete.js';
import { conditionVariables, fold } from './engine/fold.js';
import type { AccessTable } from './supergraph.js';

// Every shape of nullability, list and abstract type, with a guarded field of each; an interface demands what its implementations do.
const schema = buildSchema(`
  type Query { a: A b: B! any: [Any] one: One some: [A!]! }
  union Any = A | B
  interface One { x: Int y: Int! z: One }
  type A implements One { x: Int y: Int! z: One a: A as: [A] strict: [A!] any: Any! x2: Int }
  type B implements One { x: Int y: Int! z: One b: B! bs: [[B!]] one: One }
`);
const TABLE: AccessTable = new Map(
  ['One.y', 'A.y', 'B.y', 'A.strict', 'B.one', 'A.x2', 'Query.some'].map((name) => [name, [['leads:read']]]),
);
const actor = actorOf('0198c0de-0000-7000-8000-000000000001', ['CLIENT']);

type Thing = { __typename: 'A' | 'B'; depth: number };
const thing = (__typename: Thing['__typename'], depth: number): Thing => ({ __typename, depth });

/** What is taken out leaves fragments and variables without use; variables stay, so that their values are checked all the same. */
const RULES = specifiedRules.filter(
  (rule) => rule !== NoUnusedVariablesRule && rule !== NoUnusedFragmentsRule,
);

/** Resolves anything to a finite tree of A and B; with `guard` as a resolver that refuses would. */
const run = (document: DocumentNode, variableValues: Record<string, unknown>, guard: boolean) =>
  execute({
    schema,
    document,
    variableValues,
    rootValue: thing('A', 0),
    typeResolver: (value: Thing) => value.__typename,
    fieldResolver: ({ depth }: Thing, _, __, { parentType, fieldName, returnType }) => {
      if (guard && TABLE.has(`${parentType.name}.${fieldName}`)) throw new GraphQLError('no');
      const named = getNamedType(returnType);
      if (isLeafType(named)) return depth;
      if (depth > 5 && !isNonNullType(returnType)) return null;
      const first = thing(
        isObjectType(named) ? kindOf(named.name) : kindOf(depth % 2 === 0 ? 'B' : 'A'),
        depth + 1,
      );
      const second = thing(isObjectType(named) ? first.__typename : 'B', depth + 1);
      if (String(returnType).startsWith('[[')) return [[first], null];
      return String(returnType).startsWith('[') ? [first, second] : first;
    },
  });

const kindOf = (name: string) => (name === 'A' ? 'A' : 'B');

const CONDITIONS = [' @skip(if: $yes)', ' @include(if: $no)', ' @include(if: $yes)', ' @skip(if: false)'];
const condition = fc.oneof({ weight: 2, arbitrary: fc.constant('') }, fc.constantFrom(...CONDITIONS));

const made = new Map<string, fc.Arbitrary<string>>();

/** A selection set on a type, with aliases, inline fragments, fragment spreads and conditions. */
function selections(typeName: string, depth: number, spreads: readonly string[]): fc.Arbitrary<string> {
  const key = `${typeName} ${depth} ${spreads}`;
  const arbitrary =
    made.get(key) ??
    fc
      .array(fc.oneof(...choices(typeName, depth, spreads)), { minLength: 1, maxLength: 4 })
      .map((lines) => `{ ${lines.join(' ')} }`);
  made.set(key, arbitrary);
  return arbitrary;
}

function choices(typeName: string, depth: number, spreads: readonly string[]): fc.Arbitrary<string>[] {
  const type = schema.getType(typeName);
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : [];
  const below = (of: string, head: string) =>
    depth > 0
      ? [fc.tuple(condition, selections(of, depth - 1, spreads)).map(([c, inner]) => `${head}${c} ${inner}`)]
      : [];
  const isAbstract = !isObjectType(type);
  return [
    fc.constant('__typename'),
    ...fields.flatMap(({ name, type: of }) =>
      ['', `${typeName}_${name}: `].flatMap((alias) =>
        isLeafType(getNamedType(of))
          ? [condition.map((c) => `${alias}${name}${c}`)]
          : below(getNamedType(of).name, `${alias}${name}`),
      ),
    ),
    ...(isAbstract ? ['A', 'B', 'One'] : [typeName]).flatMap((of) => below(of, `... on ${of}`)),
    ...(spreads.includes('FA') && (isAbstract || typeName === 'A')
      ? [condition.map((c) => `...FA${c}`)]
      : []),
    ...(spreads.includes('FOne') && typeName !== 'Query' ? [condition.map((c) => `...FOne${c}`)] : []),
  ];
}

/** Fragments may be nested, not in a circle. Fields that clash are no valid documents and are left out. */
const documents = fc
  .tuple(selections('Query', 4, ['FA', 'FOne']), selections('A', 2, []), selections('One', 2, ['FA']))
  .map(
    ([query, a, one]) => `
      query ($yes: Boolean = true, $no: Boolean = false) ${query}
      fragment FA on A ${a}
      fragment FOne on One ${one}`,
  )
  .filter((text) => validate(schema, parse(text), RULES).length === 0);

const isOperation = (node: { kind: string }): node is OperationDefinitionNode =>
  node.kind === Kind.OPERATION_DEFINITION;

const analysisOf = (document: DocumentNode) => {
  const operation = document.definitions.find(isOperation);
  if (operation === undefined) throw new Error('There is no operation.');
  expect(['yes', 'no']).toEqual(expect.arrayContaining([...conditionVariables(document)]));
  return analyse({ schema, table: TABLE, actor, ...fold(document, operation, (name) => name === 'yes') });
};

/** The planner asks for the type wherever it is not known. */
const withTypenames = (document: DocumentNode): DocumentNode =>
  visit(document, {
    SelectionSet: {
      leave: (set) => ({
        ...set,
        selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }, ...set.selections],
      }),
    },
  });

test('whatever is asked, nothing guarded is left in what is planned, and it is a valid operation', () => {
  fc.assert(
    fc.property(documents, (text) => {
      const document = parse(text);
      const { permitted } = analysisOf(document);
      expect(validate(schema, permitted.document, RULES)).toEqual([]);
      const types = new TypeInfo(schema);
      visit(
        permitted.document,
        visitWithTypeInfo(types, {
          Field: (node) => expect(TABLE.has(`${types.getParentType()?.name}.${node.name.value}`)).toBe(false),
        }),
      );
    }),
    { numRuns: 200 },
  );
});

test('whatever is asked, the answer is what resolvers that refuse would have given', () => {
  const variables = { yes: true, no: false };
  fc.assert(
    fc.property(documents, (text) => {
      const document = parse(text);
      const analysis = analysisOf(document);
      const expected = run(document, variables, true);
      const fetched = run(withTypenames(analysis.permitted.document), variables, false);
      if (expected instanceof Promise || fetched instanceof Promise) throw new Error('Nothing here waits.');
      const { data, errors } = complete(analysis, { ...fetched.data }, {}, []);
      expect(JSON.stringify(data)).toEqual(JSON.stringify(expected.data));
      const refused = new Set(errors.map(({ path }) => path?.join('.')));
      for (const { path } of expected.errors ?? []) expect(refused).toContain(path?.join('.'));
      if ((expected.errors ?? []).length === 0) expect(errors).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
