import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { openOrganisation, openPerson } from '../../test/applications.js';
import { service } from '../service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const CHECKER = actorOf(freshId(), ['COMPLIANCE']);
const PROPOSE =
  'mutation ($input: ProposeGradeOverrideInput!) { proposeGradeOverride(input: $input) { id status version client { id } } }';
const decision = (name: string) =>
  `mutation ($input: DecideGradeOverrideInput!) { ${name}GradeOverride(input: $input) { id status version } }`;
const END = 'mutation ($input: EndGradeOverrideInput!) { endGradeOverride(input: $input) { status } }';
const WAITING = '{ gradeOverrideProposals { nodes { id } } }';

let world: World;
const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
  world.ask(actor, operation, variables);
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(() => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
});

const tick = () => {
  world.clock.now = new Date(world.clock.now.getTime() + 1_000);
};
const run = (name: string) => service.jobs!.find((job) => job.name === name)!.run(world.db);
const asked = (clientId: string, changes: object = {}) => ({
  input: {
    requestId: freshId(),
    clientId,
    grade: 'DIAMOND',
    until: '2026-12-31',
    reason: 'founder of the firm',
    ...changes,
  },
});
const propose = async (actor: Actor, clientId: string, changes: object = {}) =>
  (await world.ask(actor, PROPOSE, asked(clientId, changes))).data.proposeGradeOverride as { id: string };
const decide = (actor: Actor, name: string, overrideId: string, expectedVersion = 1) => {
  tick();
  return world.ask(actor, decision(name), { input: { overrideId, expectedVersion, reason: 'agreed' } });
};
const read = async (id: string) =>
  (
    await world.ask(
      OFFICER,
      `{ client(id: "${id}") { class grade gradeReasons gradeHistory { grade } gradeOverrides { status } } }`,
    )
  ).data.client;

test('a fall past two lines is kept on the client from the day of each', async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']), { investmentYears: 5 });
  const record = async (asOf: string, amount: string) => {
    world.clock.now = new Date(`${asOf}T02:00:00Z`);
    const money = (one: string) => ({ amount: one, currency: 'CNY' });
    const worth = { aumWithFirm: money(amount), externalVerified: money('0') };
    const input = { requestId: freshId(), clientId: id, asOf, ...worth, source: 'STATEMENT' };
    await world.ask(OFFICER, 'mutation ($input: RecordAssetsInput!) { recordAssets(input: $input) { id } }', {
      input,
    });
  };
  await record('2026-03-02', '5000000');
  await record('2026-03-03', '1000000');
  await record('2026-06-15', '0');
  const grades = [];
  for (const day of ['2026-06-30', '2026-07-01', '2026-09-30', '2026-10-01']) {
    world.clock.now = new Date(`${day}T02:00:00Z`);
    for (const _ of [1, 2]) await run('regrade-due');
    grades.push((await read(id)).grade);
  }
  expect(grades).toEqual(['GOLD', 'SILVER', 'SILVER', 'BRONZE']);
});

test('a grade against the rules counts once a second person approves, moves the class with it and ends on its day', async () => {
  const adviser = actorOf(freshId(), ['ADVISER']);
  const { id } = await openPerson(ask, adviser);
  const override = await propose(adviser, id);
  expect(await read(id)).toMatchObject({ grade: 'BRONZE', gradeOverrides: [{ status: 'PROPOSED' }] });
  expect((await world.ask(CHECKER, WAITING)).data.gradeOverrideProposals.nodes).toContainEqual({
    id: override.id,
  });

  expect((await decide(CHECKER, 'approve', override.id)).data.approveGradeOverride).toMatchObject({
    status: 'APPROVED',
    version: 2,
  });
  const diamond = await read(id);
  expect(diamond).toMatchObject({ class: 'ULTRA_HIGH_NET_WORTH', grade: 'DIAMOND' });
  expect(diamond.gradeReasons.slice(-2)).toEqual([
    'By rules 2026.1 this is Bronze.',
    'A second person has approved Diamond up to and with 2026-12-31; the rules decide again after that.',
  ]);
  const told = (await world.events()).filter(({ key }) => key === id).slice(1);
  expect(told.map(({ type, data }) => [type, data['to'], data['override']])).toEqual([
    ['client.classified', 'ULTRA_HIGH_NET_WORTH', true],
    ['client.graded', 'DIAMOND', true],
  ]);

  world.clock.now = new Date('2026-12-31T15:59:00Z');
  await run('regrade-due');
  expect((await read(id)).grade).toBe('DIAMOND');
  world.clock.now = new Date('2026-12-31T16:15:00Z');
  await run('regrade-due');
  await run('regrade-due');
  expect(await read(id)).toMatchObject({ class: 'ORDINARY', grade: 'BRONZE' });
  expect((await read(id)).gradeHistory).toHaveLength(3);
});

test('it can be ended before its day, and then the rules decide at once', async () => {
  const { id } = await openOrganisation(ask, actorOf(freshId(), ['ADVISER']));
  const { id: overrideId } = await propose(OFFICER, id, { grade: 'LARGE' });
  await decide(CHECKER, 'approve', overrideId);
  expect(await read(id)).toMatchObject({ class: 'ENTERPRISE', grade: 'LARGE' });
  tick();
  const input = { overrideId, expectedVersion: 2 };
  expect((await world.ask(CHECKER, END, { input })).data.endGradeOverride.status).toBe('ENDED');
  expect((await read(id)).grade).toBe('SMALL');
  expect((await world.ask(CHECKER, END, { input: { ...input, expectedVersion: 3 } })).codes).toEqual([
    'PROPOSAL_CLOSED',
  ]);
});

