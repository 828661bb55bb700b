import { ClientUpdated } from '@client-graph/events';
import { aService, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { BOLD, people, SAVER, type Someone, type Standing, standing } from '../people.fixture.js';
import { service } from '../service.js';
import { expireAssessments, tellExpiring } from './validity.js';

let world: World;
const MORNING = new Date('2026-03-02T02:00:00.000Z');

beforeAll(async () => {
  world = await aService(service, { now: MORNING });
});
beforeEach(() => {
  world.clock.now = MORNING;
});
afterAll(() => world.stop());

const { aClient, submitted, confirmed, assessed, eventsOf, ofClient } = people(() => world);

const shanghai = (text: string) => new Date(`${text}+08:00`);
const PROFILE =
  'riskProfile { level isValid validTo endedReason reasons zh: reasons(locale: ZH_HANS) hant: reasons(locale: ZH_HANT) } assessments { state endedReason endedAt }';
const profileOf = async (who: Someone) => ofClient(who.client, who, PROFILE);
const updated = (
  { clientId, adviserId }: Someone,
  changedFieldCodes: string[],
  own: Partial<Standing> = {},
) => {
  const { originLeadId: _, ...facts } = standing({ adviserId, ...own });
  return ClientUpdated({ clientId, ...facts, changedFieldCodes, version: 2 });
};

describe('the validity', () => {
  test('is told to end once, from thirty days before, and not a day sooner', async () => {
    const { who, assessment } = await assessed();
    world.clock.now = shanghai('2027-01-29T23:59:59');
    await tellExpiring(world.db);
    expect(await eventsOf(who, 'assessment.expiring')).toEqual([]);
    world.clock.now = shanghai('2027-01-30T00:23:00');
    await tellExpiring(world.db);
    await tellExpiring(world.db);
    expect((await eventsOf(who, 'assessment.expiring')).map(({ data }) => data)).toEqual([
      { clientId: who.clientId, assessmentId: assessment.id, validTo: '2027-03-01', reason: 'VALIDITY_ENDS' },
    ]);
  });

  test('holds through its last day and has run out the day after; the profile says so in three languages', async () => {
    const { who, assessment } = await assessed();
    world.clock.now = shanghai('2027-03-01T23:59:59');
    await expireAssessments(world.db);
    expect(await profileOf(who)).toMatchObject({
      riskProfile: { isValid: true, endedReason: null },
      assessments: [{ state: 'EFFECTIVE' }],
    });
    world.clock.now = shanghai('2027-03-02T00:03:00');
    await expireAssessments(world.db);
    await expireAssessments(world.db);
    const { riskProfile, assessments } = await profileOf(who);
    expect(riskProfile).toMatchObject({
      level: 'MEDIUM_LOW',
      isValid: false,
      validTo: '2027-03-01',
      endedReason: 'VALIDITY_ENDED',
    });
    expect(riskProfile.reasons.at(-1)).toBe(
      'The level counted until 2027-03-01: its validity has run out. A new assessment is needed.',
    );
    expect(riskProfile.zh.at(-1)).toBe('等级有效至2027-03-01：有效期已届满。须重新测评。');
    expect(riskProfile.hant.at(-1)).toBe('等級有效至2027-03-01：有效期已屆滿。須重新測評。');
    expect(assessments).toEqual([
      { state: 'EXPIRED', endedReason: 'VALIDITY_ENDED', endedAt: world.clock.now.toISOString() },
    ]);
    expect((await eventsOf(who, 'assessment.expired')).map(({ data }) => data)).toEqual([
      {
        clientId: who.clientId,
        assessmentId: assessment.id,
        validTo: '2027-03-01',
        reason: 'VALIDITY_ENDED',
      },
    ]);
  });

  test('two jobs at once expire each assessment once', async () => {
    const whom = await Promise.all(Array.from({ length: 5 }, () => assessed()));
    world.clock.now = shanghai('2027-03-02T00:03:00');
    await Promise.all([expireAssessments(world.db), expireAssessments(world.db)]);
    for (const { who } of whom) expect(await eventsOf(who, 'assessment.expired')).toHaveLength(1);
  });

  test('a client assessed anew after it has run out has a level that counts again', async () => {
    const { who } = await assessed();
    world.clock.now = shanghai('2027-03-02T00:03:00');
    await expireAssessments(world.db);
    await confirmed(who, await submitted(who, SAVER));
    expect((await profileOf(who)).riskProfile).toMatchObject({
      isValid: true,
      endedReason: null,
      validTo: '2028-03-01',
    });
  });

  test('what has run out while the jobs stood still is told as expired, not as expiring', async () => {
    const { who } = await assessed();
    world.clock.now = shanghai('2027-06-01T00:03:00');
    await tellExpiring(world.db);
    await expireAssessments(world.db);
    expect((await eventsOf(who)).map(({ type }) => type).slice(4)).toEqual(['assessment.expired']);
  });

  test('with the clock set back nothing ends, and what has ended stays so', async () => {
    const { who } = await assessed();
    world.clock.now = shanghai('2027-03-02T00:03:00');
    await expireAssessments(world.db);
    world.clock.now = shanghai('2026-12-01T00:03:00');
    await expireAssessments(world.db);
    await tellExpiring(world.db);
    expect((await profileOf(who)).assessments).toMatchObject([{ state: 'EXPIRED' }]);
    expect(await eventsOf(who, 'assessment.expired')).toHaveLength(1);
  });
});

describe('a material change', () => {
  test.each([
    ['capacity is lost', 'CAPACITY_LOST', ['civilCapacity'], { fullCivilCapacity: false }],
    ['the client turns 65', 'AGE_65', ['ageBand'], { ageBand: 'FROM_65' }],
    ['income falls', 'INCOME_DOWN', ['incomeDown30'], {}],
    ['the job is lost', 'JOB_LOST', ['employmentLost'], {}],
  ] as const)('ends the level when %s, and everybody is told by event', async (_, reason, codes, own) => {
    const { who, assessment } = await assessed();
    await world.deliver(updated(who, [...codes], own), { times: 2 });
    const { riskProfile, assessments } = await profileOf(who);
    expect(riskProfile).toMatchObject({ isValid: false, endedReason: reason, validTo: '2026-03-01' });
    expect(riskProfile.reasons.at(-1)).toMatch(
      /^The level counted until 2026-03-01: .*\. A new assessment is needed\.$/,
    );
    expect(assessments).toMatchObject([{ state: 'INVALIDATED', endedReason: reason }]);
    expect((await eventsOf(who)).slice(-2).map(({ type, data }) => [type, data])).toEqual([
      [
        'assessment.invalidated',
        { clientId: who.clientId, assessmentId: assessment.id, validTo: '2027-03-01', reason },
      ],
      [
        'risk.profile.changed',
        {
          clientId: who.clientId,
          assessmentId: assessment.id,
          from: 'MEDIUM_LOW',
          to: 'MEDIUM_LOW',
          lowestCategory: false,
          validTo: '2026-03-01',
        },
      ],
    ]);
  });

  test.each([
    ['another birthday', ['ageBand'], { ageBand: 'FROM_31' }],
    ['another adviser', ['adviserId'], {}],
    ['capacity regained', ['fullCivilCapacity'], { fullCivilCapacity: true }],
    ['no field at all', [], {}],
  ] as const)('is not %s', async (_, codes, own) => {
    const { who } = await assessed();
    await world.deliver(updated(who, [...codes], own));
    expect((await profileOf(who)).riskProfile).toMatchObject({ isValid: true });
    expect(await eventsOf(who)).toHaveLength(4);
  });

  test('does not end a sheet that was scored by it already', async () => {
    const { who } = await assessed('ACBBBBBABBBB', { ageBand: 'FROM_56' });
    await world.deliver(updated(who, ['ageBand'], { ageBand: 'FROM_65' }));
    expect((await profileOf(who)).riskProfile.isValid).toBe(false);
    const fresh = await submitted(who, SAVER);
    await world.deliver(updated(who, ['ageBand'], { ageBand: 'FROM_65' }));
    expect(await world.sql('select state from assessment where id = $1', [fresh.id])).toEqual([
      { state: 'INTERVIEW_REQUIRED' },
    ]);
  });

  test('ends a sheet on its way as well, which counted for nothing yet', async () => {
    const who = await aClient();
    const [issued, awaited] = [await submitted(who, SAVER), await submitted(who, BOLD)];
    await world.deliver(updated(who, ['employmentLost']));
    expect((await profileOf(who)).assessments).toMatchObject([
      { state: 'INVALIDATED' },
      { state: 'INVALIDATED' },
    ]);
    expect(
      (await eventsOf(who, 'assessment.invalidated')).map(({ data }) => [
        data['assessmentId'],
        data['validTo'],
      ]),
    ).toEqual([
      [issued.id, null],
      [awaited.id, null],
    ]);
    expect(await eventsOf(who, 'risk.profile.changed')).toEqual([]);
    await expect(confirmed(who, issued)).rejects.toThrow(/STALE_VERSION|WRONG_STATE/);
  });

  test('that asks for a new sheet only is told, and the level goes on counting', async () => {
    const { who } = await assessed();
    await world.deliver(updated(who, ['annualIncome', 'mobile']));
    expect((await profileOf(who)).riskProfile.isValid).toBe(true);
    expect((await eventsOf(who, 'assessment.expiring')).map(({ data }) => data['reason'])).toEqual([
      'INCOME_CHANGED',
    ]);
  });

  test('of a client without any assessment changes nothing', async () => {
    const who = await aClient();
    await world.deliver(updated(who, ['employmentLost']));
    expect(await eventsOf(who)).toEqual([]);
  });
});

describe('a clock that goes back', () => {
  test('frees no attempt: two sheets of a later day still fill the day', async () => {
    const who = await aClient();
    world.clock.now = shanghai('2026-03-03T09:00:00');
    await submitted(who, SAVER);
    await submitted(who, SAVER);
    world.clock.now = shanghai('2026-03-02T09:00:00');
    await expect(submitted(who, SAVER)).rejects.toThrow('ATTEMPT_LIMIT');
  });

  test('keeps the newest sheet the one that is confirmed', async () => {
    const who = await aClient();
    world.clock.now = shanghai('2026-03-03T09:00:00');
    const first = await submitted(who, SAVER);
    world.clock.now = shanghai('2026-03-02T09:00:00');
    const second = await submitted(who, SAVER);
    await expect(confirmed(who, first)).rejects.toThrow('NEWER_ASSESSMENT');
    expect(await confirmed(who, second)).toMatchObject({ state: 'EFFECTIVE', validFrom: '2026-03-02' });
  });
});
