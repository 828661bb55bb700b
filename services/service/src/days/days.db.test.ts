import {
  AssessmentExpiring,
  ClientActivated,
  ClientConsentChanged,
  ClientOnboarded,
  ClientRestricted,
  ClientReviewCompleted,
  ClientReviewDue,
  CoolingOffEnded,
  CoolingOffStarted,
  InterviewCompleted,
  InterviewRequired,
  RiskAlertAcknowledged,
  RiskAlertRaised,
  RiskProfileChanged,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: new Date('2026-03-02T04:00:00.000Z') });
});
afterAll(() => world.stop());

const anAdviser = () => actorOf(freshId(), ['ADVISER']);
type Adviser = ReturnType<typeof anAdviser>;
async function aClient(adviser: Adviser): Promise<string> {
  const clientId = freshId();
  const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade: 'SILVER', ageBand: 'FROM_31' } as const;
  const rest = { adviserId: adviser.id!, fullCivilCapacity: true, institutionType: null, originLeadId: null };
  await world.deliver(ClientOnboarded({ clientId, ...standing, ...rest }));
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  return clientId;
}
async function run(name: string, input: Record<string, unknown>, actor: Adviser, fields = 'id version') {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const answer = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
    { input },
  );
  return { ...answer, row: answer.data?.[name] };
}
const DAY = `{ myDay { day items { kind dueOn note client { id } } planSteps { label client { id } plan { label } } complaints { number client { id } } undelivered { id }
  occasions { client { id } occasion { ruleCode on } } } }`;
const dayOf = async (actor: Adviser) => (await world.ask(actor, DAY)).data.myDay;
const aFollowUp = (clientId: string, changes: Record<string, unknown> = {}) => ({
  requestId: freshId(),
  clientId,
  dueOn: '2026-03-03',
  note: 'Call about the bond part.',
  ...changes,
});
const complain = (clientId: string, actor: Adviser, changes: Record<string, unknown> = {}) =>
  run(
    'fileComplaint',
    { requestId: freshId(), clientId, channel: 'PHONE', category: 'FEE', claim: 'x', ...changes },
    actor,
  );

describe('my day', () => {
  test('holds reviews, assessments, calls, complaints and birthdays of my clients, until they are done, and of nobody else', async () => {
    const adviser = anAdviser();
    const clientId = await aClient(adviser);
    const review = { clientId, kind: 'YEARLY', dueOn: '2026-03-01' };
    const assessmentId = freshId();
    await world.deliver(ClientReviewDue({ ...review, stage: 'DUE' }), { times: 2 });
    await world.deliver(ClientReviewDue({ ...review, stage: 'OVERDUE' }));
    const expiring = AssessmentExpiring({
      clientId,
      assessmentId,
      validTo: '2026-03-09',
      reason: 'VALIDITY',
    });
    await world.deliver(expiring, { times: 2 });
    await run('planFollowUp', aFollowUp(clientId), adviser);
    await run('planFollowUp', aFollowUp(clientId, { dueOn: '2026-03-10' }), adviser);
    await complain(clientId, adviser);
    await complain(clientId, adviser, { concernedStaffIds: [adviser.id] });
    const consent = { purpose: 'CARE_GREETING', channel: null, action: 'GRANT', textVersion: 'T-1' } as const;
    await world.deliver(ClientConsentChanged({ clientId, ...consent }));
    await run('registerCareDate', { clientId, kind: 'BIRTHDAY_SOLAR', month: 3, day: 5 }, adviser, 'id');
    const day = await dayOf(adviser);
    expect(day.items).toEqual([
      { kind: 'REVIEW', dueOn: '2026-03-01', note: null, client: { id: clientId } },
      { kind: 'FOLLOW_UP', dueOn: '2026-03-03', note: 'Call about the bond part.', client: { id: clientId } },
      { kind: 'ASSESSMENT', dueOn: '2026-03-09', note: null, client: { id: clientId } },
    ]);
    expect(day.complaints).toHaveLength(1);
    expect(day.occasions).toEqual([
      { client: { id: clientId }, occasion: { ruleCode: 'BIRTHDAY_SOLAR', on: '2026-03-05' } },
    ]);
    expect(await dayOf(anAdviser())).toMatchObject({ items: [], complaints: [], occasions: [] });
    await world.deliver(ClientReviewCompleted(review), { times: 2 });
    const profile = {
      clientId,
      assessmentId: freshId(),
      from: null,
      to: 'MEDIUM',
      lowestCategory: false,
    } as const;
    await world.deliver(RiskProfileChanged({ ...profile, validTo: '2027-03-01' }), { times: 2 });
    expect((await dayOf(adviser)).items.map(({ kind }: { kind: string }) => kind)).toEqual(['FOLLOW_UP']);
  });

  test('holds interviews to be held and warnings to be taken up, until they are', async () => {
    const adviser = anAdviser();
    const clientId = await aClient(adviser);
    const assessmentId = freshId();
    await world.deliver(InterviewRequired({ clientId, assessmentId, reasonCodes: ['LEVEL_HIGH'] }), {
      times: 2,
    });
    const alert = {
      clientId,
      alertId: freshId(),
      type: 'DRAWDOWN',
      severity: 'SEVERE',
      dueAt: '2026-03-03T15:59:59.000Z',
    } as const;
    await world.deliver(RiskAlertRaised(alert), { times: 2 });
    await world.deliver(RiskAlertRaised(alert));
    const kinds = async () =>
      (await dayOf(adviser)).items.map((item: { kind: string; dueOn: string }) => [item.kind, item.dueOn]);
    expect(await kinds()).toEqual([
      ['INTERVIEW', '2026-03-02'],
      ['ALERT', '2026-03-03'],
    ]);
    await world.deliver(RiskAlertAcknowledged(alert), { times: 2 });
    await world.deliver(InterviewCompleted({ clientId, assessmentId, outcome: 'CONFIRM' }), { times: 2 });
    expect(await kinds()).toEqual([]);
  });

  test('shows nothing of a restricted client', async () => {
    const adviser = anAdviser();
    const clientId = await aClient(adviser);
    await run('planFollowUp', aFollowUp(clientId), adviser);
    await complain(clientId, adviser);
    await world.deliver(
      ClientRestricted({ clientId, from: 'ACTIVE', to: 'RESTRICTED', reason: 'DELETION', until: null }),
    );
    expect(await dayOf(adviser)).toMatchObject({ items: [], complaints: [], occasions: [], planSteps: [] });
  });

  test('costs as many statements with forty clients as with one', async () => {
    const [busy, idle] = [anAdviser(), anAdviser()];
    const clients: string[] = [];
    for (let n = 0; n < 40; n += 1) clients.push(await aClient(busy));
    for (const clientId of clients) await run('planFollowUp', aFollowUp(clientId), busy);
    await run('planFollowUp', aFollowUp(await aClient(idle)), idle);
    const cost = (actor: Adviser) => world.statements(() => dayOf(actor));
    const [many, one] = [await cost(busy), await cost(idle)];
    expect(many).toBe(one);
    // Six lists, what the calendar asks, the plans of the steps, and keys that were not known yet.
    expect(many).toBeLessThanOrEqual(12);
    expect((await dayOf(busy)).items).toHaveLength(40);
  }, 300_000);
});

