import { aService, type World } from '@client-graph/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { adviser, aMailServer, NOON, postOf } from '../communications/communications.fixture.js';
import type { Provider } from '../communications/providers.js';
import { service } from '../service.js';
import { queueCare } from './care.js';

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

const { run, consent, aClient, send: post } = postOf(() => world);
const send = (email: Provider = server.provider) => post(email);

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
    expect(server.mailbox.filter((text) => text.includes(clientId))).toHaveLength(2);
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
