import {
  AccessAnomalyFound,
  AuditBroken,
  ComplaintClosed,
  ComplaintExtended,
  ComplaintReceived,
  ComplaintReopened,
  ComplaintRescheduled,
  ComplaintResolved,
  OrderSubmitted,
  RiskProfileChanged,
  SuitabilityChecked,
} from '@client-graph/events';
import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { activate, openPerson } from '../../test/applications.js';
import { comeBack } from '../../test/own-events.js';
import { service } from '../service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const WATCH = actorOf(freshId(), ['COMPLIANCE']);
const NIGHT = '2026-03-02T16:40:00Z';

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown> = {}) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});

const active = async (adviser = actorOf(freshId(), ['ADVISER'])) =>
  activate(ask, OFFICER, await openPerson(ask, adviser));
const supervise = () => service.jobs!.find(({ name }) => name === 'supervise-daily')!.run(world.db);
const night = async (at = NIGHT) => {
  world.clock.now = new Date(at);
  await supervise();
};
type Found = {
  step: string;
  severity: string;
  owner: string | null;
  due: string;
  evidence: string[];
  causes: string[];
};
const found = (step: string, clientId: string | null = null): Promise<Found[]> =>
  world.sql<Found>(
    `select f.step, f.severity, f.owner_id as owner, f.due_on::text as due, f.evidence,
       (select array_agg(cause order by cause) from finding_cause c where c.finding_id = f.id) as causes
     from finding f where step = $1 and client_id is not distinct from $2 order by f.id`,
    [step, clientId],
  );
const order = (clientId: string, side: 'BUY' | 'REDEEM' = 'BUY') => ({
  clientId,
  orderId: freshId(),
  productId: freshId(),
  productClass: 'BANK_WMP' as const,
  side,
  amountMinor: 100,
  currency: 'CNY',
});
const profile = (clientId: string, validTo: string) =>
  RiskProfileChanged({
    clientId,
    assessmentId: freshId(),
    from: null,
    to: 'MEDIUM',
    lowestCategory: false,
    validTo,
  });
const override = (clientId: string, isOverride = true) =>
  SuitabilityChecked({
    clientId,
    decisionId: freshId(),
    productId: freshId(),
    result: 'WARN',
    reasonCodes: [],
    override: isOverride,
  });
const complaint = (changes: object = {}) => ({
  complaintId: freshId(),
  clientId: null,
  category: 'SERVICE',
  severity: 'LOW' as const,
  dueOn: '2026-03-01',
  onTime: null,
  rootCause: null,
  ...changes,
});
/** A file that somebody has opened, as the log of access has it. */
const open = (actorId: string, clientId: string, at: string, role = 'OPERATIONS') =>
  world.sql(
    `insert into access_log (id, at, actor_id, role, subject_type, subjects, fields, is_sensitive)
     values ($1, $2, $3, $4, 'CLIENT', array[$5::uuid], '{name}', false)`,
    [freshId(), at, actorId, role, clientId],
  );

describe('an overdue review', () => {
  test('is found once, however often and how many at once look, and belongs to the adviser', async () => {
    const adviser = actorOf(freshId(), ['ADVISER']);
    const { id } = await active(adviser);
    await world.sql(`update information_review set stage = 'OVERDUE' where client_id = $1`, [id]);
    world.clock.now = new Date(NIGHT);
    await Promise.all(Array.from({ length: 5 }, supervise));
    await supervise();
    const [one, ...more] = await found('OVERDUE_REVIEW', id);
    expect(more).toEqual([]);
    expect(one).toMatchObject({ severity: 'MEDIUM', owner: adviser.id, due: '2026-03-17' });
    await world.sql(`update information_review set stage = 'BLOCKING' where client_id = $1`, [id]);
    await supervise();
    expect(await found('OVERDUE_REVIEW', id)).toHaveLength(1);
    const raised = (await world.events('finding.raised')).filter(({ data }) => data['rule'] === 'policy-3.3');
    expect(raised.length).toBeGreaterThan(0);
    expect(raised[0]?.data).toMatchObject({ template: 'DAILY', severity: 'MEDIUM' });
  });
});

