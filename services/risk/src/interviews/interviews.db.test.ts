import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  assessor,
  BOLD,
  compliance,
  FINDINGS,
  type Passed,
  people,
  SAVER,
  type Someone,
} from '../people.fixture.js';
import { service } from '../service.js';

let world: World;
const MORNING = new Date('2026-03-02T02:00:00.000Z');
const LATER = '2026-03-05T02:00:00.000Z';

beforeAll(async () => {
  world = await aService(service, { now: MORNING });
});
afterAll(() => world.stop());

const { run, done, aClient, submitted, confirmed, assessed, eventsOf, ofClient } = people(() => world);
const REVIEW = 'id version state outcome askedBy assessment { id state finalLevel version }';
const another = actorOf(freshId(), ['RISK_ASSESSOR']);

const schedule = ({ id, version }: Passed, input: object = {}, by = assessor) =>
  run(by, 'scheduleInterview', {
    assessmentId: id,
    expectedVersion: version,
    at: LATER,
    mode: 'VIDEO',
    ...input,
  });
const record = ({ id, version }: Passed, input: object = {}, by = assessor) =>
  run(by, 'recordInterview', { assessmentId: id, expectedVersion: version, ...FINDINGS, ...input });
const ask = (who: Someone, { id, version }: Passed, input: object = {}) =>
  run(
    who.client,
    'requestReview',
    { requestId: freshId(), assessmentId: id, expectedVersion: version, ...input },
    REVIEW,
  );
const require = ({ id, version }: Passed, input: object = {}, by = compliance) =>
  run(
    by,
    'requireInterview',
    {
      requestId: freshId(),
      assessmentId: id,
      expectedVersion: version,
      comment: 'A call in March did not fit the sheet.',
      ...input,
    },
    REVIEW,
  );
const decide = (review: { id: string; version: number }, input: object = {}, by = assessor) =>
  run(
    by,
    'decideReview',
    { reviewId: review.id, expectedVersion: review.version, ...FINDINGS, ...input },
    REVIEW,
  );
const stateOf = async (id: string) =>
  (await world.sql<{ state: string }>('select state from assessment where id = $1', [id]))[0]?.state;

describe('an appointment', () => {
  test('is made, moved and taken over by another assessor, each time told; the last one counts', async () => {
    const who = await aClient();
    const awaited = await submitted(who, BOLD);
    const first = await schedule(awaited);
    expect(first.answer).toMatchObject({ state: 'INTERVIEW_SCHEDULED', version: awaited.version + 1 });
    const second = await schedule(first.answer, { at: '2026-03-06T02:00:00.000Z', mode: 'PHONE' }, another);
    expect(second.answer).toMatchObject({ state: 'INTERVIEW_SCHEDULED' });
    const { data } = await world.ask(
      assessor,
      'query ($id: ID!) { assessment(id: $id) { appointment { assessorId at mode } } }',
      { id: awaited.id },
    );
    expect(data.assessment.appointment).toEqual({
      assessorId: another.id,
      at: '2026-03-06T02:00:00.000Z',
      mode: 'PHONE',
    });
    expect((await eventsOf(who, 'assessment.interview.scheduled')).map((event) => event.data)).toEqual([
      { clientId: who.clientId, assessmentId: awaited.id, assessorId: assessor.id, at: LATER, mode: 'VIDEO' },
      {
        clientId: who.clientId,
        assessmentId: awaited.id,
        assessorId: another.id,
        at: '2026-03-06T02:00:00.000Z',
        mode: 'PHONE',
      },
    ]);
    expect((await record(second.answer)).answer).toMatchObject({
      state: 'REPORT_ISSUED',
      finalLevel: 'HIGH',
    });
  });

  test.each([
    ['now', MORNING.toISOString()],
    ['in the past', '2026-03-01T02:00:00.000Z'],
    ['too far away', '2026-05-01T02:00:00.001Z'],
  ])('%s is refused', async (_, at) => {
    const awaited = await submitted(await aClient(), BOLD);
    expect((await schedule(awaited, { at })).codes).toEqual(['INTERVIEW_TIME']);
  });

  test('at the last instant that is allowed is made', async () => {
    const awaited = await submitted(await aClient(), BOLD);
    expect((await schedule(awaited, { at: '2026-05-01T02:00:00.000Z' })).codes).toEqual([]);
  });

  test('with the own adviser, a stale version, where none is awaited, or by somebody else: refused', async () => {
    const who = await aClient();
    const awaited = await submitted(who, BOLD);
    const adviserToo = actorOf(who.adviserId, ['ADVISER', 'RISK_ASSESSOR']);
    expect((await schedule(awaited, {}, adviserToo)).codes).toEqual(['OWN_ADVISER']);
    expect((await schedule({ ...awaited, version: 1 })).codes).toEqual(['STALE_VERSION']);
    expect((await schedule(awaited, {}, compliance)).codes).toEqual(['FORBIDDEN']);
    const plain = await submitted(await aClient(), SAVER);
    expect((await schedule(plain)).codes).toEqual(['WRONG_STATE']);
    expect((await schedule({ ...plain, id: freshId() })).codes).toEqual(['NOT_FOUND']);
    expect(await eventsOf(who, 'assessment.interview.scheduled')).toEqual([]);
  });

  test('ten at once for one version: one is made', async () => {
    const awaited = await submitted(await aClient(), BOLD);
    const answers = await Promise.all(Array.from({ length: 10 }, () => schedule(awaited)));
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
  });
});

