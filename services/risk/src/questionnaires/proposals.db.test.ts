import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { answersWorth, GRABLE } from '../grable.fixture.js';
import { assessor, compliance, people, SAVER } from '../people.fixture.js';
import { service } from '../service.js';
import { retireSuperseded } from './proposals.js';
import { FRACTIONS, weighed } from './published.fixture.js';
import { seed } from './questionnaires.js';

let world: World;
const MORNING = new Date('2026-03-02T02:00:00.000Z');
const shanghai = (text: string) => new Date(`${text}+08:00`);

beforeAll(async () => {
  world = await aService(service, { now: MORNING });
});
beforeEach(() => {
  world.clock.now = MORNING;
});
afterAll(() => world.stop());

const { run, aClient, started, submit, confirmed } = people(() => world);
const FIELDS = 'id version state code questionnaireVersion effectiveFrom proposedById decidedById reason';

const propose = (own: object = {}, input: object = {}, by = assessor) =>
  run(
    by,
    'proposeQuestionnaire',
    { requestId: freshId(), content: JSON.stringify({ ...GRABLE, ...own }), ...input },
    FIELDS,
  );
const approve = ({ id, version }: { id: string; version: number }, by = compliance) =>
  run(by, 'approveQuestionnaire', { proposalId: id, expectedVersion: version }, FIELDS);
const reject = (
  { id, version }: { id: string; version: number },
  reason = 'The bands are not ours.',
  by = compliance,
) => run(by, 'rejectQuestionnaire', { proposalId: id, expectedVersion: version, reason }, FIELDS);
const published = async (own: object) => {
  const { answer, codes } = await propose(own);
  expect(codes).toEqual([]);
  expect((await approve(answer)).codes).toEqual([]);
};
const eventsAbout = async (code: string) =>
  (await world.events()).filter(({ data }) => data['questionnaire'] === code);

