import { RiskProfileChanged } from '@client-graph/events';
import { transact } from '@client-graph/kit';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { yuan } from '../test/applications.js';
import { anAdviser, assets, OFFICER, openings, RECORD } from '../test/openings.js';
import { IndividualProfileRow } from './profiles.entities.js';
import { service } from './service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const { tick, openClient, eventsOf, typesOf, read } = openings(() => world);
const count = async (table: string) =>
  Number((await world.sql<{ n: string }>(`select count(*) as n from ${table}`))[0]?.n);
const TABLES = [
  'client',
  'individual_profile',
  'id_document',
  'status_change',
  'asset_snapshot',
  'class_assignment',
  'grade_assignment',
  'request',
  'outbox',
];
const counts = async () =>
  Object.fromEntries(await Promise.all(TABLES.map(async (table) => [table, await count(table)])));

describe('assets and the grade', () => {
  test('a snapshot classifies and grades at once, in one transaction, and others are told what changed', async () => {
    const { id } = await openClient(anAdviser(), { declaredAssets: yuan('5000000') });
    tick();
    const { data, codes } = await world.ask(
      OFFICER,
      RECORD,
      assets(id, '29000000', { externalVerified: yuan('1000000') }),
    );
    expect(codes).toEqual([]);
    expect(data.recordAssets).toMatchObject({
      asOf: '2026-03-01',
      source: 'STATEMENT',
      verifiedTotal: { amount: '30000000', currency: 'CNY' },
      externalDeclared: { amount: '5000000' },
      client: { id, class: 'ULTRA_HIGH_NET_WORTH', grade: 'DIAMOND', version: 2 },
    });
    expect(data.recordAssets.client.gradeReasons[0]).toBe(
      'Verified financial assets of CNY 30,000,000 as of 2026-03-01 are 30,000,000 or more: asset rank 4.',
    );
    expect(
      (await eventsOf(id))
        .slice(1)
        .map(({ type, data: told }) => [type, told['from'], told['to'], told['ruleVersion']]),
    ).toEqual([
      ['client.classified', 'ORDINARY', 'ULTRA_HIGH_NET_WORTH', '2026.1'],
      ['client.graded', 'BRONZE', 'DIAMOND', '2026.1'],
    ]);
    const spans = await world.sql(
      `select effective_from = lag(effective_to) over (order by effective_from) as joined, effective_to is null as open
       from grade_assignment where client_id = $1 order by effective_from`,
      [id],
    );
    expect(spans).toEqual([
      { joined: null, open: false },
      { joined: true, open: true },
    ]);
    expect(
      await world.sql(
        'select class, effective_to is null as open from class_assignment where client_id = $1 order by effective_from',
        [id],
      ),
    ).toEqual([
      { class: 'ORDINARY', open: false },
      { class: 'ULTRA_HIGH_NET_WORTH', open: true },
    ]);
  });

  test('the same request records once, ten at once', async () => {
    const { id } = await openClient(anAdviser());
    const variables = assets(id, '700000');
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => world.ask(OFFICER, RECORD, variables)),
    );
    expect(new Set(answers.map(({ data }) => data.recordAssets.id)).size).toBe(1);
    expect(await world.sql('select 1 from asset_snapshot where client_id = $1', [id])).toHaveLength(1);
    expect(await typesOf(id)).toEqual(['client.onboarded', 'client.graded']);
    const other = { input: { ...variables.input, asOf: '2026-02-01' } };
    expect((await world.ask(OFFICER, RECORD, other)).codes).toEqual(['REQUEST_ID_REUSED']);
  });

  test('ten different snapshots at once leave one open grade, that of the snapshot that counts', async () => {
    const { id } = await openClient(anAdviser());
    const days = Array.from({ length: 10 }, (_, n) => `2026-02-${String(n + 10)}`);
    const answers = await Promise.all(
      days.map((asOf, n) => world.ask(OFFICER, RECORD, assets(id, String(n * 400_000), { asOf }))),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual([]);
    expect(await read(id, 'grade assets { asOf verifiedTotal { amount } }')).toEqual({
      grade: 'SILVER',
      assets: { asOf: '2026-02-19', verifiedTotal: { amount: '3600000' } },
    });
    expect(
      await world.sql('select grade from grade_assignment where client_id = $1 and effective_to is null', [
        id,
      ]),
    ).toEqual([{ grade: 'SILVER' }]);
  });

  test('what is told late of an earlier day is kept and changes nothing', async () => {
    const { id } = await openClient(anAdviser());
    await world.ask(OFFICER, RECORD, assets(id, '600000'));
    const { data } = await world.ask(OFFICER, RECORD, assets(id, '40000000', { asOf: '2026-02-28' }));
    expect(data.recordAssets.client).toMatchObject({ grade: 'SILVER', version: 2 });
    expect(await world.sql('select 1 from asset_snapshot where client_id = $1', [id])).toHaveLength(2);
  });

  test('a snapshot older than twelve months counts for nothing', async () => {
    const { id } = await openClient(anAdviser());
    const { data } = await world.ask(OFFICER, RECORD, assets(id, '40000000', { asOf: '2025-02-28' }));
    expect(data.recordAssets.client.grade).toBe('BRONZE');
  });

  test.each([
    ['a day to come', { asOf: '2026-03-09' }, 'AS_OF_IN_FUTURE'],
    ['a declaration', { source: 'DECLARATION' }, 'NOT_EVIDENCE'],
    ['dollars', { aumWithFirm: { amount: '1', currency: 'USD' } }, 'WRONG_CURRENCY'],
    ['less than nothing', { aumWithFirm: yuan('-1') }, 'BAD_INPUT'],
    ['half a fen', { aumWithFirm: yuan('0.005') }, 'BAD_INPUT'],
    ['no client', { clientId: freshId() }, 'NOT_FOUND'],
  ])('%s is refused and leaves nothing behind', async (_, changes, code) => {
    const { id } = await openClient(anAdviser());
    const before = await counts();
    expect((await world.ask(OFFICER, RECORD, assets(id, '1', changes))).codes).toEqual([code]);
    expect(await counts()).toEqual(before);
  });

  test('a closed client has no assets to record', async () => {
    const { id } = await openClient(anAdviser());
    await world.sql(`update client set status = 'CLOSED' where id = $1`, [id]);
    expect((await world.ask(OFFICER, RECORD, assets(id, '1'))).codes).toEqual(['WRONG_STATUS']);
  });

  test('the database itself keeps DIAMOND and its segment together', async () => {
    const { id } = await openClient(anAdviser());
    await expect(world.sql(`update client set grade = 'DIAMOND' where id = $1`, [id])).rejects.toThrow(
      'diamond_is_ultra_high_net_worth',
    );
  });
});

