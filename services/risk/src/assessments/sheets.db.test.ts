import { ClientUpdated } from '@client-graph/events';
import { actorOf } from '@client-graph/kit';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { BOLD, CONFIRM, MORNING, SAVER, START, sent, sittings } from '../../test/sittings.js';
import { service } from '../service.js';
import { abandonDrafts } from './assessments.js';

let world: World;
beforeAll(async () => {
  world = await aService(service, { now: MORNING });
});
afterAll(() => world.stop());

const { aClient, started, submit, submitted, eventsOf } = sittings(() => world);

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
