import { createHash } from 'node:crypto';
import { ClientActivated, ClientGraded, ClientOnboarded, ClientUpdated } from '@client-graph/events';
import { type Actor, actorOf } from '@client-graph/kit';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AnswerSheetRow, AssessmentRow, QuestionnaireRow } from '../entities.js';
import { OTHER_KEY, questionnaire } from '../fixture.js';
import { loadQuestionnaires, seed } from '../questionnaires/questionnaires.js';
import { score } from '../questionnaires/scoring.rules.js';
import { service } from '../service.js';
import { abandonDrafts } from './assessments.js';

let world: World;
const MORNING = new Date('2026-03-02T02:00:00.000Z');

beforeAll(async () => {
  world = await aService(service, { now: MORNING });
});
afterAll(async () => {
  await world.stop();
});

const FIELDS =
  'id version state score bandLevel scoredLevel finalLevel lowestCategory flags interviewReasons validFrom validTo attemptNo gatesFired { id } report { id number contentHash content confirmedAt }';
const START = `mutation ($input: StartAssessmentInput!) { startAssessment(input: $input) { ${FIELDS} } }`;
const SUBMIT = `mutation ($input: SubmitAnswersInput!) { submitAnswers(input: $input) { ${FIELDS} } }`;
const INTERVIEW = `mutation ($input: RecordInterviewInput!) { recordInterview(input: $input) { ${FIELDS} } }`;
const CONFIRM = `mutation ($input: ConfirmReportInput!) { confirmReport(input: $input) { ${FIELDS} } }`;
const ENTITIES = (fields: string) =>
  `query ($refs: [_Any!]!) { _entities(representations: $refs) { ... on Client { id ${fields} } } }`;

const SAVER = 'EBDCBCAABBBB';
const BOLD = 'DDEDDDEEBDDE';
const PATIENT = 'DCDCCCDCBDDD';

type Standing = Parameters<typeof ClientOnboarded>[0];
type Someone = {
  clientId: string;
  adviserId: string;
  client: ReturnType<typeof actorOf>;
  adviser: ReturnType<typeof actorOf>;
};

async function aClient(own: Partial<Standing> = {}, isActive = true): Promise<Someone> {
  const clientId = freshId();
  const adviserId = freshId();
  const standing = {
    kind: 'INDIVIDUAL',
    class: 'ORDINARY',
    grade: 'BRONZE',
    adviserId,
    ageBand: 'FROM_18',
    fullCivilCapacity: true,
    institutionType: null,
    originLeadId: null,
    ...own,
  } as const;
  await world.deliver(ClientOnboarded({ clientId, ...standing }));
  if (isActive)
    await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }));
  return {
    clientId,
    adviserId,
    client: actorOf(clientId, ['CLIENT'], clientId),
    adviser: actorOf(adviserId, ['ADVISER']),
  };
}

const assessor = actorOf(freshId(), ['RISK_ASSESSOR']);
const compliance = actorOf(freshId(), ['COMPLIANCE']);

/** What a client sends: one letter a question, without those that are worked out. */
const sent = (letters: string, code = 'IND-RTQ') =>
  questionnaire(code).definition.questions.flatMap(({ id, source }, index) =>
    source === 'DERIVED' ? [] : [{ questionId: id, optionCode: letters.charAt(index) }],
  );

const started = async (who: Someone, input: object = {}) => {
  const { data, codes } = await world.ask(who.client, START, {
    input: { requestId: freshId(), clientId: who.clientId, channel: 'ONLINE', ...input },
  });
  expect(codes).toEqual([]);
  return data.startAssessment as { id: string; version: number; state: string };
};
const submit = (who: Someone, assessmentId: string, letters: string, input: object = {}) =>
  world.ask(who.client, SUBMIT, {
    input: { requestId: freshId(), assessmentId, expectedVersion: 1, answers: sent(letters), ...input },
  });
const submitted = async (who: Someone, letters: string) => {
  const { id } = await started(who);
  const { data, codes } = await submit(who, id, letters);
  expect(codes).toEqual([]);
  return data.submitAnswers;
};
const interview = (id: string, version: number, input: object = {}, by = assessor) =>
  world.ask(by, INTERVIEW, {
    input: {
      assessmentId: id,
      expectedVersion: version,
      outcome: 'CONFIRM',
      mode: 'FACE',
      checklist: ['TOLERANCE', 'GOALS'],
      summary: 'Knows the swings and can bear them.',
      ...input,
    },
  });
const confirmed = async (
  who: Someone,
  { id, version, report }: { id: string; version: number; report: { contentHash: string } },
) => {
  const { data, codes } = await world.ask(who.client, CONFIRM, {
    input: {
      requestId: freshId(),
      assessmentId: id,
      expectedVersion: version,
      reportHash: report.contentHash,
    },
  });
  expect(codes).toEqual([]);
  return data.confirmReport;
};
const eventsOf = async (who: Someone) => (await world.events()).filter(({ key }) => key === who.clientId);