describe('an order', () => {
  test.each<[string, string | null, string, number]>([
    ['without any assessment', null, 'BUY', 1],
    ['on the last day of the assessment', '2026-03-02', 'BUY', 0],
    ['on the day after it', '2026-03-01', 'BUY', 1],
    ['that redeems', '2026-03-01', 'REDEEM', 0],
  ])('%s (valid to %s, %s): %d', async (_, validTo, side, expected) => {
    const { id } = await active();
    if (validTo !== null) await world.deliver(profile(id, validTo), { at: new Date('2026-01-05T02:00:00Z') });
    await world.deliver(OrderSubmitted(order(id, side === 'BUY' ? 'BUY' : 'REDEEM')), { times: 2 });
    await night();
    await supervise();
    expect(await found('EXPIRED_ASSESSMENT_ORDER', id)).toHaveLength(expected);
  });

  test('is judged by what counted when it was placed, not by what came later', async () => {
    const { id } = await active();
    await world.deliver(profile(id, '2026-03-01'), { at: new Date('2026-01-05T02:00:00Z') });
    await world.deliver(OrderSubmitted(order(id)), { at: new Date('2026-03-02T02:00:00Z') });
    await world.deliver(profile(id, '2027-03-01'), { at: new Date('2026-03-02T05:00:00Z') });
    await night();
    expect(await found('EXPIRED_ASSESSMENT_ORDER', id)).toHaveLength(1);
  });

  test('of a professional investor needs none', async () => {
    const { id } = await active();
    await world.sql(
      `insert into investor_status (id, client_id, status, is_qualified, evidence, valid_from, valid_to, decided_by, decided_at)
       values ($1, $2, 'PROFESSIONAL_A', true, 'x', '2026-01-01', '2026-12-31', $1, $3)`,
      [freshId(), id, new Date()],
    );
    await world.deliver(OrderSubmitted(order(id)));
    await night();
    expect(await found('EXPIRED_ASSESSMENT_ORDER', id)).toEqual([]);
  });

  test('of the last hour waits for what may still be under way', async () => {
    const { id } = await active();
    await world.deliver(OrderSubmitted(order(id)), { at: new Date('2026-03-02T16:00:00Z') });
    await night();
    expect(await found('EXPIRED_ASSESSMENT_ORDER', id)).toEqual([]);
    await night('2026-03-03T16:40:00Z');
    expect(await found('EXPIRED_ASSESSMENT_ORDER', id)).toHaveLength(1);
  });
});

describe('decisions above the level', () => {
  test('are found from two within 90 days on, each counted once', async () => {
    const { id } = await active();
    await world.deliver(override(id), { times: 2 });
    await world.deliver(override(id, false));
    await night();
    expect(await found('OVERRIDES', id)).toEqual([]);
    await world.deliver(override(id), { times: 2 });
    await night();
    await supervise();
    const [one, ...more] = await found('OVERRIDES', id);
    expect(more).toEqual([]);
    expect(one?.causes).toHaveLength(2);
    await world.deliver(override(id));
    await night();
    expect(await found('OVERRIDES', id)).toHaveLength(1);
    await world.deliver(override(id));
    await night();
    expect(await found('OVERRIDES', id)).toHaveLength(2);
  });

  test('older than 90 days do not count; ten of one adviser do, over all clients', async () => {
    const { id } = await active();
    for (const at of ['2025-11-01T02:00:00Z', '2026-03-01T02:00:00Z'])
      await world.deliver(override(id), { at: new Date(at) });
    await night();
    expect(await found('OVERRIDES', id)).toEqual([]);
    const adviser = actorOf(freshId(), ['ADVISER']);
    for (let n = 0; n < 10; n += 1) await world.deliver(override((await active(adviser)).id));
    await night();
    await supervise();
    const of = (await found('OVERRIDES')).filter(({ evidence }) => evidence.length === 10);
    expect(of).toHaveLength(1);
  });
});

describe('a complaint', () => {
  const late = async (id: string) =>
    (await found('COMPLAINT_LATE')).filter(({ causes }) => causes[0]?.startsWith(`COMPLAINT:${id}`));

  test('is late on the day after its day, once, also one of a stranger', async () => {
    const told = complaint({ dueOn: '2026-03-02' });
    await world.deliver(ComplaintReceived(told), { times: 2 });
    world.clock.now = new Date('2026-03-02T15:59:00Z');
    await supervise();
    expect(await late(told.complaintId)).toEqual([]);
    await night();
    await supervise();
    expect(await late(told.complaintId)).toHaveLength(1);
  });

  test('that was extended in time, or decided in time, is not; one decided late is', async () => {
    const extended = complaint();
    await world.deliver(ComplaintReceived(extended));
    await world.deliver(ComplaintExtended({ ...extended, dueOn: '2026-03-16', complexity: 'COMPLEX' }));
    const moved = complaint();
    await world.deliver(ComplaintReceived(moved));
    await world.deliver(ComplaintRescheduled({ ...moved, dueOn: '2026-03-16' }));
    const decided = complaint();
    await world.deliver(ComplaintResolved({ ...decided, onTime: true }));
    const tardy = complaint();
    await world.deliver(ComplaintResolved({ ...tardy, onTime: false }));
    await world.deliver(ComplaintClosed({ ...tardy, onTime: false }));
    await night();
    expect(await late(extended.complaintId)).toEqual([]);
    expect(await late(moved.complaintId)).toEqual([]);
    expect(await late(decided.complaintId)).toEqual([]);
    expect(await late(tardy.complaintId)).toHaveLength(1);
  });

  test('that is reopened is late again by its new day', async () => {
    const told = complaint();
    await world.deliver(ComplaintReceived(told));
    await night();
    await world.deliver(ComplaintReopened({ ...told, dueOn: '2026-04-01' }));
    await night('2026-04-01T16:40:00Z');
    expect(await late(told.complaintId)).toHaveLength(2);
  });
});

