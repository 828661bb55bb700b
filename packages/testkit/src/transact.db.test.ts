import { createHash } from 'node:crypto';
import { actorOf, type Db, findForUpdate, isRefusal, transact } from '@client-graph/kit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fixture, JarRow, noted, putIn } from './fixture.js';
import { aService, freshId, type World } from './index.js';

let world: World;
beforeAll(async () => {
  world = await aService(fixture());
});
afterAll(() => world.stop());

const aJar = async (db: Db = world.db) =>
  transact(db, (tx) => tx.insert(JarRow, { id: tx.newId(), ownerId: freshId(), coins: 0, version: 1 }));
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'DONE',
    (error: unknown) => (isRefusal(error) ? error.code : String(error)),
  );

describe('a transaction', () => {
  test('ids sort as they were made, those of one instant too, in this transaction and the next', async () => {
    const some = () => transact(world.db, async (tx) => Array.from({ length: 1_000 }, () => tx.newId()));
    world.clock.now = new Date('2026-03-02T02:00:00.000Z');
    const ids = [...(await some()), ...(await some())];
    expect([...new Set(ids)].sort()).toEqual(ids);
  });

  test('a refusal leaves nothing behind, not even the event', async () => {
    const jar = await aJar();
    expect(await codeOf(putIn(world.db, { id: jar.id, coins: 0 }))).toBe('NOT_POSITIVE');
    expect((await world.events()).filter((event) => event.key === jar.ownerId)).toEqual([]);
  });

  test('ten at once lose no coin, and their events count 1 to 10 in the order of their commits', async () => {
    const jar = await aJar();
    await Promise.all(Array.from({ length: 10 }, () => putIn(world.db, { id: jar.id, coins: 1 })));
    const [row] = await world.sql<{ coins: number; version: number }>(
      'select coins, version from jar where id = $1',
      [jar.id],
    );
    expect(row).toEqual({ coins: 10, version: 11 });
    const events = (await world.events()).filter((event) => event.key === jar.ownerId);
    expect(events.map((event) => event.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('two transactions that lock each other out both finish, because a deadlock runs the work again', async () => {
    const [one, two] = [await aJar(), await aJar()];
    let arrived = 0;
    let open: () => void = () => undefined;
    const bothHoldOne = new Promise<void>((resolve) => {
      open = resolve;
    });
    const lockInOrder = (first: JarRow, second: JarRow) =>
      transact(world.db, async (tx) => {
        const row = await findForUpdate(tx, JarRow, first.id);
        arrived += 1;
        if (arrived === 2) open();
        await bothHoldOne;
        const other = await findForUpdate(tx, JarRow, second.id);
        await tx.update(JarRow, row, { coins: row.coins + 1 });
        await tx.update(JarRow, other, { coins: other.coins + 1 });
      });
    await Promise.all([lockInOrder(one, two), lockInOrder(two, one)]);
    const rows = await world.sql<{ coins: number }>('select coins from jar where id = any($1)', [
      [one.id, two.id],
    ]);
    expect(rows).toEqual([{ coins: 2 }, { coins: 2 }]);
    expect(arrived).toBe(3);
  });

  test('an id that is no id is not found rather than a fault', async () => {
    expect(await codeOf(putIn(world.db, { id: 'nonsense', coins: 1 }))).toBe('NOT_FOUND');
  });

  test('a decision on an older version is refused with both versions', async () => {
    const jar = await aJar();
    const stale = transact(world.db, (tx) => findForUpdate(tx, JarRow, jar.id, 7));
    await expect(stale).rejects.toMatchObject({
      code: 'STALE_VERSION',
      details: { expected: 7, current: 1 },
    });
  });

  test('events of several keys are recorded together and each key counts for itself', async () => {
    const [a, b] = [freshId(), freshId()];
    await transact(world.db, (tx) =>
      tx.record(noted(a, freshId()), noted(b, freshId()), noted(a, freshId())),
    );
    const events = await world.events();
    expect(events.filter((e) => e.key === a).map((e) => e.sequence)).toEqual([1, 2]);
    expect(events.filter((e) => e.key === b).map((e) => e.sequence)).toEqual([1]);
  });
});

describe('once', () => {
  const fill = (input: { requestId: string; coins: number }, db = world.db) =>
    transact(db, (tx) =>
      tx.once('fill', input, JarRow, (id) =>
        tx.insert(JarRow, { id, ownerId: freshId(), coins: input.coins, version: 1 }),
      ),
    );

  test('ten at once with one requestId make one jar and all hear of it', async () => {
    const requestId = freshId();
    const jars = await Promise.all(Array.from({ length: 10 }, () => fill({ requestId, coins: 5 })));
    expect(new Set(jars.map((jar) => jar.id)).size).toBe(1);
    expect(await world.sql('select 1 from jar where id = $1', [jars[0]?.id])).toHaveLength(1);
  });

  test('the same requestId with other content, or from another caller, is refused', async () => {
    const requestId = freshId();
    await fill({ requestId, coins: 5 });
    expect(await codeOf(fill({ requestId, coins: 6 }))).toBe('REQUEST_ID_REUSED');
    const another = { ...world.db, actor: actorOf(freshId(), ['ADVISER']) };
    expect(await codeOf(fill({ requestId, coins: 5 }, another))).toBe('REQUEST_ID_REUSED');
  });

  test('a refused request is not used up', async () => {
    const requestId = freshId();
    const refused = transact(world.db, (tx) =>
      tx.once('fill', { requestId }, JarRow, () => findForUpdate(tx, JarRow, freshId())),
    );
    expect(await codeOf(refused)).toBe('NOT_FOUND');
    expect((await fill({ requestId, coins: 1 })).coins).toBe(1);
  });

  test('what was asked for cannot be guessed from what is kept of it; a request of the release before is known again', async () => {
    const input = { requestId: freshId(), coins: 5 };
    const jar = await fill(input);
    const plain = createHash('sha256')
      .update(JSON.stringify([world.db.actor.id, { coins: 5, requestId: input.requestId }]))
      .digest('base64url');
    const kept = 'select content_hash from request where request_id = $1';
    expect(await world.sql(kept, [input.requestId])).not.toEqual([{ content_hash: plain }]);
    await world.sql('update request set content_hash = $2 where request_id = $1', [input.requestId, plain]);
    expect((await fill(input)).id).toBe(jar.id);
  });

  test('a requestId of another form is refused', async () => {
    expect(await codeOf(fill({ requestId: 'short', coins: 1 }))).toBe('BAD_INPUT');
  });
});
