import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import Fastify, { type FastifyInstance } from 'fastify';
import type { Kafka } from 'kafkajs';
import type { DataSource } from 'typeorm';
import { accessAnomalies } from './anomalies.js';
import { AuditAnchors } from './audit-anchors.js';
import { auditCheck } from './audit-check.js';
import { startAudit } from './audit-runner.js';
import { type Actor, ANONYMOUS, createVerifier, type Verify } from './auth.js';
import { startConsumer } from './consumer.js';
import { type Context, createContext } from './context.js';
import { createDataSource, migrate } from './database.js';
import type { Db, Row, RowClass } from './db.js';
import { DEVELOPMENT_KEYS, type ServiceEnv, turnTelemetryOff } from './env.js';
import { errorFormatter, errorOf } from './errors.js';
import type { Handler } from './handler.js';
import { type Job, startJobs } from './jobs.js';
import { createKafka, ensureTopics } from './kafka.js';
import { openKeyService } from './key-service.js';
import type { KeyService } from './keys.js';
import { createLog, type Log } from './log.js';
import { createMetrics, type Figure, type Metrics, showFigures } from './metrics.js';
import { AccessLog } from './reads.js';
import { recordingReads } from './recording.js';
import { isRefusal, refuse } from './refusals.js';
import { startRelay } from './relay.js';
import { grantRights, roleIn } from './rights.js';
import { addRoutes, type Route } from './routes.js';
import { buildGuardedSchema, evidenceModule, loadSchema } from './schema.js';
import { sealPlainColumns } from './seal-plain.js';
import { openWhatIsLoaded } from './sealed.js';
import { stopOnSignal } from './signal.js';
import { traceOf } from './trace.js';
import { Vault } from './vault.js';

/** All that makes a service: `startService` runs it, the testkit runs it in process. */
export type ServiceDefinition = {
  name: string;
  /** Folder with `schema.graphql` and `migrations/`. */
  folder: URL;
  entities: readonly RowClass<Row>[];
  resolvers: object;
  /** What it does about the events of other services. */
  handlers: readonly Handler[];
  jobs?: readonly Job[];
  /** Ways in beside GraphQL, for callers without a token. */
  routes?: readonly Route[];
  /** How many proxies stand before the service, whose forwarded address of the caller is believed; none when left out. */
  proxies?: number;
  /** Figures of its own for Prometheus. */
  figures?: readonly Figure[];
  /** Loads the tables that are data (policy: **data**) into an empty database; runs at every start and adds only what is missing. */
  seed?: (db: Db) => Promise<void>;
};

const BODY_MAX_BYTES = 1_048_576;

/** Keys are wrapped anew under the current master key as they are used; those that nobody uses, by the hour. */
const rewrapKeys: Job = {
  name: 'rewrap-keys',
  cron: '20 * * * *',
  run: async ({ source, vault }) => {
    while ((await vault.rewrap((sql, parameters) => source.query(sql, parameters), 500)) > 0);
  },
};

/** The service's database, migrated and seeded. */
export async function openDatabase(
  service: ServiceDefinition,
  options: {
    url: string;
    /** Where the tables are owned by a role of their own. */
    migratorUrl?: string | undefined;
    relayUrl?: string | undefined;
    poolMax: number;
    onStatement?: (sql: string) => void;
    now: () => Date;
    keys: KeyService;
  },
): Promise<Db> {
  const made = {
    ...options,
    service: service.name,
    entities: service.entities,
    migrations: new URL('migrations/', service.folder),
  };
  const source = createDataSource(made);
  const { url, migratorUrl = url, relayUrl } = options;
  if (migratorUrl === url) {
    await source.initialize();
    await migrate(source);
  } else {
    const migrator = await createDataSource({ ...made, url: migratorUrl, poolMax: 2 }).initialize();
    const roles = {
      service: roleIn(url),
      relay: relayUrl && roleIn(relayUrl),
      reader: `${service.name}_reader`,
    };
    await migrate(migrator, () => grantRights(migrator, roles));
    await migrator.destroy();
    await source.initialize();
  }
  const vault = new Vault(service.name, options.keys);
  await vault.start((sql, parameters) => source.query(sql, parameters));
  openWhatIsLoaded(source, vault);
  await sealPlainColumns(source, vault);
  const db: Db = {
    source,
    service: service.name,
    vault,
    accessLog: new AccessLog(url, service.name),
    anchors: new AuditAnchors(),
    now: options.now,
    actor: ANONYMOUS,
  };
  await service.seed?.(db);
  return db;
}

export const schemaOf = (service: ServiceDefinition) =>
  buildGuardedSchema(
    loadSchema(new URL('schema.graphql', service.folder)),
    service.resolvers,
    evidenceModule(service.name),
  );

/**
 * Runs a service until SIGTERM or SIGINT: GraphQL over HTTP with verified callers, relay, consumers, jobs, health and
 * metrics. Stopping finishes the requests and the event at hand. Exits with 1 when it cannot start.
 */