describe('from questionnaire to profile', () => {
  test('the young saver becomes MEDIUM_LOW in one sitting, and every step is told', async () => {
    const who = await aClient();
    const draft = await started(who);
    expect(draft).toMatchObject({ state: 'DRAFT', version: 1, score: null, report: null });
    const { data } = await submit(who, draft.id, SAVER);
    expect(data.submitAnswers).toMatchObject({
      state: 'REPORT_ISSUED',
      score: 46,
      bandLevel: 'MEDIUM',
      scoredLevel: 'MEDIUM_LOW',
      finalLevel: 'MEDIUM_LOW',
      lowestCategory: false,
      attemptNo: 1,
      interviewReasons: [],
      gatesFired: [{ id: 'G1' }, { id: 'G4' }],
    });
    const { report } = data.submitAnswers;
    expect(createHash('sha256').update(report.content).digest('hex')).toBe(report.contentHash);
    const effective = await confirmed(who, data.submitAnswers);
    expect(effective).toMatchObject({
      state: 'EFFECTIVE',
      validFrom: '2026-03-02',
      validTo: '2027-03-01',
      report: { confirmedAt: MORNING.toISOString() },
    });

    const told = await eventsOf(who);
    expect(told.map(({ type }) => type)).toEqual([
      'assessment.submitted',
      'assessment.scored',
      'assessment.report.issued',
      'risk.profile.changed',
    ]);
    expect(told[1]?.data).toMatchObject({
      questionnaire: 'IND-RTQ',
      version: '2026.1',
      band: 'MEDIUM',
      gates: ['G1', 'G4'],
      attemptNo: 1,
    });
    expect(told[3]?.data).toEqual({
      clientId: who.clientId,
      assessmentId: draft.id,
      from: null,
      to: 'MEDIUM_LOW',
      lowestCategory: false,
      validTo: '2027-03-01',
    });
  });

  test('the profile explains itself in three languages and knows when it has run out', async () => {
    const who = await aClient();
    await confirmed(who, await submitted(who, SAVER));
    const ask = () =>
      world.ask(
        who.client,
        ENTITIES(
          'riskProfile { level levelLabel zh: levelLabel(locale: ZH_HANS) hant: levelLabel(locale: ZH_HANT) lowestCategory validTo isValid assessmentId reasons reasonsZh: reasons(locale: ZH_HANS) reasonsHant: reasons(locale: ZH_HANT) } assessments { id state }',
        ),
        {
          refs: [{ __typename: 'Client', id: who.clientId }],
        },
      );
    const [client] = (await ask()).data._entities;
    expect(client.riskProfile).toMatchObject({
      level: 'MEDIUM_LOW',
      levelLabel: 'Medium-low risk',
      zh: '中低风险',
      hant: '中低風險',
      isValid: true,
      validTo: '2027-03-01',
    });
    expect(client.riskProfile.reasons).toEqual([
      'The answers score 46/100, in the band Medium risk (40–59).',
      'G1 (the loss you will accept; wealth must not buy a higher level): the level is at most Medium-low risk.',
      'G4 (no experience with assets whose value moves): the level is at most Medium risk.',
    ]);
    expect(client.riskProfile.reasonsZh[1]).toBe(
      'G1 (您可接受的亏损程度；财力不能换取更高等级)：等级最高为中低风险。',
    );
    expect(client.riskProfile.reasonsHant[2]).toBe('G4 (沒有淨值波動類資產的投資經驗)：等級最高為中風險。');
    expect(client.assessments).toEqual([{ id: client.riskProfile.assessmentId, state: 'EFFECTIVE' }]);

    world.clock.now = new Date('2027-03-01T15:59:59.999Z');
    expect((await ask()).data._entities[0].riskProfile.isValid).toBe(true);
    world.clock.now = new Date('2027-03-01T16:00:00.000Z');
    expect((await ask()).data._entities[0].riskProfile.isValid).toBe(false);
    world.clock.now = MORNING;
  });

  test('a second confirmed report takes the place of the first', async () => {
    const who = await aClient();
    const first = await confirmed(who, await submitted(who, SAVER));
    const second = await confirmed(who, await submitted(who, 'EBDCBCAABBBA'));
    expect(second).toMatchObject({ finalLevel: 'LOW', lowestCategory: true, state: 'EFFECTIVE' });
    const rows = await world.sql<{ id: string; state: string; supersedes_id: string | null }>(
      'select id, state, supersedes_id from assessment where client_id = $1 order by attempt_no',
      [who.clientId],
    );
    expect(rows).toEqual([
      { id: first.id, state: 'SUPERSEDED', supersedes_id: null },
      { id: second.id, state: 'EFFECTIVE', supersedes_id: first.id },
    ]);
    const [changed] = (await eventsOf(who)).filter(({ type }) => type === 'risk.profile.changed').slice(-1);
    expect(changed?.data).toMatchObject({ from: 'MEDIUM_LOW', to: 'LOW', lowestCategory: true });
  });

  test('an institution answers its own questionnaire', async () => {
    const who = await aClient({
      kind: 'INSTITUTION',
      class: 'GOVERNMENT_PUBLIC',
      grade: 'SMALL',
      ageBand: null,
      institutionType: 'GOVERNMENT_PUBLIC',
    });
    const { id } = await started(who);
    const { data } = await submit(who, id, '', { answers: sent('DDDDDDDE', 'INS-RTQ') });
    expect(data.submitAnswers).toMatchObject({
      score: 100,
      bandLevel: 'HIGH',
      finalLevel: 'MEDIUM',
      state: 'REPORT_ISSUED',
      gatesFired: [{ id: 'H4' }],
    });
  });

  test('the report holds every section in both languages, and no points of an option', async () => {
    const who = await aClient();
    const { id } = await submitted(who, SAVER);
    const { data } = await world.ask(
      who.client,
      'query ($id: ID!) { assessment(id: $id) { report { number en: sections { heading lines } zh: sections(locale: ZH_HANS) { heading lines } content } } }',
      { id },
    );
    const { number, en, zh, content } = data.assessment.report;
    expect(number).toMatch(/^RR-2026-\d{8}$/);
    expect(en.map(({ heading }: { heading: string }) => heading)).toEqual([
      'Client and date',
      'Questionnaire',
      'Answers',
      'Score by dimension',
      'How the level was found',
      'Risk level',
      'Products offered',
      'Validity',
      'Interview',
      'Ask for a person',
      'Complain',
      'Confirmation',
    ]);
    expect(zh).toHaveLength(en.length);
    expect(en[2].lines).toHaveLength(12);
    expect(zh[2].lines[0]).toBe('I1 您的年龄（由档案中的出生日期推算，无需填写） — 18–30周岁');
    expect(en[3].lines).toContain('Capacity: 29/48');
    expect(en[6].lines).toEqual(['Products rated R1, R2.']);
    expect(Object.keys(JSON.parse(content))).toEqual([
      'assessmentId',
      'clientId',
      'issuedAt',
      'level',
      'lowestCategory',
      'number',
      'questionnaire',
      'rules',
      'sections',
    ]);
  });
});

