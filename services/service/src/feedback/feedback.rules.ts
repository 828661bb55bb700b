import { FeedbackAnswered, FeedbackConcluded, FeedbackReceived, FeedbackTakenUp } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import {
  type BannedPhrases,
  bannedPhrase,
  refuse as refuseWords,
} from '../communications/templates.rules.js';

export type FeedbackKind = keyof typeof KIND_LABELS;
export type FeedbackState = 'RECEIVED' | 'IN_HAND' | 'ANSWERED' | 'CONCLUDED';
export type Feedback = { id: string; clientId: string; kind: FeedbackKind; state: FeedbackState };

export const KIND_LABELS = {
  SUGGESTION: { EN: 'Suggestion', ZH_HANS: '建议', ZH_HANT: '建議' },
  PRAISE: { EN: 'Praise', ZH_HANS: '表扬', ZH_HANT: '表揚' },
  CRITICISM: { EN: 'Criticism', ZH_HANS: '意见', ZH_HANT: '意見' },
} as const;

/** What may be done in which state and where it leads (policy 5.3). */
export const EDGES = {
  TAKE_UP: { from: ['RECEIVED'], to: 'IN_HAND' },
  ANSWER: { from: ['RECEIVED', 'IN_HAND'], to: 'ANSWERED' },
  CONCLUDE: { from: ['ANSWERED'], to: 'CONCLUDED' },
} as const satisfies Record<string, { from: readonly FeedbackState[]; to: FeedbackState }>;

const TEXT_MAX = 8_000;

export const refuse = defineRefusals({
  FEEDBACK_STATE:
    'The feedback is not in a state in which this can be done: `details.allowed` names those states.',
  FEEDBACK_TEXT: 'The text needs at least one and at most 8,000 characters.',
});

export function checkedText(text: string): string {
  const trimmed = text.trim();
  const length = [...trimmed].length;
  if (length < 1 || length > TEXT_MAX) throw refuse('FEEDBACK_TEXT', { min: 1, max: TEXT_MAX, length });
  return trimmed;
}

const factsOf = ({ id, clientId, kind }: Feedback) => ({ clientId, feedbackId: id, kind });

function mustAllow(action: keyof typeof EDGES, state: FeedbackState): void {
  const { from } = EDGES[action];
  if (!from.some((allowed) => allowed === state)) throw refuse('FEEDBACK_STATE', { state, allowed: from });
}

export const received = (feedback: Feedback) => FeedbackReceived(factsOf(feedback));

export function takeUp(feedback: Feedback, by: string) {
  mustAllow('TAKE_UP', feedback.state);
  return {
    changes: { state: EDGES.TAKE_UP.to, handlerId: by },
    events: [FeedbackTakenUp(factsOf(feedback))],
  };
}

/** Answers in words that promise nothing prohibited: they go to a client. */
export function answer(
  feedback: Feedback,
  text: string,
  banned: BannedPhrases,
  act: { by: string; now: Date },
) {
  mustAllow('ANSWER', feedback.state);
  const checked = checkedText(text);
  const phrase = bannedPhrase(checked, banned);
  if (phrase !== null) throw refuseWords('BANNED_PHRASE', { phrase });
  return {
    changes: { state: EDGES.ANSWER.to, handlerId: act.by, answer: checked, answeredAt: act.now },
    events: [FeedbackAnswered(factsOf(feedback))],
  };
}

export function conclude(feedback: Feedback, ask: { isImproved: boolean; conclusion: string }) {
  mustAllow('CONCLUDE', feedback.state);
  return {
    changes: {
      state: EDGES.CONCLUDE.to,
      isImproved: ask.isImproved,
      conclusion: checkedText(ask.conclusion),
    },
    events: [FeedbackConcluded(factsOf(feedback))],
  };
}
