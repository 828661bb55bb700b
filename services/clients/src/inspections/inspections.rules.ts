import { defineRefusals } from '@client-graph/kit/refusals';
import { endOfMonth, plusDays } from '@client-graph/kit/time';

export type InspectionStatus =
  | 'OPENED'
  | 'FIELDWORK'
  | 'FINDINGS_ISSUED'
  | 'RECTIFYING'
  | 'VERIFIED'
  | 'CLOSED';
export type StepAnswer = 'COMPLIANT' | 'NOT_COMPLIANT' | 'NOT_APPLICABLE';
export type Period = 'HALF_YEAR' | 'YEAR' | 'NONE' | 'DAILY';

export const refuseInspection = defineRefusals({
  INSPECTION_STATE: 'The inspection is not in a state that allows this.',
  TEMPLATE_UNKNOWN: 'There is no such template in force, or it is not one that people open.',
  PERIOD_IMPOSSIBLE: 'The period ends where it begins or later, and not after today.',
  STEP_UNKNOWN: 'The template has no such step.',
  STEPS_OPEN: 'Answer every step first; the details name those that are open.',
  FINDING_MISSING: 'A step that was not complied with has a finding; the details name those without.',
  FINDINGS_OPEN: 'Every finding is put right and verified first; the details count those that are not.',
  VERIFIER_IS_OWNER: 'Whoever owns a finding of this inspection does not verify it: ask a colleague.',
  VERIFIER_CLOSES: 'Whoever has verified the inspection does not close it: ask a colleague.',
  FINDINGS_NEEDED: 'Name at least one verified finding of this inspection that is not accepted.',
  SAMPLE_IMPOSSIBLE:
    'A sample has 1 to 500 records, and a seed of 1 to 64 letters, digits, dot, dash and underscore.',
});

/** The way of an inspection (`domain.md` 3.7): action → the states it leaves and the one it leads to. */
export const INSPECTION_TRANSITIONS = {
  BEGIN_FIELDWORK: { from: ['OPENED'], to: 'FIELDWORK' },
  DRAW: { from: ['OPENED', 'FIELDWORK'], to: null },
  ANSWER: { from: ['FIELDWORK'], to: null },
  RAISE: { from: ['FIELDWORK'], to: null },
  ISSUE_FINDINGS: { from: ['FIELDWORK'], to: 'FINDINGS_ISSUED' },
  RECTIFY: { from: ['FINDINGS_ISSUED', 'RECTIFYING'], to: 'RECTIFYING' },
  /** Without findings there is nothing to rectify. */
  VERIFY: { from: ['FINDINGS_ISSUED', 'RECTIFYING'], to: 'VERIFIED' },
  DECLINE: { from: ['VERIFIED'], to: 'RECTIFYING' },
  CLOSE: { from: ['VERIFIED'], to: 'CLOSED' },
  /** What a daily check finds is issued at once. */
  RAISE_DAILY: { from: ['RECTIFYING', 'VERIFIED'], to: 'RECTIFYING' },
} as const satisfies Record<string, { from: readonly InspectionStatus[]; to: InspectionStatus | null }>;
export type InspectionAction = keyof typeof INSPECTION_TRANSITIONS;

/** The state that an action leads to; refuses INSPECTION_STATE where the table has no way. */
export function moveInspection(status: InspectionStatus, action: InspectionAction): InspectionStatus {
  const { from, to }: { from: readonly InspectionStatus[]; to: InspectionStatus | null } =
    INSPECTION_TRANSITIONS[action];
  if (!from.includes(status)) throw refuseInspection('INSPECTION_STATE', { status, allowed: from });
  return to ?? status;
}

/** Whether the findings may be issued: every step is answered, and each that was not complied with has its finding. */
export function mayIssue(
  status: InspectionStatus,
  steps: readonly string[],
  answers: ReadonlyMap<string, StepAnswer>,
  found: ReadonlySet<string>,
): InspectionStatus {
  const to = moveInspection(status, 'ISSUE_FINDINGS');
  const open = steps.filter((step) => !answers.has(step));
  if (open.length > 0) throw refuseInspection('STEPS_OPEN', { steps: open });
  const missing = steps.filter((step) => answers.get(step) === 'NOT_COMPLIANT' && !found.has(step));
  if (missing.length > 0) throw refuseInspection('FINDING_MISSING', { steps: missing });
  return to;
}

/** Whether an inspection is verified by this person: all findings are, and none of them is their own. */
export function mayVerify(
  status: InspectionStatus,
  findings: readonly { status: string; ownerId: string | null }[],
  staffId: string,
): InspectionStatus {
  const to = moveInspection(status, 'VERIFY');
  const open = findings.filter((finding) => finding.status !== 'VERIFIED').length;
  if (open > 0) throw refuseInspection('FINDINGS_OPEN', { open });
  if (findings.some(({ ownerId }) => ownerId === staffId)) throw refuseInspection('VERIFIER_IS_OWNER');
  return to;
}

/** Whether a verified inspection is closed by this person. */
export function mayClose(
  { status, verifiedBy }: { status: InspectionStatus; verifiedBy: string | null },
  staffId: string,
): InspectionStatus {
  const to = moveInspection(status, 'CLOSE');
  if (verifiedBy === staffId) throw refuseInspection('VERIFIER_CLOSES');
  return to;
}

/** The period that ended last before a day, for templates that come back; null for those that do not. */
export function lastPeriod(period: Period, today: string): { from: string; to: string } | null {
  const year = Number(today.slice(0, 4));
  switch (period) {
    case 'YEAR':
      return { from: `${year - 1}-01-01`, to: `${year - 1}-12-31` };
    case 'HALF_YEAR':
      return today.slice(5) < '07-01'
        ? { from: `${year - 1}-07-01`, to: `${year - 1}-12-31` }
        : { from: `${year}-01-01`, to: `${year}-06-30` };
    case 'NONE':
    case 'DAILY':
      return null;
    default:
      return period satisfies never;
  }
}

/** Daily supervision is gathered by the month in which it began. */
export const monthOf = (today: string): { from: string; to: string } => ({
  from: `${today.slice(0, 7)}-01`,
  to: endOfMonth(today),
});

/** The day by which an inspection is to be closed. */
export const inspectionDue = (today: string, dueDays: number): string => plusDays(today, dueDays);

/** Whether a period can be inspected on a day. */
export function mustBePeriod(from: string, to: string, today: string): void {
  if (to < from || from > today || to > today) throw refuseInspection('PERIOD_IMPOSSIBLE', { today });
}

const SEED = /^[\w.-]{1,64}$/;
const SAMPLE_MAX = 500;
export function mustBeSample(seed: string, size: number): void {
  if (!SEED.test(seed) || !Number.isInteger(size) || size < 1 || size > SAMPLE_MAX)
    throw refuseInspection('SAMPLE_IMPOSSIBLE', { max: SAMPLE_MAX });
}
