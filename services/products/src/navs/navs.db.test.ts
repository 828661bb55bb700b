import { plusMonths } from '@client-graph/kit/time';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { admin, aProduct, command, importNavs } from '../fixture.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const someone = actorOf(freshId(), ['MARKETING']);
const csv = (...lines: string[]) => ['code,day,nav', ...lines].join('\n');
const READ = `query ($id: ID!, $from: Date!, $to: Date!) { product(id: $id) {
  latestNav { day nav } navs(from: $from, to: $to) { day nav } volatility { annualisedPct returns floor } } }`;
const read = (id: string, from = '2026-01-01', to = '2026-03-02') =>
  world.ask(someone, READ, { id, from, to });

test('a file is imported line by line; what is wrong is told and keeps nothing else out', async () => {
  const { id, code } = await aProduct(world);
  const answer = await importNavs(
    world,
    csv(`${code},2026-01-05,1.01`, 'NOBODY,2026-01-05,1', `${code},2026-01-06,0`, `${code},2026-03-01,1.02`),
  );
  expect(answer.data.importNavs).toMatchObject({
    read: 4,
    imported: 2,
    unchanged: 0,
    problems: [
      { line: 3, code: 'UNKNOWN_PRODUCT' },
      { line: 4, code: 'NOT_POSITIVE' },
    ],
    gaps: [{ product: { id }, after: '2026-01-05', before: '2026-03-01' }],
  });
  expect((await read(id)).data.product).toEqual({
    latestNav: { day: '2026-03-01', nav: '1.02' },
    navs: [
      { day: '2026-01-05', nav: '1.01' },
      { day: '2026-03-01', nav: '1.02' },
    ],
    volatility: null,
  });
});

test('a file sent again under a new request changes nothing, and another value for a day is told, never written', async () => {
  const { id, code } = await aProduct(world);
  await importNavs(world, csv(`${code},2026-02-01,1.5`));
  const again = await importNavs(world, csv(`${code},2026-02-01,1.50`, `${code},2026-02-02,1.6`));
  expect(again.data.importNavs).toMatchObject({ imported: 1, unchanged: 1, problems: [] });
  const other = await importNavs(world, csv(`${code},2026-02-01,1.7`));
  expect(other.data.importNavs).toMatchObject({
    imported: 0,
    unchanged: 0,
    problems: [{ line: 2, code: 'CONFLICT' }],
  });
  expect((await read(id)).data.product.navs).toEqual([
    { day: '2026-02-01', nav: '1.5' },
    { day: '2026-02-02', nav: '1.6' },
  ]);
});

test('ten different files for the same days at once: each day has one value, and each file knows what became of it', async () => {
  const { id, code } = await aProduct(world);
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, n) =>
      importNavs(
        world,
        csv(`${code},2026-02-0${(n % 2) + 1},1.${n}`, `${code},2026-02-0${2 - (n % 2)},2.${n}`),
      ),
    ),
  );
  expect(answers.flatMap((answer) => answer.codes)).toEqual([]);
  const reports = answers.map((answer) => answer.data.importNavs);
  expect(reports.reduce((sum, report) => sum + report.imported, 0)).toBe(2);
  expect((await read(id)).data.product.navs).toHaveLength(2);
});

test('the same request ten times at once imports once; other content under its id is refused', async () => {
  const { code } = await aProduct(world);
  const requestId = freshId();
  const text = csv(`${code},2026-02-01,1`);
  const answers = await Promise.all(Array.from({ length: 10 }, () => importNavs(world, text, { requestId })));
  expect(new Set(answers.map((answer) => JSON.stringify(answer.data.importNavs))).size).toBe(1);
  expect((await importNavs(world, csv(), { requestId })).codes).toEqual(['REQUEST_ID_REUSED']);
});

test.each([
  ['BAD_HEADER', 'day,nav\n2026-01-01,1', {}],
  ['BAD_INPUT', csv(), { gapDaysMax: 0 }],
  ['BAD_INPUT', csv(), { gapDaysMax: 367 }],
  ['BAD_INPUT', csv(), { requestId: 'short' }],
])('%s: nothing is imported of %j', async (refusal, text, facts) => {
  expect((await importNavs(world, text, facts)).codes).toEqual([refusal]);
});

test('a span of more than 400 days, or backwards, is refused', async () => {
  const { id } = await aProduct(world);
  expect((await read(id, '2025-01-01', '2026-02-06')).codes).toEqual(['BAD_INPUT']);
  expect((await read(id, '2026-02-05', '2026-02-04')).codes).toEqual(['BAD_INPUT']);
});

test('three years of months tell how much a product swings; fifty products cost as many statements as one', async () => {
  const products = await Promise.all(Array.from({ length: 50 }, () => aProduct(world)));
  const lines = products.flatMap(({ code }) =>
    Array.from(
      { length: 37 },
      (_, at) => `${code},${plusMonths('2023-01-31', at)},${at % 2 === 0 ? '1' : '1.1'}`,
    ),
  );
  expect((await importNavs(world, csv(...lines))).data.importNavs).toMatchObject({
    imported: 1_850,
    gaps: [],
  });
  const FIND =
    'query ($all: [_Any!]!) { _entities(representations: $all) { ... on Product { latestNav { nav } volatility { floor returns } } } }';
  const cost = (some: typeof products) =>
    world.statements(async () => {
      const all = some.map(({ id }) => ({ __typename: 'Product', id }));
      const { data } = await world.ask(someone, FIND, { all });
      expect(data._entities[0]).toEqual({
        latestNav: { nav: '1' },
        volatility: { floor: 'R5', returns: 36 },
      });
    });
  const one = await cost(products.slice(0, 1));
  expect(await cost(products)).toBe(one);
  expect(one).toBe(4);
});

test.each(['CLIENT', 'ADVISER', 'OPERATIONS', 'COMPLIANCE', 'MARKETING', 'ANALYST'] as const)(
  '%s imports no net asset values',
  async (role) => {
    const IMPORT = command('importNavs', 'ImportNavsInput', 'id');
    const input = { requestId: freshId(), csv: csv() };
    expect((await world.ask(actorOf(freshId(), [role]), IMPORT, { input })).codes).toEqual(['FORBIDDEN']);
    expect((await world.ask(admin, IMPORT, { input })).codes).toEqual([]);
  },
);