describe('a review before the report is confirmed', () => {
  test('takes the report back until the interview, whose new report the client confirms', async () => {
    const who = await aClient();
    const issued = await submitted(who, SAVER);
    const { answer: review } = await ask(who, issued, { comment: 'I meant the other answer.' });
    expect(review).toMatchObject({
      state: 'OPEN',
      askedBy: 'CLIENT',
      assessment: { state: 'INTERVIEW_REQUIRED', finalLevel: null },
    });
    const again = { id: issued.id, version: review.assessment.version, report: issued.report, state: '' };
    await expect(confirmed(who, again)).rejects.toThrow('WRONG_STATE');
    const held = await record(again, { outcome: 'LOWER', newLevel: 'LOW' });
    expect(held.answer).toMatchObject({
      state: 'REPORT_ISSUED',
      finalLevel: 'LOW',
      report: { level: 'LOW' },
    });
    expect(held.answer.report.number).not.toBe((issued.report as { number?: string }).number);
    // The report that was taken back is not the one to confirm.
    await expect(confirmed(who, { ...held.answer, report: issued.report })).rejects.toThrow('REPORT_CHANGED');
    expect(await confirmed(who, held.answer)).toMatchObject({ state: 'EFFECTIVE', finalLevel: 'LOW' });
    const { data } = await world.ask(
      who.client,
      'query ($id: ID!) { assessment(id: $id) { interviewReasons labels: interviewReasonLabels zh: interviewReasonLabels(locale: ZH_HANS) hant: interviewReasonLabels(locale: ZH_HANT) reports { level confirmedAt } reviews { state outcome } } }',
      { id: issued.id },
    );
    expect(data.assessment).toEqual({
      interviewReasons: ['CLIENT_ASKS'],
      labels: ['The client asks for it.'],
      zh: ['客户要求人工复核。'],
      hant: ['客戶要求人工覆核。'],
      reports: [
        { level: 'MEDIUM_LOW', confirmedAt: null },
        { level: 'LOW', confirmedAt: MORNING.toISOString() },
      ],
      reviews: [{ state: 'DECIDED', outcome: 'LOWER' }],
    });
    expect((await eventsOf(who)).map(({ type }) => type).slice(3)).toEqual([
      'assessment.review.requested',
      'assessment.interview.required',
      'assessment.review.decided',
      'assessment.interview.completed',
      'assessment.report.issued',
      'risk.profile.changed',
    ]);
  });

  test('a second interview does not raise what the first has lowered', async () => {
    const who = await aClient();
    const held = await record(await submitted(who, BOLD), { outcome: 'LOWER', newLevel: 'MEDIUM' });
    const { answer: review } = await require(held.answer);
    expect(review).toMatchObject({ askedBy: 'COMPLIANCE', assessment: { state: 'INTERVIEW_REQUIRED' } });
    const second = await record({ ...held.answer, version: review.assessment.version });
    expect(second.answer).toMatchObject({
      state: 'REPORT_ISSUED',
      scoredLevel: 'HIGH',
      finalLevel: 'MEDIUM',
    });
  });

  test('with REDO ends it', async () => {
    const who = await aClient();
    const issued = await submitted(who, SAVER);
    const { answer } = await require(issued);
    expect(
      (await record({ ...issued, version: answer.assessment.version }, { outcome: 'REDO' })).answer,
    ).toMatchObject({ state: 'ABANDONED', endedReason: 'INTERVIEW_REDO' });
    expect((await eventsOf(who, 'assessment.abandoned')).map(({ data }) => data['reason'])).toEqual([
      'INTERVIEW_REDO',
    ]);
  });
});

