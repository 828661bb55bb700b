import pg from 'pg';
import { SERVICES } from '../prerequisites.mjs';
import { PASSWORD, type Postgres } from './postgres.js';

/**
 * Makes the six databases, each owned by the role of its name, where they are missing. What PostgreSQL grants to everyone on
 * a new database is taken back, so that no service can open another's.
 */
export async function createServiceDatabases(postgres: Pick<Postgres, 'url'>): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.url('postgres') });
  await client.connect();
  try {
    for (const service of SERVICES) {
      const { rows: roles } = await client.query('select 1 from pg_roles where rolname = $1', [service]);
      if (roles.length === 0) await client.query(`create role ${service} login password '${PASSWORD}'`);
      const { rows: databases } = await client.query('select 1 from pg_database where datname = $1', [
        service,
      ]);
      if (databases.length === 0) await client.query(`create database ${service} owner ${service}`);
      await client.query(`revoke all on database ${service} from public`);
    }
    await client.query('revoke all on database postgres, template1 from public');
  } finally {
    await client.end();
  }
}
