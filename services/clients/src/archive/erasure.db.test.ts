import { ClientErased, OrderSettled } from '@client-graph/events';
import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, readablePlaces, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { activate, openPerson } from '../../test/applications.js';
import { comeBack } from '../../test/own-events.js';
import { service } from '../service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const WATCH = actorOf(freshId(), ['COMPLIANCE']);
const SECOND = actorOf(freshId(), ['COMPLIANCE']);

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown> = {}) => {
  world.clock.now = new Date(world.clock.now.getTime() + 1);
  return world.ask(actor, operation, variables);
};
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});

const send = async (actor: Actor, name: string, type: string, input: object) => {
  const answer = await ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { id status version } }`,
    { input },
  );
  return { ...answer, row: answer.data?.[name] };
};
const closed = async (person: Record<string, unknown> = {}) => {
  const client = await activate(ask, OFFICER, await openPerson(ask, actorOf(freshId(), ['ADVISER']), person));
  const about = { clientId: client.id };
  await send(OFFICER, 'beginClosing', 'BeginClosingInput', {
    ...about,
    expectedVersion: client.version,
    reason: 'CLIENT_WISH',
  });
  const { row } = await send(OFFICER, 'closeClient', 'CloseClientInput', {
    ...about,
    expectedVersion: client.version + 1,
  });
  await comeBack(world);
  return row as { id: string; version: number };
};
const erase = (clientId: string, expectedVersion: number) =>
  send(WATCH, 'eraseClient', 'EraseClientInput', { clientId, expectedVersion, reason: 'RETENTION_OVER' });
const hold = (clientId: string) =>
  send(WATCH, 'placeLegalHold', 'PlaceLegalHoldInput', {
    requestId: freshId(),
    clientId,
    caseReference: 'Case 9',
    reason: 'A claim',
  });
const wantsDeletion = async (clientId: string) => {
  const { row } = await send(WATCH, 'makeDataRequest', 'MakeDataRequestInput', {
    requestId: freshId(),
    clientId,
    type: 'DELETION',
  });
  const answer = await ask(
    SECOND,
    'mutation ($input: FulfilDataRequestInput!) { fulfilDataRequest(input: $input) { outcome client { status restrictedUntil } } }',
    { input: { dataRequestId: row.id, expectedVersion: 1 } },
  );
  return answer.data.fulfilDataRequest;
};

test('a file is restricted while retention runs, and erased by command on the day after its last', async () => {
  const { id, version } = await closed();
  expect(await wantsDeletion(id)).toEqual({
    outcome: 'RESTRICTED_FOR_RETENTION',
    client: { status: 'RESTRICTED', restrictedUntil: '2046-03-02' },
  });
  world.clock.now = new Date('2046-03-02T02:00:00Z');
  expect((await erase(id, version + 1)).codes).toEqual(['RETENTION_RUNS']);
  world.clock.now = new Date('2046-03-03T02:00:00Z');
  expect((await erase(id, version + 1)).codes).toEqual([]);
  expect(await world.events('client.erased')).toHaveLength(1);
});

test('a trade of the last day keeps the file for as long as itself', async () => {
  const { id, version } = await closed();
  const order = {
    clientId: id,
    orderId: freshId(),
    productId: freshId(),
    productClass: 'TRUST',
    side: 'BUY',
  } as const;
  await world.deliver(OrderSettled({ ...order, amountMinor: 1, currency: 'CNY', settledOn: '2026-06-01' }), {
    at: new Date('2026-06-01T02:00:00Z'),
  });
  world.clock.now = new Date('2046-06-01T02:00:00Z');
  const answer = await erase(id, version);
  expect(answer.codes).toEqual(['RETENTION_RUNS']);
  expect(answer.errors[0]?.extensions?.['details']).toEqual({ until: '2046-06-01' });
});

test('a legal hold keeps it beyond every retention, until two people have lifted it', async () => {
  const { id, version } = await closed();
  world.clock.now = new Date('2050-01-01T02:00:00Z');
  const { row: placed } = await hold(id);
  await send(SECOND, 'decideLegalHold', 'DecideLegalHoldInput', {
    holdId: placed.id,
    expectedVersion: 1,
    decision: 'APPROVE',
    reason: 'yes',
  });
  expect((await erase(id, version)).codes).toEqual(['HELD']);
  expect(await wantsDeletion(id)).toEqual({
    outcome: 'RESTRICTED_FOR_RETENTION',
    client: { status: 'RESTRICTED', restrictedUntil: null },
  });
  expect((await erase(id, version + 1)).codes).toEqual(['HELD']);
  await send(WATCH, 'liftLegalHold', 'LiftLegalHoldInput', {
    holdId: placed.id,
    expectedVersion: 2,
    reason: 'settled',
  });
  expect((await erase(id, version + 1)).codes).toEqual(['HELD']);
  await send(SECOND, 'decideLegalHold', 'DecideLegalHoldInput', {
    holdId: placed.id,
    expectedVersion: 3,
    decision: 'APPROVE',
    reason: 'yes',
  });
  expect((await erase(id, version + 1)).codes).toEqual([]);
});

test('nothing of an erased client is readable in any table, and what is still under way is not filed again', async () => {
  const { id, version } = await closed({
    name: '柏林格萊',
    mobile: '13700006688',
    address: '珊瑚巷四十七號',
  });
  await hold(id);
  await world.sql(`update legal_hold set status = 'LIFTED' where client_id = $1`, [id]);
  world.clock.now = new Date('2050-01-01T02:00:00Z');
  expect((await erase(id, version)).codes).toEqual([]);
  expect(await readablePlaces(world.db, ['柏林格萊', '13700006688', '珊瑚巷四十七號', 'A claim'])).toEqual(
    [],
  );
  await comeBack(world);
  await world.deliver(ClientErased({ clientId: id, from: 'CLOSED', to: 'ERASED', reason: 'RETENTION_OVER' }));
  expect(await world.sql('select 1 from archive_item where client_id = $1', [id])).toEqual([]);
});

test('a duplicate goes with the client it was merged into: nothing of either is readable, and the others are told of both', async () => {
  const person = { name: '珊瑚木蘭', mobile: '13700009922', address: '石榴街八十八號' };
  const adviser = actorOf(freshId(), ['ADVISER']);
  const survivor = await activate(ask, OFFICER, await openPerson(ask, adviser));
  const merged = await activate(ask, OFFICER, await openPerson(ask, adviser, person));
  await hold(merged.id);
  const input = {
    requestId: freshId(),
    survivorId: survivor.id,
    survivorVersion: survivor.version,
    mergedId: merged.id,
    mergedVersion: merged.version,
    reason: 'SAME_PERSON',
  };
  await ask(OFFICER, 'mutation ($input: MergeClientsInput!) { mergeClients(input: $input) { id } }', {
    input,
  });
  await comeBack(world);
  const file = await ask(
    WATCH,
    `{ archiveFile(clientId: "${survivor.id}") { items(first: 100) { nodes { what } } counts { count } } }`,
  );
  const whats = file.data.archiveFile.items.nodes.map(({ what }: { what: string }) => what);
  expect(whats.filter((what: string) => what === 'client.onboarded')).toHaveLength(2);
  const about = { clientId: survivor.id };
  await send(OFFICER, 'beginClosing', 'BeginClosingInput', {
    ...about,
    expectedVersion: survivor.version,
    reason: 'CLIENT_WISH',
  });
  await send(OFFICER, 'closeClient', 'CloseClientInput', { ...about, expectedVersion: survivor.version + 1 });
  await comeBack(world);
  const [open] = await world.sql<{ n: number }>(
    'select count(*)::int as n from archive_item where client_id = any($1) and retained_until is null',
    [[survivor.id, merged.id]],
  );
  expect(open?.n).toBe(0);
  world.clock.now = new Date('2050-01-01T02:00:00Z');
  expect((await erase(survivor.id, survivor.version + 2)).codes).toEqual(['HELD']);
  await world.sql(`update legal_hold set status = 'LIFTED' where client_id = $1`, [merged.id]);
  expect((await erase(survivor.id, survivor.version + 2)).codes).toEqual([]);
  expect(await readablePlaces(world.db, Object.values(person))).toEqual([]);
  const told = (await world.events('client.erased')).map(({ key }) => key);
  expect(told).toEqual(expect.arrayContaining([survivor.id, merged.id]));
});
