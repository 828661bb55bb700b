import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  DEFAULT_PORTS,
  type External,
  ownParts,
  type PartName,
  type Ports,
  ROOT,
  SERVICES,
  type ServiceName,
} from '../prerequisites.mjs';
import { createServiceDatabases } from './databases.js';
import { environment } from './env.js';
import { startKafka } from './kafka.js';
import { startMail } from './mail.js';
import { type Oidc, startOidc } from './oidc.js';
import { freePorts, portTaken } from './ports.js';
import { type Postgres, startPostgres } from './postgres.js';
import { Problem } from './problem.js';
import { startProcess, waitUntilReady } from './process.js';
import { type Program, type Supervised, supervise } from './supervise.js';
import { requestToken } from './token-request.js';

export type StackOptions = {
  dataDir: string;
  /** One file for each process; those of the start before are overwritten. */
  logDir: string;
  /** A free port is found for each part not named. */
  ports?: Partial<Ports>;
  /** The services to start, all unless given. The gateway is started unless the list is empty. */
  services?: readonly ServiceName[];
  /** What runs elsewhere already. */
  external?: External;
  /** Start a process again when it ends by itself. */
  keepAlive?: boolean;
  /** See `startPostgres`. */
  fsync?: boolean;
  /** See `startOidc`. */
  tokenSeconds?: number;
  /** Added to the environment of the services and the gateway. */
  env?: Record<string, string>;
  /** Stops everything and ends the start when aborted. */
  signal?: AbortSignal;
  onEvent?: (line: string) => void;
};

/** What can be killed and restarted: all parts but the OpenID provider and the mail server, which live in this process. */
export type ProcessName = Exclude<PartName, 'oidc' | 'smtp' | 'mailbox'>;

export type Stack = {
  readonly ports: Ports;
  readonly gatewayUrl: string;
  readonly issuer: string;
  readonly brokers: string;
  databaseUrl(service: ServiceName): string;
  serviceUrl(service: ServiceName): string;
  token(personKey: string): Promise<string>;
  pid(name: ProcessName): number | undefined;
  kill(name: ProcessName, signal: NodeJS.Signals): Promise<void>;
  restart(name: ProcessName): Promise<void>;
  stop(): Promise<void>;
};

/** All the stack needs while it starts, and what has started so far. */
type Start = {
  options: StackOptions;
  ports: Ports;
  parts: Map<ProcessName, Supervised>;
  closers: (() => Promise<void>)[];
  calledOff: AbortController;
  onEvent: (line: string) => void;
};
type Backing = {
  databaseUrl: (service: ServiceName) => string;
  /** For the service's environment: a database of ours has a role for each task, one that is given has the roles that are given. */
  databaseUrls: (service: ServiceName) => Record<string, string>;
  brokers: string;
  issuer: string;
  smtpUrl: string;
};

