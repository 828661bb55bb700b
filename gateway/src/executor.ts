import type { ApolloServerOptions } from '@apollo/server';
import type { Actor } from '@client-graph/kit/auth';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Asked, Engine } from './engine/engine.js';
import type { Row } from './engine/merge.js';
import type { Answer, Program } from './engine/operation.js';
import { withoutDoubles } from './errors.js';
import type { Caller, Services } from './services.js';

/** What a request carries through the gateway. */
export type GatewayContext = { actor: Actor; caller: Caller };

export type GatewayInterface = NonNullable<ApolloServerOptions<GatewayContext>['gateway']>;
type Executor = NonNullable<Awaited<ReturnType<GatewayInterface['load']>>['executor']>;

/** The engine of the supergraph at hand. A request keeps the engine of the schema it was validated against. */
export type Engines = {
  current: () => Engine;
  /** Sets another in its place; requests under way are finished by the one before. */
  replace: (next: Engine) => void;
  /** For Apollo Server: it parses, validates and shows errors, and hands on what it has found to be an operation. */
  gateway: GatewayInterface;
};

export function createEngines(first: Engine, services: Services): Engines {
  let current = first;
  const bySchema = new WeakMap<GraphQLSchema, Engine>([[first.schema, first]]);
  const listeners = new Set<Parameters<GatewayInterface['onSchemaLoadOrUpdate']>[0]>();
  const tell = () => {
    for (const listener of listeners) listener({ apiSchema: current.schema, coreSupergraphSdl: current.sdl });
  };
  const executor: Executor = async ({ schema, source, document, operation, request, context }) => {
    const actor: Actor = context.actor;
    const caller: Caller = context.caller;
    const engine = bySchema.get(schema) ?? current;
    const operationName = request.operationName ?? undefined;
    try {
      return await run(
        engine,
        { text: source, operationName, document, operation },
        request.variables ?? {},
        {
          actor,
          caller,
        },
      );
    } catch (error) {
      // Thrown while compiling: an operation that cannot be answered rightly is refused whole.
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  };
  const run = (engine: Engine, asked: Asked, variables: Row, context: GatewayContext) => {
    const compiled = engine.prepare(asked);
    if (!compiled.variables.accepts(variables)) return { errors: compiled.variables.errors(variables) };
    return answer(compiled.program(context.actor, variables), variables, context.caller, services);
  };
  return {
    current: () => current,
    replace: (next) => {
      bySchema.set(next.schema, next);
      current = next;
      tell();
    },
    gateway: {
      load: async () => {
        tell();
        return { executor };
      },
      stop: async () => undefined,
      onSchemaLoadOrUpdate: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
  };
}

/** Runs a compiled operation whose variables have been accepted. There is no other way to the services. */
export async function answer(
  program: Program,
  variables: Row,
  caller: Caller,
  services: Services,
): Promise<{ data: Answer['data']; errors?: readonly GraphQLError[] }> {
  const { data, errors } = await program(variables, (service, body, isQuery) =>
    services.ask(service, body, isQuery, caller),
  );
  return errors.length === 0 ? { data } : { data, errors: withoutDoubles(errors) };
}