describe('another published questionnaire by command', () => {
  test('proposed by one, approved by another, asked from its day on, answered and explained: no code has changed', async () => {
    const { answer: proposal } = await propose();
    expect(proposal).toMatchObject({
      state: 'OPEN',
      code: 'GL-RTS',
      questionnaireVersion: '13',
      proposedById: assessor.id,
    });
    const who = await aClient();
    await expect(started(who, { questionnaireCode: 'GL-RTS' })).rejects.toThrow('QUESTIONNAIRE_UNKNOWN');
    expect((await approve(proposal)).answer).toMatchObject({
      state: 'APPROVED',
      decidedById: compliance.id,
      version: 2,
    });
    await expect(started(who, { questionnaireCode: 'GL-RTS' })).rejects.toThrow('QUESTIONNAIRE_UNKNOWN');

    world.clock.now = shanghai('2026-03-10T00:00:00');
    const { id } = await started(who, { questionnaireCode: 'GL-RTS' });
    const { answer: issued } = await submit(who, id, '', { answers: answersWorth(30) });
    expect(issued).toMatchObject({
      score: 30,
      bandLevel: 'MEDIUM_HIGH',
      finalLevel: 'MEDIUM_HIGH',
      state: 'REPORT_ISSUED',
    });
    await confirmed(who, issued);
    const { data } = await world.ask(
      who.client,
      'query ($id: ID!) { assessment(id: $id) { questionnaire { code questions { id options { code } } } report { en: sections { lines } zh: sections(locale: ZH_HANS) { lines } } } }',
      { id },
    );
    expect(data.assessment.questionnaire.questions).toHaveLength(13);
    expect(data.assessment.report.en[4].lines).toEqual([
      'The answers score 30/47, in the band Medium-high risk (29–32).',
    ]);
    expect((await eventsAbout('GL-RTS')).slice(0, 2).map(({ type, data: told }) => [type, told])).toEqual(
      ['questionnaire.proposed', 'questionnaire.approved'].map((type) => [
        type,
        {
          questionnaireId: proposal.id,
          questionnaire: 'GL-RTS',
          version: '13',
          audience: 'INDIVIDUAL',
          effectiveFrom: '2026-03-10',
        },
      ]),
    );
    await world.sql(`update questionnaire set status = 'RETIRED' where code = 'GL-RTS'`);
  });

  test('one with points of several decimals: they are exact from the sheet to the report', async () => {
    await published(FRACTIONS);
    const who = await aClient();
    world.clock.now = shanghai('2026-03-10T09:00:00');
    const { id } = await started(who, { questionnaireCode: 'WEIGHED' });
    const { answer: issued } = await submit(who, id, '', { answers: weighed('bbb', 'maybe', 'none') });
    expect(issued).toMatchObject({ score: 0, bandLevel: 'MEDIUM', finalLevel: 'MEDIUM' });
    await confirmed(who, issued);
    const query = (fields: string) => `query ($id: ID!) { assessment(id: $id) { ${fields} } }`;
    const own = await world.ask(
      who.client,
      query('exactScore subScores { dimension score exactScore } report { sections { lines } }'),
      { id },
    );
    expect(own.data.assessment).toMatchObject({
      exactScore: '0.6',
      subScores: [
        { dimension: 'AIM', score: 0, exactScore: '0' },
        { dimension: 'HABIT', score: 0, exactScore: '0.6' },
      ],
    });
    expect(own.data.assessment.report.sections[4].lines).toEqual([
      'The answers score 0.6/5.1, in the band Medium risk (0.6–2.95).',
    ]);
    const again = await world.ask(
      actorOf(freshId(), ['AUDITOR']),
      query('rescored { score exactScore isSame }'),
      { id },
    );
    expect(again.data.assessment.rescored).toEqual({ score: 0, exactScore: '0.6', isSame: true });
    await world.sql(`update questionnaire set status = 'RETIRED' where code = 'WEIGHED'`);
  });

  test('a malformed one is refused with every problem at once, and nothing is kept', async () => {
    const { data, errors } = await world.ask(
      assessor,
      'mutation ($input: ProposeQuestionnaireInput!) { proposeQuestionnaire(input: $input) { id } }',
      {
        input: {
          requestId: freshId(),
          content: JSON.stringify({ ...GRABLE, code: 'BAD', maxScore: 1, bands: GRABLE.bands.slice(1) }),
        },
      },
    );
    expect(data).toBeNull();
    expect(errors[0]?.extensions).toMatchObject({
      code: 'QUESTIONNAIRE_MALFORMED',
      details: {
        problems: [
          'the best answers add up to 47, not to the maxScore 1',
          'no band holds the lowest possible score 13',
        ],
      },
    });
    expect((await propose({}, { content: '{' })).codes).toEqual(['QUESTIONNAIRE_MALFORMED']);
    expect((await propose({}, { content: '[]' })).codes).toEqual(['QUESTIONNAIRE_MALFORMED']);
    expect((await propose({}, { content: ' '.repeat(400_001) })).codes).toEqual(['BAD_INPUT']);
    expect((await propose({ code: 'IND-RTQ', version: '2026.1' })).codes).toEqual(['VERSION_EXISTS']);
    expect((await propose({ code: 'INS-RTQ' })).codes).toEqual(['QUESTIONNAIRE_MALFORMED']);
    expect((await propose({ code: 'LATE', effectiveFrom: '2026-03-01' })).codes).toEqual([
      'EFFECTIVE_IN_PAST',
    ]);
    expect(await eventsAbout('LATE')).toEqual([]);
  });
});

