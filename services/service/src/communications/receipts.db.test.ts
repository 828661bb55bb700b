import { ClientActivated, ClientOnboarded, HoldingChanged, ProductRatingChanged } from '@client-graph/events';
import { actorOf, aServer, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { careSent } from '../care/care.js';
import { serviceWith } from '../service.js';
import { sendCommunications } from './dispatch.js';
import { type Message, type Provider, signed } from './providers.js';

const SECRET = 'what-the-sms-provider-signs-with';
const ADVISER = freshId();
const NOON = new Date('2026-03-02T04:00:00.000Z');

let handed: Message[] = [];
/** What the provider does while it is handed a message. */
let meanwhile: (message: Message) => Promise<unknown> = async () => undefined;
const SMS: Provider = {
  knowsRepeats: true,
  send: async (message) => {
    handed.push(message);
    await meanwhile(message);
    return { outcome: 'TAKEN' };
  },
  close: () => undefined,
};
const service = serviceWith({ SMS }, { SMS: SECRET, EMAIL: 'what-the-mail-provider-signs-with' });

let world: World;
let server: Awaited<ReturnType<typeof aServer>>;
beforeAll(async () => {
  world = await aService(service, { now: NOON });
  server = await aServer(service, world.db);
});
afterAll(async () => {
  await server.stop();
  await world.stop();
});
beforeEach(() => {
  handed = [];
  meanwhile = async () => undefined;
  world.clock.now = NOON;
});
afterEach(() => world.sql('delete from early_receipt; delete from notice; delete from communication'));

type Report = { messageId: string; outcome: string; reason?: string; at?: string };
const post = (
  body: unknown,
  { path = '/receipts/sms', secret = SECRET, at = world.clock.now, signature = '' } = {},
) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const headers = { 'x-timestamp': timestamp, 'x-signature': signature || signed(secret, timestamp, text) };
  return server.send('POST', path, { text, headers });
};
const tell = async (...reports: Report[]) => {
  const { status, body } = await post({ reports });
  expect(status).toBe(200);
  return (body as { results: { result: string }[] }).results.map(({ result }) => result);
};
const stateOf = async (id: string) =>
  (await world.sql('select state, reason from communication where id = $1', [id]))[0];
const toldOf = async (id: string) =>
  (await world.events())
    .filter(({ type, data }) => type.startsWith('communication.') && data['communicationId'] === id)
    .map(({ type }) => type.slice('communication.'.length));

async function aClient(): Promise<string> {
  const clientId = freshId();
  const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade: 'BRONZE', ageBand: 'FROM_31' } as const;
  const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
  await world.deliver(ClientOnboarded({ clientId, ...standing, ...rest }));
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  const input = { clientId, channel: 'SMS', address: '+8613800000001' };
  const { codes } = await world.ask(
    actorOf(ADVISER, ['ADVISER']),
    'mutation ($input: SetContactPointInput!) { setContactPoint(input: $input) { id } }',
    { input },
  );
  expect(codes).toEqual([]);
  return clientId;
}
/** A notice of a changed rating, queued to one client; the message's id. */
async function aMessage(): Promise<string> {
  const [clientId, productId] = [await aClient(), freshId()];
  await world.deliver(HoldingChanged({ clientId, productId, rating: 'R2', units: '10', valueBand: 'B1' }));
  const changed = { productId, productClass: 'PUBLIC_FUND', from: 'R2', to: 'R4' } as const;
  await world.deliver(ProductRatingChanged({ ...changed, effectiveFrom: '2026-03-02' }));
  const [row] = await world.sql<{ id: string }>('select id from communication where client_id = $1', [
    clientId,
  ]);
  return row!.id;
}
const run = () => service.jobs?.find(({ name }) => name === 'send-communications')?.run(world.db);
async function aSent(): Promise<string> {
  const id = await aMessage();
  await sendCommunications(world.db, { SMS }, careSent);
  expect(await stateOf(id)).toEqual({ state: 'SENT', reason: null });
  return id;
}

