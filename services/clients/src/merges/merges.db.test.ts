import { HoldingChanged } from '@client-graph/events';
import { type Actor, ROLES, type Role } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { activate, type Opened, openOrganisation, openPerson } from '../../test/applications.js';
import { service } from '../service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const MERGE =
  'mutation ($input: MergeClientsInput!) { mergeClients(input: $input) { id version merged { status } } }';
const UNMERGE =
  'mutation ($input: UnmergeClientsInput!) { unmergeClients(input: $input) { undoneAt version } }';

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});
const person = () => openPerson(ask, actorOf(freshId(), ['ADVISER']));
const asked = (survivor: Opened, merged: Opened, changes: object = {}) => ({
  input: {
    requestId: freshId(),
    survivorId: survivor.id,
    survivorVersion: survivor.version,
    mergedId: merged.id,
    mergedVersion: merged.version,
    reason: 'SAME_PERSON',
    ...changes,
  },
});
const read = async (id: string, fields: string) =>
  (await world.ask(OFFICER, `{ client(id: "${id}") { ${fields} } }`)).data.client;

test('a duplicate lives on in the survivor with every history, its consents count, and within 30 days it can part again', async () => {
  const survivor = await person();
  const merged = await activate(ask, OFFICER, await person());
  const consent = {
    requestId: freshId(),
    clientId: merged.id,
    purpose: 'MARKETING',
    channel: 'SMS',
    textVersion: '1',
    evidence: 'x',
    source: 'APP',
  };
  await world.ask(OFFICER, 'mutation ($input: ConsentInput!) { withdrawConsent(input: $input) { id } }', {
    input: consent,
  });
  world.clock.now = new Date('2026-03-02T03:00:00Z');
  const { data } = await world.ask(OFFICER, MERGE, asked(survivor, merged));
  expect(data.mergeClients).toMatchObject({ version: 1, merged: { status: 'MERGED' } });
  expect(await read(merged.id, 'mergedInto { id }')).toEqual({ mergedInto: { id: survivor.id } });
  expect(
    await read(
      survivor.id,
      'consents { action } mergedClients { id statusHistory { to } gradeHistory { grade } consents { action } }',
    ),
  ).toEqual({
    consents: [{ action: 'WITHDRAW' }],
    mergedClients: [
      {
        id: merged.id,
        statusHistory: expect.arrayContaining([{ to: 'MERGED' }, { to: 'ACTIVE' }, { to: 'ONBOARDING' }]),
        gradeHistory: [{ grade: 'BRONZE' }],
        consents: [{ action: 'WITHDRAW' }],
      },
    ],
  });
  expect((await world.events('client.merged')).map(({ key, data: told }) => [key, told])).toEqual([
    [survivor.id, { survivorId: survivor.id, mergedId: merged.id }],
  ]);

  const input = { mergeId: data.mergeClients.id, expectedVersion: 1 };
  world.clock.now = new Date('2026-04-01T03:00:00.001Z');
  expect((await world.ask(OFFICER, UNMERGE, { input })).codes).toEqual(['TOO_LATE']);
  world.clock.now = new Date('2026-04-01T03:00:00Z');
  expect((await world.ask(OFFICER, UNMERGE, { input })).data.unmergeClients).toMatchObject({ version: 2 });
  expect((await world.ask(OFFICER, UNMERGE, { input: { ...input, expectedVersion: 2 } })).codes).toEqual([
    'ALREADY_UNDONE',
  ]);
  expect(await read(merged.id, 'status mergedInto { id }')).toEqual({ status: 'ACTIVE', mergedInto: null });
  expect((await world.events('client.unmerged')).map(({ data: told }) => told['to'])).toEqual(['ACTIVE']);
});

