import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { SERVICES } from '../prerequisites.mjs';
import { createServiceDatabases } from './databases.js';
import { temporaryFolder } from './folders.js';
import { freePort } from './ports.js';
import { type Postgres, startPostgres } from './postgres.js';

let folder: string;
let postgres: Postgres;

beforeAll(async () => {
  folder = await temporaryFolder('postgres');
  postgres = await startPostgres({ port: await freePort(), dataDir: join(folder, 'data'), fsync: false });
  await createServiceDatabases(postgres);
  await createServiceDatabases(postgres);
}, 300_000);

afterAll(async () => {
  await postgres?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

test.each(SERVICES)('%s can open its database and no other, and owns none of its tables', async (service) => {
  await query(postgres.url(service, service), 'select 1');
  await query(postgres.url(service, `${service}_migrator`), 'create table t (id int)');
  await expect(query(postgres.url(service, service), 'drop table t')).rejects.toMatchObject({
    code: '42501',
  });
  await expect(query(postgres.url(service, service), 'create table u (id int)')).rejects.toMatchObject({
    code: '42501',
  });
  for (const other of [...SERVICES.filter((name) => name !== service), 'postgres', 'template1']) {
    await expect(query(postgres.url(other, service), 'select 1')).rejects.toMatchObject({ code: '42501' });
  }
});

test('nobody comes in without the password', async () => {
  const url = postgres.url('clients', 'clients').replace('local-only', 'wrong');
  await expect(query(url, 'select 1')).rejects.toMatchObject({ code: '28P01' });
});

test('what was committed is there after a kill', async () => {
  await query(postgres.url('risk', 'risk_migrator'), 'create table kept as select 7 as n');
  postgres.kill('SIGKILL');
  await postgres.exited;
  postgres = await startPostgres({ port: postgres.port, dataDir: join(folder, 'data'), fsync: false });
  expect(await query(postgres.url('risk', 'risk_migrator'), 'select n from kept')).toEqual([{ n: 7 }]);
});

test('a database that an earlier release made as the service itself is handed over', async () => {
  const admin = postgres.url('loyalty');
  await query(admin, 'create table old (id bigint generated always as identity primary key)');
  await query(admin, 'create function f() returns int language sql as $$ select 1 $$');
  await query(admin, 'alter table old owner to loyalty; alter function f() owner to loyalty');
  await query(admin, 'alter database loyalty owner to loyalty');
  await createServiceDatabases(postgres);
  await query(
    postgres.url('loyalty', 'loyalty_migrator'),
    'alter table old add column n int; drop function f()',
  );
  await expect(
    query(postgres.url('loyalty', 'loyalty'), 'alter table old add column m int'),
  ).rejects.toMatchObject({ code: '42501' });
});

test('a data folder of another version is left alone and told in one sentence', async () => {
  const dataDir = join(folder, 'older');
  await mkdir(join(dataDir, 'cluster'), { recursive: true });
  await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '15\n');
  await expect(startPostgres({ port: await freePort(), dataDir })).rejects.toThrow(
    /was written by PostgreSQL 15, and this is PostgreSQL 18/,
  );
});

test('a port that is taken is told in one sentence', async () => {
  const again = startPostgres({ port: postgres.port, dataDir: join(folder, 'second') });
  await expect(again).rejects.toThrow(`port ${postgres.port} is taken by another program`);
});

test('a data folder in use is told in one sentence', async () => {
  const again = startPostgres({ port: await freePort(), dataDir: join(folder, 'data') });
  await expect(again).rejects.toThrow('another PostgreSQL is using its data folder');
});

test('compose.yaml makes the databases, roles and rights that this makes', async () => {
  const composed = await startPostgres({
    port: await freePort(),
    dataDir: join(folder, 'composed'),
    fsync: false,
  });
  const made = await startPostgres({ port: await freePort(), dataDir: join(folder, 'made'), fsync: false });
  try {
    const script = await readFile(new URL('../../compose-databases.sql', import.meta.url), 'utf8');
    const [first = '', ...others] = script.split(/^\\connect (?=\w)/m);
    for (const statement of first.split(/;\n/)) await query(composed.url('postgres'), statement);
    for (const other of others) {
      const end = other.indexOf('\n');
      await query(composed.url(other.slice(0, end)), other.slice(end));
    }
    await createServiceDatabases(made);
    const rightsOf = async ({ url }: Pick<Postgres, 'url'>) => [
      await query(
        url('postgres'),
        'select rolname, rolsuper, rolcreatedb, rolcanlogin from pg_roles order by 1',
      ),
      await query(
        url('postgres'),
        'select datname, datdba::regrole::text as owner, array(select unnest(datacl)::text order by 1) as rights from pg_database order by 1',
      ),
      ...(await Promise.all(
        SERVICES.map((service) =>
          query(
            url(service),
            'select defaclrole::regrole::text, defaclobjtype, defaclacl::text from pg_default_acl',
          ),
        ),
      )),
    ];
    expect(await rightsOf(composed)).toEqual(await rightsOf(made));
    const mine = (role: string) => composed.url('risk', role);
    await query(mine('risk_migrator'), 'create table t (id int)');
    await expect(query(mine('risk'), 'create table u (id int)')).rejects.toMatchObject({ code: '42501' });
    await expect(query(composed.url('risk', 'loyalty_migrator'), 'select 1')).rejects.toMatchObject({
      code: '42501',
    });
  } finally {
    await Promise.all([composed.stop(), made.stop()]);
  }
}, 300_000);
