import { dayOf, type Tx } from '@client-graph/kit';
import type { AssessmentRules } from '../assessments/assessments.rules.js';
import { canonicalJson } from '../canonical.rules.js';
import {
  AnswerSheetRow,
  type AssessmentRow,
  type InterviewRow,
  QuestionnaireRow,
  RiskReportRow,
} from '../entities.js';
import { hashOf } from '../questionnaires/questionnaires.js';
import { type Decided, reportSections } from './report.rules.js';

/** An assessment's decision; null while its level is not final. */
export function decidedOf(assessment: AssessmentRow, { definition }: QuestionnaireRow): Decided | null {
  const { score, bandLevel, scoredLevel, finalLevel, lowestCategory, gatesFired } = assessment;
  if (score === null || bandLevel === null || scoredLevel === null || finalLevel === null) return null;
  return {
    definition,
    score,
    bandLevel,
    gatesFired,
    scoredLevel,
    finalLevel,
    lowestCategory: lowestCategory === true,
  };
}

/** The report of the assessment that counts: the last one issued. */
export const reportOf = (tx: Tx, assessmentId: string): Promise<RiskReportRow | null> =>
  tx.manager.findOne(RiskReportRow, { where: { assessmentId }, order: { ordinal: 'DESC' } });

/** Issues the report of a level that an interview has confirmed or lowered; it takes the place of an earlier one. */
export async function issueNextReport(
  tx: Tx,
  assessment: AssessmentRow,
  interview: InterviewRow,
  rules: AssessmentRules,
): Promise<RiskReportRow> {
  const questionnaire = await tx.findOne(QuestionnaireRow, { id: assessment.questionnaireId });
  const sheet = await tx.findOne(AnswerSheetRow, { assessmentId: assessment.id });
  if (questionnaire === null || sheet === null) throw new Error('An assessment has lost its sheet.');
  return issueReport(tx, { assessment, questionnaire, sheet, rules, interview });
}

type Basis = {
  assessment: AssessmentRow;
  questionnaire: QuestionnaireRow;
  sheet: AnswerSheetRow;
  rules: AssessmentRules;
  interview: InterviewRow | null;
};

/** Writes the report of a final level: its content as canonical JSON and the hash of that, by which the client confirms it. */
export async function issueReport(
  tx: Tx,
  { assessment, questionnaire, sheet, rules, interview }: Basis,
): Promise<RiskReportRow> {
  const decided = decidedOf(assessment, questionnaire);
  if (decided === null) throw new Error('A report needs a final level.');
  const [next] = await tx.query<{ number: string }>(`select nextval('risk_report_number') as number`);
  const day = dayOf(tx.now);
  const number = `RR-${day.slice(0, 4)}-${String(next?.number).padStart(8, '0')}`;
  const { code, version } = questionnaire;
  const sections = reportSections({
    ...decided,
    number,
    clientId: assessment.clientId,
    day,
    questionnaire: { code, version },
    answers: sheet.answers,
    subScores: assessment.subScores ?? {},
    interview:
      interview === null
        ? null
        : { day: dayOf(interview.heldAt), outcome: interview.outcome, summary: interview.summary },
    rules,
  });
  const { finalLevel: level, lowestCategory } = decided;
  const content = canonicalJson({
    number,
    assessmentId: assessment.id,
    clientId: assessment.clientId,
    issuedAt: tx.now,
    questionnaire: { code, version },
    rules: rules.version,
    level,
    lowestCategory,
    sections,
  });
  return tx.insert(RiskReportRow, {
    id: tx.newId(),
    number,
    assessmentId: assessment.id,
    clientId: assessment.clientId,
    level,
    issuedAt: tx.now,
    content,
    contentHash: hashOf(content),
    ordinal: 1 + (await tx.manager.countBy(RiskReportRow, { assessmentId: assessment.id })),
  });
}
