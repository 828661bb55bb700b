import { ClientRestricted } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import {
  ADVISER,
  AGENT,
  adviser,
  aFiling,
  agent,
  auditor,
  clientActor,
  decision,
  deskOf,
  other,
  START,
} from './complaints.fixture.js';
import { recountProvisionalClocks } from './provisional.js';

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = START;
});
const at = (instant: string) => {
  world.clock.now = new Date(instant);
};
const { aClient, run, file, step, codesOf } = deskOf(() => world);

const OWN = new Set(['fileComplaint', 'withdrawComplaint', 'reopenComplaint', 'reviewComplaint']);

describe('fileComplaint', () => {
  const third = { kind: 'THIRD_PARTY', name: 'Somebody', contact: '000' };
  test.each([
    [
      'with six representatives',
      { representatives: ['a', 'b', 'c', 'd', 'e', 'f'] },
      'TOO_MANY_REPRESENTATIVES',
    ],
    ['by a third party without authority', { complainant: third }, 'AUTHORITY_MISSING'],
    ['received tomorrow', { receivedAt: '2026-02-14T02:00:00.000Z' }, 'RECEIVED_IN_THE_FUTURE'],
    ['received in the year 1', { receivedAt: '0001-01-01T00:00:00.000Z' }, 'BAD_INPUT'],
    ['without words', { claim: ' ' }, 'TEXT_LENGTH'],
    ['with 21 products', { productIds: Array.from({ length: 21 }, freshId) }, 'TOO_MANY_PRODUCTS'],
    ['about a product that is none', { productIds: ['x'] }, 'BAD_INPUT'],
  ])('%s is refused and leaves nothing behind', async (_, changes, code) => {
    const clientId = await aClient();
    expect((await run('fileComplaint', aFiling(clientId, changes))).codes).toEqual([code]);
    expect(await world.sql('select 1 from complaint where client_id = $1', [clientId])).toEqual([]);
  });
  test('takes an heir with proof, five representatives, and a non-client who says how to be reached', async () => {
    const heir = { kind: 'HEIR', name: 'An heir', contact: '000', authorityReference: 'NOTARY-7' };
    await file({ complainant: heir, representatives: ['a', 'b', 'c', 'd', 'e'] });
    const stranger = { kind: 'NON_CLIENT', name: 'Passer-by', contact: '000' };
    expect((await run('fileComplaint', aFiling(null, { complainant: stranger }))).codes).toEqual([]);
    expect((await run('fileComplaint', aFiling(null))).codes).toEqual(['COMPLAINANT_UNKNOWN']);
    expect(
      (await run('fileComplaint', aFiling(null, { complainant: { ...stranger, contact: '' } }))).codes,
    ).toEqual(['COMPLAINANT_UNKNOWN']);
  });
  test('of a merged client is refused, of an unknown one not found', async () => {
    const clientId = await aClient();
    await world.sql(`update client_copy set status = 'MERGED' where client_id = $1`, [clientId]);
    expect((await run('fileComplaint', aFiling(clientId))).codes).toEqual(['CLIENT_MERGED']);
    expect((await run('fileComplaint', aFiling(freshId()))).codes).toEqual(['NOT_FOUND']);
  });
  test('by a client is for themself and counts from now', async () => {
    const clientId = await aClient();
    const filing = aFiling(clientId, { receivedAt: '2026-01-05T02:00:00.000Z' });
    expect((await run('fileComplaint', filing, clientActor(clientId))).complaint.dueOn).toBe('2026-02-28');
    expect((await run('fileComplaint', aFiling(clientId), clientActor(await aClient()))).codes).toEqual([
      'NOT_FOUND',
    ]);
    expect((await run('fileComplaint', aFiling(null), clientActor(clientId))).codes).toEqual(['NOT_FOUND']);
  });
});

