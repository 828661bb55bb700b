import { Decimal, ERASED, transact } from '@client-graph/kit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { keysInMemory, newKey } from '../../kit/src/keys.js';
import { sealPlainColumns } from '../../kit/src/seal-plain.js';
import { type Query, Vault } from '../../kit/src/vault.js';
import { DiaryRow, fixture } from './fixture.js';
import { aService, freshId, readablePlaces, type World } from './index.js';

let world: World;
beforeAll(async () => {
  world = await aService(fixture());
});
afterAll(() => world.stop());

const aDiary = (change: Partial<DiaryRow> = {}): DiaryRow => ({
  id: freshId(),
  clientId: freshId(),
  name: '李娜 Li Na',
  income: new Decimal('240000.50'),
  habits: ['reads', '跑步'],
  nickname: null,
  nameHash: null,
  version: 1,
  ...change,
});
const insert = (...rows: DiaryRow[]) => transact(world.db, (tx) => tx.insertMany(DiaryRow, rows));
const load = (id: string) => world.db.source.getRepository(DiaryRow).findOneByOrFail({ id });
const query: Query = (sql, parameters) => world.db.source.query(sql, parameters);

describe('a sealed column', () => {
  test('comes back as it was written, through TypeORM, within the transaction that wrote it and after a change', async () => {
    const diary = aDiary({ nickname: 'Nana' });
    await transact(world.db, async (tx) => {
      await tx.insert(DiaryRow, diary);
      expect(await tx.findOne(DiaryRow, { id: diary.id })).toEqual(diary);
      const changed = await tx.update(DiaryRow, diary, { name: 'Li Na-Wang', nickname: null });
      expect(await tx.findOne(DiaryRow, { id: diary.id })).toEqual(changed);
    });
    expect(await load(diary.id)).toEqual({ ...diary, name: 'Li Na-Wang', nickname: null, version: 2 });
  });

  test('of fifty subjects costs one statement for the rows and one for their keys, and later none for keys', async () => {
    const diaries = Array.from({ length: 50 }, () => aDiary());
    await insert(...diaries);
    const ids = diaries.map(({ id }) => id);
    const all = () =>
      world.db.source.getRepository(DiaryRow).createQueryBuilder('d').whereInIds(ids).getMany();
    expect(await world.allStatements(all)).toBe(2);
    expect(await world.allStatements(all)).toBe(1);
    expect((await all()).map(({ name }) => name)).toEqual(diaries.map(({ name }) => name));
  });

  test('a rolled back transaction leaves no key behind that later values would be sealed with', async () => {
    const clientId = freshId();
    const failed = transact(world.db, async (tx) => {
      await tx.insert(DiaryRow, aDiary({ clientId }));
      await tx.findOne(DiaryRow, { clientId });
      throw new Error('No.');
    });
    await expect(failed).rejects.toThrow('No.');
    const diary = aDiary({ clientId });
    await insert(diary);
    expect(await load(diary.id)).toEqual(diary);
  });

  test('ten at once for a new subject share one key', async () => {
    const clientId = freshId();
    const diaries = Array.from({ length: 10 }, () => aDiary({ clientId }));
    await Promise.all(diaries.map((diary) => insert(diary)));
    for (const diary of diaries) expect(await load(diary.id)).toEqual(diary);
    expect(await world.sql('select 1 from data_key where subject = $1', [clientId])).toHaveLength(1);
  });

  test('cannot be written past the seal, nor searched by its value', async () => {
    const diary = aDiary();
    await expect(world.db.source.getRepository(DiaryRow).insert(diary)).rejects.toThrow(
      'A sealed column is written by tx.insert',
    );
    await expect(world.db.source.getRepository(DiaryRow).findOneBy({ name: diary.name })).rejects.toThrow(
      'not searched by its value',
    );
  });

  test('is found again by its keyed hash, which is of one kind only', async () => {
    const { vault } = world.db;
    expect(vault.hash('name', 'li na')).toBe(vault.hash('name', 'li na'));
    expect(vault.hash('name', 'li na')).not.toBe(vault.hash('mobile', 'li na'));
    const diary = aDiary({ nameHash: vault.hash('name', 'li na') });
    await insert(diary);
    const found = await world.db.source
      .getRepository(DiaryRow)
      .findBy({ nameHash: vault.hash('name', 'li na') });
    expect(found).toEqual([diary]);
  });

  test('without a client is sealed by a key of its own', async () => {
    const diary = aDiary({ clientId: null });
    await insert(diary);
    expect(await load(diary.id)).toEqual(diary);
    expect(await world.sql('select 1 from data_key where subject = $1', [diary.id])).toHaveLength(1);
  });
});

