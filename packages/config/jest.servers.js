// One Postgres and one Kafka for the whole run, on free ports. TEST_POSTGRES_URL or TEST_KAFKA_BROKERS in the
// environment: use those and start none. NO_KAFKA=1: start no Kafka.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';

const PURE = /rules\.test/;

export default async function startServers({ testPathPatterns }) {
  const asked = testPathPatterns?.patterns ?? [];
  if (asked.length > 0 && asked.every((pattern) => PURE.test(pattern))) return;

  const needsPostgres = !process.env.TEST_POSTGRES_URL;
  const needsKafka = !process.env.TEST_KAFKA_BROKERS && process.env.NO_KAFKA !== '1';
  if (!needsPostgres && !needsKafka) return;

  await import('./source.js');
  const { freePort, startKafka, startPostgres, temporaryFolder } = await import('@client-graph/local');

  const directory = await temporaryFolder('test');
  const interrupted = new AbortController();
  const running = [];
  globalThis.stopTestServers = async () => {
    await Promise.allSettled(running.map((server) => server.stop()));
    await rm(directory, { recursive: true, force: true });
  };
  // Jest itself would leave at once, and its teardown would not run.
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ]) {
    process.on(signal, () => {
      interrupted.abort();
      globalThis.stopTestServers().finally(() => process.exit(code));
    });
  }

  const place = async (name) => ({
    port: await freePort(),
    dataDir: join(directory, name),
    logFile: join(directory, `${name}.log`),
    signal: interrupted.signal,
  });
  const postgres = async () => {
    const server = await startPostgres({ ...(await place('postgres')), fsync: false });
    running.push(server);
    process.env.TEST_POSTGRES_URL = server.url('postgres');
  };
  const kafka = async () => {
    const server = await startKafka(await place('kafka'));
    running.push(server);
    process.env.TEST_KAFKA_BROKERS = server.brokers;
  };
  const started = await Promise.allSettled([needsPostgres && postgres(), needsKafka && kafka()]);
  const failed = started.find((result) => result.status === 'rejected');
  if (!failed) return;
  await globalThis.stopTestServers();
  throw failed.reason;
}
