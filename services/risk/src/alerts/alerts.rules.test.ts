import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { RULES } from '../fixture.js';
import { LEVELS } from '../levels.rules.js';
import {
  ALERT_STATES,
  ALERT_TRANSITIONS,
  ALERT_TYPES,
  type AlertAction,
  AlertRules,
  type AlertState,
  ackDays,
  alertReason,
  dueAt,
  moveAlert,
  SEVERITIES,
  step,
} from './alerts.rules.js';
import { chinaCalendar } from './calendar.js';
import {
  assessmentEnds,
  complaint,
  concentration,
  drawdown,
  highRiskShare,
  holdingAbove,
  isAbove,
  largeRedemption,
  levelLowered,
  lossBeyond,
  lossBound,
  override,
  type Portfolio,
  reratedUp,
  shopping,
  turnedSenior,
} from './findings.rules.js';

const TABLE = AlertRules.parse(
  JSON.parse(readFileSync(new URL('../../data/alert-rules.json', import.meta.url), 'utf8')),
);
const { offers } = RULES;
const CLIENT = '01920000-0000-7000-8000-000000000001';
const PRODUCT = '01920000-0000-7000-8000-000000000002';
const at = (level: (typeof LEVELS)[number], lowestCategory = false) => ({ level, lowestCategory });
const held = (...ratings: string[]) =>
  ratings.map((rating, n) => ({ productId: `${PRODUCT.slice(0, -1)}${n}`, rating }));
const portfolio = (own: Partial<Portfolio> = {}): Portfolio => ({
  currency: 'CNY',
  positions: [],
  lossYearBp: 0,
  redeemedBp: 0,
  ...own,
});
const severities = (findings: { severity: string }[]) => findings.map(({ severity }) => severity);

describe('the life of an alert', () => {
  const ALLOWED: Record<AlertState, Partial<Record<AlertAction, AlertState>>> = {
    OPEN: { escalate: 'ESCALATED', acknowledge: 'ACKNOWLEDGED', settle: 'CLOSED' },
    ESCALATED: { acknowledge: 'ACKNOWLEDGED', settle: 'CLOSED' },
    ACKNOWLEDGED: { act: 'ACTIONED', settle: 'CLOSED' },
    ACTIONED: { close: 'CLOSED', settle: 'CLOSED' },
    CLOSED: {},
  };
  const TOLD: Record<AlertAction, string> = {
    escalate: 'escalated',
    acknowledge: 'acknowledged',
    act: 'actioned',
    close: 'closed',
    settle: 'closed',
  };
  const every = ALERT_STATES.flatMap((state) =>
    (Object.keys(ALERT_TRANSITIONS) as AlertAction[]).map((action) => [state, action] as const),
  );
  test.each(every)('%s, %s', (state, action) => {
    const expected = ALLOWED[state][action];
    if (expected === undefined) {
      expect(() => moveAlert(state, action)).toThrow(expect.objectContaining({ code: 'ALERT_STATE' }));
      return;
    }
    const alert = {
      id: PRODUCT,
      clientId: CLIENT,
      type: 'DRAWDOWN',
      severity: 'WARN',
      dueAt: new Date(0),
      state,
    } as const;
    expect(step(alert, action)).toMatchObject({
      state: expected,
      event: { contract: { type: `risk.alert.${TOLD[action]}` } },
    });
  });
});

describe('the time to take an alert up', () => {
  test.each([
    ['a Monday', '2026-03-02T10:00:00', 1, '2026-03-04'],
    ['a Friday, over the weekend', '2026-03-06T10:00:00', 1, '2026-03-10'],
    ['a Saturday', '2026-03-07T10:00:00', 2, '2026-03-11'],
    ['the last second of a Monday', '2026-03-02T23:59:59', 1, '2026-03-04'],
    ['before the Spring Festival of 2026', '2026-02-14T10:00:00', 1, '2026-02-25'],
    ['before a Saturday that is worked on', '2026-10-09T10:00:00', 1, '2026-10-11'],
  ])('from %s', (_, now, days, until) => {
    expect(dueAt(new Date(`${now}+08:00`), days, chinaCalendar)).toEqual({
      dueAt: new Date(`${until}T00:00:00+08:00`),
      isDueProvisional: false,
    });
  });

  test('is provisional where the holidays of the year are not known, and still leaves weekends out', () => {
    expect(dueAt(new Date('2040-03-02T10:00:00+08:00'), 2, chinaCalendar)).toEqual({
      dueAt: new Date('2040-03-07T00:00:00+08:00'),
      isDueProvisional: true,
    });
  });
});

