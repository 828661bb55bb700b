import type { AssessmentRules } from '../assessments/assessments.rules.js';
import { type RiskLevel, rankOf } from '../levels.rules.js';
import { type Answers, chosen } from '../questionnaires/conditions.rules.js';
import { type AlertRules, type Finding, limit } from './alerts.rules.js';

/** What each kind of fact gives to be alerted about (domain.md 3.2.8): pure, one function a row of the table. */

export type Held = { productId: string; rating: string };
export type Level = { level: RiskLevel; lowestCategory: boolean };
type Offers = AssessmentRules['offers'];

export const ratingNo = (rating: string): number => Number(rating.slice(1));

/** Whether the level is offered products of this rating. */
export const isAbove = (rating: string, { level, lowestCategory }: Level, offers: Offers): boolean =>
  !(lowestCategory ? offers.lowestCategory : offers.levels[level]).productRisks.includes(rating);

export const highestOf = (held: readonly Held[]): string | null =>
  held.reduce<string | null>(
    (highest, { rating }) => (highest === null || ratingNo(rating) > ratingNo(highest) ? rating : highest),
    null,
  );

export function drawdown(
  clientId: string,
  fact: { currency: string; band: string; peakOn: string },
): Finding[] {
  const isSevere = fact.band === 'GE_20_PCT';
  return [
    {
      clientId,
      type: 'DRAWDOWN',
      subject: fact.currency,
      severity: isSevere ? 'SEVERE' : 'WARN',
      evidence: { currency: fact.currency, peakOn: fact.peakOn, dropBp: isSevere ? 2_000 : 1_000 },
    },
  ];
}

export type Portfolio = {
  currency: string;
  positions: readonly (Held & { shareBp: number })[];
  lossYearBp: number;
  redeemedBp: number;
};

export function concentration(clientId: string, { positions }: Portfolio, rules: AlertRules): Finding[] {
  const type = 'SINGLE_PRODUCT_CONCENTRATION';
  return positions.flatMap(({ productId, rating, shareBp }): Finding[] => {
    const limitBp = limit(rules, type, rating === 'R5' ? 'shareR5Bp' : 'shareBp');
    if (shareBp <= limitBp) return [];
    return [{ clientId, type, subject: productId, severity: 'WARN', evidence: { rating, shareBp, limitBp } }];
  });
}

/** R4 and R5 beyond their share, for a client of the level HIGH. */
export function highRiskShare(
  clientId: string,
  { currency, positions }: Portfolio,
  level: Level | null,
  rules: AlertRules,
): Finding[] {
  const type = 'HIGH_RISK_SHARE';
  const shareBp = positions
    .filter(({ rating }) => ratingNo(rating) >= 4)
    .reduce((sum, position) => sum + position.shareBp, 0);
  if (level?.level !== 'HIGH' || shareBp <= limit(rules, type, 'shareBp')) return [];
  const what = `R4+R5 ${shareBp / 100}%`;
  return [
    { clientId, type, subject: currency, severity: 'WARN', evidence: { level: 'HIGH', what, shareBp } },
  ];
}

/** Any holding above the level, for every other client. */
export function holdingAbove(clientId: string, held: Held, level: Level | null, offers: Offers): Finding[] {
  if (level === null || level.level === 'HIGH' || !isAbove(held.rating, level, offers)) return [];
  const evidence = { level: level.level, what: held.rating };
  return [{ clientId, type: 'HIGH_RISK_SHARE', subject: held.productId, severity: 'WARN', evidence }];
}

export function assessmentEnds(
  type: 'ASSESSMENT_EXPIRING' | 'ASSESSMENT_EXPIRED',
  { clientId, id, validTo }: { clientId: string; id: string; validTo: string },
  held: readonly Held[],
  rules: AlertRules,
): Finding[] {
  const highestRating = highestOf(held);
  if (highestRating === null || ratingNo(highestRating) < limit(rules, type, 'heldFromRating')) return [];
  const severity = type === 'ASSESSMENT_EXPIRED' ? 'WARN' : 'INFO';
  return [{ clientId, type, subject: id, severity, evidence: { validTo, highestRating } }];
}

export function levelLowered(
  clientId: string,
  from: Level,
  to: Level,
  { held, offers }: { held: readonly Held[]; offers: Offers },
): Finding[] {
  const isLower = rankOf(to.level) < rankOf(from.level) || (to.lowestCategory && !from.lowestCategory);
  if (!isLower) return [];
  return held
    .filter(({ rating }) => isAbove(rating, to, offers))
    .map(({ productId, rating }) => ({
      clientId,
      type: 'LEVEL_LOWERED_WITH_HOLDINGS',
      subject: productId,
      severity: 'SEVERE',
      evidence: { from: from.level, to: to.level, rating },
    }));
}

