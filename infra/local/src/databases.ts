import pg from 'pg';
import { SERVICES } from '../prerequisites.mjs';
import { PASSWORD, type Postgres } from './postgres.js';

/**
 * Makes the six databases and their roles where they are missing: one owns the tables and migrates them, the service's own works
 * with their rows, one sends the outbox, one only reads. What PostgreSQL grants to everyone on a new database is taken back, so that
 * no service can open another's.
 */
export async function createServiceDatabases(postgres: Pick<Postgres, 'url'>): Promise<void> {
  await within(postgres.url('postgres'), async (client) => {
    for (const service of SERVICES) {
      const migrator = `${service}_migrator`;
      for (const role of [service, migrator, `${service}_relay`, `${service}_reader`]) {
        const { rows } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
        if (rows.length === 0) await client.query(`create role ${role} login password '${PASSWORD}'`);
      }
      const { rows } = await client.query('select 1 from pg_database where datname = $1', [service]);
      if (rows.length === 0) await client.query(`create database ${service} owner ${migrator}`);
      await client.query(
        `alter database ${service} owner to ${migrator};
         revoke all on database ${service} from public;
         grant connect on database ${service} to ${service}, ${service}_relay, ${service}_reader;
         -- For the schema of its jobs, which only its owner can use.
         grant create on database ${service} to ${service};`,
      );
    }
    await client.query('revoke all on database postgres, template1 from public');
  });
  for (const service of SERVICES) await within(postgres.url(service), (client) => handOver(client, service));
}

/** What an earlier release made as the service itself belongs to the migrator from now on. */
async function handOver(client: pg.Client, service: string): Promise<void> {
  const { rows } = await client.query<{ change: string }>(
    `select format('alter %s %s owner to %I', case relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end, oid::regclass, $2::text)
       as change
     from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'S') and relowner = $1::regrole
       and not exists (select from pg_depend d where d.objid = c.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i'))
     union all
     select format('alter routine %s owner to %I', oid::regprocedure, $2::text)
     from pg_proc where pronamespace = 'public'::regnamespace and proowner = $1::regrole`,
    [service, `${service}_migrator`],
  );
  for (const { change } of rows) await client.query(change);
  // So that whoever fills the database may also tell the planner of it.
  await client.query(
    `alter default privileges for role ${service}_migrator in schema public grant maintain on tables to ${service}`,
  );
}

async function within(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