describe('a review of a level that counts', () => {
  const profileOf = (who: Someone) =>
    ofClient(
      who.client,
      who,
      'riskProfile { level lowestCategory isValid validTo endedReason reasons zh: reasons(locale: ZH_HANS) hant: reasons(locale: ZH_HANT) }',
    );

  test('leaves it counting until decided; confirmed, nothing changes', async () => {
    const { who, assessment } = await assessed();
    const { answer: review } = await ask(who, assessment);
    expect(review).toMatchObject({ state: 'OPEN', assessment: { state: 'EFFECTIVE' } });
    const { data } = await world.ask(
      assessor,
      '{ reviewsOpen(first: 100) { nodes { id comment assessment { id answers { questionId } } } } }',
    );
    expect(data.reviewsOpen.nodes.map(({ id }: { id: string }) => id)).toContain(review.id);
    expect(
      (await world.ask(assessor, 'query ($id: ID!) { assessment(id: $id) { id } }', { id: assessment.id }))
        .data.assessment,
    ).toEqual({ id: assessment.id });
    expect((await decide(review)).answer).toMatchObject({
      state: 'DECIDED',
      outcome: 'CONFIRM',
      assessment: { state: 'EFFECTIVE', finalLevel: 'MEDIUM_LOW' },
    });
    expect((await profileOf(who)).riskProfile).toMatchObject({ level: 'MEDIUM_LOW', isValid: true });
    expect(
      (await world.ask(assessor, 'query ($id: ID!) { assessment(id: $id) { id } }', { id: assessment.id }))
        .data.assessment,
    ).toBeNull();
    expect(await eventsOf(who, 'risk.profile.changed')).toHaveLength(1);
  });

  test('lowers it at once, with a new report, and the reasons say so', async () => {
    const { who, assessment } = await assessed();
    const { answer: review } = await require(assessment);
    const { answer } = await decide(review, { outcome: 'LOWER', newLevel: 'LOW' });
    expect(answer.assessment).toMatchObject({ state: 'EFFECTIVE', finalLevel: 'LOW' });
    const { riskProfile } = await profileOf(who);
    expect(riskProfile).toMatchObject({ level: 'LOW', isValid: true, validTo: '2027-03-01' });
    expect(riskProfile.reasons).toContain('The interview lowered the level to Low risk.');
    expect((await eventsOf(who, 'risk.profile.changed')).at(-1)?.data).toMatchObject({
      from: 'MEDIUM_LOW',
      to: 'LOW',
      validTo: '2027-03-01',
    });
    expect((await eventsOf(who, 'assessment.report.issued')).at(-1)?.data).toMatchObject({ level: 'LOW' });
  });

  test('with REDO ends it: the level no longer counts and says why', async () => {
    const { who, assessment } = await assessed();
    const { answer: review } = await ask(who, assessment);
    expect((await decide(review, { outcome: 'REDO' })).answer.assessment).toMatchObject({
      state: 'INVALIDATED',
    });
    const { riskProfile } = await profileOf(who);
    expect(riskProfile).toMatchObject({ isValid: false, endedReason: 'REVIEW_REDO', validTo: '2026-03-01' });
    expect(riskProfile.reasons.at(-1)).toBe(
      'The level counted until 2026-03-01: a review has asked for a new questionnaire. A new assessment is needed.',
    );
    expect(riskProfile.zh.at(-1)).toContain('人工复核要求重新测评');
    expect(riskProfile.hant.at(-1)).toContain('須重新測評');
    expect((await eventsOf(who, 'assessment.invalidated')).map(({ data }) => data['reason'])).toEqual([
      'REVIEW_REDO',
    ]);
  });

  test('raised, by the own adviser, without the needed topics, stale, or twice: refused', async () => {
    const { who, assessment } = await assessed();
    const { answer: review } = await ask(who, assessment);
    const adviserToo = actorOf(who.adviserId, ['RISK_ASSESSOR']);
    expect((await decide(review, { outcome: 'LOWER', newLevel: 'MEDIUM_LOW' })).codes).toEqual([
      'LEVEL_NOT_LOWER',
    ]);
    expect((await decide(review, { outcome: 'LOWER', newLevel: 'HIGH' })).codes).toEqual(['LEVEL_NOT_LOWER']);
    expect((await decide(review, { outcome: 'LOWER' })).codes).toEqual(['LEVEL_NOT_LOWER']);
    expect((await decide(review, {}, adviserToo)).codes).toEqual(['OWN_ADVISER']);
    expect((await decide(review, { checklist: ['GOALS'] })).codes).toEqual(['INTERVIEW_INCOMPLETE']);
    expect((await decide(review, { summary: ' ' })).codes).toEqual(['BAD_INPUT']);
    expect((await decide({ ...review, version: 9 })).codes).toEqual(['STALE_VERSION']);
    expect((await decide({ ...review, id: freshId() })).codes).toEqual(['NOT_FOUND']);
    const decided = await decide(review);
    expect(decided.codes).toEqual([]);
    expect((await decide({ ...review, version: 2 })).codes).toEqual(['REVIEW_ENDED']);
  });

  test('lapses when a new assessment takes the place of the reviewed one', async () => {
    const { who, assessment } = await assessed();
    const { answer: review } = await ask(who, assessment);
    await confirmed(who, await submitted(who, SAVER));
    expect(await stateOf(assessment.id)).toBe('SUPERSEDED');
    expect((await decide({ ...review, version: 2 })).codes).toEqual(['REVIEW_ENDED']);
  });

  test('ten at once: one is open, and a repeated request is the same review', async () => {
    const { who, assessment } = await assessed();
    const answers = await Promise.all(Array.from({ length: 10 }, () => ask(who, assessment)));
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('REVIEW_OPEN'));
    const other = await assessed();
    const requestId = freshId();
    const [first, second] = [
      await ask(other.who, other.assessment, { requestId }),
      await ask(other.who, other.assessment, { requestId }),
    ];
    expect(second.answer).toEqual(first.answer);
    expect(await eventsOf(other.who, 'assessment.review.requested')).toHaveLength(1);
  });

  test('is asked for by nobody else, nor of a draft, nor without words by compliance', async () => {
    const { who, assessment } = await assessed();
    const stranger = await aClient();
    expect((await ask({ ...who, client: stranger.client }, assessment)).codes).toEqual(['NOT_FOUND']);
    expect((await require(assessment, {}, who.adviser)).codes).toEqual(['FORBIDDEN']);
    expect((await require(assessment, { comment: '' })).codes).toEqual(['BAD_INPUT']);
    expect((await ask(who, { ...assessment, version: 1 })).codes).toEqual(['STALE_VERSION']);
    const draft = await done(who.client, 'startAssessment', {
      requestId: freshId(),
      clientId: who.clientId,
      channel: 'WECHAT',
    });
    expect((await ask(who, draft)).codes).toEqual(['WRONG_STATE']);
  });
});