describe('the table', () => {
  test.each(ALERT_TYPES)('%s has a time and its words in three languages', (type) => {
    for (const severity of SEVERITIES) expect(ackDays(TABLE, { type, severity })).toBeGreaterThan(0);
    const { en, zh, zhHant } = TABLE.types[type].text;
    for (const words of [zh, zhHant])
      expect(words.match(/\{\w+\}/g)?.sort()).toEqual(en.match(/\{\w+\}/g)?.sort());
  });

  // domain.md 3.2.8, row by row: type, severity, working days.
  test.each([
    ['DRAWDOWN', 'WARN', 2],
    ['DRAWDOWN', 'SEVERE', 1],
    ['SINGLE_PRODUCT_CONCENTRATION', 'WARN', 5],
    ['HIGH_RISK_SHARE', 'WARN', 5],
    ['ASSESSMENT_EXPIRING', 'INFO', 10],
    ['ASSESSMENT_EXPIRED', 'WARN', 5],
    ['LEVEL_LOWERED_WITH_HOLDINGS', 'SEVERE', 2],
    ['PRODUCT_RERATED_UP', 'SEVERE', 2],
    ['SENIOR_THRESHOLD', 'WARN', 10],
    ['ASSESSMENT_SHOPPING', 'WARN', 2],
    ['LARGE_REDEMPTION', 'INFO', 2],
    ['MISMATCH_OVERRIDE', 'WARN', 2],
    ['MISMATCH_OVERRIDE', 'SEVERE', 2],
    ['LOSS_BEYOND_TOLERANCE', 'SEVERE', 1],
    ['COMPLAINT_ON_SUITABILITY', 'SEVERE', 1],
  ] as const)('%s, %s: %i', (type, severity, days) => {
    expect(ackDays(TABLE, { type, severity })).toBe(days);
  });
});