export async function startService(service: ServiceDefinition, env: ServiceEnv): Promise<void> {
  turnTelemetryOff();
  const log = createLog(service.name, env.LOG_LEVEL);
  try {
    if (env.NODE_ENV === 'production' && env.MASTER_KEYS === DEVELOPMENT_KEYS)
      throw new Error('Name the master keys in MASTER_KEYS: those for development are not for production.');
    const metrics = createMetrics(service.name);
    const db = await openDatabase(service, {
      url: env.DATABASE_URL,
      migratorUrl: env.MIGRATOR_DATABASE_URL,
      relayUrl: env.RELAY_DATABASE_URL,
      poolMax: env.DATABASE_POOL_MAX,
      onStatement: () => metrics.statements.inc(),
      keys: await openKeyService(env.MASTER_KEYS),
      now: () => new Date(),
    });
    showFigures(metrics, service.figures ?? [], { db, log });
    const kafka = createKafka(service.name, env.KAFKA_BROKERS);
    const app = await createApp(service, { env, db, kafka, log, metrics });
    const stopEvents = startEvents(service, { env, db, kafka, log, metrics });
    const jobs = await startJobs(
      env.DATABASE_URL,
      db,
      [...(service.jobs ?? []), rewrapKeys, accessAnomalies, auditCheck],
      log,
    );
    await app.listen({ port: env.PORT, host: env.HOST });
    log.info({ port: env.PORT }, 'service is up');
    stopOnSignal(log, async () => {
      await app.close();
      await Promise.all([stopEvents(), jobs.stop()]);
      await Promise.all([db.source.destroy(), db.accessLog.close()]);
    });
  } catch (error) {
    log.fatal({ err: error }, 'service cannot start');
    process.exit(1);
  }
}

type Parts = { env: ServiceEnv; db: Db; kafka: Kafka; log: Log; metrics: Metrics };

/** Topics, relay and consumers in the background: a service answers queries while Kafka is away, and says so in `/health/ready`. */
function startEvents(
  service: ServiceDefinition,
  { env, db, kafka, log, metrics }: Parts,
): () => Promise<void> {
  let isStopping = false;
  const begun = (async () => {
    for (;;) {
      if (isStopping) return [];
      try {
        await ensureTopics(kafka);
        break;
      } catch (error) {
        log.warn({ err: error }, 'Kafka is not there yet');
        await new Promise((resolve) => setTimeout(resolve, 1_000));
      }
    }
    return [
      startAudit({ db, kafka, log }),
      startRelay({
        databaseUrl: env.RELAY_DATABASE_URL ?? env.DATABASE_URL,
        service: service.name,
        kafka,
        log,
        metrics,
      }),
      startConsumer({ db, kafka, service: service.name, handlers: service.handlers, log, metrics }),
    ];
  })();
  return async () => {
    isStopping = true;
    await Promise.all((await begun).map((part) => part.stop()));
  };
}

async function createApp(
  service: ServiceDefinition,
  { env, db, kafka, log, metrics }: Parts,
): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_MAX_BYTES,
    logger: false,
    trustProxy: (_, hop) => hop < (service.proxies ?? 0),
  });
  const apollo = new ApolloServer<Context>({
    schema: schemaOf(service),
    introspection: env.NODE_ENV !== 'production',
    includeStacktraceInErrorResponses: false,
    formatError: errorFormatter(log),
    plugins: [
      fastifyApolloDrainPlugin(app),
      ApolloServerPluginInlineTraceDisabled(),
      operationTimer(metrics),
      recordingReads((error) => log.error({ err: error }, 'reads could not be recorded')),
    ],
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: (m) => log.warn(m),
      error: (m) => log.error(m),
    },
    stopOnTerminationSignals: false,
  });
  await apollo.start();
  const verify = createVerifier({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE });
  await app.register(fastifyApollo(apollo), {
    context: async (request) =>
      createContext(
        {
          ...db,
          actor: await callerOf(verify, request.headers.authorization),
          traceparent: traceOf(request.headers['traceparent']),
        },
        { purpose: single(request.headers['x-purpose']) },
      ),
  });
  addRoutes(app, service.routes ?? [], db, log);
  addHealth(app, { source: db.source, kafka });
  endConnectionsOnClose(app);
  app.get('/metrics', async (_, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  return app;
}

const single = (header: string | string[] | undefined) => (Array.isArray(header) ? header[0] : header);

/** A connection that the gateway keeps alive after the last answer would hold a stop up until it is cut off. */
function endConnectionsOnClose(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}

/** The caller of a request. An invalid token is answered with HTTP 401 before anything runs. */
export async function callerOf(verify: Verify, authorization: string | undefined): Promise<Actor> {
  try {
    return await verify(authorization);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // A good token cannot be told from a bad one then, so a new token would not help.
    if (error.details['reason'] === 'PROVIDER_UNREACHABLE') throw errorOf(refuse('SERVICE_UNAVAILABLE'), 503);
    throw errorOf(error, 401);
  }
}

const operationTimer = (metrics: Metrics) => ({
  requestDidStart: async () => {
    const end = metrics.operations.startTimer();
    return {
      willSendResponse: async ({ errors }: { errors?: readonly unknown[] | undefined }) => {
        end({ outcome: errors === undefined || errors.length === 0 ? 'ok' : 'errors' });
      },
    };
  },
});

function addHealth(app: FastifyInstance, { source, kafka }: { source: DataSource; kafka: Kafka }): void {
  const admin = kafka.admin();
  let connected: Promise<void> | undefined;
  const reachKafka = async () => {
    connected ??= admin.connect();
    await connected
      .then(() => admin.describeCluster())
      .catch((error: unknown) => {
        connected = undefined;
        throw error;
      });
  };
  const within = <T>(promise: Promise<T>) => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('No answer within two seconds.')), 2_000);
    });
    return Promise.race([promise, tooLate]).finally(() => clearTimeout(timer));
  };
  const outcome = (result: PromiseSettledResult<unknown>) =>
    result.status === 'fulfilled' ? 'reached' : 'unreachable';
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_, reply) => {
    const [database, broker] = await Promise.allSettled([
      within(source.query('select 1')),
      within(reachKafka()),
    ]);
    const isReady = database.status === 'fulfilled' && broker.status === 'fulfilled';
    return reply
      .code(isReady ? 200 : 503)
      .send({ status: isReady ? 'ready' : 'not ready', database: outcome(database), kafka: outcome(broker) });
  });
  app.addHook('onClose', () => admin.disconnect());
}