test('neither its maker nor the adviser decides, and nobody twice', async () => {
  const all: Actor = { ...actorOf(freshId(), ['ADVISER', 'COMPLIANCE']) };
  const { id } = await openPerson(ask, all);
  const own = await propose(all, id);
  expect((await decide(all, 'approve', own.id)).codes).toEqual(['MAKER_IS_CHECKER']);
  await decide(CHECKER, 'reject', own.id);
  expect((await decide(CHECKER, 'approve', own.id, 2)).codes).toEqual(['PROPOSAL_CLOSED']);
  const other = await propose(OFFICER, id);
  expect((await decide(all, 'approve', other.id)).codes).toEqual(['OWN_CLIENT']);
  expect((await decide(CHECKER, 'approve', other.id, 7)).codes).toEqual(['STALE_VERSION']);
  expect((await decide(CHECKER, 'approve', freshId())).codes).toEqual(['NOT_FOUND']);
  expect((await read(id)).grade).toBe('BRONZE');
});

test('ten proposals at once leave one open, and ten approvals one', async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask(OFFICER, PROPOSE, asked(id))));
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('PROPOSAL_OPEN'));
  const { id: overrideId } = answers.find(({ codes }) => codes.length === 0)!.data.proposeGradeOverride;
  const decisions = await Promise.all(
    Array.from({ length: 10 }, () => decide(CHECKER, 'approve', overrideId)),
  );
  expect(decisions.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
});

test.each<[string, object, string]>([
  ['the grade it has', { grade: 'BRONZE' }, 'WRONG_GRADE'],
  ['a grade of institutions', { grade: 'LARGE' }, 'WRONG_GRADE'],
  ['an end today', { until: '2026-03-02' }, 'UNTIL_IMPOSSIBLE'],
  ['an end after twelve months', { until: '2027-03-03' }, 'UNTIL_IMPOSSIBLE'],
  ['an end on the last day', { until: '2027-03-02' }, ''],
  ['no reason', { reason: '' }, 'BAD_INPUT'],
  ['nobody', { clientId: freshId() }, 'NOT_FOUND'],
])('%s: %s', async (_, changes, code) => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  expect((await world.ask(OFFICER, PROPOSE, asked(id, changes))).codes.join()).toBe(code);
});

test("an adviser proposes for no colleague's client, and compliance proposes none", async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  expect((await world.ask(actorOf(freshId(), ['ADVISER']), PROPOSE, asked(id))).codes).toEqual(['NOT_FOUND']);
  expect((await world.ask(CHECKER, PROPOSE, asked(id))).codes).toEqual(['FORBIDDEN']);
  expect((await world.ask(OFFICER, WAITING)).codes).toEqual(['FORBIDDEN']);
});

test('whoever has proposed takes it back, and nobody else; the client is free for another', async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  const { id: overrideId } = await propose(OFFICER, id);
  const take = (actor: Actor) =>
    world.ask(
      actor,
      'mutation ($input: DecideGradeOverrideInput!) { withdrawGradeOverride(input: $input) { status } }',
      { input: { overrideId, expectedVersion: 1, reason: 'A slip' } },
    );
  expect((await take(actorOf(freshId(), ['OPERATIONS']))).codes).toEqual(['NOT_THE_MAKER']);
  expect((await take(OFFICER)).data.withdrawGradeOverride.status).toBe('WITHDRAWN');
  expect((await take(OFFICER)).codes).toEqual(['STALE_VERSION']);
  await propose(OFFICER, id);
});

test('a proposal waits fourteen days, is shown to the checker meanwhile, and is then closed', async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  const { id: overrideId } = await propose(OFFICER, id);
  const shown = async (actor: Actor) =>
    (
      await world.ask(
        actor,
        '{ clientsApprovals(first: 100) { nodes { service action subject targetId clientId canDecide status } } }',
      )
    ).data.clientsApprovals.nodes.filter(({ targetId }: { targetId: string }) => targetId === overrideId);
  const expected = {
    service: 'clients',
    action: 'GRADE_OVERRIDE',
    subject: id,
    clientId: id,
    status: 'PENDING',
  };
  expect(await shown(CHECKER)).toEqual([{ ...expected, targetId: overrideId, canDecide: true }]);
  expect(await shown(OFFICER)).toEqual([{ ...expected, targetId: overrideId, canDecide: false }]);
  world.clock.now = new Date(world.clock.now.getTime() + 14 * 86_400_000);
  expect((await decide(CHECKER, 'approve', overrideId)).codes).toEqual(['PROPOSAL_EXPIRED']);
  await service.jobs!.find(({ name }) => name === 'expire-approvals')!.run(world.db);
  expect((await decide(CHECKER, 'approve', overrideId, 1)).codes).toEqual(['PROPOSAL_CLOSED']);
  expect(await shown(CHECKER)).toEqual([]);
});

test('a proposal that was changed behind its back is not approved', async () => {
  const { id } = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  const { id: overrideId } = await propose(OFFICER, id);
  await world.sql(`update grade_override set grade = 'GOLD' where id = $1`, [overrideId]);
  expect((await decide(CHECKER, 'approve', overrideId)).codes).toEqual(['PAYLOAD_CHANGED']);
  expect((await read(id)).grade).toBe('BRONZE');
});
