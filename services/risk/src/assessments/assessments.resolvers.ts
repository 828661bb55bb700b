import { ClientCopyRow, type Context, Decimal, dayOf, isHidden, transact } from '@client-graph/kit';
import { dutyFor } from '../client-files/duty.js';
import { DUTY_LABELS } from '../client-files/investors.rules.js';
import { CHANNEL_LABELS } from '../code-labels.rules.js';
import {
  AnswerSheetRow,
  AssessmentRow,
  QuestionnaireRow,
  ReportConfirmationRow,
  ReviewRow,
  RiskProfileRow,
  RiskReportRow,
} from '../entities.js';
import type { Resolvers } from '../generated/resolvers.js';
import { chosen } from '../questionnaires/conditions.rules.js';
import { rulesInForce } from '../questionnaires/questionnaires.js';
import { type FiredGate, rescore } from '../questionnaires/scoring.rules.js';
import { reportPdf } from '../reports/pdf.js';
import { explain, type ReportSection, reasonOf, sectionsOf } from '../reports/report.rules.js';
import { decidedOf } from '../reports/reports.js';
import { EXPIRED_REASON, endedSentence, endingOf } from '../validity/validity.rules.js';
import { dimensionLabel, flagLabel, LEVEL_LABELS, levelLabel, say, type Text } from '../words.rules.js';
import { confirmReport, startAssessment, startAssistedAssessment, submitAnswers } from './assessments.js';
import { awaitsInterview, isValidOn } from './assessments.rules.js';
import { STATE_LABELS } from './labels.rules.js';

export type ClientView = { id: string };
export type AnswerView = { questionId: string; optionCode: string; isDerived: boolean };
export type SubScoreView = { dimension: string; score: number };
export type FiredGateView = FiredGate & { why: Text; flagWords: Text | null };
export type SectionView = { heading: string; lines: string[] };

const ASSESSMENTS_MAX = 20;

/** Whoever reaches the client sees the assessment; a risk assessor also where an interview or a review is awaited (domain.md 3.0). */
async function maySee(
  { actor, reachesClient, load, loadList }: Context,
  { id, clientId, state }: AssessmentRow,
): Promise<boolean> {
  if (actor.scopes.has('risk:read') && (await reachesClient(clientId))) return true;
  if (!actor.scopes.has('risk:interview')) return false;
  const client = await load(ClientCopyRow, clientId);
  if (client !== null && isHidden(actor, client)) return false;
  if (awaitsInterview(state)) return true;
  return (await loadList(ReviewRow, 'assessmentId', id)).some((review) => review.state === 'OPEN');
}

const questionnaireOf = async (
  { load }: Context,
  { questionnaireId }: AssessmentRow,
): Promise<QuestionnaireRow> => {
  const row = await load(QuestionnaireRow, questionnaireId);
  if (row === null) throw new Error('An assessment has lost its questionnaire.');
  return row;
};

const reportsOf = async ({ loadList }: Context, assessmentId: string): Promise<RiskReportRow[]> =>
  (await loadList(RiskReportRow, 'assessmentId', assessmentId)).sort((a, b) => a.ordinal - b.ordinal);

async function answersOf(context: Context, assessment: AssessmentRow): Promise<AnswerView[]> {
  const [sheet] = await context.loadList(AnswerSheetRow, 'assessmentId', assessment.id);
  const { definition } = await questionnaireOf(context, assessment);
  return definition.questions.flatMap(({ id, source }) => {
    const isDerived = source === 'DERIVED';
    return chosen(sheet?.answers ?? {}, id).map((optionCode) => ({ questionId: id, optionCode, isDerived }));
  });
}

/** The stored sheet scored again, by the stored questionnaire and the facts of that day. */
async function rescored(context: Context, assessment: AssessmentRow) {
  const [sheet] = await context.loadList(AnswerSheetRow, 'assessmentId', assessment.id);
  if (sheet === undefined) return null;
  const { definition } = await questionnaireOf(context, assessment);
  const again = rescore(definition, sheet, assessment);
  return { ...again, score: Math.trunc(again.score), exactScore: new Decimal(again.score) };
}

/** Why the level no longer counts; nothing while it does. */
async function endingsOf({ db, loadBy }: Context, profile: RiskProfileRow): Promise<Text[]> {
  const today = dayOf(db.now());
  if (isValidOn(profile, today)) return [];
  const rules = await loadBy('rules in force', today, (days) =>
    Promise.all(days.map((day) => transact(db, (tx) => rulesInForce(tx, day)))),
  );
  const reason = profile.endedReason ?? EXPIRED_REASON;
  return [endedSentence(endingOf(reason, rules.materialChanges), profile.validTo)];
}

async function reasonsOf(context: Context, profile: RiskProfileRow): Promise<Text[]> {
  const assessment = await context.load(AssessmentRow, profile.assessmentId);
  const decided =
    assessment === null ? null : decidedOf(assessment, await questionnaireOf(context, assessment));
  if (decided === null) throw new Error('A profile has lost its assessment.');
  return [...explain(decided), ...(await endingsOf(context, profile))];
}

