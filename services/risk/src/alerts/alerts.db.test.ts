import { ClientUpdated, ComplaintReceived, ProductRatingChanged } from '@client-graph/events';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { drawdown, FIELDS, measured, overridden, product, watched } from '../../test/watched.js';
import { assessor, compliance, FINDINGS, people, SAVER, standing } from '../people.fixture.js';
import { service } from '../service.js';
import { expireAssessments, tellExpiring } from '../validity/validity.js';

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

const { run, done, aClient, submitted, confirmed, assessed, eventsOf } = people(() => world);
const { alertsOf, typesOf, holds } = watched(() => world);

describe('every row of the table, from the event to the alert', () => {
  test('DRAWDOWN', async () => {
    const who = await aClient();
    await world.deliver(drawdown(who), { times: 2 });
    expect(await alertsOf(who, who.adviser)).toMatchObject([
      {
        type: 'DRAWDOWN',
        subject: 'CNY',
        severity: 'WARN',
        count: 1,
        state: 'OPEN',
        dueAt: '2026-03-04T16:00:00.000Z',
        isDueProvisional: false,
        reason: 'The holdings in CNY are worth less than their 90-day peak of 2026-01-05 by 10% or more.',
      },
    ]);
  });

  test('SINGLE_PRODUCT_CONCENTRATION, HIGH_RISK_SHARE, LARGE_REDEMPTION and LOSS_BEYOND_TOLERANCE from one measurement', async () => {
    const { who } = await assessed();
    const positions = [
      { ...product('R2'), shareBp: 4001 },
      { ...product('R5'), shareBp: 2600 },
      { ...product('R1'), shareBp: 3399 },
    ];
    await world.deliver(measured(who, { positions, lossYearBp: 501, redeemedBp: 5001 }), { times: 2 });
    expect(await typesOf(who)).toEqual([
      'LARGE_REDEMPTION',
      'LOSS_BEYOND_TOLERANCE',
      'SINGLE_PRODUCT_CONCENTRATION',
      'SINGLE_PRODUCT_CONCENTRATION',
    ]);
    const [loss] = (await alertsOf(who)).filter(
      ({ type }: { type: string }) => type === 'LOSS_BEYOND_TOLERANCE',
    );
    expect(loss.reason).toBe(
      'The loss of twelve months in CNY, 5.01%, is more than the 5% that the client has said to bear.',
    );
  });

  test('a calm measurement raises nothing', async () => {
    const { who } = await assessed();
    await world.deliver(
      measured(who, { positions: [{ ...product('R2'), shareBp: 4000 }], lossYearBp: 500, redeemedBp: 5000 }),
    );
    expect(await alertsOf(who)).toEqual([]);
  });

  test('HIGH_RISK_SHARE for a holding above the level; not for one that suits, nor without a level', async () => {
    const { who } = await assessed();
    const above = product('R3');
    await holds(who, product('R2'));
    await holds(who, above);
    expect(await alertsOf(who)).toMatchObject([
      { type: 'HIGH_RISK_SHARE', subject: above.productId, severity: 'WARN' },
    ]);
    const unknown = await aClient();
    await holds(unknown, product('R5'));
    expect(await alertsOf(unknown)).toEqual([]);
  });

  test('ASSESSMENT_EXPIRING and ASSESSMENT_EXPIRED with R3 held, settled when the client is assessed anew; nothing without', async () => {
    const [{ who, assessment }, other] = [await assessed(), await assessed()];
    await holds(who, product('R3'));
    await holds(other.who, product('R2'));
    world.clock.now = shanghai('2027-02-10T00:23:00');
    await tellExpiring(world.db);
    expect(await alertsOf(who)).toMatchObject([
      { type: 'ASSESSMENT_EXPIRING', subject: assessment.id, severity: 'INFO' },
      { type: 'HIGH_RISK_SHARE' },
    ]);
    world.clock.now = shanghai('2027-03-02T00:03:00');
    await expireAssessments(world.db);
    expect(await typesOf(who)).toEqual(['ASSESSMENT_EXPIRED', 'ASSESSMENT_EXPIRING', 'HIGH_RISK_SHARE']);
    expect(await alertsOf(other.who)).toEqual([]);
    await confirmed(who, await submitted(who, SAVER));
    expect(await typesOf(who)).toEqual(['HIGH_RISK_SHARE']);
    expect((await eventsOf(who, 'risk.alert.closed')).map(({ data }) => data['type'])).toEqual(
      expect.arrayContaining(['ASSESSMENT_EXPIRED', 'ASSESSMENT_EXPIRING']),
    );
  });

  test('LEVEL_LOWERED_WITH_HOLDINGS by a new sheet and by a review', async () => {
    const { who } = await assessed();
    const two = product('R2');
    await holds(who, two);
    const lower = await confirmed(who, await submitted(who, 'EBDCBCAABBBA'));
    expect(lower).toMatchObject({ finalLevel: 'LOW' });
    expect(await alertsOf(who)).toMatchObject([
      { type: 'LEVEL_LOWERED_WITH_HOLDINGS', subject: two.productId, severity: 'SEVERE' },
    ]);

    const reviewed = await assessed();
    await holds(reviewed.who, two);
    const review = await done(
      compliance,
      'requireInterview',
      {
        requestId: freshId(),
        assessmentId: reviewed.assessment.id,
        expectedVersion: reviewed.assessment.version,
        comment: 'Please look.',
      },
      'id version',
    );
    await done(
      assessor,
      'decideReview',
      {
        reviewId: review.id,
        expectedVersion: review.version,
        ...FINDINGS,
        outcome: 'LOWER',
        newLevel: 'LOW',
      },
      'id',
    );
    expect(await typesOf(reviewed.who)).toEqual(['LEVEL_LOWERED_WITH_HOLDINGS']);
  });

  test('PRODUCT_RERATED_UP for every holder below it, who is then alerted by the new rating', async () => {
    const [a, b, sold] = [await assessed(), await assessed(), await assessed()];
    const rerated = product('R2');
    for (const { who } of [a, b, sold]) await holds(who, rerated);
    await holds(sold.who, rerated, '0.00');
    const stranger = await assessed();
    await world.deliver(
      ProductRatingChanged({
        productId: rerated.productId,
        productClass: 'PUBLIC_FUND',
        from: 'R2',
        to: 'R4',
        effectiveFrom: '2026-03-02',
      }),
      { times: 2 },
    );
    for (const { who } of [a, b]) {
      expect(await alertsOf(who, who.adviser)).toMatchObject([
        {
          type: 'PRODUCT_RERATED_UP',
          subject: rerated.productId,
          severity: 'SEVERE',
          count: 1,
          reason: 'A product that is held was re-rated from R2 to R4, above the level Medium-low risk.',
        },
      ]);
    }
    for (const { who } of [sold, stranger]) expect(await alertsOf(who)).toEqual([]);
    await world.deliver(
      ProductRatingChanged({
        productId: rerated.productId,
        productClass: 'PUBLIC_FUND',
        from: 'R4',
        to: 'R3',
        effectiveFrom: '2026-03-02',
      }),
    );
    expect(await alertsOf(a.who)).toHaveLength(1);
    expect(
      await world.sql('select distinct rating from holding_copy where product_id = $1', [rerated.productId]),
    ).toEqual([{ rating: 'R3' }]);
  });

  test('SENIOR_THRESHOLD on the birthday with R4 held', async () => {
    const who = await aClient({ ageBand: 'FROM_56' });
    await holds(who, product('R4'));
    const { originLeadId: _, ...facts } = standing({ adviserId: who.adviserId, ageBand: 'FROM_65' });
    await world.deliver(
      ClientUpdated({ clientId: who.clientId, ...facts, changedFieldCodes: ['ageBand'], version: 2 }),
      { times: 2 },
    );
    expect(await alertsOf(who)).toMatchObject([{ type: 'SENIOR_THRESHOLD', severity: 'WARN', count: 1 }]);
  });

  test('ASSESSMENT_SHOPPING goes to compliance: the third sheet of thirty days, and a rise of two steps; the adviser is not told', async () => {
    const who = await aClient();
    await submitted(who, 'EBDCBCAABBBA');
    await submitted(who, 'EBDCBCAABBBA');
    expect(await alertsOf(who)).toEqual([]);
    world.clock.now = shanghai('2026-03-20T10:00:00');
    await submitted(who, 'DCDCCCCCBCBC');
    expect(await alertsOf(who)).toMatchObject([
      {
        type: 'ASSESSMENT_SHOPPING',
        subject: expect.stringMatching(/RISE|SUBMISSIONS/),
        addressee: 'COMPLIANCE',
        severity: 'WARN',
      },
      { type: 'ASSESSMENT_SHOPPING', addressee: 'COMPLIANCE' },
    ]);
    expect(await alertsOf(who, who.adviser)).toEqual([]);
    const [alert] = await alertsOf(who);
    expect(
      (
        await run(
          who.adviser,
          'acknowledgeAlert',
          { alertId: alert.id, expectedVersion: alert.version },
          FIELDS,
        )
      ).codes,
    ).toEqual(['NOT_FOUND']);
    expect(
      (
        await run(
          compliance,
          'acknowledgeAlert',
          { alertId: alert.id, expectedVersion: alert.version },
          FIELDS,
        )
      ).answer,
    ).toMatchObject({ state: 'ACKNOWLEDGED' });
  });

  test('MISMATCH_OVERRIDE: the second within ninety days is severe, and told again', async () => {
    const who = await aClient();
    await world.deliver(overridden(who, false));
    await world.deliver(overridden(who), { times: 2 });
    expect(await alertsOf(who)).toMatchObject([{ type: 'MISMATCH_OVERRIDE', severity: 'WARN', count: 1 }]);
    world.clock.now = shanghai('2026-05-20T10:00:00');
    await world.deliver(overridden(who));
    expect(await alertsOf(who)).toMatchObject([
      { severity: 'SEVERE', count: 2, reason: 'Orders by override within 90 days: 2.' },
    ]);
    expect((await eventsOf(who, 'risk.alert.raised')).map(({ data }) => data['severity'])).toEqual([
      'WARN',
      'SEVERE',
    ]);
  });

  test('COMPLAINT_ON_SUITABILITY, each complaint by itself; other complaints and those of strangers are none', async () => {
    const who = await aClient();
    const complaint = (own: object) =>
      ComplaintReceived({
        complaintId: freshId(),
        clientId: who.clientId,
        category: 'SUITABILITY',
        severity: 'HIGH',
        dueOn: '2026-03-17',
        onTime: null,
        rootCause: null,
        ...own,
      });
    await world.deliver(complaint({}), { times: 2 });
    await world.deliver(complaint({}));
    await world.deliver(complaint({ category: 'FEES' }));
    await world.deliver(complaint({ clientId: null }));
    expect(await typesOf(who)).toEqual(['COMPLAINT_ON_SUITABILITY', 'COMPLAINT_ON_SUITABILITY']);
  });
});
