import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  findJava,
  machineProblems,
  mavenProblem,
  ownParts,
  portProblems,
  readEnvironment,
} from '../prerequisites.mjs';
import { freePorts } from './ports.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'client-graph-prerequisites-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const PARTS = [
  'GATEWAY',
  'CLIENTS',
  'RISK',
  'PRODUCTS',
  'SERVICE',
  'LOYALTY',
  'MARKETING',
  'OIDC',
  'SMTP',
  'MAILBOX',
  'KAFKA',
  'POSTGRES',
];
const portsOf = (ports: number[]) =>
  Object.fromEntries(PARTS.map((part, index) => [`PORT_${part}`, String(ports[index])]));

async function aJava(version: string): Promise<string> {
  const home = await mkdtemp(join(folder, 'java-'));
  await writeFile(join(home, 'java'), `#!/bin/sh\necho 'openjdk version "${version}"' >&2\n`);
  await chmod(join(home, 'java'), 0o755);
  return home;
}

test('free ports are no problem; one that is taken is named with the variable that moves it', async () => {
  const ports = await freePorts(PARTS.length);
  expect(await portProblems(portsOf(ports))).toEqual([]);
  const server = createServer().listen(ports[2], '127.0.0.1');
  await once(server, 'listening');
  const taken = `Port ${ports[2]}, which risk needs, is taken by another program: stop that one, or set PORT_RISK to a free port.`;
  expect(await portProblems(portsOf(ports))).toEqual([taken]);
  server.close();
});

test('a port given twice is told', async () => {
  const [first = 0, ...rest] = await freePorts(PARTS.length);
  expect(await portProblems({ ...portsOf([first, ...rest]), PORT_RISK: String(first) })).toEqual([
    `Port ${first} is given to risk and to another part: set PORT_RISK to a different one.`,
  ]);
});

test.each(['0', '65536', 'http', '80.5', '-1'])('%s is not a port', (text) => {
  expect(readEnvironment({ PORT_OIDC: text }).mistakes).toEqual([
    `PORT_OIDC is ${text}, which is not a port: give a number from 1 to 65535.`,
  ]);
});

test('what runs elsewhere is not started here', () => {
  const urls = Object.fromEntries(
    PARTS.slice(1, 7).map((name) => [`DATABASE_URL_${name}`, 'postgres://elsewhere']),
  );
  const { external } = readEnvironment({
    ...urls,
    KAFKA_BROKERS: 'elsewhere:9092',
    OIDC_ISSUER: 'https://elsewhere',
    SMTP_URL: 'smtp://elsewhere',
  });
  expect(ownParts(external)).toEqual([
    'gateway',
    'clients',
    'risk',
    'products',
    'service',
    'loyalty',
    'marketing',
  ]);
  expect(ownParts(readEnvironment({ ...urls, DATABASE_URL_RISK: '' }).external)).toContain('postgres');
});

test('a database elsewhere may have roles of its own for migrations and for sending', () => {
  const { external } = readEnvironment({
    DATABASE_URL_RISK: 'postgres://risk@elsewhere/risk',
    MIGRATOR_DATABASE_URL_RISK: 'postgres://risk_migrator@elsewhere/risk',
    RELAY_DATABASE_URL_RISK: 'postgres://risk_relay@elsewhere/risk',
    MIGRATOR_DATABASE_URL_LOYALTY: '',
  });
  expect(external.roleUrls?.risk).toEqual({
    MIGRATOR_DATABASE_URL: 'postgres://risk_migrator@elsewhere/risk',
    RELAY_DATABASE_URL: 'postgres://risk_relay@elsewhere/risk',
  });
  expect(external.roleUrls?.loyalty).toEqual({});
});

test('Java must be there and new enough', async () => {
  expect(findJava({ PATH: folder }).problem).toMatch(
    /^Kafka needs Java 17 or newer, and there is none on the path: /,
  );
  expect(findJava({ PATH: await aJava('1.8.0_402') }).problem).toMatch(/the one on the path is Java 8: /);
  expect(findJava({ PATH: await aJava('11.0.2') }).problem).toMatch(/the one on the path is Java 11: /);
  expect(findJava({ PATH: await aJava('17.0.15') }).problem).toBeUndefined();
  expect(findJava({ PATH: await aJava('25') }).problem).toBeUndefined();
  expect(findJava({ JAVA_HOME: folder }).problem).toMatch(/there is none in JAVA_HOME/);
});

test('Maven is needed until Kafka is in the cache, and neither with a cluster elsewhere', () => {
  expect(mavenProblem({ PATH: folder }, folder)).toMatch(
    /^Kafka is downloaded with Maven, and there is no `mvn`/,
  );
  expect(machineProblems({ PATH: folder, CLIENT_GRAPH_CACHE: folder })).toHaveLength(2);
  expect(machineProblems({ PATH: folder, KAFKA_BROKERS: 'elsewhere:9092' })).toEqual([]);
});
