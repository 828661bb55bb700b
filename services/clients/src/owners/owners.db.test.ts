import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openOrganisation, openPerson } from '../../test/applications.js';
import { service } from '../service.js';

const ADVISER = actorOf(freshId(), ['ADVISER']);
const RECORD = `mutation ($input: RecordBeneficialOwnerInput!) {
  recordBeneficialOwner(input: $input) { id name sharePercent control ownerClient { id } version }
}`;
const END =
  'mutation ($input: EndBeneficialOwnerInput!) { endBeneficialOwner(input: $input) { validTo version } }';

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const record = (clientId: string, more: object = {}, actor = ADVISER) =>
  world.ask(actor, RECORD, {
    input: {
      requestId: freshId(),
      clientId,
      name: '陈立',
      country: 'CN',
      control: 'SHARES',
      sharePercent: '60',
      ...more,
    },
  });

test('owners are asked from the institution and from a client who is one, and end', async () => {
  const { id } = await openOrganisation(ask, ADVISER);
  const { id: ownerClientId } = await openPerson(ask, ADVISER);
  const { data } = await record(id, { ownerClientId });
  expect(data.recordBeneficialOwner).toMatchObject({
    sharePercent: '60',
    ownerClient: { id: ownerClientId },
  });
  await record(id, { name: '林青', control: 'OTHER_CONTROL', sharePercent: null });
  const read = async () =>
    (
      await world.ask(
        ADVISER,
        `{ client(id: "${id}") { institution { beneficialOwners { control validTo } } } }`,
      )
    ).data.client.institution.beneficialOwners;
  expect((await read()).map(({ control }: { control: string }) => control).sort()).toEqual([
    'OTHER_CONTROL',
    'SHARES',
  ]);
  const owned = `{ client(id: "${ownerClientId}") { ownedInstitutions { institution { id } sharePercent } } }`;
  expect((await world.ask(ADVISER, owned)).data.client.ownedInstitutions).toEqual([
    { institution: { id }, sharePercent: '60' },
  ]);
  const input = { ownerId: data.recordBeneficialOwner.id, expectedVersion: 1 };
  expect((await world.ask(ADVISER, END, { input: { ...input, validTo: '2026-03-01' } })).codes).toEqual([
    'OWNERSHIP_DAY',
  ]);
  const ends = await Promise.all(Array.from({ length: 10 }, () => world.ask(ADVISER, END, { input })));
  expect(ends.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  expect((await world.ask(ADVISER, END, { input: { ...input, expectedVersion: 2 } })).codes).toEqual([
    'OWNERSHIP_ENDED',
  ]);
  expect((await record(id, { sharePercent: '100' })).codes).toEqual([]);
});

test('shares and votes add up to the whole at most, also of ten at once', async () => {
  const { id } = await openOrganisation(ask, ADVISER);
  const answers = await Promise.all(Array.from({ length: 10 }, () => record(id, { sharePercent: '25' })));
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(6).fill('SHARES_EXCEED'));
  expect((await record(id, { sharePercent: '0.0001' })).errors[0]?.extensions).toMatchObject({
    details: { left: '0' },
  });
  expect((await record(id, { control: 'VOTES', sharePercent: '100' })).codes).toEqual([]);
});

test.each<[string, object, string]>([
  ['more than the whole', { sharePercent: '100.0001' }, 'SHARES_EXCEED'],
  ['nothing', { sharePercent: '0' }, 'BAD_INPUT'],
  ['less than nothing', { sharePercent: '-1' }, 'BAD_INPUT'],
  ['shares of no size', { sharePercent: null }, 'BAD_INPUT'],
  ['a size of other control', { control: 'OTHER_CONTROL' }, 'BAD_INPUT'],
  ['a country of words', { country: 'China' }, 'BAD_INPUT'],
  ['no name', { name: ' ' }, 'BAD_INPUT'],
  ['a day to come', { validFrom: '2026-03-03' }, 'OWNERSHIP_DAY'],
  ['an owner nobody knows', { ownerClientId: freshId() }, 'NOT_FOUND'],
])('%s is refused', async (_, changes, code) => {
  const { id } = await openOrganisation(ask, ADVISER);
  expect((await record(id, changes)).codes).toEqual([code]);
});

test('a person has no owner, and an institution is not its own', async () => {
  const { id: person } = await openPerson(ask, ADVISER);
  expect((await record(person)).codes).toEqual(['WRONG_KIND']);
  const { id } = await openOrganisation(ask, ADVISER);
  expect((await record(id, { ownerClientId: id })).codes).toEqual(['OWNER_IS_ITSELF']);
  expect((await record(id, {}, actorOf(freshId(), ['ADVISER']))).codes).toEqual(['NOT_FOUND']);
  expect((await record(id, {}, actorOf(freshId(), ['COMPLIANCE']))).codes).toEqual(['FORBIDDEN']);
});
