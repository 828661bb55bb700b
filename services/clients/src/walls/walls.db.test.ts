import { type Actor, ROLES, type Role, reaches } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { openPerson } from '../../test/applications.js';
import { ClientRow } from '../clients.entities.js';
import { service } from '../service.js';

const WATCH = actorOf(freshId(), ['COMPLIANCE']);
const SECOND = actorOf(freshId(), ['COMPLIANCE']);
const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const anAdviser = () => actorOf(freshId(), ['ADVISER']);

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const ask = (actor: Actor, operation: string, variables: Record<string, unknown> = {}) => {
  world.clock.now = new Date(world.clock.now.getTime() + 1);
  return world.ask(actor, operation, variables);
};
const send = async (
  actor: Actor,
  name: string,
  type: string,
  input: object,
  fields = 'id status version',
) => {
  const { data, codes } = await ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
    { input },
  );
  return { row: data?.[name], codes };
};
const raise = (one: Actor, other: Actor, actor = WATCH, requestId = freshId()) =>
  send(actor, 'raiseWall', 'RaiseWallInput', {
    requestId,
    oneId: one.id,
    otherId: other.id,
    caseReference: 'M-2026-7',
    reason: '双方为同一并购的买卖两方',
  });
const decide = (actor: Actor, wallId: string, expectedVersion: number, decision = 'APPROVE') =>
  send(actor, 'decideWall', 'DecideWallInput', { wallId, expectedVersion, decision, reason: 'Checked.' });
const lift = (wallId: string, expectedVersion: number) =>
  send(WATCH, 'liftWall', 'LiftWallInput', { wallId, expectedVersion, reason: 'Merger closed.' });
const wallBetween = async (one: Actor, other: Actor): Promise<string> => {
  const { row } = await raise(one, other);
  await decide(SECOND, row.id, 1);
  return row.id;
};
const person = async (adviser: Actor, changes: Record<string, unknown> = {}): Promise<string> =>
  (await openPerson(ask, adviser, changes)).id;
const family = async (headId: string, memberId: string, role = 'SPOUSE', more: object = {}) => {
  const { row } = await send(
    OFFICER,
    'formHousehold',
    'FormHouseholdInput',
    { requestId: freshId(), headId },
    'id',
  );
  const input = { requestId: freshId(), householdId: row.id, clientId: memberId, role, ...more };
  const { row: member } = await send(
    OFFICER,
    'addHouseholdMember',
    'AddHouseholdMemberInput',
    input,
    'id version',
  );
  return { householdId: row.id, member };
};

/** The ways by which somebody may come to see a client; each answers whether it was seen. */
const WAYS: Record<string, (actor: Actor, id: string, name: string) => Promise<boolean>> = {
  'by id': async (actor, id) => (await ask(actor, `{ client(id: "${id}") { id } }`)).data?.client != null,
  'in the list': async (actor, id) =>
    has(await ask(actor, '{ clients(first: 100) { nodes { id } } }'), 'clients', id),
  'in the list of its adviser': async (actor, id) => {
    const adviserId = (await ask(WATCH, `{ client(id: "${id}") { adviserId } }`)).data.client.adviserId;
    return has(
      await ask(actor, `{ clients(first: 100, adviserId: "${adviserId}") { nodes { id } } }`),
      'clients',
      id,
    );
  },
  'by name': async (actor, id, name) =>
    has(
      await ask(actor, 'query ($name: String!) { searchClients(by: { name: $name }) { nodes { id } } }', {
        name,
      }),
      'searchClients',
      id,
    ),
  'by _entities': async (actor, id) =>
    (
      await ask(
        actor,
        `{ _entities(representations: [{ __typename: "Client", id: "${id}" }]) { ... on Client { id } } }`,
      )
    ).data?._entities?.[0] != null,
  'as of an instant': async (actor, id) =>
    (await ask(actor, `{ client(id: "${id}", asOf: "${world.clock.now.toISOString()}") { id } }`)).data
      ?.client != null,
};
const has = ({ data }: Awaited<ReturnType<typeof ask>>, list: string, id: string): boolean =>
  (data?.[list]?.nodes ?? []).some((node: { id: string }) => node.id === id);
