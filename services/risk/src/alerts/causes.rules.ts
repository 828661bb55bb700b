import type { AssessmentRules } from '../assessments/assessments.rules.js';
import { type AlertRules, type AlertType, limit } from './alerts.rules.js';
import {
  concentration,
  type Held,
  highestOf,
  highRiskShare,
  isAbove,
  type Level,
  type Portfolio,
  ratingNo,
} from './findings.rules.js';

/** What an open alert is about. */
export type Cause = { type: AlertType; subject: string };

/** How the client stands now. */
export type Now = {
  held: readonly Held[];
  level: Level | null;
  offers: AssessmentRules['offers'];
  rules: AlertRules;
};

const isCurrency = (subject: string): boolean => /^[A-Z]{3}$/.test(subject);

/**
 * Whether what an alert was raised for is no longer so. Only for what lasts and then ends: a holding, a rating, a share. What has
 * happened (an order by override, a loss, a large redemption, a rush of sheets) stays for a person to close.
 */
export function isCauseGone({ type, subject }: Cause, now: Now): boolean {
  switch (type) {
    case 'HIGH_RISK_SHARE':
      return !isCurrency(subject) && !isHeldAbove(subject, now);
    case 'LEVEL_LOWERED_WITH_HOLDINGS':
    case 'PRODUCT_RERATED_UP':
      return !isHeldAbove(subject, now);
    case 'SINGLE_PRODUCT_CONCENTRATION':
      return !now.held.some(({ productId }) => productId === subject);
    case 'SENIOR_THRESHOLD':
    case 'ASSESSMENT_EXPIRING':
    case 'ASSESSMENT_EXPIRED': {
      const highest = highestOf(now.held);
      return highest === null || ratingNo(highest) < limit(now.rules, type, 'heldFromRating');
    }
    case 'DRAWDOWN':
    case 'ASSESSMENT_SHOPPING':
    case 'LARGE_REDEMPTION':
    case 'MISMATCH_OVERRIDE':
    case 'LOSS_BEYOND_TOLERANCE':
    case 'COMPLAINT_ON_SUITABILITY':
      return false;
    default:
      return type satisfies never;
  }
}

/** Without a level nothing is known to be above it, and what was raised before stays. */
const isHeldAbove = (productId: string, { held, level, offers }: Now): boolean =>
  held.some((one) => one.productId === productId && (level === null || isAbove(one.rating, level, offers)));

/** Whether a new measurement of the portfolio says that a share is within its limit again. */
export function isMeasuredAway(
  { type, subject }: Cause,
  portfolio: Portfolio,
  level: Level | null,
  rules: AlertRules,
): boolean {
  if (type === 'SINGLE_PRODUCT_CONCENTRATION')
    return (
      portfolio.positions.some(({ productId }) => productId === subject) &&
      !concentration('', portfolio, rules).some((finding) => finding.subject === subject)
    );
  return (
    type === 'HIGH_RISK_SHARE' &&
    subject === portfolio.currency &&
    highRiskShare('', portfolio, level, rules).length === 0
  );
}
