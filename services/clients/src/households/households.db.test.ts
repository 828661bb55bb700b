import { type Actor, ROLES, type Role } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openOrganisation, openPerson } from '../../test/applications.js';
import { service } from '../service.js';

const ADVISER = actorOf(freshId(), ['ADVISER']);
const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const INPUTS = {
  formHousehold: ['FormHouseholdInput', 'id members { id role isPrimary client { id } }'],
  addHouseholdMember: ['AddHouseholdMemberInput', 'id role isPrimary validFrom version'],
  changeHouseholdMember: ['ChangeHouseholdMemberInput', 'id role isPrimary version'],
  endHouseholdMembership: ['EndHouseholdMembershipInput', 'id validTo version'],
} as const;
type Command = keyof typeof INPUTS;

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const send = async (command: Command, input: object, actor: Actor = ADVISER) => {
  const [type, fields] = INPUTS[command];
  const { data, codes } = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${command}(input: $input) { ${fields} } }`,
    { input },
  );
  return { row: data?.[command], codes };
};
const person = async (adviser = ADVISER) => (await openPerson(ask, adviser)).id;
const form = (headId: string, more: object = {}, actor = ADVISER) =>
  send('formHousehold', { requestId: freshId(), headId, ...more }, actor);
const add = (householdId: string, clientId: string, role: string, more: object = {}, actor = ADVISER) =>
  send('addHouseholdMember', { requestId: freshId(), householdId, clientId, role, ...more }, actor);
const household = async (id: string, actor: Actor = ADVISER) =>
  world.ask(
    actor,
    `{ household(id: "${id}") { members { role isPrimary client { id } } formerMembers { client { id } } } }`,
  );
const ofClient = async (id: string) =>
  (
    await world.ask(
      OFFICER,
      `{ client(id: "${id}") { primaryHousehold { id } households { role isPrimary household { id members { client { id } } } } } }`,
    )
  ).data.client;

test('is asked from the household and from the client, and each member has a role', async () => {
  const [head, spouse, child] = [await person(), await person(), await person()];
  const { row } = await form(head);
  expect(row.members).toMatchObject([{ role: 'HEAD', isPrimary: true, client: { id: head } }]);
  await add(row.id, spouse, 'SPOUSE');
  await add(row.id, child, 'CHILD', { isPrimary: false });
  const members = (await household(row.id)).data.household.members;
  expect(new Set(members.map((m: { role: string }) => m.role))).toEqual(new Set(['HEAD', 'SPOUSE', 'CHILD']));
  expect(await ofClient(spouse)).toMatchObject({ primaryHousehold: { id: row.id } });
  const asked = await ofClient(child);
  expect(asked.primaryHousehold).toBeNull();
  expect(asked.households[0]).toMatchObject({ role: 'CHILD', isPrimary: false });
  expect(asked.households[0].household.members).toHaveLength(3);
  expect((await world.events('client.updated')).at(-1)?.data).toMatchObject({
    clientId: child,
    changedFieldCodes: ['household'],
  });
});

test('a person has one primary household; another one takes its place on request', async () => {
  const [head, other] = [await person(), await person()];
  const { row: first } = await form(head);
  expect((await form(head)).codes).toEqual(['PRIMARY_ELSEWHERE']);
  const { row: second } = await form(other);
  const { row: member } = await add(second.id, head, 'SIBLING', { isPrimary: false });
  expect((await ofClient(head)).primaryHousehold.id).toBe(first.id);
  const change = { memberId: member.id, expectedVersion: 1, isPrimary: true };
  const answers = await Promise.all(Array.from({ length: 10 }, () => send('changeHouseholdMember', change)));
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  expect((await ofClient(head)).primaryHousehold.id).toBe(second.id);
  expect((await ofClient(head)).households.filter((m: { isPrimary: boolean }) => m.isPrimary)).toHaveLength(
    1,
  );
});

test('has one head; a new head takes the place of the old, and the head leaves last', async () => {
  const [head, next] = [await person(), await person()];
  const { row } = await form(head);
  const { row: member } = await add(row.id, next, 'CHILD');
  expect((await add(row.id, await person(), 'HEAD')).codes).toEqual(['HEAD_TAKEN']);
  const headId = row.members[0].id;
  expect((await send('endHouseholdMembership', { memberId: headId, expectedVersion: 1 })).codes).toEqual([
    'HEAD_STAYS',
  ]);
  expect(
    (await send('changeHouseholdMember', { memberId: headId, expectedVersion: 1, role: 'OTHER' })).codes,
  ).toEqual(['HEAD_STAYS']);
  await send('changeHouseholdMember', { memberId: member.id, expectedVersion: 1, role: 'HEAD' });
  const { row: left } = await send('endHouseholdMembership', { memberId: headId, expectedVersion: 2 });
  expect(left).toMatchObject({ validTo: '2026-03-02' });
  expect((await household(row.id)).data.household).toMatchObject({
    members: [{ role: 'HEAD', client: { id: next } }],
    formerMembers: [{ client: { id: head } }],
  });
  expect((await send('endHouseholdMembership', { memberId: headId, expectedVersion: 3 })).codes).toEqual([
    'MEMBERSHIP_ENDED',
  ]);
});

test('twenty clients with all that they are related to cost no more statements than one', async () => {
  const adviser = actorOf(freshId(), ['ADVISER']);
  const related = `contactDetails { value client { id } } primaryHousehold { id } consentHistory(first: 5) { nodes { purpose } }
    households { role household { members { role client { id } } } } enrichments { field source { code } }
    ownedInstitutions { institution { id } } relationships { role client { id } } individual { name age }
    investorStatus { status } reviews { kind } dataRequests { type isLate } mergedClients { id }`;
  const list = (first: number) => world.ask(adviser, `{ clients(first: ${first}) { nodes { ${related} } } }`);
  for (let n = 0; n < 10; n += 1) {
    world.clock.now = new Date(world.clock.now.getTime() + 10);
    const [one, other] = [await person(adviser), await person(adviser)];
    const { row } = await form(other, {}, adviser);
    await add(row.id, one, 'SPOUSE', {}, adviser);
    const relation = { requestId: freshId(), fromId: one, toId: other, role: 'SPOUSE' };
    await world.ask(
      adviser,
      'mutation ($input: RelateClientsInput!) { relateClients(input: $input) { id } }',
      {
        input: relation,
      },
    );
  }
  const { data, errors } = await list(20);
  expect(errors).toEqual([]);
  expect(data.clients.nodes).toHaveLength(20);
  expect(data.clients.nodes[0].individual.age).toBe(29);
  const one = await world.statements(() => list(1));
  expect(await world.statements(() => list(20))).toBeLessThanOrEqual(one);
  expect(one).toBeLessThanOrEqual(20);
});

describe('refused', () => {
  test('an institution, one twice, a day to come, a stranger', async () => {
    const head = await person();
    const { row } = await form(head);
    const firm = (await openOrganisation(ask, ADVISER)).id;
    expect((await add(row.id, firm, 'OTHER')).codes).toEqual(['WRONG_KIND']);
    expect((await add(row.id, head, 'OTHER', { isPrimary: false })).codes).toEqual(['ALREADY_MEMBER']);
    expect((await add(row.id, await person(), 'CHILD', { validFrom: '2026-03-03' })).codes).toEqual([
      'MEMBERSHIP_DAY',
    ]);
    const colleague = actorOf(freshId(), ['ADVISER']);
    expect((await household(row.id, colleague)).codes).toEqual(['NOT_FOUND']);
    expect((await add(row.id, await person(colleague), 'CHILD', {}, colleague)).codes).toEqual(['NOT_FOUND']);
    expect((await add(row.id, await person(colleague), 'CHILD')).codes).toEqual(['NOT_FOUND']);
  });

  test('a member of a colleague is a member without a face', async () => {
    const colleague = actorOf(freshId(), ['ADVISER']);
    const { row } = await form(await person());
    await add(row.id, await person(colleague), 'SPOUSE', {}, OFFICER);
    const { data } = await household(row.id, colleague);
    expect(data.household.members.map((m: { client: object | null }) => m.client === null).sort()).toEqual([
      false,
      true,
    ]);
  });

  test.each(Object.keys(ROLES) as Role[])('by role: %s', async (role) => {
    const { codes } = await form(freshId(), {}, actorOf(freshId(), [role]));
    expect(codes).toEqual([['ADVISER', 'OPERATIONS'].includes(role) ? 'NOT_FOUND' : 'FORBIDDEN']);
  });
});
