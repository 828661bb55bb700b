import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ApolloServer, type GraphQLResponse } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import type { EventDraft, ReceivedEvent } from '@client-graph/events';
import {
  type Actor,
  applyEvent,
  asService,
  type Context,
  createContext,
  createLog,
  type Db,
  errorFormatter,
  keysInMemory,
  openDatabase,
  recordingReads,
  type ServiceDefinition,
  schemaOf,
  transact,
} from '@client-graph/kit';
import type { GraphQLFormattedError } from 'graphql';
import pg from 'pg';
import { v7 as uuidv7 } from 'uuid';

export { actorOf } from '@client-graph/kit';
export { refusalProblems } from './contract.js';
export { readablePlaces } from './planted.js';
export { reachProblems } from './reach.js';
export { aServer } from './routes.js';

/** What the kit adds to a request whatever the service does: one statement at most for the keys not at hand, one for what was read. */
const OF_EVIDENCE = /\b(access_log|audit_entry|data_key)\b/;

/** One master key that everybody knows. */
const testKeys = keysInMemory(() => ({
  current: 'test',
  keys: { test: Buffer.alloc(32, 7).toString('base64') },
}));

/** A fresh UUIDv7, so that each test owns its data. */
export const freshId = (): string => uuidv7();

type Answer = {
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape it has asked for and checks it at once.
  data: any;
  errors: readonly GraphQLFormattedError[];
  /** Codes of the errors, for the commonest expectation. */
  codes: string[];
};

export type OutboxRecord = {
  id: string;
  type: string;
  key: string;
  sequence: number;
  data: Record<string, unknown>;
};

/** A service in this process on a database of its own, as its tests see it. */
export type World = {
  db: Db;
  /** The service's clock; stands still until a test moves it. */
  clock: { now: Date };
  ask: (
    actor: Actor | null,
    operation: string,
    variables?: Record<string, unknown>,
    /** The header `x-purpose`. */
    purpose?: string,
  ) => Promise<Answer>;
  /** Delivers an event as Kafka would: every copy has the same id. */
  deliver: (draft: EventDraft, options?: { times?: number; at?: Date; id?: string }) => Promise<void>;
  /** What the outbox holds, oldest first; of one type when given. */
  events: (type?: string) => Promise<OutboxRecord[]>;
  /** How many SQL statements the work has sent, beside those that the kit sends for keys and evidence. */
  statements: (work: () => Promise<unknown>) => Promise<number>;
  /** How many it has sent altogether. */
  allStatements: (work: () => Promise<unknown>) => Promise<number>;
  sql: <T = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<T[]>;
  stop: () => Promise<void>;
};

/** Opens a service on a database cloned from a template that was migrated and seeded once per version of its migrations. */
export async function aService(service: ServiceDefinition, options: { now?: Date } = {}): Promise<World> {
  const url = await cloneOf(service);
  const clock = { now: options.now ?? new Date('2026-03-02T02:00:00.000Z') };
  let count = 0;
  let ofEvidence = 0;
  const db = await openDatabase(service, {
    url,
    poolMax: 12,
    onStatement: (sql) => {
      count += 1;
      if (OF_EVIDENCE.test(sql)) ofEvidence += 1;
    },
    now: () => new Date(clock.now),
    keys: testKeys,
  });
  const apollo = new ApolloServer<Context>({
    schema: schemaOf(service),
    formatError: errorFormatter(createLog('test', 'silent')),
    plugins: [ApolloServerPluginInlineTraceDisabled(), recordingReads(() => undefined)],
  });
  await apollo.start();

  return {
    db,
    clock,
    ask: async (actor, query, variables = {}, purpose) => {
      const contextValue = createContext({ ...db, actor: actor ?? db.actor }, { purpose });
      // As over HTTP: what is not JSON does not pass.
      const request = { query, variables: JSON.parse(JSON.stringify(variables)) };
      return answerOf(await apollo.executeOperation(request, { contextValue }));
    },
    deliver: async (draft, { times = 1, at = clock.now, id = freshId() } = {}) => {
      const event = received(draft, id, at);
      for (let n = 0; n < times; n += 1) {
        await transact(asService(db), (tx) => applyEvent(tx, service.name, service.handlers, event));
      }
    },
    events: (type) => outboxOf(db, type),
    statements: async (work) => {
      const before = count - ofEvidence;
      await work();
      return count - ofEvidence - before;
    },
    allStatements: async (work) => {
      const before = count;
      await work();
      return count - before;
    },
    sql: (text, values = []) => db.source.query(text, values),
    stop: async () => {
      await apollo.stop();
      await Promise.all([db.source.destroy(), db.accessLog.close()]);
      await onServer((client) =>
        client.query(`drop database if exists "${new URL(url).pathname.slice(1)}" with (force)`),
      );
    },
  };
}