/** Starts Postgres, Kafka, the OpenID provider, the services and the gateway; a query through the gateway answers when this resolves. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const calledOff = new AbortController();
  const callOff = () => calledOff.abort();
  options.signal?.addEventListener('abort', callOff);
  const ports = await allPorts(options.ports ?? {});
  const start: Start = {
    options,
    ports,
    parts: new Map(),
    closers: [],
    calledOff,
    onEvent: options.onEvent ?? (() => undefined),
  };
  try {
    const backing = await startBacking(start);
    const services = options.services ?? SERVICES;
    if (services.length > 0) await startGraph(start, backing, services);
    return handles(start, backing);
  } catch (error) {
    callOff();
    await stopAll(start);
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', callOff);
  }
}

async function allPorts(given: Partial<Ports>): Promise<Ports> {
  const free = await freePorts(Object.keys(DEFAULT_PORTS).length);
  const next = () => free.pop() ?? 0;
  const port = (part: PartName) => given[part] ?? next();
  return {
    gateway: port('gateway'),
    clients: port('clients'),
    risk: port('risk'),
    products: port('products'),
    service: port('service'),
    loyalty: port('loyalty'),
    marketing: port('marketing'),
    oidc: port('oidc'),
    smtp: port('smtp'),
    mailbox: port('mailbox'),
    kafka: port('kafka'),
    postgres: port('postgres'),
  };
}

async function startBacking(start: Start): Promise<Backing> {
  const external = start.options.external ?? { databaseUrls: {} };
  const own = ownParts(external);
  const [postgres, brokers, oidc, smtpUrl] = await together(start, [
    own.includes('postgres') ? startOwnPostgres(start) : undefined,
    own.includes('kafka') ? startOwnKafka(start) : undefined,
    own.includes('oidc') ? startOwnOidc(start) : undefined,
    own.includes('smtp') ? startOwnMail(start) : undefined,
  ]);
  const issuer = external.issuer ?? oidc?.issuer ?? '';
  const databaseUrl = (service: ServiceName) =>
    external.databaseUrls[service] ?? postgres?.url(service, service) ?? '';
  return {
    databaseUrl,
    databaseUrls: (service) => ({
      DATABASE_URL: databaseUrl(service),
      ...(postgres !== undefined && external.databaseUrls[service] === undefined
        ? {
            MIGRATOR_DATABASE_URL: postgres.url(service, `${service}_migrator`),
            RELAY_DATABASE_URL: postgres.url(service, `${service}_relay`),
          }
        : external.roleUrls?.[service]),
    }),
    brokers: external.brokers ?? brokers ?? '',
    issuer,
    smtpUrl: external.smtp ?? smtpUrl ?? '',
  };
}

async function startOwnPostgres(start: Start): Promise<Pick<Postgres, 'url'>> {
  const { dataDir, fsync = true } = start.options;
  const launch = {
    port: start.ports.postgres,
    dataDir: join(dataDir, 'postgres'),
    logFile: logFile(start, 'postgres'),
    fsync,
  };
  let latest: Postgres | undefined;
  await keep(start, 'postgres', async (signal) => (latest = await startPostgres({ ...launch, signal })));
  if (!latest) throw new Error('Postgres started without a handle.');
  await createServiceDatabases(latest);
  start.onEvent(`PostgreSQL is ready on port ${start.ports.postgres}`);
  return latest;
}

async function startOwnKafka(start: Start): Promise<string> {
  const launch = {
    port: start.ports.kafka,
    dataDir: join(start.options.dataDir, 'kafka'),
    logFile: logFile(start, 'kafka'),
  };
  await keep(start, 'kafka', (signal) => startKafka({ ...launch, signal }));
  start.onEvent(`Kafka is ready on port ${start.ports.kafka}`);
  return `127.0.0.1:${start.ports.kafka}`;
}

async function startOwnOidc(start: Start): Promise<Oidc> {
  const { dataDir, tokenSeconds } = start.options;
  const oidc = await startOidc({
    port: start.ports.oidc,
    dataDir: join(dataDir, 'oidc'),
    ...(tokenSeconds === undefined ? {} : { tokenSeconds }),
    onFault: (error) =>
      start.onEvent(`The OpenID provider failed: ${error instanceof Error ? error.message : String(error)}`),
  });
  start.closers.push(oidc.close);
  start.onEvent(`The OpenID provider is ready on port ${start.ports.oidc}`);
  return oidc;
}

async function startOwnMail(start: Start): Promise<string> {
  const { smtp, mailbox } = start.ports;
  const mail = await startMail({ smtpPort: smtp, pagePort: mailbox });
  start.closers.push(mail.close);
  start.onEvent(`The mail server is ready on port ${smtp}, its mailbox on port ${mailbox}`);
  return mail.smtpUrl;
}

async function startGraph(start: Start, backing: Backing, services: readonly ServiceName[]): Promise<void> {
  const urls = SERVICES.map((service) => [
    `SERVICE_URL_${service.toUpperCase()}`,
    `http://127.0.0.1:${start.ports[service]}/graphql`,
  ]);
  const shared = {
    OIDC_ISSUER: backing.issuer,
    KAFKA_BROKERS: backing.brokers,
    MASTER_KEYS: environment['MASTER_KEYS'] ?? `file:${resolve(start.options.dataDir, 'master-keys.json')}`,
  };
  await together(start, [
    ...services.map((service) =>
      startNode(start, service, join('services', service), {
        ...shared,
        ...backing.databaseUrls(service),
        ...(service === 'service' ? { SMTP_URL: backing.smtpUrl } : {}),
      }),
    ),
    startNode(start, 'gateway', 'gateway', { ...Object.fromEntries(urls), OIDC_ISSUER: backing.issuer }),
  ]);
  await firstAnswer(start, backing);
}

/** What a request needs is gone with its answer: Node's usual 16 MB for such things make it copy what is about to be dropped, a quarter of a long list's cost. */
const MUCH_SHORT_LIVED = ['--max-semi-space-size=32'];