describe('each fact on its side of the edge', () => {
  test.each([
    ['GE_10_PCT', 'WARN'],
    ['GE_20_PCT', 'SEVERE'],
  ])('drawdown %s', (band, severity) => {
    expect(severities(drawdown(CLIENT, { currency: 'CNY', band, peakOn: '2026-01-05' }))).toEqual([severity]);
  });

  test.each([
    ['R3', 4000, 0],
    ['R3', 4001, 1],
    ['R5', 2500, 0],
    ['R5', 2501, 1],
    ['R4', 2501, 0],
  ])('one product %s of %i', (rating, shareBp, found) => {
    expect(
      concentration(CLIENT, portfolio({ positions: [{ productId: PRODUCT, rating, shareBp }] }), TABLE),
    ).toHaveLength(found);
  });

  test.each([
    ['HIGH', 7000, 0],
    ['HIGH', 7001, 1],
    ['MEDIUM_HIGH', 9000, 0],
  ] as const)('risky share at %s of %i', (level, shareBp, found) => {
    const positions = [
      { productId: PRODUCT, rating: 'R5', shareBp: 1000 },
      { productId: CLIENT, rating: 'R4', shareBp: shareBp - 1000 },
      { productId: CLIENT, rating: 'R3', shareBp: 1000 },
    ];
    expect(highRiskShare(CLIENT, portfolio({ positions }), at(level), TABLE)).toHaveLength(found);
  });
  test('no risky share where no level is known', () => {
    expect(
      highRiskShare(
        CLIENT,
        portfolio({ positions: [{ productId: PRODUCT, rating: 'R5', shareBp: 10_000 }] }),
        null,
        TABLE,
      ),
    ).toEqual([]);
  });

  test.each(
    LEVELS.flatMap((level, n) =>
      ['R1', 'R2', 'R3', 'R4', 'R5'].map((rating, m) => [rating, level, m > n] as const),
    ),
  )('a holding %s at %s is above: %s', (rating, level, above) => {
    expect(isAbove(rating, at(level), offers)).toBe(above);
    expect(holdingAbove(CLIENT, { productId: PRODUCT, rating }, at(level), offers)).toHaveLength(
      above && level !== 'HIGH' ? 1 : 0,
    );
  });
  test('the lowest category holds R1 only', () => {
    expect(isAbove('R1', at('LOW', true), offers)).toBe(false);
    expect(isAbove('R2', at('LOW', true), offers)).toBe(true);
  });

  test.each([
    [[], 0],
    [['R2'], 0],
    [['R3'], 1],
    [['R1', 'R5'], 1],
  ] as const)('an assessment ends with %j held', (ratings, found) => {
    const subject = { clientId: CLIENT, id: PRODUCT, validTo: '2027-03-01' };
    expect(severities(assessmentEnds('ASSESSMENT_EXPIRING', subject, held(...ratings), TABLE))).toEqual(
      Array(found).fill('INFO'),
    );
    expect(severities(assessmentEnds('ASSESSMENT_EXPIRED', subject, held(...ratings), TABLE))).toEqual(
      Array(found).fill('WARN'),
    );
  });

  test.each([
    ['lower, with one above', at('HIGH'), at('MEDIUM'), 2],
    ['the same', at('MEDIUM'), at('MEDIUM'), 0],
    ['higher', at('LOW'), at('MEDIUM'), 0],
    ['the same level, now the lowest category', at('LOW'), at('LOW', true), 4],
  ] as const)('a level that is %s', (_, from, to, found) => {
    expect(levelLowered(CLIENT, from, to, { held: held('R1', 'R2', 'R3', 'R4', 'R5'), offers })).toHaveLength(
      found,
    );
  });

  test.each([
    ['R3', 'R4', at('MEDIUM'), 1],
    ['R3', 'R4', at('MEDIUM_HIGH'), 0],
    ['R4', 'R3', at('LOW'), 0],
    ['R4', 'R4', at('LOW'), 0],
    ['R3', 'R4', null, 0],
  ])('re-rated from %s to %s at %j', (from, to, level, found) => {
    expect(reratedUp(CLIENT, { productId: PRODUCT, from, to }, level, offers)).toHaveLength(found);
  });

  test.each([
    [['R3'], 0],
    [['R4'], 1],
    [[], 0],
  ] as const)('turned 65 with %j', (ratings, found) => {
    expect(turnedSenior(CLIENT, held(...ratings), TABLE)).toHaveLength(found);
  });

  test.each([
    [2, 'MEDIUM', 'MEDIUM_HIGH', []],
    [3, 'MEDIUM', 'MEDIUM', ['SUBMISSIONS']],
    [2, 'LOW', 'MEDIUM', ['RISE']],
    [3, 'LOW', 'HIGH', ['SUBMISSIONS', 'RISE']],
  ] as const)('%i sheets, from %s to %s', (submissions, lowestLevel, level, subjects) => {
    expect(
      shopping(CLIENT, { submissions, lowestLevel, level }, TABLE).map(({ subject }) => subject),
    ).toEqual(subjects);
  });

  test.each([
    [5000, 0],
    [5001, 1],
  ])('redeemed %i', (redeemedBp, found) => {
    expect(largeRedemption(CLIENT, portfolio({ redeemedBp }), TABLE)).toHaveLength(found);
  });

  test.each([
    [0, 'WARN'],
    [1, 'SEVERE'],
    [5, 'SEVERE'],
  ])('an override after %i others', (earlier, severity) => {
    expect(severities(override(CLIENT, earlier, TABLE))).toEqual([severity]);
  });

  test.each([
    ['IND-RTQ', { I12: 'A' }, 0],
    ['IND-RTQ', { I12: 'B' }, 500],
    ['IND-RTQ', { I12: 'C' }, 1500],
    ['IND-RTQ', { I12: 'D' }, 3000],
    ['IND-RTQ', { I12: 'E' }, null],
    ['INS-RTQ', { N8: 'C' }, 1500],
    ['GL-RTS', {}, 1500],
    ['IND-RTQ', { I99: 'A' }, 1500],
  ])('the loss that %s %j bears', (questionnaire, answers, boundBp) => {
    expect(lossBound({ questionnaire, answers, level: 'MEDIUM' }, TABLE)).toBe(boundBp);
  });

  test.each([
    [0, 0, 0],
    [1, 0, 1],
    [1500, 1500, 0],
    [1501, 1500, 1],
    [9999, null, 0],
  ])('a loss of %i where %j is borne', (lossYearBp, boundBp, found) => {
    expect(lossBeyond(CLIENT, portfolio({ lossYearBp }), boundBp)).toHaveLength(found);
  });

  test.each([
    ['SUITABILITY', CLIENT, 1],
    ['SERVICE', CLIENT, 0],
    ['SUITABILITY', null, 0],
  ])('a complaint about %s of %s', (category, clientId, found) => {
    expect(complaint({ clientId, complaintId: PRODUCT, category, dueOn: '2026-03-17' })).toHaveLength(found);
  });
});

test('the evidence is put into words: shares as percent, levels as the firm writes them, what is missing as a dash', () => {
  const evidence = { from: 'HIGH', to: 'LOW', rating: 'R4' };
  expect(alertReason({ type: 'LEVEL_LOWERED_WITH_HOLDINGS', evidence }, TABLE)).toEqual({
    en: 'The level was lowered from High risk to Low risk, below a product that is held, rated R4.',
    zh: '等级由高风险下调为低风险，低于所持产品（R4）。',
    zhHant: '等級由高風險下調為低風險，低於所持產品（R4）。',
  });
  expect(alertReason({ type: 'LARGE_REDEMPTION', evidence: { redeemedBp: 6250 } }, TABLE).en).toBe(
    'Within 5 days 62.5% of the holdings in – were redeemed.',
  );
});
