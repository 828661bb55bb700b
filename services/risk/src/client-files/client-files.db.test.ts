import {
  ClientClosed,
  ClientDeceased,
  ClientErased,
  ClientInvestorChanged,
  ClientMerged,
  ClientRestricted,
  ClientUnmerged,
  ClientUnrestricted,
  HoldingChanged,
  PortfolioMeasured,
} from '@client-graph/events';
import { actorOf, aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { assessor, BOLD, compliance, FINDINGS, people, SAVER, type Someone } from '../people.fixture.js';
import { service } from '../service.js';
import { tellExpiring } from '../validity/validity.js';

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

const { run, aClient, started, submit, submitted, confirmed, assessed, eventsOf, ofClient } = people(
  () => world,
);
/** Bands: 81 points, MEDIUM_HIGH by the ceiling of the loss accepted; no interview. */
const PATIENT = 'DCDCCCDCBDDD';
/** MEDIUM_LOW. */
const YOUNG = SAVER;

const merge = (survivor: Someone, merged: Someone) =>
  world.deliver(ClientMerged({ survivorId: survivor.clientId, mergedId: merged.clientId }), { times: 2 });
const unmerge = (survivor: Someone, merged: Someone) =>
  world.deliver(ClientUnmerged({ survivorId: survivor.clientId, mergedId: merged.clientId, to: 'ACTIVE' }), {
    times: 2,
  });
const moved = (who: Someone) => ({ clientId: who.clientId, from: 'ACTIVE', reason: 'TEST' }) as const;
const restrict = (who: Someone) =>
  world.deliver(ClientRestricted({ ...moved(who), to: 'RESTRICTED', until: null }));
const levelOf = async (who: Someone) =>
  (await ofClient(compliance, who, 'riskProfile { level isValid validTo assessmentId endedReason }'))
    .riskProfile;
const historyOf = async (who: Someone): Promise<string[]> =>
  (await ofClient(compliance, who, 'assessments { id state }')).assessments.map(
    ({ state }: { state: string }) => state,
  );
const alertsOf = async (who: Someone, open = true) =>
  (await ofClient(compliance, who, `riskAlerts(open: ${open}) { type subject state closeReason count }`))
    .riskAlerts;
const holds = (who: Someone, productId: string, rating: 'R1' | 'R3' | 'R4' | 'R5', units = '100') =>
  world.deliver(HoldingChanged({ clientId: who.clientId, productId, rating, units, valueBand: 'LT_100K' }));

describe('a duplicate', () => {
  test('brings its sheets, its level where that is the lower one, and its alerts; parted again each has its own', async () => {
    const { who: survivor, assessment: own } = await assessed(PATIENT);
    const { who: merged, assessment: theirs } = await assessed(YOUNG);
    const productId = freshId();
    await holds(survivor, productId, 'R4');
    expect(await alertsOf(survivor)).toEqual([]);
    await merge(survivor, merged);
    expect(await levelOf(survivor)).toMatchObject({
      level: 'MEDIUM_LOW',
      isValid: true,
      assessmentId: theirs.id,
    });
    expect(await levelOf(merged)).toBeNull();
    expect((await historyOf(survivor)).sort()).toEqual(['EFFECTIVE', 'SUPERSEDED']);
    expect(await historyOf(merged)).toEqual([]);
    // The level has come down below what the survivor holds.
    expect((await alertsOf(survivor)).map(({ type }: { type: string }) => type).sort()).toEqual([
      'LEVEL_LOWERED_WITH_HOLDINGS',
    ]);
    expect((await eventsOf(survivor, 'risk.profile.changed')).at(-1)?.data).toMatchObject({
      from: 'MEDIUM_HIGH',
      to: 'MEDIUM_LOW',
    });

    await unmerge(survivor, merged);
    expect(await levelOf(survivor)).toMatchObject({
      level: 'MEDIUM_HIGH',
      isValid: true,
      assessmentId: own.id,
    });
    expect(await levelOf(merged)).toMatchObject({
      level: 'MEDIUM_LOW',
      isValid: true,
      assessmentId: theirs.id,
    });
    expect(await historyOf(survivor)).toEqual(['EFFECTIVE']);
    expect(await historyOf(merged)).toEqual(['EFFECTIVE']);
    // With the level back the alert has lost its cause.
    expect(await alertsOf(survivor)).toEqual([]);
    expect((await eventsOf(merged, 'risk.profile.changed')).at(-1)?.data).toMatchObject({ to: 'MEDIUM_LOW' });
  });

  test('with the higher level changes nothing of it; the survivor without one takes it over', async () => {
    const { who: lower } = await assessed(YOUNG);
    const { who: higher } = await assessed(PATIENT);
    await merge(lower, higher);
    expect(await levelOf(lower)).toMatchObject({ level: 'MEDIUM_LOW', isValid: true });
    expect(await eventsOf(lower, 'risk.profile.changed')).toHaveLength(1);
    await unmerge(lower, higher);
    expect(await levelOf(higher)).toMatchObject({ level: 'MEDIUM_HIGH', isValid: true });

    const fresh = await aClient();
    const { who: known } = await assessed(YOUNG);
    await merge(fresh, known);
    expect(await levelOf(fresh)).toMatchObject({ level: 'MEDIUM_LOW', isValid: true });
    await unmerge(fresh, known);
    expect(await levelOf(fresh)).toBeNull();
    expect((await eventsOf(fresh, 'risk.profile.changed')).at(-1)?.data).toMatchObject({
      validTo: '2026-03-01',
    });
  });

  test('counts towards the limits, and its number of attempts goes on', async () => {
    const survivor = await aClient();
    const merged = await aClient();
    await submitted(survivor, YOUNG);
    await submitted(merged, YOUNG);
    await merge(survivor, merged);
    const { codes } = await submit(survivor, (await started(survivor)).id, YOUNG);
    expect(codes).toEqual(['ATTEMPT_LIMIT']);
    expect(
      (await ofClient(compliance, survivor, 'assessmentDuty { sheetsToday nextSheetAt }')).assessmentDuty,
    ).toEqual({
      sheetsToday: 2,
      nextSheetAt: '2026-03-02T16:00:00.000Z',
    });
    world.clock.now = shanghai('2026-03-03T00:00:00');
    expect((await submitted(survivor, YOUNG)) as object).toMatchObject({ attemptNo: 3 });
  });

  test('parted after the survivor was assessed anew leaves it the new level', async () => {
    const { who: survivor } = await assessed(PATIENT);
    const { who: merged } = await assessed(YOUNG);
    await merge(survivor, merged);
    world.clock.now = shanghai('2026-03-04T10:00:00');
    const anew = await confirmed(survivor, await submitted(survivor, 'DCDCCCCCBCBC'));
    await unmerge(survivor, merged);
    expect(await levelOf(survivor)).toMatchObject({ level: 'MEDIUM', assessmentId: anew.id, isValid: true });
    expect(await historyOf(survivor)).toEqual(['EFFECTIVE', 'SUPERSEDED']);
    // Its own sheet was replaced by the new one of the client that it was taken for.
    expect(await levelOf(merged)).toMatchObject({ level: 'MEDIUM_LOW', isValid: false });
  });

  test.each(['INNER_FIRST', 'OUTER_FIRST'])('of a duplicate: each parts with its own, %s', async (order) => {
    const { who: inner, assessment: of1 } = await assessed(YOUNG);
    const { who: middle, assessment: of2 } = await assessed(PATIENT);
    const { who: last, assessment: of3 } = await assessed('DCDCCCCCBCBC');
    await merge(middle, inner);
    await merge(last, middle);
    expect(await levelOf(last)).toMatchObject({ level: 'MEDIUM_LOW', assessmentId: of1.id });
    expect(await historyOf(last)).toHaveLength(3);
    const parts = [() => unmerge(middle, inner), () => unmerge(last, middle)];
    for (const part of order === 'INNER_FIRST' ? parts : parts.reverse()) await part();
    const own = async (who: Someone) => (await ofClient(compliance, who, 'assessments { id }')).assessments;
    expect(await own(inner)).toEqual([{ id: of1.id }]);
    expect(await own(middle)).toEqual([{ id: of2.id }]);
    expect(await own(last)).toEqual([{ id: of3.id }]);
    expect(await levelOf(inner)).toMatchObject({ level: 'MEDIUM_LOW', isValid: true });
    expect(await levelOf(last)).toMatchObject({ level: 'MEDIUM', isValid: true });
  });

  test('what is told of it later is told of the survivor, and one alert stands for both', async () => {
    const { who: survivor } = await assessed(YOUNG);
    const { who: merged } = await assessed(YOUNG);
    const productId = freshId();
    await holds(survivor, productId, 'R4');
    await holds(merged, productId, 'R4');
    await merge(survivor, merged);
    expect(await alertsOf(survivor)).toHaveLength(1);
    expect(
      (await alertsOf(survivor, false)).map((alert: { closeReason: string }) => alert.closeReason).sort(),
    ).toEqual(['DUPLICATE', null]);
    const other = freshId();
    await holds(merged, other, 'R5');
    expect((await alertsOf(survivor)).map(({ subject }: { subject: string }) => subject).sort()).toEqual(
      [other, productId].sort(),
    );
    await holds(survivor, productId, 'R4', '0');
    expect(await alertsOf(survivor)).toHaveLength(2);
    await holds(merged, productId, 'R4', '0.0000');
    expect((await alertsOf(survivor)).map(({ subject }: { subject: string }) => subject)).toEqual([other]);
  });
});

describe('a restricted client', () => {
  test('is stored only: no interview, no alert, no list shows them, until the restriction ends', async () => {
    const who = await aClient();
    const waiting = await submitted(who, BOLD);
    const productId = freshId();
    await restrict(who);
    const listed = async () => {
      const { data } = await world.ask(
        assessor,
        '{ assessmentsAwaitingInterview(first: 100) { nodes { id } } }',
      );
      return data.assessmentsAwaitingInterview.nodes.some(({ id }: { id: string }) => id === waiting.id);
    };
    expect(await listed()).toBe(false);
    expect(
      (await world.ask(assessor, 'query ($id: ID!) { assessment(id: $id) { id } }', { id: waiting.id })).data,
    ).toEqual({
      assessment: null,
    });
    const interview = { assessmentId: waiting.id, expectedVersion: waiting.version, ...FINDINGS };
    expect((await run(assessor, 'recordInterview', interview)).codes).toEqual(['CLIENT_NOT_ACTIVE']);
    await world.deliver(
      PortfolioMeasured({
        clientId: who.clientId,
        currency: 'CNY',
        asOf: '2026-03-01',
        positions: [{ productId, rating: 'R5', shareBp: 9_000 }],
        lossYearBp: 0,
        redeemedBp: 0,
      }),
    );
    expect(await alertsOf(who)).toEqual([]);
    expect((await world.ask(who.adviser, '{ riskAlerts { nodes { id } } }')).data.riskAlerts.nodes).toEqual(
      [],
    );

    await world.deliver(ClientUnrestricted({ ...moved(who), from: 'RESTRICTED', to: 'ACTIVE' }));
    expect(await listed()).toBe(true);
    expect((await run(assessor, 'recordInterview', interview)).codes).toEqual([]);
  });

  test('is not told that the validity ends, and is when the restriction has ended', async () => {
    const { who } = await assessed(YOUNG);
    await restrict(who);
    world.clock.now = shanghai('2027-02-10T10:00:00');
    await tellExpiring(world.db);
    expect(await eventsOf(who, 'assessment.expiring')).toEqual([]);
    await world.deliver(ClientUnrestricted({ ...moved(who), from: 'RESTRICTED', to: 'ACTIVE' }));
    await tellExpiring(world.db);
    expect(await eventsOf(who, 'assessment.expiring')).toHaveLength(1);
  });

  test('is told nothing of by the jobs: no validity ends, no alert escalates, no draft is closed, until it is released', async () => {
    const { who } = await assessed(PATIENT);
    await holds(who, freshId(), 'R5');
    world.clock.now = shanghai('2027-03-01T09:00:00');
    await started(who);
    await restrict(who);
    const before = (await eventsOf(who)).length;
    world.clock.now = shanghai('2027-03-04T09:00:00');
    const jobs = async () => {
      for (const name of ['abandon-drafts', 'escalate-alerts', 'expire-assessments', 'tell-expiring'])
        for (const _ of [1, 2]) await service.jobs!.find((job) => job.name === name)!.run(world.db);
    };
    await jobs();
    expect(await eventsOf(who)).toHaveLength(before);
    expect(await levelOf(who)).toMatchObject({ isValid: false });
    await world.deliver(ClientUnrestricted({ ...moved(who), from: 'RESTRICTED', to: 'ACTIVE' }));
    await jobs();
    expect((await eventsOf(who)).slice(before).map(({ type }) => type)).toEqual([
      'assessment.abandoned',
      'risk.alert.escalated',
      'assessment.expired',
      'risk.alert.raised',
    ]);
  });
});

describe.each([
  ['closed', ClientClosed, 'CLIENT_CLOSED', 'CLOSED', 'the relationship has ended'],
  ['deceased', ClientDeceased, 'CLIENT_DECEASED', 'DECEASED', 'the client has died'],
] as const)('a client who is %s', (_, event, reason, to, words) => {
  test('has no level that counts, nothing on its way and nothing to be alerted about', async () => {
    const { who } = await assessed(YOUNG);
    world.clock.now = shanghai('2026-03-04T10:00:00');
    await submitted(who, BOLD);
    await holds(who, freshId(), 'R4');
    expect(await alertsOf(who)).not.toEqual([]);
    await world.deliver(event({ ...moved(who), to }), { times: 2 });
    const { riskProfile } = await ofClient(compliance, who, 'riskProfile { isValid endedReason reasons }');
    expect(riskProfile).toMatchObject({ isValid: false, endedReason: reason });
    expect(riskProfile.reasons.at(-1)).toContain(words);
    expect(await historyOf(who)).toEqual(['INVALIDATED', 'INVALIDATED']);
    expect(await alertsOf(who)).toEqual([]);
    expect((await alertsOf(who, false))[0]).toMatchObject({ state: 'CLOSED', closeReason: 'CLIENT_LEFT' });
    await holds(who, freshId(), 'R5');
    expect(await alertsOf(who)).toEqual([]);
  });
});

test('of an erased client nothing stays that says anything of the person; others keep theirs', async () => {
  const { who } = await assessed(YOUNG);
  const { who: other } = await assessed(YOUNG);
  world.clock.now = shanghai('2026-03-04T10:00:00');
  const waiting = await submitted(who, BOLD);
  const lasting = { assessmentId: waiting.id, expectedVersion: waiting.version, ...FINDINGS };
  expect((await run(assessor, 'recordInterview', lasting)).codes).toEqual([]);
  await holds(who, freshId(), 'R4');
  await world.deliver(ClientErased({ ...moved(who), from: 'RESTRICTED', to: 'ERASED' }), { times: 2 });
  const tables = await world.sql<{ name: string }>(
    `select table_name as name from information_schema.columns where table_schema = 'public' and column_name = 'client_id' and table_name <> 'client_copy'`,
  );
  expect(tables.length).toBeGreaterThan(8);
  for (const { name } of tables)
    expect(await world.sql(`select 1 from ${name} where client_id = $1`, [who.clientId])).toEqual([]);
  expect(await world.sql('select 1 from interview where assessment_id = $1', [waiting.id])).toEqual([]);
  expect(
    await world.sql('select status, age_band from client_copy where client_id = $1', [who.clientId]),
  ).toEqual([{ status: 'ERASED', age_band: null }]);
  expect(await levelOf(other)).toMatchObject({ level: 'MEDIUM_LOW', isValid: true });
});

describe('professional investors', () => {
  const investor = (
    who: Someone,
    kind: 'PROFESSIONAL_A' | 'PROFESSIONAL_B' | 'PROFESSIONAL_C' | 'ORDINARY',
    validTo = '2026-12-31',
  ) =>
    world.deliver(
      ClientInvestorChanged({ clientId: who.clientId, investor: kind, isQualified: true, validTo }),
    );
  const duty = async (who: Someone) =>
    (await ofClient(who.client, who, 'assessmentDuty { isRequired reason reasonLabel(locale: ZH_HANT) }'))
      .assessmentDuty;

  test.each([
    ['PROFESSIONAL_A', false, 'EXEMPT', '專業投資者可免於測評'],
    ['PROFESSIONAL_B', false, 'EXEMPT', '專業投資者可免於測評'],
    ['PROFESSIONAL_C', true, 'NEVER_ASSESSED', '尚未測評'],
    ['ORDINARY', true, 'NEVER_ASSESSED', '尚未測評'],
  ] as const)('%s: an assessment is needed: %s', async (kind, isRequired, reason, reasonLabel) => {
    const who = await aClient();
    await investor(who, kind);
    expect(await duty(who)).toEqual({ isRequired, reason, reasonLabel });
    // Whoever may skip it may also take it.
    expect((await submitted(who, YOUNG)).state).toBe('REPORT_ISSUED');
  });

  test('who skip it are ordinary again the day after, and alerted by the level only then', async () => {
    const { who } = await assessed(YOUNG);
    await investor(who, 'PROFESSIONAL_B', '2026-03-02');
    await holds(who, freshId(), 'R5');
    expect(await alertsOf(who)).toEqual([]);
    expect(await duty(who)).toMatchObject({ reason: 'EXEMPT' });
    world.clock.now = shanghai('2026-03-03T00:00:00');
    expect(await duty(who)).toMatchObject({ isRequired: false, reason: 'IN_FORCE' });
    await holds(who, freshId(), 'R5');
    expect((await alertsOf(who)).map(({ type }: { type: string }) => type)).toContain('HIGH_RISK_SHARE');
  });

  test('the duty follows the validity', async () => {
    const { who } = await assessed(YOUNG);
    world.clock.now = shanghai('2027-02-01T10:00:00');
    expect(await duty(who)).toMatchObject({ isRequired: false, reason: 'ENDS_SOON' });
    world.clock.now = shanghai('2027-03-02T10:00:00');
    expect(await duty(who)).toMatchObject({ isRequired: true, reason: 'ENDED' });
    expect((await duty(await aClient())).isRequired).toBe(true);
  });

  test('the duties of fifty clients cost as many statements as that of one', async () => {
    const fifty = await Promise.all(Array.from({ length: 50 }, () => aClient()));
    const cost = (some: Someone[]) =>
      world.statements(() =>
        world.ask(
          actorOf(freshId(), ['COMPLIANCE']),
          'query ($refs: [_Any!]!) { _entities(representations: $refs) { ... on Client { assessmentDuty { reason nextSheetAt } } } }',
          { refs: some.map(({ clientId }) => ({ __typename: 'Client', id: clientId })) },
        ),
      );
    expect(await cost(fifty)).toBe(await cost(fifty.slice(0, 1)));
  });
});
