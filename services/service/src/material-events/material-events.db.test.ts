import {
  ClientActivated,
  ClientOnboarded,
  ClientRestricted,
  HoldingChanged,
  ProductRatingChanged,
  ProductSuspended,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { sendCommunications } from '../communications/dispatch.js';
import type { Provider } from '../communications/providers.js';
import { service } from '../service.js';
import { planNoticeCalls } from './material-events.js';

const ADVISER = freshId();
const adviser = actorOf(ADVISER, ['ADVISER']);
const operations = actorOf(freshId(), ['OPERATIONS']);
const NOON = new Date('2026-03-02T04:00:00.000Z');

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOON });
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.clock.now = NOON;
  await world.sql(`update communication set state = 'SUPPRESSED', reason = 'TEST' where state = 'QUEUED'`);
});

async function aClient(address = true): Promise<string> {
  const clientId = freshId();
  const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade: 'BRONZE', ageBand: 'FROM_31' } as const;
  const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
  await world.deliver(ClientOnboarded({ clientId, ...standing, ...rest }));
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  if (address)
    await run(
      'setContactPoint',
      { clientId, channel: 'EMAIL', address: `c-${clientId}@mail.example.com` },
      adviser,
    );
  return clientId;
}
const hold = (clientId: string, productId: string, units = '10') =>
  world.deliver(HoldingChanged({ clientId, productId, rating: 'R3', units, valueBand: 'B1' }), { times: 2 });
async function run(name: string, input: Record<string, unknown>, actor = operations, fields = 'id') {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const answer = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
    {
      input,
    },
  );
  return { ...answer, row: answer.data?.[name] };
}
const EVENT = `query ($id: ID!) { materialEvent(id: $id) { id source severity event deadline products { id }
  coverage { audience sent delivered informed failed deliveredPercent informedPercent callsOpen }
  notices { nodes { id client { id } informedVia communication { id state reason } } } } }`;
/** The event about a product, as who opens events sees it. */
const told = async (productId: string) => {
  const [row] = await world.sql<{ id: string }>('select id from material_event where $1 = any(product_ids)', [
    productId,
  ]);
  return (await world.ask(operations, EVENT, { id: row?.id ?? freshId() })).data.materialEvent;
};
const provider: Provider = { send: async () => ({ outcome: 'TAKEN' }), close: () => undefined };
const send = () => sendCommunications(world.db, { EMAIL: provider }, async () => undefined);
const rerate = (productId: string, to: 'R2' | 'R4' = 'R4') =>
  ProductRatingChanged({
    productId,
    productClass: 'PUBLIC_FUND',
    from: 'R3',
    to,
    effectiveFrom: '2026-03-05',
  });
const anEvent = (changes: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  source: 'DEFAULT',
  severity: 'SEVERE',
  productIds: [freshId()],
  event: 'The issuer has not paid.',
  effectiveOn: '2026-03-02',
  ...changes,
});
type Item = { id: string; version: number; kind: string; dueOn: string; client: { id: string } };
const callsOf = async (clients: string[]): Promise<Item[]> =>
  (
    await world.ask(adviser, '{ myDay { items { id version kind dueOn client { id } } } }')
  ).data.myDay.items.filter(
    ({ kind, client }: Item) => kind === 'NOTICE_CALL' && clients.includes(client.id),
  );

