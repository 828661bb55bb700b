import { RiskProfileChanged } from '@client-graph/events';
import { type Actor, ROLES, type Role, transact } from '@client-graph/kit';
import { actorOf, aService, freshId, readablePlaces, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { IndividualProfileRow } from './profiles.entities.js';
import { service } from './service.js';

const OPEN = `mutation ($input: OpenClientInput!) {
  openClient(input: $input) { id kind class grade status adviserId originLeadId version onboardedAt }
}`;
const VERIFY = `mutation ($input: VerifyIdentityInput!) {
  verifyIdentity(input: $input) { id status version identityVerification { method verifiedAt } }
}`;
const ACTIVATE =
  'mutation ($input: ActivateClientInput!) { activateClient(input: $input) { id status version } }';
const RECORD = `mutation ($input: RecordAssetsInput!) {
  recordAssets(input: $input) {
    id asOf source verifiedTotal { amount currency } externalDeclared { amount }
    client { id class grade version gradeReasons }
  }
}`;
const CLIENT = 'query ($id: ID!) { client(id: $id) { id } }';
const LIST = `query ($first: Int, $after: String, $grade: ClientGrade, $status: ClientStatus) {
  clients(first: $first, after: $after, grade: $grade, status: $status) {
    nodes { id } edges { cursor node { id } } pageInfo { hasNextPage endCursor }
  }
}`;
const ENTITY = `query ($id: ID!) { _entities(representations: [{ __typename: "Client", id: $id }]) { ... on Client { id grade } } }`;
const PAGE = `id kind class classLabel(locale: ZH_HANT) grade gradeLabel(locale: ZH_HANS) gradeReasons(locale: ZH_HANT)
  gradeHistory { id grade gradeLabel ruleVersion effectiveFrom effectiveTo reasons } status statusLabel
  statusHistory { at from to reason } adviserId originLeadId preferredLanguage onboardedAt version
  identityVerification { method verifiedAt }
  individual {
    name gender dateOfBirth occupation address annualIncome { amount currency } investmentYears experienceKinds mobile email
    idDocument { type maskedNumber }
  }
  assets { id asOf aumWithFirm { amount } externalDeclared { amount } externalVerified { amount } verifiedTotal { amount currency } source recordedAt client { id } }`;

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const anAdviser = () => actorOf(freshId(), ['ADVISER']);
const yuan = (amount: string) => ({ amount, currency: 'CNY' });

/** A number of a Chinese identity card that no other test has, with its check character. */
let serial = 0;
function aCnId(dateOfBirth: string): string {
  serial += 1;
  const body = `${110101 + Math.floor(serial / 1000)}${dateOfBirth.replaceAll('-', '')}${String(serial % 1000).padStart(3, '0')}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, place) => total + weight * Number(body[place]), 0);
  return body + '10X98765432'.charAt(sum % 11);
}

type Changes = Record<string, unknown> & { individual?: Record<string, unknown> };
function anApplication({ individual, ...changes }: Changes = {}) {
  const dateOfBirth = String(individual?.['dateOfBirth'] ?? '1996-05-20');
  return {
    requestId: freshId(),
    preferredLanguage: 'ZH_HANS',
    privacyNoticeVersion: '2026.1',
    ...changes,
    individual: {
      name: '王小明',
      gender: 'MALE',
      dateOfBirth,
      occupation: 'Engineer',
      address: '上海市徐汇区 12 号',
      annualIncome: yuan('240000.00'),
      investmentYears: 3,
      experienceKinds: ['WEALTH_PRODUCTS'],
      mobile: '13800138000',
      email: 'wang@example.com',
      idType: 'CN_ID',
      idNumber: /^\d{4}-/.test(dateOfBirth) ? aCnId(dateOfBirth) : '',
      ...individual,
    },
  };
}

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const tick = (ms = 1_000) => {
  world.clock.now = new Date(world.clock.now.getTime() + ms);
};

async function openClient(adviser: Actor, changes: Changes = {}) {
  tick();
  const { data, errors } = await world.ask(adviser, OPEN, { input: anApplication(changes) });
  expect(errors).toEqual([]);
  return data.openClient as { id: string; version: number; grade: string; adviserId: string };
}

async function verified(adviser: Actor, changes: Changes = {}) {
  const { id, version } = await openClient(adviser, changes);
  const input = { clientId: id, expectedVersion: version, method: 'IN_PERSON', evidenceReference: 'scan 1' };
  const { data } = await world.ask(OFFICER, VERIFY, { input });
  return data.verifyIdentity as { id: string; version: number };
}

const assets = (clientId: string, aum: string, changes: Record<string, unknown> = {}) => ({
  input: {
    requestId: freshId(),
    clientId,
    asOf: '2026-03-01',
    aumWithFirm: yuan(aum),
    externalVerified: yuan('0'),
    source: 'STATEMENT',
    ...changes,
  },
});

const eventsOf = async (clientId: string) => (await world.events()).filter((event) => event.key === clientId);
const typesOf = async (clientId: string) => (await eventsOf(clientId)).map((event) => event.type);
const read = async (id: string, fields = PAGE) =>
  (await world.ask(OFFICER, `{ client(id: "${id}") { ${fields} } }`)).data.client;
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

describe('who may see and do what', () => {
  const can: Record<string, readonly Role[]> = {
    open: ['ADVISER'],
    verify: ['OPERATIONS'],
    activate: ['OPERATIONS'],
    record: ['OPERATIONS'],
    list: ['CLIENT', 'ADVISER', 'OPERATIONS', 'COMPLIANCE', 'AUDITOR'],
    me: ['CLIENT', 'ADVISER', 'OPERATIONS', 'COMPLIANCE', 'AUDITOR'],
  };
  const ways: Record<string, [string, object]> = {
    open: [OPEN, { input: anApplication() }],
    verify: [
      VERIFY,
      { input: { clientId: freshId(), expectedVersion: 1, method: 'VIDEO', evidenceReference: 'x' } },
    ],
    activate: [ACTIVATE, { input: { clientId: freshId(), expectedVersion: 1 } }],
    record: [RECORD, assets(freshId(), '1')],
    list: [LIST, {}],
    me: ['{ me { id } }', {}],
  };
  const isRole = (role: string): role is Role => role in ROLES;
  const table = Object.keys(ROLES)
    .filter(isRole)
    .flatMap((role) => Object.keys(ways).map((way): [Role, string] => [role, way]));

  test.each(table)('%s: %s', async (role, way) => {
    const [operation, variables] = ways[way]!;
    const { codes } = await world.ask(
      actorOf(freshId(), [role], role === 'CLIENT' ? freshId() : null),
      operation,
      { ...variables },
    );
    expect(codes.includes('FORBIDDEN')).toBe(!can[way]!.includes(role));
  });

  test.each(Object.keys(ways))('nobody without a token: %s', async (way) => {
    const [operation, variables] = ways[way]!;
    expect((await world.ask(null, operation, { ...variables })).codes).toEqual(['UNAUTHENTICATED']);
  });

  test('query, entity and list show a client to those who reach it and to nobody else', async () => {
    const adviser = anAdviser();
    const { id } = await openClient(adviser);
    const { id: other } = await openClient(anAdviser());
    const who: [string, Actor, boolean][] = [
      ['its adviser', adviser, true],
      ['another adviser', anAdviser(), false],
      ['the client', actorOf(id, ['CLIENT'], id), true],
      ['another client', actorOf(other, ['CLIENT'], other), false],
      ['a client token without a client', actorOf(freshId(), ['CLIENT']), false],
      ['operations', OFFICER, true],
      ['compliance', actorOf(freshId(), ['COMPLIANCE']), true],
      ['audit', actorOf(freshId(), ['AUDITOR']), true],
    ];
    for (const [name, actor, isShown] of who) {
      const single = await world.ask(actor, CLIENT, { id });
      const entity = await world.ask(actor, ENTITY, { id });
      const list = await world.ask(actor, LIST, { first: 100 });
      const isListed = list.data.clients.nodes.some((node: { id: string }) => node.id === id);
      expect([name, single.codes]).toEqual([name, isShown ? [] : ['NOT_FOUND']]);
      expect([name, entity.data._entities[0]?.id ?? null]).toEqual([name, isShown ? id : null]);
      expect([name, isListed]).toEqual([name, isShown]);
    }
    expect((await world.ask(OFFICER, CLIENT, { id: freshId() })).codes).toEqual(['NOT_FOUND']);
    expect((await world.ask(OFFICER, CLIENT, { id: 'nobody' })).codes).toEqual(['NOT_FOUND']);
  });

  test('a scope without reach changes nothing and does not even learn the version', async () => {
    const { id } = await openClient(anAdviser());
    const stranger: Actor = { ...anAdviser(), scopes: new Set(['clients:verify', 'clients:assets']) };
    const input = { clientId: id, expectedVersion: 7, method: 'VIDEO', evidenceReference: 'call 1' };
    expect((await world.ask(stranger, VERIFY, { input })).codes).toEqual(['NOT_FOUND']);
    expect((await world.ask(stranger, RECORD, assets(id, '1'))).codes).toEqual(['NOT_FOUND']);
  });

  test('marketing gets nothing of a client through an entity', async () => {
    const { id } = await openClient(anAdviser());
    const { data, codes } = await world.ask(actorOf(freshId(), ['MARKETING']), ENTITY, { id });
    expect(codes).toEqual([]);
    expect(data._entities).toEqual([null]);
  });

  test('me is the client of the token; staff are nobody', async () => {
    const { id } = await openClient(anAdviser());
    expect(
      (await world.ask(actorOf(id, ['CLIENT'], id), '{ me { id individual { name } } }')).data.me,
    ).toEqual({ id, individual: { name: '王小明' } });
    expect((await world.ask(OFFICER, '{ me { id } }')).data.me).toBeNull();
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

test('the rule tables are loaded once, however often the service starts', async () => {
  await service.seed!(world.db);
  expect(await world.sql('select version, effective_from::text from grading_rule_set')).toEqual([
    { version: '2026.1', effective_from: '2026-01-01' },
  ]);
});