describe('a follow-up', () => {
  test.each([
    ['yesterday', { dueOn: '2026-03-01' }, 'FOLLOW_UP_DAY'],
    ['in two years', { dueOn: '2028-03-01' }, 'FOLLOW_UP_DAY'],
    ['of no words', { note: ' ' }, 'FOLLOW_UP_NOTE'],
  ])('%s is refused', async (_, changes, code) => {
    const adviser = anAdviser();
    expect((await run('planFollowUp', aFollowUp(await aClient(adviser), changes), adviser)).codes).toEqual([
      code,
    ]);
  });
  test('is not planned for a time in which the client thinks an order over', async () => {
    const adviser = anAdviser();
    const clientId = await aClient(adviser);
    const order = { clientId, orderId: freshId(), productId: freshId(), until: '2026-03-04T04:00:00.000Z' };
    await world.deliver(CoolingOffStarted(order));
    const plan = async (dueOn: string) =>
      (await run('planFollowUp', aFollowUp(clientId, { dueOn }), adviser)).codes;
    expect([await plan('2026-03-03'), await plan('2026-03-04')]).toEqual([['FOLLOW_UP_COOLING_OFF'], []]);
    await world.deliver(CoolingOffEnded(order));
    expect(await plan('2026-03-03')).toEqual([]);
  });
  test('is planned once, ticked off once, by the adviser of the client', async () => {
    const adviser = anAdviser();
    const input = aFollowUp(await aClient(adviser));
    const rows = await Promise.all(Array.from({ length: 10 }, () => run('planFollowUp', input, adviser)));
    expect(new Set(rows.map(({ row }) => row.id)).size).toBe(1);
    const done = { itemId: rows[0]!.row.id, expectedVersion: 1 };
    expect((await run('completeFollowUp', done, anAdviser())).codes).toEqual(['NOT_FOUND']);
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => run('completeFollowUp', done, adviser)),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect((await run('completeFollowUp', { ...done, expectedVersion: 2 }, adviser)).codes).toEqual([
      'ALREADY_DONE',
    ]);
    expect((await run('planFollowUp', aFollowUp(input.clientId), anAdviser())).codes).toEqual(['NOT_FOUND']);
    expect((await run('planFollowUp', input, actorOf(freshId(), ['MARKETING']))).codes).toEqual([
      'FORBIDDEN',
    ]);
  });
  test('is what is ticked off, not a review', async () => {
    const adviser = anAdviser();
    const clientId = await aClient(adviser);
    await world.deliver(ClientReviewDue({ clientId, kind: 'YEARLY', dueOn: '2026-03-01', stage: 'DUE' }));
    const [row] = await world.sql<{ id: string }>('select id from work_item where client_id = $1', [
      clientId,
    ]);
    expect((await run('completeFollowUp', { itemId: row?.id, expectedVersion: 1 }, adviser)).codes).toEqual([
      'NOT_A_FOLLOW_UP',
    ]);
  });
});
