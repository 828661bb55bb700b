// Takes out of an operation what its caller may not see, before it is planned, and puts nulls and errors back where it stood.
// ← read `analyse` for the way in, `restore` for the way out.
import { createHash } from 'node:crypto';
import type { Actor } from '@client-graph/kit';
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLNamedOutputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { AccessTable, Requirement } from './supergraph.js';

/** Asked for under this name wherever a runtime type or an otherwise emptied object must be known; never answered to the caller. */
const TYPENAME = '__guardTypename';

type Refused = { coordinate: string; requirement: Requirement };

export type Analysis = {
  schema: GraphQLSchema;
  operation: OperationDefinitionNode;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  isAnonymous: boolean;
  /** What is left of the operation, with a hash of its own so that its plan is cached as its own. */
  permitted: { document: DocumentNode; queryHash: string };
  /** The caller may see no value of all it asks for, so no service need be called. */
  isEmpty: boolean;
  refused: ReadonlyMap<FieldNode, Refused>;
  /** Selection sets in which, at any depth, something is refused. */
  touched: ReadonlySet<SelectionSetNode>;
};

export const permits = (actor: Actor, requirement: Requirement): boolean =>
  actor.id !== null && requirement.some((set) => set.every((scope) => actor.scopes.has(scope)));

type AnalyseOptions = {
  schema: GraphQLSchema;
  table: AccessTable;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  actor: Actor;
};

/** What of a validated operation the caller may see. Depends on the document, the operation's name and the scopes alone. */
export function analyse({ schema, table, document, operation, actor }: AnalyseOptions): Analysis {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const refused = new Map<FieldNode, Refused>();
  const touched = new Set<SelectionSetNode>();
  const kept = new Map<string, FragmentDefinitionNode>();
  let isEmpty = true;

  const prune = (set: SelectionSetNode, parent: GraphQLNamedOutputType): SelectionSetNode => {
    const selections = set.selections.flatMap((selection): SelectionNode[] => {
      switch (selection.kind) {
        case Kind.FIELD:
          return pruneField(selection, parent, set);
        case Kind.INLINE_FRAGMENT: {
          const inner = prune(
            selection.selectionSet,
            conditionType(schema, selection.typeCondition?.name.value) ?? parent,
          );
          if (touched.has(selection.selectionSet)) touched.add(set);
          return [{ ...selection, selectionSet: inner }];
        }
        case Kind.FRAGMENT_SPREAD: {
          const original = pruneFragment(selection.name.value);
          if (original !== undefined && touched.has(original)) touched.add(set);
          return [selection];
        }
        default:
          return selection satisfies never;
      }
    });
    if (!touched.has(set)) return set;
    const needsTypename = isAbstractType(parent) || selections.length === 0;
    return { ...set, selections: needsTypename ? [typenameField, ...selections] : selections };
  };

  const pruneField = (
    node: FieldNode,
    parent: GraphQLNamedOutputType,
    set: SelectionSetNode,
  ): FieldNode[] => {
    const coordinate = `${parent.name}.${node.name.value}`;
    const requirement = table.get(coordinate);
    if (requirement !== undefined && !permits(actor, requirement)) {
      refused.set(node, { coordinate, requirement });
      touched.add(set);
      return [];
    }
    const type = fieldType(parent, node);
    if (node.selectionSet === undefined || type === undefined) {
      if (node.name.value !== '__typename') isEmpty = false;
      return [node];
    }
    const selectionSet = prune(node.selectionSet, getNamedType(type));
    if (touched.has(node.selectionSet)) touched.add(set);
    return [{ ...node, selectionSet }];
  };

  const pruneFragment = (name: string): SelectionSetNode | undefined => {
    const fragment = fragments.get(name);
    const type = conditionType(schema, fragment?.typeCondition.name.value);
    if (fragment === undefined || type === undefined) return undefined;
    if (!kept.has(name)) {
      kept.set(name, fragment);
      kept.set(name, { ...fragment, selectionSet: prune(fragment.selectionSet, type) });
    }
    return fragment.selectionSet;
  };

  const selectionSet = prune(operation.selectionSet, rootType(schema, operation));
  const permitted: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet }, ...kept.values()],
  };
  const queryHash = createHash('sha256').update(print(permitted)).digest('hex');
  return {
    schema,
    operation,
    fragments,
    isAnonymous: actor.id === null,
    permitted: { document: permitted, queryHash },
    isEmpty,
    refused,
    touched,
  };
}

const typenameField: FieldNode = {
  kind: Kind.FIELD,
  alias: { kind: Kind.NAME, value: TYPENAME },
  name: { kind: Kind.NAME, value: '__typename' },
};

const rootType = (schema: GraphQLSchema, operation: OperationDefinitionNode): GraphQLObjectType => {
  const type = schema.getRootType(operation.operation);
  if (!type)
    throw new GraphQLError(`This graph has no ${operation.operation}.`, {
      extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
    });
  return type;
};

function conditionType(schema: GraphQLSchema, name: string | undefined): GraphQLNamedOutputType | undefined {
  const type = name === undefined ? undefined : schema.getType(name);
  return isCompositeType(type) ? type : undefined;
}

/** Undefined for `__typename`, `__schema` and `__type`: the gateway answers them itself. */
const fieldType = (parent: GraphQLNamedOutputType, node: FieldNode): GraphQLOutputType | undefined =>
  isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value]?.type : undefined;

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

/** The answer where nothing asked for may be seen: nulls at the root, and each refusal at its path (without places in lists, as there are none). */
export function refuseAll(analysis: Analysis, variables: Variables): Restored {
  const errors: GraphQLError[] = [];
  const root = rootType(analysis.schema, analysis.operation);

  const visitFields = (type: GraphQLObjectType, sets: SelectionSetNode[], path: Path): void => {
    for (const [key, nodes] of collect(analysis, variables, type, sets)) {
      const refused = refusedOf(analysis, nodes);
      if (refused !== undefined) errors.push(refusalAt(analysis, refused, [...path, key]));
      const declared = nodes[0] && fieldType(type, nodes[0]);
      const named = declared && getNamedType(declared);
      if (refused !== undefined || named === undefined || !isCompositeType(named)) continue;
      for (const possible of isObjectType(named) ? [named] : analysis.schema.getPossibleTypes(named))
        visitFields(possible, subselections(nodes), [...path, key]);
    }
  };
  visitFields(root, [analysis.operation.selectionSet], []);

  const data: Record<string, unknown> = {};
  for (const [key, nodes] of collect(analysis, variables, root, [analysis.operation.selectionSet])) {
    const declared = nodes[0] && fieldType(root, nodes[0]);
    if (declared && isNonNullType(declared)) return { data: null, errors: unique(errors) };
    data[key] = declared ? null : root.name;
  }
  return { data, errors: unique(errors) };
}

/** Several possible types of an interface refuse the same field at the same path: that is one error. */
const unique = (errors: GraphQLError[]) => [
  ...new Map(errors.map((error) => [`${error.path?.join('.')} ${error.message}`, error])).values(),
];

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