describe('a report of a provider', () => {
  test('moves the message on, once, however often it comes', async () => {
    const id = await aSent();
    const delivered = { messageId: id, outcome: 'DELIVERED', at: '2026-03-02T03:59:58Z' };
    expect(await tell(delivered)).toEqual(['TAKEN']);
    expect(await tell(delivered, delivered)).toEqual(['KNOWN', 'KNOWN']);
    expect(await tell({ ...delivered, outcome: 'READ' })).toEqual(['TAKEN']);
    expect(await stateOf(id)).toEqual({ state: 'READ', reason: null });
    expect(await toldOf(id)).toEqual(['sent', 'delivered']);
  });

  test('ten times at once is told once', async () => {
    const id = await aSent();
    const report = { messageId: id, outcome: 'BOUNCED', reason: 'NO_SUCH_NUMBER' };
    const results = (await Promise.all(Array.from({ length: 10 }, () => tell(report)))).flat();
    expect(results.sort()).toEqual([...Array(9).fill('KNOWN'), 'TAKEN']);
    expect(await stateOf(id)).toEqual({ state: 'BOUNCED', reason: 'NO_SUCH_NUMBER' });
    expect(await toldOf(id)).toEqual(['sent', 'bounced']);
  });

  test('out of order comes to the same: read stays read, of delivered and bounced the later counts', async () => {
    const [first, second] = [await aSent(), await aSent()];
    expect(
      await tell({ messageId: first, outcome: 'READ' }, { messageId: first, outcome: 'DELIVERED' }),
    ).toEqual(['TAKEN', 'KNOWN']);
    const bounced = { messageId: second, outcome: 'BOUNCED', reason: 'FULL', at: '2026-03-02T03:59:50Z' };
    const delivered = { messageId: second, outcome: 'DELIVERED', at: '2026-03-02T03:59:40Z' };
    expect(await tell(bounced, delivered)).toEqual(['TAKEN', 'KNOWN']);
    expect((await stateOf(second))?.['state']).toBe('BOUNCED');
    expect(await tell({ ...delivered, at: '2026-03-02T03:59:55Z' })).toEqual(['TAKEN']);
    expect(await stateOf(second)).toEqual({ state: 'DELIVERED', reason: null });
  });

  test('of a message of somebody else, of another channel, or of no id is unknown; the rest is taken', async () => {
    const id = await aSent();
    const unknown = [freshId(), 'SM-4711', "'; drop table communication; --"];
    const reports = [...unknown, id].map((messageId) => ({ messageId, outcome: 'DELIVERED' }));
    expect(await tell(...reports)).toEqual(['UNKNOWN', 'UNKNOWN', 'UNKNOWN', 'TAKEN']);
    const mail = { path: '/receipts/email', secret: 'what-the-mail-provider-signs-with' };
    const answer = await post({ reports: [{ messageId: id, outcome: 'BOUNCED' }] }, mail);
    expect(answer.body).toEqual({ results: [{ messageId: id, result: 'UNKNOWN' }] });
  });

  test('of a message that was never handed over is not believed', async () => {
    const id = await aMessage();
    expect(await tell({ messageId: id, outcome: 'DELIVERED' })).toEqual(['NOT_SENT']);
    expect((await stateOf(id))?.['state']).toBe('QUEUED');
  });

  test('that comes while the message is being handed over waits until that is written down', async () => {
    const id = await aMessage();
    const results: string[] = [];
    meanwhile = async ({ id: messageId }) => {
      results.push(...(await tell({ messageId, outcome: 'READ' }, { messageId, outcome: 'DELIVERED' })));
      results.push(...(await tell({ messageId, outcome: 'READ' })));
    };
    await run();
    expect([results, handed.length]).toEqual([['EARLY', 'EARLY', 'EARLY'], 1]);
    expect(await stateOf(id)).toEqual({ state: 'READ', reason: null });
    expect(await world.sql('select 1 from early_receipt')).toEqual([]);
    expect(await toldOf(id)).toEqual(['sent', 'delivered']);
    const [notice] = await world.sql('select informed_via from notice where communication_id = $1', [id]);
    expect(notice).toEqual({ informed_via: 'READ' });
  });

  test('of a message whose provider gave no answer spares the second handing over', async () => {
    const id = await aMessage();
    const silent: Provider = { ...SMS, send: async () => ({ outcome: 'NOT_TAKEN', reason: 'NO_ANSWER' }) };
    await sendCommunications(world.db, { SMS: silent }, careSent);
    expect(await tell({ messageId: id, outcome: 'DELIVERED' })).toEqual(['TAKEN']);
    world.clock.now = new Date(NOON.getTime() + 3_600_000);
    await run();
    expect([handed.length, (await stateOf(id))?.['state']]).toEqual([0, 'DELIVERED']);
  });
});

describe('a post is refused', () => {
  const body = () => ({ reports: [{ messageId: freshId(), outcome: 'DELIVERED' }] });
  test.each([
    ['without a signature that fits', { signature: `sha256=${'0'.repeat(64)}` }],
    ['with one that is none', { signature: 'x' }],
    ['signed with another secret', { secret: 'a-secret-of-somebody-else' }],
    ['listened to and sent again after five minutes', { at: new Date(NOON.getTime() - 301_000) }],
    ['signed for the future', { at: new Date(NOON.getTime() + 301_000) }],
  ])('%s', async (_, changes) => {
    const { status, body: answer } = await post(body(), changes);
    expect([status, answer]).toEqual([401, { code: 'NOT_SIGNED' }]);
  });
  test('whose body was changed on its way', async () => {
    const id = await aSent();
    const [good, bad] = ['DELIVERED', 'BOUNCED'].map((outcome) =>
      JSON.stringify({ reports: [{ messageId: id, outcome }] }),
    );
    const timestamp = String(NOON.getTime() / 1_000);
    expect((await post(bad!, { signature: signed(SECRET, timestamp, good!) })).status).toBe(401);
    expect((await stateOf(id))?.['state']).toBe('SENT');
  });
  test.each([
    ['that is no JSON', '{', 400, 'BAD_JSON'],
    ['that is too large', `{"reports":"${'x'.repeat(70_000)}"}`, 413, 'TOO_LARGE'],
    ['of another form', '{"reports":[{}]}', 422, 'BAD_REPORT'],
  ])('%s', async (_, text, status, code) => {
    const answer = await post(text);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining({ code })]);
  });
  test('for a channel without a secret, signed or not', async () => {
    const answer = await post(body(), { path: '/receipts/wechat' });
    expect([answer.status, answer.body]).toEqual([404, { code: 'NO_PROVIDER' }]);
  });
});
