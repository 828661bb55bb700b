import { defineRefusals } from './refusals.js';

export type ApprovalStatus = 'PENDING' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED';
export type ApprovalDecision = 'APPROVED' | 'REJECTED' | 'WITHDRAWN';

/** What a decision is made about. */
export type Proposal = { status: ApprovalStatus; makerId: string; payloadHash: string; expiresAt: Date };

export const refuseApproval = defineRefusals({
  PROPOSAL_OPEN: 'A proposal waits for its decision: decide or withdraw it first.',
  PROPOSAL_CLOSED: 'This proposal was decided, withdrawn or left to expire before.',
  PROPOSAL_EXPIRED: 'Nobody has decided in time: propose it again.',
  PAYLOAD_CHANGED: 'What was proposed is no longer what would be approved: propose it again.',
  MAKER_IS_CHECKER: 'Whoever has proposed does not decide: ask a colleague.',
  NOT_THE_MAKER: 'Only whoever has proposed withdraws.',
  OWN_CLIENT: 'Nobody checks their own client: ask a colleague.',
});

/**
 * Whether this person may decide this way, now. The maker withdraws and never decides; the checker decides and never makes;
 * an adviser checks nothing about their own client; what is approved is what was proposed (`domain.md` 3.1.3.5).
 */
export function decideProposal(
  proposal: Proposal,
  decision: ApprovalDecision,
  by: { staffId: string; adviserIds: readonly string[] },
  { now, payloadHash }: { now: Date; payloadHash: string },
): ApprovalStatus {
  if (proposal.status !== 'PENDING') throw refuseApproval('PROPOSAL_CLOSED', { status: proposal.status });
  if (now >= proposal.expiresAt)
    throw refuseApproval('PROPOSAL_EXPIRED', { expiredAt: proposal.expiresAt.toISOString() });
  switch (decision) {
    case 'WITHDRAWN':
      if (by.staffId !== proposal.makerId) throw refuseApproval('NOT_THE_MAKER');
      return decision;
    case 'REJECTED':
      mustCheck(proposal, by);
      return decision;
    case 'APPROVED':
      mustCheck(proposal, by);
      if (payloadHash !== proposal.payloadHash) throw refuseApproval('PAYLOAD_CHANGED');
      return decision;
    default:
      return decision satisfies never;
  }
}

function mustCheck(
  { makerId }: Proposal,
  { staffId, adviserIds }: { staffId: string; adviserIds: readonly string[] },
): void {
  if (staffId === makerId) throw refuseApproval('MAKER_IS_CHECKER');
  if (adviserIds.includes(staffId)) throw refuseApproval('OWN_CLIENT');
}