test('what was said and found has words', async () => {
  const who = await aClient();
  const awaited = await submitted(who, BOLD);
  const { answer: arranged } = await schedule(awaited);
  await record(arranged, { outcome: 'LOWER', newLevel: 'MEDIUM' });
  const { data } = await world.ask(
    who.client,
    `query ($id: ID!) { assessment(id: $id) { channelLabel(locale: ZH_HANS) bandLevelLabel scoredLevelLabel(locale: ZH_HANT)
      gatesFired { ceilingLabel } appointment { modeLabel } questionnaire { audienceLabel(locale: ZH_HANT) }
      interview { modeLabel(locale: ZH_HANS) checklistLabels outcomeLabel newLevelLabel(locale: ZH_HANT) } } }`,
    { id: awaited.id },
  );
  expect(data.assessment).toMatchObject({
    channelLabel: '线上',
    bandLevelLabel: 'High risk',
    scoredLevelLabel: '高風險',
    appointment: { modeLabel: 'By video' },
    questionnaire: { audienceLabel: '個人客戶' },
    interview: {
      modeLabel: '当面',
      checklistLabels: ['Risk tolerance', 'Investment goals'],
      outcomeLabel: 'Level lowered',
      newLevelLabel: '中風險',
    },
  });
});

test('once a newer sheet is handed in, the older one waits for nobody', async () => {
  const waiting = async () =>
    (
      await world.ask(assessor, '{ assessmentsAwaitingInterview(first: 100) { nodes { id } } }')
    ).data.assessmentsAwaitingInterview.nodes.map(({ id }: Passed) => id);
  const who = await aClient();
  const older = await submitted(who, BOLD);
  expect(await waiting()).toContain(older.id);
  const newer = await submitted(who, BOLD);
  expect(await waiting()).toContain(newer.id);
  expect(await waiting()).not.toContain(older.id);
});

