import { ClientActivated, ClientDeceased, ClientOnboarded, ClientUpdated } from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { service } from '../service.js';
import { openPlansOfTheYear } from './plans.js';

const NOON = new Date('2026-03-02T04:00:00.000Z');
let world: World;
beforeAll(async () => {
  world = await aService(service, { now: NOON });
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = NOON;
});

const anAdviser = () => actorOf(freshId(), ['ADVISER']);
type Adviser = ReturnType<typeof anAdviser>;
const standing = { kind: 'INDIVIDUAL', class: 'ORDINARY', grade: 'GOLD', ageBand: 'FROM_31' } as const;
const rest = { fullCivilCapacity: true, institutionType: null };
async function aClient(adviser: Adviser, onboarded = NOON): Promise<string> {
  const clientId = freshId();
  const draft = ClientOnboarded({
    clientId,
    ...standing,
    ...rest,
    adviserId: adviser.id!,
    originLeadId: null,
  });
  await world.deliver(draft, { at: onboarded });
  await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }), {
    times: 2,
  });
  return clientId;
}
async function run(
  name: string,
  input: Record<string, unknown>,
  actor: Adviser,
  fields = 'id version state',
) {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const answer = await world.ask(
    actor,
    `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} } }`,
    { input },
  );
  return { ...answer, row: answer.data?.[name] };
}
type Step = { id: string; version: number; label: string; dueOn: string; state: string; isOverdue: boolean };
type Plan = {
  id: string;
  version: number;
  templateCode: string;
  state: string;
  isOverdue: boolean;
  steps: Step[];
};
async function plansOf(clientId: string, actor: Adviser): Promise<Plan[]> {
  const { data } = await world.ask(
    actor,
    `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { servicePlans { nodes { id version templateCode state isOverdue label
      steps { id version label dueOn state isOverdue ownerId } } } } } }`,
    { of: [{ __typename: 'Client', id: clientId }] },
  );
  return data._entities[0]?.servicePlans.nodes;
}
const mySteps = async (actor: Adviser): Promise<{ label: string; client: { id: string } }[]> =>
  (await world.ask(actor, '{ myDay { planSteps { label dueOn isOverdue client { id } plan { label } } } }'))
    .data.myDay.planSteps;
const typesOf = async (clientId: string) =>
  (await world.events())
    .filter(({ key, type }) => key === clientId && type.startsWith('plan.'))
    .map(({ type }) => type);

