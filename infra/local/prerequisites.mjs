// What this machine must have before anything slow begins. Plain JavaScript without dependencies, because on a fresh clone
// nothing is installed or built yet; the TypeScript beside it uses the same functions.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statfsSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const LOCAL = join(ROOT, '.local');
export const KAFKA_POM = fileURLToPath(new URL('kafka/pom.xml', import.meta.url));

/** The six services in the order of their default ports. Each owns the database, the role and the topic of its name. */
export const SERVICES = ['clients', 'risk', 'products', 'service', 'loyalty', 'marketing'];

/** Where each part listens unless PORT_<PART> says otherwise. */
export const DEFAULT_PORTS = {
  gateway: 4000,
  clients: 4001,
  risk: 4002,
  products: 4003,
  service: 4004,
  loyalty: 4005,
  marketing: 4006,
  oidc: 4010,
  smtp: 4025,
  mailbox: 4026,
  kafka: 9092,
  postgres: 5433,
};

const JAVA_OLDEST = 17;
const DISK_FREE_MIN = 1024 ** 3;

export const portVariable = (part) => `PORT_${part.toUpperCase()}`;

/** The environment as the supervisor understands it, and every mistake in it as a sentence. */
export function readEnvironment(env) {
  const mistakes = [];
  const ports = { ...DEFAULT_PORTS };
  for (const part of Object.keys(ports)) {
    const text = env[portVariable(part)];
    if (!text) continue;
    ports[part] = Number(text);
    if (!/^\d+$/.test(text) || ports[part] < 1 || ports[part] > 65_535)
      mistakes.push(`${portVariable(part)} is ${text}, which is not a port: give a number from 1 to 65535.`);
  }
  const databaseUrls = {};
  const roleUrls = {};
  for (const service of SERVICES) {
    const url = env[`DATABASE_URL_${service.toUpperCase()}`];
    if (url) databaseUrls[service] = url;
    // Without a role of its own for it, the service migrates and sends as itself.
    roleUrls[service] = Object.fromEntries(
      ['MIGRATOR_DATABASE_URL', 'RELAY_DATABASE_URL'].flatMap((name) => {
        const own = env[`${name}_${service.toUpperCase()}`];
        return own ? [[name, own]] : [];
      }),
    );
  }
  const external = {
    databaseUrls,
    roleUrls,
    brokers: env.KAFKA_BROKERS || undefined,
    issuer: env.OIDC_ISSUER || undefined,
    smtp: env.SMTP_URL || undefined,
  };
  return { ports, external, cache: env.CLIENT_GRAPH_CACHE || join(LOCAL, 'cache'), mistakes };
}

/** The parts that this machine has to run itself. */
export function ownParts({ databaseUrls, brokers, issuer, smtp }) {
  const isElsewhere = {
    postgres: SERVICES.every((service) => databaseUrls[service]),
    kafka: Boolean(brokers),
    oidc: Boolean(issuer),
    smtp: Boolean(smtp),
    mailbox: Boolean(smtp),
  };
  return Object.keys(DEFAULT_PORTS).filter((part) => !isElsewhere[part]);
}

/** What this machine lacks, one sentence each. */
export function machineProblems(env) {
  const { external, cache, mistakes } = readEnvironment(env);
  const problems = [...mistakes];
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19))
    problems.push(
      `Node 20.19 or newer is needed, and this is Node ${process.versions.node}: install a newer one.`,
    );
  if (process.platform === 'win32') problems.push('Windows itself is not supported: use WSL.');
  const disk = diskProblem();
  if (disk) problems.push(disk);
  if (!external.brokers) problems.push(...[findJava(env).problem, mavenProblem(env, cache)].filter(Boolean));
  return problems;
}

/** The ports that are not to be had, one sentence each. */
export async function portProblems(env) {
  const { ports, external } = readEnvironment(env);
  const parts = ownParts(external);
  const taken = await Promise.all(parts.map((part) => isTaken(ports[part])));
  const twins = parts.filter(
    (part, index) => parts.findIndex((other) => ports[other] === ports[part]) < index,
  );
  const problems = twins.map(
    (part) =>
      `Port ${ports[part]} is given to ${part} and to another part: set ${portVariable(part)} to a different one.`,
  );
  const blocked = parts.filter((_part, index) => taken[index]);
  if (blocked.length === 1)
    problems.push(
      `Port ${ports[blocked[0]]}, which ${blocked[0]} needs, is taken by another program: stop that one, or set ${portVariable(blocked[0])} to a free port.`,
    );
  if (blocked.length > 1)
    problems.push(
      `Ports ${blocked.map((part) => ports[part]).join(', ')} are taken, perhaps by another \`npm start\`: stop what has them, or set ${blocked.map(portVariable).join(', ')} to free ports.`,
    );
  return problems;
}

function diskProblem() {
  mkdirSync(LOCAL, { recursive: true });
  const { bavail, bsize } = statfsSync(LOCAL);
  if (bavail * bsize >= DISK_FREE_MIN) return undefined;
  return `The disk is nearly full (${Math.floor((bavail * bsize) / 1024 ** 2)} MiB free at ${LOCAL}): free at least 1 GiB and start again.`;
}

/** The Java to run Kafka with, JAVA_HOME's if set, and what is wrong with it. */
export function findJava(env) {
  const command = env.JAVA_HOME ? join(env.JAVA_HOME, 'bin', 'java') : 'java';
  const { error, stderr } = spawnSync(command, ['-version'], { encoding: 'utf8', env, timeout: 20_000 });
  const where = env.JAVA_HOME ? `in JAVA_HOME (${env.JAVA_HOME})` : 'on the path';
  if (error)
    return {
      command,
      problem: `Kafka needs Java ${JAVA_OLDEST} or newer, and there is none ${where}: install one, or set KAFKA_BROKERS to a running cluster.`,
    };
  const version = /version "(?:1\.)?(\d+)/.exec(stderr)?.[1];
  if (Number(version) >= JAVA_OLDEST) return { command };
  return {
    command,
    problem: `Kafka needs Java ${JAVA_OLDEST} or newer, and the one ${where} is ${version ? `Java ${version}` : 'none it knows'}: install a newer one, or set JAVA_HOME to it.`,
  };
}

/** The folder of Kafka's jars; there only when they are complete. */
export function kafkaJarsFolder(cache) {
  const version = /<kafka\.version>(.+?)</.exec(readFileSync(KAFKA_POM, 'utf8'))?.[1];
  return join(cache, `kafka-${version}`);
}

export function mavenProblem(env, cache) {
  if (existsSync(kafkaJarsFolder(cache))) return undefined;
  const folders = (env.PATH ?? '').split(delimiter);
  if (folders.some((folder) => existsSync(join(folder, 'mvn')))) return undefined;
  return 'Kafka is downloaded with Maven, and there is no `mvn` on the path: install Maven, or set KAFKA_BROKERS to a running cluster.';
}

/** Both ways of asking are needed: not every system refuses to listen beside a program that listens on every address. */
async function isTaken(port) {
  if (await isListening(port)) return true;
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(true));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(false)));
  });
}

function isListening(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
