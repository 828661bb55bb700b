import type { AssessmentRules, Investor } from '../assessments/assessments.rules.js';
import type { Text } from '../words.rules.js';

/** By law the client is this until its last day, and an ordinary investor before and after. */
export const investorOn = (copy: { investor: Investor; validTo: string } | null, day: string): Investor =>
  copy === null || copy.validTo < day ? 'ORDINARY' : copy.investor;

/** Professional investors may skip the assessment where the table says so; class C is one only on application and needs it. */
export const isExempt = (investor: Investor, { exemption }: Pick<AssessmentRules, 'exemption'>): boolean =>
  exemption.investors.includes(investor);

/** Whether a client needs an assessment, and why. */
export type DutyReason = 'EXEMPT' | 'NEVER_ASSESSED' | 'ENDED' | 'ENDS_SOON' | 'IN_FORCE';

export function dutyOf(
  investor: Investor,
  profile: { validFrom: string; validTo: string } | null,
  today: string,
  rules: Pick<AssessmentRules, 'exemption' | 'limits'>,
  warnUntil: string,
): { isRequired: boolean; reason: DutyReason } {
  if (isExempt(investor, rules)) return { isRequired: false, reason: 'EXEMPT' };
  if (profile === null) return { isRequired: true, reason: 'NEVER_ASSESSED' };
  if (today < profile.validFrom || today > profile.validTo) return { isRequired: true, reason: 'ENDED' };
  return { isRequired: false, reason: profile.validTo <= warnUntil ? 'ENDS_SOON' : 'IN_FORCE' };
}

export const DUTY_LABELS: Readonly<Record<DutyReason, Text>> = {
  EXEMPT: {
    en: 'A professional investor need not be assessed',
    zh: '专业投资者可免于测评',
    zhHant: '專業投資者可免於測評',
  },
  NEVER_ASSESSED: { en: 'Never assessed', zh: '尚未测评', zhHant: '尚未測評' },
  ENDED: { en: 'The level no longer counts', zh: '等级已失效', zhHant: '等級已失效' },
  ENDS_SOON: { en: 'The level ends soon', zh: '等级即将到期', zhHant: '等級即將到期' },
  IN_FORCE: { en: 'The level counts', zh: '等级有效', zhHant: '等級有效' },
};
