import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { newMembership } from '../membership/membership.rules.js';
import { cut, deserved, type PurchaseTerms } from '../points/points.rules.js';
import {
  type ActivityTerms,
  activityPoints,
  attendance,
  type EarnRule,
  earnActivity,
  greeting,
  isActivityRule,
  referral,
  review,
  survey,
} from './earning.rules.js';

const rules = JSON.parse(
  readFileSync(new URL('../../data/earn-rules.json', import.meta.url), 'utf8'),
) as EarnRule[];
const ruleOf = (code: string) =>
  rules.find((rule) => rule.code === code) as EarnRule & { terms: ActivityTerms };
const CLIENT = '01900000-0000-7000-8000-000000000001';
const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const soFar = (times = 0, points = 0) => ({ times, points });

describe('the table of earn rules', () => {
  test.each([
    ['E2', 'event.attended', true],
    ['E3', 'lead.converted', true],
    ['E4', 'care.task.sent', false],
    ['E5', 'client.review.completed', true],
    ['E6', 'survey.answered', true],
  ])('%s is of %s and counts towards the tier: %s', (code, event, qualifying) => {
    expect(ruleOf(code)).toMatchObject({ event, qualifying, pendingDays: 0, expiryMonths: 24 });
    expect(isActivityRule(ruleOf(code))).toBe(true);
  });

  test.each([
    ['E2', 'ON_SITE', soFar(), 200],
    ['E2', 'ONLINE', soFar(), 50],
    ['E2', 'ON_SITE', soFar(9, 1_800), 200],
    ['E2', 'ON_SITE', soFar(10, 1_900), 100],
    ['E2', 'ON_SITE', soFar(10, 2_000), 0],
    ['E2', 'BY_PHONE', soFar(), 0],
    ['E3', 'ANY', soFar(4, 4_000), 1_000],
    ['E3', 'ANY', soFar(5, 5_000), 0],
    ['E4', 'BIRTHDAY', soFar(), 200],
    ['E4', 'BIRTHDAY', soFar(1, 200), 0],
    ['E4', 'MID_AUTUMN', soFar(), 0],
    ['E4', 'constructor', soFar(), 0],
    ['E5', 'ANY', soFar(1, 50), 50],
    ['E5', 'ANY', soFar(2, 100), 0],
    ['E6', 'ANY', soFar(9, 180), 20],
    ['E6', 'ANY', soFar(10, 200), 0],
  ])('%s %s after %j this year: %d', (code, variant, year, points) => {
    expect(activityPoints(variant, year, ruleOf(code).terms)).toBe(points);
  });
});

describe('what is rewarded', () => {
  const attended = {
    attendeeId: CLIENT,
    clientId: CLIENT,
    leadId: null,
    eventId: id(2),
    mode: 'ONLINE' as const,
    attendedOn: '2026-03-02',
  };

  test('an event attended by a client, not by a lead', () => {
    expect(attendance(attended)).toEqual({
      clientId: CLIENT,
      day: '2026-03-02',
      occasion: id(2),
      variant: 'ONLINE',
    });
    expect(attendance({ ...attended, attendeeId: id(3), clientId: null, leadId: id(3) })).toBeNull();
  });

  test.each([
    ['on the day it was due', '2026-03-02', true],
    ['before', '2026-02-01', true],
    ['a day late', '2026-03-03', false],
  ])('a review %s', (_, day, isRewarded) => {
    expect(review({ clientId: CLIENT, kind: 'YEARLY', dueOn: '2026-03-02' }, day) !== null).toBe(isRewarded);
  });

  test('a greeting once a year, a survey once', () => {
    expect(greeting({ clientId: CLIENT, ruleCode: 'BIRTHDAY', year: 2026 }, '2026-03-02').occasion).toBe(
      'BIRTHDAY-2026',
    );
    expect(survey({ clientId: CLIENT, surveyId: id(4) }, '2026-03-02').occasion).toBe(id(4));
  });

  const touch = { at: '2026-03-01T00:00:00.000Z', channel: 'ONLINE' as const, campaignId: null };
  const conversion = {
    leadId: id(5),
    clientId: id(6),
    firstTouch: touch,
    lastTouch: touch,
    daysToConvert: 3,
    campaignId: null,
    referrerClientId: CLIENT,
  };
  const known = { consentOk: true, referrerIsStaff: false, day: '2026-03-02' };
  test.each([
    ['a referral', {}, {}, true],
    ['without a referrer', { referrerClientId: null }, {}, false],
    ['of oneself', { referrerClientId: id(6) }, {}, false],
    ['of somebody who did not consent', {}, { consentOk: false }, false],
    ['by staff', {}, { referrerIsStaff: true }, false],
  ])('%s', (_, of, knowing, isRewarded) => {
    const activity = referral({ ...conversion, ...of }, { ...known, ...knowing });
    expect(activity).toEqual(
      isRewarded ? { clientId: CLIENT, day: '2026-03-02', occasion: id(5), variant: 'ANY' } : null,
    );
  });
});

