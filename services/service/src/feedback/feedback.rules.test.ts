import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import { answer as answerSurvey, stateOf } from '../surveys/surveys.rules.js';
import { answer, conclude, EDGES, type FeedbackState, takeUp } from './feedback.rules.js';

const ID = '01900000-0000-7000-8000-000000000001';
const act = { by: ID, now: new Date('2026-03-02T04:00:00.000Z') };
const banned = { phrases: ['保本'], negations: ['不'] };
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'done';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
};
const aFeedback = (state: FeedbackState) => ({ id: ID, clientId: ID, kind: 'SUGGESTION' as const, state });
const RUN = {
  TAKE_UP: (state: FeedbackState) => takeUp(aFeedback(state), ID),
  ANSWER: (state: FeedbackState) => answer(aFeedback(state), 'Thank you.', banned, act),
  CONCLUDE: (state: FeedbackState) =>
    conclude(aFeedback(state), { isImproved: true, conclusion: 'A new form.' }),
};
const STATES = ['RECEIVED', 'IN_HAND', 'ANSWERED', 'CONCLUDED'] as const;
const ACTIONS = ['TAKE_UP', 'ANSWER', 'CONCLUDE'] as const;

test.each(ACTIONS.flatMap((action) => STATES.map((state) => [action, state] as const)))(
  '%s of feedback that is %s is done or refused as the table says',
  (action, state) => {
    const isAllowed = EDGES[action].from.some((of) => of === state);
    if (!isAllowed) return expect(codeOf(() => RUN[action](state))).toBe('FEEDBACK_STATE');
    expect(RUN[action](state).changes.state).toBe(EDGES[action].to);
  },
);

test.each([
  ['of no words', ' ', 'FEEDBACK_TEXT'],
  ['too long', 'x'.repeat(8_001), 'FEEDBACK_TEXT'],
  ['that promises', '產品保 本', 'BANNED_PHRASE'],
])('an answer %s is refused', (_, text, code) => {
  expect(codeOf(() => answer(aFeedback('RECEIVED'), text, banned, act))).toBe(code);
});

describe('a survey', () => {
  const closesAt = new Date('2026-04-01T15:59:59.000Z');
  const open = { id: ID, clientId: ID, caseKind: 'COMPLAINT' as const, closesAt, answeredAt: null };
  test.each([
    [0, 'SURVEY_SCORE'],
    [1, 'done'],
    [5, 'done'],
    [6, 'SURVEY_SCORE'],
  ])('with the score %s: %s', (score, code) => {
    expect(codeOf(() => answerSurvey(open, { score, comment: null }, act))).toBe(code);
  });
  test.each([
    ['open, at its last moment', open, closesAt, 'done'],
    ['lapsed', open, new Date(closesAt.getTime() + 1), 'SURVEY_OVER'],
    ['answered', { ...open, answeredAt: act.now }, act.now, 'SURVEY_ANSWERED'],
  ])('%s: %s', (_, survey, now, code) => {
    expect(codeOf(() => answerSurvey(survey, { score: 3, comment: ' ' }, { ...act, now }))).toBe(code);
    expect(stateOf(survey, now)).toBe(
      { done: 'OPEN', SURVEY_OVER: 'LAPSED', SURVEY_ANSWERED: 'ANSWERED' }[code],
    );
  });
});
