import { RiskProfileChanged } from '@client-graph/events';
import type { Actor } from '@client-graph/kit';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { activate, openOrganisation, openPerson, yuan } from '../../test/applications.js';
import { service } from '../service.js';
import { REVIEWED } from './reviews.rules.js';

const OFFICER = actorOf(freshId(), ['OPERATIONS']);
const COMPLETE = `mutation ($input: CompleteReviewInput!) {
  completeReview(input: $input) { stage confirmed changed completedBy version client { id } }
}`;
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
const run = () => service.jobs!.find(({ name }) => name === 'remind-reviews')!.run(world.db);
const at = (day: string) => {
  world.clock.now = new Date(`${day}T02:00:00Z`);
};
const active = async (adviser: Actor, person: Record<string, unknown> = {}) =>
  activate(ask, OFFICER, await openPerson(ask, adviser, person));
type Review = { id: string; kind: string; dueOn: string; stage: string; version: number };
const reviewsOf = async (id: string): Promise<Review[]> =>
  (await world.ask(OFFICER, `{ client(id: "${id}") { reviews { id kind dueOn stage version } } }`)).data
    .client.reviews;
const told = async (id: string) =>
  (await world.events('client.review.due'))
    .filter(({ key }) => key === id)
    .map(({ data }) => [data['kind'], data['dueOn'], data['stage']]);
const due = async (actor: Actor, by: string) =>
  (await world.ask(actor, `{ reviewsDue(by: "${by}") { id client { id } } }`)).data.reviewsDue.map(
    (review: { client: { id: string } }) => review.client.id,
  );
const complete = (actor: Actor, review: Review, changes: object = {}) =>
  world.ask(actor, COMPLETE, {
    input: {
      reviewId: review.id,
      expectedVersion: review.version,
      confirmed: REVIEWED.INDIVIDUAL,
      ...changes,
    },
  });

test('a file falls due by grade, the others hear each stage once, and its completion schedules the next', async () => {
  const adviser = actorOf(freshId(), ['ADVISER']);
  const { id } = await active(adviser);
  expect(await reviewsOf(id)).toMatchObject([{ kind: 'PERIODIC', dueOn: '2028-03-02', stage: 'SCHEDULED' }]);
  at('2028-03-01');
  await run();
  expect(await told(id)).toEqual([]);
  for (const day of ['2028-03-02', '2028-03-02', '2028-04-01', '2028-05-31', '2028-06-30']) {
    at(day);
    await run();
  }
  expect(await told(id)).toEqual([
    ['PERIODIC', '2028-03-02', 'DUE'],
    ['PERIODIC', '2028-03-02', 'OVERDUE'],
    ['PERIODIC', '2028-03-02', 'BLOCKING'],
  ]);
  expect(await due(adviser, '2028-06-30')).toEqual([id]);
  expect(await due(actorOf(freshId(), ['ADVISER']), '2028-06-30')).toEqual([]);
  expect(await due(actorOf(id, ['CLIENT'], id), '2028-06-30')).toEqual([]);

  const [review] = await reviewsOf(id);
  const { data } = await complete(adviser, review!, {
    confirmed: REVIEWED.INDIVIDUAL.slice(1),
    individual: { occupation: 'Teacher' },
  });
  expect(data.completeReview).toMatchObject({
    stage: 'DONE',
    changed: ['occupation'],
    completedBy: adviser.id,
  });
  expect(await reviewsOf(id)).toMatchObject([
    { kind: 'PERIODIC', dueOn: '2030-06-30', stage: 'SCHEDULED' },
    { stage: 'DONE' },
  ]);
  expect((await world.events('client.review.completed')).at(-1)?.data).toEqual({
    clientId: id,
    kind: 'PERIODIC',
    dueOn: '2028-03-02',
  });
  expect((await world.events('client.updated')).at(-1)?.data).toMatchObject({
    clientId: id,
    changedFieldCodes: ['occupation'],
  });
});