describe('an activity', () => {
  const activity = { clientId: CLIENT, day: '2028-02-29', occasion: id(2), variant: 'ON_SITE' };
  const held = (changes = {}) => ({
    membership: newMembership(CLIENT, '2026-01-05'),
    clientStatus: 'ACTIVE',
    soFar: soFar(),
    balance: 7,
    ...changes,
  });
  const ids = { lotId: id(7), entryId: id(8), sourceEventId: id(9) };

  test('is booked with its limit of the year, and can be spent on the day', () => {
    const earning = earnActivity(activity, held({ soFar: soFar(10, 1_900) }), ruleOf('E2'), ids);
    expect(earning?.lot).toMatchObject({
      amount: 100,
      availableOn: '2028-02-29',
      expiresOn: '2030-02-28',
      state: 'PENDING',
    });
    expect(earning?.entry).toMatchObject({
      pending: 100,
      occasion: id(2),
      qualifyingPoints: 100,
      qualifyingOn: '2028-02-29',
      basis: { variant: 'ON_SITE', yearPoints: 1_900, yearTimes: 10 },
    });
    expect(earning?.events[0]?.data).toMatchObject({ amount: 100, rule: 'E2', balance: 7 });
  });

  test('of a birthday does not count towards the tier', () => {
    const birthday = { ...activity, variant: 'BIRTHDAY' };
    expect(earnActivity(birthday, held(), ruleOf('E4'), ids)?.entry).toMatchObject({
      qualifyingPoints: 0,
      qualifyingOn: null,
    });
  });

  test.each([
    [
      'a closed membership',
      { membership: { ...newMembership(CLIENT, '2026-01-05'), status: 'CLOSED' as const } },
    ],
    ['a restricted client', { clientStatus: 'RESTRICTED' }],
    ['a client nobody knows', { clientStatus: null }],
    ['a limit that is used up', { soFar: soFar(10, 2_000) }],
  ])('of %s earns nothing', (_, changes) => {
    expect(earnActivity(activity, held(changes), ruleOf('E2'), ids)).toBeNull();
  });
});

describe('a purchase redeemed inside its pending days', () => {
  const terms = rules[0]?.terms as PurchaseTerms;
  const purchase = (amountMinor: number, cutMinor = 0) => ({
    basis: {
      orderId: id(1),
      productId: id(2),
      productClass: 'TRUST',
      amountMinor,
      currency: 'CNY',
      tier: 'PLUS' as const,
      multiplier: '1.2',
    },
    cutMinor,
    terms,
  });
  const money = (openMinor: number) => ({ openMinor, amountMinor: null, units: null });

  test('deserves the points of what is left, by the multiplier it was earned with', () => {
    expect(deserved(purchase(10_000_000))).toBe(120);
    expect(deserved(purchase(10_000_000, 5_000_000))).toBe(60);
    expect(deserved(purchase(10_000_000, 10_000_000))).toBe(0);
  });

  test('newest first; what no purchase answers for is left over', () => {
    const [newest, older] = [purchase(3_000_000), purchase(5_000_000, 1_000_000)];
    const { cuts, left } = cut([newest, older], money(8_000_000));
    expect(cuts.map((c) => [c.amountMinor, c.points])).toEqual([
      [3_000_000, 36],
      [4_000_000, 48],
    ]);
    expect(left).toBe(1_000_000);
    expect(cut([newest, older], money(3_000_000)).cuts).toHaveLength(1);
  });

  test('by less than a step costs what the step was worth', () => {
    expect(cut([purchase(200_000)], money(1)).cuts).toMatchObject([{ points: 1 }]);
    expect(cut([purchase(250_000)], money(50_000)).cuts).toMatchObject([{ points: 0 }]);
  });

  const ofUnits = (amountMinor: number, units: string, cutMinor = 0) => {
    const { basis, ...rest } = purchase(amountMinor, cutMinor);
    return { ...rest, basis: { ...basis, units } };
  };

  test.each([
    ['all of it at a loss', 9_000_000, '100000', 10_000_000, 0],
    ['all of it at a gain', 11_000_000, '100000', 10_000_000, 0],
    ['half at a loss', 4_500_000, '50000', 5_000_000, 0],
    ['half at a gain', 5_500_000, '50000', 5_000_000, 0],
    ['more than was bought', 13_500_000, '150000', 10_000_000, 4_500_000],
  ])('%s: units decide, not what they were worth', (_, amountMinor, units, cutMinor, left) => {
    const redeemed = { openMinor: amountMinor, amountMinor, units };
    const outcome = cut([ofUnits(10_000_000, '100000')], redeemed);
    expect(outcome.cuts.map((one) => one.amountMinor)).toEqual([cutMinor]);
    expect(outcome.left).toBe(left);
  });

  test('units that are redeemed step by step take what is left each time', () => {
    const half = { openMinor: 4_000_000, amountMinor: 4_000_000, units: '50000' };
    const [first] = cut([ofUnits(10_000_000, '100000')], half).cuts;
    expect(first).toMatchObject({ amountMinor: 5_000_000, points: 60 });
    const [second] = cut([ofUnits(10_000_000, '100000', 5_000_000)], half).cuts;
    expect(second).toMatchObject({ amountMinor: 5_000_000, points: 60 });
  });
});
