import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import {
  AGENT,
  aFiling,
  auditor,
  clientActor,
  compliance,
  decision,
  deskOf,
  isAssigned,
  START,
} from './complaints.fixture.js';

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
const { aClient, run, file, step, codesOf, investigated, eventsOf } = deskOf(() => world);

describe('a complaint', () => {
  test('of 13 February is due on the 28th, extended, decided on time, followed up and closed, each step told', async () => {
    let complaint = await file();
    expect(complaint).toMatchObject({
      status: 'RECEIVED',
      dueOn: '2026-02-28',
      acknowledgeDueAt: '2026-02-14T15:59:59.000Z',
      dueIsProvisional: false,
      isOverdue: false,
    });
    expect(complaint.number).toMatch(/^C-2026-\d{5}$/);
    complaint = await step('acknowledgeComplaint', complaint);
    complaint = await step('assignComplaint', complaint, isAssigned);
    complaint = await step('investigateComplaint', complaint);
    at('2026-02-27T02:00:00.000Z');
    const told = { toldVia: 'PHONE', toldAt: '2026-02-27T01:00:00.000Z', reason: 'Papers of a third party.' };
    complaint = await step('extendComplaint', complaint, { complexity: 'COMPLEX', ...told });
    expect([complaint.dueOn, complaint.complexity]).toEqual(['2026-03-15', 'COMPLEX']);
    at('2026-03-15T15:59:59.000Z');
    const redress = { type: 'REFUND', amount: { amount: '88.5', currency: 'CNY' } };
    complaint = await step('resolveComplaint', complaint, { ...decision, redress, locale: 'EN' });
    expect(complaint).toMatchObject({
      onTime: true,
      redress,
      remedies: expect.stringMatching(/review.*mediation.*court/),
    });
    complaint = await step('followUpComplaint', complaint, { isReached: true, satisfaction: 5 });
    complaint = await step('closeComplaint', complaint);
    expect(complaint.status).toBe('CLOSED');
    const events = await eventsOf(complaint.id);
    expect(events.map(([type]) => type)).toEqual([
      'complaint.received',
      'complaint.acknowledged',
      'complaint.investigating',
      'complaint.extended',
      'complaint.resolved',
      'complaint.followedup',
      'complaint.closed',
    ]);
    expect(events.at(-1)?.[1]).toMatchObject({ dueOn: '2026-03-15', onTime: true, rootCause: 'DISCLOSURE' });
    const history = await world.ask(
      auditor,
      'query ($id: ID!) { complaint(id: $id) { history { action toStatus } } }',
      {
        id: complaint.id,
      },
    );
    expect(history.data.complaint.history).toHaveLength(8);
  });

  test('sent ten times at once with one requestId is filed once', async () => {
    const input = aFiling(await aClient());
    const answers = await Promise.all(Array.from({ length: 10 }, () => run('fileComplaint', input)));
    expect(new Set(answers.map(({ complaint }) => complaint.id)).size).toBe(1);
    expect(await eventsOf(answers[0]!.complaint.id)).toHaveLength(1);
  });

  test('ten filed at once have ten numbers', async () => {
    const filed = await Promise.all(Array.from({ length: 10 }, () => file()));
    expect(new Set(filed.map(({ number }) => number)).size).toBe(10);
  });

  test('acknowledged ten times at once is acknowledged once', async () => {
    const complaint = await file();
    const codes = await Promise.all(
      Array.from({ length: 10 }, () => codesOf('acknowledgeComplaint', complaint)),
    );
    expect(codes.flat().sort()).toEqual(Array(9).fill('STALE_VERSION'));
    expect(await eventsOf(complaint.id)).toHaveLength(2);
  });

  test('carries its clock, whatever the zone of the server, over a year without data as provisional', async () => {
    at('2026-12-31T15:59:00.000Z');
    const complaint = await file({ profile: 'FIRM_FAST' });
    expect(complaint).toMatchObject({ dueOn: '2027-01-07', dueIsProvisional: true });
  });
});