test('of ten completions at once one counts; an open field, a stale version and a stranger are refused', async () => {
  const { id } = await active(actorOf(freshId(), ['ADVISER']));
  const [review] = await reviewsOf(id);
  const open = await complete(OFFICER, review!, { confirmed: ['occupation'] });
  expect(open.errors[0]?.extensions).toMatchObject({
    code: 'FIELDS_OPEN',
    details: { missing: REVIEWED.INDIVIDUAL.slice(1) },
  });
  expect((await complete(actorOf(freshId(), ['ADVISER']), review!)).codes).toEqual(['NOT_FOUND']);
  expect((await complete(OFFICER, { ...review!, id: 'none' })).codes).toEqual(['NOT_FOUND']);
  expect((await complete(actorOf(freshId(), ['COMPLIANCE']), review!)).codes).toEqual(['FORBIDDEN']);
  const answers = await Promise.all(Array.from({ length: 10 }, () => complete(OFFICER, review!)));
  expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  expect((await complete(OFFICER, { ...review!, version: review!.version + 1 })).codes).toEqual([
    'REVIEW_DONE',
  ]);
});

test('another job, another level and a document that ends ask for a review of their own, once', async () => {
  const { id } = await active(actorOf(freshId(), ['ADVISER']), { idExpiresOn: '2026-12-31' });
  const change = (occupation: string, expectedVersion: number) =>
    world.ask(
      OFFICER,
      'mutation ($input: ChangeIndividualInput!) { changeIndividual(input: $input) { version } }',
      {
        input: { clientId: id, expectedVersion, occupation },
      },
    );
  await change('Baker', 3);
  await change('Brewer', 4);
  const level = (to: 'LOW' | 'HIGH') =>
    world.deliver(
      RiskProfileChanged({
        clientId: id,
        assessmentId: freshId(),
        from: null,
        to,
        lowestCategory: false,
        validTo: '2027-01-01',
      }),
    );
  await level('LOW');
  await level('HIGH');
  const open = (await reviewsOf(id)).map(({ kind, dueOn }) => `${kind} ${dueOn}`).sort();
  expect(open).toEqual(['EVENT 2026-03-02', 'ID_EXPIRY 2026-11-01', 'PERIODIC 2028-03-02']);
});

test('a new document answers the review that the old one has asked for, and those who heard of it hear that it is done', async () => {
  const { id, version } = await active(actorOf(freshId(), ['ADVISER']), { idExpiresOn: '2026-12-31' });
  at('2027-03-01');
  await run();
  expect(await told(id)).toEqual([['ID_EXPIRY', '2026-11-01', 'BLOCKING']]);
  const input = { clientId: id, expectedVersion: version, method: 'VIDEO', evidenceReference: 'scan 2' };
  const correct =
    'mutation ($input: CorrectIdentityInput!) { correctIdentity(input: $input) { reviews { kind dueOn stage changed } } }';
  const { data } = await world.ask(OFFICER, correct, { input: { ...input, idExpiresOn: '2037-02-28' } });
  expect(data.correctIdentity.reviews).toMatchObject([
    { kind: 'ID_EXPIRY', dueOn: '2036-12-30', stage: 'SCHEDULED' },
    { kind: 'PERIODIC', stage: 'SCHEDULED' },
    { kind: 'ID_EXPIRY', dueOn: '2026-11-01', stage: 'DONE', changed: ['idExpiresOn'] },
  ]);
  expect((await world.events('client.review.completed')).filter(({ key }) => key === id)).toMatchObject([
    { data: { kind: 'ID_EXPIRY', dueOn: '2026-11-01' } },
  ]);
});