describe('a product re-rated R3 to R4', () => {
  test('is told once to those who hold it then, and to nobody who buys or sells it later', async () => {
    const productId = freshId();
    const [holder, seller, buyer] = [await aClient(), await aClient(), await aClient()];
    await hold(holder, productId);
    await hold(seller, productId);
    await hold(seller, productId, '0');
    await world.deliver(rerate(productId), { times: 2 });
    await world.deliver(rerate(productId));
    await hold(buyer, productId);
    const event = await told(productId);
    expect(event).toMatchObject({
      source: 'RATING_CHANGED',
      severity: 'SEVERE',
      // One working day after Monday 2 March.
      deadline: '2026-03-03T15:59:59.000Z',
      products: [{ id: productId }],
      coverage: { audience: 1, sent: 0, deliveredPercent: '0' },
    });
    expect(event.notices.nodes.map(({ client }: { client: { id: string } }) => client.id)).toEqual([holder]);
    const opened = await world.events('material.event.opened');
    expect(opened.filter(({ key }) => key === event.id).map(({ data }) => data['count'])).toEqual([1]);
  });

  test('a lower rating may take five working days; a product nobody holds is told to nobody', async () => {
    const productId = freshId();
    await world.deliver(rerate(freshId()));
    await hold(await aClient(), productId);
    await world.deliver(rerate(productId, 'R2'));
    expect(await told(productId)).toMatchObject({ severity: 'NORMAL', deadline: '2026-03-09T15:59:59.000Z' });
  });

  test('who has not read it by the deadline is called, once; coverage follows each proof', async () => {
    const productId = freshId();
    const clients = [await aClient(), await aClient(), await aClient(), await aClient(false)];
    for (const clientId of clients) await hold(clientId, productId);
    await world.deliver(rerate(productId));
    expect(await send()).toBe(3);
    const { notices, coverage } = await told(productId);
    expect(coverage).toMatchObject({ audience: 4, sent: 3, delivered: 0, informed: 0, failed: 1 });
    const noticeOf = (clientId: string) =>
      notices.nodes.find(({ client }: { client: { id: string } }) => client.id === clientId);
    const read = { communicationId: noticeOf(clients[0]!).communication.id, outcome: 'READ' };
    expect((await run('reportCommunication', read)).codes).toEqual([]);
    const self = actorOf(clients[1]!, ['CLIENT'], clients[1]);
    const confirm = { noticeId: noticeOf(clients[1]!).id };
    expect((await run('confirmNotice', confirm, actorOf(clients[0]!, ['CLIENT'], clients[0]))).codes).toEqual(
      ['NOT_FOUND'],
    );
    const codes = await Promise.all(Array.from({ length: 10 }, () => run('confirmNotice', confirm, self)));
    expect(codes.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('ALREADY_INFORMED'));
    await planNoticeCalls(world.db);
    expect(await callsOf(clients)).toEqual([]);
    world.clock.now = new Date('2026-03-03T16:00:00.000Z');
    await planNoticeCalls(world.db);
    await planNoticeCalls(world.db);
    const calls = await callsOf(clients);
    expect(calls.map(({ client }) => client.id).sort()).toEqual([clients[2], clients[3]].sort());
    expect(calls[0]?.dueOn).toBe('2026-03-04');
    expect((await told(productId)).coverage.callsOpen).toBe(2);
    const call = calls.find(({ client }) => client.id === clients[2])!;
    expect(
      (await run('completeFollowUp', { itemId: call.id, expectedVersion: call.version }, adviser)).codes,
    ).toEqual([]);
    const late = noticeOf(clients[3]!).id;
    expect(
      (await run('confirmNotice', { noticeId: late }, actorOf(clients[3]!, ['CLIENT'], clients[3]))).codes,
    ).toEqual([]);
    expect(await callsOf(clients)).toEqual([]);
    expect((await told(productId)).coverage).toMatchObject({
      delivered: 4,
      informed: 4,
      informedPercent: '100',
      callsOpen: 0,
    });
    const proofs = (await world.events('notice.confirmed')).slice(-4).map(({ data }) => data['reason']);
    expect(proofs).toEqual(['READ', 'CONFIRMED', 'CALLED', 'CONFIRMED']);
  });
});

test('a suspension is told by itself', async () => {
  const productId = freshId();
  await hold(await aClient(), productId);
  const suspended = ProductSuspended({ productId, productClass: 'PUBLIC_FUND', rating: 'R3' });
  await world.deliver(suspended, { times: 2 });
  expect(await told(productId)).toMatchObject({
    source: 'SUSPENDED',
    severity: 'SEVERE',
    coverage: { audience: 1 },
  });
});

