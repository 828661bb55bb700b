import { ClientActivated, ClientDeceased, ClientOnboarded } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';

const ADVISER = freshId();
const adviser = actorOf(ADVISER, ['ADVISER']);
const marketing = actorOf(freshId(), ['MARKETING']);

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T04:00:00.000Z');
});

async function aClient(): Promise<string> {
  const clientId = freshId();
  const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade: 'SILVER', ageBand: 'FROM_31' } as const;
  const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
  await world.deliver(ClientOnboarded({ clientId, ...standing, ...rest }));
  return clientId;
}
const TYPES: Record<string, string> = { checkIn: 'CheckInInput' };
async function run(
  name: string,
  input: Record<string, unknown>,
  actor = adviser,
  fields = 'id version state',
) {
  const type = TYPES[name] ?? `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const answer = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
    { input },
  );
  return { ...answer, row: answer.data?.[name] };
}
const anEvent = async (changes: Record<string, unknown> = {}) => {
  const times = { startsAt: '2026-03-14T06:00:00.000Z', endsAt: '2026-03-14T08:00:00.000Z' };
  const input = {
    requestId: freshId(),
    title: 'A lecture',
    kind: 'LECTURE',
    mode: 'ON_SITE',
    place: 'Hall',
    ...times,
  };
  const { row, codes } = await run(
    'createClientEvent',
    { ...input, capacity: 2, ...changes },
    marketing,
    'id version',
  );
  expect(codes).toEqual([]);
  return row;
};
const comes = (eventId: string, clientId: string, changes: Record<string, unknown> = {}, actor = adviser) =>
  run('registerForEvent', { requestId: freshId(), eventId, clientId, ...changes }, actor);
const figuresOf = async (id: string) =>
  (
    await world.ask(
      marketing,
      'query ($id: ID!) { clientEvent(id: $id) { figures { registered waiting attended } } }',
      { id },
    )
  ).data.clientEvent.figures;

describe('an event', () => {
  test('of two seats gives two of ten who come at once, the others wait, and a seat called off goes to the first of them', async () => {
    const { id } = await anEvent();
    const clients = await Promise.all(Array.from({ length: 10 }, aClient));
    const rows = (await Promise.all(clients.map((clientId) => comes(id, clientId)))).map(({ row }) => row);
    expect(rows.filter(({ state }) => state === 'REGISTERED')).toHaveLength(2);
    expect(await figuresOf(id)).toEqual({ registered: 2, waiting: 8, attended: 0 });
    const seated = rows.find(({ state }) => state === 'REGISTERED');
    const calledOff = { registrationId: seated.id, expectedVersion: seated.version };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => run('callOffRegistration', calledOff)),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect(await figuresOf(id)).toEqual({ registered: 2, waiting: 7, attended: 0 });
  });

  test('tells who has come, a client and a lead, once', async () => {
    const { id } = await anEvent();
    const clientId = await aClient();
    const leadId = freshId();
    const client = (await comes(id, clientId)).row;
    const lead = (await run('registerForEvent', { requestId: freshId(), eventId: id, leadId }, marketing))
      .row;
    const enter = (
      { id: registrationId, version: expectedVersion }: { id: string; version: number },
      actor = marketing,
    ) => run('checkIn', { registrationId, expectedVersion }, actor);
    expect((await enter(client)).codes).toEqual(['DOORS_CLOSED']);
    world.clock.now = new Date('2026-03-14T05:00:00.000Z');
    expect((await enter(client, adviser)).codes).toEqual(['FORBIDDEN']);
    const codes = await Promise.all(Array.from({ length: 10 }, () => enter(client)));
    expect(codes.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect((await enter(lead)).codes).toEqual([]);
    const told = (await world.events('event.attended')).map(({ key, data }) => [
      key,
      data['clientId'],
      data['leadId'],
    ]);
    expect(told).toEqual([
      [clientId, clientId, null],
      [leadId, null, leadId],
    ]);
    expect(await figuresOf(id)).toEqual({ registered: 2, waiting: 0, attended: 2 });
  });

  test('is for the grades it is for, for assigned clients, and for themselves', async () => {
    const { id, version } = await anEvent({ grades: ['DIAMOND'] });
    const clientId = await aClient();
    const self = actorOf(clientId, ['CLIENT'], clientId);
    expect((await comes(id, clientId, {}, self)).codes).toEqual(['NOT_INVITED']);
    expect((await comes(id, await aClient(), {}, self)).codes).toEqual(['NOT_FOUND']);
    expect(
      (await run('registerForEvent', { requestId: freshId(), eventId: id, leadId: freshId() }, self)).codes,
    ).toEqual(['NOT_FOUND']);
    expect((await comes(id, clientId, {}, actorOf(freshId(), ['ADVISER']))).codes).toEqual(['NOT_FOUND']);
    expect(
      (await run('cancelClientEvent', { eventId: id, expectedVersion: version }, marketing, 'id')).codes,
    ).toEqual([]);
    expect((await comes(id, clientId)).codes).toEqual(['EVENT_OVER']);
    expect((await run('createClientEvent', { requestId: freshId() }, adviser, 'id')).codes).not.toEqual([]);
  });

  test('has no seat for a client who is no longer served', async () => {
    const { id } = await anEvent();
    const clientId = await aClient();
    await world.deliver(ClientDeceased({ clientId, from: 'ACTIVE', to: 'DECEASED', reason: 'TOLD' }));
    expect((await comes(id, clientId)).codes).toEqual(['CLIENT_NOT_SERVED']);
  });

  test('takes back who has called off, at the end of the list', async () => {
    const { id } = await anEvent({ capacity: 1 });
    const [first, second] = [await aClient(), await aClient()];
    const { row } = await comes(id, first);
    await comes(id, second);
    await run('callOffRegistration', { registrationId: row.id, expectedVersion: row.version });
    expect((await comes(id, first)).row.state).toBe('WAITING');
    expect((await comes(id, second)).codes).toEqual(['ALREADY_REGISTERED']);
  });
});

describe('an invitation', () => {
  async function anInvited(grade: 'SILVER' | 'GOLD' = 'SILVER'): Promise<string> {
    const clientId = freshId();
    const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade, ageBand: 'FROM_31' } as const;
    const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
    await world.deliver(ClientOnboarded({ clientId, ...standing, ...rest }));
    await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
    return clientId;
  }
  async function words(): Promise<string> {
    const code = `I${freshId().replaceAll('-', '').slice(0, 30).toUpperCase()}`;
    const text = { code, kind: 'MARKETING', subject: '{{title}}', body: '{{title}}, {{date}}, {{place}}' };
    const { row } = await run('proposeTemplate', { requestId: freshId(), ...text }, marketing, 'id version');
    const compliance = actorOf(freshId(), ['COMPLIANCE']);
    const decision = { templateId: row.id, expectedVersion: row.version, isApproved: true };
    await run('decideTemplate', decision, compliance, 'id');
    return code;
  }
  const invite = async (
    eventId: string,
    clientIds: string[],
    changes: Record<string, unknown> = {},
    actor = marketing,
  ) =>
    run(
      'inviteToEvent',
      {
        requestId: freshId(),
        eventId,
        templateCode: await words(),
        channel: 'EMAIL',
        audience: { clientIds },
        ...changes,
      },
      actor,
      'id recipients variables { name value }',
    );

  test('goes to those of the audience whose grade it is for and who have no place, once', async () => {
    const { id } = await anEvent({ grades: ['GOLD'], capacity: 5 });
    const [gold, seated, silver] = [await anInvited('GOLD'), await anInvited('GOLD'), await anInvited()];
    await comes(id, seated);
    const { row, codes } = await invite(id, [gold, seated, silver]);
    expect(codes).toEqual([]);
    expect(row).toMatchObject({
      recipients: 1,
      variables: [
        { name: 'title', value: 'A lecture' },
        { name: 'date', value: '2026-03-14 14:00' },
        { name: 'place', value: 'Hall' },
      ],
    });
    const messages = await world.sql(
      'select client_id, kind, state from communication where mailing_id = $1',
      [row.id],
    );
    expect(messages).toEqual([{ client_id: gold, kind: 'MARKETING', state: 'QUEUED' }]);
    expect((await invite(id, [gold])).codes).toEqual(['NO_RECIPIENTS']);
    const figures = await world.ask(
      marketing,
      'query ($id: ID!) { clientEvent(id: $id) { figures { invited registered } } }',
      { id },
    );
    expect(figures.data.clientEvent.figures).toEqual({ invited: 1, registered: 1 });
  });
  test('ten times at once with one requestId goes out once', async () => {
    const { id } = await anEvent();
    const clientId = await anInvited();
    const same = { requestId: freshId(), templateCode: await words() };
    const rows = await Promise.all(Array.from({ length: 10 }, () => invite(id, [clientId], same)));
    expect(new Set(rows.map(({ row }) => row.id)).size).toBe(1);
  });
  test('to what was called off or has begun, of an adviser, or with a promise in its title, is refused', async () => {
    const clientId = await anInvited();
    const { id, version } = await anEvent();
    expect((await invite(id, [clientId], {}, adviser)).codes).toEqual(['FORBIDDEN']);
    await run('cancelClientEvent', { eventId: id, expectedVersion: version }, marketing, 'id');
    expect((await invite(id, [clientId])).codes).toEqual(['EVENT_OVER']);
    const begun = await anEvent({ title: '穩 賺之道' });
    expect((await invite(begun.id, [clientId])).codes).toEqual(['BANNED_PHRASE']);
    const code = await words();
    world.clock.now = new Date('2026-03-14T06:00:00.000Z');
    expect((await invite(begun.id, [clientId], { templateCode: code })).codes).toEqual(['EVENT_OVER']);
  });
});