test('nobody is late by a change of grade, and a review that was told keeps its day', async () => {
  const { id } = await active(actorOf(freshId(), ['ADVISER']));
  const record = (aum: string, asOf: string) =>
    world.ask(OFFICER, 'mutation ($input: RecordAssetsInput!) { recordAssets(input: $input) { id } }', {
      input: {
        ...{ requestId: freshId(), clientId: id, asOf, source: 'STATEMENT' },
        ...{ aumWithFirm: yuan(aum), externalVerified: yuan('0') },
      },
    });
  at('2027-05-02');
  await record('40000000', '2027-05-01');
  await run();
  expect(await told(id)).toEqual([['PERIODIC', '2027-05-02', 'DUE']]);
  at('2027-05-03');
  await record('0', '2027-05-03');
  at('2027-10-01');
  await service.jobs!.find(({ name }) => name === 'regrade-due')!.run(world.db);
  const { data } = await world.ask(OFFICER, `{ client(id: "${id}") { grade } }`);
  expect(data.client.grade).toBe('BRONZE');
  expect(await reviewsOf(id)).toMatchObject([{ kind: 'PERIODIC', dueOn: '2027-05-02' }]);
});

test('the list of what is due has pages without gap or double, also where many are due on one day', async () => {
  const adviser = actorOf(freshId(), ['ADVISER']);
  const ids: string[] = [];
  for (const day of ['2026-03-02', '2026-03-02', '2026-03-01', '2026-03-02', '2026-02-27']) {
    at(day);
    ids.push((await active(adviser)).id);
  }
  const page = (after: string | null, first = 2) =>
    world.ask(
      adviser,
      `query ($first: Int, $after: String) { reviewsDuePage(by: "2028-03-02", first: $first, after: $after) {
        nodes { dueOn client { id } } edges { cursor } pageInfo { hasNextPage endCursor } } }`,
      { after, first },
    );
  const seen: { dueOn: string; client: { id: string } }[] = [];
  let after: string | null = null;
  do {
    const answer: Awaited<ReturnType<typeof page>> = await page(after);
    const found = answer.data.reviewsDuePage;
    seen.push(...found.nodes);
    after = found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null;
  } while (after !== null);
  expect(seen.map(({ dueOn }) => dueOn)).toEqual([
    '2028-02-27',
    '2028-03-01',
    ...Array(3).fill('2028-03-02'),
  ]);
  expect(new Set(seen.map(({ client }) => client.id))).toEqual(new Set(ids));
  expect((await page(null, 101)).codes).toEqual(['PAGE_SIZE']);
  expect((await page(Buffer.from(freshId()).toString('base64url'))).codes).toEqual(['BAD_CURSOR']);
  const few = await world.statements(() => page(null, 1));
  expect(await world.statements(() => page(null, 5))).toBe(few);
});

test('an institution is asked about its own fields, and a restricted client about nothing', async () => {
  const { id, version } = await activate(
    ask,
    OFFICER,
    await openOrganisation(ask, actorOf(freshId(), ['ADVISER'])),
  );
  const [review] = await reviewsOf(id);
  const confirmed = REVIEWED.INSTITUTION.filter((field) => field !== 'email');
  const done = await complete(OFFICER, review!, { confirmed, institution: { email: null } });
  expect(done.data.completeReview).toMatchObject({ stage: 'DONE', changed: ['email'] });
  await world.ask(
    actorOf(freshId(), ['COMPLIANCE']),
    'mutation ($input: RestrictClientInput!) { restrictClient(input: $input) { id } }',
    {
      input: { clientId: id, expectedVersion: version + 1, reason: 'INVESTIGATION' },
    },
  );
  at('2029-01-01');
  await run();
  expect(await told(id)).toEqual([]);
});

