import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, readablePlaces, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aCnId, activate, aUscc, openOrganisation, openPerson } from '../test/applications.js';
import { service } from './service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const ADVISER = actorOf(freshId(), ['ADVISER']);
let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const send = async (command: string, type: string, input: object, actor = ADVISER) => {
  const fields = command === 'enrichClient' ? 'id' : 'id version';
  const { data, codes } = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${command}(input: $input) { ${fields} } }`,
    { input },
  );
  expect(codes).toEqual([]);
  return data[command];
};

/** Values that occur nowhere else, where a person and an institution put them. */
const PERSON = {
  name: '植物测试甲 Plantagenet',
  occupation: 'Falconer of Herstmonceux',
  address: '7 Quillfeather Row',
  mobile: '+8613912004711',
  email: 'plantagenet@quillfeather.example',
  dateOfBirth: '1971-02-28',
};
const FIRM = {
  legalName: 'Zwetschgen Holding 植物测试乙',
  legalRepresentative: 'Ottokar Grimmelshausen',
  businessScope: 'Trade in quince paste',
  investmentNeeds: 'Reserves for the quince harvest',
  contactName: 'Adelgunde Feuerbach',
  address: '9 Quincewood Lane',
};

test('what is personal stands readable in no table, and is read and found all the same', async () => {
  const idNumber = aCnId(PERSON.dateOfBirth);
  const uscc = aUscc();
  const person = await activate(ask, OFFICER, await openPerson(ask, ADVISER, { ...PERSON, idNumber }));
  const firm = await openOrganisation(ask, ADVISER, { ...FIRM, uscc });
  const clientId = firm.id;
  await send('addContactDetail', 'AddContactDetailInput', {
    requestId: freshId(),
    clientId: person.id,
    type: 'WECHAT',
    value: 'quillfeather_wx',
  });
  await send('recordBeneficialOwner', 'RecordBeneficialOwnerInput', {
    requestId: freshId(),
    clientId,
    name: 'Sieglinde Wolkenstein',
    country: 'CN',
    control: 'OTHER_CONTROL',
  });
  await send('enrichClient', 'EnrichClientInput', {
    requestId: freshId(),
    clientId,
    sourceCode: 'GSXT',
    reference: 'entry Quincewood',
    collectedOn: '2026-03-01',
    facts: [{ field: 'INDUSTRY', value: 'Quincemongering' }],
  });
  await send('proposeGradeOverride', 'ProposeGradeOverrideInput', {
    requestId: freshId(),
    clientId: person.id,
    grade: 'GOLD',
    until: '2026-12-31',
    reason: 'Falconer to the court',
  });
  const planted = [
    ...Object.values(PERSON).filter((value) => value !== PERSON.dateOfBirth),
    ...Object.values(FIRM),
    ...['Plantagenet', '植物测试', 'quillfeather_wx', 'Sieglinde Wolkenstein', 'Quincemongering'],
    ...['entry Quincewood', 'Falconer to the court', idNumber, uscc],
  ];
  expect(await readablePlaces(world.db, planted)).toEqual([]);

  const read = `{ client(id: "${person.id}") { individual { name mobile dateOfBirth annualIncome { amount } experienceKinds
    idDocument { maskedNumber number } } contactDetails { value } } }`;
  expect((await world.ask(OFFICER, read)).data.client).toMatchObject({
    individual: {
      name: PERSON.name,
      mobile: PERSON.mobile,
      dateOfBirth: PERSON.dateOfBirth,
      annualIncome: { amount: '240000' },
      experienceKinds: ['WEALTH_PRODUCTS'],
      idDocument: { maskedNumber: `****${idNumber.slice(-4)}` },
    },
  });
  const purposeful = await world.ask(OFFICER, read, {}, 'IDENTITY_VERIFICATION');
  expect(purposeful.data.client.individual.idDocument.number).toBe(idNumber);
  expect((await world.ask(OFFICER, read)).data.client.individual.idDocument.number).not.toBe(idNumber);
  for (const by of [`name: "plantag"`, `name: "测试甲"`, `mobile: "13912004711"`])
    expect(
      (await world.ask(OFFICER, `{ searchClients(by: { ${by} }) { nodes { id } } }`)).data.searchClients
        .nodes,
    ).toEqual([{ id: person.id }]);
});
