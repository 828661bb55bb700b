import { RiskProfileChanged } from '@client-graph/events';
import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aCnId, openOrganisation, openPerson, yuan } from '../test/applications.js';
import { service } from './service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const OFFICER_WHO_ADVISES = actorOf(freshId(), ['ADVISER']);
const CHANGE = 'mutation ($input: ChangeIndividualInput!) { changeIndividual(input: $input) { id version } }';
const CORRECT = 'mutation ($input: CorrectIdentityInput!) { correctIdentity(input: $input) { id version } }';
const FIELDS = `grade preferredLanguage profileHistory { changed by at } identityVerification { method }
  individual { name gender dateOfBirth occupation address annualIncome { amount currency } investmentYears experienceKinds mobile email
    birthdayCalendar lunarBirth { month day isLeapMonth } taxResidency civilCapacity idDocument { type maskedNumber expiresOn } }`;

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const anAdviser = () => actorOf(freshId(), ['ADVISER']);
const read = async (id: string) =>
  (await world.ask(OFFICER, `{ client(id: "${id}") { ${FIELDS} } }`)).data.client;
const lastEvent = async (id: string) => (await world.events()).filter(({ key }) => key === id).at(-1);
const change = (actor: Actor, clientId: string, changes: object, expectedVersion = 1) => {
  world.clock.now = new Date(world.clock.now.getTime() + 1_000);
  return world.ask(actor, CHANGE, { input: { clientId, expectedVersion, ...changes } });
};
const correct = (actor: Actor, clientId: string, changes: object, expectedVersion = 1) =>
  world.ask(actor, CORRECT, {
    input: { clientId, expectedVersion, method: 'IN_PERSON', evidenceReference: 'scan 2', ...changes },
  });

describe('what a change means is told as a code', () => {
  test.each<[string, object, string[]]>([
    ['income down by 30 %', { annualIncome: yuan('168000') }, ['annualIncome', 'incomeDown30']],
    ['income down by less', { annualIncome: yuan('168000.01') }, ['annualIncome']],
    ['income up', { annualIncome: yuan('900000') }, ['annualIncome']],
    ['income in another currency', { annualIncome: { amount: '1', currency: 'USD' } }, ['annualIncome']],
    ['work lost', { employment: 'UNEMPLOYED' }, ['employment', 'employmentLost']],
    ['retirement', { employment: 'RETIRED' }, ['employment']],
    [
      'an address abroad',
      { address: '1 Orchard Road', addressCountry: 'SG' },
      ['address', 'addressCountry', 'addressAbroad'],
    ],
    ['another address at home', { address: '北京市海淀区 5 号' }, ['address']],
  ])('%s', async (_, changes, codes) => {
    const { id } = await openPerson(ask, OFFICER_WHO_ADVISES, { employment: 'EMPLOYED' });
    expect((await change(OFFICER, id, changes)).codes).toEqual([]);
    expect((await lastEvent(id))?.data).toMatchObject({ changedFieldCodes: codes });
  });

  test('an income that falls in steps has fallen once they come to 30 % of what the level was told by', async () => {
    const { id } = await openPerson(ask, OFFICER_WHO_ADVISES);
    const lower = async (amount: string, version: number) => {
      expect((await change(OFFICER, id, { annualIncome: yuan(amount) }, version)).codes).toEqual([]);
      return (await lastEvent(id))?.data['changedFieldCodes'];
    };
    expect(await lower('200000', 1)).toEqual(['annualIncome']);
    expect(await lower('168000', 2)).toEqual(['annualIncome', 'incomeDown30']);
    expect(await lower('160000', 3)).toEqual(['annualIncome']);
    world.clock.now = new Date(world.clock.now.getTime() + 1_000);
    const told = { clientId: id, assessmentId: freshId(), from: null, to: 'MEDIUM' as const };
    await world.deliver(RiskProfileChanged({ ...told, lowestCategory: false, validTo: '2027-01-01' }));
    const [{ version } = { version: 0 }] = await world.sql<{ version: number }>(
      'select version from client where id = $1',
      [id],
    );
    expect(await lower('120000', version)).toEqual(['annualIncome']);
    expect(await lower('112000', version + 1)).toEqual(['annualIncome', 'incomeDown30']);
  });

  test('one who is abroad or without work already tells nothing new', async () => {
    const { id } = await openPerson(ask, OFFICER_WHO_ADVISES, {
      employment: 'UNEMPLOYED',
      addressCountry: 'SG',
    });
    await change(OFFICER, id, { occupation: 'Reader', addressCountry: 'FR' });
    expect((await lastEvent(id))?.data).toMatchObject({
      changedFieldCodes: ['occupation', 'addressCountry'],
    });
    expect((await change(OFFICER, id, { addressCountry: 'France' }, 2)).codes).toEqual(['BAD_INPUT']);
  });
});

