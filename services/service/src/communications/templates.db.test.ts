import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { compliance, NOON, postOf } from './communications.fixture.js';

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOON });
});
afterAll(() => world.stop());

const { run, aClient, aMailing } = postOf(() => world);

describe('a template', () => {
  const words = { requestId: freshId(), code: 'LECTURE_2026', kind: 'MARKETING', subject: 'S', body: 'B' };
  test('is approved by another person, once, and only then used', async () => {
    const both = actorOf(freshId(), ['OPERATIONS', 'COMPLIANCE']);
    const { row } = await run(
      'proposeTemplate',
      { ...words, requestId: freshId() },
      both,
      'id version revision',
    );
    const unused = { ...(await aMailing([freshId()])), templateCode: words.code, variables: [] };
    expect((await run('createMailing', unused)).codes).toEqual(['NO_TEMPLATE']);
    const decision = { templateId: row.id, expectedVersion: row.version, isApproved: true };
    expect((await run('decideTemplate', decision, both)).codes).toEqual(['OWN_TEMPLATE']);
    const codes = await Promise.all(
      Array.from({ length: 10 }, () => run('decideTemplate', decision, compliance)),
    );
    expect(codes.flatMap((answer) => answer.codes).sort()).toEqual(Array(9).fill('STALE_VERSION'));
    const next = await run('proposeTemplate', { ...words, requestId: freshId() }, both, 'revision');
    expect(next.row.revision).toBe(row.revision + 1);
  });
  test.each([
    ['an unknown variable', { body: '{{surname}}' }, 'UNKNOWN_VARIABLE'],
    ['a promise in disguise', { body: '本產品 保 證 收 益' }, 'BANNED_PHRASE'],
    ['a promise in full width', { subject: 'ＧＵＡＲＡＮＴＥＥＤ' }, 'BANNED_PHRASE'],
    ['a promise pulled apart unseen', { body: 'Risk\u200b-\u00adFREE, 零\u3000風．險' }, 'BANNED_PHRASE'],
    ['a promise that begins in the subject', { subject: '保', body: '本' }, 'BANNED_PHRASE'],
    ['text that the database cannot keep', { body: 'a\u0000b' }, 'BAD_INPUT'],
  ])('with %s is refused', async (_, changes, code) => {
    expect((await run('proposeTemplate', { ...words, requestId: freshId(), ...changes })).codes).toEqual([
      code,
    ]);
  });
  test('is not given a value that it does not know, or a promise', async () => {
    const clientId = await aClient();
    const input = await aMailing([clientId]);
    expect((await run('createMailing', { ...input, variables: [] })).codes).toEqual(['MISSING_VARIABLE']);
    const variables = [{ name: 'date', value: '零風險' }];
    expect((await run('createMailing', { ...input, variables })).codes).toEqual(['BANNED_PHRASE']);
  });
});

describe('an address', () => {
  test('with a line break is refused; a client sets their own and no other', async () => {
    const clientId = await aClient();
    const self = actorOf(clientId, ['CLIENT'], clientId);
    const input = { clientId, channel: 'EMAIL', address: 'a@b.example\r\nBcc: all@c.example' };
    expect((await run('setContactPoint', input, self)).codes).toEqual(['BAD_ADDRESS']);
    expect((await run('setContactPoint', { ...input, address: 'a@b.example' }, self)).codes).toEqual([]);
    expect((await run('setContactPoint', { ...input, clientId: await aClient() }, self)).codes).toEqual([
      'NOT_FOUND',
    ]);
  });
});