const seenBy = async (actor: Actor, id: string, name: string) =>
  Promise.all(Object.values(WAYS).map((way) => way(actor, id, name)));
const NO_WAY = Object.keys(WAYS).map(() => false);
const EVERY_WAY = Object.keys(WAYS).map(() => true);
const told = async (clientId: string) =>
  (await world.events('client.updated')).filter(({ data }) => data['clientId'] === clientId).at(-1)?.data;

describe('a household', () => {
  test.each([
    ['SPOUSE', true],
    ['CHILD', true],
    ['PARENT', true],
    ['SIBLING', false],
    ['OTHER', false],
  ])('lets the adviser of its head look at the record of its %s by every way: %s', async (role, isSeen) => {
    const [headsAdviser, own] = [anAdviser(), anAdviser()];
    const name = `欧阳${role}`;
    const [head, member] = [await person(headsAdviser), await person(own, { name })];
    await family(head, member, role);
    expect(await seenBy(headsAdviser, member, name)).toEqual(isSeen ? EVERY_WAY : NO_WAY);
    expect(await seenBy(own, member, name)).toEqual(EVERY_WAY);
    expect(await seenBy(own, head, '王小明')).toEqual(NO_WAY);
    expect(await told(member)).toMatchObject({
      adviserId: own.id,
      householdAdviserId: isSeen ? headsAdviser.id : null,
    });
  });

  test('lets them look and not act; and only as the primary one, while its head is theirs and the member in it', async () => {
    const [headsAdviser, own, next] = [anAdviser(), anAdviser(), anAdviser()];
    const [head, member] = [await person(headsAdviser), await person(own)];
    const { householdId, member: membership } = await family(head, member);
    const outside = await person(own);
    const input = { requestId: freshId(), householdId, clientId: outside, role: 'CHILD', isPrimary: false };
    await send(OFFICER, 'addHouseholdMember', 'AddHouseholdMemberInput', input, 'id');
    expect(await WAYS['by id']!(headsAdviser, outside, '')).toBe(false);

    const { codes } = await send(
      headsAdviser,
      'endHouseholdMembership',
      'EndHouseholdMembershipInput',
      { memberId: membership.id, expectedVersion: 1 },
      'id',
    );
    expect(codes).toEqual(['NOT_FOUND']);

    const { version } = (await ask(OFFICER, `{ client(id: "${head}") { version } }`)).data.client;
    const reassign = { clientId: head, expectedVersion: version, adviserId: next.id, reason: 'ABSENCE' };
    expect((await send(OFFICER, 'reassignClient', 'ReassignClientInput', reassign)).codes).toEqual([]);
    expect(await WAYS['by id']!(headsAdviser, member, '')).toBe(false);
    expect(await WAYS['by id']!(next, member, '')).toBe(true);

    await send(
      OFFICER,
      'endHouseholdMembership',
      'EndHouseholdMembershipInput',
      { memberId: membership.id, expectedVersion: 1 },
      'id',
    );
    expect(await WAYS['by id']!(next, member, '')).toBe(false);
    expect(await told(member)).toMatchObject({ householdAdviserId: null, changedFieldCodes: ['reach'] });
  });
});

