import { type Actor, actorOf, type ServiceDefinition } from '@client-graph/kit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { fixture } from './fixture.js';
import { aService, freshId, type World } from './index.js';

/** Files of clients as a service would show them: parts without an owner of their own, lists, connections. */
const CLIENTS = [freshId(), freshId(), freshId()];
const LEAD = freshId();
const address = { street: 'Nanjing Road', cards: [{ number: '6222020200112233' }] };
const file = (clientId: string) => ({ clientId, name: 'Li Na', rank: 3, address: { ...address } });

const service: ServiceDefinition = {
  ...fixture('reads'),
  resolvers: {
    Query: {
      file: async (_: unknown, { id }: { id: string }) => file(id),
      files: () => ({ nodes: CLIENTS.map(file) }),
      lead: () => ({ id: LEAD, clientId: CLIENTS[0], name: 'Li Na' }),
      note: () => ({ id: CLIENTS[2], text: 'nobody’s' }),
    },
    Client: { file: async ({ id }: { id: string }) => ({ name: 'Li Na', id, address }) },
  },
};

let world: World;
let adviser: Actor;
beforeAll(async () => {
  world = await aService(service);
});
beforeEach(() => {
  adviser = actorOf(freshId(), ['ADVISER']);
});
afterAll(() => world.stop());

const logged = async (actor = adviser) =>
  (
    await world.sql(
      `select role, subject_type, subjects, fields, is_sensitive, purpose, case_reference from access_log
       where actor_id = $1 order by id`,
      [actor.id],
    )
  ).map((row) => ({ ...row }));
const [one = ''] = CLIENTS;

describe('the access log', () => {
  test('tells who has read which personal values of whom, and not what is no value or no person', async () => {
    await world.ask(
      adviser,
      'query ($id: ID!) { f: file(id: $id) { ...F } } fragment F on File { clientId n: name rank address { street } }',
      { id: one },
    );
    expect(await logged()).toEqual([
      {
        role: 'ADVISER',
        subject_type: 'CLIENT',
        subjects: [one],
        fields: ['Address.street', 'File.clientId', 'File.name'],
        is_sensitive: false,
        purpose: null,
        case_reference: null,
      },
    ]);
  });

  test('has one entry for a list, with all who are in it', async () => {
    await world.ask(adviser, '{ files { nodes { name } } }');
    expect(await logged()).toMatchObject([{ subjects: CLIENTS, fields: ['File.name'] }]);
  });

  test('has nothing where nothing personal was asked for, or nothing was shown', async () => {
    await world.ask(adviser, '{ files { nodes { rank } } }');
    const analyst = actorOf(freshId(), ['ANALYST']);
    expect((await world.ask(analyst, '{ files { nodes { name } } }')).codes).toContain('FORBIDDEN');
    expect(await logged()).toEqual([]);
    expect(await logged(analyst)).toEqual([]);
  });

  test('follows a federated reference, a part without an owner, a lead that became a client, and what is nobody’s', async () => {
    await world.ask(
      adviser,
      `query { _entities(representations: [{ __typename: "Client", id: "${one}" }]) { ... on Client { file { address { street } } } } }`,
    );
    world.clock.now = new Date(world.clock.now.getTime() + 1);
    await world.ask(adviser, '{ lead { name } }');
    world.clock.now = new Date(world.clock.now.getTime() + 1);
    await world.ask(adviser, '{ note { text } }');
    expect(await logged()).toMatchObject([
      { subject_type: 'CLIENT', subjects: [one], fields: ['Address.street'] },
      { subject_type: 'LEAD', subjects: [LEAD], fields: ['Lead.name'] },
      { subject_type: 'OTHER', subjects: [CLIENTS[2]], fields: ['Note.text'] },
    ]);
  });

  test('names the purpose of a revealed value; a masked one was not read, though the file was opened', async () => {
    const query = 'query ($id: ID!) { file(id: $id) { address { cards { number } } } }';
    const numberOf = async (purpose?: string) =>
      (await world.ask(adviser, query, { id: one }, purpose)).data.file.address.cards[0].number;
    expect(await numberOf()).toBe('••••••••••••2233');
    const opened = { subjects: [one], fields: [], is_sensitive: false };
    expect(await logged()).toMatchObject([opened]);
    world.clock.now = new Date(world.clock.now.getTime() + 1);
    expect(await numberOf('COMPLAINT:K-7')).toBe('6222020200112233');
    expect(await logged()).toMatchObject([
      opened,
      { fields: ['Card.number'], is_sensitive: true, purpose: 'COMPLAINT', case_reference: 'K-7' },
    ]);
  });

  test('is written before the answer: where it cannot be, no value is sent', async () => {
    await world.sql('alter table access_log rename to access_log_away');
    const { data, codes } = await world.ask(adviser, 'query ($id: ID!) { file(id: $id) { name } }', {
      id: one,
    });
    await world.sql('alter table access_log_away rename to access_log');
    expect({ data, codes }).toEqual({ data: null, codes: ['INTERNAL_SERVER_ERROR'] });
    await world.ask(adviser, 'query ($id: ID!) { file(id: $id) { name } }', { id: one });
    expect(await logged()).toHaveLength(1);
  });

  test('of fifty requests at once takes far fewer statements, and misses none', async () => {
    const ask = () => world.ask(adviser, 'query ($id: ID!) { file(id: $id) { name } }', { id: one });
    await Promise.all(Array.from({ length: 50 }, ask));
    expect(await logged()).toHaveLength(50);
    const [row] = await world.sql<{ n: number }>(
      'select count(distinct xmin::text)::int as n from access_log where actor_id = $1',
      [adviser.id],
    );
    expect(row?.n).toBeLessThan(25);
  });
});
