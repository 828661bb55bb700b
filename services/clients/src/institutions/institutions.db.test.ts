import { OrderSettled } from '@client-graph/events';
import { type Actor, ROLES, type Role } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  activate,
  anInstitution,
  aUscc,
  openOrganisation,
  openPerson,
  yuan,
} from '../../test/applications.js';
import { service } from '../service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const OPEN = 'mutation ($input: OpenInstitutionInput!) { openInstitution(input: $input) { id } }';
const RECORD = `mutation ($input: RecordFinancialsInput!) {
  recordFinancials(input: $input) { id yearEnd netAssets { amount currency } client { grade gradeReasons version } }
}`;
const CHANGE =
  'mutation ($input: ChangeInstitutionInput!) { changeInstitution(input: $input) { id version } }';
const CORRECT =
  'mutation ($input: CorrectInstitutionInput!) { correctInstitution(input: $input) { id class grade version } }';
const PAGE = `kind class classLabel(locale: ZH_HANT) grade gradeLabel(locale: ZH_HANT) gradeReasons(locale: ZH_HANT) status
  individual { name } profileHistory { changed by }
  institution {
    legalName uscc institutionType institutionTypeLabel(locale: ZH_HANT) legalRepresentative businessScope investmentNeeds
    contactName phone email address financials { yearEnd netAssets { amount } profit { amount } source }
  }`;

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const anAdviser = () => actorOf(freshId(), ['ADVISER']);
const open = (adviser = anAdviser(), changes: Record<string, unknown> = {}) =>
  openOrganisation(ask, adviser, changes);
const read = async (id: string, fields = PAGE) =>
  (await world.ask(OFFICER, `{ client(id: "${id}") { ${fields} } }`)).data.client;
const eventsOf = async (id: string) => (await world.events()).filter(({ key }) => key === id);
const application = (changes: Record<string, unknown> = {}) => ({
  input: {
    requestId: freshId(),
    preferredLanguage: 'ZH_HANT',
    privacyNoticeVersion: '2026.1',
    institution: anInstitution(changes),
  },
});
const figures = (clientId: string, netAssets: string, changes: Record<string, unknown> = {}) => ({
  input: {
    requestId: freshId(),
    clientId,
    yearEnd: '2025-12-31',
    netAssets: yuan(netAssets),
    liabilities: yuan('1000000'),
    revenue: yuan('9000000'),
    profit: yuan('-20000'),
    source: 'AUDITED',
    ...changes,
  },
});

describe('opening an institution', () => {
  test('an application becomes a client of that type, and others are told without a name', async () => {
    const adviser = anAdviser();
    const uscc = aUscc();
    const { id } = await open(adviser, { uscc, institutionType: 'GOVERNMENT_PUBLIC' });
    expect(await read(id)).toEqual({
      kind: 'INSTITUTION',
      class: 'GOVERNMENT_PUBLIC',
      classLabel: '政府及事業單位客戶',
      grade: 'SMALL',
      gradeLabel: '小型',
      gradeReasons: ['檔案中沒有財務報表：按凈資產為小型。', '按規則2026.1為小型。'],
      status: 'ONBOARDING',
      individual: null,
      profileHistory: [{ changed: [], by: adviser.id }],
      institution: {
        legalName: '上海示例科技有限公司',
        uscc,
        institutionType: 'GOVERNMENT_PUBLIC',
        institutionTypeLabel: '政府及事業單位客戶',
        legalRepresentative: '陈立',
        businessScope: '软件开发与咨询',
        investmentNeeds: '闲置资金稳健增值',
        contactName: '林青',
        phone: '+862161234567',
        email: 'cfo@example.com',
        address: '上海市浦东新区 1 号',
        financials: [],
      },
    });
    const told = await eventsOf(id);
    expect(told).toMatchObject([
      {
        type: 'client.onboarded',
        data: {
          kind: 'INSTITUTION',
          class: 'GOVERNMENT_PUBLIC',
          grade: 'SMALL',
          institutionType: 'GOVERNMENT_PUBLIC',
          ageBand: null,
        },
      },
    ]);
    expect(JSON.stringify(told)).not.toMatch(/示例|陈立|林青|2161234567/);
  });

  test('of ten at once with one code one is opened, whatever the spelling', async () => {
    const uscc = aUscc();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        world.ask(anAdviser(), OPEN, application({ uscc: n % 2 === 0 ? uscc : uscc.toLowerCase() })),
      ),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('USCC_TAKEN'));
  });

  test('the same request opens once, ten at once', async () => {
    const adviser = anAdviser();
    const variables = application();
    const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask(adviser, OPEN, variables)));
    expect(new Set(answers.map(({ data }) => data.openInstitution.id)).size).toBe(1);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a wrong checksum', { uscc: '91350100M000100Y42' }, 'USCC_INVALID'],
    ["a person's field", { dateOfBirth: '1990-01-01' }, 'BAD_USER_INPUT'],
    ['no representative', { legalRepresentative: ' ' }, 'BAD_INPUT'],
  ])('%s is refused and leaves nothing behind', async (_, changes, code) => {
    const before = await world.sql('select count(*) from client');
    expect((await world.ask(anAdviser(), OPEN, application(changes))).codes).toEqual([code]);
    expect(await world.sql('select count(*) from client')).toEqual(before);
  });

  test('is verified and activated like a person, when its file is complete', async () => {
    const { id } = await activate(ask, OFFICER, await open());
    expect((await read(id)).status).toBe('ACTIVE');
  });

  test('the database itself keeps class and grade of the kind', async () => {
    const { id } = await open();
    await expect(world.sql(`update client set grade = 'GOLD' where id = $1`, [id])).rejects.toThrow(
      'class_and_grade_are_of_the_kind',
    );
  });
});

