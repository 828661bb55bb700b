import {
  ClientActivated,
  ClientClosed,
  ClientConsentChanged,
  ClientDeceased,
  ClientErased,
  ClientMerged,
  ClientOnboarded,
  ClientReviewDue,
  ClientUnmerged,
  CoolingOffStarted,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { sendCommunications } from '../communications/dispatch.js';
import { service } from '../service.js';

const ADVISER = freshId();
const adviser = actorOf(ADVISER, ['ADVISER']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);
const NOON = new Date('2026-03-02T04:00:00.000Z');
let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOON });
});
afterAll(() => world.stop());

async function run(name: string, input: Record<string, unknown>, actor = adviser, fields = 'id') {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const answer = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
    { input },
  );
  expect(answer.codes).toEqual([]);
  return answer.data[name];
}

/** A client with something in every noun. */
async function aFullClient(eventId?: string): Promise<string> {
  const clientId = freshId();
  const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade: 'BRONZE', ageBand: 'FROM_31' } as const;
  const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
  await world.deliver(ClientOnboarded({ clientId, ...standing, ...rest }));
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  const consent = { purpose: 'CARE_GREETING', channel: null, action: 'GRANT', textVersion: 'T-1' } as const;
  await world.deliver(ClientConsentChanged({ clientId, ...consent }));
  await world.deliver(ClientReviewDue({ clientId, kind: 'YEARLY', dueOn: '2026-03-01', stage: 'DUE' }));
  const contact = {
    requestId: freshId(),
    clientId,
    channel: 'PHONE',
    direction: 'INBOUND',
    at: '2026-03-02T03:00:00.000Z',
  };
  await run('logInteraction', { ...contact, subjectCode: 'PORTFOLIO', summary: 'A call.' });
  await run('setContactPoint', { clientId, channel: 'EMAIL', address: `c-${clientId}@mail.example.com` });
  await run('registerCareDate', { clientId, kind: 'BIRTHDAY_SOLAR', month: 3, day: 5 });
  await run('fileComplaint', {
    requestId: freshId(),
    clientId,
    channel: 'PHONE',
    category: 'FEE',
    claim: 'The fee.',
  });
  await run('giveFeedback', {
    requestId: freshId(),
    clientId,
    kind: 'PRAISE',
    channel: 'PHONE',
    text: 'Well done.',
  });
  await run('recordAdvice', { requestId: freshId(), clientId, kind: 'PORTFOLIO', text: 'Hold.' });
  if (eventId) await run('registerForEvent', { requestId: freshId(), eventId, clientId });
  return clientId;
}
const anEvent = async () =>
  (
    await run(
      'createClientEvent',
      {
        requestId: freshId(),
        title: 'T',
        kind: 'LECTURE',
        mode: 'ON_SITE',
        place: 'P',
        startsAt: '2026-04-01T06:00:00.000Z',
        endsAt: '2026-04-01T08:00:00.000Z',
        capacity: 1,
      },
      actorOf(freshId(), ['OPERATIONS']),
    )
  ).id;
const COUNTED = `interactions { nodes { summary } } complaints { nodes { claim } } feedback { nodes { text } } advice { nodes { text } }
  servicePlans { nodes { state steps { state } } } registrations { nodes { state } }`;