describe('the interview', () => {
  test.each([
    ['the level HIGH', {}, BOLD, ['LEVEL_HIGH']],
    ['a GOLD client', { grade: 'GOLD' }, SAVER, ['IMPORTANT_CLIENT']],
    ['one marked by compliance', { isMarkedImportant: true }, SAVER, ['IMPORTANT_CLIENT']],
    ['a gate', { ageBand: 'FROM_65' }, 'ABBABBABBAAA', ['GATE_G7']],
  ] as const)('is required for %s, and the report waits for it', async (_, own, letters, reasonCodes) => {
    const who = await aClient(own);
    const awaited = await submitted(who, letters);
    expect(awaited).toMatchObject({
      state: 'INTERVIEW_REQUIRED',
      finalLevel: null,
      lowestCategory: null,
      report: null,
      interviewReasons: reasonCodes,
    });
    const told = await eventsOf(who);
    expect(told.map(({ type }) => type)).toEqual([
      'assessment.submitted',
      'assessment.scored',
      'assessment.interview.required',
    ]);
    expect(told[2]?.data).toEqual({ clientId: who.clientId, assessmentId: awaited.id, reasonCodes });
  });

  test('is required when the grade has become important since', async () => {
    const who = await aClient();
    await world.deliver(
      ClientGraded({
        clientId: who.clientId,
        from: 'BRONZE',
        to: 'DIAMOND',
        ruleVersion: '2026.1',
        override: false,
      }),
      { times: 2 },
    );
    expect(await submitted(who, SAVER)).toMatchObject({ interviewReasons: ['IMPORTANT_CLIENT'] });
  });

  test('is required for a rise of two steps against the level that counts', async () => {
    const who = await aClient();
    await confirmed(who, await submitted(who, SAVER));
    expect(await submitted(who, PATIENT)).toMatchObject({
      scoredLevel: 'MEDIUM_HIGH',
      interviewReasons: ['LEVEL_RISE'],
    });
  });

  test('confirmed: the report is issued and the client confirms it', async () => {
    const who = await aClient();
    const awaited = await submitted(who, BOLD);
    const { data } = await interview(awaited.id, awaited.version);
    expect(data.recordInterview).toMatchObject({ state: 'REPORT_ISSUED', finalLevel: 'HIGH' });
    expect(data.recordInterview.report.content).toContain('Knows the swings and can bear them.');
    expect(await confirmed(who, data.recordInterview)).toMatchObject({
      state: 'EFFECTIVE',
      finalLevel: 'HIGH',
    });
    expect((await eventsOf(who)).map(({ type }) => type).slice(2)).toEqual([
      'assessment.interview.required',
      'assessment.interview.completed',
      'assessment.report.issued',
      'risk.profile.changed',
    ]);
  });

  test('lowered: the reasons say so; raised: refused', async () => {
    const who = await aClient();
    const awaited = await submitted(who, BOLD);
    expect(
      (await interview(awaited.id, awaited.version, { outcome: 'LOWER', newLevel: 'HIGH' })).codes,
    ).toEqual(['LEVEL_NOT_LOWER']);
    expect((await interview(awaited.id, awaited.version, { outcome: 'LOWER' })).codes).toEqual([
      'LEVEL_NOT_LOWER',
    ]);
    expect((await interview(awaited.id, awaited.version, { newLevel: 'LOW' })).codes).toEqual(['BAD_INPUT']);
    const { data } = await interview(awaited.id, awaited.version, { outcome: 'LOWER', newLevel: 'MEDIUM' });
    await confirmed(who, data.recordInterview);
    const [client] = (
      await world.ask(who.client, ENTITIES('riskProfile { level reasons }'), {
        refs: [{ __typename: 'Client', id: who.clientId }],
      })
    ).data._entities;
    expect(client.riskProfile).toEqual({
      level: 'MEDIUM',
      reasons: [
        'The answers score 98/100, in the band High risk (80–100).',
        'The interview lowered the level to Medium risk.',
      ],
    });
  });

  test('redo: the assessment ends without a report', async () => {
    const who = await aClient();
    const awaited = await submitted(who, BOLD);
    const { data } = await interview(awaited.id, awaited.version, { outcome: 'REDO' });
    expect(data.recordInterview).toMatchObject({ state: 'ABANDONED', finalLevel: null, report: null });
    expect((await interview(awaited.id, awaited.version + 1)).codes).toEqual(['WRONG_STATE']);
  });

  test('by the own adviser is refused and leaves nothing behind', async () => {
    const who = await aClient();
    const awaited = await submitted(who, BOLD);
    const both = actorOf(who.adviserId, ['ADVISER', 'RISK_ASSESSOR']);
    expect((await interview(awaited.id, awaited.version, {}, both)).codes).toEqual(['OWN_ADVISER']);
    expect(await world.sql('select from interview where assessment_id = $1', [awaited.id])).toEqual([]);
    expect(await eventsOf(who)).toHaveLength(3);
    const other = actorOf(freshId(), ['ADVISER', 'RISK_ASSESSOR']);
    expect((await interview(awaited.id, awaited.version, {}, other)).codes).toEqual([]);
  });

  test('with a stale version, without the needed topics, without a summary: refused', async () => {
    const who = await aClient();
    const awaited = await submitted(who, BOLD);
    expect((await interview(awaited.id, 1)).codes).toEqual(['STALE_VERSION']);
    expect((await interview(awaited.id, awaited.version, { checklist: ['GOALS'] })).codes).toEqual([
      'INTERVIEW_INCOMPLETE',
    ]);
    expect((await interview(awaited.id, awaited.version, { summary: ' ' })).codes).toEqual(['BAD_INPUT']);
    expect((await interview(freshId(), 1)).codes).toEqual(['NOT_FOUND']);
  });

  test('waits in a list for assessors, oldest first', async () => {
    const who = await aClient();
    const awaited = await submitted(who, BOLD);
    const { data } = await world.ask(
      assessor,
      '{ assessmentsAwaitingInterview(first: 100) { nodes { id clientId state client { id } } pageInfo { hasNextPage } } }',
    );
    const ids = data.assessmentsAwaitingInterview.nodes.map(({ id }: { id: string }) => id);
    expect(ids).toContain(awaited.id);
    expect([...ids].sort()).toEqual(ids);
    expect(
      data.assessmentsAwaitingInterview.nodes.every(({ client }: { client: unknown }) => client === null),
    ).toBe(true);
  });
});