test('the survivor answers for its duplicates: consents, relationships, and what still binds them', async () => {
  const survivor = await activate(ask, OFFICER, await person());
  const merged = await activate(ask, OFFICER, await person());
  const spouse = await person();
  const record = (clientId: string, purpose: string) =>
    world.ask(OFFICER, 'mutation ($input: ConsentInput!) { grantConsent(input: $input) { id } }', {
      input: { requestId: freshId(), clientId, purpose, textVersion: '1', evidence: 'x', source: 'APP' },
    });
  await record(survivor.id, 'TRACKING');
  await record(merged.id, 'CARE_GREETING');
  await world.ask(OFFICER, 'mutation ($input: RelateClientsInput!) { relateClients(input: $input) { id } }', {
    input: { requestId: freshId(), fromId: spouse.id, toId: merged.id, role: 'SPOUSE' },
  });
  await world.deliver(
    HoldingChanged({ clientId: merged.id, productId: freshId(), rating: 'R2', units: '10', valueBand: 'B1' }),
  );
  await world.ask(OFFICER, MERGE, asked(survivor, merged));
  const fields = 'consentHistory { nodes { purpose } } relationships { role client { id } }';
  const answer = await read(survivor.id, fields);
  expect(answer.consentHistory.nodes.map((one: { purpose: string }) => one.purpose).sort()).toEqual([
    'CARE_GREETING',
    'TRACKING',
  ]);
  expect(answer.relationships).toEqual([{ role: 'SPOUSE', client: { id: spouse.id } }]);
  const step = (command: string, type: string, expectedVersion: number, more: object = {}) =>
    world.ask(OFFICER, `mutation ($input: ${type}!) { ${command}(input: $input) { id } }`, {
      input: { clientId: survivor.id, expectedVersion, ...more },
    });
  await step('beginClosing', 'BeginClosingInput', survivor.version, { reason: 'CLIENT_WISH' });
  expect((await step('closeClient', 'CloseClientInput', survivor.version + 1)).codes).toEqual([
    'STILL_BOUND',
  ]);
});

test('the social credit code of a duplicate is free for its survivor, and parting waits until it is free again', async () => {
  const [survivor, merged] = [
    await openOrganisation(ask, actorOf(freshId(), ['ADVISER'])),
    await openOrganisation(ask, actorOf(freshId(), ['ADVISER'])),
  ];
  const { uscc: right } = (await read(merged.id, 'institution { uscc }')).institution;
  const { uscc: wrong } = (await read(survivor.id, 'institution { uscc }')).institution;
  const correct = (expectedVersion: number, uscc: string) =>
    world.ask(
      OFFICER,
      'mutation ($input: CorrectInstitutionInput!) { correctInstitution(input: $input) { id } }',
      { input: { clientId: survivor.id, expectedVersion, method: 'REGISTER', evidenceReference: 'x', uscc } },
    );
  expect((await correct(1, right)).codes).toEqual(['USCC_TAKEN']);
  const { data } = await world.ask(OFFICER, MERGE, asked(survivor, merged));
  expect((await correct(1, right)).codes).toEqual([]);
  const input = { mergeId: data.mergeClients.id, expectedVersion: 1 };
  expect((await world.ask(OFFICER, UNMERGE, { input })).codes).toEqual(['USCC_TAKEN']);
  expect((await correct(2, wrong)).codes).toEqual([]);
  expect((await world.ask(OFFICER, UNMERGE, { input })).codes).toEqual([]);
  expect((await read(merged.id, 'institution { uscc }')).institution.uscc).toBe(right);
});

test('of ten at once one merges', async () => {
  const [survivor, merged] = [await person(), await person()];
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => world.ask(OFFICER, MERGE, asked(survivor, merged))),
  );
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
});

