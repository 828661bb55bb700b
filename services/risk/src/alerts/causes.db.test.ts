import {
  ClientInvestorChanged,
  ClientUpdated,
  ComplaintClosed,
  ComplaintReceived,
  ComplaintReopened,
  ComplaintWithdrawn,
  HoldingChanged,
  PortfolioMeasured,
  ProductRatingChanged,
  SuitabilityChecked,
} from '@client-graph/events';
import { aService, freshId, type World } from '@client-graph/testkit';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { compliance, people, SAVER, type Someone, standing } from '../people.fixture.js';
import { service } from '../service.js';
import { expireAssessments } from '../validity/validity.js';

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

const { run, aClient, submitted, confirmed, assessed, eventsOf, ofClient } = people(() => world);
/** MEDIUM_HIGH. */
const PATIENT = 'DCDCCCDCBDDD';

const FIELDS = 'id version type typeLabel(locale: ZH_HANS) subject state closeReason closeReasonLabel';
const alertsOf = async (who: Someone, open = true) =>
  (await ofClient(compliance, who, `riskAlerts(open: ${open}) { ${FIELDS} }`)).riskAlerts;
const typesOf = async (who: Someone): Promise<string[]> =>
  (await alertsOf(who)).map(({ type }: { type: string }) => type).sort();
const closed = async (who: Someone): Promise<string[]> =>
  (await alertsOf(who, false))
    .filter(({ state }: { state: string }) => state === 'CLOSED')
    .map(({ type, closeReason }: { type: string; closeReason: string }) => `${type} ${closeReason}`)
    .sort();

type Rating = 'R1' | 'R2' | 'R3' | 'R4' | 'R5';
const holds = (who: Someone, productId: string, rating: Rating, units = '100') =>
  world.deliver(HoldingChanged({ clientId: who.clientId, productId, rating, units, valueBand: 'LT_100K' }), {
    times: 2,
  });
const rerated = (productId: string, from: Rating, to: Rating) =>
  world.deliver(
    ProductRatingChanged({ productId, productClass: 'TRUST', from, to, effectiveFrom: '2026-03-02' }),
  );
const measured = (
  who: Someone,
  positions: { productId: string; rating: Rating; shareBp: number }[],
  own = {},
) =>
  world.deliver(
    PortfolioMeasured({
      clientId: who.clientId,
      currency: 'CNY',
      asOf: '2026-03-01',
      positions,
      lossYearBp: 0,
      redeemedBp: 0,
      ...own,
    }),
  );

test('what is sold is no longer alerted about: above the level, too much of one, and at 65', async () => {
  const { who } = await assessed(SAVER);
  const productId = freshId();
  await holds(who, productId, 'R4');
  await measured(who, [{ productId, rating: 'R4', shareBp: 6_000 }]);
  await world.deliver(
    ClientUpdated({
      clientId: who.clientId,
      ...withoutLead({ ageBand: 'FROM_65' }),
      changedFieldCodes: ['ageBand'],
      version: 2,
    }),
  );
  expect(await typesOf(who)).toEqual(['HIGH_RISK_SHARE', 'SENIOR_THRESHOLD', 'SINGLE_PRODUCT_CONCENTRATION']);
  await holds(who, productId, 'R4', '0');
  expect(await typesOf(who)).toEqual([]);
  expect(await closed(who)).toEqual([
    'HIGH_RISK_SHARE CAUSE_GONE',
    'SENIOR_THRESHOLD CAUSE_GONE',
    'SINGLE_PRODUCT_CONCENTRATION CAUSE_GONE',
  ]);
  expect(await eventsOf(who, 'risk.alert.closed')).toHaveLength(3);
});

const withoutLead = (own: Parameters<typeof standing>[0]) => {
  const { originLeadId: _, ...facts } = standing(own);
  return facts;
};

test('a rating that comes down again takes the alerts of every holder with it, and of those alone', async () => {
  const { who } = await assessed(SAVER);
  const { who: other } = await assessed(SAVER);
  const productId = freshId();
  await holds(who, productId, 'R2');
  await holds(other, freshId(), 'R5');
  await rerated(productId, 'R2', 'R4');
  expect(await typesOf(who)).toEqual(['PRODUCT_RERATED_UP']);
  await rerated(productId, 'R4', 'R3');
  expect(await typesOf(who)).toEqual(['PRODUCT_RERATED_UP']);
  await rerated(productId, 'R3', 'R1');
  expect(await typesOf(who)).toEqual([]);
  expect(await typesOf(other)).toEqual(['HIGH_RISK_SHARE']);
});

test('a level that comes up again takes the alerts about holdings with it', async () => {
  const { who } = await assessed(PATIENT);
  await holds(who, freshId(), 'R4');
  world.clock.now = shanghai('2026-03-04T10:00:00');
  await confirmed(who, await submitted(who, 'DCDCCCCCBCBC'));
  expect(await typesOf(who)).toEqual(['LEVEL_LOWERED_WITH_HOLDINGS']);
  world.clock.now = shanghai('2026-05-04T10:00:00');
  await confirmed(who, await submitted(who, PATIENT));
  expect(await typesOf(who)).toEqual([]);
});

test('a share that is measured within its limit again is no longer alerted about; at the limit it is within', async () => {
  const { who } = await assessed(SAVER);
  const productId = freshId();
  await measured(who, [{ productId, rating: 'R1', shareBp: 4_001 }]);
  expect(await typesOf(who)).toEqual(['SINGLE_PRODUCT_CONCENTRATION']);
  await measured(who, [], { currency: 'USD' });
  expect(await typesOf(who)).toEqual(['SINGLE_PRODUCT_CONCENTRATION']);
  await measured(who, [{ productId, rating: 'R1', shareBp: 4_000 }]);
  expect(await typesOf(who)).toEqual([]);
});

