import { type Actor, ROLES, type Role } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { aCnId, activate, openPerson } from '../../test/applications.js';
import { retainedUntil } from '../life-cycle/erasure.rules.js';
import { service } from '../service.js';
import { dueOn, fulfil } from './data-requests.rules.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const HANDLER = actorOf(freshId(), ['COMPLIANCE']);
const MAKE =
  'mutation ($input: MakeDataRequestInput!) { makeDataRequest(input: $input) { id status dueOn version } }';
const FULFIL =
  'mutation ($input: FulfilDataRequestInput!) { fulfilDataRequest(input: $input) { status outcome version } }';
const REFUSE =
  'mutation ($input: RefuseDataRequestInput!) { refuseDataRequest(input: $input) { status outcome } }';

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
const open = (person: Record<string, unknown> = {}) =>
  openPerson(ask, actorOf(freshId(), ['ADVISER']), person);
const self = (id: string) => actorOf(id, ['CLIENT'], id);
const make = async (id: string, type: string): Promise<{ id: string; status: string; dueOn: string }> =>
  (await world.ask(self(id), MAKE, { input: { requestId: freshId(), clientId: id, type } })).data
    .makeDataRequest;
const fulfilBy = (actor: Actor, dataRequestId: string, expectedVersion = 1) =>
  world.ask(actor, FULFIL, { input: { dataRequestId, expectedVersion } });
const read = async (id: string, actor: Actor = self(id)) =>
  (
    await world.ask(
      actor,
      `{ client(id: "${id}") { dataRequests { type status outcome copy explanation } } }`,
    )
  ).data.client.dataRequests;

test('a copy of all that is held is given as JSON, with the number of the document to the client alone', async () => {
  const idNumber = aCnId('1996-05-20');
  const { id } = await open({ idNumber });
  const request = await make(id, 'ACCESS_COPY');
  expect(request).toMatchObject({ status: 'RECEIVED', dueOn: '2026-04-02' });
  expect(await read(id)).toMatchObject([{ status: 'RECEIVED', copy: null }]);
  expect(
    (await world.ask(HANDLER, '{ dataRequests { nodes { id client { id } } } }')).data.dataRequests.nodes,
  ).toContainEqual({ id: request.id, client: { id } });
  expect((await fulfilBy(HANDLER, request.id)).data.fulfilDataRequest).toMatchObject({
    status: 'FULFILLED',
    outcome: 'COPY_GIVEN',
  });
  const [given] = await read(id);
  const copy = JSON.parse(given.copy);
  expect(copy).toMatchObject({
    client: { id },
    person: { name: '王小明', mobile: '+8613800138000' },
    identityDocument: { number: idNumber },
    contactDetails: expect.arrayContaining([expect.objectContaining({ type: 'MOBILE', isPreferred: true })]),
  });
  expect(copy.grades).toHaveLength(1);
  const seen = (
    await world.ask(
      HANDLER,
      `{ client(id: "${id}") { dataRequests { copy } } }`,
      {},
      `DATA_REQUEST:${request.id}`,
    )
  ).data.client.dataRequests[0];
  expect(JSON.parse(seen.copy).identityDocument).toMatchObject({ lastFour: idNumber.slice(-4) });
  expect(seen.copy).not.toContain(idNumber);
  expect(given.copy).not.toContain('Hash');
});

test('deletion by a former client is restriction while the law says to keep the record, with reason and date', async () => {
  const client = await activate(ask, OFFICER, await open());
  const request = await make(client.id, 'DELETION');
  expect((await fulfilBy(HANDLER, request.id)).codes).toEqual(['CONTRACT_RUNS']);
  const input = { clientId: client.id, expectedVersion: client.version };
  await world.ask(OFFICER, 'mutation ($input: BeginClosingInput!) { beginClosing(input: $input) { id } }', {
    input: { ...input, reason: 'CLIENT_WISH' },
  });
  await world.ask(OFFICER, 'mutation ($input: CloseClientInput!) { closeClient(input: $input) { id } }', {
    input: { ...input, expectedVersion: client.version + 1 },
  });
  const answers = await Promise.all(Array.from({ length: 10 }, () => fulfilBy(HANDLER, request.id)));
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  expect((await world.events('client.restricted')).at(-1)?.data).toEqual({
    clientId: client.id,
    from: 'CLOSED',
    to: 'RESTRICTED',
    reason: 'RETENTION',
    until: '2046-03-02',
  });
  expect((await fulfilBy(HANDLER, request.id, 2)).codes).toEqual(['REQUEST_CLOSED']);
  expect((await world.ask(OFFICER, `{ client(id: "${client.id}") { id } }`)).codes).toEqual(['NOT_FOUND']);
});

test('an explanation gives the reasons of the grade; a refusal gives its own', async () => {
  const { id } = await open();
  await fulfilBy(HANDLER, (await make(id, 'EXPLANATION')).id);
  expect((await read(id))[0].explanation.at(-1)).toBe('By rules 2026.1 this is Bronze.');
  world.clock.now = new Date(world.clock.now.getTime() + 1_000);
  const request = await make(id, 'CORRECTION');
  const input = { dataRequestId: request.id, expectedVersion: 1, reason: 'UNFOUNDED' };
  expect((await world.ask(HANDLER, REFUSE, { input })).data.refuseDataRequest).toEqual({
    status: 'REFUSED',
    outcome: 'UNFOUNDED',
  });
  expect((await world.ask(HANDLER, REFUSE, { input: { ...input, expectedVersion: 2 } })).codes).toEqual([
    'REQUEST_CLOSED',
  ]);
});

