import { composeServices } from '@apollo/composition';
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { actorOf } from '@client-graph/kit/auth';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
} from 'graphql';
import { createEngine, type Engine } from '../src/engine/engine.js';
import type { Row } from '../src/engine/merge.js';
import { NO_LIMITS } from '../src/limits.js';
import { readSupergraph } from '../src/supergraph.js';
import { type Computed, serviceSchema, type WorldOptions, worldResolver } from './world.js';

/** Services, and what answers over them: the engine, and stock execution. */
export type Rig = {
  engine: Engine;
  stock: ApolloGateway;
  services: Map<string, GraphQLSchema>;
  world: WorldOptions;
  computed: Computed;
};

export type Answered = {
  data: unknown;
  /** Splicing has given the same. */
  isSpliced: boolean;
  errors: { path: readonly (string | number)[] | undefined; message: string }[];
};

export function rig(typeDefs: Record<string, string>, world: WorldOptions, computed: Computed = {}): Rig {
  const documents = Object.entries(typeDefs).map(([name, text]) => [name, parse(text)] as const);
  const { supergraphSdl, errors } = composeServices(
    documents.map(([name, document]) => ({ name, url: `http://${name}/`, typeDefs: document })),
  );
  if (supergraphSdl === undefined) throw new Error(errors?.map(({ message }) => message).join('\n'));
  const services = new Map(documents.map(([name, document]) => [name, serviceSchema(document)]));
  const supergraph = readSupergraph(supergraphSdl);
  const resolver = worldResolver(world, computed);
  // biome-ignore lint/style/noProcessEnv: stock execution reads it from there, and reports to its maker unless it is set.
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  const stock = new ApolloGateway({
    supergraphSdl: supergraph.sdl,
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    buildService: ({ name }): GraphQLDataSource => ({
      process: async ({ request }) =>
        JSON.parse(
          JSON.stringify(
            await askService(services, resolver, name, request.query ?? '', request.variables ?? {}),
          ),
        ),
    }),
  });
  return {
    engine: createEngine({ supergraph, scalars: [], isOpen: true, limits: NO_LIMITS }),
    stock,
    services,
    world,
    computed,
  };
}

const askService = async (
  services: Map<string, GraphQLSchema>,
  resolver: GraphQLFieldResolver<unknown, unknown>,
  name: string,
  query: string,
  variables: Record<string, unknown>,
): Promise<ExecutionResult> => {
  const schema = services.get(name);
  if (schema === undefined) throw new Error(`There is no ${name}.`);
  return execute({
    schema,
    document: parse(query),
    variableValues: variables,
    fieldResolver: resolver,
    typeResolver,
  });
};

const isOperation = (node: { kind: string }): node is OperationDefinitionNode =>
  node.kind === Kind.OPERATION_DEFINITION;
function operationOf(document: DocumentNode): OperationDefinitionNode {
  const operation = document.definitions.find(isOperation);
  if (operation === undefined) throw new Error('There is no operation.');
  return operation;
}
const typeResolver = (value: unknown): string => String(Object(value).__typename);

export async function byEngine(
  { engine, services, world, computed }: Rig,
  text: string,
  variables: Row,
): Promise<Answered> {
  const document = parse(text);
  const compiled = engine.prepare({
    text,
    operationName: undefined,
    document,
    operation: operationOf(document),
  });
  if (!compiled.variables.accepts(variables)) throw new Error('The variables are not accepted.');
  const resolver = worldResolver(world, computed);
  const ask = async (name: string, body: string): Promise<string> => {
    const { query, variables: values } = JSON.parse(body);
    return JSON.stringify(await askService(services, resolver, name, query, values));
  };
  const program = compiled.program(actorOf('0198c0de-0000-7000-8000-000000000001', []), variables);
  const { data, errors } = await program.answer(variables, ask);
  let spliced: string | undefined;
  // It begins with the third that is asked alike.
  for (let times = 0; times < 3; times += 1) spliced = await program.splice(variables, ask);
  if (spliced !== undefined && (errors.length > 0 || spliced !== JSON.stringify({ data })))
    throw new Error(
      `Spliced, ${text} is answered with ${spliced}, else with ${JSON.stringify({ data, errors })}.`,
    );
  return {
    data: JSON.parse(JSON.stringify(data)),
    isSpliced: spliced !== undefined,
    errors: errors.map(({ path, message }) => ({ path, message })),
  };
}

export async function byStock(executor: ApolloGateway['executor'], text: string, variables: Row) {
  const document = parse(text);
  // What it asks for beside these it does not use.
  const result: ExecutionResult = await Reflect.apply(executor, undefined, [
    {
      request: { query: text, variables },
      document,
      operation: operationOf(document),
      operationName: undefined,
      queryHash: text,
      source: text,
      context: {},
      metrics: {},
      logger: console,
      overallCachePolicy: undefined,
      cache: undefined,
      schema: undefined,
    },
  ]);
  return {
    data: JSON.parse(JSON.stringify(result.data ?? null)),
    errors: (result.errors ?? []).map(({ path, message }) => ({ path, message })),
    violations: [result.extensions?.['valueCompletion'] ?? []].flat().length,
  };
}

/** What a single schema over everything gives. */
export async function byOneSchema(
  { engine: { schema }, world, computed }: Rig,
  text: string,
  variables: Row,
) {
  const result = await execute({
    schema,
    document: parse(text),
    variableValues: variables,
    fieldResolver: worldResolver(world, computed),
    typeResolver,
  });
  return { data: JSON.parse(JSON.stringify(result.data ?? null)), errors: result.errors ?? [] };
}

export const paths = (errors: readonly { path?: readonly (string | number)[] | undefined }[]) =>
  [...new Set(errors.map(({ path }) => path?.join('.') ?? 'nowhere'))].sort();