describe('at rest', () => {
  const planted = { name: 'Plantagenet 植物', habit: 'philately-4711', income: '98765.43' };

  test('nothing planted is readable in a copy of the database, and the search does find what is readable', async () => {
    await insert(
      aDiary({ name: planted.name, habits: [planted.habit], income: new Decimal(planted.income) }),
    );
    expect(await readablePlaces(world.db, Object.values(planted))).toEqual([]);
    const [id, client] = [freshId(), freshId()];
    await world.sql(
      'insert into diary (id, client_id, nickname, name_hash, version) values ($1, $2, $3, $4, 1)',
      [
        id,
        client,
        Buffer.from(`xx${planted.name}xx`),
        Buffer.from(`a ${planted.habit} b`).toString('base64'),
      ],
    );
    expect(await readablePlaces(world.db, Object.values(planted))).toEqual([
      `diary: ${planted.name}`,
      `diary: ${planted.habit}`,
    ]);
    await world.sql('delete from diary where id = $1', [id]);
  });

  test('what stood in plain columns is sealed at the next start, in batches, and readable as before', async () => {
    const [one, two] = [freshId(), freshId()];
    await world.sql(
      `insert into diary (id, client_id, name_plain, income_plain, habits_plain, version)
       values ($1, $1, $3, $4, array[$5], 1), ($2, $2, $3, null, null, 1)`,
      [one, two, planted.name, planted.income, planted.habit],
    );
    expect(await readablePlaces(world.db, Object.values(planted))).not.toEqual([]);
    await sealPlainColumns(world.db.source, world.db.vault);
    await sealPlainColumns(world.db.source, world.db.vault);
    expect(await readablePlaces(world.db, Object.values(planted))).toEqual([]);
    expect(await load(one)).toMatchObject({ name: planted.name, habits: [planted.habit] });
    expect((await load(one)).income.toFixed()).toBe(planted.income);
    expect(await load(two)).toMatchObject({ name: planted.name, income: null, habits: null });
  });

  test.each([
    ['another row', 'update diary t set name = (select name from diary where id = $2) where t.id = $1'],
    [
      'another column',
      'update diary t set name = (select nickname from diary where id = $1) where t.id = $1',
    ],
    [
      'a changed bit',
      'update diary set name = set_byte(name, 40, 255 - get_byte(name, 40)) where id = $1 and $2::uuid is not null',
    ],
  ])('a value moved here from %s does not open', async (_, sql) => {
    const clientId = freshId();
    const [victim, other] = [aDiary({ clientId, nickname: 'N' }), aDiary({ clientId })];
    await insert(victim, other);
    await world.sql(sql, sql.includes('$2') ? [victim.id, other.id] : [victim.id]);
    await expect(load(victim.id)).rejects.toThrow(
      /sealed value in diary.name of .* is not the one put there/,
    );
  });
});

describe('erasure', () => {
  test('leaves the row, and of what was sealed nothing, here and in another process once it knows', async () => {
    const diary = aDiary({ nickname: 'Nana' });
    const other = aDiary();
    await insert(diary, other);
    await load(diary.id);
    const clientId = diary.clientId ?? '';
    await transact(world.db, (tx) => tx.erase(clientId));
    await transact(world.db, (tx) => tx.erase(clientId));
    const erased = { ...diary, name: ERASED, income: null, habits: null, nickname: null };
    expect(await load(diary.id)).toEqual(erased);
    expect(await load(other.id)).toEqual(other);
    expect(
      await world.sql('select wrapped, master_key_id from data_key where subject = $1', [clientId]),
    ).toEqual([{ wrapped: null, master_key_id: null }]);
  });

  test('is for good: nothing can be kept about an erased subject any more, even one that had no key', async () => {
    const clientId = freshId();
    await transact(world.db, (tx) => tx.erase(clientId));
    await expect(insert(aDiary({ clientId }))).rejects.toThrow('is erased');
  });

  test('a key gone from its table is a fault that says so, and not taken for an erasure', async () => {
    const diary = aDiary();
    await insert(diary);
    await world.sql(`create table lost as select * from data_key where subject = '${diary.clientId}'`);
    await world.sql('delete from data_key where subject = $1', [diary.clientId]);
    await expect(load(diary.id)).rejects.toThrow(/Data keys of fixture are missing .* not erased/);
    await world.sql('insert into data_key select * from lost');
    expect(await load(diary.id)).toEqual(diary);
  });

  test('the key of another client opens nothing in its place', async () => {
    const [mine, other] = [aDiary(), aDiary()];
    await insert(mine, other);
    await world.sql(
      'update data_key k set wrapped = o.wrapped, master_key_id = o.master_key_id from data_key o where k.subject = $1 and o.subject = $2',
      [mine.clientId, other.clientId],
    );
    await expect(load(mine.id)).rejects.toThrow(/do not open the data keys of fixture/);
    expect(await load(other.id)).toEqual(other);
  });

  test('another process forgets a key within a minute', async () => {
    let nowMs = 0;
    const clock = () => nowMs;
    const keys = keysInMemory(() => ({
      current: 'test',
      keys: { test: Buffer.alloc(32, 7).toString('base64') },
    }));
    const elsewhere = new Vault('fixture', keys, clock);
    const subject = freshId();
    await elsewhere.keysOf(query, [subject]);
    const key = (await elsewhere.keysOf(query, [subject])).get(subject);
    if (key === undefined) throw new Error('No key.');
    const place = { table: 'diary', column: 'name', id: freshId() };
    const value = elsewhere.seal(key, place, Buffer.from('x'));
    await transact(world.db, (tx) => tx.erase(subject));
    expect(elsewhere.keyringAtHand([value])).toBeDefined();
    nowMs = 60_001;
    expect(elsewhere.keyringAtHand([value])).toBeUndefined();
    expect(elsewhere.open(await elsewhere.keyring(query, [value]), value, place)).toBeNull();
  });
});