describe('a sheet that is not right is refused and leaves nothing behind', () => {
  test.each([
    ['a missing answer', (all: object[]) => all.slice(1), 'ANSWERS_MISSING', ['I2']],
    ['a doubled answer', (all: object[]) => [...all, all[0]], 'ANSWERS_DOUBLED', ['I2']],
    [
      'an unknown question',
      (all: object[]) => [...all, { questionId: 'X1', optionCode: 'A' }],
      'QUESTION_UNKNOWN',
      ['X1'],
    ],
    [
      'the derived question',
      (all: object[]) => [...all, { questionId: 'I1', optionCode: 'A' }],
      'QUESTION_NOT_ASKED',
      ['I1'],
    ],
    [
      'an unknown option',
      (all: object[]) => [...all.slice(1), { questionId: 'I2', optionCode: 'Q' }],
      'OPTION_UNKNOWN',
      ['I2'],
    ],
  ] as const)('%s', async (_, spoil, code, questionIds) => {
    const who = await aClient();
    const { id } = await started(who);
    const { codes, errors } = await submit(who, id, SAVER, { answers: spoil(sent(SAVER)) });
    expect(codes).toEqual([code]);
    expect(errors[0]?.extensions?.['details']).toEqual({ questionIds });
    expect(await eventsOf(who)).toEqual([]);
    expect((await submit(who, id, SAVER)).codes).toEqual([]);
  });

  test('a second sheet for the same assessment', async () => {
    const who = await aClient();
    const { id, version } = await submitted(who, SAVER);
    expect((await submit(who, id, BOLD)).codes).toEqual(['STALE_VERSION']);
    expect((await submit(who, id, BOLD, { expectedVersion: version })).codes).toEqual(['WRONG_STATE']);
  });

  test('a client this service has not heard of, or who is not active', async () => {
    const unknown = freshId();
    const stranger = actorOf(unknown, ['CLIENT'], unknown);
    const start = (who: typeof stranger, clientId: string) =>
      world.ask(who, START, { input: { requestId: freshId(), clientId, channel: 'ONLINE' } });
    expect((await start(stranger, unknown)).codes).toEqual(['CLIENT_UNKNOWN']);
    const onboarding = await aClient({}, false);
    expect((await start(onboarding.client, onboarding.clientId)).codes).toEqual(['CLIENT_NOT_ACTIVE']);
  });

  test('a client who has lost the status, or whose age no option fits, since the assessment began', async () => {
    const who = await aClient();
    const { id } = await started(who);
    await world.sql(`update client_copy set status = 'DORMANT' where client_id = $1`, [who.clientId]);
    expect((await submit(who, id, SAVER)).codes).toEqual(['CLIENT_NOT_ACTIVE']);
    await world.sql(`update client_copy set status = 'ACTIVE', age_band = 'UNDER_18' where client_id = $1`, [
      who.clientId,
    ]);
    expect((await submit(who, id, SAVER)).codes).toEqual(['FACT_MISSING']);
    await world.sql('delete from client_copy where client_id = $1', [who.clientId]);
    expect((await submit(who, id, SAVER)).codes).toEqual(['CLIENT_UNKNOWN']);
  });

  test('the age is that of the day of submission', async () => {
    const who = await aClient({ ageBand: 'FROM_56' });
    const { id } = await started(who);
    const facts = {
      kind: 'INDIVIDUAL',
      class: 'ORDINARY',
      grade: 'BRONZE',
      adviserId: who.adviserId,
      ageBand: 'FROM_65',
      fullCivilCapacity: true,
      institutionType: null,
    } as const;
    await world.deliver(
      ClientUpdated({ clientId: who.clientId, ...facts, changedFieldCodes: ['ageBand'], version: 2 }),
      { times: 2 },
    );
    await submit(who, id, SAVER);
    const { data } = await world.ask(
      who.client,
      'query ($id: ID!) { assessment(id: $id) { answers { questionId optionCode isDerived } } }',
      { id },
    );
    expect(data.assessment.answers).toHaveLength(12);
    expect(data.assessment.answers[0]).toEqual({ questionId: 'I1', optionCode: 'A', isDerived: true });
  });

  test('a report that is not the one read, an older sheet, a stale version', async () => {
    const who = await aClient();
    const older = await submitted(who, SAVER);
    const { id, version, report } = await submitted(who, 'EBDCBCAABBBA');
    const confirm = (input: object) =>
      world.ask(who.client, CONFIRM, {
        input: {
          requestId: freshId(),
          assessmentId: id,
          expectedVersion: version,
          reportHash: report.contentHash,
          ...input,
        },
      });
    expect((await confirm({ reportHash: older.report.contentHash })).codes).toEqual(['REPORT_CHANGED']);
    expect((await confirm({ expectedVersion: version - 1 })).codes).toEqual(['STALE_VERSION']);
    expect(
      (
        await confirm({
          assessmentId: older.id,
          expectedVersion: older.version,
          reportHash: older.report.contentHash,
        })
      ).codes,
    ).toEqual(['NEWER_ASSESSMENT']);
    expect((await confirm({})).codes).toEqual([]);
  });

  test('answers and reports cannot be changed, not even in the database', async () => {
    const who = await aClient();
    await submitted(who, SAVER);
    await expect(
      world.sql(`update answer_sheet set answers = '{}' where client_id = $1`, [who.clientId]),
    ).rejects.toThrow('answer_sheet rows do not change');
    await expect(
      world.sql(`update risk_report set content = '' where client_id = $1`, [who.clientId]),
    ).rejects.toThrow('risk_report rows do not change');
  });
});

