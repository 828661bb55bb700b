import { AccessLimitsChanged } from '@client-graph/events';
import { type Actor, accessLimits, actorOf } from '@client-graph/kit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { accessAnomalies, findAnomalies } from '../../kit/src/anomalies.js';
import { fixture } from './fixture.js';
import { aService, freshId, type World } from './index.js';

let world: World;
beforeAll(async () => {
  world = await aService({
    ...fixture(),
    handlers: [accessLimits],
    resolvers: {
      Query: {
        file: (_: unknown, { id }: { id: string }) => ({ clientId: id, name: 'Li Na' }),
        files: () => ({
          nodes: Array.from({ length: 60 }, () => ({
            clientId: freshId(),
            name: 'x',
            address: { cards: [{ number: '6222020200112233' }] },
          })),
        }),
      },
    },
  });
});
afterAll(() => world.stop());

const DAY = '2026-03-03';
const open = async (actor: Actor, at: string, ids: readonly string[]) => {
  world.clock.now = new Date(at);
  for (const id of ids) await world.ask(actor, 'query ($id: ID!) { file(id: $id) { name } }', { id });
};
const ids = (count: number) => Array.from({ length: count }, freshId);
const found = async (actor: Actor) => {
  await findAnomalies(world.db, DAY);
  await findAnomalies(world.db, DAY);
  return (await world.events('access.anomaly.found'))
    .filter(({ data }) => data['actorId'] === actor.id)
    .map(({ data: { kind, files, role, day } }) => [kind, files, role, day]);
};
const anAdviser = (clientId: string | null = null) => actorOf(freshId(), ['ADVISER'], clientId);

test('the fifty-first file of a day is told of, once; fifty, the same file again and lists are not', async () => {
  const [busy, within, lists] = [anAdviser(), anAdviser(), anAdviser()];
  const fifty = ids(50);
  await open(busy, `${DAY}T02:00:00Z`, [...fifty, freshId()]);
  await open(within, `${DAY}T02:00:00Z`, [...fifty, ...fifty.slice(0, 5)]);
  await world.ask(lists, '{ files { nodes { name } } }');
  expect(await found(busy)).toEqual([['MANY_FILES', 51, 'ADVISER', DAY]]);
  expect(await found(within)).toEqual([]);
  expect(await found(lists)).toEqual([]);
});

test('files opened under many names in one request, even when nothing personal is asked of them, are as many files', async () => {
  const [aliases, ranks, self] = [anAdviser(), anAdviser(), actorOf(freshId(), ['CLIENT'], freshId())];
  world.clock.now = new Date(`${DAY}T02:00:00Z`);
  for (const [actor, field] of [
    [aliases, 'name'],
    [ranks, 'rank'],
    [self, 'rank'],
  ] as const) {
    const many = ids(51).map((id, n) => `f${n}: file(id: "${id}") { ${field} }`);
    expect((await world.ask(actor, `{ ${many.join(' ')} }`)).codes).toEqual([]);
    await world.ask(actor, '{ files { nodes { rank } } }');
  }
  expect(await found(aliases)).toEqual([['MANY_FILES', 51, 'ADVISER', DAY]]);
  expect(await found(ranks)).toEqual([['MANY_FILES', 51, 'ADVISER', DAY]]);
  expect(await world.sql('select 1 from access_log where actor_id = $1', [self.id])).toEqual([]);
});

test('sensitive values revealed in a list are as many files; masked ones are a list', async () => {
  const [reveals, looks] = [anAdviser(), anAdviser()];
  world.clock.now = new Date(`${DAY}T02:00:00Z`);
  const list = '{ files { nodes { name address { cards { number } } } } }';
  await world.ask(reveals, list, {}, 'ADVICE');
  await world.ask(looks, list);
  expect(await found(reveals)).toEqual([['MANY_FILES', 60, 'ADVISER', DAY]]);
  expect(await found(looks)).toEqual([]);
});

