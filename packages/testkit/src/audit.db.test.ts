import { type Actor, actorOf, Decimal, dayOf, keysInMemory, sealAudit, transact } from '@client-graph/kit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { AuditAnchors } from '../../kit/src/audit-anchors.js';
import { checkAudit } from '../../kit/src/audit-check.js';
import { writesOf } from '../../kit/src/audit-trail.js';
import { Vault } from '../../kit/src/vault.js';
import { DiaryRow, fixture, JarRow, putIn } from './fixture.js';
import { aService, freshId, readablePlaces, type World } from './index.js';

let world: World;
const auditor = actorOf(freshId(), ['AUDITOR']);
const adviser = actorOf(freshId(), ['ADVISER']);
beforeAll(async () => {
  world = await aService(fixture());
});
afterAll(() => world.stop());

const as = (actor: Actor) => ({ ...world.db, actor });
const aJar = () =>
  transact(as(adviser), (tx) =>
    tx.insert(JarRow, { id: tx.newId(), ownerId: freshId(), coins: 3, version: 1 }),
  );
const sealAll = async () => {
  while ((await sealAudit(world.db)) > 0);
};
const verify = async () => {
  const { data, codes } = await world.ask(
    auditor,
    '{ fixtureAuditVerify { isIntact checked lastSeq anchoredSeq findings { verdict seq entryId } } }',
  );
  expect(codes).toEqual([]);
  return data.fixtureAuditVerify;
};
const historyOf = async (id: string, actor = auditor, purpose: string | undefined = 'INSPECTION:7') =>
  (
    await world.ask(
      actor,
      'query ($id: ID!) { fixtureAuditLog(entityId: $id) { nodes { actorId role action command entity content } } }',
      { id },
      purpose,
    )
  ).data?.fixtureAuditLog?.nodes;

describe('the audit log', () => {
  test('has every change with its before and after, by whom and in which role; a reading needs a case', async () => {
    const jar = await aJar();
    world.clock.now = new Date(world.clock.now.getTime() + 1);
    await putIn(as(adviser), { id: jar.id, coins: 4 });
    const [update, insert] = await historyOf(jar.id);
    expect(update).toMatchObject({ actorId: adviser.id, role: 'ADVISER', action: 'UPDATE', entity: 'jar' });
    expect(JSON.parse(update.content)).toEqual({ before: { coins: 3 }, after: { coins: 7 } });
    expect(JSON.parse(insert.content)).toEqual({ before: null, after: { ...jar } });
    expect(await historyOf(jar.id, auditor, 'ADVICE')).toEqual([
      expect.objectContaining({ content: null }),
      expect.objectContaining({ content: null }),
    ]);
    expect(await historyOf(jar.id, adviser)).toBeUndefined();
  });

  test('has nothing of what was rolled back, and names the command of a request', async () => {
    const id = freshId();
    const fail = transact(as(adviser), async (tx) => {
      await tx.insert(JarRow, { id, ownerId: freshId(), coins: 1, version: 1 });
      throw new Error('No.');
    });
    await expect(fail).rejects.toThrow('No.');
    expect(await historyOf(id)).toEqual([]);
    const jar = await transact(as(adviser), (tx) =>
      tx.once('fillJar', { requestId: 'request-0001' }, JarRow, (given) =>
        tx.insert(JarRow, { id: given, ownerId: freshId(), coins: 1, version: 1 }),
      ),
    );
    expect(await historyOf(jar.id)).toMatchObject([{ command: 'fillJar', action: 'INSERT' }]);
  });

  test('has what a statement writes past the recorded path: by whom, its text, no value; once a table and transaction', async () => {
    const jar = await aJar();
    const nil = '00000000-0000-0000-0000-000000000000';
    await transact(as(adviser), async (tx) => {
      await tx.query('select from jar where id = $1 for update', [jar.id]);
      await tx.query('update jar set coins = coins + $2 where id = $1', [jar.id, 1_911_471_147]);
      await tx.query('update jar set coins = coins where id = $1', [jar.id]);
      await tx.manager.delete(JarRow, jar.id);
      await tx.manager
        .createQueryBuilder()
        .insert()
        .into(JarRow)
        .values({ ...jar, coins: 1_815_815_815 })
        .orIgnore()
        .execute();
    });
    const entries = await historyOf(nil);
    expect(
      entries.map((entry: { actorId: string; action: string; entity: string; content: string }) => [
        entry.actorId,
        entry.action,
        entry.entity,
        JSON.parse(entry.content).after.verb,
      ]),
    ).toEqual(['INSERT', 'DELETE', 'UPDATE'].map((verb) => [adviser.id, 'STATEMENT', 'jar', verb]));
    expect(entries[2].content).toContain('update jar set coins = coins + $2');
    expect(JSON.stringify(entries)).not.toMatch(/1911471147|1815815815/);
    await sealAll();
    expect((await verify()).isIntact).toBe(true);
  });

  test.each([
    ['insert into a (x) values ($1) on conflict (x) do update set x = 1', ['INSERT a']],
    ['with n as (insert into a select 1 returning x) update b set y = n.x from n', ['INSERT a', 'UPDATE b']],
    ['select 1 from a for update', []],
    ['select 1 from a for no key update of a skip locked', []],
    ['UPDATE "jar" SET "coins" = $1', ['UPDATE jar']],
    ['DELETE FROM "jar" WHERE true', ['DELETE jar']],
    ['insert into outbox select 1', []],
    ['insert into holding_copy select 1', []],
    ['insert into client_merge_row select 1', ['INSERT client_merge_row']],
  ])('%s writes %j', (sql, writes) => {
    expect(writesOf(sql).map(({ verb, table }) => `${verb} ${table}`)).toEqual(writes);
  });

  test('costs one statement more a transaction, and none in another’s way', async () => {
    const jar = await aJar();
    const put = () => putIn(as(adviser), { id: jar.id, coins: 1 });
    await put();
    const [all, own] = [await world.allStatements(put), await world.statements(put)];
    expect(all - own).toBe(1);
  });

  test('shows nothing personal in a copy of the database, and of somebody erased nothing at all, and stays valid', async () => {
    const diary = {
      id: freshId(),
      clientId: freshId(),
      name: 'Audit-Plantagenet',
      income: new Decimal('77777.77'),
      habits: ['audit-philately'],
      nickname: null,
      nameHash: null,
      version: 1,
    };
    await transact(as(adviser), (tx) => tx.insert(DiaryRow, diary));
    expect(await readablePlaces(world.db, [diary.name, '77777.77', 'audit-philately'])).toEqual([]);
    const { content } = (await historyOf(diary.id))[0];
    expect(JSON.parse(content)).toMatchObject({ after: { name: diary.name }, onBehalfOf: diary.clientId });
    await sealAll();
    await transact(as(adviser), (tx) => tx.erase(diary.clientId));
    await sealAll();
    expect(await historyOf(diary.id)).toMatchObject([{ action: 'INSERT', content: null }]);
    expect(await historyOf(diary.clientId)).toMatchObject([{ action: 'ERASE' }]);
    expect((await verify()).isIntact).toBe(true);
  });
});

