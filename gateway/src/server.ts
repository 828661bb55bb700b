import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { ApolloServerPluginDrainHttpServer } from '@apollo/server/plugin/drainHttpServer';
import type { Verify } from '@client-graph/kit/auth';
import type { Log } from '@client-graph/kit/log';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import type { GraphQLScalarType } from 'graphql';
import { createAdmission } from './admission.js';
import { createEngine, type Engine } from './engine/engine.js';
import { createFormatError, type FormatError } from './errors.js';
import { createEngines, type Engines, type GatewayContext } from './executor.js';
import { Graphql } from './graphql.js';
import type { Limits } from './limits.js';
import { createMetrics, type Metrics } from './metrics.js';
import { type Observe, observer, observing } from './observe.js';
import type { Rate } from './rates.js';
import { createReply, type Reply } from './reply.js';
import { createServices, type Services } from './services.js';
import { readSupergraph, type Supergraph } from './supergraph.js';
import { learnedTexts, listedTexts } from './texts.js';

export type GatewayOptions = {
  supergraphSdl: string;
  /** Service name → where it answers; where this is silent, the address written at composition. */
  serviceUrls: ReadonlyMap<string, string>;
  serviceTimeoutMs: number;
  verify: Verify;
  host: string;
  port: number;
  /** GraphiQL, introspection, and help with names that are nearly right. */
  isDevelopment: boolean;
  log: Log;
  protection: Protection;
  /** How the API's own scalars are read. */
  scalars?: readonly GraphQLScalarType[];
  /** Everybody may ask everything of a supergraph that guards nothing; one that guards anything is served as ever. */
  isOpen?: boolean;
};

/** How much the gateway lets itself be asked, by whom, and from where. */
export type Protection = {
  limits: Limits;
  bodyMaxBytes: number;
  runningMax: number;
  rate: Rate;
  /** Proxies before the gateway that tell whose address a request comes from. */
  proxies: number;
  origins: ReadonlySet<string>;
  /** Id → text of the only operations that are answered; undefined answers any. */
  listed: ReadonlyMap<string, string> | undefined;
};

export type Gateway = {
  url: string;
  /** Serves another supergraph without dropping a request. Rejects with a sentence, and serves on as before, when it is a bad one. */
  reload: (supergraphSdl: string) => Promise<void>;
  close: () => Promise<void>;
};

