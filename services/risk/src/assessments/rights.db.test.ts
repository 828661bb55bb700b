import { ClientActivated, ClientOnboarded } from '@client-graph/events';
import { type Actor, actorOf } from '@client-graph/kit';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  assessor,
  BOLD,
  CONFIRM,
  compliance,
  ENTITIES,
  MORNING,
  SAVER,
  START,
  SUBMIT,
  sent,
  sittings,
} from '../../test/sittings.js';
import { AnswerSheetRow, AssessmentRow, QuestionnaireRow } from '../entities.js';
import { questionnaire } from '../fixture.js';
import { score } from '../questionnaires/scoring.rules.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: MORNING });
});
afterAll(() => world.stop());

const { aClient, started, submit, submitted, interview, confirmed } = sittings(() => world);

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

describe('in the large', () => {
  test('every stored sheet, scored again, gives what is stored', async () => {
    const { questions } = questionnaire('IND-RTQ').definition;
    for (let n = 0; n < 24; n += 1) {
      const letters = questions.map(
        ({ options }, place) => options[(n * 7 + place * n) % options.length]?.code,
      );
      await submitted(await aClient({ ageBand: n % 2 === 0 ? 'FROM_18' : 'FROM_65' }), letters.join(''));
    }
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
