import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { activate, openPerson } from '../../test/applications.js';
import { service } from '../service.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const MAKER = actorOf(freshId(), ['ADMIN']);
const CHECKER = actorOf(freshId(), ['COMPLIANCE']);
const FIELDS = 'id version status makerId checkerId appliedAt months { grade months } overdueAfterDays';
const PROPOSE = `mutation ($input: ProposeReviewCalendarInput!) { proposeReviewCalendar(input: $input) { ${FIELDS} } }`;
const DECIDE = `mutation ($input: DecideReviewCalendarInput!) { decideReviewCalendar(input: $input) { ${FIELDS} } }`;
const WITHDRAW = `mutation ($input: ReviewCalendarInput!) { withdrawReviewCalendar(input: $input) { ${FIELDS} } }`;

let world: World;
beforeAll(async () => {
  world = await aService(service);
});
afterAll(() => world.stop());
beforeEach(async () => {
  world.clock.now = new Date('2026-03-02T02:00:00Z');
  await world.sql(`delete from review_calendar where version <> '2026.1'`);
  await world.sql(`update approval set status = 'WITHDRAWN' where status = 'PENDING'`);
});

let serial = 1;
const proposal = (changes: object = {}, rules: object = {}) => {
  serial += 1;
  const months = { BRONZE: 12, SILVER: 12, GOLD: 6, DIAMOND: 3, SMALL: 12, MEDIUM: 6, LARGE: 3 };
  return {
    input: {
      requestId: freshId(),
      version: `2026.${serial}`,
      effectiveFrom: '2026-04-01',
      source: 'minutes of the committee',
      reason: 'files grow old',
      rules: {
        months: Object.entries(months).map(([grade, count]) => ({ grade, months: count })),
        idExpiryDaysBefore: 90,
        overdueAfterDays: 10,
        blockingAfterDays: 60,
        ...rules,
      },
      ...changes,
    },
  };
};
const propose = async (changes: object = {}, maker = MAKER): Promise<string> =>
  (await world.ask(maker, PROPOSE, proposal(changes))).data.proposeReviewCalendar.id;
const decide = (actor: Actor, calendarId: string, decision = 'APPROVE') =>
  world.ask(actor, DECIDE, { input: { calendarId, decision, reason: 'looked at' } });
const run = (name: string) => service.jobs!.find((job) => job.name === name)!.run(world.db);
const inForce = async (on: string) =>
  (await world.ask(CHECKER, `{ reviewCalendar(on: "${on}") { ${FIELDS} } }`)).data.reviewCalendar;

test('is proposed, approved by another person, and on its day dates every open review anew, once', async () => {
  const { id } = await activate(
    (actor: Actor, operation: string, variables: Record<string, unknown>) =>
      world.ask(actor, operation, variables),
    OFFICER,
    await openPerson(
      (actor: Actor, operation: string, variables: Record<string, unknown>) =>
        world.ask(actor, operation, variables),
      actorOf(freshId(), ['ADVISER']),
      { idExpiresOn: '2027-01-31' },
    ),
  );
  const reviews = async () =>
    (
      await world.ask(OFFICER, `{ client(id: "${id}") { reviews { kind dueOn stage } } }`)
    ).data.client.reviews.map(Object.values);
  const before = [
    ['PERIODIC', '2028-03-02', 'SCHEDULED'],
    ['ID_EXPIRY', '2026-12-02', 'SCHEDULED'],
  ];
  expect((await reviews()).sort()).toEqual(before.toSorted());
  const calendarId = await propose();
  const { data } = await world.ask(
    CHECKER,
    '{ clientsApprovals { nodes { action targetId canDecide makerId } } }',
  );
  expect(data.clientsApprovals.nodes).toEqual([
    { action: 'REVIEW_CALENDAR', targetId: calendarId, canDecide: true, makerId: MAKER.id },
  ]);
  const approved = (await decide(CHECKER, calendarId)).data.decideReviewCalendar;
  expect(approved).toMatchObject({ status: 'APPROVED', makerId: MAKER.id, checkerId: CHECKER.id });
  expect(await inForce('2026-03-31')).toMatchObject({ version: '2026.1', overdueAfterDays: 30 });
  expect(await inForce('2026-04-01')).toMatchObject({ id: calendarId, overdueAfterDays: 10 });
  await run('apply-review-calendar');
  expect((await reviews()).sort()).toEqual(before.toSorted());

  world.clock.now = new Date('2026-03-31T16:20:00Z');
  await run('apply-review-calendar');
  const after = [
    ['PERIODIC', '2027-03-02', 'SCHEDULED'],
    ['ID_EXPIRY', '2026-11-02', 'SCHEDULED'],
  ];
  expect((await reviews()).sort()).toEqual(after.toSorted());
  expect((await inForce('2026-04-01')).appliedAt).toBe('2026-03-31T16:20:00.000Z');
  expect(await world.sql('select review_due_on::text as day from client where id = $1', [id])).toEqual([
    { day: '2026-11-02' },
  ]);
  await world.sql(`update information_review set due_on = '2027-03-03' where kind = 'PERIODIC'`);
  await run('apply-review-calendar');
  expect((await reviews()).map(([, day]: string[]) => day).sort()).toEqual(['2026-11-02', '2027-03-03']);
});