test('a night goes by the day on which it began and is told of whole, also over the end of a month', async () => {
  const owl = anAdviser();
  await open(owl, '2026-03-31T13:30:00Z', ids(2));
  await open(owl, '2026-03-31T16:30:00Z', ids(3));
  const told = async () =>
    (await world.events('access.anomaly.found'))
      .filter(({ data }) => data['actorId'] === owl.id)
      .map(({ data: { kind, files, day } }) => [kind, files, day]);
  await findAnomalies(world.db, '2026-03-31');
  expect(await told()).toEqual([['AFTER_HOURS', 2, '2026-03-31']]);
  for (const day of ['2026-04-01', '2026-04-01', '2026-04-02']) await findAnomalies(world.db, day);
  expect(await told()).toEqual([
    ['AFTER_HOURS', 2, '2026-03-31'],
    ['AFTER_HOURS', 5, '2026-03-31'],
  ]);
});

test.each([
  ['2026-03-02T22:59:59Z', 1],
  ['2026-03-02T23:00:00Z', 0],
  ['2026-03-03T12:59:59Z', 0],
  ['2026-03-03T13:00:00Z', 1],
  ['2026-03-02T15:59:59Z', 0],
  ['2026-03-03T16:00:00Z', 0],
])('a file opened at %s: %i told of as out of hours on that day in Shanghai', async (at, count) => {
  const adviser = anAdviser();
  await open(adviser, at, ids(1));
  const night = at < `${DAY}T` ? '2026-03-02' : DAY;
  expect(await found(adviser)).toEqual(count === 0 ? [] : [['AFTER_HOURS', 1, 'ADVISER', night]]);
});

test('one’s own file, opened as a member of staff, is told of; a client’s own reading is not', async () => {
  const [own, other] = [freshId(), freshId()];
  const adviser = anAdviser(own);
  await open(adviser, `${DAY}T03:00:00Z`, [own, other]);
  const client = actorOf(own, ['CLIENT'], own);
  await open(client, `${DAY}T20:00:00Z`, [own]);
  expect(await found(adviser)).toEqual([['OWN_FILE', 1, 'ADVISER', DAY]]);
  expect(await found(client)).toEqual([]);
});

test('nights that were missed are made up for, and nothing is told twice', async () => {
  const adviser = anAdviser();
  await open(adviser, '2026-05-04T14:00:00Z', ids(1));
  for (const at of ['2026-05-06T16:30:00Z', '2026-05-07T16:30:00Z', '2026-05-08T16:30:00Z']) {
    world.clock.now = new Date(at);
    await accessAnomalies.run(world.db);
  }
  const told = (await world.events('access.anomaly.found')).filter(
    ({ data }) => data['actorId'] === adviser.id,
  );
  expect(told.map(({ data: { kind, day } }) => [kind, day])).toEqual([['AFTER_HOURS', '2026-05-04']]);
});

test('the limits are those of the table that counts on the day', async () => {
  const told = { version: '2026.2', effectiveFrom: '2026-03-10', files: 2, from: '09:30', to: '18:00' };
  await world.deliver(AccessLimitsChanged(told), { times: 2 });
  const [before, after] = [anAdviser(), anAdviser()];
  await open(before, '2026-03-09T01:29:59Z', ids(3));
  await open(after, '2026-03-10T01:29:59Z', ids(1));
  await open(after, '2026-03-10T01:30:00Z', ids(2));
  await findAnomalies(world.db, '2026-03-09');
  await findAnomalies(world.db, '2026-03-10');
  const of = async (actor: Actor) =>
    (await world.events('access.anomaly.found'))
      .filter(({ data }) => data['actorId'] === actor.id)
      .map(({ data: { kind, files } }) => [kind, files]);
  expect(await of(before)).toEqual([]);
  expect(await of(after)).toEqual([
    ['MANY_FILES', 3],
    ['AFTER_HOURS', 1],
  ]);
});
