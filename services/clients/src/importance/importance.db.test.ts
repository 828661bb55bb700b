import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPerson } from '../../test/applications.js';
import { service } from '../service.js';

const WATCH = actorOf(freshId(), ['COMPLIANCE']);
const MARK = `mutation ($input: MarkClientImportantInput!) {
  markClientImportant(input: $input) { isMarkedImportant importantReason version }
}`;
let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
const mark = (
  clientId: string,
  expectedVersion: number,
  isImportant: boolean,
  reason = 'BOARD_MEMBER',
  by = WATCH,
) => world.ask(by, MARK, { input: { clientId, expectedVersion, isImportant, reason } });

test('compliance marks a client as important and takes it back; the others are told each time', async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  expect((await mark(id, 1, true)).data.markClientImportant).toEqual({
    isMarkedImportant: true,
    importantReason: 'BOARD_MEMBER',
    version: 2,
  });
  expect((await mark(id, 2, true)).codes).toEqual(['NOTHING_CHANGED']);
  expect((await mark(id, 1, false)).codes).toEqual(['STALE_VERSION']);
  expect((await mark(id, 2, false, 'LEFT THE BOARD')).codes).toEqual(['BAD_INPUT']);
  expect((await mark(id, 2, false)).data.markClientImportant).toMatchObject({
    isMarkedImportant: false,
    importantReason: null,
  });
  const told = (await world.events('client.updated')).filter(({ key }) => key === id);
  expect(told.map(({ data }) => [data['changedFieldCodes'], data['isMarkedImportant']])).toEqual([
    [['isMarkedImportant'], true],
    [['isMarkedImportant'], false],
  ]);
});

test('nobody else marks, and the client does not see the mark', async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  for (const role of ['ADVISER', 'OPERATIONS', 'AUDITOR', 'CLIENT'] as const)
    expect((await mark(id, 1, true, 'X', actorOf(freshId(), [role]))).codes).toEqual(['FORBIDDEN']);
  expect((await mark(freshId(), 1, true)).codes).toEqual(['NOT_FOUND']);
  const own = await world.ask(actorOf(id, ['CLIENT'], id), `{ client(id: "${id}") { isMarkedImportant } }`);
  expect(own.codes).toEqual(['FORBIDDEN']);
});
