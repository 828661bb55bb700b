import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Kafka as KafkaClient, logLevel } from 'kafkajs';
import { findJava, KAFKA_POM } from '../prerequisites.mjs';
import { claim } from './claim.js';
import { environment } from './env.js';
import { kafkaJars } from './kafka-jars.js';
import { demandFree, freePort, portTaken } from './ports.js';
import { Problem } from './problem.js';
import { type ProcessOptions, runProcess, startProcess, waitUntilReady } from './process.js';

export type KafkaOptions = {
  port: number;
  /** For the node's talk with itself; any free port unless given. */
  controllerPort?: number;
  dataDir: string;
  /** Beside the data folder unless given. */
  logFile?: string;
  signal?: AbortSignal | undefined;
};

export type Kafka = {
  readonly brokers: string;
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
};

/** Makes what runs one of Kafka's main classes. */
type Command = (name: string, log: string, mainClass: string, ...args: string[]) => ProcessOptions;

/** Apache Kafka, one node, on 127.0.0.1, ready to take messages. It ends when this process does. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const { port, dataDir, logFile = `${dataDir}.log`, signal } = options;
  const setupLog = logFile.replace(/(\.log)?$/, '-setup.log');
  await demandFree(port, 'Kafka', 'PORT_KAFKA');
  mkdirSync(dirname(logFile), { recursive: true });
  const java = findJava(environment);
  if (java.problem) throw new Problem(java.problem);
  const jars = await kafkaJars(setupLog, signal);
  const command: Command = (name, log, mainClass, ...args) => {
    return {
      name,
      command: java.command,
      args: [...javaOptions(jars, logFile), mainClass, ...args],
      logFile: log,
      signal,
    };
  };
  // Kafka's own lock comes late: until then a second node on the same folder answers as if it were ready.
  const claimed = await claim(dataDir);
  if (!claimed) throw dataInUse();
  try {
    const running = await launch(options, logFile, setupLog, command);
    void running.exited.finally(claimed.release);
    return running;
  } catch (error) {
    claimed.release();
    throw error;
  }
}

async function launch(
  { port, controllerPort, dataDir, signal }: KafkaOptions,
  logFile: string,
  setupLog: string,
  command: Command,
): Promise<Kafka> {
  mkdirSync(dataDir, { recursive: true });
  const config = join(dataDir, 'server.properties');
  writeFileSync(config, properties(port, controllerPort ?? (await freePort()), join(dataDir, 'log')));
  const cluster = await format({ port, dataDir }, config, setupLog, command);

  const running = await startProcess(command('kafka', logFile, 'kafka.Kafka', config));
  const brokers = `127.0.0.1:${port}`;
  await waitUntilReady(running, () => serves(brokers, cluster), {
    timeoutMs: 180_000,
    signal,
    explain: (words) => explain(words, logFile, port),
  });
  return { brokers, port, pid: running.pid, exited: running.exited, kill: running.kill, stop: running.stop };
}

const dataInUse = () =>
  new Problem('Kafka could not start because another Kafka is using its data folder: stop that one first.');

function javaOptions(jars: string, logFile: string): string[] {
  // The serial collector suits a small heap. The quick compiler alone halves the start (4.4 s to 2.2 s on two cores) and sends
  // no slower: 20,000 messages of 300 bytes took 0.3 s with it and 0.4 s without.
  const memory = ['-Xms128m', '-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const logging = [
    `-Dkafka.log=${logFile}`,
    `-Dlog4j2.configurationFile=${join(dirname(KAFKA_POM), 'log4j2.properties')}`,
  ];
  return [...memory, ...logging, '-cp', join(jars, '*')];
}

function properties(port: number, controllerPort: number, logDir: string): string {
  const values = {
    'process.roles': 'broker,controller',
    'node.id': 1,
    // Named here rather than kept in the data, so that the port may differ from start to start.
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `BROKER://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `BROKER://127.0.0.1:${port}`,
    'inter.broker.listener.name': 'BROKER',
    'controller.listener.names': 'CONTROLLER',
    'listener.security.protocol.map': 'BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'log.dirs': logDir,
    'num.partitions': 6,
    'auto.create.topics.enable': false,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 6,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'transaction.state.log.num.partitions': 6,
    'group.initial.rebalance.delay.ms': 0,
    // A node that was killed is let in again once its former self has been silent this long (9 s unless told). Much less, and a
    // busy machine makes the node lose its own partitions.
    'broker.session.timeout.ms': 6_000,
    'broker.heartbeat.interval.ms': 300,
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** Gives the data folder its cluster id, once, and returns it; the id is kept beside it. An interrupted try is thrown away. */
async function format(
  { port, dataDir }: KafkaOptions,
  config: string,
  setupLog: string,
  command: Command,
): Promise<string> {
  const done = join(dataDir, 'cluster-id');
  if (existsSync(done)) return readFileSync(done, 'utf8');
  const id = randomBytes(16).toString('base64url');
  rmSync(join(dataDir, 'log'), { recursive: true, force: true });
  // One word: an id may begin with a dash.
  const args = ['format', `--cluster-id=${id}`, '--config', config];
  const { code, lastWords } = await runProcess(
    command('kafka-format', setupLog, 'kafka.tools.StorageTool', ...args),
  );
  if (code !== 0) throw explain(lastWords, setupLog, port);
  writeFileSync(done, id);
  return id;
}

/** Whether the cluster that answers is this one: another may have the port. */
async function serves(brokers: string, cluster: string): Promise<boolean> {
  const client = new KafkaClient({
    brokers: [brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { retries: 0 },
  });
  const admin = client.admin();
  try {
    await admin.connect();
    const { brokers: nodes, clusterId } = await admin.describeCluster();
    return nodes.length > 0 && clusterId === cluster;
  } catch {
    return false;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

function explain(printed: string, logFile: string, port: number): Problem {
  // Kafka's own log goes to the same file, so its last words are among what was printed.
  if (/No space left on device/.test(printed))
    return new Problem('Kafka could not start because the disk is full: free some space and start again.');
  if (/Address already in use|Socket server failed to bind/.test(printed))
    return portTaken(port, 'Kafka', 'PORT_KAFKA');
  if (/Failed to acquire lock/.test(printed)) return dataInUse();
  if (
    /incompatible|unsupported .*metadata|No `meta.properties`|InvalidConfigurationException|Unsupported feature|InconsistentClusterId/i.test(
      printed,
    )
  ) {
    return new Problem(
      `Kafka's data folder was written by another version: begin anew with \`npm start -- --fresh\`; what Kafka said is in ${logFile}.`,
    );
  }
  const lastLine = printed.split('\n').at(-1) ?? '';
  return new Problem(`Kafka did not start; its last words, "${lastLine}", and more are in ${logFile}.`);
}