describe('financial statements and the grade', () => {
  test('a statement grades at once, the later year end counts, and a correction of it takes its place', async () => {
    const { id } = await open();
    const first = await world.ask(OFFICER, RECORD, figures(id, '250000000'));
    expect(first.data.recordFinancials).toMatchObject({
      netAssets: { amount: '250000000', currency: 'CNY' },
      client: { grade: 'LARGE', version: 2 },
    });
    const older = await world.ask(OFFICER, RECORD, figures(id, '1', { yearEnd: '2024-12-31' }));
    expect(older.data.recordFinancials.client).toMatchObject({ grade: 'LARGE', version: 2 });
    const corrected = await world.ask(OFFICER, RECORD, figures(id, '30000000'));
    expect(corrected.data.recordFinancials.client).toMatchObject({ grade: 'LARGE', version: 3 });
    expect(corrected.data.recordFinancials.client.gradeReasons.at(-1)).toBe(
      'Large is kept until 2026-07-01: the inputs have been below its line since 2026-03-02.',
    );
    expect((await eventsOf(id)).map(({ type, data }) => [type, data['to']])).toEqual([
      ['client.onboarded', undefined],
      ['client.graded', 'LARGE'],
    ]);
    expect((await read(id)).institution.financials).toHaveLength(3);
  });

  test('the third class of product lifts a small one, each class counting once', async () => {
    const { id } = await open();
    const settled = (productClass: 'BANK_WMP' | 'TRUST' | 'INSURANCE') =>
      OrderSettled({
        clientId: id,
        orderId: freshId(),
        productId: freshId(),
        productClass,
        side: 'BUY',
        amountMinor: 100,
        currency: 'CNY',
        settledOn: '2026-03-02',
      });
    for (const name of ['BANK_WMP', 'TRUST', 'TRUST'] as const)
      await world.deliver(settled(name), { times: 2 });
    expect((await read(id)).grade).toBe('SMALL');
    await world.deliver(settled('INSURANCE'), { times: 2 });
    expect((await read(id)).grade).toBe('MEDIUM');
  });

  test('ten different statements at once leave one open grade', async () => {
    const { id } = await open();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        world.ask(OFFICER, RECORD, figures(id, '20000000', { yearEnd: `${2016 + n}-12-31` })),
      ),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual([]);
    expect(
      await world.sql('select grade from grade_assignment where client_id = $1 and effective_to is null', [
        id,
      ]),
    ).toEqual([{ grade: 'MEDIUM' }]);
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a year end to come', { yearEnd: '2026-12-31' }, 'YEAR_END_IMPOSSIBLE'],
    ['revenue below zero', { revenue: yuan('-1') }, 'BAD_INPUT'],
    ['nobody', { clientId: freshId() }, 'NOT_FOUND'],
  ])('%s is refused', async (_, changes, code) => {
    const { id } = await open();
    expect((await world.ask(OFFICER, RECORD, figures(id, '1', changes))).codes).toEqual([code]);
  });

  test('a person has no financial statements, and its adviser records none', async () => {
    const { id } = await openPerson(ask, anAdviser());
    expect((await world.ask(OFFICER, RECORD, figures(id, '1'))).codes).toEqual(['WRONG_KIND']);
    const both = actorOf(freshId(), ['ADVISER', 'OPERATIONS']);
    const { id: own } = await open(both);
    expect((await world.ask(both, RECORD, figures(own, '1'))).codes).toEqual(['OWN_CLIENT']);
  });
});