const told = (clientId: string, to: 'MEDIUM_LOW' | 'MEDIUM' | 'HIGH', validTo = '2027-03-01') =>
  RiskProfileChanged({ clientId, assessmentId: freshId(), from: null, to, lowestCategory: false, validTo });

describe('what risk tells', () => {
  test('a new level renews the reasons; the grade event is sent only when the grade has changed', async () => {
    const { id } = await openClient(anAdviser(), { individual: { investmentYears: 1 } });
    await world.ask(OFFICER, RECORD, assets(id, '600000'));
    expect((await read(id)).grade).toBe('BRONZE');
    tick();
    await world.deliver(told(id, 'MEDIUM_LOW'), { times: 2 });
    const same = await read(id, 'grade version gradeReasons(locale: EN) gradeHistory { grade }');
    expect(same).toMatchObject({ grade: 'BRONZE', version: 3 });
    expect(same.gradeReasons[1]).toBe('The risk level is medium-low, valid to 2027-03-01: tolerance rank 1.');
    expect(same.gradeHistory).toHaveLength(3);
    expect(await typesOf(id)).toEqual(['client.onboarded']);

    tick();
    await world.deliver(told(id, 'MEDIUM'), { times: 2 });
    expect(await read(id, 'grade version')).toEqual({ grade: 'SILVER', version: 4 });
    expect(await typesOf(id)).toEqual(['client.onboarded', 'client.graded']);
  });

  test('the same news in a new event changes nothing', async () => {
    const { id } = await openClient(anAdviser());
    await world.deliver(told(id, 'MEDIUM'));
    await world.deliver(told(id, 'MEDIUM'));
    expect(await read(id, 'version gradeHistory { grade }')).toEqual({
      version: 2,
      gradeHistory: [{ grade: 'BRONZE' }, { grade: 'BRONZE' }],
    });
  });

  test('news of a client nobody knows is refused, for the dead-letter topic', async () => {
    await expect(world.deliver(told(freshId(), 'MEDIUM'))).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('a clock that goes back never makes assignments overlap', async () => {
    const { id } = await openClient(anAdviser());
    tick(-5_000);
    await world.deliver(told(id, 'HIGH'));
    tick(5_000);
    expect(
      await world.sql(
        'select 1 from grade_assignment where client_id = $1 and effective_to < effective_from',
        [id],
      ),
    ).toEqual([]);
    expect(
      await world.sql('select count(*)::int as n from grade_assignment where client_id = $1', [id]),
    ).toEqual([{ n: 2 }]);
  });
});

describe('what time alone changes', () => {
  const run = (name: string) => service.jobs!.find((job) => job.name === name)!.run(world.db);
  const at = (instant: string) => {
    world.clock.now = new Date(instant);
  };

  test('a grade that has lost its ground is kept, and taken away after the quarter end that finds it 90 days below', async () => {
    const { id } = await openClient(anAdviser(), { individual: { investmentYears: 1 } });
    await world.ask(OFFICER, RECORD, assets(id, '600000'));
    await world.deliver(told(id, 'MEDIUM', '2026-04-01'));
    expect((await read(id)).grade).toBe('SILVER');

    at('2026-04-01T15:59:00Z');
    await run('regrade-due');
    expect(await read(id, 'version')).toEqual({ version: 3 });
    at('2026-04-01T16:15:00Z');
    await run('regrade-due');
    await run('regrade-due');
    const waiting = await read(id, 'grade version gradeReasons');
    expect(waiting).toMatchObject({ grade: 'SILVER', version: 4 });
    expect(waiting.gradeReasons.at(-1)).toBe(
      'Silver is kept until 2026-10-01: the inputs have been below its line since 2026-04-02.',
    );

    at('2026-09-30T15:59:00Z');
    await run('regrade-due');
    expect((await read(id)).grade).toBe('SILVER');
    at('2026-09-30T16:15:00Z');
    await run('regrade-due');
    await run('regrade-due');
    expect(await read(id, 'grade version')).toEqual({ grade: 'BRONZE', version: 5 });
    expect((await typesOf(id)).filter((type) => type === 'client.graded')).toHaveLength(2);
  });

  test('a birthday that matters is told once, with the whole standing, for more clients than one batch', async () => {
    at('2026-11-01T02:00:00Z');
    await run('move-age-bands');
    const adviser = anAdviser();
    const { id } = await openClient(adviser, { individual: { dateOfBirth: '1995-11-03' } });
    const { id: other } = await openClient(adviser, { individual: { dateOfBirth: '1995-11-04' } });
    await world.sql(
      `insert into client select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'adviser_id', gen_random_uuid()))).*
       from client c, generate_series(1, 250) where c.id = $1`,
      [id],
    );
    const copies = await world.sql<{ id: string }>(
      'select id from client where id not in (select client_id from individual_profile)',
    );
    await transact(world.db, async (tx) => {
      const profile = await tx.manager.findOneByOrFail(IndividualProfileRow, { id });
      await tx.insertMany(
        IndividualProfileRow,
        copies.map((copy) => ({ ...profile, id: copy.id })),
      );
    });
    at('2026-11-02T15:59:00Z');
    await run('move-age-bands');
    expect(await typesOf(id)).toEqual(['client.onboarded']);

    at('2026-11-02T16:05:00Z');
    await run('move-age-bands');
    expect(await world.events('client.updated')).toHaveLength(251);
    await run('move-age-bands');
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'client.updated',
      data: {
        clientId: id,
        ageBand: 'FROM_31',
        adviserId: adviser.id,
        changedFieldCodes: ['ageBand'],
        version: 2,
      },
    });
    expect(await world.events('client.updated')).toHaveLength(251);
    expect(await typesOf(other)).toEqual(['client.onboarded']);
  });
});

test('a relationship that has ended is graded no more, whatever is told of it', async () => {
  const { id } = await openClient(anAdviser(), { individual: { investmentYears: 1 } });
  await world.ask(OFFICER, RECORD, assets(id, '600000'));
  await world.sql(`update client set status = 'CLOSED', grading_due_on = null where id = $1`, [id]);
  await world.deliver(told(id, 'HIGH', '2027-12-31'), { times: 2 });
  expect((await read(id, 'grade')).grade).toBe('BRONZE');
  expect(await typesOf(id)).toEqual(['client.onboarded']);
  expect(await world.sql('select grading_due_on from client where id = $1', [id])).toEqual([
    { grading_due_on: null },
  ]);
});

test('the rule tables are loaded once, however often the service starts', async () => {
  await service.seed!(world.db);
  expect(await world.sql('select version, effective_from::text from grading_rule_set')).toEqual([
    { version: '2026.1', effective_from: '2026-01-01' },
  ]);
});
