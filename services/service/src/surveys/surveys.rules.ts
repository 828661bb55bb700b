import { SurveyAnswered, SurveyOpened } from '@client-graph/events';
import { defineRefusals } from '@client-graph/kit/refusals';
import { checkedText } from '../feedback/feedback.rules.js';

export type SurveyCase = keyof typeof CASE_LABELS;
export type Survey = {
  id: string;
  clientId: string;
  caseKind: SurveyCase;
  closesAt: Date;
  answeredAt: Date | null;
};

export const CASE_LABELS = {
  COMPLAINT: '投訴處理 Your complaint',
  FEEDBACK: '意見反饋 Your feedback',
  SERVICE_PLAN: '服務計劃 Our service',
} as const;

export const refuse = defineRefusals({
  SURVEY_SCORE: 'The score is 1, not at all content, to 5, very content.',
  SURVEY_ANSWERED: 'The survey is answered already.',
  SURVEY_OVER: 'The time to answer the survey is over.',
});

export const opened = ({ id, clientId, caseKind }: Survey) =>
  SurveyOpened({ clientId, surveyId: id, caseKind });

/** Whether a survey can still be answered: no column says so, for it lapses by the clock. */
export const stateOf = ({ answeredAt, closesAt }: Survey, now: Date): 'OPEN' | 'ANSWERED' | 'LAPSED' =>
  answeredAt !== null ? 'ANSWERED' : now <= closesAt ? 'OPEN' : 'LAPSED';

export function answer(
  survey: Survey,
  ask: { score: number; comment: string | null },
  act: { by: string; now: Date },
) {
  const state = stateOf(survey, act.now);
  if (state === 'ANSWERED') throw refuse('SURVEY_ANSWERED');
  if (state === 'LAPSED') throw refuse('SURVEY_OVER', { closesAt: survey.closesAt.toISOString() });
  if (!Number.isInteger(ask.score) || ask.score < 1 || ask.score > 5) throw refuse('SURVEY_SCORE');
  const comment = ask.comment === null || ask.comment.trim() === '' ? null : checkedText(ask.comment);
  return {
    changes: { score: ask.score, comment, answeredBy: act.by, answeredAt: act.now },
    events: [SurveyAnswered({ clientId: survey.clientId, surveyId: survey.id })],
  };
}