test('a review that was told keeps its day, and is late by the new clocks', async () => {
  const ask = (actor: Actor, operation: string, variables: Record<string, unknown>) =>
    world.ask(actor, operation, variables);
  const opened = await openPerson(ask, actorOf(freshId(), ['ADVISER']));
  const { id } = await activate(ask, OFFICER, opened);
  await world.sql(
    `update information_review set due_on = '2026-03-10', look_on = '2026-03-10' where client_id = $1`,
    [id],
  );
  const told = async () =>
    (await world.events('client.review.due'))
      .filter(({ key }) => key === id)
      .map(({ data: { dueOn, stage } }) => [dueOn, stage]);
  await decide(CHECKER, await propose());
  world.clock.now = new Date('2026-03-10T16:30:00Z');
  await run('remind-reviews');
  expect(await told()).toEqual([['2026-03-10', 'DUE']]);
  world.clock.now = new Date('2026-03-31T16:20:00Z');
  await run('apply-review-calendar');
  await run('remind-reviews');
  expect(await told()).toEqual([
    ['2026-03-10', 'DUE'],
    ['2026-03-10', 'OVERDUE'],
  ]);
});

test('not by the maker, not twice, not after its day; only its maker takes it back', async () => {
  const both: Actor = { ...MAKER, scopes: new Set([...MAKER.scopes, ...CHECKER.scopes]) };
  const id = await propose({}, both);
  expect((await decide(both, id)).codes).toEqual(['MAKER_IS_CHECKER']);
  expect((await world.ask(MAKER, PROPOSE, proposal())).codes).toEqual(['PROPOSAL_OPEN']);
  const colleague = actorOf(freshId(), ['ADMIN']);
  expect((await world.ask(colleague, WITHDRAW, { input: { calendarId: id } })).codes).toEqual([
    'NOT_THE_MAKER',
  ]);
  world.clock.now = new Date('2026-04-01T02:00:00Z');
  expect((await decide(CHECKER, id)).codes).toEqual(['EFFECTIVE_DATE_PAST']);
  expect((await decide(CHECKER, id, 'REJECT')).data.decideReviewCalendar.status).toBe('REJECTED');
  expect((await decide(CHECKER, id)).codes).toEqual(['PROPOSAL_CLOSED']);
  world.clock.now = new Date('2026-03-02T02:00:00Z');
  const other = await propose();
  expect(
    (await world.ask(MAKER, WITHDRAW, { input: { calendarId: other } })).data.withdrawReviewCalendar.status,
  ).toBe('WITHDRAWN');
  expect((await inForce('2027-01-01')).version).toBe('2026.1');
});

test('of ten proposals at once one is open; the same one sent again is the same', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => world.ask(MAKER, PROPOSE, proposal())));
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('PROPOSAL_OPEN'));
  await world.sql(`update approval set status = 'WITHDRAWN' where status = 'PENDING'`);
  const same = proposal();
  const again = await Promise.all([world.ask(MAKER, PROPOSE, same), world.ask(MAKER, PROPOSE, same)]);
  expect(new Set(again.map(({ data }) => data.proposeReviewCalendar.id)).size).toBe(1);
});

test.each<[string, object, object, string]>([
  ['today', { effectiveFrom: '2026-03-02' }, {}, 'EFFECTIVE_DATE_PAST'],
  ['a known version', { version: '2026.1' }, {}, 'VERSION_TAKEN'],
  ['no reason', { reason: ' ' }, {}, 'BAD_INPUT'],
  ['a grade missing', {}, { months: [{ grade: 'GOLD', months: 6 }] }, 'CALENDAR_WRONG'],
  ['blocking before overdue', {}, { blockingAfterDays: 5 }, 'CALENDAR_WRONG'],
])('%s is refused', async (_, changes, rules, code) => {
  expect((await world.ask(MAKER, PROPOSE, proposal(changes, rules))).codes).toEqual([code]);
});

test.each(['ADVISER', 'CLIENT', 'MARKETING', 'OPERATIONS'] as const)('%s decides nothing', async (role) => {
  expect((await decide(actorOf(freshId(), [role]), freshId())).codes).toEqual(['FORBIDDEN']);
});