export function reratedUp(
  clientId: string,
  product: { productId: string; from: string; to: string },
  level: Level | null,
  offers: Offers,
): Finding[] {
  const { productId, from, to } = product;
  if (level === null || ratingNo(to) <= ratingNo(from) || !isAbove(to, level, offers)) return [];
  const evidence = { from, to, level: level.level };
  return [{ clientId, type: 'PRODUCT_RERATED_UP', subject: productId, severity: 'SEVERE', evidence }];
}

export function turnedSenior(clientId: string, held: readonly Held[], rules: AlertRules): Finding[] {
  const type = 'SENIOR_THRESHOLD';
  const highestRating = highestOf(held);
  if (highestRating === null || ratingNo(highestRating) < limit(rules, type, 'heldFromRating')) return [];
  return [{ clientId, type, subject: 'AGE_65', severity: 'WARN', evidence: { highestRating } }];
}

/** A client who tries sheets until the level pleases: too many, or much higher than another one shortly before. */
export function shopping(
  clientId: string,
  sheets: { submissions: number; lowestLevel: RiskLevel; level: RiskLevel },
  rules: AlertRules,
): Finding[] {
  const type = 'ASSESSMENT_SHOPPING';
  const days = limit(rules, type, 'days');
  const riseSteps = Math.max(0, rankOf(sheets.level) - rankOf(sheets.lowestLevel));
  const evidence = { days, submissions: sheets.submissions, riseSteps };
  const find = (subject: string): Finding => ({ clientId, type, subject, severity: 'WARN', evidence });
  return [
    ...(sheets.submissions >= limit(rules, type, 'submissions') ? [find('SUBMISSIONS')] : []),
    ...(riseSteps >= limit(rules, type, 'riseSteps') ? [find('RISE')] : []),
  ];
}

export function largeRedemption(
  clientId: string,
  { currency, redeemedBp }: Portfolio,
  rules: AlertRules,
): Finding[] {
  const type = 'LARGE_REDEMPTION';
  if (redeemedBp <= limit(rules, type, 'shareBp')) return [];
  return [{ clientId, type, subject: currency, severity: 'INFO', evidence: { currency, redeemedBp } }];
}

/** Every override is looked at; the second within the window is severe. `earlier` counts those before this one. */
export function override(clientId: string, earlier: number, rules: AlertRules): Finding[] {
  const type = 'MISMATCH_OVERRIDE';
  const overrides = earlier + 1;
  const severity = overrides >= limit(rules, type, 'severeCount') ? 'SEVERE' : 'WARN';
  const evidence = { overrides, days: limit(rules, type, 'days') };
  return [{ clientId, type, subject: 'OVERRIDE', severity, evidence }];
}

/** The loss a client has said to bear, in basis points; null where they have set no bound. */
export function lossBound(
  sheet: { questionnaire: string; answers: Answers; level: RiskLevel },
  { lossBounds }: AlertRules,
): number | null {
  const table = lossBounds.byAnswer[sheet.questionnaire];
  const answer = table === undefined ? [] : chosen(sheet.answers, table.question);
  // Another version of the questionnaire may ask it no more.
  if (table === undefined || answer.length === 0) return lossBounds.byLevelBp[sheet.level] ?? null;
  // Of several answers the smallest loss counts.
  const bounds = answer.flatMap((code) => table.boundsBp[code] ?? []);
  return bounds.length === 0 ? null : Math.min(...bounds);
}

export function lossBeyond(
  clientId: string,
  { currency, lossYearBp }: Portfolio,
  boundBp: number | null,
): Finding[] {
  if (boundBp === null || lossYearBp <= boundBp) return [];
  const evidence = { currency, lossBp: lossYearBp, boundBp };
  return [{ clientId, type: 'LOSS_BEYOND_TOLERANCE', subject: currency, severity: 'SEVERE', evidence }];
}

export function complaint(fact: {
  clientId: string | null;
  complaintId: string;
  category: string;
  dueOn: string;
}): Finding[] {
  const { clientId, complaintId, category, dueOn } = fact;
  if (clientId === null || category !== 'SUITABILITY') return [];
  return [
    {
      clientId,
      type: 'COMPLAINT_ON_SUITABILITY',
      subject: complaintId,
      severity: 'SEVERE',
      evidence: { dueOn },
    },
  ];
}