describe('a session beside the client', () => {
  const open = (who: Someone, by = who.adviser, input: object = {}) =>
    run(by, 'startAssistedAssessment', { requestId: freshId(), clientId: who.clientId, ...input });

  test('is opened by the adviser, who is kept; the client alone answers and confirms, and the limits count it', async () => {
    const who = await aClient();
    const { answer: draft } = await open(who);
    expect(draft).toMatchObject({ state: 'DRAFT', staffId: who.adviserId });
    const { submit } = people(() => world);
    const issued = await submit(who, draft.id, SAVER);
    expect(await confirmed(who, issued.answer)).toMatchObject({ state: 'EFFECTIVE', staffId: who.adviserId });
    await submitted(who, SAVER);
    expect((await submit(who, (await open(who)).answer.id, SAVER)).codes).toEqual(['ATTEMPT_LIMIT']);
  });

  test('is refused to another adviser, to the client and for an unknown client', async () => {
    const [who, other] = [await aClient(), await aClient()];
    expect((await open(who, other.adviser)).codes).toEqual(['NOT_FOUND']);
    expect((await open(who, who.client)).codes).toEqual(['FORBIDDEN']);
    expect((await open({ ...who, clientId: freshId() })).codes).toEqual(['CLIENT_UNKNOWN']);
    expect((await open(who, who.adviser, { questionnaireCode: 'INS-RTQ' })).codes).toEqual([
      'WRONG_AUDIENCE',
    ]);
  });
});