describe('the side exits', () => {
  test('withdrawn by its client it ends that day', async () => {
    const clientId = await aClient();
    const complaint = await file({}, clientId);
    const withdrawn = await step('withdrawComplaint', complaint, {}, clientActor(clientId));
    expect(withdrawn.status).toBe('WITHDRAWN');
    expect((await eventsOf(complaint.id)).at(-1)?.[0]).toBe('complaint.withdrawn');
  });
  test('turned away it says why', async () => {
    const complaint = await file();
    expect((await step('declineComplaint', complaint, { reason: 'Ask the issuer.' })).status).toBe(
      'NOT_OURS',
    );
    expect((await eventsOf(complaint.id)).at(-1)?.[0]).toBe('complaint.notours');
  });
  test('merged it names the one that carries it on; crosswise at once one of the two is merged', async () => {
    const clientId = await aClient();
    const [one, two] = [await file({}, clientId), await file({}, clientId)];
    const codes = await Promise.all([
      codesOf('mergeComplaint', one, { intoId: two.id }),
      codesOf('mergeComplaint', two, { intoId: one.id }),
    ]);
    expect(codes.flat()).toHaveLength(1);
    expect(await codesOf('mergeComplaint', await file(), { intoId: two.id })).toEqual(['OTHER_COMPLAINANT']);
  });
  test('merged into a later one it takes its due date along', async () => {
    const clientId = await aClient();
    const first = await file({ receivedAt: '2026-02-01T02:00:00.000Z' }, clientId);
    const later = await file({}, clientId);
    await step('mergeComplaint', first, { intoId: later.id });
    const merged = await world.ask(
      auditor,
      'query ($id: ID!) { complaint(id: $id) { dueOn acknowledgeDueAt version } }',
      { id: later.id },
    );
    expect(merged.data.complaint).toEqual({
      dueOn: '2026-02-16',
      acknowledgeDueAt: first.acknowledgeDueAt,
      version: 2,
    });
    expect((await eventsOf(later.id)).map(([type, data]) => [type, data['dueOn']])).toEqual([
      ['complaint.received', '2026-02-28'],
      ['complaint.rescheduled', '2026-02-16'],
    ]);
    const gone = await step('mergeComplaint', await file({}, clientId), { intoId: later.id });
    expect(await codesOf('mergeComplaint', gone, { intoId: first.id })).toEqual(['WRONG_STATUS']);
    expect(await codesOf('mergeComplaint', await file({}, clientId), { intoId: gone.id })).toEqual([
      'OTHER_COMPLAINANT',
    ]);
  });
  test('withdrawn by a letter of the day before it has ended that day, and not before it began', async () => {
    const complaint = await file();
    at('2026-02-20T02:00:00.000Z');
    for (const receivedAt of ['2026-02-13T01:59:59.000Z', '2026-02-20T02:00:00.001Z'])
      expect(await codesOf('withdrawComplaint', complaint, { receivedAt })).toEqual(['WITHDRAWN_AT']);
    const receivedAt = '2026-02-19T02:00:00.000Z';
    await step('withdrawComplaint', complaint, { receivedAt });
    const rows = await world.sql('select ended_at from complaint where id = $1', [complaint.id]);
    expect(rows).toEqual([{ ended_at: new Date(receivedAt) }]);
  });
  test('taken up and decided again it forgets how the first decision was received', async () => {
    let complaint = await step('resolveComplaint', await investigated(), decision);
    for (const satisfaction of [1, 4]) {
      complaint = await step('followUpComplaint', complaint, { isReached: true, satisfaction });
      expect(complaint.satisfaction).toBe(satisfaction);
      complaint = await step('reopenComplaint', complaint, { reason: 'Not content.' });
      complaint = await step('investigateComplaint', complaint);
      complaint = await step('resolveComplaint', complaint, decision);
      expect(complaint.satisfaction).toBeNull();
    }
  });
  test('reviewed by another person than the one who decided, then reopened', async () => {
    const both = actorOf(AGENT, ['SERVICE_AGENT', 'COMPLIANCE']);
    const resolved = await step('resolveComplaint', await investigated(), decision);
    const reviewed = await step('reviewComplaint', resolved, { reason: 'Not content.' });
    expect(await codesOf('decideComplaintReview', reviewed, decision, both)).toEqual(['SAME_PERSON']);
    const again = await step('decideComplaintReview', reviewed, decision, compliance);
    const reopened = await step('reopenComplaint', again, { reason: 'New papers.' });
    expect(reopened).toMatchObject({ status: 'REOPENED', onTime: null });
    expect((await eventsOf(resolved.id)).map(([type]) => type).slice(-4)).toEqual([
      'complaint.resolved',
      'complaint.underreview',
      'complaint.resolved',
      'complaint.reopened',
    ]);
  });
  test('closed without a follow-up only after two attempts', async () => {
    let complaint = await step('resolveComplaint', await investigated(), decision);
    expect(await codesOf('closeComplaint', complaint)).toEqual(['NOT_FOLLOWED_UP']);
    for (let n = 0; n < 2; n += 1)
      complaint = await step('followUpComplaint', complaint, { isReached: false });
    expect((await step('closeComplaint', complaint)).status).toBe('CLOSED');
  });
});

