import type { DataSource } from 'typeorm';

/** Tables that nobody but their owner may change a row of; not every service has all of them. */
const EVIDENCE = ['access_log', 'audit_entry', 'audit_seal', 'archive_read', 'archive_export'];

/** The roles of a service's database, by what they do. */
export type Roles = { service: string; relay: string | undefined; reader: string };

/**
 * Gives each role what it needs and no more, as the migrator that owns the tables: the service reads and writes rows but can
 * change no evidence and no table, and take no key away without a trace; the relay has the outbox; the reader reads all but the keys.
 */
export async function grantRights(source: DataSource, { service, relay, reader }: Roles): Promise<void> {
  const { driver } = source;
  const own = driver.escape(service);
  const evidence: { name: string }[] = await source.query(
    `select tablename as name from pg_tables where schemaname = 'public' and tablename = any($1)`,
    [EVIDENCE],
  );
  await source.query(
    `grant usage on schema public to ${own};
     grant select, insert, update, delete on all tables in schema public to ${own};
     grant usage on all sequences in schema public to ${own};
     revoke update, delete on ${evidence.map(({ name }) => driver.escape(name)).join(', ')} from ${own};
     revoke delete on data_key from ${own};
     revoke insert, update, delete on migration from ${own};`,
  );
  if (relay !== undefined && relay !== service) {
    const role = driver.escape(relay);
    await source.query(
      `grant usage on schema public to ${role}; grant select, update, delete on outbox to ${role};`,
    );
  }
  const known: unknown[] = await source.query('select from pg_roles where rolname = $1', [reader]);
  if (known.length === 0) return;
  const role = driver.escape(reader);
  await source.query(
    `grant usage on schema public to ${role};
     grant select on all tables in schema public to ${role};
     revoke select on data_key from ${role};`,
  );
}

/** The role in a connection string. */
export const roleIn = (url: string): string => decodeURIComponent(new URL(url).username);
