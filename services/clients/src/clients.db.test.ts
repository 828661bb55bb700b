import { transact } from '@client-graph/kit';
import { actorOf, aService, freshId, readablePlaces, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aCnId, yuan } from '../test/applications.js';
import {
  ACTIVATE,
  anAdviser,
  anApplication,
  assets,
  type Changes,
  LIST,
  OFFICER,
  OPEN,
  openings,
  PAGE,
  RECORD,
  VERIFY,
} from '../test/openings.js';
import { IndividualProfileRow } from './profiles.entities.js';
import { service } from './service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const { tick, openClient, verified, eventsOf, typesOf, read } = openings(() => world);
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

describe('opening a client', () => {
  test('an application becomes a client with its first class and grade, and others are told without a name', async () => {
    const adviser = anAdviser();
    const originLeadId = freshId();
    const { id } = await openClient(adviser, { originLeadId, declaredAssets: yuan('900000.50') });

    expect(await read(id)).toMatchObject({
      kind: 'INDIVIDUAL',
      class: 'ORDINARY',
      classLabel: '普通個人客戶',
      grade: 'BRONZE',
      gradeLabel: '青铜级',
      gradeReasons: [
        '近12個月內沒有經核實的金融資產記錄，按0計算：資產等級1。',
        '沒有有效的風險評估：承受能力等級1。',
        '投資經驗為3年：經驗等級2。',
        '承受能力和經驗並非均低於資產等級1，因此由資產等級決定。',
        '按規則2026.1為青銅級。',
      ],
      gradeHistory: [{ grade: 'BRONZE', ruleVersion: '2026.1', effectiveTo: null }],
      status: 'ONBOARDING',
      statusHistory: [{ from: 'PROSPECT', to: 'ONBOARDING', reason: 'APPLICATION' }],
      adviserId: adviser.id,
      originLeadId,
      preferredLanguage: 'ZH_HANS',
      version: 1,
      identityVerification: null,
      individual: {
        name: '王小明',
        mobile: '+8613800138000',
        annualIncome: { amount: '240000', currency: 'CNY' },
        investmentYears: 3,
      },
      assets: {
        source: 'DECLARATION',
        externalDeclared: { amount: '900000.5' },
        verifiedTotal: { amount: '0', currency: 'CNY' },
      },
    });
    expect(await eventsOf(id)).toMatchObject([
      {
        type: 'client.onboarded',
        data: {
          clientId: id,
          kind: 'INDIVIDUAL',
          class: 'ORDINARY',
          grade: 'BRONZE',
          adviserId: adviser.id,
          ageBand: 'FROM_18',
          fullCivilCapacity: true,
          institutionType: null,
          originLeadId,
        },
      },
    ]);
  });

  test('the identity number is shown by its last four and is nowhere else in the open', async () => {
    const idNumber = aCnId('1996-05-20');
    const { id } = await openClient(anAdviser(), { individual: { idNumber } });
    const page = await read(id);
    expect(page.individual.idDocument).toEqual({ type: 'CN_ID', maskedNumber: `****${idNumber.slice(-4)}` });
    expect(JSON.stringify(page)).not.toContain(idNumber);
    expect(JSON.stringify(await world.events())).not.toMatch(new RegExp(`${idNumber}|王小明|13800138000`));
    const [stored] = await world.sql('select number_hash from id_document where client_id = $1', [id]);
    expect(stored).toEqual({ number_hash: expect.stringMatching(/^[\w-]{43}$/) });
    expect(await readablePlaces(world.db, [idNumber])).toEqual([]);
  });

  test('the same request opens once, ten at once or later, and answers the same', async () => {
    const adviser = anAdviser();
    const input = anApplication();
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask(adviser, OPEN, { input })));
    const later = await world.ask(adviser, OPEN, { input });
    const ids = [...answers, later].map(({ data }) => data.openClient.id);
    expect(new Set(ids).size).toBe(1);
    expect(await typesOf(ids[0])).toEqual(['client.onboarded']);
  });

  test('a requestId with other content is refused', async () => {
    const adviser = anAdviser();
    const input = anApplication();
    await world.ask(adviser, OPEN, { input });
    const other = { ...input, privacyNoticeVersion: '2026.2' };
    expect((await world.ask(adviser, OPEN, { input: other })).codes).toEqual(['REQUEST_ID_REUSED']);
    expect((await world.ask(anAdviser(), OPEN, { input })).codes).toEqual(['REQUEST_ID_REUSED']);
  });

  test('of ten at once with one identity one is opened; the others leave nothing and learn nothing of whose it is', async () => {
    const idNumber = aCnId('1996-05-20');
    const before = await counts();
    const spellings = [idNumber, ` ${idNumber.slice(0, 6)} ${idNumber.slice(6)}`, idNumber.toLowerCase()];
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        world.ask(anAdviser(), OPEN, {
          input: anApplication({ individual: { idNumber: spellings[n % 3] } }),
        }),
      ),
    );
    expect(answers.filter(({ codes }) => codes.length === 0)).toHaveLength(1);
    const refused = answers.filter(({ codes }) => codes.length > 0);
    expect(refused.map(({ codes }) => codes)).toEqual(Array(9).fill(['IDENTITY_TAKEN']));
    expect(refused[0]?.errors[0]?.extensions).toEqual({ code: 'IDENTITY_TAKEN', details: {} });
    const after = await counts();
    expect(after).toEqual({
      ...Object.fromEntries(TABLES.map((table) => [table, before[table] + 1])),
      asset_snapshot: before['asset_snapshot'],
    });
  });

  test('the same number on another kind of document is another identity', async () => {
    await openClient(anAdviser(), { individual: { idType: 'PASSPORT', idNumber: '12345678' } });
    await openClient(anAdviser(), { individual: { idType: 'TAIWAN_PERMIT', idNumber: '12345678' } });
  });

  test.each<[string, Changes, string]>([
    [
      '29 February of a year without one',
      { individual: { dateOfBirth: '2001-02-29', idNumber: 'x' } },
      'BAD_USER_INPUT',
    ],
    ['a birth date to come', { individual: { dateOfBirth: '2026-03-09' } }, 'BIRTH_DATE_IMPOSSIBLE'],
    ['a birth date 151 years ago', { individual: { dateOfBirth: '1875-01-01' } }, 'BIRTH_DATE_IMPOSSIBLE'],
    ['a minor', { individual: { dateOfBirth: '2009-01-01' } }, 'UNDER_AGE'],
    ['a wrong check character', { individual: { idNumber: '110105199605200020' } }, 'ID_NUMBER_INVALID'],
    ['a line break in the address', { individual: { address: '1 Road\nShanghai' } }, 'BAD_INPUT'],
    ['a mobile of letters', { individual: { mobile: 'none' } }, 'BAD_INPUT'],
    ['an e-mail without @', { individual: { email: 'wang.example.com' } }, 'BAD_INPUT'],
    ['assets in dollars', { declaredAssets: { amount: '1', currency: 'USD' } }, 'WRONG_CURRENCY'],
    ['assets below zero', { declaredAssets: yuan('-1') }, 'BAD_INPUT'],
    ['a lead that is no UUID', { originLeadId: 'lead-1' }, 'BAD_INPUT'],
    ['a privacy notice without a version', { privacyNoticeVersion: ' ' }, 'BAD_INPUT'],
    ['a requestId of one letter', { requestId: 'x' }, 'BAD_INPUT'],
    ['an unknown kind of document', { individual: { idType: 'LIBRARY_CARD' } }, 'BAD_USER_INPUT'],
  ])('%s is refused and leaves nothing behind', async (_, changes, code) => {
    const before = await counts();
    expect((await world.ask(anAdviser(), OPEN, { input: anApplication(changes) })).codes).toEqual([code]);
    expect(await counts()).toEqual(before);
  });
});