test('an assessment that has ended is no longer alerted about when nothing from R3 on is held', async () => {
  const { who } = await assessed(PATIENT);
  const productId = freshId();
  await holds(who, productId, 'R3');
  world.clock.now = shanghai('2027-03-02T10:00:00');
  await expireAssessments(world.db);
  expect(await typesOf(who)).toEqual(['ASSESSMENT_EXPIRED']);
  await holds(who, productId, 'R3', '0.00');
  expect(await typesOf(who)).toEqual([]);
});

test.each([
  ['closed', ComplaintClosed],
  ['taken back', ComplaintWithdrawn],
] as const)('a complaint that is %s is answered: its alert is closed, another stays', async (_, ended) => {
  const who = await aClient();
  const complaint = (complaintId: string) => ({
    complaintId,
    clientId: who.clientId,
    category: 'SUITABILITY',
    severity: 'HIGH' as const,
    dueOn: '2026-03-17',
    onTime: null,
    rootCause: null,
  });
  const [one, other] = [freshId(), freshId()];
  await world.deliver(ComplaintReceived(complaint(one)));
  await world.deliver(ComplaintReceived(complaint(other)));
  await world.deliver(ended(complaint(one)), { times: 2 });
  expect((await alertsOf(who)).map(({ subject }: { subject: string }) => subject)).toEqual([other]);
});

test('what has happened stays for a person: an override, a loss, a large redemption, a fall', async () => {
  const { who } = await assessed(SAVER);
  await world.deliver(
    SuitabilityChecked({
      clientId: who.clientId,
      decisionId: freshId(),
      productId: freshId(),
      result: 'WARN',
      reasonCodes: [],
      override: true,
    }),
  );
  await measured(who, [], { lossYearBp: 3_000, redeemedBp: 6_000 });
  const raised = ['LARGE_REDEMPTION', 'LOSS_BEYOND_TOLERANCE', 'MISMATCH_OVERRIDE'];
  expect(await typesOf(who)).toEqual(raised);
  await measured(who, []);
  await holds(who, freshId(), 'R1');
  expect(await typesOf(who)).toEqual(raised);
});

test('the reasons of the service are not for a person to give, and everything has words', async () => {
  const { who } = await assessed(SAVER);
  await holds(who, freshId(), 'R5');
  const [alert] = await alertsOf(who);
  expect(alert.typeLabel).toBe('高风险持仓');
  const at = (version: number) => ({ alertId: alert.id, expectedVersion: version });
  expect((await run(compliance, 'acknowledgeAlert', at(1), 'id')).codes).toEqual([]);
  expect(
    (await run(compliance, 'actOnAlert', { ...at(2), action: 'REFERRED' }, 'id actionLabel')).codes,
  ).toEqual([]);
  for (const reason of ['CAUSE_GONE', 'CLIENT_LEFT', 'DUPLICATE'])
    expect((await run(compliance, 'closeAlert', { ...at(3), reason }, 'id')).codes).toEqual(['BAD_INPUT']);
  const { answer } = await run(
    compliance,
    'closeAlert',
    { ...at(3), reason: 'CLIENT_INSISTS' },
    'stateLabel(locale: ZH_HANT) closeReasonLabel(locale: ZH_HANT) actionLabel severityLabel(locale: ZH_HANT)',
  );
  expect(answer).toEqual({
    stateLabel: '已關閉',
    closeReasonLabel: '客戶堅持',
    actionLabel: 'Referred',
    severityLabel: '預警',
  });
});

test('a first level, and the end of being a professional, are held against what is there already', async () => {
  const who = await aClient();
  const [above, below] = [freshId(), freshId()];
  await holds(who, above, 'R4');
  await holds(who, below, 'R1');
  expect(await typesOf(who)).toEqual([]);
  await confirmed(who, await submitted(who, SAVER));
  expect(await alertsOf(who)).toMatchObject([{ type: 'HIGH_RISK_SHARE', subject: above }]);

  const investor = (changes: object) =>
    world.deliver(
      ClientInvestorChanged({
        ...{ clientId: other.clientId, investor: 'PROFESSIONAL_B', isQualified: true, validTo: '2027-03-01' },
        ...changes,
      }),
      { times: 2 },
    );
  const { who: other } = await assessed(SAVER);
  await investor({});
  await holds(other, above, 'R5');
  expect(await typesOf(other)).toEqual([]);
  await investor({ investor: 'ORDINARY', isQualified: false });
  expect(await typesOf(other)).toEqual(['HIGH_RISK_SHARE']);
});

test('a complaint that is opened again is alerted about again', async () => {
  const who = await aClient();
  const complaint = {
    ...{ complaintId: freshId(), clientId: who.clientId, category: 'SUITABILITY', severity: 'HIGH' as const },
    ...{ dueOn: '2026-03-17', onTime: null, rootCause: null },
  };
  await world.deliver(ComplaintReceived(complaint));
  await world.deliver(ComplaintClosed(complaint));
  expect(await typesOf(who)).toEqual([]);
  await world.deliver(ComplaintReopened(complaint), { times: 2 });
  expect(await typesOf(who)).toEqual(['COMPLAINT_ON_SUITABILITY']);
});