describe('a service plan', () => {
  test('opens at activation by grade, is worked step by step in my day, and ends with a survey', async () => {
    const adviser = anAdviser();
    const clientId = await aClient(adviser);
    const [plan, ...others] = await plansOf(clientId, adviser);
    expect(others).toEqual([]);
    expect(plan).toMatchObject({ templateCode: 'OPENING_GOLD', state: 'OPEN', isOverdue: false });
    expect(plan!.steps.map(({ dueOn }) => dueOn)).toEqual([
      '2026-03-05',
      '2026-03-16',
      '2026-04-01',
      '2026-05-31',
    ]);
    expect((await mySteps(adviser)).map(({ label }) => label)).toEqual(['Welcome call']);
    world.clock.now = new Date('2026-03-05T16:00:00.000Z');
    expect((await plansOf(clientId, adviser))[0]).toMatchObject({ isOverdue: true });
    const done = { stepId: plan!.steps[0]!.id, expectedVersion: 1, note: 'Called.' };
    const codes = await Promise.all(Array.from({ length: 10 }, () => run('completePlanStep', done, adviser)));
    expect(codes.flatMap((answer) => answer.codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect(await mySteps(adviser)).toEqual([]);
    for (const { id, version } of plan!.steps.slice(1, 3))
      await run('completePlanStep', { stepId: id, expectedVersion: version }, adviser);
    const last = plan!.steps[3]!;
    const leave = { stepId: last.id, expectedVersion: 1, isSkipped: true };
    expect((await run('completePlanStep', leave, adviser)).codes).toEqual(['STEP_NOTE']);
    expect((await run('completePlanStep', { ...leave, note: 'Abroad.' }, adviser)).row.state).toBe(
      'COMPLETED',
    );
    expect(await typesOf(clientId)).toEqual(['plan.opened', 'plan.completed']);
    const surveys = await world.sql('select case_kind from survey where client_id = $1', [clientId]);
    expect(surveys).toEqual([{ case_kind: 'SERVICE_PLAN' }]);
  });

  test('of the year opens once for who has been here a year, and follows the client to another adviser', async () => {
    const [before, after] = [anAdviser(), anAdviser()];
    const clientId = await aClient(before, new Date('2025-05-01T04:00:00.000Z'));
    await openPlansOfTheYear(world.db);
    await openPlansOfTheYear(world.db);
    const codes = (await plansOf(clientId, before)).map(({ templateCode }) => templateCode).sort();
    expect(codes).toEqual(['OPENING_GOLD', 'YEAR_GOLD']);
    const update = {
      clientId,
      ...standing,
      ...rest,
      adviserId: after.id!,
      changedFieldCodes: ['ADVISER'],
      version: 2,
    };
    await world.deliver(ClientUpdated(update));
    expect((await mySteps(after)).map(({ label }) => label)).toEqual(['Welcome call']);
    expect(await mySteps(before)).toEqual([]);
  });

  test('opened by hand is open once, with own steps, given to others, moved and cancelled', async () => {
    const [adviser, colleague] = [anAdviser(), anAdviser()];
    const clientId = await aClient(adviser);
    const input = { requestId: freshId(), clientId, templateCode: 'YEAR_GOLD' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => run('openServicePlan', input, adviser)),
    );
    expect(new Set(answers.map(({ row }) => row.id)).size).toBe(1);
    expect((await run('openServicePlan', { ...input, requestId: freshId() }, adviser)).codes).toEqual([
      'PLAN_OPEN',
    ]);
    const unfit = { ...input, requestId: freshId(), templateCode: 'YEAR_DIAMOND' };
    expect((await run('openServicePlan', unfit, adviser)).codes).toEqual(['PLAN_TEMPLATE_UNFIT']);
    const own = {
      requestId: freshId(),
      clientId,
      label: 'Estate',
      steps: [{ label: 'Ask the notary', dueOn: '2026-03-03', ownerId: colleague.id }],
    };
    const { row } = await run('openServicePlan', own, adviser, 'id version steps { id version }');
    expect((await mySteps(colleague)).map(({ label, client }) => [label, client.id])).toEqual([
      ['Ask the notary', clientId],
    ]);
    const move = { stepId: row.steps[0].id, expectedVersion: 1 };
    expect((await run('movePlanStep', { ...move, dueOn: '2026-03-01' }, adviser)).codes).toEqual([
      'STEP_DAY',
    ]);
    expect((await run('movePlanStep', { ...move, dueOn: '2026-06-01' }, adviser)).codes).toEqual([]);
    expect(await mySteps(colleague)).toEqual([]);
    const end = { planId: row.id, expectedVersion: row.version + 1, note: 'Not wanted.' };
    expect((await run('cancelServicePlan', { ...end, note: ' ' }, adviser)).codes).toEqual(['STEP_NOTE']);
    expect((await run('cancelServicePlan', end, adviser)).row.state).toBe('CANCELLED');
    const again = { ...end, expectedVersion: row.version + 2 };
    expect((await run('cancelServicePlan', again, adviser)).codes).toEqual(['PLAN_ENDED']);
  });

  test('of another adviser cannot be seen or worked', async () => {
    const [adviser, stranger] = [anAdviser(), anAdviser()];
    const clientId = await aClient(adviser);
    const [plan] = await plansOf(clientId, adviser);
    expect(await plansOf(clientId, stranger)).toBeUndefined();
    const step = { stepId: plan!.steps[0]!.id, expectedVersion: 1 };
    expect((await run('completePlanStep', step, stranger)).codes).toEqual(['NOT_FOUND']);
    expect((await run('completePlanStep', step, actorOf(freshId(), ['MARKETING']))).codes).toEqual([
      'FORBIDDEN',
    ]);
    const ask = { requestId: freshId(), clientId, templateCode: 'YEAR_GOLD' };
    expect((await run('openServicePlan', ask, stranger)).codes).toEqual(['NOT_FOUND']);
  });

  test('ends when the client has died, and nothing new is planned', async () => {
    const adviser = anAdviser();
    const clientId = await aClient(adviser);
    await world.deliver(ClientDeceased({ clientId, from: 'ACTIVE', to: 'DECEASED', reason: 'TOLD' }), {
      times: 2,
    });
    expect((await plansOf(clientId, adviser)).map(({ state }) => state)).toEqual(['CANCELLED']);
    const ask = { requestId: freshId(), clientId, templateCode: 'YEAR_GOLD' };
    expect((await run('openServicePlan', ask, adviser)).codes).toEqual(['CLIENT_NOT_SERVED']);
  });
});

test('advice is written down once and promises nothing', async () => {
  const adviser = anAdviser();
  const clientId = await aClient(adviser);
  const input = {
    requestId: freshId(),
    clientId,
    kind: 'ALLOCATION',
    text: 'More bonds, fewer shares.',
    decisionId: freshId(),
  };
  const [one, two] = [
    await run('recordAdvice', input, adviser, 'id text'),
    await run('recordAdvice', input, adviser, 'id text'),
  ];
  expect(one.row).toEqual(two.row);
  const promise = { ...input, requestId: freshId(), text: '此产品零 风险' };
  expect((await run('recordAdvice', promise, adviser, 'id')).codes).toEqual(['BANNED_PHRASE']);
});

test('the plans of forty clients cost as many statements as those of one', async () => {
  const adviser = anAdviser();
  const clients: string[] = [];
  for (let n = 0; n < 40; n += 1) clients.push(await aClient(adviser));
  const cost = (ids: string[]) =>
    world.statements(() =>
      world.ask(
        adviser,
        'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Client { servicePlans { nodes { label isOverdue steps { label isOverdue } } } } } }',
        { of: ids.map((id) => ({ __typename: 'Client', id })) },
      ),
    );
  expect(await cost(clients)).toBe(await cost(clients.slice(0, 1)));
}, 300_000);