describe('verifying and activating', () => {
  test('a verified client is activated, and others are told', async () => {
    const { id, version } = await verified(anAdviser());
    tick();
    const { data } = await world.ask(OFFICER, ACTIVATE, {
      input: { clientId: id, expectedVersion: version },
    });
    expect(data.activateClient).toEqual({ id, status: 'ACTIVE', version: version + 1 });
    expect(await typesOf(id)).toEqual(['client.onboarded', 'client.activated']);
    expect((await eventsOf(id))[1]?.data).toEqual({
      clientId: id,
      from: 'ONBOARDING',
      to: 'ACTIVE',
      reason: 'VERIFIED',
    });
    expect(
      await read(id, 'statusLabel identityVerification { method } statusHistory { from to reason }'),
    ).toEqual({
      statusLabel: 'Active',
      identityVerification: { method: 'IN_PERSON' },
      statusHistory: [
        { from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' },
        { from: 'PROSPECT', to: 'ONBOARDING', reason: 'APPLICATION' },
      ],
    });
  });

  test('of ten at once one activates, and one event is sent', async () => {
    const { id, version } = await verified(anAdviser());
    const input = { clientId: id, expectedVersion: version };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => world.ask(OFFICER, ACTIVATE, { input })),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect(await typesOf(id)).toEqual(['client.onboarded', 'client.activated']);
  });

  test('nobody checks their own client, whatever else they are', async () => {
    const both = actorOf(freshId(), ['ADVISER', 'OPERATIONS']);
    const { id, version } = await openClient(both);
    const input = { clientId: id, expectedVersion: version };
    const verification = { ...input, method: 'VIDEO', evidenceReference: 'call 1' };
    expect((await world.ask(both, VERIFY, { input: verification })).codes).toEqual(['OWN_CLIENT']);
    expect((await world.ask(both, ACTIVATE, { input })).codes).toEqual(['OWN_CLIENT']);
    expect((await world.ask(both, RECORD, assets(id, '1'))).codes).toEqual(['OWN_CLIENT']);
  });

  test('what the guards ask for is refused by name', async () => {
    const opened = await openClient(anAdviser());
    const of = ({ id, version }: { id: string; version: number }) => ({
      input: { clientId: id, expectedVersion: version },
    });
    expect((await world.ask(OFFICER, ACTIVATE, of(opened))).codes).toEqual(['IDENTITY_NOT_VERIFIED']);

    const nameless = await verified(anAdviser());
    await transact(world.db, async (tx) => {
      const profile = await tx.manager.findOneByOrFail(IndividualProfileRow, { id: nameless.id });
      await tx.update(IndividualProfileRow, profile, { occupation: '' });
    });
    const incomplete = await world.ask(OFFICER, ACTIVATE, of(nameless));
    expect(incomplete.errors[0]?.extensions).toEqual({
      code: 'FILE_INCOMPLETE',
      details: { missing: ['occupation'] },
    });

    const uninformed = await verified(anAdviser());
    await world.sql(`update client set privacy_notice_version = '' where id = $1`, [uninformed.id]);
    expect((await world.ask(OFFICER, ACTIVATE, of(uninformed))).codes).toEqual(['PRIVACY_NOTICE_MISSING']);

    const twice = await verified(anAdviser());
    const again = { ...of(twice).input, method: 'REGISTER', evidenceReference: 'x' };
    expect((await world.ask(OFFICER, VERIFY, { input: again })).codes).toEqual(['ALREADY_VERIFIED']);
    await world.ask(OFFICER, ACTIVATE, of(twice));
    expect((await world.ask(OFFICER, ACTIVATE, of({ ...twice, version: twice.version + 1 }))).codes).toEqual([
      'WRONG_STATUS',
    ]);
  });

  test('a stale version, an unknown client and blank evidence are refused', async () => {
    const { id, version } = await openClient(anAdviser());
    const input = { clientId: id, expectedVersion: version, method: 'VIDEO', evidenceReference: 'call 1' };
    const ask = async (changes: object) =>
      (await world.ask(OFFICER, VERIFY, { input: { ...input, ...changes } })).errors[0]?.extensions;
    expect(await ask({ expectedVersion: 7 })).toEqual({
      code: 'STALE_VERSION',
      details: { expected: 7, current: 1 },
    });
    expect(await ask({ clientId: freshId() })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await ask({ clientId: 'nobody' })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await ask({ evidenceReference: ' ' })).toMatchObject({ code: 'BAD_INPUT' });
  });
});

