// The way out: puts nulls and errors where `authorize.ts` has taken something out of an operation.
import {
  type FieldNode,
  GraphQLError,
  type GraphQLNamedOutputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { type Analysis, fieldType, type Refused, rootType, TYPENAME } from './authorize.js';

/** The root fields this caller may not call, as they stand with these variables: one of them refuses a mutation whole. */
export function refusedRootFields(analysis: Analysis, variables: Variables): GraphQLError[] {
  const fields = collect(analysis, variables, rootType(analysis.schema, analysis.operation), [
    analysis.operation.selectionSet,
  ]);
  return [...fields].flatMap(([key, nodes]) => {
    const refused = refusedOf(analysis, nodes);
    return refused === undefined ? [] : [refusalAt(analysis, refused, [key])];
  });
}

type Variables = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];
type Row = Readonly<Record<string, unknown>>;
export type Restored = { data: Record<string, unknown> | null; errors: GraphQLError[] };

const isRow = (value: unknown): value is Row =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The answer to the operation as it was asked: `data` of the permitted one, with null and an error where something was refused.
 * A null where the schema promises a value takes its parent with it, as the GraphQL specification says.
 */
export function restore(analysis: Analysis, variables: Variables, data: Row): Restored {
  const errors: GraphQLError[] = [];

  // Undefined is a null that the schema forbids here.
  const complete = (
    type: GraphQLOutputType,
    value: unknown,
    sets: SelectionSetNode[],
    path: Path,
  ): unknown => {
    if (isNonNullType(type)) return complete(type.ofType, value, sets, path) ?? undefined;
    if (value === null || value === undefined) return null;
    if (!sets.some((set) => analysis.touched.has(set))) return value;
    if (isListType(type)) {
      if (!Array.isArray(value)) return null;
      const items = value.map((item, index) => complete(type.ofType, item, sets, [...path, index]));
      return items.includes(undefined) ? null : items;
    }
    return isRow(value) ? (completeObject(type, value, sets, path) ?? null) : value;
  };

  const completeObject = (type: GraphQLNamedOutputType, value: Row, sets: SelectionSetNode[], path: Path) => {
    const runtime = isObjectType(type) ? type : analysis.schema.getType(String(value[TYPENAME]));
    if (!isObjectType(runtime)) return undefined;
    const answer: Record<string, unknown> = {};
    let isWhole = true;
    for (const [key, nodes] of collect(analysis, variables, runtime, sets)) {
      const [first] = nodes;
      const declared = first && fieldType(runtime, first);
      const refused = refusedOf(analysis, nodes);
      if (refused !== undefined) errors.push(refusalAt(analysis, refused, [...path, key]));
      const fetched = refused === undefined ? value[key] : null;
      answer[key] =
        declared === undefined ? fetched : complete(declared, fetched, subselections(nodes), [...path, key]);
      if (answer[key] === undefined) isWhole = false;
    }
    return isWhole ? answer : undefined;
  };

  const root = rootType(analysis.schema, analysis.operation);
  return { data: completeObject(root, data, [analysis.operation.selectionSet], []) ?? null, errors };
}

/**
 * The answer to a query of which nothing may be seen: nulls at the root, and each refusal at its path (without places in lists,
 * as nothing was fetched). Undefined where some root field is answered nevertheless, all that is refused below it being skipped.
 */
export function refuseAll(analysis: Analysis, variables: Variables): Restored | undefined {
  const root = rootType(analysis.schema, analysis.operation);
  const refusalsIn = (
    type: GraphQLObjectType,
    key: string,
    nodes: readonly FieldNode[],
    path: Path,
  ): GraphQLError[] => {
    const refused = refusedOf(analysis, nodes);
    if (refused !== undefined) return [refusalAt(analysis, refused, [...path, key])];
    const declared = nodes[0] && fieldType(type, nodes[0]);
    const named = declared && getNamedType(declared);
    if (!isCompositeType(named)) return [];
    const possibleTypes = isObjectType(named) ? [named] : analysis.schema.getPossibleTypes(named);
    return possibleTypes.flatMap((possible) =>
      [...collect(analysis, variables, possible, subselections(nodes))].flatMap(([name, below]) =>
        refusalsIn(possible, name, below, [...path, key]),
      ),
    );
  };

  const data: Record<string, unknown> = {};
  const errors: GraphQLError[] = [];
  let isWhole = true;
  for (const [key, nodes] of collect(analysis, variables, root, [analysis.operation.selectionSet])) {
    const declared = nodes[0] && fieldType(root, nodes[0]);
    data[key] = declared ? null : root.name;
    if (declared === undefined) continue;
    const refusals = refusalsIn(root, key, nodes, []);
    if (refusals.length === 0) return undefined;
    if (isNonNullType(declared)) isWhole = false;
    errors.push(...refusals);
  }
  return { data: isWhole ? data : null, errors };
}

/** A response name is refused when every field node that would fill it is. */
function refusedOf(analysis: Analysis, nodes: readonly FieldNode[]): Refused | undefined {
  const [first] = nodes;
  return first !== undefined && nodes.every((node) => analysis.refused.has(node))
    ? analysis.refused.get(first)
    : undefined;
}

function refusalAt(analysis: Analysis, { coordinate, requirement }: Refused, path: Path): GraphQLError {
  const extensions = { requiredScopes: requirement, coordinate };
  if (analysis.isAnonymous) {
    return new GraphQLError(
      `${coordinate} needs a caller: send an access token as Authorization: Bearer <token>.`,
      {
        path,
        extensions: { ...extensions, code: 'UNAUTHENTICATED', http: { status: 401 } },
      },
    );
  }
  const scopes = requirement.map((set) => set.join(' and ')).join(', or ');
  return new GraphQLError(`The role of the caller does not permit ${coordinate}. It takes ${scopes}.`, {
    path,
    extensions: { ...extensions, code: 'FORBIDDEN' },
  });
}

const subselections = (nodes: readonly FieldNode[]) =>
  nodes.flatMap((node) => (node.selectionSet === undefined ? [] : [node.selectionSet]));

/** The specification's CollectFields: response name → the field nodes that fill it, for one object type. */
function collect(
  analysis: Analysis,
  variables: Variables,
  type: GraphQLObjectType,
  sets: readonly SelectionSetNode[],
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  const seen = new Set<string>();
  const applies = (condition: string) => {
    const named = analysis.schema.getType(condition);
    return named === type || (isAbstractType(named) && analysis.schema.isSubType(named, type));
  };
  const add = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (!isIncluded(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value;
        fields.set(key, [...(fields.get(key) ?? []), selection]);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (selection.typeCondition === undefined || applies(selection.typeCondition.name.value))
          add(selection.selectionSet);
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = analysis.fragments.get(selection.name.value);
        if (fragment !== undefined && applies(fragment.typeCondition.name.value)) add(fragment.selectionSet);
      }
    }
  };
  for (const set of sets) add(set);
  return fields;
}

function isIncluded(selection: SelectionNode, variables: Variables): boolean {
  return (selection.directives ?? []).every(({ name, arguments: args }) => {
    if (name.value !== 'skip' && name.value !== 'include') return true;
    const value = args?.find((argument) => argument.name.value === 'if')?.value;
    const condition =
      value?.kind === Kind.VARIABLE
        ? variables[value.name.value]
        : value?.kind === Kind.BOOLEAN && value.value;
    return condition === (name.value === 'include');
  });
}