test('a correction names what is wrong, and is fulfilled by what was corrected since', async () => {
  const { id } = await open();
  const ask = (fields: string[], type = 'CORRECTION') =>
    world.ask(self(id), MAKE, { input: { requestId: freshId(), clientId: id, type, fields } });
  expect((await ask(['shoeSize'])).codes).toEqual(['FIELDS_UNKNOWN']);
  expect((await ask(['name'], 'DELETION')).codes).toEqual(['FIELDS_UNKNOWN']);
  const request = (await ask(['name', 'idDocument'])).data.makeDataRequest;
  world.clock.now = new Date(world.clock.now.getTime() + 1_000);
  expect((await fulfilBy(HANDLER, request.id)).codes).toEqual(['NOT_CORRECTED']);
  const { codes } = await world.ask(
    OFFICER,
    'mutation ($input: CorrectIdentityInput!) { correctIdentity(input: $input) { id } }',
    {
      input: {
        clientId: id,
        expectedVersion: 1,
        method: 'IN_PERSON',
        evidenceReference: 'scan 3',
        name: '王晓明',
        gender: null,
      },
    },
  );
  expect(codes).toEqual([]);
  await fulfilBy(HANDLER, request.id);
  expect(
    (await world.ask(self(id), `{ client(id: "${id}") { dataRequests { fields corrected outcome } } }`)).data
      .client.dataRequests,
  ).toEqual([{ fields: ['name', 'idDocument'], corrected: ['name'], outcome: 'CORRECTED' }]);
});

test('the time is extended once, before it has run out, with a reason', async () => {
  const { id } = await open();
  const now = world.clock.now;
  const [first, second] = [await make(id, 'ACCESS_COPY'), await make(id, 'EXPLANATION')];
  const extend = (dataRequestId: string, expectedVersion: number) =>
    world.ask(
      HANDLER,
      `mutation ($input: ExtendDataRequestInput!) {
        extendDataRequest(input: $input) { dueOn extensionReason extendedAt isLate version }
      }`,
      { input: { dataRequestId, expectedVersion, reason: 'COMPLEX' } },
    );
  expect((await extend(first.id, 1)).data.extendDataRequest).toMatchObject({
    dueOn: '2026-06-02',
    extensionReason: 'COMPLEX',
    isLate: false,
  });
  expect((await extend(first.id, 2)).codes).toEqual(['ALREADY_EXTENDED']);
  world.clock.now = new Date('2026-04-02T16:00:00Z');
  expect((await extend(second.id, 1)).codes).toEqual(['TOO_LATE_TO_EXTEND']);
  expect(
    (await world.ask(self(id), `{ client(id: "${id}") { dataRequests { isLate } } }`)).data.client
      .dataRequests,
  ).toEqual(expect.arrayContaining([{ isLate: true }, { isLate: false }]));
  world.clock.now = now;
});

test('nobody asks for another, and the adviser does not answer', async () => {
  const both = actorOf(freshId(), ['ADVISER', 'COMPLIANCE']);
  const { id } = await openPerson(ask, both);
  const { id: other } = await open();
  const request = await make(id, 'ACCESS_COPY');
  expect(
    (
      await world.ask(self(other), MAKE, {
        input: { requestId: freshId(), clientId: id, type: 'ACCESS_COPY' },
      })
    ).codes,
  ).toEqual(['NOT_FOUND']);
  expect((await fulfilBy(both, request.id)).codes).toEqual(['OWN_CLIENT']);
  expect((await fulfilBy(HANDLER, freshId())).codes).toEqual(['NOT_FOUND']);
});

describe('the rules', () => {
  test('clocks', () => {
    expect(dueOn('2026-01-31')).toBe('2026-02-28');
    expect(retainedUntil('2028-02-29')).toBe('2048-02-29');
  });
  test.each([
    ['ACCESS_COPY', 'ACTIVE', 'COPY_GIVEN'],
    ['CORRECTION', 'ACTIVE', 'CORRECTED'],
    ['RESTRICTION', 'ACTIVE', 'RESTRICTED'],
    ['EXPLANATION', 'CLOSED', 'EXPLAINED'],
    ['DELETION', 'CLOSED', 'RESTRICTED_FOR_RETENTION'],
  ] as const)('%s of a client who is %s: %s', (type, status, outcome) => {
    expect(fulfil({ type, status: 'RECEIVED' }, { status }, '2046-03-02', '2046-03-02')).toBe(outcome);
  });
  test('deletion is erasure once no retention runs', () => {
    expect(
      fulfil({ type: 'DELETION', status: 'RECEIVED' }, { status: 'CLOSED' }, '2046-03-02', '2046-03-03'),
    ).toBe('ERASED');
  });
  test.each((Object.keys(ROLES) as Role[]).map((role) => [role]))('%s', async (role) => {
    const { codes: handle } = await fulfilBy(actorOf(freshId(), [role]), freshId());
    expect(handle).toEqual([role === 'COMPLIANCE' ? 'NOT_FOUND' : 'FORBIDDEN']);
    const { codes: making } = await world.ask(actorOf(freshId(), [role]), MAKE, {
      input: { requestId: freshId(), clientId: freshId(), type: 'DELETION' },
    });
    expect(making).toEqual([
      ['CLIENT', 'ADVISER', 'OPERATIONS', 'COMPLIANCE'].includes(role) ? 'NOT_FOUND' : 'FORBIDDEN',
    ]);
  });
});