describe('a root cause', () => {
  test('that is decided a fifth time opens a rectification until ninety days after the first, and then no more', async () => {
    const decide = async (rootCause: string) =>
      step('resolveComplaint', await investigated(), { ...decision, rootCause });
    const opened = async (rootCause: string) =>
      (await world.sql('select 1 from rectification where root_cause = $1', [rootCause])).length;
    for (const rootCause of ['PRODUCT_DESIGN', 'STAFF_ERROR'])
      for (let n = 0; n < 4; n += 1) await decide(rootCause);
    const later = (ms: number) => at(new Date(START.getTime() + 90 * 86_400_000 + ms).toISOString());
    later(0);
    await decide('STAFF_ERROR');
    later(-1);
    await decide('PRODUCT_DESIGN');
    expect([await opened('STAFF_ERROR'), await opened('PRODUCT_DESIGN')]).toEqual([0, 1]);
  });
  test('that is decided five times within 90 days opens one rectification, ten at once too', async () => {
    const cases = [];
    for (let n = 0; n < 10; n += 1) cases.push(await investigated());
    await Promise.all(cases.map((c) => step('resolveComplaint', c, { ...decision, rootCause: 'SYSTEM' })));
    const rows = await world.sql<{ id: string; version: number }>(
      `select id, version from rectification where root_cause = 'SYSTEM'`,
    );
    expect(rows).toHaveLength(1);
    const opened = await world.events('rectification.opened');
    expect(opened.map(({ data }) => [data['rootCause'], data['count']])).toContainEqual(['SYSTEM', 5]);
    const attached = await world.sql('select 1 from complaint where rectification_id = $1', [rows[0]?.id]);
    expect(attached).toHaveLength(10);
    const ofRectification = async (id: string) =>
      (await world.sql('select rectification_id from complaint where id = $1', [id]))[0]?.[
        'rectification_id'
      ];
    const done = await world.ask(
      compliance,
      'mutation ($input: CompleteRectificationInput!) { completeRectification(input: $input) { status } }',
      {
        input: {
          rectificationId: rows[0]?.id,
          expectedVersion: rows[0]?.version,
          measures: 'A check was added.',
        },
      },
    );
    expect(done.data.completeRectification.status).toBe('DONE');
    const [first] = cases;
    const versionOf = async () =>
      (await world.sql<{ version: number }>('select version from complaint where id = $1', [first.id]))[0]
        ?.version ?? 0;
    const found = { id: first.id, version: await versionOf() };
    const again = await step(
      'investigateComplaint',
      await step('reopenComplaint', found, { reason: 'Again.' }),
    );
    await step('resolveComplaint', again, { ...decision, rootCause: 'SYSTEM' });
    expect(await ofRectification(first.id)).toBe(rows[0]?.id);
    const figures = await world.ask(
      actorOf(freshId(), ['ANALYST']),
      `{ complaintStatistics(from: "2026-02-01", to: "2026-02-28") { decided onTime byRootCause { rootCause decided onTime } } }`,
    );
    expect(figures.data.complaintStatistics.byRootCause).toContainEqual({
      rootCause: 'SYSTEM',
      decided: 10,
      onTime: 10,
    });
  }, 300_000);
});