describe('who may', () => {
  test('a complaint about the caller is not there for them', async () => {
    const clientId = await aClient();
    const complaint = await file({ concernedStaffIds: [ADVISER, AGENT] }, clientId);
    const ask = async (actor = adviser) =>
      (await world.ask(actor, 'query ($id: ID!) { complaint(id: $id) { id } }', { id: complaint.id })).data
        .complaint;
    expect([await ask(), await ask(agent), await ask(other)]).toEqual([null, null, { id: complaint.id }]);
    expect(await codesOf('acknowledgeComplaint', complaint)).toEqual(['NOT_FOUND']);
    const list = await world.ask(
      adviser,
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { complaints { nodes { id } } } } }',
      { of: [{ __typename: 'Client', id: clientId }] },
    );
    expect(list.data._entities[0].complaints.nodes).toEqual([]);
    expect(
      await codesOf('assignComplaint', complaint, { handlerId: ADVISER, isRecusalChecked: true }, other),
    ).toEqual(['HANDLER_CONCERNED']);
  });
  test('nobody handles or decides who has an interest, however their id is written', async () => {
    const concerned = freshId();
    const complaint = await file({ concernedStaffIds: [concerned.toUpperCase()] });
    const isChecked = { handlerId: AGENT, isRecusalChecked: true };
    for (const changes of [
      { handlerId: concerned.toUpperCase() },
      { reportsToId: concerned.toUpperCase() },
      { handlerId: ADVISER },
      { handlerId: ADVISER.toUpperCase() },
    ])
      expect(await codesOf('assignComplaint', complaint, { ...isChecked, ...changes })).toEqual([
        'HANDLER_CONCERNED',
      ]);
    expect(await codesOf('assignComplaint', complaint, { ...isChecked, reportsToId: 'x' })).toEqual([
      'BAD_INPUT',
    ]);
    let found = await step('acknowledgeComplaint', complaint);
    found = await step('investigateComplaint', await step('assignComplaint', found, isChecked));
    const both = actorOf(ADVISER, ['ADVISER', 'SERVICE_AGENT']);
    expect(await codesOf('resolveComplaint', found, decision, both)).toEqual(['HANDLER_CONCERNED']);
  });
  test('the client sees the case, not its internals, and another client nothing', async () => {
    const clientId = await aClient();
    const { id } = await file({}, clientId);
    const see = (actor: typeof agent, field: string) =>
      world.ask(actor, `query ($id: ID!) { complaint(id: $id) { ${field} } }`, { id });
    expect((await see(clientActor(clientId), 'status')).data.complaint.status).toBe('RECEIVED');
    expect((await see(clientActor(clientId), 'rootCause history { id }')).codes).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
    ]);
    expect((await see(clientActor(await aClient()), 'status')).data.complaint).toBeNull();
    expect((await see(actorOf(freshId(), ['ADVISER']), 'status')).data.complaint).toBeNull();
  });
  test('of a restricted client an open complaint is worked on, a decided one only stored', async () => {
    const clientId = await aClient();
    const open = await file({}, clientId);
    const gone = await step('withdrawComplaint', await file({}, clientId));
    await world.deliver(
      ClientRestricted({ clientId, from: 'ACTIVE', to: 'RESTRICTED', reason: 'DELETION', until: null }),
    );
    const seen = async (actor: typeof agent) => {
      const { data } = await world.ask(actor, '{ complaints(first: 100) { nodes { id } } }');
      const listed = data.complaints.nodes.map(({ id }: { id: string }) => id);
      const one = async (id: string) =>
        (await world.ask(actor, 'query ($id: ID!) { complaint(id: $id) { id } }', { id })).data.complaint !==
        null;
      return [listed.includes(open.id), listed.includes(gone.id), await one(open.id), await one(gone.id)];
    };
    expect(await seen(agent)).toEqual([true, false, true, false]);
    expect(await seen(auditor)).toEqual([true, true, true, true]);
    expect((await step('acknowledgeComplaint', open)).status).toBe('ACKNOWLEDGED');
  });
  test.each(['acknowledgeComplaint', 'closeComplaint', 'declineComplaint'])(
    'no adviser may %s',
    async (name) => {
      const complaint = await file();
      const input = name === 'declineComplaint' ? { reason: 'x' } : {};
      expect(await codesOf(name, complaint, input, adviser)).toEqual(['FORBIDDEN']);
      expect(OWN.has(name)).toBe(false);
    },
  );
});

test.each([
  ['2025-12-31T15:59:59.000Z', 'CN_NFRA', '2026-01-15'],
  ['2025-12-31T15:59:59.000Z', 'FIRM_FAST', '2026-01-08'],
  ['2025-12-31T16:00:00.000Z', 'CN_NFRA', '2026-01-16'],
  ['2024-02-14T04:00:00.000Z', 'CN_NFRA', '2024-02-29'],
  ['2019-01-01T04:00:00.000Z', 'CN_NFRA', '2019-01-16'],
])(
  'received at %s, before the clock of %s was a table, a complaint is due on %s',
  async (receivedAt, profile, dueOn) => {
    expect(await file({ receivedAt, profile })).toMatchObject({ dueOn, dueIsProvisional: false });
  },
);

test('the working calendar says when nothing is published yet', async () => {
  const ask = async (year: number) =>
    (await world.ask(agent, `{ workingCalendar(year: ${year}) { isProvisional makeUpDays } }`)).data
      ?.workingCalendar;
  expect((await ask(2026)).makeUpDays).toContain('2026-02-14');
  expect(await ask(2030)).toEqual({ isProvisional: true, makeUpDays: [] });
  expect(await ask(0)).toBeUndefined();
});

test('a day of acknowledgement in an unpublished year is provisional too, and counted again', async () => {
  at('2027-12-31T02:00:00.000Z');
  const { id, ...filed } = await file();
  expect(filed).toMatchObject({
    acknowledgeDueAt: '2028-01-03T15:59:59.000Z',
    acknowledgeDueIsProvisional: true,
    dueIsProvisional: false,
  });
  await world.sql(
    `insert into calendar_day (day, kind, labels, source) values ('2028-01-03', 'OFF', '{}', 'test')`,
  );
  await recountProvisionalClocks(world.db);
  await recountProvisionalClocks(world.db);
  expect(await world.sql('select acknowledge_due_at, version from complaint where id = $1', [id])).toEqual([
    { acknowledge_due_at: new Date('2028-01-04T15:59:59.000Z'), version: 2 },
  ]);
});

test('a due date counted through an unpublished year is counted again once its days off are known', async () => {
  at('2026-12-31T02:00:00.000Z');
  const { id } = await file({ profile: 'FIRM_FAST' });
  await world.sql(
    `insert into calendar_day (day, kind, labels, source) values ('2027-01-01', 'OFF', '{}', 'test')`,
  );
  await recountProvisionalClocks(world.db);
  await recountProvisionalClocks(world.db);
  const [row] = await world.sql('select due_at, due_is_provisional, version from complaint where id = $1', [
    id,
  ]);
  expect(row).toEqual({
    due_at: new Date('2027-01-08T15:59:59.000Z'),
    due_is_provisional: false,
    version: 2,
  });
  const told = (await world.events('complaint.rescheduled')).filter(({ key }) => key === id);
  expect(told.map(({ data }) => data['dueOn'])).toEqual(['2027-01-08']);
});
