import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { activate, openPerson } from '../../test/applications.js';
import { service } from '../service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
const at = (instant: string) => {
  world.clock.now = new Date(instant);
};
const change = (clientId: string, expectedVersion: number, occupation: string) =>
  world.ask(
    OFFICER,
    'mutation ($input: ChangeIndividualInput!) { changeIndividual(input: $input) { version } }',
    {
      input: { clientId, expectedVersion, occupation },
    },
  );
const then = async (id: string, instant: string) => {
  const { data, codes } = await world.ask(
    OFFICER,
    'query ($id: ID!, $at: DateTime!) { client(id: $id, asOf: $at) { status individual { occupation } } }',
    { id, at: instant },
  );
  return codes.length > 0 ? codes : [data.client.status, data.client.individual.occupation];
};

test('after a clock has gone back, the last that was said is what is so', async () => {
  at('2026-03-02T02:00:00Z');
  const opened = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  at('2026-03-01T02:00:00Z');
  const { id, version } = await activate(ask, OFFICER, opened);
  expect((await change(id, version, 'Teacher')).codes).toEqual([]);
  expect((await change(id, version + 1, 'Baker')).codes).toEqual([]);
  expect(await then(id, '2026-03-02T02:00:00.000Z')).toEqual(['ONBOARDING', 'Engineer']);
  expect(await then(id, '2026-03-02T02:00:00.001Z')).toEqual(['ACTIVE', 'Teacher']);
  expect(await then(id, '2026-03-05T00:00:00Z')).toEqual(['ACTIVE', 'Baker']);
});

test('of two changes in one millisecond the later one counts from it, and the one before it until then', async () => {
  at('2026-03-02T02:00:00.000Z');
  const opened = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  at('2026-03-03T02:00:00.500Z');
  const { id, version } = await activate(ask, OFFICER, opened);
  for (const [n, occupation] of ['Teacher', 'Baker', 'Brewer'].entries())
    await change(id, version + n, occupation);
  expect(await then(id, '2026-03-03T02:00:00.499Z')).toEqual(['ONBOARDING', 'Engineer']);
  expect(await then(id, '2026-03-03T02:00:00.500Z')).toEqual(['ACTIVE', 'Brewer']);
  expect(await then(id, '2026-03-02T01:59:59.999Z')).toEqual(['NOT_FOUND']);
});