describe('a material event opened by hand', () => {
  test('reaches the holders once, sent ten times at once with one requestId', async () => {
    const productId = freshId();
    const clientId = await aClient();
    await hold(clientId, productId);
    const input = anEvent({ productIds: [productId] });
    const answers = await Promise.all(Array.from({ length: 10 }, () => run('openMaterialEvent', input)));
    expect(new Set(answers.map(({ row }) => row.id)).size).toBe(1);
    expect(await world.sql('select 1 from notice where client_id = $1', [clientId])).toHaveLength(1);
  });
  test('of the firm reaches the grades named, be they restricted', async () => {
    const clientId = await aClient();
    await world.deliver(
      ClientRestricted({ clientId, from: 'ACTIVE', to: 'RESTRICTED', reason: 'DELETION', until: null }),
    );
    const input = anEvent({
      source: 'FIRM_EVENT',
      productIds: [],
      grades: ['BRONZE'],
      event: 'We have moved.',
    });
    expect((await run('openMaterialEvent', input)).codes).toEqual([]);
    expect(await world.sql('select 1 from notice where client_id = $1', [clientId])).toHaveLength(1);
    await send();
    const [row] = await world.sql(
      'select state from communication where client_id = $1 order by id desc limit 1',
      [clientId],
    );
    expect(row).toEqual({ state: 'SENT' });
  });
  test.each([
    ['of no product', { productIds: [] }, 'MATERIAL_AUDIENCE'],
    ['of 21 products', { productIds: Array.from({ length: 21 }, freshId) }, 'MATERIAL_AUDIENCE'],
    ['of the firm with a product', { source: 'FIRM_EVENT' }, 'MATERIAL_AUDIENCE'],
    ['about no product of ours', { productIds: ['x'] }, 'BAD_INPUT'],
    ['of two lines', { event: 'a\nb' }, 'MATERIAL_WORDS'],
    ['of no words', { event: ' ' }, 'MATERIAL_WORDS'],
    ['that promises', { event: '本 產 品 保 本' }, 'BANNED_PHRASE'],
    ['that concerns nobody', {}, 'NO_RECIPIENTS'],
  ])('%s is refused and leaves nothing behind', async (_, changes, code) => {
    const before = await world.sql('select 1 from material_event');
    expect((await run('openMaterialEvent', anEvent(changes))).codes).toEqual([code]);
    expect(await world.sql('select 1 from material_event')).toHaveLength(before.length);
  });
  test('is not for an adviser, a client or marketing', async () => {
    for (const role of ['ADVISER', 'CLIENT', 'MARKETING', 'ANALYST'] as const)
      expect((await run('openMaterialEvent', anEvent(), actorOf(freshId(), [role]))).codes).toEqual([
        'FORBIDDEN',
      ]);
    expect((await world.ask(adviser, EVENT, { id: freshId() })).codes).toEqual(['FORBIDDEN']);
  });
});

test('the notices of fifty clients cost as many statements as those of one', async () => {
  const clients: string[] = [];
  const productId = freshId();
  for (let n = 0; n < 50; n += 1) clients.push(await aClient(false));
  for (const clientId of clients) await hold(clientId, productId);
  await world.deliver(rerate(productId));
  const ask = (ids: string[]) =>
    world.statements(async () => {
      const { data } = await world.ask(
        adviser,
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { notices { nodes { informedVia materialEvent { event products { id } } communication { state } } } } } }',
        { of: ids.map((id) => ({ __typename: 'Client', id })) },
      );
      expect(data._entities.at(-1).notices.nodes).toHaveLength(1);
    });
  expect(await ask(clients)).toBe(await ask(clients.slice(0, 1)));
}, 300_000);