describe('attempts are limited', () => {
  test('the third of a day is refused with the time from which it is taken, over all channels, and then taken', async () => {
    const who = await aClient();
    await submitted(who, SAVER);
    await submitted(who, SAVER);
    const third = await started(who, { channel: 'BRANCH' });
    const refused = await submit(who, third.id, SAVER);
    expect(refused.codes).toEqual(['ATTEMPT_LIMIT']);
    expect(refused.errors[0]?.extensions?.['details']).toMatchObject({ retryAt: '2026-03-02T16:00:00.000Z' });

    world.clock.now = new Date('2026-03-02T15:59:59.999Z');
    expect((await submit(who, third.id, SAVER)).codes).toEqual(['ATTEMPT_LIMIT']);
    world.clock.now = new Date('2026-03-02T16:00:00.000Z');
    const { data, codes } = await submit(who, third.id, SAVER);
    expect(codes).toEqual([]);
    expect(data.submitAnswers.attemptNo).toBe(3);
    world.clock.now = MORNING;
  });

  test('ten at once: two are taken', async () => {
    const who = await aClient();
    const drafts = await Promise.all(Array.from({ length: 10 }, () => started(who)));
    const answers = await Promise.all(drafts.map(({ id }) => submit(who, id, SAVER)));
    const codes = answers.flatMap((answer) => (answer.codes.length === 0 ? ['taken'] : answer.codes)).sort();
    expect(codes).toEqual([...Array(8).fill('ATTEMPT_LIMIT'), 'taken', 'taken']);
    expect(
      await world.sql(
        'select attempt_no from assessment where client_id = $1 and attempt_no is not null order by 1',
        [who.clientId],
      ),
    ).toEqual([{ attempt_no: 1 }, { attempt_no: 2 }]);
    expect((await eventsOf(who)).filter(({ type }) => type === 'assessment.submitted')).toHaveLength(2);
  });

  test('ten confirmations at once: one counts', async () => {
    const who = await aClient();
    const { id, version, report } = await submitted(who, SAVER);
    const confirm = () =>
      world.ask(who.client, CONFIRM, {
        input: {
          requestId: freshId(),
          assessmentId: id,
          expectedVersion: version,
          reportHash: report.contentHash,
        },
      });
    const codes = (await Promise.all(Array.from({ length: 10 }, confirm))).flatMap((answer) =>
      answer.codes.length === 0 ? ['done'] : answer.codes,
    );
    expect(codes.sort()).toEqual([...Array(9).fill('STALE_VERSION'), 'done']);
    expect((await eventsOf(who)).filter(({ type }) => type === 'risk.profile.changed')).toHaveLength(1);
  });

  test('a draft is taken for a day, and closed after it', async () => {
    const who = await aClient();
    const { id } = await started(who);
    world.clock.now = new Date(MORNING.getTime() + 24 * 3_600_000 + 1);
    expect((await submit(who, id, SAVER)).codes).toEqual(['DRAFT_TOO_OLD']);
    await abandonDrafts(world.db);
    await abandonDrafts(world.db);
    expect(await world.sql('select state, version from assessment where id = $1', [id])).toEqual([
      { state: 'ABANDONED', version: 2 },
    ]);
    expect((await submit(who, id, SAVER, { expectedVersion: 2 })).codes).toEqual(['WRONG_STATE']);
    world.clock.now = MORNING;
  });
});

