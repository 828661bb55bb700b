import type { ApolloServerOptions } from '@apollo/server';
import type { Actor } from '@client-graph/kit/auth';
import { GraphQLError, type GraphQLSchema } from 'graphql';
import type { Asked, Engine } from './engine/engine.js';
import type { Row } from './engine/merge.js';
import type { Answer, Program } from './engine/operation.js';
import type { Ask } from './engine/shape.js';
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

export type Answered = { data: Answer['data']; errors?: readonly GraphQLError[] };

/** Runs a compiled operation whose variables have been accepted. There is no other way to the services. */
async function answer(
  program: Program,
  variables: Row,
  caller: Caller,
  services: Services,
): Promise<Answered> {
  return answered(program, variables, (service, body, isQuery) =>
    services.ask(service, body, isQuery, caller),
  );
}

/** The same as JSON, or the answer itself where something is to be told with it. */
export async function answerText(
  program: Program,
  variables: Row,
  caller: Caller,
  services: Services,
): Promise<string | Answered> {
  const asked: { service: string; body: string; text: Promise<string> }[] = [];
  const spliced = await program.splice(variables, (service, body, isQuery) => {
    const text = services.ask(service, body, isQuery, caller);
    asked.push({ service, body, text });
    return text;
  });
  if (spliced !== undefined) return spliced;
  // What was asked for splicing is not asked again.
  return answered(program, variables, (service, body, isQuery) => {
    const before = asked.find((one) => one.service === service && one.body === body);
    return before?.text ?? services.ask(service, body, isQuery, caller);
  });
}

async function answered(program: Program, variables: Row, ask: Ask): Promise<Answered> {
  const { data, errors } = await program.answer(variables, ask);
  return errors.length === 0 ? { data } : { data, errors: withoutDoubles(errors) };
}
