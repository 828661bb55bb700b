import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DataSource, type Logger, type MigrationInterface, type QueryRunner } from 'typeorm';
import { ApprovalRow } from './approvals.js';
import { noteStatement } from './audit-trail.js';
import { ClientCopyRow } from './client-copy.js';
import { SnakeCase } from './columns.js';
import { PooledClient, QUEUE_MS, silentAtMost } from './connection.js';
import type { Row, RowClass } from './db.js';

type EntityClass = RowClass<Row>;

export type DatabaseOptions = {
  url: string;
  service: string;
  entities: readonly EntityClass[];
  /** Folder of the service's `<milliseconds>-<name>.sql` files; kit's own come first by their number. */
  migrations: URL;
  poolMax: number;
  onStatement?: (sql: string) => void;
};

const KIT_MIGRATIONS = new URL('../migrations/', import.meta.url);

export function createDataSource(options: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    applicationName: options.service,
    entities: [...options.entities, ClientCopyRow, ApprovalRow],
    migrations: [...sqlMigrations(KIT_MIGRATIONS), ...sqlMigrations(options.migrations)],
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    namingStrategy: new SnakeCase(),
    synchronize: false,
    poolSize: options.poolMax,
    extra: {
      Client: PooledClient,
      connectionTimeoutMillis: QUEUE_MS,
      statement_timeout: 30_000,
      // Longer than a statement may take, so that it is the database which gives up while it is there.
      stream: silentAtMost(40_000),
      idle_in_transaction_session_timeout: 60_000,
    },
    logging: ['query'],
    logger: watching(options.onStatement ?? nothing),
  });
}

/** Brings the database up to date. Replicas that start together take turns: TypeORM by itself would let them race. */
export async function migrate(source: DataSource, after?: () => Promise<void>): Promise<void> {
  const runner = source.createQueryRunner();
  await runner.connect();
  try {
    await runner.query(`select pg_advisory_lock(hashtext('migrate'))`);
    await source.runMigrations();
    await after?.();
  } finally {
    await runner.query(`select pg_advisory_unlock(hashtext('migrate'))`).catch(() => undefined);
    await runner.release();
  }
}

/** Each `.sql` file of a folder as a TypeORM migration, named `<name><milliseconds>` as TypeORM wants it. */
function sqlMigrations(folder: URL): (new () => MigrationInterface)[] {
  const files = readdirSync(fileURLToPath(folder)).filter((name) => /^\d{13}-.*\.sql$/.test(name));
  return files.sort().map((file) => {
    const sql = readFileSync(new URL(file, folder), 'utf8');
    const [, milliseconds, name] = /^(\d{13})-(.*)\.sql$/.exec(file) ?? [];
    return class implements MigrationInterface {
      readonly name = `${name}${milliseconds}`;
      async up(runner: QueryRunner): Promise<void> {
        await runner.query(sql);
      }
      async down(): Promise<void> {
        throw new Error('Migrations go forward only: write a new one that undoes it.');
      }
    };
  });
}

const nothing = () => undefined;

/** Every statement passes here: it is counted, and what it writes past the recorded path is taken down. */
const watching = (onStatement: (sql: string) => void): Logger => ({
  logQuery: (sql, _, runner) => {
    onStatement(sql);
    noteStatement(sql, runner);
  },
  logQueryError: nothing,
  logQuerySlow: nothing,
  logSchemaBuild: nothing,
  logMigration: nothing,
  log: nothing,
});
