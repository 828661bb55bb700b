import { QuestionnaireApproved, QuestionnaireProposed, QuestionnaireRejected } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import type { Audience } from './questionnaires.rules.js';

/** A proposal's life: one person proposes, another approves, either side may turn it down. */
export const PROPOSAL_TRANSITIONS = {
  approve: { from: ['OPEN'], to: 'APPROVED' },
  reject: { from: ['OPEN'], to: 'REJECTED' },
} as const;
export const PROPOSAL_STATES = ['OPEN', 'APPROVED', 'REJECTED'] as const;
export type ProposalState = (typeof PROPOSAL_STATES)[number];

export type Proposal = {
  id: string;
  code: string;
  questionnaireVersion: string;
  audience: Audience;
  effectiveFrom: string;
  proposedById: string;
  state: ProposalState;
};

export const refuseProposal = defineRefusals({
  QUESTIONNAIRE_MALFORMED: 'The questionnaire is not sound; details name every problem.',
  VERSION_EXISTS: 'This version is there already: give the new one another version.',
  EFFECTIVE_IN_PAST:
    'A questionnaire takes effect today or later, so that no sheet changes its meaning afterwards.',
  EFFECTIVE_TAKEN: 'Another version of this questionnaire takes effect on the same day.',
  PROPOSAL_DECIDED: 'The proposal is decided already.',
  SELF_APPROVAL: 'Whoever proposes does not approve: ask a second person.',
  NOT_ASKED: 'No such version is asked today or later.',
});

/** A version of the same questionnaire that is published already. */
export type Published = { version: string; audience: Audience; effectiveFrom: string };

/** Refuses what would make it doubtful which version counts on a day. */
export function checkProposal(
  proposal: Pick<Proposal, 'code' | 'questionnaireVersion' | 'audience' | 'effectiveFrom'>,
  published: readonly Published[],
  today: string,
): void {
  const { questionnaireVersion: version, audience, effectiveFrom } = proposal;
  const problems = published.some((other) => other.audience !== audience)
    ? [`audience: ${proposal.code} is published for the other kind of client`]
    : [];
  if (problems.length > 0) throw refuseProposal('QUESTIONNAIRE_MALFORMED', { problems });
  if (published.some((other) => other.version === version))
    throw refuseProposal('VERSION_EXISTS', { version });
  if (effectiveFrom < today) throw refuseProposal('EFFECTIVE_IN_PAST', { effectiveFrom, today });
  if (published.some((other) => other.effectiveFrom === effectiveFrom))
    throw refuseProposal('EFFECTIVE_TAKEN', { effectiveFrom });
}

/** The state after the decision. Refuses PROPOSAL_DECIDED. */
export function moveProposal(state: ProposalState, action: keyof typeof PROPOSAL_TRANSITIONS): ProposalState {
  const { from, to }: { from: readonly ProposalState[]; to: ProposalState } = PROPOSAL_TRANSITIONS[action];
  if (!from.includes(state)) throw refuseProposal('PROPOSAL_DECIDED', { state });
  return to;
}

const told = ({ id, code, questionnaireVersion: version, audience, effectiveFrom }: Proposal) => ({
  questionnaireId: id,
  questionnaire: code,
  version,
  audience,
  effectiveFrom,
});

export const proposed = (proposal: Proposal) => QuestionnaireProposed(told(proposal));

/** The second person agrees: from its day on the version is asked. Refuses SELF_APPROVAL, PROPOSAL_DECIDED and what has become doubtful since. */
export function approve(
  proposal: Proposal,
  checkerId: string | null,
  published: readonly Published[],
  today: string,
) {
  const state = moveProposal(proposal.state, 'approve');
  if (checkerId === null || checkerId === proposal.proposedById) throw refuseProposal('SELF_APPROVAL');
  checkProposal(proposal, published, today);
  return { changes: { state }, events: [QuestionnaireApproved(told(proposal))] };
}

export const reject = (proposal: Proposal) => ({
  changes: { state: moveProposal(proposal.state, 'reject') },
  events: [QuestionnaireRejected(told(proposal))],
});
