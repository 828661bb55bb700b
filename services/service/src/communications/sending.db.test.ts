import { ClientConsentChanged } from '@client-graph/events';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { careSent } from '../care/care.js';
import { service } from '../service.js';
import { adviser, aMailServer, NOON, postOf } from './communications.fixture.js';
import { sendCommunications } from './dispatch.js';
import { type Provider, smtpProvider } from './providers.js';

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

const { run, consent, aClient, mail, rowsOf, send: post } = postOf(() => world);
const send = (email: Provider = server.provider) => post(email);

describe('a message', () => {
  test('with SMTP down for an hour is tried again and then sent once', async () => {
    const clientId = await aClient();
    await mail([clientId]);
    const down = smtpProvider({ url: 'smtp://127.0.0.1:9', from: 'x@y.example' });
    for (let minute = 0; minute <= 60; minute += 5) {
      world.clock.now = new Date(NOON.getTime() + minute * 60_000);
      expect(await send(down)).toBe(0);
    }
    const [waiting] = await rowsOf(clientId);
    expect(waiting).toMatchObject({ state: 'QUEUED', reason: 'ESOCKET' });
    world.clock.now = new Date(NOON.getTime() + 130 * 60_000);
    expect([await send(), await send(), server.mailbox.length]).toEqual([1, 0, 1]);
  });

  test('whose sender dies in the midst is not sent twice: what was in its hands says so', async () => {
    const clients = await Promise.all([aClient(), aClient()]);
    await mail(clients);
    const dies: Provider = { send: () => Promise.reject(new Error('killed')), close: () => undefined };
    await expect(send(dies)).rejects.toThrow('killed');
    expect(await send()).toBe(0);
    for (const clientId of clients)
      expect(await rowsOf(clientId)).toEqual([{ state: 'UNCERTAIN', reason: 'INTERRUPTED', attempts: 1 }]);
    expect(server.mailbox).toEqual([]);
  });

  test('whose sender dies is handed over again where the provider knows a repeat', async () => {
    const clientId = await aClient();
    await mail([clientId]);
    const taken: string[] = [];
    const forgetful: Provider = {
      knowsRepeats: true,
      send: ({ id }) => {
        taken.push(id);
        return taken.length === 1
          ? Promise.reject(new Error('killed'))
          : Promise.resolve({ outcome: 'TAKEN' });
      },
      close: () => undefined,
    };
    await expect(send(forgetful)).rejects.toThrow('killed');
    expect([await send(forgetful), await send(forgetful)]).toEqual([1, 0]);
    expect([new Set(taken).size, taken.length]).toEqual([1, 2]);
    expect(await rowsOf(clientId)).toEqual([{ state: 'SENT', reason: null, attempts: 1 }]);
  });

  test('that another sender has claimed meanwhile is not handed over by the first', async () => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => aClient()));
    await mail(clients);
    const handed: string[] = [];
    // While the first four are in hand, the rest is taken back and claimed by somebody else, as after a lost lock.
    const robbed: Provider = {
      send: async ({ id }) => {
        handed.push(id);
        if (handed.length === 1)
          await world.sql(
            `update communication set claim_id = $1 where state = 'SENDING' and handed_at is null`,
            [freshId()],
          );
        return { outcome: 'TAKEN' };
      },
      close: () => undefined,
    };
    expect(await send(robbed)).toBe(4);
    expect(handed).toHaveLength(4);
    expect(await send()).toBe(2);
    expect(new Set(server.mailbox).size).toBe(2);
  });

  test('claimed too long ago goes through the gate again, so that a consent taken back is obeyed within a minute', async () => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => aClient()));
    await mail(clients);
    const real = performance.now.bind(performance);
    let late = 0;
    let becomeLate = () => {};
    const isLate = new Promise<void>((resolve) => {
      becomeLate = resolve;
    });
    const clock = jest.spyOn(performance, 'now').mockImplementation(() => real() + late);
    try {
      const handed: string[] = [];
      // Four hands begin at once; while they are busy half a minute goes by and everybody takes the consent back.
      const slow: Provider = {
        send: async ({ to }) => {
          handed.push(to);
          if (handed.length === 4) {
            for (const clientId of clients) await consent(clientId, 'MARKETING', 'WITHDRAW');
            late = 30_001;
            becomeLate();
          }
          await isLate;
          return { outcome: 'TAKEN' };
        },
        close: () => undefined,
      };
      expect(await send(slow)).toBe(4);
      expect(handed).toHaveLength(4);
      const rows = (await Promise.all(clients.map(rowsOf))).flat();
      expect(rows.filter(({ reason }) => reason === 'NO_CONSENT')).toHaveLength(2);
      expect(rows.filter(({ state }) => state === 'SENT')).toHaveLength(4);
    } finally {
      clock.mockRestore();
    }
  });

  test('by SMS goes to the number, once, and waits while the provider is away', async () => {
    const clientId = await aClient();
    await run('setContactPoint', { clientId, channel: 'SMS', address: '+8613800000001' }, adviser);
    const grant = {
      clientId,
      purpose: 'MARKETING',
      channel: 'SMS',
      action: 'GRANT',
      textVersion: 'T-1',
    } as const;
    await world.deliver(ClientConsentChanged(grant));
    await mail([clientId], { channel: 'SMS' });
    const texts: string[] = [];
    let isAway = true;
    const SMS: Provider = {
      knowsRepeats: true,
      send: async ({ to }) => {
        if (isAway) return { outcome: 'NOT_TAKEN', reason: 'HTTP_503' };
        texts.push(to);
        return { outcome: 'TAKEN' };
      },
      close: () => undefined,
    };
    const sendTexts = () => sendCommunications(world.db, { SMS }, careSent);
    expect(await sendTexts()).toBe(0);
    isAway = false;
    world.clock.now = new Date(NOON.getTime() + 60_000);
    expect([await sendTexts(), await sendTexts(), texts]).toEqual([1, 0, ['+8613800000001']]);
  });

  test('to a mailbox that is not there bounces; what was delivered is reported once', async () => {
    const gone = await aClient();
    await run(
      'setContactPoint',
      { clientId: gone, channel: 'EMAIL', address: 'nobody@mail.example.com' },
      adviser,
    );
    const there = await aClient();
    await mail([gone, there]);
    await send();
    expect(await rowsOf(gone)).toEqual([{ state: 'BOUNCED', reason: 'SMTP_550', attempts: 1 }]);
    const [row] = await world.sql<{ id: string }>('select id from communication where client_id = $1', [
      there,
    ]);
    const report = { communicationId: row?.id, outcome: 'DELIVERED' };
    expect((await run('reportCommunication', report)).codes).toEqual([]);
    expect((await run('reportCommunication', report)).codes).toEqual(['NOT_SENT']);
  });

  test('without a provider waits', async () => {
    const clientId = await aClient();
    await mail([clientId]);
    await sendCommunications(world.db, {}, careSent);
    expect(await rowsOf(clientId)).toEqual([{ state: 'QUEUED', reason: 'NO_PROVIDER', attempts: 1 }]);
  });
});