describe('the log of access', () => {
  const of = async (step: string, who: string, clientId: string | null = null) =>
    (await found(step, clientId)).filter(({ causes }) => causes[0]?.includes(who));

  test('more than fifty files in a day are found, fifty are not; once a day', async () => {
    const [busy, greedy] = [freshId(), freshId()];
    for (let n = 0; n < 51; n += 1) {
      if (n < 50) await open(busy, freshId(), '2026-03-02T03:00:00Z');
      await open(greedy, freshId(), '2026-03-02T03:00:00Z');
    }
    await open(busy, (await found('FILES_READ'))[0]?.evidence[0] ?? freshId(), '2026-03-01T03:00:00Z');
    await night();
    await supervise();
    expect(await of('FILES_READ', busy)).toEqual([]);
    expect(await of('FILES_READ', greedy)).toHaveLength(1);
  });

  test('the same file fifty-one times is one file, and a client who reads their own is none of it', async () => {
    const [who, self] = [freshId(), freshId()];
    for (let n = 0; n < 51; n += 1) {
      await open(who, self, '2026-03-02T03:00:00Z');
      await open(self, freshId(), '2026-03-02T15:30:00Z', 'CLIENT');
    }
    await night();
    expect(await of('FILES_READ', who)).toEqual([]);
    expect(await of('FILES_READ', self)).toEqual([]);
    expect(await of('AFTER_HOURS', self)).toEqual([]);
  });

  test('what another service has seen is found too, once a reader and day', async () => {
    const [actorId, clientId] = [freshId(), (await active()).id];
    const told = { actorId, role: 'ADVISER', day: '2026-03-01', clientId };
    const anomaly = (service: string, kind: 'MANY_FILES' | 'AFTER_HOURS' | 'OWN_RELATIVE', files: number) =>
      AccessAnomalyFound({ ...told, service, kind, files });
    await world.deliver(anomaly('RISK', 'MANY_FILES', 50));
    await world.deliver(anomaly('RISK', 'AFTER_HOURS', 4));
    expect(await of('FILES_READ', actorId)).toEqual([]);
    expect(await of('AFTER_HOURS', actorId)).toEqual([]);
    for (const service of ['RISK', 'PRODUCTS']) {
      await world.deliver(anomaly(service, 'MANY_FILES', 51), { times: 2 });
      await world.deliver(anomaly(service, 'AFTER_HOURS', 5), { times: 2 });
      await world.deliver(anomaly(service, 'OWN_RELATIVE', 1), { times: 2 });
    }
    await night();
    expect(await of('FILES_READ', actorId)).toHaveLength(1);
    expect(await of('AFTER_HOURS', actorId)).toHaveLength(1);
    expect(await of('OWN_FILE', actorId, clientId)).toHaveLength(1);
  });

  test("one's own file and a relative's are found", async () => {
    const staff = freshId();
    const [me, child, stranger] = [await active(), await active(), await active()];
    const input = { staffId: staff, clientId: me.id };
    const say = 'mutation ($input: RecordStaffClientInput!) { recordStaffClient(input: $input) { id } }';
    const { data } = await ask(WATCH, say, { input });
    expect((await ask(WATCH, say, { input })).data.recordStaffClient.id).toBe(data.recordStaffClient.id);
    expect((await ask(WATCH, say, { input: { ...input, staffId: 'x' } })).codes).toEqual(['BAD_INPUT']);
    await ask(OFFICER, 'mutation ($input: RelateClientsInput!) { relateClients(input: $input) { id } }', {
      input: { requestId: freshId(), fromId: me.id, toId: child.id, role: 'PARENT' },
    });
    for (const { id } of [me, child, stranger]) await open(staff, id, '2026-03-02T03:00:00Z');
    await night();
    await supervise();
    expect(await of('OWN_FILE', staff, me.id)).toHaveLength(1);
    expect(await of('OWN_FILE', staff, child.id)).toHaveLength(1);
    expect(await of('OWN_FILE', staff, stranger.id)).toEqual([]);
  });

  test('of who lives in the same household too, and of whom the token says that they are', async () => {
    const [staff, self] = [freshId(), freshId()];
    const [me, lodger] = [await active(), await active()];
    const form = 'mutation ($input: FormHouseholdInput!) { formHousehold(input: $input) { id } }';
    const { data } = await ask(OFFICER, form, { input: { requestId: freshId(), headId: me.id } });
    const join = 'mutation ($input: AddHouseholdMemberInput!) { addHouseholdMember(input: $input) { id } }';
    const member = { householdId: data.formHousehold.id, clientId: lodger.id, role: 'OTHER' };
    expect((await ask(OFFICER, join, { input: { requestId: freshId(), ...member } })).codes).toEqual([]);
    await ask(
      WATCH,
      'mutation ($input: RecordStaffClientInput!) { recordStaffClient(input: $input) { id } }',
      {
        input: { staffId: staff, clientId: me.id },
      },
    );
    await open(staff, lodger.id, '2026-03-02T03:00:00Z');
    await ask(actorOf(self, ['COMPLIANCE'], me.id), `{ client(id: "${lodger.id}") { grade } }`);
    await night();
    expect(await of('OWN_FILE', staff, lodger.id)).toHaveLength(1);
    expect(await of('OWN_FILE', self, lodger.id)).toHaveLength(1);
  });

  test('three files before midnight and two after are five of one night', async () => {
    const owl = freshId();
    for (const at of [15, 15, 15, 16, 22]) await open(owl, freshId(), `2026-02-28T${at}:30:00Z`);
    await night();
    expect(await of('AFTER_HOURS', owl)).toMatchObject([{ causes: [`HOURS:${owl}:2026-02-28`] }]);
  });

  test('five files at night are found, four are not, nor five by day', async () => {
    const [owl, late, lark] = [freshId(), freshId(), freshId()];
    for (let n = 0; n < 5; n += 1) {
      await open(owl, freshId(), '2026-03-01T13:00:00Z');
      if (n < 4) await open(late, freshId(), '2026-03-01T22:59:00Z');
      await open(lark, freshId(), '2026-03-01T23:00:00Z');
    }
    await night();
    expect(await of('AFTER_HOURS', owl)).toHaveLength(1);
    expect(await of('AFTER_HOURS', late)).toEqual([]);
    expect(await of('AFTER_HOURS', lark)).toEqual([]);
  });
});