test('clients are listed by the day their file is to be asked about, together with every other filter, page by page', async () => {
  const adviser = actorOf(freshId(), ['ADVISER']);
  const ids: string[] = [];
  for (let n = 0; n < 5; n += 1) {
    world.clock.now = new Date(world.clock.now.getTime() + 1_000);
    ids.push((await active(adviser)).id);
  }
  const listed = async (args: string, actor: Actor = adviser) => {
    const found: string[] = [];
    for (let after = 'null', isMore = true; isMore; ) {
      const { data } = await world.ask(
        actor,
        `{ clients(first: 2, after: ${after}, ${args}) { nodes { id } pageInfo { hasNextPage endCursor } } }`,
      );
      found.push(...data.clients.nodes.map(({ id }: { id: string }) => id));
      after = JSON.stringify(data.clients.pageInfo.endCursor);
      isMore = data.clients.pageInfo.hasNextPage;
    }
    return found;
  };
  const newestFirst = ids.toReversed();
  expect(await listed('reviewDueBy: "2028-03-01"')).toEqual([]);
  expect(await listed('reviewDueBy: "2028-03-02"')).toEqual(newestFirst);
  const all = `reviewDueBy: "2028-03-02", grade: BRONZE, status: ACTIVE, class: ORDINARY, adviserId: "${adviser.id}"`;
  expect(await listed(all)).toEqual(newestFirst);
  expect(await listed(all.replace('BRONZE', 'GOLD'))).toEqual([]);
  expect(await listed(all, actorOf(freshId(), ['ADVISER']))).toEqual([]);
  expect(await listed(all, OFFICER)).toEqual(newestFirst);
  const [review] = await reviewsOf(ids[2]!);
  await complete(adviser, review!);
  expect(await listed('reviewDueBy: "2028-03-02"')).toEqual(newestFirst);
  at('2028-03-02');
  const [open] = await reviewsOf(ids[2]!);
  await complete(adviser, open!);
  expect(await listed('reviewDueBy: "2028-03-02"')).toEqual(newestFirst.filter((id) => id !== ids[2]));
});

test('another grade is asked as often as it says, counted from the last time', async () => {
  const { id } = await active(actorOf(freshId(), ['ADVISER']));
  at('2026-05-04');
  const input = {
    requestId: freshId(),
    clientId: id,
    asOf: '2026-05-01',
    source: 'STATEMENT',
    aumWithFirm: { amount: '40000000', currency: 'CNY' },
    externalVerified: { amount: '0', currency: 'CNY' },
  };
  const { codes } = await world.ask(
    OFFICER,
    'mutation ($input: RecordAssetsInput!) { recordAssets(input: $input) { id } }',
    { input },
  );
  expect(codes).toEqual([]);
  expect(await reviewsOf(id)).toMatchObject([{ kind: 'PERIODIC', dueOn: '2026-09-02', stage: 'SCHEDULED' }]);
});

test('whichever review is completed, all that ask the same are done, and whoever blocks for one hears it', async () => {
  const { id, version } = await active(actorOf(freshId(), ['ADVISER']));
  await world.sql(
    `update information_review set due_on = '2026-03-02', look_on = '2026-03-02' where client_id = $1`,
    [id],
  );
  at('2026-06-01');
  await run();
  expect(await told(id)).toEqual([['PERIODIC', '2026-03-02', 'BLOCKING']]);
  const CHANGE = 'mutation ($input: ChangeIndividualInput!) { changeIndividual(input: $input) { version } }';
  const unchanged = { occupation: 'Engineer', address: '上海市徐汇区 12 号', email: 'new@example.com' };
  await world.ask(OFFICER, CHANGE, { input: { clientId: id, expectedVersion: version, ...unchanged } });
  expect((await reviewsOf(id)).map(({ kind }) => kind)).toEqual(['PERIODIC']);
  const moved = { clientId: id, expectedVersion: version + 1, address: '北京市海淀区 5 号' };
  await world.ask(OFFICER, CHANGE, { input: moved });
  const event = (await reviewsOf(id)).find(({ kind }) => kind === 'EVENT')!;
  expect((await complete(OFFICER, event)).codes).toEqual([]);
  expect(
    (await world.events('client.review.completed'))
      .filter(({ key }) => key === id)
      .map(({ data }) => [data['kind'], data['dueOn']]),
  ).toEqual([
    ['EVENT', '2026-06-01'],
    ['PERIODIC', '2026-03-02'],
  ]);
  expect((await reviewsOf(id)).filter(({ stage }) => stage !== 'DONE')).toMatchObject([
    { kind: 'PERIODIC', dueOn: '2028-06-01', stage: 'SCHEDULED' },
  ]);
});