export const assessmentsResolvers = {
  Query: {
    assessment: async (_: unknown, { id }, context: Context) => {
      const assessment = await context.load(AssessmentRow, id);
      return assessment !== null && (await maySee(context, assessment)) ? assessment : null;
    },
  },
  Mutation: {
    startAssessment: (_: unknown, { input }, { db }: Context) => startAssessment(db, input),
    submitAnswers: (_: unknown, { input }, { db }: Context) => submitAnswers(db, input),
    startAssistedAssessment: (_: unknown, { input }, { db }: Context) => startAssistedAssessment(db, input),
    confirmReport: (_: unknown, { input }, { db }: Context) => confirmReport(db, input),
  },
  Client: {
    __resolveReference: async ({ id }, { reachesClient }) => ((await reachesClient(id)) ? { id } : null),
    riskProfile: ({ id }, _, { load }) => load(RiskProfileRow, id),
    assessmentDuty: ({ id }, _, context) => dutyFor(id, context),
    assessments: async ({ id }, _, { loadPage }) =>
      (await loadPage(AssessmentRow, 'clientId', id, { first: ASSESSMENTS_MAX })).nodes,
  },
  AssessmentDuty: {
    reasonLabel: ({ reason }, { locale }) => say(DUTY_LABELS[reason], locale),
  },
  RiskProfile: {
    levelLabel: ({ level }, { locale }) => say(LEVEL_LABELS[level], locale),
    isValid: (profile, _, { db }) => isValidOn(profile, dayOf(db.now())),
    reasons: async (profile, { locale }, context) =>
      (await reasonsOf(context, profile)).map((reason) => say(reason, locale)),
  },
  Assessment: {
    client: async ({ clientId }, _, { reachesClient }) =>
      (await reachesClient(clientId)) ? { id: clientId } : null,
    questionnaire: async (assessment, _, context) => ({
      row: await questionnaireOf(context, assessment),
      seed: assessment.id,
    }),
    answers: (assessment, _, context) => answersOf(context, assessment),
    score: ({ score }) => (score === null ? null : Math.trunc(score)),
    exactScore: ({ score }) => (score === null ? null : new Decimal(score)),
    subScores: ({ subScores }) =>
      Object.entries(subScores ?? {}).map(([dimension, score]) => ({ dimension, score })),
    gatesFired: async (assessment, _, context) => {
      const { definition } = await questionnaireOf(context, assessment);
      return assessment.gatesFired.map((gate) => ({
        ...gate,
        why: reasonOf(definition, gate.id),
        flagWords: gate.flag === null ? null : flagLabel(gate.flag, definition.flags),
      }));
    },
    rescored: (assessment, _, context) => rescored(context, assessment),
    stateLabel: ({ state }, { locale }) => say(STATE_LABELS[state], locale),
    flagLabels: async (assessment, { locale }, context) => {
      const { definition } = await questionnaireOf(context, assessment);
      return assessment.flags.map((flag) => say(flagLabel(flag, definition.flags), locale));
    },
    channelLabel: ({ channel }, { locale }) => say(CHANNEL_LABELS[channel], locale),
    bandLevelLabel: ({ bandLevel }, { locale }) => levelLabel(bandLevel, locale),
    scoredLevelLabel: ({ scoredLevel }, { locale }) => levelLabel(scoredLevel, locale),
    finalLevelLabel: ({ finalLevel }, { locale }) => levelLabel(finalLevel, locale),
    reports: async ({ id }, _, context) => reportsOf(context, id),
    report: async ({ id }, _, context) => (await reportsOf(context, id)).at(-1) ?? null,
  },
  SubScore: {
    score: ({ score }) => Math.trunc(score),
    exactScore: ({ score }) => new Decimal(score),
    dimensionLabel: ({ dimension }, { locale }) => say(dimensionLabel(dimension), locale),
  },
  FiredGate: {
    needsInterview: ({ interview }) => interview,
    ceilingLabel: ({ ceiling }, { locale }) => levelLabel(ceiling, locale),
    flagLabel: ({ flagWords }, { locale }) => (flagWords === null ? null : say(flagWords, locale)),
    reason: ({ why }, { locale }) => say(why, locale),
  },
  RiskReport: {
    levelLabel: ({ level }, { locale }) => say(LEVEL_LABELS[level], locale),
    sections: ({ content }, { locale }) =>
      sectionsOf(content).map((section: ReportSection) => ({
        heading: say(section.heading, locale),
        lines: section.lines.map((line) => say(line, locale)),
      })),
    pdf: (report, { locale }) => reportPdf(report, locale),
    confirmedAt: async ({ id, assessmentId }, _, { loadList }) =>
      (await loadList(ReportConfirmationRow, 'assessmentId', assessmentId)).find(
        ({ reportId }) => reportId === id,
      )?.confirmedAt ?? null,
  },
} satisfies Resolvers;