function answerOf({ body }: GraphQLResponse): Answer {
  if (body.kind !== 'single') throw new Error('The answer came in parts.');
  const { data, errors = [] } = body.singleResult;
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    errors,
    codes: errors.map((error) => String(error.extensions?.['code'])),
  };
}

const received = (draft: EventDraft, id: string, time: Date): ReceivedEvent<unknown> => ({
  id,
  type: draft.contract.type,
  version: draft.contract.version,
  source: `/${draft.contract.topic.split('.')[0]}`,
  topic: draft.contract.topic,
  key: draft.key,
  sequence: 1,
  time,
  traceparent: undefined,
  actorRole: undefined,
  data: JSON.parse(JSON.stringify(draft.data)),
});

async function outboxOf(db: Db, type: string | undefined): Promise<OutboxRecord[]> {
  const rows: { id: string; type: string; key: string; sequence: string; data: Record<string, unknown> }[] =
    await db.source.query(
      'select id, type, key, sequence, payload as data from outbox where $1::text is null or type = $1 order by position',
      [type ?? null],
    );
  return rows.map((row) => ({ ...row, sequence: Number(row.sequence) }));
}

/** A fresh, empty database on the test server; returns its URL. */
export async function emptyDatabase(): Promise<string> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  await onServer((client) => client.query(`create database "${name}"`));
  return urlOf(name);
}

async function cloneOf(service: ServiceDefinition): Promise<string> {
  const template = `template_${service.name}_${versionOf(service.folder)}`;
  const name = `t_${service.name}_${randomBytes(6).toString('hex')}`;
  await onServer(async (client) => {
    // Test workers that start together take turns; the first one builds the template.
    await client.query('select pg_advisory_lock(hashtext($1))', [template]);
    const { rowCount } = await client.query('select from pg_database where datname = $1', [template]);
    if (rowCount === 0) {
      await client.query(`create database "${template}_new"`);
      const db = await openDatabase(service, {
        url: urlOf(`${template}_new`),
        poolMax: 2,
        now: () => new Date('2026-01-01T00:00:00Z'),
        keys: testKeys,
      });
      await db.source.destroy();
      await client.query(`alter database "${template}_new" rename to "${template}"`);
    }
    await client.query(`create database "${name}" template "${template}" strategy file_copy`);
    await client.query('select pg_advisory_unlock(hashtext($1))', [template]);
  });
  return urlOf(name);
}

/** Changes with every file that shapes or fills the database. */
function versionOf(folder: URL): string {
  const hash = createHash('sha256');
  for (const part of ['migrations/', 'src/', 'data/', '../../packages/kit/migrations/']) {
    const base = fileURLToPath(new URL(part, folder));
    if (!statSync(base, { throwIfNoEntry: false })) continue;
    for (const file of readdirSync(base, { recursive: true, encoding: 'utf8' }).sort()) {
      if (/\.(sql|json|ts)$/.test(file) && !file.endsWith('.test.ts'))
        hash.update(file).update(readFileSync(`${base}/${file}`));
    }
  }
  return hash.digest('hex').slice(0, 12);
}

async function onServer(work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl() });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(serverUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function serverUrl(): string {
  const url = process.env['TEST_POSTGRES_URL'];
  if (url === undefined)
    throw new Error(
      'TEST_POSTGRES_URL is not set: run tests through the root jest configuration, whose set-up starts Postgres.',
    );
  return url;
}

/** Waits for a condition, never for a time; fails after `timeoutMs`. */
export async function until(condition: () => boolean | Promise<boolean>, timeoutMs = 90_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`The condition did not come true within ${timeoutMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
