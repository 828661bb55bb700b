import { CoolingOffEnded, CoolingOffStarted, PointsExpiring } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { adviser, aMailServer, compliance, NOON, operations, postOf } from './communications.fixture.js';
import type { Provider } from './providers.js';

let world: World;
let server: Awaited<ReturnType<typeof aMailServer>>;
beforeAll(async () => {
  world = await aService(service);
  server = await aMailServer();
});
afterAll(async () => {
  await server.stop();
  await world.stop();
});
beforeEach(() => {
  world.clock.now = NOON;
  server.mailbox.length = 0;
});
/** Messages of one test are not sent by the next. */
afterEach(() => world.sql('delete from care_task; delete from communication'));

const { run, consent, aClient, aMailing, mail, rowsOf, eventsOf, send: post } = postOf(() => world);
const send = (email: Provider = server.provider) => post(email);

describe('a mailing', () => {
  test('reaches each of its audience once, by real SMTP, and is told', async () => {
    const clients = await Promise.all(Array.from({ length: 12 }, () => aClient()));
    const { id, recipients } = await mail(clients);
    expect(recipients).toBe(12);
    expect(
      await Promise.all(Array.from({ length: 10 }, () => send())).then((sent) =>
        sent.reduce((a, b) => a + b),
      ),
    ).toBe(12);
    expect(await send()).toBe(0);
    expect(server.mailbox).toHaveLength(12);
    for (const clientId of clients) {
      expect(
        server.mailbox.filter((text) => text.includes(`To: c-${clientId}@mail.example.com`)),
      ).toHaveLength(1);
      expect(await eventsOf(clientId)).toEqual([['communication.sent', null]]);
    }
    expect(server.mailbox[0]).toMatch(
      /Subject: An evening[\s\S]*Message-ID: <[0-9a-f-]+@client-graph>[\s\S]*On 8 March\./,
    );
    const figures = await world.ask(
      operations,
      'query ($id: ID!) { mailing(id: $id) { figures { state reason count } } }',
      { id },
    );
    expect(figures.data.mailing.figures).toEqual([{ state: 'SENT', reason: null, count: 12 }]);
  });

  test('tells who opted out within thirty days of it, and of no other', async () => {
    const clients = await Promise.all(Array.from({ length: 5 }, () => aClient()));
    const { id } = await mail(clients);
    await send();
    const optOuts = async () =>
      (
        await world.ask(
          operations,
          'query ($id: ID!) { mailing(id: $id) { optOuts { sent optedOut rate } } }',
          { id },
        )
      ).data.mailing.optOuts;
    expect(await optOuts()).toEqual({ sent: 5, optedOut: 0, rate: '0' });
    const later = (days: number) => new Date(NOON.getTime() + days * 86_400_000);
    world.clock.now = later(1);
    await consent(clients[0]!, 'MARKETING', 'WITHDRAW');
    await consent(clients[1]!, 'CARE_GREETING', 'WITHDRAW');
    world.clock.now = later(30);
    await consent(clients[2]!, 'MARKETING', 'WITHDRAW');
    world.clock.now = later(31);
    await consent(clients[3]!, 'MARKETING', 'WITHDRAW');
    expect(await optOuts()).toEqual({ sent: 5, optedOut: 2, rate: '0.4' });
    await consent(clients[0]!, 'MARKETING');
    expect(await optOuts()).toEqual({ sent: 5, optedOut: 1, rate: '0.2' });
  });

  test('sent ten times at once with one requestId is queued once', async () => {
    const clientId = await aClient();
    const input = await aMailing([clientId]);
    const answers = await Promise.all(Array.from({ length: 10 }, () => run('createMailing', input)));
    expect(new Set(answers.map(({ row }) => row.id)).size).toBe(1);
    expect(await rowsOf(clientId)).toHaveLength(1);
  });

  test.each([
    ['without consent', async () => aClient({ consents: false }), 'NO_CONSENT'],
    ['without an address', async () => aClient({ address: false }), 'NO_ADDRESS'],
    [
      'who took consent back',
      async () => {
        const clientId = await aClient();
        await consent(clientId, 'MARKETING', 'WITHDRAW');
        return clientId;
      },
      'NO_CONSENT',
    ],
    [
      'in a cooling-off',
      async () => {
        const clientId = await aClient();
        const order = {
          clientId,
          orderId: freshId(),
          productId: freshId(),
          until: '2026-03-03T04:00:00.000Z',
        };
        await world.deliver(CoolingOffStarted(order), { times: 2 });
        return clientId;
      },
      'COOLING_OFF',
    ],
    [
      'in mourning',
      async () => {
        const clientId = await aClient();
        await run('recordBereavement', { clientId, until: '2026-04-01' }, adviser);
        return clientId;
      },
      'BEREAVED',
    ],
    [
      'with a grave complaint',
      async () => {
        const clientId = await aClient();
        const complaint = {
          requestId: freshId(),
          clientId,
          channel: 'PHONE',
          category: 'FEE',
          severity: 'HIGH',
          claim: 'x',
        };
        expect((await run('fileComplaint', complaint, adviser)).codes).toEqual([]);
        return clientId;
      },
      'GRAVE_COMPLAINT',
    ],
  ])('does not go to a client %s, and says why', async (_, make, reason) => {
    const clientId = await make();
    await mail([clientId]);
    expect(await send()).toBe(0);
    expect(await rowsOf(clientId)).toEqual([{ state: 'SUPPRESSED', reason, attempts: 0 }]);
    expect((await eventsOf(clientId)).at(-1)).toEqual(['communication.suppressed', reason]);
    expect(server.mailbox).toEqual([]);
  });

  test('goes once the cooling-off has ended', async () => {
    const clientId = await aClient();
    const order = { clientId, orderId: freshId(), productId: freshId(), until: '2026-03-09T04:00:00.000Z' };
    await world.deliver(CoolingOffStarted(order));
    await world.deliver(CoolingOffEnded(order), { times: 2 });
    await mail([clientId]);
    expect(await send()).toBe(1);
  });

  test('of a third one in a week is too many, even in one batch', async () => {
    const clientId = await aClient();
    for (let n = 0; n < 3; n += 1) await mail([clientId]);
    expect(await send()).toBe(2);
    expect((await rowsOf(clientId)).map(({ reason }) => reason).sort()).toEqual(['FREQUENCY', null, null]);
  });

  test('waits out the quiet hours, and Qingming stops it', async () => {
    const clientId = await aClient();
    world.clock.now = new Date('2026-04-04T14:00:00.000Z');
    await mail([clientId]);
    await send();
    expect(await rowsOf(clientId)).toEqual([{ state: 'QUEUED', reason: 'QUIET_HOURS', attempts: 0 }]);
    world.clock.now = new Date('2026-04-05T00:30:00.000Z');
    await send();
    expect(await rowsOf(clientId)).toEqual([{ state: 'SUPPRESSED', reason: 'QINGMING', attempts: 0 }]);
  });

  test('of an adviser goes to assigned clients only', async () => {
    const clientId = await aClient();
    const stranger = actorOf(freshId(), ['ADVISER']);
    expect((await run('createMailing', await aMailing([clientId]), stranger)).codes).toEqual([
      'NO_RECIPIENTS',
    ]);
    expect((await run('createMailing', await aMailing([clientId]), compliance)).codes).toEqual(['FORBIDDEN']);
  });
});

test('points that lapse are told once', async () => {
  const clientId = await aClient({ consents: false });
  await world.deliver(PointsExpiring({ clientId, amount: 88, expiresOn: '2026-03-31' }), { times: 2 });
  expect(await send()).toBe(1);
  expect(server.mailbox[0]).toContain('2026-03-31');
});
