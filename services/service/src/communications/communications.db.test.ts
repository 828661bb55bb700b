import type { AddressInfo } from 'node:net';
import {
  ClientActivated,
  ClientConsentChanged,
  ClientOnboarded,
  CoolingOffEnded,
  CoolingOffStarted,
  PointsExpiring,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { careSent, queueCare } from '../care/care.js';
import { service } from '../service.js';
import { sendCommunications } from './dispatch.js';
import { type Provider, smtpProvider } from './providers.js';

const ADVISER = freshId();
const adviser = actorOf(ADVISER, ['ADVISER']);
const operations = actorOf(freshId(), ['OPERATIONS']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);

let world: World;
let server: SMTPServer;
let provider: Provider;
const mailbox: string[] = [];
const NOON = new Date('2026-03-02T04:00:00.000Z');

beforeAll(async () => {
  world = await aService(service);
  server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: ({ address }, _session, done) =>
      done(
        address.startsWith('nobody')
          ? Object.assign(new Error('No such mailbox'), { responseCode: 550 })
          : null,
      ),
    onData: (stream, _session, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        mailbox.push(text);
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  provider = smtpProvider({ url: `smtp://127.0.0.1:${port}`, from: 'service@client-graph.example' });
});
afterAll(async () => {
  provider.close();
  await new Promise<void>((resolve) => server.close(resolve));
  await world.stop();
});
beforeEach(async () => {
  world.clock.now = NOON;
  mailbox.length = 0;
});
/** Messages of one test are not sent by the next. */
afterEach(() => world.sql('delete from care_task; delete from communication'));

const send = (email: Provider | undefined = provider) =>
  sendCommunications(world.db, email === undefined ? {} : { EMAIL: email }, careSent);

const consent = (
  clientId: string,
  purpose: 'MARKETING' | 'CARE_GREETING',
  action: 'GRANT' | 'WITHDRAW' = 'GRANT',
) =>
  world.deliver(
    ClientConsentChanged({
      clientId,
      purpose,
      channel: purpose === 'MARKETING' ? 'EMAIL' : null,
      action,
      textVersion: 'T-1',
    }),
    { times: 2 },
  );
async function aClient({ grade = 'BRONZE' as 'BRONZE' | 'GOLD', consents = true, address = true } = {}) {
  const clientId = freshId();
  const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade, ageBand: 'FROM_31' } as const;
  const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
  await world.deliver(ClientOnboarded({ clientId, ...standing, ...rest }), {
    times: 2,
    at: new Date('2025-03-02T04:00:00.000Z'),
  });
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  if (consents) await consent(clientId, 'MARKETING');
  if (consents) await consent(clientId, 'CARE_GREETING');
  if (address)
    await run(
      'setContactPoint',
      { clientId, channel: 'EMAIL', address: `c-${clientId}@mail.example.com` },
      adviser,
    );
  return clientId;
}
async function run(name: string, input: Record<string, unknown>, actor = operations, fields = 'id') {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const answer = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
    { input },
  );
  return { ...answer, row: answer.data?.[name] };
}
async function aTemplate(kind = 'MARKETING', body = 'On {{date}}.') {
  const code = `T${freshId().replaceAll('-', '').slice(0, 30).toUpperCase()}`;
  const { row } = await run(
    'proposeTemplate',
    { requestId: freshId(), code, kind, subject: 'An evening', body },
    operations,
    'id version',
  );
  await run(
    'decideTemplate',
    { templateId: row.id, expectedVersion: row.version, isApproved: true },
    compliance,
  );
  return code;
}
const aMailing = async (clientIds: string[], changes: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  templateCode: await aTemplate(),
  kind: 'MARKETING',
  channel: 'EMAIL',
  variables: [{ name: 'date', value: '8 March' }],
  audience: { clientIds },
  ...changes,
});
const mail = async (clientIds: string[], changes: Record<string, unknown> = {}) => {
  const { row, codes } = await run(
    'createMailing',
    await aMailing(clientIds, changes),
    operations,
    'id recipients',
  );
  expect(codes).toEqual([]);
  return row;
};
const rowsOf = (clientId: string) =>
  world.sql<{ state: string; reason: string | null; attempts: number }>(
    'select state, reason, attempts from communication where client_id = $1 order by id',
    [clientId],
  );