describe('four eyes', () => {
  test('the maker does not approve, even with both roles; nor does a stale version or a second decision pass', async () => {
    const both = actorOf(freshId(), ['ADMIN']);
    const { answer: proposal } = await propose({ code: 'EYES' }, {}, both);
    expect((await approve(proposal, both)).codes).toEqual(['SELF_APPROVAL']);
    expect((await approve({ ...proposal, version: 7 })).codes).toEqual(['STALE_VERSION']);
    expect((await approve({ ...proposal, id: freshId() })).codes).toEqual(['NOT_FOUND']);
    expect((await reject(proposal, ' ')).codes).toEqual(['BAD_INPUT']);
    expect((await reject(proposal)).answer).toMatchObject({
      state: 'REJECTED',
      reason: 'The bands are not ours.',
    });
    expect((await approve({ ...proposal, version: 2 })).codes).toEqual(['PROPOSAL_DECIDED']);
    expect((await eventsAbout('EYES')).map(({ type }) => type)).toEqual([
      'questionnaire.proposed',
      'questionnaire.rejected',
    ]);
    expect(await world.sql(`select 1 from questionnaire where code = 'EYES'`)).toEqual([]);
  });

  test('ten proposals at once for one questionnaire: one waits', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) => propose({ code: 'TEN', version: String(n) })),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('PROPOSAL_OPEN'));
    const { data } = await world.ask(
      compliance,
      '{ questionnaireProposals(open: true, first: 100) { nodes { code state content } } }',
    );
    const waiting = data.questionnaireProposals.nodes.filter(({ code }: { code: string }) => code === 'TEN');
    expect(waiting).toHaveLength(1);
    expect(JSON.parse(waiting[0].content)).toMatchObject({ maxScore: 47 });
  });

  test('ten approvals at once: one counts', async () => {
    const { answer: proposal } = await propose({ code: 'ONCE' });
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => approve(proposal, actorOf(freshId(), ['COMPLIANCE']))),
    );
    expect(answers.flatMap(({ codes }) => codes)).toEqual(Array(9).fill('STALE_VERSION'));
    expect(await world.sql(`select status from questionnaire where code = 'ONCE'`)).toEqual([
      { status: 'ACTIVE' },
    ]);
  });

  test('the same request again is the same proposal', async () => {
    const requestId = freshId();
    const [first, second] = [
      await propose({ code: 'AGAIN' }, { requestId }),
      await propose({ code: 'AGAIN' }, { requestId }),
    ];
    expect(second.answer).toEqual(first.answer);
  });

  test('an approval that comes after the day is refused', async () => {
    const { answer: proposal } = await propose({ code: 'SLOW' });
    world.clock.now = shanghai('2026-03-11T00:00:00');
    expect((await approve(proposal)).codes).toEqual(['EFFECTIVE_IN_PAST']);
  });

  test.each(['CLIENT', 'ADVISER', 'OPERATIONS', 'AUDITOR', 'MARKETING', 'ANALYST', 'SERVICE_AGENT'] as const)(
    '%s neither proposes nor reads the points',
    async (role) => {
      const actor = actorOf(freshId(), [role], freshId());
      expect((await propose({}, {}, actor)).codes).toEqual(['FORBIDDEN']);
      expect((await approve({ id: freshId(), version: 1 }, actor)).codes).toEqual(['FORBIDDEN']);
      expect((await world.ask(actor, '{ questionnaireProposals { nodes { content } } }')).codes).toEqual([
        'FORBIDDEN',
      ]);
    },
  );

  test('an assessor proposes and does not approve; compliance approves and does not propose', async () => {
    expect((await approve({ id: freshId(), version: 1 }, assessor)).codes).toEqual(['FORBIDDEN']);
    expect((await propose({}, {}, compliance)).codes).toEqual(['FORBIDDEN']);
  });
});

