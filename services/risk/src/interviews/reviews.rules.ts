import { ReviewDecided, ReviewRequested } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import {
  type AssessmentState,
  type InterviewOutcome,
  move,
  refuseAssessment,
} from '../assessments/assessments.rules.js';
import { type RiskLevel, rankOf } from '../levels.rules.js';
import { isLowestCategory } from '../questionnaires/scoring.rules.js';

/** Who wants a person to look at a result: the client by right (a decision of weight is never the machine's alone), or compliance. */
export type ReviewAsker = 'CLIENT' | 'COMPLIANCE';

/** A review's life. LAPSED when the assessment has ended before anybody decided. */
export const REVIEW_TRANSITIONS = {
  decide: { from: ['OPEN'], to: 'DECIDED' },
  lapse: { from: ['OPEN'], to: 'LAPSED' },
} as const;
export const REVIEW_STATES = ['OPEN', 'DECIDED', 'LAPSED'] as const;
export type ReviewState = (typeof REVIEW_STATES)[number];

export type Review = {
  id: string;
  assessmentId: string;
  clientId: string;
  askedBy: ReviewAsker;
  state: ReviewState;
};

export const refuseReview = defineRefusals({
  REVIEW_OPEN: 'A review of this assessment is open already.',
  REVIEW_ENDED: 'The review is decided, or the assessment has ended in between.',
  INTERVIEW_TIME: 'Give the interview a time to come, not farther away than details say.',
});

/** The review's state after the action. Refuses REVIEW_ENDED. */
export function moveReview(state: ReviewState, action: keyof typeof REVIEW_TRANSITIONS): ReviewState {
  const { from, to }: { from: readonly ReviewState[]; to: ReviewState } = REVIEW_TRANSITIONS[action];
  if (!from.includes(state)) throw refuseReview('REVIEW_ENDED', { state });
  return to;
}

/** The code of an interview reason that a request leaves on the assessment. */
const REASON_OF = { CLIENT: 'CLIENT_ASKS', COMPLIANCE: 'COMPLIANCE_ASKS' } as const satisfies Record<
  ReviewAsker,
  string
>;

/** The level counts while it is reviewed; a report that nobody has confirmed is taken back until the interview was held. */
const REVIEWABLE = ['REPORT_ISSUED', 'EFFECTIVE'] as const;

type Reviewed = {
  id: string;
  clientId: string;
  state: AssessmentState;
  interviewReasons: readonly string[];
};

/** What asking for a review changes. Refuses WRONG_STATE where there is no result to look at. */
export function askReview(assessment: Reviewed, reviewId: string, askedBy: ReviewAsker) {
  const { id: assessmentId, clientId, state } = assessment;
  if (!REVIEWABLE.some((allowed) => allowed === state))
    throw refuseAssessment('WRONG_STATE', { state, action: 'review', allowedFrom: REVIEWABLE });
  const reason = REASON_OF[askedBy];
  return {
    changes:
      state === 'EFFECTIVE'
        ? null
        : {
            state: move(state, 'reopen'),
            interviewReasons: [...new Set([...assessment.interviewReasons, reason])],
            finalLevel: null,
            lowestCategory: null,
          },
    events: [ReviewRequested({ clientId, assessmentId, reviewId, reason })],
  };
}

const DAY_MS = 86_400_000;

/** Refuses INTERVIEW_TIME for an appointment in the past or too far away. */
export function checkAppointment(at: Date, now: Date, withinDays: number): void {
  if (at <= now || at.getTime() - now.getTime() > withinDays * DAY_MS)
    throw refuseReview('INTERVIEW_TIME', { withinDays });
}

/** What the review of a level that counts comes to. It confirms or lowers; a higher level needs a new sheet. */
export function concludeReview(
  level: RiskLevel,
  marksLowestCategory: boolean,
  { outcome, newLevel }: { outcome: InterviewOutcome; newLevel: RiskLevel | null },
): { finalLevel: RiskLevel; lowestCategory: boolean } | null {
  if (outcome !== 'LOWER') return null;
  if (newLevel === null || rankOf(newLevel) >= rankOf(level))
    throw refuseAssessment('LEVEL_NOT_LOWER', { scoredLevel: level, newLevel });
  return { finalLevel: newLevel, lowestCategory: isLowestCategory(newLevel, marksLowestCategory) };
}

/** The review that an interview has decided. */
export const decideReview = (review: Review, outcome: InterviewOutcome) => ({
  changes: { state: moveReview(review.state, 'decide'), outcome },
  events: [
    ReviewDecided({
      clientId: review.clientId,
      assessmentId: review.assessmentId,
      reviewId: review.id,
      outcome,
    }),
  ],
});