describe('changing what a person tells of themself', () => {
  test('every field is changed, the others hear the codes and no value, and the history says who', async () => {
    const adviser = anAdviser();
    const { id } = await openPerson(ask, adviser);
    const { codes } = await change(adviser, id, {
      preferredLanguage: 'EN',
      occupation: 'Teacher',
      address: '北京市朝阳区 3 号',
      annualIncome: yuan('100000'),
      investmentYears: 6,
      experienceKinds: ['BONDS'],
      mobile: '13900139000',
      email: null,
      lunarBirth: { month: 4, day: 4, isLeapMonth: false },
      taxResidency: 'SG',
    });
    expect(codes).toEqual([]);
    const fields = [
      'occupation',
      'address',
      'annualIncome',
      'investmentYears',
      'experienceKinds',
      'mobile',
      'email',
      'lunarBirth',
      'taxResidency',
    ];
    expect(await read(id)).toMatchObject({
      preferredLanguage: 'EN',
      individual: {
        occupation: 'Teacher',
        annualIncome: { amount: '100000', currency: 'CNY' },
        mobile: '+8613900139000',
        email: null,
        birthdayCalendar: 'LUNAR',
        lunarBirth: { month: 4, day: 4, isLeapMonth: false },
        taxResidency: 'SG',
      },
      profileHistory: [
        { changed: fields, by: adviser.id },
        { changed: [], by: adviser.id },
      ],
    });
    const told = await lastEvent(id);
    expect(told).toMatchObject({
      type: 'client.updated',
      data: { clientId: id, changedFieldCodes: [...fields, 'preferredLanguage', 'incomeDown30'], version: 2 },
    });
    expect(JSON.stringify(told)).not.toMatch(/Teacher|朝阳|139001/);
  });

  test('more experience can raise the grade in the same transaction', async () => {
    const { id } = await openPerson(ask, anAdviser(), { investmentYears: 1 });
    await world.ask(OFFICER, 'mutation ($input: RecordAssetsInput!) { recordAssets(input: $input) { id } }', {
      input: {
        requestId: freshId(),
        clientId: id,
        asOf: '2026-03-01',
        aumWithFirm: yuan('600000'),
        externalVerified: yuan('0'),
        source: 'STATEMENT',
      },
    });
    expect((await read(id)).grade).toBe('BRONZE');
    await change(OFFICER, id, { investmentYears: 2 }, 2);
    expect((await read(id)).grade).toBe('SILVER');
    expect(await lastEvent(id)).toMatchObject({
      type: 'client.updated',
      data: { grade: 'SILVER', version: 3 },
    });
  });

  test('of ten at once one is written', async () => {
    const { id } = await openPerson(ask, anAdviser());
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => change(OFFICER, id, { occupation: `Trade ${n}` })),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  });

  test.each<[string, object, string]>([
    ['what is on file already', { occupation: 'Engineer' }, 'NOTHING_CHANGED'],
    ['nothing', {}, 'NOTHING_CHANGED'],
    ['a blank address', { address: ' ' }, 'BAD_INPUT'],
    ['income below zero', { annualIncome: yuan('-1') }, 'BAD_INPUT'],
    ['more experience than life', { investmentYears: 99 }, 'BAD_INPUT'],
    ['a thirteenth month', { lunarBirth: { month: 13, day: 1, isLeapMonth: false } }, 'BAD_INPUT'],
    ['no country', { taxResidency: 'China' }, 'BAD_INPUT'],
    ['a name, which is identity', { name: 'x' }, 'BAD_USER_INPUT'],
  ])('%s is refused and leaves nothing behind', async (_, changes, code) => {
    const { id } = await openPerson(ask, anAdviser());
    expect((await change(OFFICER, id, changes)).codes).toEqual([code]);
    expect((await read(id)).profileHistory).toHaveLength(1);
  });

  test("not another adviser's client, not an institution, not a closed one", async () => {
    const { id } = await openPerson(ask, anAdviser());
    expect((await change(anAdviser(), id, { occupation: 'x' })).codes).toEqual(['NOT_FOUND']);
    const { id: institution } = await openOrganisation(ask, anAdviser());
    expect((await change(OFFICER, institution, { occupation: 'x' })).codes).toEqual(['WRONG_KIND']);
    await world.sql(`update client set status = 'CLOSED' where id = $1`, [id]);
    expect((await change(OFFICER, id, { occupation: 'x' })).codes).toEqual(['WRONG_STATUS']);
  });
});