describe('a version that is no longer asked', () => {
  const NEXT = { code: 'OLD-NEW', effectiveFrom: '2026-03-02', version: '1' };

  test('answers to its drafts are refused from the day of its successor, which details name', async () => {
    await published(NEXT);
    const who = await aClient();
    world.clock.now = shanghai('2026-03-09T23:00:00');
    const early = await started(who, { questionnaireCode: 'OLD-NEW' });
    const late = await started(who, { questionnaireCode: 'OLD-NEW' });
    await published({ ...NEXT, version: '2', effectiveFrom: '2026-03-10' });
    const { answer } = await submit(who, early.id, '', { answers: answersWorth(20) });
    expect(answer).toMatchObject({ finalLevel: 'MEDIUM_LOW' });
    world.clock.now = shanghai('2026-03-10T00:00:00');
    const refused = await world.ask(
      who.client,
      'mutation ($input: SubmitAnswersInput!) { submitAnswers(input: $input) { id } }',
      {
        input: { requestId: freshId(), assessmentId: late.id, expectedVersion: 1, answers: answersWorth(20) },
      },
    );
    expect(refused.errors[0]?.extensions).toEqual({
      code: 'QUESTIONNAIRE_RETIRED',
      details: { code: 'OLD-NEW', version: '1', inForce: '2' },
    });
    // What was handed in in time can still be confirmed.
    expect(await confirmed(who, answer)).toMatchObject({ state: 'EFFECTIVE' });

    await retireSuperseded(world.db);
    await retireSuperseded(world.db);
    expect(
      await world.sql(`select version, status from questionnaire where code = 'OLD-NEW' order by version`),
    ).toEqual([
      { version: '1', status: 'RETIRED' },
      { version: '2', status: 'ACTIVE' },
    ]);
    expect(
      (await eventsAbout('OLD-NEW'))
        .filter(({ type }) => type === 'questionnaire.retired')
        .map(({ data }) => data['version']),
    ).toEqual(['1']);
  });

  test('is retired by command, does not come back with a restart, and what it has replaced does not either', async () => {
    await published({ code: 'GONE', version: '1', effectiveFrom: '2026-03-02' });
    await published({ code: 'GONE', version: '2', effectiveFrom: '2026-03-03' });
    world.clock.now = shanghai('2026-03-04T09:00:00');
    const who = await aClient();
    const draft = await started(who, { questionnaireCode: 'GONE' });
    const retire = (questionnaireVersion: string, by = assessor) =>
      run(
        by,
        'proposeRetirement',
        { requestId: freshId(), code: 'GONE', questionnaireVersion },
        'id version state kind subject tableVersion',
      );
    const agree = async (changeId: string, by = compliance) => {
      const { data, codes } = await world.ask(
        by,
        'mutation ($input: DecideTableChangeInput!) { approveTableChange(input: $input) { state stateLabel(locale: ZH_HANT) } }',
        { input: { changeId, expectedVersion: 1 } },
      );
      return { answer: data?.approveTableChange, codes };
    };
    expect((await retire('2', compliance)).codes).toEqual(['FORBIDDEN']);
    expect((await retire('3')).codes).toEqual(['NOT_ASKED']);
    const { answer: asked } = await retire('2');
    expect(asked).toMatchObject({ kind: 'QUESTIONNAIRE_RETIREMENT', subject: 'GONE', tableVersion: '2' });
    expect((await retire('2')).codes).toEqual(['PROPOSAL_OPEN']);
    // Nothing has changed until a second person agrees.
    expect((await started(who, { questionnaireCode: 'GONE' })).state).toBe('DRAFT');
    expect((await agree(asked.id, assessor)).codes).toEqual(['FORBIDDEN']);
    expect((await agree(asked.id)).answer).toEqual({ state: 'APPROVED', stateLabel: '已批准' });
    expect((await retire('2')).codes).toEqual(['NOT_ASKED']);
    await seed(world.db);
    await expect(started(who, { questionnaireCode: 'GONE' })).rejects.toThrow('QUESTIONNAIRE_UNKNOWN');
    expect((await submit(who, draft.id, '', { answers: answersWorth(20) })).codes).toEqual([
      'QUESTIONNAIRE_RETIRED',
    ]);
    expect((await eventsAbout('GONE')).filter(({ type }) => type === 'questionnaire.retired')).toHaveLength(
      2,
    );
  });

  test("the firm's own questionnaire stays in force beside all these", async () => {
    await world.sql(`update questionnaire set status = 'RETIRED' where code not in ('IND-RTQ', 'INS-RTQ')`);
    const who = await aClient();
    const { id } = await started(who);
    expect((await submit(who, id, SAVER)).codes).toEqual([]);
  });
});

describe('a proposal as one of the things that two people decide', () => {
  const own = (version: string) => ({
    version,
    effectiveFrom: version === 'TWO-1' ? '2027-12-01' : '2027-12-02',
  });
  const asked = async (version: string) => (await propose(own(version))).answer;

  test('is shown to whoever may decide, and is approved as it was proposed only', async () => {
    const proposal = await asked('TWO-1');
    const waiting = await world.ask(
      compliance,
      '{ riskApprovals(first: 100) { nodes { action targetId canDecide } } }',
    );
    expect(waiting.data.riskApprovals.nodes).toContainEqual({
      action: 'PUBLISH_QUESTIONNAIRE',
      targetId: proposal.id,
      canDecide: true,
    });
    await world.sql(`update questionnaire_proposal set effective_from = '2026-12-02' where id = $1`, [
      proposal.id,
    ]);
    expect((await approve(proposal)).codes).toEqual(['PAYLOAD_CHANGED']);
    expect((await reject(proposal)).codes).toEqual([]);
  });

  test('is turned down by time when nobody decides within ninety days, and makes room for another', async () => {
    const proposal = await asked('TWO-2');
    world.clock.now = new Date(MORNING.getTime() + 90 * 86_400_000);
    expect((await approve(proposal)).codes).toEqual(['PROPOSAL_EXPIRED']);
    const next = await asked('TWO-2');
    expect((await approve(proposal)).codes).toEqual(['STALE_VERSION']);
    expect((await approve({ ...proposal, version: 2 })).codes).toEqual(['PROPOSAL_DECIDED']);
    expect((await approve(next)).codes).toEqual([]);
  });
});
