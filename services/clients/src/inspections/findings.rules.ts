import { defineRefusals } from '@client-graph/kit/refusals';

export type FindingStatus = 'OPEN' | 'PLANNED' | 'DONE' | 'VERIFIED' | 'REJECTED';
export type Severity = 'LOW' | 'MEDIUM' | 'HIGH' | 'CRITICAL';
export type Finding = { status: FindingStatus; ownerId: string | null; dueOn: string };

export const refuseFinding = defineRefusals({
  FINDING_STATE: 'The finding is not in a state that allows this.',
  NOT_THE_OWNER: 'Only the owner of a finding plans and finishes its rectification.',
  OWNER_VERIFIES: 'The owner of a finding does not verify it: ask a colleague.',
  DUE_IMPOSSIBLE: 'A finding is put right on a day to come, and by the day it is due; the details give it.',
  EVIDENCE_NEEDED: 'Name 1 to 20 pieces of evidence, each of at most 100 characters.',
});

/** The way of a finding (`domain.md` 3.7): action → the states it leaves and the one it leads to. What is rejected is planned anew. */
export const FINDING_TRANSITIONS = {
  ASSIGN: { from: ['OPEN', 'REJECTED'], to: null },
  PLAN: { from: ['OPEN', 'REJECTED'], to: 'PLANNED' },
  FINISH: { from: ['PLANNED'], to: 'DONE' },
  VERIFY: { from: ['DONE'], to: 'VERIFIED' },
  REJECT: { from: ['DONE'], to: 'REJECTED' },
  /** An inspection that is not accepted takes its verified findings up again. */
  DECLINE: { from: ['VERIFIED'], to: 'REJECTED' },
} as const satisfies Record<string, { from: readonly FindingStatus[]; to: FindingStatus | null }>;
export type FindingAction = keyof typeof FINDING_TRANSITIONS;

/** The state that an action leads to; refuses FINDING_STATE where the table has no way. */
export function moveFinding(status: FindingStatus, action: FindingAction): FindingStatus {
  const { from, to }: { from: readonly FindingStatus[]; to: FindingStatus | null } =
    FINDING_TRANSITIONS[action];
  if (!from.includes(status)) throw refuseFinding('FINDING_STATE', { status, allowed: from });
  return to ?? status;
}

/** The owner plans, for a day to come and not after the finding is due; one that is late already is planned for any day to come. */
export function mayPlan(finding: Finding, staffId: string, dueOn: string, today: string): FindingStatus {
  mustOwn(finding, staffId);
  const to = moveFinding(finding.status, 'PLAN');
  const isLate = finding.dueOn < today;
  if (dueOn < today || (!isLate && dueOn > finding.dueOn))
    throw refuseFinding('DUE_IMPOSSIBLE', { today, dueOn: finding.dueOn });
  return to;
}

/** The owner says that it is done, with evidence. */
export function mayFinish(finding: Finding, staffId: string, evidence: readonly string[]): FindingStatus {
  mustOwn(finding, staffId);
  const to = moveFinding(finding.status, 'FINISH');
  const isSound = evidence.every((piece) => piece.trim() !== '' && piece.length <= 100);
  if (evidence.length < 1 || evidence.length > 20 || !isSound) throw refuseFinding('EVIDENCE_NEEDED');
  return to;
}

/** Another than the owner says whether it was put right. */
export function mayJudge(
  finding: Finding,
  plannedBy: string,
  staffId: string,
  verdict: 'VERIFY' | 'REJECT',
): FindingStatus {
  if (finding.ownerId === staffId || plannedBy === staffId) throw refuseFinding('OWNER_VERIFIES');
  return moveFinding(finding.status, verdict);
}

function mustOwn({ ownerId }: Finding, staffId: string): void {
  if (ownerId !== staffId) throw refuseFinding('NOT_THE_OWNER');
}

/** Whether a finding is still open after its day. */
export const isLate = ({ status, dueOn }: Finding, today: string): boolean =>
  status !== 'VERIFIED' && today > dueOn;