describe('master keys', () => {
  const two = { old: newKey().toString('base64'), young: newKey().toString('base64') };

  test('are rotated while rows are read: no read fails, and used keys are wrapped anew', async () => {
    const state = { current: 'old', keys: { old: two.old } as Record<string, string> };
    const vault = new Vault(
      'rotating',
      keysInMemory(() => state),
    );
    const subjects = Array.from({ length: 30 }, freshId);
    await vault.keysOf(query, subjects);
    const place = { table: 't', column: 'c', id: freshId() };
    const values = [...(await vault.keysOf(query, subjects)).values()].map((key) =>
      vault.seal(key, place, Buffer.from('value')),
    );
    const readAll = async () => {
      // A vault of its own has nothing at hand, as after a restart.
      const reader = new Vault(
        'rotating',
        keysInMemory(() => state),
      );
      const ring = await reader.keyring(query, values);
      return values.map((value) => reader.open(ring, value, place)?.toString());
    };
    const reading = Promise.all(Array.from({ length: 20 }, readAll));
    Object.assign(state.keys, { young: two.young });
    state.current = 'young';
    const readings = [...(await reading), await readAll()];
    expect(readings.flat().every((value) => value === 'value')).toBe(true);
    delete state.keys['old'];
    expect(new Set(await readAll())).toEqual(new Set(['value']));
  });

  test('keys that nobody uses are wrapped anew in batches; one that is spoiled holds no other up', async () => {
    const state = { current: 'old', keys: two as Record<string, string> };
    const vault = new Vault(
      'sleeping',
      keysInMemory(() => state),
    );
    const before = await world.sql<{ id: string }>('select id from data_key where wrapped is not null');
    await world.sql('delete from data_key');
    await vault.keysOf(query, [freshId(), freshId(), freshId()]);
    state.current = 'young';
    expect(await vault.rewrap(query, 2)).toBe(2);
    expect(await vault.rewrap(query, 2)).toBe(1);
    expect(await vault.rewrap(query, 2)).toBe(0);
    Object.assign(state, { current: 'old' });
    await world.sql(
      `update data_key set wrapped = set_byte(wrapped, 20, 255 - get_byte(wrapped, 20))
       where id = (select id from data_key order by id limit 1)`,
    );
    expect(await vault.rewrap(query, 500)).toBe(2);
    await expect(vault.rewrap(query, 500)).rejects.toThrow(/do not open the data keys/);
    expect(before.length).toBeGreaterThan(0);
    await world.sql('delete from data_key');
  });

  test('that are not those of the database stop the start with a sentence', async () => {
    const open = (keys: Record<string, string>, current: string) =>
      new Vault(
        'strange',
        keysInMemory(() => ({ keys, current })),
      ).start(query);
    await world.sql('delete from data_key');
    await open({ a: two.old }, 'a');
    await open({ a: two.old }, 'a');
    await expect(open({ a: two.young }, 'a')).rejects.toThrow(
      /master keys given do not open the data keys of strange .*MASTER_KEYS/,
    );
    await expect(open({ b: two.young }, 'b')).rejects.toThrow(/do not open the data keys of strange/);
    await world.sql('delete from data_key');
  });
});
