// The way in: takes out of an operation what its caller may not see, before it is planned. `refusal.ts` is the way out.
import { createHash } from 'node:crypto';
import type { Actor } from '@client-graph/kit/auth';
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
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import { type Conflicts, NO_CONFLICTS, responseName } from './conflicts.js';
import type { AccessTable, Requirement } from './supergraph.js';

/** Asked for under this name wherever a runtime type or an otherwise emptied object must be known; never answered to the caller. */
const TYPENAME = '__guardTypename';

export type Refused = { coordinate: string; requirement: Requirement };

export type Analysis = {
  conflicts: Conflicts;
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

const permits = (actor: Actor, requirement: Requirement): boolean =>
  actor.id !== null && requirement.some((set) => set.every((scope) => actor.scopes.has(scope)));

type AnalyseOptions = {
  schema: GraphQLSchema;
  table: AccessTable;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  actor: Actor;
  conflicts?: Conflicts;
};

/** What of a validated operation the caller may see. Depends on the document, the operation's name and the scopes alone. */
export function analyse({
  schema,
  table,
  document,
  operation,
  actor,
  conflicts = NO_CONFLICTS,
}: AnalyseOptions): Analysis {
  const pruning: Pruning = {
    schema,
    conflicts,
    fragments: new Map(
      document.definitions.flatMap((node) =>
        node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
      ),
    ),
    demandOf: (coordinate) => {
      const requirement = table.get(coordinate);
      return requirement === undefined || permits(actor, requirement) ? undefined : requirement;
    },
    refused: new Map(),
    touched: new Set(),
    kept: new Map(),
    seesSomething: false,
  };
  const selectionSet = prune(pruning, operation.selectionSet, rootType(schema, operation));
  const permitted: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, selectionSet }, ...pruning.kept.values()],
  };
  const queryHash = createHash('sha256').update(print(permitted)).digest('hex');
  return {
    schema,
    conflicts,
    operation,
    fragments: pruning.fragments,
    isAnonymous: actor.id === null,
    permitted: { document: permitted, queryHash },
    isEmpty: !pruning.seesSomething,
    refused: pruning.refused,
    touched: pruning.touched,
  };
}

/** One walk over an operation, each fragment once. */
type Pruning = {
  schema: GraphQLSchema;
  conflicts: Conflicts;
  fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** What a field demands that the caller does not have. */
  demandOf: (coordinate: string) => Requirement | undefined;
  refused: Map<FieldNode, Refused>;
  touched: Set<SelectionSetNode>;
  kept: Map<string, FragmentDefinitionNode>;
  seesSomething: boolean;
};

function prune(pruning: Pruning, set: SelectionSetNode, parent: GraphQLNamedOutputType): SelectionSetNode {
  const { schema, touched } = pruning;
  const selections = set.selections.flatMap((selection): SelectionNode[] => {
    switch (selection.kind) {
      case Kind.FIELD:
        return pruneField(pruning, selection, parent, set);
      case Kind.INLINE_FRAGMENT: {
        const type = conditionType(schema, selection.typeCondition?.name.value) ?? parent;
        const inner = prune(pruning, selection.selectionSet, type);
        if (touched.has(selection.selectionSet)) touched.add(set);
        return [{ ...selection, selectionSet: inner }];
      }
      case Kind.FRAGMENT_SPREAD: {
        const original = pruneFragment(pruning, selection.name.value);
        if (original !== undefined && touched.has(original)) touched.add(set);
        return [selection];
      }
      default:
        return selection satisfies never;
    }
  });
  // Emptied by what is refused or by @skip, an object is still asked for: whether it is there is part of the answer.
  const needsTypename = selections.length === 0 || (touched.has(set) && isAbstractType(parent));
  return { ...set, selections: needsTypename ? [typenameField, ...selections] : selections };
}

function pruneField(
  pruning: Pruning,
  node: FieldNode,
  parent: GraphQLNamedOutputType,
  set: SelectionSetNode,
): FieldNode[] {
  const coordinate = `${parent.name}.${node.name.value}`;
  const requirement = pruning.demandOf(coordinate);
  if (requirement !== undefined) {
    pruning.refused.set(node, { coordinate, requirement });
    pruning.touched.add(set);
    return [];
  }
  const type = fieldType(parent, node);
  if (node.selectionSet === undefined || type === undefined) {
    if (node.name.value !== '__typename') pruning.seesSomething = true;
    return [apart(pruning, node)];
  }
  const selectionSet = prune(pruning, node.selectionSet, getNamedType(type));
  if (pruning.touched.has(node.selectionSet)) pruning.touched.add(set);
  return [{ ...apart(pruning, node), selectionSet }];
}

function apart({ conflicts }: Pruning, node: FieldNode): FieldNode {
  const key = conflicts.keyOf(node);
  return key === responseName(node) ? node : { ...node, alias: { kind: Kind.NAME, value: key } };
}

/** Answers with the selection set as it was written, by which `touched` knows it. */
function pruneFragment(pruning: Pruning, name: string): SelectionSetNode | undefined {
  const fragment = pruning.fragments.get(name);
  const type = conditionType(pruning.schema, fragment?.typeCondition.name.value);
  if (fragment === undefined || type === undefined) return undefined;
  if (!pruning.kept.has(name)) {
    const selectionSet = prune(pruning, fragment.selectionSet, type);
    pruning.kept.set(name, { ...fragment, selectionSet });
  }
  return fragment.selectionSet;
}

const typenameField: FieldNode = {
  kind: Kind.FIELD,
  alias: { kind: Kind.NAME, value: TYPENAME },
  name: { kind: Kind.NAME, value: '__typename' },
};

export const rootType = (schema: GraphQLSchema, operation: OperationDefinitionNode): GraphQLObjectType => {
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

/** A response name is refused when every field node that would fill it is. */
export function refusedOf(analysis: Analysis, nodes: readonly FieldNode[]): Refused | undefined {
  const [first] = nodes;
  return first !== undefined && nodes.every((node) => analysis.refused.has(node))
    ? analysis.refused.get(first)
    : undefined;
}

/** Undefined for `__typename`, `__schema` and `__type`: the gateway answers them itself. */
export const fieldType = (parent: GraphQLNamedOutputType, node: FieldNode): GraphQLOutputType | undefined =>
  isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value]?.type : undefined;