describe('a wall', () => {
  test('keeps each of two advisers from the clients of the other by every way, whatever else their posts reach', async () => {
    const [one, other] = [anAdviser(), anAdviser()];
    const name = '慕容雪';
    const [head, member] = [await person(one), await person(other, { name })];
    const { householdId } = await family(head, member);
    const everywhere = actorOf(one.id ?? '', ['ADVISER', 'OPERATIONS']);
    const watchesToo = actorOf(one.id ?? '', ['ADVISER', 'COMPLIANCE']);
    const { row: wall } = await raise(one, other);
    for (const actor of [one, watchesToo]) expect(await seenBy(actor, member, name)).toEqual(EVERY_WAY);
    expect((await decide(SECOND, wall.id, 1)).row).toMatchObject({ status: 'IN_FORCE' });

    expect(await seenBy(one, member, name)).toEqual(NO_WAY);
    for (const actor of [everywhere, watchesToo]) expect(await seenBy(actor, member, name)).toEqual(NO_WAY);
    const hold = { requestId: freshId(), clientId: member, caseReference: 'M-2026-7', reason: 'Curious' };
    expect((await send(watchesToo, 'placeLegalHold', 'PlaceLegalHoldInput', hold)).codes).toEqual([
      'NOT_FOUND',
    ]);
    expect(await seenBy(actorOf(other.id ?? '', ['OPERATIONS']), head, '王小明')).toEqual(NO_WAY);
    expect(await seenBy(WATCH, member, name)).toEqual(EVERY_WAY);
    expect(await WAYS['by id']!(OFFICER, member, name)).toBe(true);
    const household = await ask(one, `{ household(id: "${householdId}") { members { client { id } } } }`);
    expect(household.data.household.members.map((m: { client: object | null }) => m.client).sort()).toEqual([
      { id: head },
      null,
    ]);
    expect(
      (await ask(everywhere, `{ archiveFile(clientId: "${member}") { counts { count } } }`)).codes,
    ).toEqual(['NOT_FOUND']);
    expect(await told(member)).toMatchObject({ walledIds: [one.id], changedFieldCodes: ['reach'] });
    expect(await told(head)).toMatchObject({ walledIds: [other.id] });
  });

  test('stands for clients opened later too, and no client goes from one side to the other', async () => {
    const [one, other, third] = [anAdviser(), anAdviser(), anAdviser()];
    await wallBetween(one, other);
    const id = await person(other);
    expect((await world.events('client.onboarded')).at(-1)?.data).toMatchObject({
      clientId: id,
      walledIds: [one.id],
    });
    const move = async (adviserId: string | null) => {
      const { version } = (await ask(WATCH, `{ client(id: "${id}") { version } }`)).data.client;
      const input = { clientId: id, expectedVersion: version, adviserId, reason: 'ABSENCE' };
      return (await send(OFFICER, 'reassignClient', 'ReassignClientInput', input)).codes;
    };
    expect(await move(one.id)).toEqual(['WALLED']);
    expect(await move(third.id)).toEqual([]);
    expect(await told(id)).toMatchObject({ adviserId: third.id, walledIds: [] });
  });

  test('stands until a second person agrees to lift it; a refused lift leaves it', async () => {
    const [one, other] = [anAdviser(), anAdviser()];
    const id = await person(other);
    const seesIt = () => WAYS['by id']!(actorOf(one.id ?? '', ['OPERATIONS']), id, '');
    const wallId = await wallBetween(one, other);
    await lift(wallId, 2);
    expect((await decide(WATCH, wallId, 3)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decide(SECOND, wallId, 3, 'REJECT')).row).toMatchObject({ status: 'IN_FORCE' });
    expect(await seesIt()).toBe(false);
    await lift(wallId, 4);
    expect(await seesIt()).toBe(false);
    expect((await decide(SECOND, wallId, 5)).row).toMatchObject({ status: 'LIFTED' });
    expect(await seesIt()).toBe(true);
    expect((await decide(SECOND, wallId, 6)).codes).toEqual(['WALL_STATE']);
    expect((await raise(one, other)).codes).toEqual([]);
  });

  test('is raised by two people, of whom none stands on a side of it; there is one between two, in whichever order they are named', async () => {
    const [one, other] = [anAdviser(), anAdviser()];
    const requestId = freshId();
    const { row } = await raise(one, other, WATCH, requestId);
    expect((await raise(one, other, WATCH, requestId)).row.id).toBe(row.id);
    expect((await raise(other, one)).codes).toEqual(['WALL_STANDS']);
    expect((await decide(WATCH, row.id, 1)).codes).toEqual(['MAKER_IS_CHECKER']);
    expect((await decide(actorOf(one.id ?? '', ['COMPLIANCE']), row.id, 1)).codes).toEqual(['OWN_CLIENT']);
    expect((await decide(SECOND, row.id, 7)).codes).toEqual(['STALE_VERSION']);
    const taken = { wallId: row.id, expectedVersion: 1 };
    expect((await send(SECOND, 'withdrawWall', 'WallInput', taken)).codes).toEqual(['NOT_THE_MAKER']);
    expect((await send(WATCH, 'withdrawWall', 'WallInput', taken)).row.status).toBe('WITHDRAWN');
    expect((await raise(one, one)).codes).toEqual(['BAD_INPUT']);
    const many = await Promise.all(Array.from({ length: 10 }, () => raise(one, other)));
    expect(many.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('WALL_STANDS'));
  });

  test('that nobody decides about lapses; what was changed beneath a decision is not decided', async () => {
    const [one, other] = [anAdviser(), anAdviser()];
    const { row: changed } = await raise(one, anAdviser());
    await world.sql('update ethical_wall set other_id = $2 where id = $1', [
      changed.id,
      'ffffffff-ffff-7fff-bfff-ffffffffffff',
    ]);
    expect((await decide(SECOND, changed.id, 1)).codes).toEqual(['PAYLOAD_CHANGED']);
    const { row } = await raise(one, other);
    world.clock.now = new Date(world.clock.now.getTime() + 15 * 86_400_000);
    expect((await decide(SECOND, row.id, 1)).codes).toEqual(['PROPOSAL_EXPIRED']);
    await service.jobs!.find(({ name }) => name === 'expire-approvals')!.run(world.db);
    const { data } = await ask(
      WATCH,
      '{ ethicalWalls(first: 1) { nodes { id status caseReference reason } } }',
    );
    expect(data.ethicalWalls.nodes).toMatchObject([
      { id: row.id, status: 'EXPIRED', caseReference: 'M-2026-7' },
    ]);
  });

  test.each(Object.keys(ROLES) as Role[])('by role: %s', async (role) => {
    const actor = actorOf(freshId(), [role]);
    const { codes } = await raise(actor, anAdviser(), actor);
    expect(codes).toEqual(role === 'COMPLIANCE' ? [] : ['FORBIDDEN']);
    const list = await ask(actor, '{ ethicalWalls { nodes { id } } }');
    expect(list.codes).toEqual(['COMPLIANCE', 'AUDITOR'].includes(role) ? [] : ['FORBIDDEN']);
  });
});

test('a list holds those clients that `reaches` says, for every post and whatever stands between', async () => {
  const [one, other] = [anAdviser(), anAdviser()];
  const [head, member, apart] = [await person(one), await person(other), await person(other)];
  await family(head, member);
  const third = anAdviser();
  await wallBetween(third, other);
  await world.sql(`update client set status = 'RESTRICTED' where id = $1`, [apart]);
  const rows = await world.db.source.getRepository(ClientRow).find();
  for (const role of Object.keys(ROLES) as Role[]) {
    for (const id of [one.id, other.id, third.id]) {
      const actor = actorOf(id ?? '', [role], role === 'CLIENT' ? head : null);
      if (!actor.scopes.has('clients:read')) continue;
      const listed: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const { data } = await ask(
          actor,
          'query ($after: String) { clients(first: 100, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
          { after },
        );
        listed.push(...data.clients.nodes.map((node: { id: string }) => node.id));
        more = data.clients.pageInfo.hasNextPage;
        after = data.clients.pageInfo.endCursor;
      }
      const expected = rows.filter((row) => reaches(actor, row)).map((row) => row.id);
      expect([role, listed.sort()]).toEqual([role, expected.sort()]);
    }
  }
});