const TIMEOUTS = {
  /** Longer than load balancers keep a connection, so that it is never the gateway who closes one that is about to be used. */
  keepAliveTimeout: 72_000,
  /** For a caller to send its head, and all of a request. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  noDelay: true,
};

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Answers as soon as it listens, whichever services are up. Rejects with a sentence when the supergraph cannot be served safely. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { protection, isDevelopment } = options;
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
  const reply = createReply({ origins: protection.origins, isDevelopment });
  const observe = observer(options.log, metrics);
  const formatError = createFormatError({ hasSuggestions: isDevelopment });
  const server = createServer(TIMEOUTS);
  const drain = ApolloServerPluginDrainHttpServer({ httpServer: server });
  const apollo = createApollo({ engines, observe, formatError, options, drain });
  await apollo.start();
  const graphql = new Graphql({
    apollo,
    engines,
    services,
    admission: createAdmission({ ...protection, verify: options.verify, onTurned: metrics.onTurned }),
    texts: protection.listed === undefined ? learnedTexts() : listedTexts(protection.listed),
    limits: protection.limits,
    bodyMaxBytes: protection.bodyMaxBytes,
    reply,
    observe,
    formatError,
  });
  const routes = operationRoutes({ services, metrics, reply, isDevelopment });
  server.on('request', routing(graphql, routes, reply));
  return {
    url: await listen(server, options),
    reload: async (supergraphSdl) => {
      const { supergraph, engine } = load(options, supergraphSdl);
      services.use(urlsOf(supergraph, options));
      engines.replace(engine);
    },
    close: async () => {
      reply.close();
      await apollo.stop();
      await services.close();
    },
  };
}

const routing =
  (graphql: Graphql, routes: ReadonlyMap<string, Handler>, reply: Reply): Handler =>
  (request, response) => {
    const { method } = request;
    const path = pathOf(request.url);
    const route = method === 'GET' || method === 'HEAD' ? routes.get(path) : undefined;
    if (method === 'OPTIONS') reply.preflight(request, response);
    else if (path === '/graphql') graphql.handle(request, response);
    else if (route !== undefined) route(request, response);
    else
      reply.send(request, response, {
        status: 404,
        type: 'application/json; charset=utf-8',
        text: NOT_FOUND,
      });
  };

async function listen(server: Server, { host, port }: GatewayOptions): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const name = host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${typeof address === 'object' && address !== null ? address.port : port}`;
}

const NOT_FOUND = JSON.stringify({
  errors: [
    {
      message: 'There is nothing at this address. The graph is at /graphql.',
      extensions: { code: 'NOT_FOUND' },
    },
  ],
});

const pathOf = (url = '/'): string => {
  const at = url.indexOf('?');
  return at < 0 ? url : url.slice(0, at);
};

function load(
  { scalars = [], isOpen = false, protection }: GatewayOptions,
  sdl: string,
): { supergraph: Supergraph; engine: Engine } {
  const supergraph = readSupergraph(sdl);
  const isOpenToAll = isOpen && !supergraph.isGuarded;
  return {
    supergraph,
    engine: createEngine({ supergraph, scalars, isOpen: isOpenToAll, limits: protection.limits }),
  };
}

const urlsOf = (supergraph: Supergraph, { serviceUrls }: GatewayOptions): ReadonlyMap<string, string> =>
  new Map([...supergraph.services].map(([name, url]) => [name, serviceUrls.get(name) ?? url]));

type Parts = {
  engines: Engines;
  observe: Observe;
  formatError: FormatError;
  options: GatewayOptions;
  drain: ReturnType<typeof ApolloServerPluginDrainHttpServer>;
};

const createApollo = ({
  engines,
  observe,
  formatError,
  options,
  drain,
}: Parts): ApolloServer<GatewayContext> =>
  new ApolloServer<GatewayContext>({
    gateway: engines.gateway,
    introspection: options.isDevelopment,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    // Texts known by their hash are looked up before (texts.ts), and what was parsed is kept compiled (engine.ts): kept here as well, it
    // would take ten times what Apollo Server reckons, hundreds of megabytes.
    persistedQueries: false,
    documentStore: null,
    stopOnTerminationSignals: false,
    formatError,
    logger: options.log.child({ part: 'apollo' }, { level: 'warn' }),
    plugins: [
      drain,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      observing(observe),
    ],
  });

type Operating = { services: Services; metrics: Metrics; reply: Reply; isDevelopment: boolean };

/** What those who run the gateway ask it, and GraphiQL. */
function operationRoutes({ services, metrics, reply, isDevelopment }: Operating): Map<string, Handler> {
  const sends =
    (type: string, make: () => string | Promise<string>): Handler =>
    (request, response) => {
      Promise.resolve()
        .then(make)
        .then(
          (text) => reply.send(request, response, { status: 200, type, text }),
          () => reply.send(request, response, { status: 500, type: 'text/plain', text: '' }),
        );
    };
  const json = 'application/json; charset=utf-8';
  const live = sends(json, () => JSON.stringify({ status: 'live' }));
  const ready = async () => JSON.stringify({ status: 'ready', services: await services.reachability() });
  const routes = new Map<string, Handler>([
    ['/health', live],
    ['/health/live', live],
    ['/health/ready', sends(json, ready)],
    ['/metrics', sends(metrics.registry.contentType, () => metrics.registry.metrics())],
  ]);
  if (!isDevelopment) return routes;
  const page = renderGraphiQL({
    title: 'Client Graph',
    endpoint: '/graphql',
    defaultQuery:
      '# Every field but introspection needs a caller. Put an access token under Headers below:\n# { "Authorization": "Bearer …" }\n# `npm run token` prints one for each role.\n\n{\n  __typename\n}\n',
  });
  return routes.set(
    '/',
    sends('text/html; charset=utf-8', () => page),
  );
}