const eventsOf = async (clientId: string) =>
  (await world.events())
    .filter(({ key, type }) => key === clientId && type.startsWith('communication.'))
    .map(({ type, data }) => [type, data['reason'] ?? null]);

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
    expect(mailbox).toHaveLength(12);
    for (const clientId of clients) {
      expect(mailbox.filter((text) => text.includes(`To: c-${clientId}@mail.example.com`))).toHaveLength(1);
      expect(await eventsOf(clientId)).toEqual([['communication.sent', null]]);
    }
    expect(mailbox[0]).toMatch(
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
    expect(mailbox).toEqual([]);
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
    expect([await send(), await send(), mailbox.length]).toEqual([1, 0, 1]);
  });

  test('whose sender dies in the midst is not sent twice: what was in its hands says so', async () => {
    const clients = await Promise.all([aClient(), aClient()]);
    await mail(clients);
    const dies: Provider = { send: () => Promise.reject(new Error('killed')), close: () => undefined };
    await expect(send(dies)).rejects.toThrow('killed');
    expect(await send()).toBe(0);
    for (const clientId of clients)
      expect(await rowsOf(clientId)).toEqual([{ state: 'UNCERTAIN', reason: 'INTERRUPTED', attempts: 1 }]);
    expect(mailbox).toEqual([]);
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
    expect(new Set(mailbox).size).toBe(2);
  });

  test('claimed too long ago goes through the gate again, so that a consent taken back is obeyed within a minute', async () => {
    const clients = await Promise.all(Array.from({ length: 6 }, () => aClient()));
    await mail(clients);
    const real = performance.now.bind(performance);
    let late = 0;
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
          }
          while (late === 0) await new Promise((resolve) => setTimeout(resolve, 5));
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
  expect(mailbox[0]).toContain('2026-03-31');
});

describe('a template', () => {
  const words = { requestId: freshId(), code: 'LECTURE_2026', kind: 'MARKETING', subject: 'S', body: 'B' };
  test('is approved by another person, once, and only then used', async () => {
    const both = actorOf(freshId(), ['OPERATIONS', 'COMPLIANCE']);
    const { row } = await run(
      'proposeTemplate',
      { ...words, requestId: freshId() },
      both,
      'id version revision',
    );
    const unused = { ...(await aMailing([freshId()])), templateCode: words.code, variables: [] };
    expect((await run('createMailing', unused)).codes).toEqual(['NO_TEMPLATE']);
    const decision = { templateId: row.id, expectedVersion: row.version, isApproved: true };
    expect((await run('decideTemplate', decision, both)).codes).toEqual(['OWN_TEMPLATE']);
    const codes = await Promise.all(
      Array.from({ length: 10 }, () => run('decideTemplate', decision, compliance)),
    );
    expect(codes.flatMap((answer) => answer.codes).sort()).toEqual(Array(9).fill('STALE_VERSION'));
    const next = await run('proposeTemplate', { ...words, requestId: freshId() }, both, 'revision');
    expect(next.row.revision).toBe(row.revision + 1);
  });
  test.each([
    ['an unknown variable', { body: '{{surname}}' }, 'UNKNOWN_VARIABLE'],
    ['a promise in disguise', { body: '本產品 保 證 收 益' }, 'BANNED_PHRASE'],
    ['a promise in full width', { subject: 'ＧＵＡＲＡＮＴＥＥＤ' }, 'BANNED_PHRASE'],
    ['a promise pulled apart unseen', { body: 'Risk\u200b-\u00adFREE, 零\u3000風．險' }, 'BANNED_PHRASE'],
    ['a promise that begins in the subject', { subject: '保', body: '本' }, 'BANNED_PHRASE'],
    ['text that the database cannot keep', { body: 'a\u0000b' }, 'BAD_INPUT'],
  ])('with %s is refused', async (_, changes, code) => {
    expect((await run('proposeTemplate', { ...words, requestId: freshId(), ...changes })).codes).toEqual([
      code,
    ]);
  });
  test('is not given a value that it does not know, or a promise', async () => {
    const clientId = await aClient();
    const input = await aMailing([clientId]);
    expect((await run('createMailing', { ...input, variables: [] })).codes).toEqual(['MISSING_VARIABLE']);
    const variables = [{ name: 'date', value: '零風險' }];
    expect((await run('createMailing', { ...input, variables })).codes).toEqual(['BANNED_PHRASE']);
  });
});