describe('lists', () => {
  test('come newest first in pages without gap or double, and by grade and status', async () => {
    const adviser = anAdviser();
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift((await openClient(adviser)).id);
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const { data } = await world.ask(adviser, LIST, { first: 2, after });
      seen.push(...data.clients.nodes.map((node: { id: string }) => node.id));
      after = data.clients.pageInfo.hasNextPage ? data.clients.pageInfo.endCursor : null;
    } while (after !== null);
    expect(seen).toEqual(ids);

    await world.ask(OFFICER, RECORD, assets(ids[3]!, '3000000'));
    const listed = async (only: Record<string, unknown>) =>
      (await world.ask(adviser, LIST, only)).data.clients.nodes.map((node: { id: string }) => node.id);
    expect(await listed({ grade: 'SILVER' })).toEqual([ids[3]]);
    expect(await listed({ status: 'ACTIVE' })).toEqual([]);
    expect(await listed({ status: 'ONBOARDING', grade: 'BRONZE' })).toEqual(
      ids.filter((id) => id !== ids[3]),
    );
  });

  test('refuse a page of none, of 101, and a cursor they have not given', async () => {
    const codes = async (args: object) => (await world.ask(OFFICER, LIST, { ...args })).codes;
    expect(await codes({ first: 0 })).toEqual(['PAGE_SIZE']);
    expect(await codes({ first: 101 })).toEqual(['PAGE_SIZE']);
    expect(await codes({ after: 'here' })).toEqual(['BAD_CURSOR']);
  });

  test('fifty clients with every field cost as many statements as one', async () => {
    const adviser = anAdviser();
    const ask = (first: number) =>
      world.ask(adviser, `query ($first: Int) { clients(first: $first) { nodes { ${PAGE} } } }`, { first });
    for (let n = 0; n < 50; n += 1) {
      const { id } = await verified(adviser, { declaredAssets: yuan('1000') });
      if (n % 2 === 0) await world.ask(OFFICER, RECORD, assets(id, '600000'));
    }
    const { data } = await ask(50);
    expect(data.clients.nodes).toHaveLength(50);
    const one = await world.statements(() => ask(1));
    expect(await world.statements(() => ask(50))).toBe(one);
    expect(one).toBe(9);

    const representations = data.clients.nodes.map(({ id }: { id: string }) => ({
      __typename: 'Client',
      id,
    }));
    const entities = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Client { ${PAGE} } } }`;
    // One less: the reference has loaded the client that `assets.client` leads back to.
    expect(await world.statements(() => world.ask(adviser, entities, { r: representations }))).toBe(one - 1);
  });
});
