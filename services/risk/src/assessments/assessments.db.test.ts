import { createHash } from 'node:crypto';
import { ClientGraded } from '@client-graph/events';
import { actorOf } from '@client-graph/kit';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { assessor, BOLD, ENTITIES, MORNING, PATIENT, SAVER, sent, sittings } from '../../test/sittings.js';
import { service } from '../service.js';

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: MORNING });
});
afterAll(() => world.stop());

const { aClient, started, submit, submitted, interview, confirmed, eventsOf } = sittings(() => world);

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