describe('correcting who a person is', () => {
  test('a birth date moves the age band, with the card that carries it', async () => {
    const { id } = await openPerson(ask, anAdviser());
    const dateOfBirth = '1956-05-20';
    expect((await correct(OFFICER, id, { dateOfBirth })).codes).toEqual(['BAD_INPUT']);
    const idNumber = aCnId(dateOfBirth);
    const { codes } = await correct(OFFICER, id, {
      name: '王晓明',
      dateOfBirth,
      idType: 'CN_ID',
      idNumber,
      idExpiresOn: '2036-01-01',
    });
    expect(codes).toEqual([]);
    expect((await read(id)).individual).toMatchObject({
      name: '王晓明',
      dateOfBirth,
      idDocument: { maskedNumber: `****${idNumber.slice(-4)}`, expiresOn: '2036-01-01' },
    });
    expect((await lastEvent(id))?.data).toMatchObject({
      ageBand: 'FROM_65',
      changedFieldCodes: ['name', 'dateOfBirth', 'idExpiresOn', 'idDocument'],
    });
  });

  test('lost capacity is told to the others', async () => {
    const { id } = await openPerson(ask, anAdviser());
    await correct(OFFICER, id, { civilCapacity: 'LIMITED' });
    expect((await lastEvent(id))?.data).toMatchObject({
      fullCivilCapacity: false,
      changedFieldCodes: ['civilCapacity'],
    });
  });

  test.each<[string, object, string]>([
    ['a day that was not', { dateOfBirth: '2001-02-29' }, 'BAD_USER_INPUT'],
    [
      'a birth to come',
      { dateOfBirth: '2030-01-01', idType: 'PASSPORT', idNumber: 'E12345678' },
      'BIRTH_DATE_IMPOSSIBLE',
    ],
    ['a number without its kind', { idNumber: 'E12345678' }, 'BAD_INPUT'],
    ['a wrong check character', { idType: 'CN_ID', idNumber: '310101199605200010' }, 'ID_NUMBER_INVALID'],
    ['an expired document', { idExpiresOn: '2026-03-01' }, 'DOCUMENT_EXPIRED'],
    ['blank evidence', { name: 'x', evidenceReference: ' ' }, 'BAD_INPUT'],
    ['nothing', {}, 'NOTHING_CHANGED'],
  ])('%s is refused', async (_, changes, code) => {
    const { id } = await openPerson(ask, anAdviser());
    expect((await correct(OFFICER, id, changes)).codes).toEqual([code]);
    expect((await read(id)).identityVerification).toBeNull();
  });

  test("neither by the adviser nor with another client's document, ten at once", async () => {
    const both = actorOf(freshId(), ['ADVISER', 'OPERATIONS']);
    const { id } = await openPerson(ask, both);
    expect((await correct(both, id, { name: 'x' })).codes).toEqual(['OWN_CLIENT']);
    const idNumber = `E${String(Date.now()).slice(-8)}`;
    const clients = await Promise.all(Array.from({ length: 10 }, () => openPerson(ask, anAdviser())));
    const answers = await Promise.all(
      clients.map((client) => correct(OFFICER, client.id, { idType: 'PASSPORT', idNumber })),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('IDENTITY_TAKEN'));
  });
});
