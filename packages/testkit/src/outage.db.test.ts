import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createKafka, createLog, ensureTopics, transact } from '@client-graph/kit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Kafka } from 'kafkajs';
import { createDataSource } from '../../kit/src/database.js';
import { startJobs } from '../../kit/src/jobs.js';
import { createMetrics } from '../../kit/src/metrics.js';
import { startRelay } from '../../kit/src/relay.js';
import { fixture, noted } from './fixture.js';
import { aService, freshId, until, type World } from './index.js';

const log = createLog('test', 'silent');
const service = fixture(`outage-${freshId().slice(-6)}`);
let world: World;
let kafka: Kafka;
let way: Awaited<ReturnType<typeof aWayTo>>;

beforeAll(async () => {
  world = await aService(service);
  way = await aWayTo(String(Reflect.get(world.db.source.options, 'url')));
  kafka = createKafka('test', (process.env['TEST_KAFKA_BROKERS'] ?? '').split(','));
  await ensureTopics(kafka);
});
afterAll(async () => {
  way.close();
  await world.stop();
});

/** A way to the database that can be broken. */
async function aWayTo(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const ends = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => undefined);
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.toString(),
    /** As when the other host vanishes: what is connected stays so and hears nothing more; new connections come through. */
    freeze: () => {
      for (const end of ends) end.unpipe().pause();
    },
    /** As when the database is killed. */
    cut: () => {
      for (const end of ends) end.destroy();
    },
    close: () => {
      for (const end of ends) end.destroy();
      server.close();
    },
  };
}

const areAllSent = async () =>
  (await world.sql('select 1 from outbox where published_at is null')).length === 0;
const record = () => transact(world.db, (tx) => tx.record(noted(freshId(), freshId())));

test('a relay whose connection has died without a word gives it up, and so does the database, which keeps its lock', async () => {
  const relay = startRelay({
    databaseUrl: way.url,
    service: service.name,
    kafka,
    log,
    metrics: createMetrics(service.name),
    silenceMs: 2_500,
  });
  await record();
  await until(areAllSent);
  way.freeze();
  await record();
  await until(areAllSent, 60_000);
  await relay.stop();
}, 300_000);

test('the timetable of jobs outlives the death of the database', async () => {
  const job = { name: 'nightly', cron: '0 16 * * *', run: async () => undefined };
  const jobs = await startJobs(way.url, world.db, [job], log);
  way.cut();
  await until(
    async () =>
      (await world.sql(`select 1 from graphile_worker._private_known_crontabs where identifier = 'nightly'`))
        .length === 1,
  );
  await jobs.stop();
});

/** A message of Postgres: its letter, its length, what it says. */
const message = (letter: string, body: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(letter), length, body]);
};

test('a connection that is lost in the instant it is made is a fault of that request, not the end of the process', async () => {
  const welcome = [message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))];
  const farewell = message('E', Buffer.from('SFATAL\0C57P01\0Mterminating\0\0'));
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([...welcome, farewell])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `postgres://nobody@127.0.0.1:${(server.address() as AddressInfo).port}/none`;
  const source = createDataSource({
    url,
    service: 'none',
    entities: [],
    migrations: service.folder,
    poolMax: 2,
  });
  await expect(source.initialize()).rejects.toThrow();
  server.close();
});
