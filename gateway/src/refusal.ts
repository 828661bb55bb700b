// The way out for what `authorize.ts` has taken out of an operation: which errors its caller is told, and where.
import {
  type FieldNode,
  GraphQLError,
  type GraphQLObjectType,
  getNamedType,
  isCompositeType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { type Analysis, fieldType, type Refused, refusedOf, rootType } from './authorize.js';
import { collect, subselections } from './engine/collect.js';

/** The root fields this caller may not call: one of them refuses a mutation whole. */
export function refusedRootFields(analysis: Analysis): GraphQLError[] {
  const root = rootType(analysis.schema, analysis.operation);
  return [...collect(analysis, root, [analysis.operation.selectionSet])].flatMap(([key, nodes]) => {
    const refused = refusedOf(analysis, nodes);
    return refused === undefined ? [] : [refusalAt(analysis, refused, [key])];
  });
}

/**
 * The answer to a query of which nothing may be seen: nulls at the root, and each refusal at its path (without places in lists,
 * as nothing was fetched). Undefined where some root field is answered nevertheless, all that is refused below it being skipped.
 */
export function refuseAll(
  analysis: Analysis,
): { data: Record<string, unknown> | null; errors: GraphQLError[] } | undefined {
  const root = rootType(analysis.schema, analysis.operation);
  const data: Record<string, unknown> = {};
  const errors: GraphQLError[] = [];
  let isWhole = true;
  for (const [key, nodes] of collect(analysis, root, [analysis.operation.selectionSet])) {
    const declared = nodes[0] && fieldType(root, nodes[0]);
    if (declared === undefined && nodes[0]?.name.value !== '__typename') return undefined;
    data[key] = declared ? null : root.name;
    if (declared === undefined) continue;
    const refusals = refusalsIn(analysis, root, nodes, [key]);
    if (refusals.length === 0) return undefined;
    if (isNonNullType(declared)) isWhole = false;
    errors.push(...refusals);
  }
  return { data: isWhole ? data : null, errors };
}

function refusalsIn(
  analysis: Analysis,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  path: readonly string[],
): GraphQLError[] {
  const refused = refusedOf(analysis, nodes);
  if (refused !== undefined) return [refusalAt(analysis, refused, path)];
  const declared = nodes[0] && fieldType(type, nodes[0]);
  const named = declared && getNamedType(declared);
  if (!isCompositeType(named)) return [];
  const possibleTypes = isObjectType(named) ? [named] : analysis.schema.getPossibleTypes(named);
  return possibleTypes.flatMap((possible) =>
    [...collect(analysis, possible, subselections(nodes))].flatMap(([name, below]) =>
      refusalsIn(analysis, possible, below, [...path, name]),
    ),
  );
}

export function refusalAt(
  analysis: Analysis,
  { coordinate, requirement }: Refused,
  path: readonly (string | number)[],
): GraphQLError {
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
