import { actorOf, type Db, keysInMemory, openDatabase, sealAudit, transact } from '@client-graph/kit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { fixture, JarRow, noted, putIn } from './fixture.js';
import { emptyDatabase, freshId } from './index.js';

const PASSWORD = 'rights-test';
let adminUrl: string;
let db: Db;
const suffix = freshId().slice(-8);
const name = `fixture_${suffix}`;
const roles = { own: name, migrator: `${name}_migrator`, relay: `${name}_relay`, reader: `${name}_reader` };

const urlOf = (role: string) => {
  const url = new URL(adminUrl);
  url.username = role;
  url.password = PASSWORD;
  return url.href;
};
async function as<T>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}
const denied = (role: string, sql: string) =>
  expect(as(urlOf(role), sql)).rejects.toMatchObject({ code: '42501' });

beforeAll(async () => {
  adminUrl = await emptyDatabase();
  const database = new URL(adminUrl).pathname.slice(1);
  for (const role of Object.values(roles))
    await as(adminUrl, `create role ${role} login password '${PASSWORD}'`);
  await as(adminUrl, `alter database "${database}" owner to ${roles.migrator}`);
  const open = () =>
    openDatabase(fixture(name), {
      url: urlOf(roles.own),
      migratorUrl: urlOf(roles.migrator),
      relayUrl: urlOf(roles.relay),
      poolMax: 4,
      now: () => new Date('2026-03-02T02:00:00Z'),
      keys: keysInMemory(() => ({ current: 'k', keys: { k: Buffer.alloc(32, 1).toString('base64') } })),
    });
  db = await open();
  await db.source.destroy();
  db = await open();
});
afterAll(async () => {
  await Promise.all([db.source.destroy(), db.accessLog.close()]);
  const server = new URL(adminUrl);
  server.pathname = '/postgres';
  await as(server.href, `drop database "${new URL(adminUrl).pathname.slice(1)}" with (force)`);
  for (const role of Object.values(roles)) await as(server.href, `drop role ${role}`);
});

test('the service works as its own role: it writes, records, audits, seals, reads', async () => {
  const adviser = actorOf(freshId(), ['ADVISER']);
  const jar = await transact({ ...db, actor: adviser }, (tx) =>
    tx.insert(JarRow, { id: tx.newId(), ownerId: freshId(), coins: 3, version: 1 }),
  );
  expect(await putIn({ ...db, actor: adviser }, { id: jar.id, coins: 1 })).toMatchObject({ coins: 4 });
  expect(await sealAudit(db)).toBe(2);
  await as(
    urlOf(roles.own),
    `insert into access_log (id, at, actor_id, role, subject_type, subjects, fields, is_sensitive)
     values (gen_random_uuid(), now(), gen_random_uuid(), 'ADVISER', 'CLIENT', array[gen_random_uuid()], array['a'], false)`,
  );
});

describe('the role of the service', () => {
  test('owns no table', async () => {
    const owned = `select relname from pg_class where relnamespace = 'public'::regnamespace and relowner = '${roles.own}'::regrole`;
    expect(await as(adminUrl, owned)).toEqual([]);
  });

  test.each(['access_log', 'audit_entry', 'audit_seal'])(
    'adds to %s and changes nothing of it',
    async (table) => {
      expect((await as(urlOf(roles.own), `select * from ${table}`)).length).toBeGreaterThan(0);
      await denied(roles.own, `update ${table} set ${table === 'audit_seal' ? 'hash' : 'role'} = 'x'`);
      await denied(roles.own, `delete from ${table}`);
      await denied(roles.own, `truncate ${table}`);
      await denied(roles.own, `drop table ${table}`);
      await denied(roles.own, `alter table ${table} disable trigger all`);
      // PostgreSQL grants nothing that one may not grant, and only warns of it.
      await as(urlOf(roles.own), `grant update on ${table} to ${roles.own}`);
      await denied(roles.own, `update ${table} set ${table === 'audit_seal' ? 'hash' : 'role'} = 'x'`);
    },
  );

  test('destroys a key where somebody is erased, and takes no row of a key away', async () => {
    await transact(db, (tx) => tx.erase(freshId()));
    await denied(roles.own, 'delete from data_key');
    await denied(roles.own, 'truncate data_key');
  });

  test('has not written and cannot unwrite which migrations have run', async () => {
    await denied(roles.own, 'delete from migration');
  });
});

test('where one role owns and uses the database, a trigger keeps the evidence as it was written', async () => {
  for (const table of ['access_log', 'audit_entry', 'audit_seal']) {
    await expect(as(adminUrl, `delete from ${table}`)).rejects.toMatchObject({ code: '42501' });
    await expect(as(adminUrl, `truncate ${table}`)).rejects.toMatchObject({ code: '42501' });
  }
});

test('the relay has the outbox and nothing else', async () => {
  await transact(db, (tx) => tx.record(noted(freshId(), freshId())));
  await as(urlOf(roles.relay), 'update outbox set published_at = now()');
  expect((await as(urlOf(roles.relay), 'select * from outbox')).length).toBeGreaterThan(0);
  for (const sql of [
    'select * from jar',
    'select * from data_key',
    'select * from audit_entry',
    'delete from inbox',
  ])
    await denied(roles.relay, sql);
});

test('the reader reads all but the keys, and writes nothing', async () => {
  expect((await as(urlOf(roles.reader), 'select * from jar')).length).toBeGreaterThan(0);
  for (const sql of ['select * from data_key', 'delete from jar', 'update outbox set key = key'])
    await denied(roles.reader, sql);
});
