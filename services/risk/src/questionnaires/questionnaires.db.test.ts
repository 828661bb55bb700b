import { actorOf } from '@client-graph/kit';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MORNING, START, sittings } from '../../test/sittings.js';
import { OTHER_KEY } from '../fixture.js';
import { service } from '../service.js';
import { loadQuestionnaires, seed } from './questionnaires.js';

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: MORNING });
});
afterAll(() => world.stop());

const { aClient, started, submit } = sittings(() => world);

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
      'audienceLabel',
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