describe('an address', () => {
  test('with a line break is refused; a client sets their own and no other', async () => {
    const clientId = await aClient();
    const self = actorOf(clientId, ['CLIENT'], clientId);
    const input = { clientId, channel: 'EMAIL', address: 'a@b.example\r\nBcc: all@c.example' };
    expect((await run('setContactPoint', input, self)).codes).toEqual(['BAD_ADDRESS']);
    expect((await run('setContactPoint', { ...input, address: 'a@b.example' }, self)).codes).toEqual([]);
    expect((await run('setContactPoint', { ...input, clientId: await aClient() }, self)).codes).toEqual([
      'NOT_FOUND',
    ]);
  });
});

describe('care', () => {
  const birthday = { kind: 'BIRTHDAY_SOLAR', month: 3, day: 2 };
  test('greets on the birthday once, with the gift of the grade, and is told without the day', async () => {
    const clientId = await aClient({ grade: 'GOLD' });
    expect((await run('registerCareDate', { clientId, ...birthday }, adviser)).codes).toEqual([]);
    await queueCare(world.db);
    await queueCare(world.db);
    await send();
    const tasks = await world.sql(
      'select rule_code, gift_value::text, sent_at is not null as sent from care_task where client_id = $1 order by 1',
      [clientId],
    );
    expect(tasks).toEqual([
      { rule_code: 'ANNIVERSARY', gift_value: null, sent: true },
      { rule_code: 'BIRTHDAY_SOLAR', gift_value: '300', sent: true },
    ]);
    const told = (await world.events('care.task.sent')).filter(({ key }) => key === clientId);
    expect(told.map(({ data }) => data)).toContainEqual({ clientId, ruleCode: 'BIRTHDAY_SOLAR', year: 2026 });
    expect(mailbox.filter((text) => text.includes(clientId))).toHaveLength(2);
  });
  test('needs consent, and the consent taken back takes the birthday along', async () => {
    const clientId = await aClient({ consents: false });
    expect((await run('registerCareDate', { clientId, ...birthday }, adviser)).codes).toEqual([
      'NO_CARE_CONSENT',
    ]);
    await consent(clientId, 'CARE_GREETING');
    expect((await run('registerCareDate', { clientId, ...birthday }, adviser)).codes).toEqual([]);
    await consent(clientId, 'CARE_GREETING', 'WITHDRAW');
    expect(await world.sql('select 1 from care_date where client_id = $1', [clientId])).toEqual([]);
  });
  test('a year ahead is asked in a fixed number of statements', async () => {
    const clients: string[] = [];
    for (let n = 0; n < 50; n += 1) clients.push(await aClient());
    await run(
      'registerCareDate',
      { clientId: clients[0], kind: 'BIRTHDAY_LUNAR', month: 6, day: 30, isLeapMonth: true },
      adviser,
    );
    const ask = async (ids: string[]) => {
      const of = ids.map((id) => ({ __typename: 'Client', id }));
      const answer = await world.ask(
        adviser,
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { nextCare { ruleCode on isSilent label(locale: ZH_HANT) } } } }',
        { of },
      );
      expect(answer.codes).toEqual([]);
      return answer.data._entities[0].nextCare;
    };
    expect(await world.statements(() => ask(clients))).toBe(
      await world.statements(() => ask(clients.slice(0, 1))),
    );
    const ahead = await ask(clients);
    expect(ahead).toContainEqual({
      ruleCode: 'BIRTHDAY_LUNAR',
      on: '2026-08-12',
      isSilent: false,
      label: '農曆生日',
    });
    expect(ahead).toContainEqual({ ruleCode: 'QINGMING', on: '2026-04-05', isSilent: true, label: '清明' });
    const year = await world.ask(adviser, '{ careCalendar(year: 2027) { ruleCode on } }');
    expect(year.data.careCalendar).toContainEqual({ ruleCode: 'MID_AUTUMN', on: '2027-09-15' });
  }, 300_000);
});
