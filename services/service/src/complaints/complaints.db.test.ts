import { ClientOnboarded, ClientRestricted } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { recountProvisionalClocks } from './provisional.js';

const ADVISER = freshId();
const AGENT = freshId();
const agent = actorOf(AGENT, ['SERVICE_AGENT']);
const other = actorOf(freshId(), ['SERVICE_AGENT']);
const adviser = actorOf(ADVISER, ['ADVISER']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);
const auditor = actorOf(freshId(), ['AUDITOR']);
const clientActor = (id: string) => actorOf(id, ['CLIENT'], id);

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
const START = new Date('2026-02-13T02:00:00.000Z');
beforeEach(() => {
  world.clock.now = START;
});
const at = (instant: string) => {
  world.clock.now = new Date(instant);
};

async function aClient(): Promise<string> {
  const clientId = freshId();
  const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade: 'BRONZE', ageBand: 'FROM_31' } as const;
  const rest = { adviserId: ADVISER, fullCivilCapacity: true, institutionType: null, originLeadId: null };
  await world.deliver(ClientOnboarded({ clientId, ...standing, ...rest }));
  return clientId;
}

const FIELDS = /* GraphQL */ `
  id version number status dueOn dueAt acknowledgeDueAt dueIsProvisional isOverdue complexity onTime remedies
  redress { type amount { amount currency } }
`;
const OWN = new Set(['fileComplaint', 'withdrawComplaint', 'reopenComplaint', 'reviewComplaint']);
const INPUTS: Record<string, string> = {
  proposeComplaintExtension: 'ProposeExtensionInput',
  decideComplaintExtension: 'DecideExtensionInput',
  decideComplaintReview: 'ResolveComplaintInput',
  reopenComplaint: 'TakeUpComplaintInput',
  reviewComplaint: 'TakeUpComplaintInput',
};
async function run(name: string, input: Record<string, unknown>, actor = agent) {
  const type = INPUTS[name] ?? `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const operation = `mutation ($input: ${type}!) { ${name}(input: $input) { ${FIELDS} } }`;
  const answer = await world.ask(actor, operation, { input });
  return { ...answer, complaint: answer.data?.[name] };
}
const aFiling = (clientId: string | null, changes: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  clientId,
  channel: 'PHONE',
  category: 'FEE',
  claim: 'The fee was not told.',
  ...changes,
});
const file = async (changes: Record<string, unknown> = {}, clientId?: string) => {
  const { complaint, codes } = await run('fileComplaint', aFiling(clientId ?? (await aClient()), changes));
  expect(codes).toEqual([]);
  return complaint;
};
type Found = { id: string; version: number };
const step = async (name: string, complaint: Found, input: Record<string, unknown> = {}, actor = agent) => {
  const answer = await run(
    name,
    { complaintId: complaint.id, expectedVersion: complaint.version, ...input },
    actor,
  );
  expect(answer.codes).toEqual([]);
  return answer.complaint;
};
const codesOf = async (name: string, complaint: Found, input: Record<string, unknown> = {}, actor = agent) =>
  (await run(name, { complaintId: complaint.id, expectedVersion: complaint.version, ...input }, actor)).codes;

const isAssigned = { handlerId: AGENT, isRecusalChecked: true };
const decision = {
  findings: 'It was not told.',
  decision: 'The fee is given back.',
  rootCause: 'DISCLOSURE',
};
async function investigated(changes: Record<string, unknown> = {}) {
  const acknowledged = await step('acknowledgeComplaint', await file(changes));
  return step('investigateComplaint', await step('assignComplaint', acknowledged, isAssigned));
}
const eventsOf = async (key: string) =>
  (await world.events()).filter((event) => event.key === key).map(({ type, data }) => [type, data] as const);

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

describe('fileComplaint', () => {
  const third = { kind: 'THIRD_PARTY', name: 'Somebody', contact: '000' };
  test.each([
    [
      'with six representatives',
      { representatives: ['a', 'b', 'c', 'd', 'e', 'f'] },
      'TOO_MANY_REPRESENTATIVES',
    ],
    ['by a third party without authority', { complainant: third }, 'AUTHORITY_MISSING'],
    ['received tomorrow', { receivedAt: '2026-02-14T02:00:00.000Z' }, 'RECEIVED_IN_THE_FUTURE'],
    ['without words', { claim: ' ' }, 'TEXT_LENGTH'],
    ['with 21 products', { productIds: Array.from({ length: 21 }, freshId) }, 'TOO_MANY_PRODUCTS'],
    ['about a product that is none', { productIds: ['x'] }, 'BAD_INPUT'],
  ])('%s is refused and leaves nothing behind', async (_, changes, code) => {
    const clientId = await aClient();
    expect((await run('fileComplaint', aFiling(clientId, changes))).codes).toEqual([code]);
    expect(await world.sql('select 1 from complaint where client_id = $1', [clientId])).toEqual([]);
  });
  test('takes an heir with proof, five representatives, and a non-client who says how to be reached', async () => {
    const heir = { kind: 'HEIR', name: 'An heir', contact: '000', authorityReference: 'NOTARY-7' };
    await file({ complainant: heir, representatives: ['a', 'b', 'c', 'd', 'e'] });
    const stranger = { kind: 'NON_CLIENT', name: 'Passer-by', contact: '000' };
    expect((await run('fileComplaint', aFiling(null, { complainant: stranger }))).codes).toEqual([]);
    expect((await run('fileComplaint', aFiling(null))).codes).toEqual(['COMPLAINANT_UNKNOWN']);
    expect(
      (await run('fileComplaint', aFiling(null, { complainant: { ...stranger, contact: '' } }))).codes,
    ).toEqual(['COMPLAINANT_UNKNOWN']);
  });
  test('of a merged client is refused, of an unknown one not found', async () => {
    const clientId = await aClient();
    await world.sql(`update client_copy set status = 'MERGED' where client_id = $1`, [clientId]);
    expect((await run('fileComplaint', aFiling(clientId))).codes).toEqual(['CLIENT_MERGED']);
    expect((await run('fileComplaint', aFiling(freshId()))).codes).toEqual(['NOT_FOUND']);
  });
  test('by a client is for themself and counts from now', async () => {
    const clientId = await aClient();
    const filing = aFiling(clientId, { receivedAt: '2026-01-05T02:00:00.000Z' });
    expect((await run('fileComplaint', filing, clientActor(clientId))).complaint.dueOn).toBe('2026-02-28');
    expect((await run('fileComplaint', aFiling(clientId), clientActor(await aClient()))).codes).toEqual([
      'NOT_FOUND',
    ]);
    expect((await run('fileComplaint', aFiling(null), clientActor(clientId))).codes).toEqual(['NOT_FOUND']);
  });
});

describe('who may', () => {
  test('a complaint about the caller is not there for them', async () => {
    const clientId = await aClient();
    const complaint = await file({ concernedStaffIds: [ADVISER, AGENT] }, clientId);
    const ask = async (actor = adviser) =>
      (await world.ask(actor, 'query ($id: ID!) { complaint(id: $id) { id } }', { id: complaint.id })).data
        .complaint;
    expect([await ask(), await ask(agent), await ask(other)]).toEqual([null, null, { id: complaint.id }]);
    expect(await codesOf('acknowledgeComplaint', complaint)).toEqual(['NOT_FOUND']);
    const list = await world.ask(
      adviser,
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { complaints { nodes { id } } } } }',
      { of: [{ __typename: 'Client', id: clientId }] },
    );
    expect(list.data._entities[0].complaints.nodes).toEqual([]);
    expect(
      await codesOf('assignComplaint', complaint, { handlerId: ADVISER, isRecusalChecked: true }, other),
    ).toEqual(['HANDLER_CONCERNED']);
  });
  test('the client sees the case, not its internals, and another client nothing', async () => {
    const clientId = await aClient();
    const { id } = await file({}, clientId);
    const see = (actor: typeof agent, field: string) =>
      world.ask(actor, `query ($id: ID!) { complaint(id: $id) { ${field} } }`, { id });
    expect((await see(clientActor(clientId), 'status')).data.complaint.status).toBe('RECEIVED');
    expect((await see(clientActor(clientId), 'rootCause history { id }')).codes).toEqual([
      'FORBIDDEN',
      'FORBIDDEN',
    ]);
    expect((await see(clientActor(await aClient()), 'status')).data.complaint).toBeNull();
    expect((await see(actorOf(freshId(), ['ADVISER']), 'status')).data.complaint).toBeNull();
  });
  test('of a restricted client an open complaint is worked on, a decided one only stored', async () => {
    const clientId = await aClient();
    const open = await file({}, clientId);
    const gone = await step('withdrawComplaint', await file({}, clientId));
    await world.deliver(
      ClientRestricted({ clientId, from: 'ACTIVE', to: 'RESTRICTED', reason: 'DELETION', until: null }),
    );
    const seen = async (actor: typeof agent) => {
      const { data } = await world.ask(actor, '{ complaints(first: 100) { nodes { id } } }');
      const listed = data.complaints.nodes.map(({ id }: { id: string }) => id);
      const one = async (id: string) =>
        (await world.ask(actor, 'query ($id: ID!) { complaint(id: $id) { id } }', { id })).data.complaint !==
        null;
      return [listed.includes(open.id), listed.includes(gone.id), await one(open.id), await one(gone.id)];
    };
    expect(await seen(agent)).toEqual([true, false, true, false]);
    expect(await seen(auditor)).toEqual([true, true, true, true]);
    expect((await step('acknowledgeComplaint', open)).status).toBe('ACKNOWLEDGED');
  });
  test.each(['acknowledgeComplaint', 'closeComplaint', 'declineComplaint'])(
    'no adviser may %s',
    async (name) => {
      const complaint = await file();
      const input = name === 'declineComplaint' ? { reason: 'x' } : {};
      expect(await codesOf(name, complaint, input, adviser)).toEqual(['FORBIDDEN']);
      expect(OWN.has(name)).toBe(false);
    },
  );
});

test.each([
  ['2025-12-31T15:59:59.000Z', 'CN_NFRA', '2026-01-15'],
  ['2025-12-31T15:59:59.000Z', 'FIRM_FAST', '2026-01-08'],
  ['2025-12-31T16:00:00.000Z', 'CN_NFRA', '2026-01-16'],
  ['2024-02-14T04:00:00.000Z', 'CN_NFRA', '2024-02-29'],
  ['2019-01-01T04:00:00.000Z', 'CN_NFRA', '2019-01-16'],
])(
  'received at %s, before the clock of %s was a table, a complaint is due on %s',
  async (receivedAt, profile, dueOn) => {
    expect(await file({ receivedAt, profile })).toMatchObject({ dueOn, dueIsProvisional: false });
  },
);

describe('the special extension', () => {
  const told = { toldVia: 'PHONE', toldAt: START.toISOString() };
  async function proposed() {
    const complex = await step('extendComplaint', await investigated(), {
      complexity: 'COMPLEX',
      reason: 'Complex.',
      ...told,
    });
    const wish = { complexity: 'SPECIAL', reason: 'Abroad.' };
    expect(await codesOf('extendComplaint', complex, { ...wish, ...told })).toEqual(['NEEDS_SECOND_PERSON']);
    const complaint = await step('proposeComplaintExtension', complex, wish);
    const [row] = await world.sql<{ id: string }>(
      `select id from complaint_extension where complaint_id = $1 and status = 'PROPOSED'`,
      [complaint.id],
    );
    return { complaint, extensionId: row?.id };
  }
  const approvalOf = async (targetId: string | undefined) =>
    (await world.sql('select status from approval where target_id = $1', [targetId]))[0]?.['status'];
  test('is granted by a second person who says how the complainant was told', async () => {
    const { complaint, extensionId } = await proposed();
    const ask = { extensionId, isGranted: true };
    expect(await codesOf('decideComplaintExtension', complaint, ask, compliance)).toEqual(['TOLD_AT']);
    expect(await codesOf('decideComplaintExtension', complaint, { ...ask, ...told })).toEqual(['FORBIDDEN']);
    expect(
      await codesOf('proposeComplaintExtension', complaint, { complexity: 'SPECIAL', reason: 'x' }),
    ).toEqual(['EXTENSION_PROPOSED']);
    const waiting = await world.ask(
      compliance,
      '{ serviceApprovals(first: 100) { nodes { action targetId canDecide } } }',
    );
    expect(waiting.data.serviceApprovals.nodes).toContainEqual({
      action: 'COMPLAINT_EXTENSION',
      targetId: extensionId,
      canDecide: true,
    });
    const granted = await step('decideComplaintExtension', complaint, { ...ask, ...told }, compliance);
    expect([granted.dueOn, granted.complexity]).toEqual(['2026-04-14', 'SPECIAL']);
    expect(await approvalOf(extensionId)).toBe('APPROVED');
  });
  test('is not granted by who proposed it, be they both', async () => {
    const both = actorOf(AGENT, ['SERVICE_AGENT', 'COMPLIANCE']);
    const { complaint, extensionId } = await proposed();
    expect(
      await codesOf('decideComplaintExtension', complaint, { extensionId, isGranted: true, ...told }, both),
    ).toEqual(['SAME_PERSON']);
  });
  test("is not decided by the client's own adviser", async () => {
    const adviser = actorOf(ADVISER, ['ADVISER', 'COMPLIANCE']);
    const { complaint, extensionId } = await proposed();
    const ask = { extensionId, isGranted: true, ...told };
    expect(await codesOf('decideComplaintExtension', complaint, ask, adviser)).toEqual(['OWN_CLIENT']);
  });
  test('is granted as it was proposed only, and is refused by time', async () => {
    const { complaint, extensionId } = await proposed();
    const ask = { extensionId, isGranted: true, ...told };
    await world.sql('update complaint_extension set complexity = $2 where id = $1', [extensionId, 'COMPLEX']);
    expect(await codesOf('decideComplaintExtension', complaint, ask, compliance)).toEqual([
      'PAYLOAD_CHANGED',
    ]);
    await world.sql('update complaint_extension set complexity = $2 where id = $1', [extensionId, 'SPECIAL']);
    world.clock.now = new Date(START.getTime() + 60 * 86_400_000);
    expect(await codesOf('decideComplaintExtension', complaint, ask, compliance)).toEqual([
      'PROPOSAL_EXPIRED',
    ]);
    await service.jobs?.find(({ name }) => name === 'expire-approvals')?.run(world.db);
    expect(await world.sql('select status from complaint_extension where id = $1', [extensionId])).toEqual([
      { status: 'REFUSED' },
    ]);
    expect(await approvalOf(extensionId)).toBe('EXPIRED');
  });
  test('decided ten times at once is granted once', async () => {
    const { complaint, extensionId } = await proposed();
    const ask = { extensionId, isGranted: true, ...told };
    const codes = await Promise.all(
      Array.from({ length: 10 }, () => codesOf('decideComplaintExtension', complaint, ask, compliance)),
    );
    expect(codes.flat()).toEqual(Array(9).fill('STALE_VERSION'));
  });
  test('refused, or granted after the due date, changes nothing', async () => {
    const { complaint, extensionId } = await proposed();
    at('2026-03-15T16:00:00.000Z');
    expect(
      await codesOf(
        'decideComplaintExtension',
        complaint,
        { extensionId, isGranted: true, ...told },
        compliance,
      ),
    ).toEqual(['PAST_DUE']);
    const refused = await step(
      'decideComplaintExtension',
      complaint,
      { extensionId, isGranted: false },
      compliance,
    );
    expect([refused.dueOn, refused.isOverdue]).toEqual(['2026-03-15', true]);
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

test('the working calendar says when nothing is published yet', async () => {
  const ask = async (year: number) =>
    (await world.ask(agent, `{ workingCalendar(year: ${year}) { isProvisional makeUpDays } }`)).data
      ?.workingCalendar;
  expect((await ask(2026)).makeUpDays).toContain('2026-02-14');
  expect(await ask(2030)).toEqual({ isProvisional: true, makeUpDays: [] });
  expect(await ask(0)).toBeUndefined();
});

test('a due date counted through an unpublished year is counted again once its days off are known', async () => {
  at('2026-12-31T02:00:00.000Z');
  const { id } = await file({ profile: 'FIRM_FAST' });
  await world.sql(
    `insert into calendar_day (day, kind, labels, source) values ('2027-01-01', 'OFF', '{}', 'test')`,
  );
  await recountProvisionalClocks(world.db);
  await recountProvisionalClocks(world.db);
  const [row] = await world.sql('select due_at, due_is_provisional, version from complaint where id = $1', [
    id,
  ]);
  expect(row).toEqual({
    due_at: new Date('2027-01-08T15:59:59.000Z'),
    due_is_provisional: false,
    version: 2,
  });
});