describe('changing an institution', () => {
  test('what it tells of itself is changed by its adviser; the others hear the codes', async () => {
    const adviser = anAdviser();
    const { id } = await open(adviser);
    const input = { clientId: id, expectedVersion: 1, email: null, contactName: '赵云' };
    expect((await world.ask(adviser, CHANGE, { input })).data.changeInstitution.version).toBe(2);
    expect((await read(id)).institution).toMatchObject({ email: null, contactName: '赵云' });
    expect((await eventsOf(id)).at(-1)).toMatchObject({
      type: 'client.updated',
      data: { changedFieldCodes: ['contactName', 'email'], version: 2 },
    });
    expect((await world.ask(adviser, CHANGE, { input })).codes).toEqual(['STALE_VERSION']);
    expect((await world.ask(adviser, CHANGE, { input: { ...input, expectedVersion: 2 } })).codes).toEqual([
      'NOTHING_CHANGED',
    ]);
  });

  test('another type is another class at once, by somebody other than the adviser', async () => {
    const adviser = actorOf(freshId(), ['ADVISER', 'OPERATIONS']);
    const { id } = await open(adviser);
    await world.ask(OFFICER, RECORD, figures(id, '150000000'));
    const input = {
      clientId: id,
      expectedVersion: 2,
      method: 'REGISTER',
      evidenceReference: 'licence 7',
      institutionType: 'FINANCIAL_INSTITUTION',
    };
    expect((await world.ask(adviser, CORRECT, { input })).codes).toEqual(['OWN_CLIENT']);
    expect((await world.ask(OFFICER, CORRECT, { input })).data.correctInstitution).toEqual({
      id,
      class: 'FINANCIAL_INSTITUTION',
      grade: 'LARGE',
      version: 3,
    });
    expect(
      (await eventsOf(id)).slice(2).map(({ type, data }) => [type, data['to'] ?? data['institutionType']]),
    ).toEqual([
      ['client.classified', 'FINANCIAL_INSTITUTION'],
      ['client.graded', 'LARGE'],
      ['client.updated', 'FINANCIAL_INSTITUTION'],
    ]);
  });

  test("another institution's code is not taken", async () => {
    const uscc = aUscc();
    await open(anAdviser(), { uscc });
    const { id } = await open();
    const input = { clientId: id, expectedVersion: 1, method: 'REGISTER', evidenceReference: 'x', uscc };
    expect((await world.ask(OFFICER, CORRECT, { input })).codes).toEqual(['USCC_TAKEN']);
  });
});

describe('who may', () => {
  const ways: Record<string, [string, object, readonly Role[]]> = {
    open: [OPEN, application(), ['ADVISER']],
    record: [RECORD, figures(freshId(), '1'), ['OPERATIONS']],
    change: [CHANGE, { input: { clientId: freshId(), expectedVersion: 1 } }, ['ADVISER', 'OPERATIONS']],
    correct: [
      CORRECT,
      { input: { clientId: freshId(), expectedVersion: 1, method: 'VIDEO', evidenceReference: 'x' } },
      ['OPERATIONS'],
    ],
  };
  const isRole = (role: string): role is Role => role in ROLES;
  const table = Object.keys(ROLES)
    .filter(isRole)
    .flatMap((role) => Object.keys(ways).map((way): [Role, string] => [role, way]));
  test.each(table)('%s: %s', async (role, way) => {
    const [operation, variables, can] = ways[way]!;
    const { codes } = await world.ask(actorOf(freshId(), [role]), operation, { ...variables });
    expect(codes.includes('FORBIDDEN')).toBe(!can.includes(role));
  });
});
