import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { Verify } from '@client-graph/kit/auth';
import type { Log } from '@client-graph/kit/log';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import Fastify, { type FastifyInstance } from 'fastify';
import type { GraphQLScalarType } from 'graphql';
import { createEngine, type Engine } from './engine/engine.js';
import { formatError } from './errors.js';
import { createEngines, type Engines, type GatewayContext } from './executor.js';
import { addGraphql } from './graphql.js';
import { createMetrics, type Metrics } from './metrics.js';
import { type Observe, observer, observing } from './observe.js';
import { createServices, type Services } from './services.js';
import { readSupergraph, type Supergraph } from './supergraph.js';

export type GatewayOptions = {
  supergraphSdl: string;
  /** Service name → where it answers; where this is silent, the address written at composition. */
  serviceUrls: ReadonlyMap<string, string>;
  serviceTimeoutMs: number;
  verify: Verify;
  host: string;
  port: number;
  /** GraphiQL and introspection. */
  isDevelopment: boolean;
  log: Log;
  /** How the API's own scalars are read. */
  scalars?: readonly GraphQLScalarType[];
  /** Everybody may ask everything: only for a supergraph that guards nothing. */
  isOpen?: boolean;
};

export type Gateway = {
  url: string;
  /** Serves another supergraph without dropping a request. Rejects with a sentence, and serves on as before, when it is a bad one. */
  reload: (supergraphSdl: string) => Promise<void>;
  close: () => Promise<void>;
};

const BODY_MAX_BYTES = 1_048_576;

/** Answers as soon as it listens, whichever services are up. Rejects with a sentence when the supergraph cannot be served safely. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const first = load(options, options.supergraphSdl);
  const metrics = createMetrics();
  const services = createServices({
    urls: urlsOf(first.supergraph, options),
    timeoutMs: options.serviceTimeoutMs,
    onFetch: metrics.onFetch,
    onEvent: metrics.onFetchEvent,
  });
  const engines = createEngines(first.engine, services);
  metrics.watch(services.states, () => engines.current().size());
  const app = Fastify({ bodyLimit: BODY_MAX_BYTES, logger: false });
  const observe = observer(options.log, metrics);
  const apollo = createApollo({ engines, observe, app, options });
  await apollo.start();
  addGraphql(app, {
    apollo,
    engines,
    services,
    verify: options.verify,
    observe,
    onShed: metrics.onShed,
  });
  addOperations(app, { services, metrics, isDevelopment: options.isDevelopment });
  let isClosing = false;
  // A caller's connection, kept alive after the last answer, would hold the close up for the ten seconds it is given.
  app.addHook('onSend', async (_, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
  const url = await app.listen({ port: options.port, host: options.host });
  return {
    url,
    reload: async (supergraphSdl) => {
      const { supergraph, engine } = load(options, supergraphSdl);
      services.use(urlsOf(supergraph, options));
      engines.replace(engine);
    },
    close: async () => {
      isClosing = true;
      await apollo.stop();
      await services.close();
    },
  };
}

function load(
  { scalars = [], isOpen = false }: GatewayOptions,
  sdl: string,
): { supergraph: Supergraph; engine: Engine } {
  const supergraph = readSupergraph(sdl);
  if (isOpen && supergraph.isGuarded)
    throw new Error(
      'The supergraph asks for callers and scopes. Say with OIDC_ISSUER who vouches for callers: open to everybody, it is not served.',
    );
  return { supergraph, engine: createEngine({ supergraph, scalars, isOpen }) };
}

const urlsOf = (supergraph: Supergraph, { serviceUrls }: GatewayOptions): ReadonlyMap<string, string> =>
  new Map([...supergraph.services].map(([name, url]) => [name, serviceUrls.get(name) ?? url]));

type Parts = { engines: Engines; observe: Observe; app: FastifyInstance; options: GatewayOptions };

const createApollo = ({ engines, observe, app, options }: Parts): ApolloServer<GatewayContext> =>
  new ApolloServer<GatewayContext>({
    gateway: engines.gateway,
    introspection: options.isDevelopment,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    formatError,
    logger: options.log.child({ part: 'apollo' }, { level: 'warn' }),
    plugins: [
      fastifyApolloDrainPlugin(app),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      observing(observe),
    ],
  });

function addOperations(
  app: FastifyInstance,
  { services, metrics, isDevelopment }: { services: Services; metrics: Metrics; isDevelopment: boolean },
): void {
  for (const path of ['/health', '/health/live']) app.get(path, async () => ({ status: 'live' }));
  app.get('/health/ready', async () => ({ status: 'ready', services: await services.reachability() }));
  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  if (!isDevelopment) return;
  const page = renderGraphiQL({
    title: 'Client Graph',
    endpoint: '/graphql',
    defaultQuery:
      '# Every field but introspection needs a caller. Put an access token under Headers below:\n# { "Authorization": "Bearer …" }\n# `npm run token` prints one for each role.\n\n{\n  __typename\n}\n',
  });
  app.get('/', async (_, reply) => reply.type('text/html; charset=utf-8').send(page));
}
