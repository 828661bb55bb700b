import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { drawdown, FIELDS, watched } from '../../test/watched.js';
import { compliance, people } from '../people.fixture.js';
import { service } from '../service.js';
import { escalateAlerts } from './alerts.js';

let world: World;
const MORNING = new Date('2026-03-02T02:00:00.000Z');
const shanghai = (text: string) => new Date(`${text}+08:00`);

beforeAll(async () => {
  world = await aService(service, { now: MORNING });
});
beforeEach(() => {
  world.clock.now = MORNING;
});
afterAll(() => world.stop());

const { run, done, aClient, eventsOf } = people(() => world);
const { alertsOf } = watched(() => world);

describe('one open alert a client, type and subject', () => {
  test('ten at once are one alert that counts ten, told once', async () => {
    const who = await aClient();
    await Promise.all(Array.from({ length: 10 }, () => world.deliver(drawdown(who))));
    expect(await alertsOf(who)).toMatchObject([{ count: 10, version: 10 }]);
    expect(await eventsOf(who, 'risk.alert.raised')).toHaveLength(1);
    expect(
      await world.sql('select count(*)::int as n from alert_occurrence where client_id = $1', [who.clientId]),
    ).toEqual([{ n: 10 }]);
  });

  test('graver, it is to be taken up again, and sooner; milder, it stays as grave as it was', async () => {
    const who = await aClient();
    await world.deliver(drawdown(who));
    const [first] = await alertsOf(who);
    await done(who.adviser, 'acknowledgeAlert', { alertId: first.id, expectedVersion: 1 }, FIELDS);
    await world.deliver(drawdown(who));
    expect(await alertsOf(who)).toMatchObject([{ state: 'ACKNOWLEDGED', count: 2, severity: 'WARN' }]);
    await world.deliver(drawdown(who, 'GE_20_PCT'));
    expect(await alertsOf(who)).toMatchObject([
      { id: first.id, state: 'OPEN', count: 3, severity: 'SEVERE', dueAt: '2026-03-03T16:00:00.000Z' },
    ]);
    await world.deliver(drawdown(who));
    expect(await alertsOf(who)).toMatchObject([{ severity: 'SEVERE', count: 4 }]);
    expect((await eventsOf(who, 'risk.alert.raised')).map(({ data }) => data['severity'])).toEqual([
      'WARN',
      'SEVERE',
    ]);
  });

  test('once closed, the next is a new one', async () => {
    const who = await aClient();
    await world.deliver(drawdown(who));
    let [alert] = await alertsOf(who);
    alert = await done(
      who.adviser,
      'acknowledgeAlert',
      { alertId: alert.id, expectedVersion: alert.version },
      FIELDS,
    );
    alert = await done(
      who.adviser,
      'actOnAlert',
      {
        alertId: alert.id,
        expectedVersion: alert.version,
        action: 'CLIENT_CONTACTED',
        note: 'Called; stays.',
      },
      FIELDS,
    );
    alert = await done(
      who.adviser,
      'closeAlert',
      { alertId: alert.id, expectedVersion: alert.version, reason: 'CLIENT_INSISTS' },
      FIELDS,
    );
    expect(alert).toMatchObject({ state: 'CLOSED', count: 1 });
    expect(await alertsOf(who)).toEqual([]);
    world.clock.now = new Date(MORNING.getTime() + 1000);
    await world.deliver(drawdown(who));
    expect(await alertsOf(who, compliance, false)).toMatchObject([
      { state: 'OPEN', count: 1 },
      { id: alert.id, state: 'CLOSED', count: 1 },
    ]);
    expect((await eventsOf(who)).map(({ type }) => type)).toEqual([
      'risk.alert.raised',
      'risk.alert.acknowledged',
      'risk.alert.actioned',
      'risk.alert.closed',
      'risk.alert.raised',
    ]);
    expect((await eventsOf(who, 'risk.alert.closed'))[0]?.data).toEqual({
      clientId: who.clientId,
      alertId: alert.id,
      type: 'DRAWDOWN',
      severity: 'WARN',
      dueAt: '2026-03-04T16:00:00.000Z',
    });
  });
});