describe('the seal', () => {
  beforeEach(async () => {
    for (const name of ['audit_entry', 'audit_pending', 'audit_seal']) {
      // Whoever owns the database can take the lock off; the chain tells of it.
      await world.sql(`alter table ${name} disable trigger all`);
      await world.sql(`delete from ${name}`);
    }
    await world.sql('delete from outbox');
    world.db.anchors = new AuditAnchors();
    for (let n = 0; n < 5; n += 1) await aJar();
    await sealAll();
  });
  /** As the listener does with what it hears from Kafka. */
  const hear = async () => {
    for (const { data } of await world.events('audit.sealed'))
      world.db.anchors.add(Number(data['seq']), String(data['hash']));
  };
  const tamper = async (sql: string) => {
    await world.sql(sql);
    const { isIntact, findings } = await verify();
    expect(isIntact).toBe(findings.length === 0);
    return findings.map(({ verdict, seq }: { verdict: string; seq: number | null }) => [verdict, seq]);
  };

  test('ten sealers at once make one chain without a gap, and tell its head', async () => {
    await Promise.all(Array.from({ length: 30 }, aJar));
    await Promise.all(Array.from({ length: 10 }, () => sealAudit(world.db)));
    await sealAll();
    const seqs = await world.sql<{ seq: string }>('select seq from audit_seal order by seq');
    expect(seqs.map(({ seq }) => Number(seq))).toEqual(Array.from({ length: 35 }, (_, n) => n + 1));
    expect((await world.events('audit.sealed')).at(-1)?.data).toMatchObject({ service: 'FIXTURE', seq: 35 });
    expect(await verify()).toMatchObject({ isIntact: true, checked: 35, lastSeq: 35, findings: [] });
  });

  const third = '(select entry_id from audit_seal where seq = 3)';
  test.each<[string, string, [string, number | null][]]>([
    ['edited', `update audit_entry set role = 'ADMIN' where id = ${third}`, [['EDITED', 3]]],
    [
      'edited by its content',
      `update audit_entry set content = content || '\\x00' where id = ${third}`,
      [['EDITED', 3]],
    ],
    ['removed', `delete from audit_entry where id = ${third}`, [['REMOVED', 3]]],
    [
      'removed with its seal',
      `with gone as (delete from audit_seal where seq = 3 returning entry_id)
       delete from audit_entry where id in (select entry_id from gone)`,
      [['REMOVED', 3]],
    ],
    [
      'inserted',
      `insert into audit_entry select gen_random_uuid(), at, actor_id, role, action, command, entity, entity_id, content
       from audit_entry limit 1`,
      [['INSERTED', null]],
    ],
    [
      'inserted with a seal',
      `with put as (insert into audit_entry select gen_random_uuid(), at, actor_id, role, action, command, entity, entity_id, content
         from audit_entry limit 1 returning id)
       insert into audit_seal select 6, put.id, last.hash, 'guessed', now() from put, audit_seal last where last.seq = 5`,
      [['INSERTED', 6]],
    ],
    [
      'reordered',
      `update audit_seal s set entry_id = o.entry_id from
         (select 2 as seq, entry_id from audit_seal where seq = 4 union select 4, entry_id from audit_seal where seq = 2) o
       where s.seq = o.seq`,
      [
        ['REORDERED', 2],
        ['REORDERED', 4],
      ],
    ],
    [
      'truncated',
      `with gone as (delete from audit_seal where seq >= 4 returning entry_id)
       delete from audit_entry where id in (select entry_id from gone)`,
      [['TRUNCATED', 4]],
    ],
  ])('an entry that was %s is told by its own verdict', async (_, sql, findings) => {
    await hear();
    expect(await verify()).toMatchObject({ isIntact: true, anchoredSeq: 5 });
    if (sql.includes('set entry_id'))
      await world.sql('alter table audit_seal drop constraint audit_seal_entry_id_key');
    expect(await tamper(sql)).toEqual(findings);
  });

  test('an entry that was slipped in among those that wait for their seal gets none, and is told of as inserted', async () => {
    await hear();
    const slip = (content: string) =>
      world.sql(
        `with put as (insert into audit_entry select gen_random_uuid(), at, actor_id, 'ADMIN', action, command, entity, entity_id, ${content}
           from audit_entry limit 1 returning id)
         insert into audit_pending (entry_id) select id from put`,
      );
    await slip('content');
    await slip(`'\\x00'::bytea`);
    await slip('set_byte(content, 3, 255 - get_byte(content, 3))');
    await aJar();
    await sealAll();
    expect(await world.sql('select seq from audit_seal where seq > 5')).toHaveLength(1);
    expect(
      (await verify()).findings.map(({ verdict, seq }: { verdict: string; seq: number | null }) => [
        verdict,
        seq,
      ]),
    ).toEqual(Array(3).fill(['INSERTED', null]));
  });

  test('an entry whose key cannot be opened now waits for its seal, and holds no other up', async () => {
    const entry = (clientId: string) =>
      transact(as(adviser), (tx) =>
        tx.insert(DiaryRow, {
          ...{ id: tx.newId(), clientId, name: 'x', income: new Decimal(1), habits: [] },
          ...{ nickname: null, nameHash: null, version: 1 },
        }),
      );
    const clientId = freshId();
    await entry(clientId);
    await aJar();
    const masterKeys = { current: 'test', keys: { test: Buffer.alloc(32, 7).toString('base64') } };
    const elsewhere = {
      ...world.db,
      vault: new Vault(
        'fixture',
        keysInMemory(() => masterKeys),
      ),
    };
    await elsewhere.vault.start((sql, parameters) => world.db.source.query(sql, parameters));
    const spoil =
      'update data_key set wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20)) where subject = $1';
    await world.sql(spoil, [clientId]);
    expect(await sealAudit(elsewhere)).toBe(1);
    expect(await sealAudit(elsewhere)).toBe(0);
    await world.sql(spoil, [clientId]);
    expect(await sealAudit(elsewhere)).toBe(1);
    expect((await verify()).isIntact).toBe(true);
  });

  test('a log that lost its end and grew on is found by what the world was told of its places first', async () => {
    await hear();
    await world.sql(`with gone as (delete from audit_seal where seq >= 4 returning entry_id)
                     delete from audit_entry where id in (select entry_id from gone)`);
    for (let n = 0; n < 4; n += 1) await aJar();
    await sealAll();
    await hear();
    expect(await tamper('select 1')).toEqual([['INSERTED', 5]]);
  });

  test('the nightly check tells of a log that does not hold, once a day, and of a sound one nothing', async () => {
    await hear();
    await checkAudit(world.db);
    expect(await world.events('audit.broken')).toEqual([]);
    await world.sql(`update audit_entry set role = 'ADMIN' where id = ${third}`);
    await checkAudit(world.db);
    await checkAudit(world.db);
    expect((await world.events('audit.broken')).map(({ data }) => data)).toEqual([
      { service: 'FIXTURE', day: dayOf(world.clock.now), verdict: 'EDITED', seq: 3, findings: 1 },
    ]);
  });

  test('a part by time is checked as the whole is', async () => {
    world.clock.now = new Date(world.clock.now.getTime() + 3_600_000);
    await aJar();
    await sealAll();
    const { data } = await world.ask(
      auditor,
      'query ($from: DateTime) { fixtureAuditVerify(from: $from) { isIntact checked lastSeq } }',
      { from: world.clock.now.toISOString() },
    );
    expect(data.fixtureAuditVerify).toEqual({ isIntact: true, checked: 1, lastSeq: 6 });
  });
});
