import { AccessLimitsChanged } from '@client-graph/events';
import { type Actor, accessLimits, actorOf } from '@client-graph/kit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findAnomalies } from '../../kit/src/anomalies.js';
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
        files: () => ({ nodes: Array.from({ length: 60 }, () => ({ clientId: freshId(), name: 'x' })) }),
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
  expect(await found(adviser)).toEqual(count === 0 ? [] : [['AFTER_HOURS', 1, 'ADVISER', DAY]]);
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
