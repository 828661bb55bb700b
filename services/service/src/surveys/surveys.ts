import { type Db, dayOf, findForUpdate, refuse, transact } from '@client-graph/kit';
import { clientOfCase } from '../communications/contacts.js';
import type { AnswerSurveyInput } from '../generated/resolvers.js';
import { rowOn } from '../table-versions/table-versions.js';
import { SurveyRow } from './surveys.entities.js';
import { answer, type SurveyCase } from './surveys.rules.js';

export const answerSurvey = (db: Db, input: AnswerSurveyInput): Promise<SurveyRow> =>
  transact(db, async (tx) => {
    if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
    const survey = await findForUpdate(tx, SurveyRow, input.surveyId);
    await clientOfCase(tx, survey.clientId);
    const ask = { score: input.score, comment: input.comment ?? null };
    const { changes, events } = answer(survey, ask, { by: tx.actor.id, now: tx.now });
    const answered = await tx.update(SurveyRow, survey, changes);
    await tx.record(...events);
    return answered;
  });

export type Satisfaction = {
  caseKind: SurveyCase;
  asked: number;
  answered: number;
  averageScore: string | null;
  content: number;
};

/** How content clients are, by kind of case: surveys opened within the period, in Shanghai's days. */
export const satisfactionFigures = (
  db: Db,
  { from, to }: { from: string; to: string },
): Promise<Satisfaction[]> => {
  if (from > to) throw refuse('BAD_INPUT', { field: 'from', reason: 'AFTER_TO' });
  return transact(db, async (tx) => {
    const { terms } = await rowOn(tx, 'SURVEY_TERMS', 'SURVEY', dayOf(tx.now));
    return tx.query<Satisfaction>(
      `select case_kind as "caseKind", count(*)::int as asked, count(score)::int as answered,
         round(avg(score), 2)::text as "averageScore", count(*) filter (where score >= $3)::int as content
       from survey where opened_at >= ($1::date)::timestamp at time zone 'Asia/Shanghai'
         and opened_at < ($2::date + 1)::timestamp at time zone 'Asia/Shanghai' group by 1 order by 1`,
      [from, to, terms.satisfiedFrom],
    );
  });
};