test('a decided case is to be followed up within seven days and closed within thirty, and the figures say how many there are', async () => {
  const fields = 'followUpDueOn closeDueOn isAfterCareOverdue';
  const see = async (id: string) =>
    (await world.ask(auditor, `query ($id: ID!) { complaint(id: $id) { ${fields} } }`, { id })).data
      .complaint;
  const open = await investigated();
  expect(await see(open.id)).toEqual({ followUpDueOn: null, closeDueOn: null, isAfterCareOverdue: false });
  const resolved = await step('resolveComplaint', open, decision);
  const due = { followUpDueOn: '2026-02-20', closeDueOn: '2026-03-15' };
  expect(await see(open.id)).toEqual({ ...due, isAfterCareOverdue: false });
  at('2026-02-20T16:00:00.000Z');
  expect(await see(open.id)).toEqual({ ...due, isAfterCareOverdue: true });
  const asked = await step('followUpComplaint', resolved, { isReached: true });
  expect(await see(open.id)).toEqual({
    followUpDueOn: null,
    closeDueOn: '2026-03-15',
    isAfterCareOverdue: false,
  });
  await step('closeComplaint', asked);
  expect(await see(open.id)).toEqual({ followUpDueOn: null, closeDueOn: null, isAfterCareOverdue: false });

  at('2026-07-31T16:00:00.000Z');
  await step('acknowledgeComplaint', await file({ category: 'DELAY' }));
  const late = await file({ category: 'DELAY' });
  at('2026-08-20T02:00:00.000Z');
  await step('acknowledgeComplaint', late);
  await world.sql(`update client_copy set status = 'ACTIVE'`);
  const figures = await world.ask(
    compliance,
    `{ complaintStatistics(from: "2026-08-01", to: "2026-08-01") { received acknowledgedOnTime decided onTimePercent clients receivedPerThousandClients byCategory { category categoryLabel received } } }`,
  );
  const { clients, receivedPerThousandClients, ...rest } = figures.data.complaintStatistics;
  expect(rest).toEqual({
    received: 2,
    acknowledgedOnTime: 1,
    decided: 0,
    onTimePercent: null,
    byCategory: [{ category: 'DELAY', categoryLabel: 'Delay', received: 2 }],
  });
  expect(Number(receivedPerThousandClients)).toBeCloseTo(2_000 / clients, 2);
});

test('the complaints of fifty clients cost as many statements as those of one', async () => {
  // One after the other: fifty at once would wait for the pool's connections, and on a busy machine for too long.
  const clients: string[] = [];
  for (let n = 0; n < 50; n += 1) clients.push(await aClient());
  for (const clientId of clients) await file({}, clientId);
  const ask = (ids: string[]) =>
    world.statements(async () => {
      const answer = await world.ask(
        compliance,
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { complaints(status: [RECEIVED]) { nodes { id statusLabel } } } } }',
        { of: ids.map((id) => ({ __typename: 'Client', id })) },
      );
      expect(answer.data._entities.at(-1).complaints.nodes).toHaveLength(1);
    });
  expect(await ask(clients)).toBe(await ask(clients.slice(0, 1)));
}, 300_000);