describe('a request that is sent again', () => {
  test('counts once and is answered the same; with other content it is refused', async () => {
    const who = await aClient();
    const requestId = freshId();
    const start = (channel: string) =>
      world.ask(who.client, START, { input: { requestId, clientId: who.clientId, channel } });
    const [first, again] = [await start('ONLINE'), await start('ONLINE')];
    expect(again.data).toEqual(first.data);
    expect((await start('WECHAT')).codes).toEqual(['REQUEST_ID_REUSED']);

    const { id } = first.data.startAssessment;
    const hand = (letters: string) => submit(who, id, letters, { requestId });
    const [sheet, sheetAgain] = [await hand(SAVER), await hand(SAVER)];
    expect(sheetAgain.data).toEqual(sheet.data);
    expect((await hand(BOLD)).codes).toEqual(['REQUEST_ID_REUSED']);

    const { version, report } = sheet.data.submitAnswers;
    const confirm = () =>
      world.ask(who.client, CONFIRM, {
        input: { requestId, assessmentId: id, expectedVersion: version, reportHash: report.contentHash },
      });
    const [done, doneAgain] = [await confirm(), await confirm()];
    expect(doneAgain.data).toEqual(done.data);
    expect((await eventsOf(who)).map(({ type }) => type)).toEqual([
      'assessment.submitted',
      'assessment.scored',
      'assessment.report.issued',
      'risk.profile.changed',
    ]);
  });
});

describe('who may do what', () => {
  const staff = [
    'ADVISER',
    'RISK_ASSESSOR',
    'SERVICE_AGENT',
    'OPERATIONS',
    'COMPLIANCE',
    'AUDITOR',
    'MARKETING',
    'ANALYST',
    'ADMIN',
  ] as const;

  test.each(staff)('%s does not answer for a client', async (role) => {
    const who = await aClient();
    const actor = actorOf(who.adviserId, [role]);
    const { id } = await started(who);
    expect(
      (
        await world.ask(actor, START, {
          input: { requestId: freshId(), clientId: who.clientId, channel: 'ONLINE' },
        })
      ).codes,
    ).toEqual(['FORBIDDEN']);
    expect(
      (
        await world.ask(actor, SUBMIT, {
          input: { requestId: freshId(), assessmentId: id, expectedVersion: 1, answers: sent(SAVER) },
        })
      ).codes,
    ).toEqual(['FORBIDDEN']);
    expect(
      (
        await world.ask(actor, CONFIRM, {
          input: { requestId: freshId(), assessmentId: id, expectedVersion: 1, reportHash: 'x' },
        })
      ).codes,
    ).toEqual(['FORBIDDEN']);
  });

  test.each(['CLIENT', ...staff.filter((role) => role !== 'RISK_ASSESSOR')] as const)(
    '%s holds no interview',
    async (role) => {
      const actor = actorOf(freshId(), [role], freshId());
      expect((await interview(freshId(), 1, {}, actor)).codes).toEqual(['FORBIDDEN']);
      expect((await world.ask(actor, '{ assessmentsAwaitingInterview { nodes { id } } }')).codes).toEqual([
        'FORBIDDEN',
      ]);
    },
  );

  test('nobody without a token', async () => {
    expect((await world.ask(null, '{ questionnaire(code: "IND-RTQ") { code } }')).codes).toEqual([
      'UNAUTHENTICATED',
    ]);
  });

  test('a client does nothing for another client', async () => {
    const [who, other] = [await aClient(), await aClient()];
    const { id } = await started(who);
    expect(
      (
        await world.ask(other.client, START, {
          input: { requestId: freshId(), clientId: who.clientId, channel: 'ONLINE' },
        })
      ).codes,
    ).toEqual(['NOT_FOUND']);
    expect((await submit(other, id, SAVER)).codes).toEqual(['NOT_FOUND']);
    expect((await submit(other, id, SAVER, { expectedVersion: 9 })).codes).toEqual(['NOT_FOUND']);
  });

  test('an assessment is seen by its client, their adviser, compliance, and an assessor while an interview is awaited', async () => {
    const [who, other] = [await aClient(), await aClient()];
    const sees = async (actor: Parameters<World['ask']>[0], id: string) =>
      (await world.ask(actor, 'query ($id: ID!) { assessment(id: $id) { id } }', { id })).data?.assessment ??
      null;
    const plain = await submitted(who, SAVER);
    const awaited = await submitted(who, BOLD);
    for (const { id } of [plain, awaited]) {
      expect(await sees(who.client, id)).toEqual({ id });
      expect(await sees(who.adviser, id)).toEqual({ id });
      expect(await sees(compliance, id)).toEqual({ id });
      expect(await sees(other.client, id)).toBeNull();
      expect(await sees(other.adviser, id)).toBeNull();
      expect(await sees(actorOf(freshId(), ['OPERATIONS']), id)).toBeNull();
    }
    expect(await sees(assessor, plain.id)).toBeNull();
    expect(await sees(assessor, awaited.id)).toEqual({ id: awaited.id });
    expect(await sees(who.client, 'no uuid')).toBeNull();
  });

  test('the profile of a client is null for whoever does not reach them', async () => {
    const [who, other] = [await aClient(), await aClient()];
    await confirmed(who, await submitted(who, SAVER));
    const profile = async (actor: Parameters<World['ask']>[0]) =>
      (
        await world.ask(actor, ENTITIES('riskProfile { level }'), {
          refs: [{ __typename: 'Client', id: who.clientId }],
        })
      ).data._entities[0]?.riskProfile ?? null;
    expect(await profile(who.client)).toEqual({ level: 'MEDIUM_LOW' });
    expect(await profile(who.adviser)).toEqual({ level: 'MEDIUM_LOW' });
    expect(await profile(compliance)).toEqual({ level: 'MEDIUM_LOW' });
    expect(await profile(other.client)).toBeNull();
    expect(await profile(other.adviser)).toBeNull();
    expect(await profile(assessor)).toBeNull();
    expect(await profile(actorOf(freshId(), ['MARKETING']))).toBeNull();
  });
});