test('an audit log that does not hold is a finding of the gravest kind, once for what was found first, however many nights', async () => {
  const broken = { service: 'RISK', day: '2026-03-02', verdict: 'TRUNCATED' as const, seq: 7, findings: 1 };
  await world.deliver(AuditBroken(broken), { times: 2 });
  await world.deliver(AuditBroken({ ...broken, day: '2026-03-03', findings: 3 }));
  await world.deliver(AuditBroken({ ...broken, verdict: 'INSERTED', seq: null }));
  const { data } = await ask(
    WATCH,
    '{ findings(first: 100, severity: CRITICAL) { nodes { step stepLabel(locale: ZH_HANS) summary } } }',
  );
  expect(data.findings.nodes.filter(({ step }: { step: string }) => step === 'AUDIT_LOG')).toEqual(
    ['INSERTED, 1 findings', 'TRUNCATED at place 7, 1 findings'].map((what) => ({
      step: 'AUDIT_LOG',
      stepLabel: '审计日志与原记录不符',
      summary: `The audit log of RISK did not hold on 2026-03-02: ${what}.`,
    })),
  );
});

test('what is found is gathered in one inspection, which goes back when something new is found', async () => {
  await comeBack(world);
  const open = () =>
    world.sql<{ id: string; status: string }>(
      `select id, status from inspection where template = 'DAILY' and status <> 'CLOSED'`,
    );
  const { id } = await active();
  await world.deliver(OrderSubmitted(order(id)));
  await night();
  const [daily, ...more] = await open();
  expect(more).toEqual([]);
  await world.sql(`update inspection set status = 'VERIFIED' where id = $1`, [daily?.id]);
  const { id: next } = await active();
  world.clock.now = new Date('2026-03-03T02:00:00Z');
  await world.deliver(OrderSubmitted(order(next)));
  await night('2026-03-03T16:40:00Z');
  expect(await open()).toEqual([{ id: daily?.id, status: 'RECTIFYING' }]);
  const { data } = await ask(
    WATCH,
    '{ findings(first: 100) { nodes { step stepLabel(locale: ZH_HANT) ownerId } } }',
  );
  expect(data.findings.nodes).toContainEqual({
    step: 'EXPIRED_ASSESSMENT_ORDER',
    stepLabel: '風險評估失效後下單',
    ownerId: expect.any(String),
  });
});