test('not oneself, not the other kind, not into a merged one, not by an adviser, not by a stale version', async () => {
  const both = actorOf(freshId(), ['ADVISER', 'OPERATIONS']);
  const [one, other, own] = [await person(), await person(), await openPerson(ask, both)];
  const firm = await openOrganisation(ask, actorOf(freshId(), ['ADVISER']));
  const codes = async (actor: Actor, variables: object) =>
    (await world.ask(actor, MERGE, { ...variables })).codes;
  expect(await codes(OFFICER, asked(one, one))).toEqual(['NOT_MERGEABLE']);
  expect(await codes(OFFICER, asked(one, firm))).toEqual(['NOT_MERGEABLE']);
  expect(await codes(both, asked(own, one))).toEqual(['OWN_CLIENT']);
  expect(await codes(both, asked(one, own))).toEqual(['OWN_CLIENT']);
  expect(await codes(OFFICER, asked(one, other, { mergedVersion: 7 }))).toEqual(['STALE_VERSION']);
  expect(await codes(OFFICER, asked(one, other, { reason: 'same person, I think' }))).toEqual(['BAD_INPUT']);
  expect(await codes(OFFICER, asked(one, { id: freshId(), version: 1 }))).toEqual(['NOT_FOUND']);
  await world.ask(OFFICER, MERGE, asked(one, other));
  const third = await person();
  expect(await codes(OFFICER, asked({ ...other, version: 2 }, third))).toEqual(['WRONG_STATUS']);
});

test.each((Object.keys(ROLES) as Role[]).map((role) => [role]))('%s', async (role) => {
  const actor = actorOf(freshId(), [role]);
  const expected = [role === 'OPERATIONS' ? 'NOT_FOUND' : 'FORBIDDEN'];
  const nobody = { id: freshId(), version: 1 };
  expect((await world.ask(actor, MERGE, asked(nobody, { ...nobody, id: freshId() }))).codes).toEqual(
    expected,
  );
  expect(
    (await world.ask(actor, UNMERGE, { input: { mergeId: freshId(), expectedVersion: 1 } })).codes,
  ).toEqual(expected);
});

test('a duplicate of a duplicate is in the file of the one that lives on, and each parts from the one it was merged into', async () => {
  const [first, second, last] = [
    await person(),
    await person(),
    await activate(ask, OFFICER, await person()),
  ];
  const consent = { purpose: 'MARKETING', channel: 'SMS', textVersion: '1', evidence: 'x', source: 'APP' };
  await world.ask(OFFICER, 'mutation ($input: ConsentInput!) { withdrawConsent(input: $input) { id } }', {
    input: { requestId: freshId(), clientId: first.id, ...consent },
  });
  await world.deliver(
    HoldingChanged({
      ...{ clientId: first.id, productId: freshId(), rating: 'R2', units: '10', valueBand: 'LT_100K' },
    }),
  );
  const inner = (await world.ask(OFFICER, MERGE, asked(second, first))).data.mergeClients;
  const outer = (await world.ask(OFFICER, MERGE, asked(last, second))).data.mergeClients;
  expect(await read(last.id, 'consents { action } consentHistory { nodes { action } }')).toEqual({
    consents: [{ action: 'WITHDRAW' }],
    consentHistory: { nodes: [{ action: 'WITHDRAW' }] },
  });
  const input = { clientId: last.id, expectedVersion: last.version };
  await world.ask(OFFICER, 'mutation ($input: BeginClosingInput!) { beginClosing(input: $input) { id } }', {
    input: { ...input, reason: 'CLIENT_WISH' },
  });
  const close = 'mutation ($input: CloseClientInput!) { closeClient(input: $input) { status } }';
  const closing = { input: { ...input, expectedVersion: last.version + 1 } };
  expect((await world.ask(OFFICER, close, closing)).codes).toEqual(['STILL_BOUND']);
  for (const merge of [inner, outer])
    expect(
      (await world.ask(OFFICER, UNMERGE, { input: { mergeId: merge.id, expectedVersion: 1 } })).codes,
    ).toEqual([]);
  expect(await read(last.id, 'consents { action } mergedClients { id }')).toEqual({
    consents: [],
    mergedClients: [],
  });
  expect((await world.ask(OFFICER, close, closing)).codes).toEqual([]);
});