describe('questionnaires', () => {
  const QUESTIONNAIRE =
    'query ($code: ID, $audience: QuestionnaireAudience) { questionnaire(code: $code, audience: $audience) { code version audience questions { id dimension text zh: text(locale: ZH_HANS) hant: text(locale: ZH_HANT) options { code text zh: text(locale: ZH_HANS) } } } }';
  const anyone = actorOf(freshId(), ['CLIENT'], freshId());

  test('are shown in both languages without what is worked out and without points', async () => {
    const { data } = await world.ask(anyone, QUESTIONNAIRE, { audience: 'INDIVIDUAL' });
    const { questions, ...head } = data.questionnaire;
    expect(head).toEqual({ code: 'IND-RTQ', version: '2026.1', audience: 'INDIVIDUAL' });
    expect(questions).toHaveLength(11);
    expect(questions[0]).toMatchObject({
      id: 'I2',
      dimension: 'CAPACITY',
      zh: '您家庭最近一年的税后可支配收入大约是多少？',
      options: expect.arrayContaining([{ code: 'A', text: 'Under CNY 100,000', zh: '10万元以下' }]),
    });
    expect(
      (await world.ask(anyone, QUESTIONNAIRE, { code: 'INS-RTQ' })).data.questionnaire.questions,
    ).toHaveLength(8);
    expect((await world.ask(anyone, QUESTIONNAIRE, { code: 'NONE' })).data.questionnaire).toBeNull();
    expect((await world.ask(anyone, QUESTIONNAIRE, {})).codes).toEqual(['BAD_INPUT']);
  });

  test('no field that leads to an option tells its points or the right answer', async () => {
    const { data } = await world.ask(
      anyone,
      '{ __schema { types { name fields { name } inputFields { name } } } }',
    );
    const fields = new Map(
      data.__schema.types.map((type: { name: string; fields: { name: string }[] | null }) => [
        type.name,
        (type.fields ?? []).map(({ name }) => name),
      ]),
    );
    expect(fields.get('QuestionOption')).toEqual(['code', 'text']);
    expect(fields.get('Question')).toEqual([
      'id',
      'dimension',
      'dimensionLabel',
      'text',
      'options',
      'answersMax',
      'aloneCodes',
    ]);
    expect(fields.get('Questionnaire')).toEqual([
      'code',
      'version',
      'audience',
      'effectiveFrom',
      'questions',
    ]);
    expect(fields.get('AssessmentAnswer')).toEqual(['questionId', 'optionCode', 'isDerived']);
  });

  test('a running assessment shows the options of chance in one order, whenever it is loaded', async () => {
    const orders = new Set<string>();
    const who = await aClient();
    for (let n = 0; n < 12; n += 1) {
      const { id } = await started(who);
      const order = async () => {
        const { data } = await world.ask(
          who.client,
          'query ($id: ID!) { assessment(id: $id) { questionnaire { questions { id options { code } } } } }',
          { id },
        );
        const question = data.assessment.questionnaire.questions.find(
          (asked: { id: string }) => asked.id === 'I9',
        );
        return question.options.map(({ code }: { code: string }) => code).join('');
      };
      const shown = await order();
      expect(await order()).toBe(shown);
      orders.add(shown);
    }
    expect(orders.size).toBeGreaterThan(1);
  });

  test('seeding again adds nothing, and a published version cannot be published with other content', async () => {
    const count = () => world.sql('select count(*)::int as n from questionnaire');
    const before = await count();
    await seed(world.db);
    expect(await count()).toEqual(before);
    const changed = structuredClone(OTHER_KEY);
    await loadQuestionnaires(world.db, {
      ...changed,
      questionnaires: changed.questionnaires.map((q) => ({
        ...q,
        code: 'ONCE',
        audience: 'INSTITUTION',
        effectiveFrom: '2030-01-01',
      })),
    });
    const other = {
      ...changed,
      questionnaires: changed.questionnaires.map((q) => ({
        ...q,
        code: 'ONCE',
        audience: 'INSTITUTION',
        effectiveFrom: '2031-01-01',
      })),
    };
    await expect(loadQuestionnaires(world.db, other)).rejects.toThrow(
      'ONCE 7 is published with other content',
    );
    await expect(loadQuestionnaires(world.db, { questionnaires: [{}] })).rejects.toThrow('malformed');
  });

  test('for the other kind of client, of an unknown code, or retired in between: refused', async () => {
    const who = await aClient();
    const start = (questionnaireCode: string) =>
      world.ask(who.client, START, {
        input: { requestId: freshId(), clientId: who.clientId, channel: 'ONLINE', questionnaireCode },
      });
    expect((await start('INS-RTQ')).codes).toEqual(['WRONG_AUDIENCE']);
    expect((await start('NONE')).codes).toEqual(['QUESTIONNAIRE_UNKNOWN']);

    const [short] = OTHER_KEY.questionnaires;
    const file = (status: string) => ({
      questionnaires: [{ ...short, code: 'SHORT-LIVED', effectiveFrom: '2026-01-01', status }],
    });
    await loadQuestionnaires(world.db, file('ACTIVE'));
    const { data } = await start('SHORT-LIVED');
    await loadQuestionnaires(world.db, file('RETIRED'));
    expect((await start('SHORT-LIVED')).codes).toEqual(['QUESTIONNAIRE_UNKNOWN']);
    expect((await submit(who, data.startAssessment.id, '', { answers: [] })).codes).toEqual([
      'QUESTIONNAIRE_RETIRED',
    ]);
  });

  test('of another length, other points, bands and gates are answered without a change of code', async () => {
    await loadQuestionnaires(world.db, OTHER_KEY);
    const who = await aClient({ ageBand: 'FROM_46' });
    const { id } = await started(who, { questionnaireCode: 'FUND-SHORT' });
    const answers = Object.entries({ Q1: '2', Q2: 'some', Q3: 'no', Q4: 'z' }).map(
      ([questionId, optionCode]) => ({ questionId, optionCode }),
    );
    const { data } = await submit(who, id, '', { answers });
    expect(data.submitAnswers).toMatchObject({
      score: 7,
      bandLevel: 'MEDIUM_HIGH',
      scoredLevel: 'MEDIUM',
      state: 'INTERVIEW_REQUIRED',
      interviewReasons: ['GATE_K3'],
      gatesFired: [{ id: 'K1' }, { id: 'K3' }],
    });
    await world.sql(`update questionnaire set status = 'RETIRED' where code = 'FUND-SHORT'`);
  });
});