async function startNode(
  start: Start,
  name: ServiceName | 'gateway',
  folder: string,
  env: Record<string, string>,
): Promise<void> {
  const port = start.ports[name];
  const log = logFile(start, name);
  const explain = (lastWords: string) => {
    if (/EADDRINUSE/.test(lastWords)) return portTaken(port, name, `PORT_${name.toUpperCase()}`);
    return new Problem(`${name} did not become ready: see ${log}.`);
  };
  await keep(start, name, async (signal) => {
    const running = await startProcess({
      name,
      command: process.execPath,
      args: [
        ...(name === 'gateway' ? MUCH_SHORT_LIVED : []),
        '--enable-source-maps',
        join(ROOT, folder, 'dist', 'main.js'),
      ],
      cwd: join(ROOT, folder),
      env: { ...environment, PORT: String(port), ...env, ...start.options.env },
      logFile: log,
      signal,
    });
    const isReady = () => respondsOk(`http://127.0.0.1:${port}/health/ready`);
    await waitUntilReady(running, isReady, { timeoutMs: 180_000, signal, explain });
    return running;
  });
  start.onEvent(`${name} is ready on port ${port}`);
}

/** The gateway may be up and still refuse everything: only a query that answers counts as started. */
async function firstAnswer(start: Start, { issuer }: Backing): Promise<void> {
  const isOwnIssuer = !start.options.external?.issuer;
  const authorization = isOwnIssuer ? { authorization: `Bearer ${await requestToken(issuer, 'admin')}` } : {};
  const response = await fetch(`http://127.0.0.1:${start.ports.gateway}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization },
    body: JSON.stringify({ query: '{ __typename }' }),
    signal: AbortSignal.timeout(30_000),
  });
  const answer = await response.text();
  const isAnswered = isOwnIssuer
    ? answer.includes('"Query"')
    : response.status === 200 || response.status === 401;
  if (!isAnswered)
    throw new Problem(
      `The gateway does not answer a query (${answer.slice(0, 200)}): see ${logFile(start, 'gateway')}.`,
    );
}

async function respondsOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

async function keep(
  start: Start,
  name: ProcessName,
  launch: (signal: AbortSignal) => Promise<Program>,
): Promise<void> {
  rmSync(logFile(start, name), { force: true });
  const { keepAlive = false } = start.options;
  const { signal } = start.calledOff;
  const launchUnlessCalledOff = (own: AbortSignal) => launch(AbortSignal.any([own, signal]));
  start.parts.set(
    name,
    await supervise({ name, start: launchUnlessCalledOff, keepAlive, signal, onEvent: start.onEvent }),
  );
}

function logFile(start: Start, name: PartName): string {
  return join(start.options.logDir, `${name}.log`);
}

function handles(start: Start, backing: Backing): Stack {
  const { ports, parts } = start;
  const part = (name: ProcessName) => {
    const found = parts.get(name);
    if (!found) throw new Error(`This stack does not run ${name}.`);
    return found;
  };
  return {
    ports,
    ...backing,
    gatewayUrl: `http://127.0.0.1:${ports.gateway}/graphql`,
    serviceUrl: (service) => `http://127.0.0.1:${ports[service]}/graphql`,
    token: (personKey) => requestToken(backing.issuer, personKey),
    pid: (name) => parts.get(name)?.pid(),
    kill: (name, signal) => part(name).kill(signal),
    restart: (name) => part(name).restart(),
    stop: () => stopAll(start),
  };
}

/** First those that use the others, then the others, so that each can end its work in good order. */
async function stopAll({ parts, closers }: Start): Promise<void> {
  const [backing, graph] = [
    ['postgres', 'kafka'],
    [...SERVICES, 'gateway'],
  ].map((names) => [...parts].filter(([name]) => names.includes(name)));
  await Promise.allSettled((graph ?? []).map(([, part]) => part.stop()));
  await Promise.allSettled([
    ...(backing ?? []).map(([, part]) => part.stop()),
    ...closers.map((close) => close()),
  ]);
}

/** The first failure calls the others off; nothing is still starting when it is thrown. */
async function together<T extends readonly unknown[]>(
  start: Start,
  work: [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const failures: unknown[] = [];
  const fail = (error: unknown) => {
    failures.push(error);
    start.calledOff.abort();
  };
  await Promise.allSettled(work.map((part) => Promise.resolve(part).catch(fail)));
  if (failures.length > 0) throw failures[0];
  return Promise.all(work);
}
