import type { ApolloGateway } from '@apollo/gateway';
import type { Actor } from '@client-graph/kit';
import { type GraphQLSchema, getVariableValues } from 'graphql';
import { type Analysis, analyse } from './authorize.js';
import { withoutDoubles } from './errors.js';
import { refuseAll, refusedRootFields, restore } from './restore.js';
import type { Passed } from './services.js';
import type { AccessTable } from './supergraph.js';

/** What a request carries through the gateway. */
export type GatewayContext = { actor: Actor; passed: Passed };

export type Executor = ApolloGateway['executor'];

/** About 2,000 operations × scope sets: more than a frontend has, and a bound on what a stranger can fill. */
const ANALYSES_MAX = 2_000;

/** Enforces the access table before an operation is planned. What is refused is never asked of a service. */
export function guarded(execute: Executor, schema: GraphQLSchema, table: AccessTable): Executor {
  const analyses = new Map<string, Analysis>();

  const analysisOf = (request: Parameters<Executor>[0], actor: Actor): Analysis => {
    const { document, operation, queryHash, operationName } = request;
    const key = `${queryHash} ${operationName} ${keyOf(actor)}`;
    const analysis = analyses.get(key) ?? analyse({ schema, table, document, operation, actor });
    // Set anew at the end of the map's order, so that the first key is the one used longest ago.
    analyses.delete(key);
    analyses.set(key, analysis);
    const [oldest] = analyses.keys();
    if (analyses.size > ANALYSES_MAX && oldest !== undefined) analyses.delete(oldest);
    return analysis;
  };

  const answer: Executor = async (request) => {
    const actor: Actor = request.context.actor;
    const analysis = analysisOf(request, actor);
    if (analysis.refused.size === 0) return execute(request);

    const variables = getVariableValues(
      schema,
      request.operation.variableDefinitions ?? [],
      request.request.variables ?? {},
    );
    if (variables.errors) return { errors: variables.errors };
    if (request.operation.operation === 'mutation') {
      const errors = refusedRootFields(analysis, variables.coerced);
      if (errors.length > 0) return { data: null, errors };
    }
    // A mutation acts even when its caller may see nothing of what it returns.
    const isUnasked = analysis.isEmpty && request.operation.operation === 'query';
    const refused = isUnasked ? refuseAll(analysis, variables.coerced) : undefined;
    if (refused !== undefined) return refused;

    const result = await execute({ ...request, ...analysis.permitted });
    if (!result.data) return result;
    const { data, errors } = restore(analysis, variables.coerced, result.data);
    return { ...result, data, errors: [...(result.errors ?? []), ...errors] };
  };

  return async (request) => {
    const { errors, ...result } = await answer(request);
    return errors === undefined || errors.length === 0
      ? result
      : { ...result, errors: withoutDoubles(errors) };
  };
}

const keys = new WeakMap<ReadonlySet<string>, string>();

/** The verifier hands out the same scopes for the same token, so they are put in order once a token. */
function keyOf({ id, scopes }: Actor): string {
  if (id === null) return 'anonymous';
  const key = keys.get(scopes) ?? [...scopes].sort().join(' ');
  keys.set(scopes, key);
  return key;
}