type Page = { nodes: { state?: string }[] };
async function recordOf(clientId: string): Promise<Record<string, Page>> {
  const of = [{ __typename: 'Client', id: clientId }];
  const answer = await world.ask(
    compliance,
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { ${COUNTED} } } }`,
    { of },
  );
  return answer.data._entities[0];
}
const countsOf = async (clientId: string) =>
  Object.fromEntries(
    Object.entries(await recordOf(clientId)).map(([name, { nodes }]) => [name, nodes.length]),
  );
const itemsOf = (clientId: string) =>
  world.sql(`select kind from work_item where client_id = $1 and state = 'OPEN'`, [clientId]);

test('what belonged to a duplicate belongs to the survivor, and goes back when the two part', async () => {
  const eventId = await anEvent();
  const [survivorId, mergedId] = [await aFullClient(eventId), await aFullClient()];
  const before = [await countsOf(survivorId), await countsOf(mergedId)];
  const until = '2026-03-04T04:00:00.000Z';
  await world.deliver(
    CoolingOffStarted({ clientId: mergedId, orderId: freshId(), productId: freshId(), until }),
  );
  const coolingOffOf = async (clientId: string) => {
    const of = [{ __typename: 'Client', id: clientId }];
    const query =
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { coolingOffUntil } } }';
    return (await world.ask(compliance, query, { of })).data._entities[0].coolingOffUntil;
  };
  await world.deliver(ClientMerged({ survivorId, mergedId }), { times: 2 });
  expect(await coolingOffOf(survivorId)).toBe(until);
  // Each has a plan open from the one template, and a review of one day: those of the duplicate stay with it.
  expect(await countsOf(survivorId)).toEqual({
    ...{ interactions: 2, complaints: 2, feedback: 2, advice: 2, servicePlans: 1, registrations: 1 },
  });
  expect((await recordOf(survivorId))['interactions']?.nodes).toEqual([
    { summary: 'A call.' },
    { summary: 'A call.' },
  ]);
  const open = await world.sql('select complaint.number from complaint where client_id = $1', [survivorId]);
  expect(open).toHaveLength(2);
  await world.deliver(ClientUnmerged({ survivorId, mergedId, to: 'ACTIVE' }), { times: 2 });
  expect([await countsOf(survivorId), await countsOf(mergedId)]).toEqual(before);
  expect([await coolingOffOf(survivorId), await coolingOffOf(mergedId)]).toEqual([null, until]);
});

test.each([
  [null, '2026-04-01'],
  ['2026-03-20', '2026-04-01'],
  ['2026-05-01', '2026-05-01'],
])(
  'who mourns as a duplicate mourns as the survivor: until %s and 1 April is until %s',
  async (own, until) => {
    const [survivorId, mergedId] = [await aFullClient(), await aFullClient()];
    if (own !== null) await run('recordBereavement', { clientId: survivorId, until: own });
    await run('recordBereavement', { clientId: mergedId, until: '2026-04-01' });
    await world.deliver(ClientMerged({ survivorId, mergedId }), { times: 2 });
    const rows = await world.sql('select until::text from bereavement where client_id = $1', [survivorId]);
    expect(rows).toEqual([{ until }]);
  },
);

describe.each([
  [
    'has died',
    (clientId: string) => ClientDeceased({ clientId, from: 'ACTIVE', to: 'DECEASED', reason: 'TOLD' }),
  ],
  [
    'has left',
    (clientId: string) => ClientClosed({ clientId, from: 'CLOSING', to: 'CLOSED', reason: 'WISH' }),
  ],
])('a client who %s', (_, draft) => {
  test('has no items, plans, seats or birthdays any more, is sent nothing, and keeps the record', async () => {
    const eventId = await anEvent();
    const clientId = await aFullClient(eventId);
    const waits = await aFullClient(eventId);
    expect((await itemsOf(clientId)).length).toBeGreaterThan(0);
    await world.deliver(draft(clientId), { times: 2 });
    expect(await itemsOf(clientId)).toEqual([]);
    const record = await recordOf(clientId);
    expect(record['servicePlans']?.nodes.map(({ state }) => state)).toEqual(['CANCELLED']);
    expect(record['registrations']?.nodes).toEqual([{ state: 'CANCELLED' }]);
    expect((await recordOf(waits))['registrations']?.nodes).toEqual([{ state: 'REGISTERED' }]);
    expect(await world.sql('select 1 from care_date where client_id = $1', [clientId])).toEqual([]);
    expect(record['interactions']?.nodes).toHaveLength(1);
    await world.sql(
      `insert into communication (id, client_id, kind, channel, template_id, variables, state, attempts, not_before, queued_at)
       select uuidv7(), $1, 'MATERIAL_EVENT', 'EMAIL', id, '{}', 'QUEUED', 0, $2, $2 from message_template limit 1`,
      [clientId, NOON],
    );
    await sendCommunications(world.db, {}, async () => undefined);
    const sent = await world.sql('select state, reason from communication where client_id = $1', [clientId]);
    expect(sent).toEqual([{ state: 'SUPPRESSED', reason: 'CLIENT_NOT_SERVED' }]);
  });
});

test('an erased client leaves bare facts: no word, no address, no date', async () => {
  const clientId = await aFullClient();
  const [complaint] = await world.sql<{ id: string }>('select id from complaint where client_id = $1', [
    clientId,
  ]);
  await world.deliver(ClientErased({ clientId, from: 'CLOSED', to: 'ERASED', reason: 'RETENTION_OVER' }), {
    times: 2,
  });
  const record = await recordOf(clientId);
  expect(record).toMatchObject({
    interactions: { nodes: [{ summary: '[erased]' }] },
    complaints: { nodes: [{ claim: '[erased]' }] },
    feedback: { nodes: [{ text: '[erased]' }] },
    advice: { nodes: [{ text: '[erased]' }] },
  });
  for (const table of ['contact_point', 'care_date', 'consent_copy', 'client_fact', 'work_item'])
    expect(await world.sql(`select 1 from ${table} where client_id = $1`, [clientId])).toEqual([]);
  expect(await world.sql('select category from complaint where id = $1', [complaint?.id])).toEqual([
    { category: 'FEE' },
  ]);
});
