import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from '@as-integrations/fastify';
import { type Actor, ANONYMOUS, isRefusal, type Log, traceOf, type Verify } from '@client-graph/kit';
import { renderGraphiQL } from '@graphql-yoga/render-graphiql';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { disableTelemetry } from './env.js';
import { formatError, isFault } from './errors.js';
import { type GatewayContext, guarded } from './executor.js';
import { createMetrics, type Metrics } from './metrics.js';
import { createServices, type Services } from './services.js';
import { readSupergraph, type Supergraph } from './supergraph.js';

export type GatewayOptions = {
  supergraphSdl: string;
  serviceUrls: ReadonlyMap<string, string>;
  serviceTimeoutMs: number;
  verify: Verify;
  host: string;
  port: number;
  /** GraphiQL and introspection. */
  isDevelopment: boolean;
  log: Log;
};

export type Gateway = { url: string; close: () => Promise<void> };

const BODY_MAX_BYTES = 1_048_576;

/** Answers as soon as it listens, whichever services are up. Rejects with a sentence when the supergraph cannot be served safely. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  disableTelemetry();
  const supergraph = readSupergraph(options.supergraphSdl);
  const metrics = createMetrics();
  const services = createServices({
    urls: urlsOf(supergraph, options),
    timeoutMs: options.serviceTimeoutMs,
    onFetch: metrics.onFetch,
  });
  const app = Fastify({ bodyLimit: BODY_MAX_BYTES, logger: false });
  const apollo = createApollo({ supergraph, services, metrics, app, options });
  await apollo.start();
  addGraphql(app, apollo, options.verify);
  addOperations(app, { services, metrics, isDevelopment: options.isDevelopment });
  let isClosing = false;
  // A caller's connection, kept alive after the last answer, would hold the close up for the ten seconds it is given.
  app.addHook('onSend', async (_, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
  const url = await app.listen({ port: options.port, host: options.host });
  return {
    url,
    close: async () => {
      isClosing = true;
      await apollo.stop();
      await services.close();
    },
  };
}

function urlsOf(supergraph: Supergraph, { serviceUrls }: GatewayOptions): ReadonlyMap<string, string> {
  return new Map([...supergraph.services].map(([name, url]) => [name, serviceUrls.get(name) ?? url]));
}

type Parts = {
  supergraph: Supergraph;
  services: Services;
  metrics: Metrics;
  app: FastifyInstance;
  options: GatewayOptions;
};

function createApollo({ supergraph, services, metrics, app, options }: Parts): ApolloServer<GatewayContext> {
  const logger = options.log.child({ part: 'apollo' }, { level: 'warn' });
  const gateway = new ApolloGateway({
    supergraphSdl: supergraph.sdl,
    buildService: ({ name }) => services.dataSource(name),
    __exposeQueryPlanExperimental: false,
    logger,
  });
  return new ApolloServer<GatewayContext>({
    gateway: {
      // The enforcement stands between Apollo Server and the planner: there is no way to the services around it.
      load: async (config) => {
        const { schema, executor } = await gateway.load(config);
        return { executor: guarded(executor, schema, supergraph.accessTable(schema)) };
      },
      stop: () => gateway.stop(),
      onSchemaLoadOrUpdate: (callback) => gateway.onSchemaLoadOrUpdate(callback),
    },
    introspection: options.isDevelopment,
    includeStacktraceInErrorResponses: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    formatError,
    logger,
    plugins: [
      fastifyApolloDrainPlugin(app),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      observer(options.log, metrics),
    ],
  });
}

/** One line and one measurement an operation: its name, codes and duration; no variables, no query text, no messages. */
function observer(log: Log, metrics: Metrics): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: async () => {
      const startedMs = performance.now();
      return {
        willSendResponse: async ({ operationName, errors = [], contextValue }) => {
          const ms = performance.now() - startedMs;
          const faults = errors.filter((error) => isFault(error.extensions));
          metrics.onOperation(
            operationName,
            faults.length > 0 ? 'fault' : errors.length > 0 ? 'refused' : 'ok',
            ms / 1000,
          );
          const codes = [...new Set(errors.map((error) => error.extensions.code ?? 'INTERNAL_SERVER_ERROR'))];
          const traceId = contextValue.passed.traceparent.split('-')[1];
          log.info({ operation: operationName, codes, ms: Math.round(ms), traceId }, 'operation');
          for (const fault of faults) {
            const service = fault.extensions.serviceName;
            log.error(
              { err: fault.originalError ?? fault, service, path: fault.path, traceId },
              'an operation has met a fault',
            );
          }
        },
      };
    },
  };
}

const PROVIDER_UNREACHABLE = {
  code: 'SERVICE_UNAVAILABLE',
  message: 'Access tokens cannot be checked at the moment: the OpenID provider cannot be reached. Try again.',
  details: { service: 'openid-provider' },
};

/** The token is checked before the operation is read: one that is not valid is answered with 401 and does nothing. */
function addGraphql(app: FastifyInstance, apollo: ApolloServer<GatewayContext>, verify: Verify): void {
  const callers = new WeakMap<FastifyRequest, Actor>();
  const handler = fastifyApolloHandler(apollo, {
    context: async (request) => ({
      actor: callers.get(request) ?? ANONYMOUS,
      passed: {
        authorization: request.headers.authorization,
        purpose: headerOf(request, 'x-purpose'),
        traceparent: traceOf(request.headers.traceparent),
      },
    }),
  });
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: async (request, reply) => {
      try {
        callers.set(request, await verify(request.headers.authorization));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        // A good token cannot be told from a bad one while the provider's keys are out of reach: a new token would not help.
        if (error.details['reason'] === 'PROVIDER_UNREACHABLE')
          return sendError(reply.code(503).header('retry-after', '5'), PROVIDER_UNREACHABLE);
        return sendError(reply.code(401).header('www-authenticate', 'Bearer error="invalid_token"'), error);
      }
    },
    handler,
  });
  app.setErrorHandler((error: { statusCode?: number; message: string }, _, reply) => {
    const status = error.statusCode ?? 500;
    if (status < 500) return sendError(reply.code(status), { code: 'BAD_REQUEST', message: error.message });
    return reply.code(500).send({ errors: [formatError({ message: error.message })] });
  });
}

const sendError = (
  reply: FastifyReply,
  { message, code, details }: { message: string; code: string; details?: object },
) => reply.send({ errors: [{ message, extensions: { code, ...(details && { details }) } }] });

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function addOperations(
  app: FastifyInstance,
  { services, metrics, isDevelopment }: { services: Services; metrics: Metrics; isDevelopment: boolean },
): void {
  app.get('/health/live', async () => ({ status: 'live' }));
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