describe('taken up in time or escalated', () => {
  test('at the instant it is due, once, by however many jobs; then it can still be taken up', async () => {
    const who = await aClient();
    await world.deliver(drawdown(who));
    world.clock.now = new Date('2026-03-04T15:59:59.999Z');
    await escalateAlerts(world.db);
    expect(await alertsOf(who)).toMatchObject([{ state: 'OPEN' }]);
    world.clock.now = new Date('2026-03-04T16:00:00.000Z');
    await Promise.all([escalateAlerts(world.db), escalateAlerts(world.db), escalateAlerts(world.db)]);
    const [late] = await alertsOf(who);
    expect(late.state).toBe('ESCALATED');
    expect(await eventsOf(who, 'risk.alert.escalated')).toHaveLength(1);
    expect(
      (
        await run(
          who.adviser,
          'acknowledgeAlert',
          { alertId: late.id, expectedVersion: late.version },
          FIELDS,
        )
      ).answer,
    ).toMatchObject({ state: 'ACKNOWLEDGED' });
    world.clock.now = shanghai('2026-04-01T00:00:00');
    await escalateAlerts(world.db);
    expect(await alertsOf(who)).toMatchObject([{ state: 'ACKNOWLEDGED' }]);
  });

  test('steps out of order, stale versions, strangers, empty notes: refused, and nothing changes', async () => {
    const who = await aClient();
    await world.deliver(drawdown(who));
    const [{ id: alertId }] = await alertsOf(who);
    const step = (name: string, input: object = {}, by = who.adviser) =>
      run(by, name, { alertId, expectedVersion: 1, ...input }, FIELDS);
    expect((await step('actOnAlert', { action: 'REFERRED' })).codes).toEqual(['ALERT_STATE']);
    expect((await step('closeAlert', { reason: 'RESOLVED' })).codes).toEqual(['ALERT_STATE']);
    expect((await step('closeAlert', { reason: 'RESOLVED', note: ' ' })).codes).toEqual(['BAD_INPUT']);
    expect((await step('acknowledgeAlert', { expectedVersion: 2 })).codes).toEqual(['STALE_VERSION']);
    expect((await step('acknowledgeAlert', {}, (await aClient()).adviser)).codes).toEqual(['NOT_FOUND']);
    expect((await step('acknowledgeAlert', { alertId: freshId() })).codes).toEqual(['NOT_FOUND']);
    for (const role of [
      'CLIENT',
      'AUDITOR',
      'RISK_ASSESSOR',
      'OPERATIONS',
      'MARKETING',
      'ANALYST',
      'ADMIN',
    ] as const)
      expect((await step('acknowledgeAlert', {}, actorOf(who.clientId, [role], who.clientId))).codes).toEqual(
        ['FORBIDDEN'],
      );
    const answers = await Promise.all(Array.from({ length: 10 }, () => step('acknowledgeAlert')));
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  });
});

describe('the lists', () => {
  const LIST =
    'query ($after: String, $type: RiskAlertType, $state: RiskAlertState, $severity: RiskAlertSeverity, $open: Boolean) { riskAlerts(first: 2, after: $after, type: $type, state: $state, severity: $severity, open: $open) { nodes { id clientId type } pageInfo { hasNextPage endCursor } } }';

  test('an adviser walks those of own clients, page by page, newest first; nobody else sees them but compliance and audit', async () => {
    const adviserId = freshId();
    const adviser = actorOf(adviserId, ['ADVISER']);
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      world.clock.now = new Date(MORNING.getTime() + n * 1000);
      const who = await aClient({ adviserId });
      await world.deliver(n === 4 ? drawdown(who, 'GE_20_PCT') : drawdown(who));
      ids.unshift((await alertsOf(who))[0].id);
    }
    const walked: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { data } = await world.ask(adviser, LIST, { after });
      walked.push(...data.riskAlerts.nodes.map(({ id }: { id: string }) => id));
      after = data.riskAlerts.pageInfo.endCursor;
      more = data.riskAlerts.pageInfo.hasNextPage;
    }
    expect(walked).toEqual(ids);
    const { data } = await world.ask(adviser, LIST, { severity: 'SEVERE', open: true });
    expect(data.riskAlerts.nodes.map(({ id }: { id: string }) => id)).toEqual([ids[0]]);
    expect((await world.ask(adviser, LIST, { state: 'CLOSED' })).data.riskAlerts.nodes).toEqual([]);
    expect((await world.ask(actorOf(freshId(), ['ADVISER']), LIST)).data.riskAlerts.nodes).toEqual([]);
    expect(
      (await world.ask(actorOf(freshId(), ['AUDITOR']), LIST, { type: 'DRAWDOWN' })).data.riskAlerts.nodes,
    ).toHaveLength(2);
    for (const role of ['CLIENT', 'RISK_ASSESSOR', 'MARKETING', 'OPERATIONS'] as const)
      expect((await world.ask(actorOf(freshId(), [role], freshId()), LIST)).codes).toEqual(['FORBIDDEN']);
  });

  test('the alerts of fifty clients cost as many statements as those of one, reasons included', async () => {
    const adviserId = freshId();
    const adviser = actorOf(adviserId, ['ADVISER']);
    const whom = await Promise.all(Array.from({ length: 50 }, () => aClient({ adviserId })));
    for (const who of whom) await world.deliver(drawdown(who));
    const cost = (count: number) =>
      world.statements(async () => {
        const { data, codes } = await world.ask(
          adviser,
          'query ($refs: [_Any!]!) { _entities(representations: $refs) { ... on Client { riskAlerts { id reason } } } }',
          {
            refs: whom.slice(0, count).map(({ clientId }) => ({ __typename: 'Client', id: clientId })),
          },
        );
        expect(codes).toEqual([]);
        expect(data._entities.flatMap(({ riskAlerts }: { riskAlerts: object[] }) => riskAlerts)).toHaveLength(
          count,
        );
      });
    expect(await cost(50)).toBe(await cost(1));
  });
});
