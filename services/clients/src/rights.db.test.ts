import { type Actor, ROLES, type Role } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  ACTIVATE,
  anAdviser,
  anApplication,
  assets,
  LIST,
  OFFICER,
  OPEN,
  openings,
  RECORD,
  VERIFY,
} from '../test/openings.js';
import { service } from './service.js';

const CLIENT = 'query ($id: ID!) { client(id: $id) { id } }';
const ENTITY = `query ($id: ID!) { _entities(representations: [{ __typename: "Client", id: $id }]) { ... on Client { id grade } } }`;

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());

const { openClient } = openings(() => world);

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