describe('in the large', () => {
  test('every stored sheet, scored again, gives what is stored', async () => {
    const sheets = await world.db.source.getRepository(AnswerSheetRow).find();
    expect(sheets.length).toBeGreaterThan(20);
    for (const { assessmentId, answers, facts } of sheets) {
      const assessment = await world.db.source
        .getRepository(AssessmentRow)
        .findOneByOrFail({ id: assessmentId });
      const { definition } = await world.db.source
        .getRepository(QuestionnaireRow)
        .findOneByOrFail({ id: assessment.questionnaireId });
      const {
        score: total,
        subScores,
        bandLevel,
        gatesFired,
        scoredLevel,
        marksLowestCategory,
        flags,
      } = assessment;
      expect(score(definition, answers, facts)).toEqual({
        score: total,
        subScores,
        bandLevel,
        gatesFired,
        scoredLevel,
        marksLowestCategory,
        flags,
      });
    }
  });

  test('a sheet is scored again for those who audit, and a stored result that was meddled with is found', async () => {
    const who = await aClient();
    const { id } = await submitted(who, SAVER);
    const ask = (actor: Actor) =>
      world.ask(
        actor,
        'query ($id: ID!) { assessment(id: $id) { rescored { score bandLevel scoredLevel gates isSame } } }',
        { id },
      );
    const auditor = actorOf(freshId(), ['AUDITOR']);
    const same = { score: 46, bandLevel: 'MEDIUM', scoredLevel: 'MEDIUM_LOW', gates: ['G1', 'G4'] };
    expect((await ask(auditor)).data.assessment.rescored).toEqual({ ...same, isSame: true });
    expect((await ask(who.client)).codes).toEqual(['FORBIDDEN']);
    await world.sql(`update assessment set scored_level = 'MEDIUM' where id = $1`, [id]);
    expect((await ask(auditor)).data.assessment.rescored).toEqual({ ...same, isSame: false });
    await world.sql(`update assessment set scored_level = 'MEDIUM_LOW' where id = $1`, [id]);
  });

  test('the profiles of 50 clients cost as many statements as that of one', async () => {
    const adviserId = freshId();
    const adviser = actorOf(adviserId, ['ADVISER']);
    const ids: string[] = [];
    for (let n = 0; n < 50; n += 1) {
      const who = await aClient({ adviserId });
      await confirmed(who, await submitted(who, SAVER));
      ids.push(who.clientId);
    }
    const cost = (count: number, fields: string) =>
      world.statements(async () => {
        const { data, codes } = await world.ask(adviser, ENTITIES(fields), {
          refs: ids.slice(0, count).map((id) => ({ __typename: 'Client', id })),
        });
        expect(codes).toEqual([]);
        expect(data._entities).toHaveLength(count);
        expect(
          data._entities.every(({ riskProfile }: { riskProfile: object | null }) => riskProfile !== null),
        ).toBe(true);
      });
    const level = 'riskProfile { level lowestCategory validTo isValid }';
    expect(await cost(1, level)).toBe(2);
    expect(await cost(50, level)).toBe(2);
    const all =
      'riskProfile { level reasons } assessments { id answers { optionCode } gatesFired { id reason } report { number confirmedAt } }';
    expect(await cost(50, all)).toBe(await cost(1, all));
    expect(await cost(50, all)).toBeLessThanOrEqual(8);
  }, 300_000);

  test('an event that comes twice is taken in once', async () => {
    const clientId = freshId();
    const standing = {
      kind: 'INDIVIDUAL',
      class: 'ORDINARY',
      grade: 'BRONZE',
      adviserId: freshId(),
      ageBand: 'FROM_18',
      fullCivilCapacity: true,
      institutionType: null,
    } as const;
    await world.deliver(ClientOnboarded({ clientId, ...standing, originLeadId: null }), { times: 2 });
    await world.deliver(ClientActivated({ clientId, from: 'ONBOARDING', to: 'ACTIVE', reason: 'VERIFIED' }), {
      times: 2,
    });
    expect(await world.sql('select status, grade from client_copy where client_id = $1', [clientId])).toEqual(
      [{ status: 'ACTIVE', grade: 'BRONZE' }],
    );
  });
});
