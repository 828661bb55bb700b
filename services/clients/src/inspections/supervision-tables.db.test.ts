import { AccessAnomalyFound } from '@client-graph/events';
import { type Actor, ROLES, type Role } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';

const WATCH = actorOf(freshId(), ['COMPLIANCE']);
const AUDITOR = actorOf(freshId(), ['AUDITOR']);

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});

const send = async (actor: Actor, name: string, type: string, input: object) => {
  const { data, codes, errors } = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { id status } }`,
    { input },
  );
  return { row: data?.[name], codes, details: errors[0]?.extensions?.['details'] };
};
const propose = (content: unknown, more: object = {}, actor = WATCH) =>
  send(actor, 'proposeSupervisionTable', 'ProposeSupervisionTableInput', {
    requestId: freshId(),
    kind: 'DAILY_CHECKS',
    version: `v-${freshId()}`,
    effectiveFrom: '2026-04-01',
    source: 'policy 9.2',
    content: typeof content === 'string' ? content : JSON.stringify(content),
    reason: 'Fifty files are too many.',
    ...more,
  });
const decide = (tableId: string, actor = AUDITOR, decision = 'APPROVE') =>
  send(actor, 'decideSupervisionTable', 'DecideSupervisionTableInput', {
    tableId,
    decision,
    reason: 'Seen.',
  });
const withdraw = (tableId: string, actor = WATCH) =>
  send(actor, 'withdrawSupervisionTable', 'SupervisionTableInput', { tableId });
const checks = async () => {
  const { data } = await world.ask(AUDITOR, '{ dailyChecks { version effectiveFrom content } }');
  return { ...data.dailyChecks, content: JSON.parse(data.dailyChecks.content) };
};
const findings = async () =>
  (await world.sql<{ n: number }>(`select count(*)::int as n from finding where step = 'FILES_READ'`))[0]?.n;

test('what daily checks look for is changed by two people from a day on; every service is told the limits of reading', async () => {
  const { content } = await checks();
  const effectiveFrom = '2026-04-01';
  const tighter = { ...content, FILES_READ: { ...content.FILES_READ, perDay: 20 } };
  const { row } = await propose(tighter, { version: '2026.2', effectiveFrom });
  expect((await decide(row.id, WATCH)).codes).toEqual(['MAKER_IS_CHECKER']);
  expect(await world.events('access.limits.changed')).toEqual([]);
  expect((await decide(row.id)).row.status).toBe('APPROVED');
  expect((await decide(row.id)).codes).toEqual(['PROPOSAL_CLOSED']);
  expect((await world.events('access.limits.changed')).map(({ data }) => data)).toEqual([
    { version: '2026.2', effectiveFrom, files: 20, from: '07:00', to: '21:00' },
  ]);
  expect((await checks()).version).toBe('2026.1');

  const anomaly = (day: string) =>
    AccessAnomalyFound({
      service: 'RISK',
      kind: 'MANY_FILES',
      actorId: freshId(),
      role: 'ADVISER',
      day,
      files: 30,
      clientId: freshId(),
    });
  await world.deliver(anomaly('2026-03-01'));
  expect(await findings()).toBe(0);
  world.clock.now = new Date('2026-04-01T02:00:00Z');
  expect(await checks()).toMatchObject({ version: '2026.2', content: tighter });
  await world.deliver(anomaly('2026-03-31'));
  expect(await findings()).toBe(1);
});

test('a template is replaced from a day on; an inspection that has begun keeps the one it was opened by', async () => {
  const forces = async () =>
    (await world.ask(AUDITOR, '{ inspectionTemplates { code version period dueDays steps { code } } }')).data
      .inspectionTemplates as { code: string; version: string; period: string; dueDays: number }[];
  const [stored] = await world.sql<{ content: { dueDays: number } }>(
    `select content from inspection_template where code = 'SUITABILITY_HALF_YEAR'`,
  );
  const about = { kind: 'INSPECTION_TEMPLATE', code: 'SUITABILITY_HALF_YEAR' };
  const otherPeriod = await propose({ ...stored?.content, period: 'YEAR' }, about);
  expect([otherPeriod.codes, otherPeriod.details]).toEqual([['SUPERVISION_TABLE_WRONG'], { at: ['period'] }]);
  const { row } = await propose({ ...stored?.content, dueDays: 30 }, { ...about, version: '2026.9' });
  await decide(row.id);
  expect((await forces()).find(({ code }) => code === about.code)).toMatchObject({
    version: '2026.1',
    dueDays: 60,
  });
  world.clock.now = new Date('2026-04-01T02:00:00Z');
  expect((await forces()).find(({ code }) => code === about.code)).toMatchObject({
    version: '2026.9',
    dueDays: 30,
  });
});

describe('refused', () => {
  test.each<[string, (content: Record<string, object>) => unknown, string[]]>([
    ['no JSON', () => '{', ['']],
    ['a check missing', ({ OWN_FILE: _, ...rest }) => rest, ['OWN_FILE']],
    ['a check unknown', (content) => ({ ...content, GOSSIP: {} }), ['']],
    [
      'none a day',
      (content) => ({ ...content, FILES_READ: { ...content['FILES_READ'], perDay: 0 } }),
      ['FILES_READ.perDay'],
    ],
    [
      'an hour that is none',
      (content) => ({ ...content, AFTER_HOURS: { ...content['AFTER_HOURS'], from: '25:00' } }),
      ['AFTER_HOURS.from'],
    ],
    [
      'a night before its evening',
      (content) => ({ ...content, AFTER_HOURS: { ...content['AFTER_HOURS'], from: '07:00', to: '21:00' } }),
      ['AFTER_HOURS.to'],
    ],
  ])('%s', async (_, change, at) => {
    const { codes, details } = await propose(change((await checks()).content));
    expect([codes, details]).toEqual([['SUPERVISION_TABLE_WRONG'], { at }]);
  });

  test('a day that has come, a version there is, a second proposal beside an open one, a withdrawal by another', async () => {
    const { content } = await checks();
    expect((await propose(content, { effectiveFrom: '2026-03-02' })).codes).toEqual([
      'SUPERVISION_TABLE_PAST',
    ]);
    expect((await propose(content, { version: '2026.1' })).codes).toEqual(['SUPERVISION_TABLE_TAKEN']);
    const { row } = await propose(content, { effectiveFrom: '2026-05-01' });
    expect((await propose(content, { effectiveFrom: '2026-06-01' })).codes).toEqual(['PROPOSAL_OPEN']);
    expect((await withdraw(row.id, AUDITOR)).codes).toEqual(['NOT_THE_MAKER']);
    world.clock.now = new Date('2026-03-20T02:00:00Z');
    expect((await withdraw(row.id)).row.status).toBe('WITHDRAWN');
    const late = await propose(content, { effectiveFrom: '2026-03-25' });
    world.clock.now = new Date('2026-03-26T02:00:00Z');
    expect((await decide(late.row.id)).codes).toEqual(['SUPERVISION_TABLE_PAST']);
    world.clock.now = new Date('2026-04-26T02:00:00Z');
    await service.jobs!.find(({ name }) => name === 'expire-approvals')!.run(world.db);
    const { data } = await world.ask(
      AUDITOR,
      '{ supervisionTables(first: 1) { nodes { id status content } } }',
    );
    expect(data.supervisionTables.nodes[0]).toMatchObject({ id: late.row.id, status: 'EXPIRED' });
  });

  test.each(Object.keys(ROLES) as Role[])('by role: %s', async (role) => {
    const { codes } = await propose('{', {}, actorOf(freshId(), [role]));
    expect(codes).toEqual([
      ['COMPLIANCE', 'AUDITOR'].includes(role) ? 'SUPERVISION_TABLE_WRONG' : 'FORBIDDEN',
    ]);
  });
});
