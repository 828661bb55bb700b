import {
  AssessmentScored,
  AssessmentSubmitted,
  InterviewCompleted,
  ReportIssued,
} from '@client-graph/events';
import {
  ClientCopyRow,
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  type PageArgs,
  page,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In, LessThan, MoreThan } from 'typeorm';
import {
  AnswerSheetRow,
  AssessmentRow,
  InterviewRow,
  QuestionnaireRow,
  ReportConfirmationRow,
  RiskProfileRow,
} from '../entities.js';
import type {
  ConfirmReportInput,
  RecordInterviewInput,
  StartAssessmentInput,
  SubmitAnswersInput,
} from '../generated/resolvers.js';
import type { Facts } from '../questionnaires/conditions.rules.js';
import { questionnaireFor, rulesInForce } from '../questionnaires/questionnaires.js';
import { completeSheet, isLowestCategory, score } from '../questionnaires/scoring.rules.js';
import { issueReport, reportOf } from '../reports/reports.js';
import {
  type AssessmentRules,
  AWAITING_INTERVIEW,
  checkAttempts,
  checkDraftAge,
  concludeInterview,
  confirm,
  decide,
  gateIds,
  move,
  refuseAssessment,
} from './assessments.rules.js';

/**
 * The client's copy, locked: everything that decides about one client's assessments takes turns here, so that limits and
 * "the one effective" hold however many arrive at once. Fails closed when the copy is missing.
 */
async function lockClient(tx: Tx, clientId: string): Promise<ClientCopyRow> {
  const client = await tx.manager.findOne(ClientCopyRow, {
    where: { id: clientId },
    lock: { mode: 'pessimistic_write' },
  });
  if (client === null) throw refuseAssessment('CLIENT_UNKNOWN');
  return client;
}

async function lockActiveClient(tx: Tx, clientId: string): Promise<ClientCopyRow> {
  const client = await lockClient(tx, clientId);
  if (client.status !== 'ACTIVE') throw refuseAssessment('CLIENT_NOT_ACTIVE', { status: client.status });
  return client;
}

/** Refuses NOT_FOUND for an assessment of somebody else, whatever version the caller names. */
async function ownAssessment(tx: Tx, id: string): Promise<AssessmentRow> {
  const assessment = await findForRead(tx, id);
  if (assessment.clientId !== tx.actor.clientId) throw refuse('NOT_FOUND');
  return assessment;
}

async function findForRead(tx: Tx, id: string): Promise<AssessmentRow> {
  const assessment = await tx.findOne(AssessmentRow, { id });
  if (assessment === null) throw refuse('NOT_FOUND');
  return assessment;
}

/** What an earlier step of the assessment has written; its absence is a fault, not a refusal. */
function given<Value>(value: Value | null, what: string): Value {
  if (value === null) throw new Error(`${what} is gone.`);
  return value;
}

export const startAssessment = (db: Db, input: StartAssessmentInput): Promise<AssessmentRow> =>
  transact(db, (tx) =>
    tx.once('startAssessment', input, AssessmentRow, async (id) => {
      if (input.clientId !== tx.actor.clientId) throw refuse('NOT_FOUND');
      const client = await lockActiveClient(tx, input.clientId);
      const questionnaire = await questionnaireFor(tx, client.kind, input.questionnaireCode, dayOf(tx.now));
      return tx.insert(AssessmentRow, {
        id,
        clientId: client.id,
        questionnaireId: questionnaire.id,
        ruleVersion: null,
        channel: input.channel,
        state: 'DRAFT',
        startedAt: tx.now,
        submittedAt: null,
        attemptNo: null,
        score: null,
        subScores: null,
        bandLevel: null,
        gatesFired: [],
        scoredLevel: null,
        finalLevel: null,
        marksLowestCategory: null,
        lowestCategory: null,
        flags: [],
        interviewReasons: [],
        validFrom: null,
        validTo: null,
        supersedesId: null,
        version: 1,
      });
    }),
  );

export const submitAnswers = (db: Db, input: SubmitAnswersInput): Promise<AssessmentRow> =>
  transact(db, async (tx) => {
    const sheet = await tx.once('submitAnswers', input, AnswerSheetRow, (id) => handIn(tx, id, input));
    return findForRead(tx, sheet.assessmentId);
  });

async function handIn(tx: Tx, sheetId: string, input: SubmitAnswersInput): Promise<AnswerSheetRow> {
  const { clientId } = await ownAssessment(tx, input.assessmentId);
  const client = await lockActiveClient(tx, clientId);
  const assessment = await findForUpdate(tx, AssessmentRow, input.assessmentId, input.expectedVersion);
  move(assessment.state, 'submit');
  const rules = await rulesInForce(tx, dayOf(tx.now));
  checkDraftAge(assessment.startedAt, tx.now, rules.limits);
  const questionnaire = given(
    await tx.findOne(QuestionnaireRow, { id: assessment.questionnaireId }),
    'The questionnaire',
  );
  if (questionnaire.status === 'RETIRED') throw refuseAssessment('QUESTIONNAIRE_RETIRED');
  const facts = factsOf(client);
  const answers = completeSheet(questionnaire.definition, input.answers, facts);
  const earlier = await tx.find(AnswerSheetRow, {
    where: { clientId },
    select: { id: true, submittedAt: true },
  });
  checkAttempts(
    earlier.map(({ submittedAt }) => submittedAt),
    tx.now,
    rules.limits,
  );
  const profile = await tx.findOne(RiskProfileRow, { id: clientId });
  const sheet = await tx.insert(AnswerSheetRow, {
    id: sheetId,
    assessmentId: assessment.id,
    clientId,
    submittedAt: tx.now,
    answers,
    facts: { ...facts, lastLevel: profile?.level ?? null },
  });
  await takeScore(tx, { assessment, questionnaire, sheet, rules, attemptNo: earlier.length + 1 });
  return sheet;
}

const factsOf = ({
  kind,
  class: segment,
  grade,
  ageBand,
  fullCivilCapacity,
  institutionType,
}: ClientCopyRow): Facts => ({
  kind,
  class: segment,
  grade,
  ageBand,
  fullCivilCapacity,
  institutionType,
});

type HandedIn = {
  assessment: AssessmentRow;
  questionnaire: QuestionnaireRow;
  sheet: AnswerSheetRow;
  rules: AssessmentRules;
  attemptNo: number;
};

async function takeScore(
  tx: Tx,
  { assessment, questionnaire, sheet, rules, attemptNo }: HandedIn,
): Promise<void> {
  const scored = score(questionnaire.definition, sheet.answers, sheet.facts);
  const { grade, lastLevel } = sheet.facts;
  const { changes, events } = decide(
    assessment,
    scored,
    { grade: String(grade), lastLevel },
    rules.interview,
  );
  const isFinal = changes.state === 'REPORT_ISSUED';
  const after = await tx.update(AssessmentRow, assessment, {
    ...scored,
    ...changes,
    attemptNo,
    ruleVersion: rules.version,
    submittedAt: tx.now,
    finalLevel: isFinal ? scored.scoredLevel : null,
    lowestCategory: isFinal ? isLowestCategory(scored.scoredLevel, scored.marksLowestCategory) : null,
  });
  const { id: assessmentId, clientId } = assessment;
  const subject = {
    clientId,
    assessmentId,
    questionnaire: questionnaire.code,
    version: questionnaire.version,
    attemptNo,
  };
  const report = isFinal
    ? await issueReport(tx, { assessment: after, questionnaire, sheet, rules, interview: null })
    : null;
  await tx.record(
    AssessmentSubmitted(subject),
    AssessmentScored({ ...subject, band: scored.bandLevel, gates: gateIds(scored.gatesFired) }),
    ...events,
    ...(report === null
      ? []
      : [ReportIssued({ clientId, assessmentId, reportId: report.id, level: report.level })]),
  );
}

const SUMMARY_MAX = 4_000;

export const recordInterview = (db: Db, input: RecordInterviewInput): Promise<AssessmentRow> =>
  transact(db, async (tx) => {
    checkInterviewInput(input);
    const { clientId } = await findForRead(tx, input.assessmentId);
    const client = await lockClient(tx, clientId);
    const assessment = await findForUpdate(tx, AssessmentRow, input.assessmentId, input.expectedVersion);
    const rules = await rulesInForce(tx, dayOf(tx.now));
    const { checklist, outcome, mode } = input;
    const newLevel = input.newLevel ?? null;
    const { state, scoredLevel, marksLowestCategory } = assessment;
    move(state, 'holdInterview');
    const concluded = concludeInterview(
      {
        state,
        scoredLevel: given(scoredLevel, 'The level'),
        marksLowestCategory: marksLowestCategory === true,
      },
      { outcome, newLevel, checklist },
      { assessorId: tx.actor.id, adviserId: client.adviserId },
      rules.interview,
    );
    const after = await tx.update(AssessmentRow, assessment, concluded);
    const interview = await tx.insert(InterviewRow, {
      id: tx.newId(),
      assessmentId: assessment.id,
      assessorId: given(tx.actor.id, 'The assessor'),
      heldAt: tx.now,
      mode,
      checklist: [...checklist],
      summary: input.summary,
      recordingRef: input.recordingRef ?? null,
      outcome,
      newLevel,
    });
    await tx.record(InterviewCompleted({ clientId, assessmentId: after.id, outcome }));
    if (after.state === 'REPORT_ISSUED') await issueAfterInterview(tx, after, interview, rules);
    return after;
  });

function checkInterviewInput({ summary, outcome, newLevel, recordingRef }: RecordInterviewInput): void {
  if (summary.trim() === '' || summary.length > SUMMARY_MAX)
    throw refuse('BAD_INPUT', { field: 'summary', expected: `1 to ${SUMMARY_MAX} characters` });
  if (outcome !== 'LOWER' && typeof newLevel === 'string')
    throw refuse('BAD_INPUT', { field: 'newLevel', expected: 'only with the outcome LOWER' });
  if (typeof recordingRef === 'string' && !/^[\w.:/-]{1,200}$/.test(recordingRef))
    throw refuse('BAD_INPUT', { field: 'recordingRef' });
}

async function issueAfterInterview(
  tx: Tx,
  assessment: AssessmentRow,
  interview: InterviewRow,
  rules: AssessmentRules,
): Promise<void> {
  const questionnaire = given(
    await tx.findOne(QuestionnaireRow, { id: assessment.questionnaireId }),
    'The questionnaire',
  );
  const sheet = given(await tx.findOne(AnswerSheetRow, { assessmentId: assessment.id }), 'The sheet');
  const report = await issueReport(tx, { assessment, questionnaire, sheet, rules, interview });
  await tx.record(
    ReportIssued({
      clientId: assessment.clientId,
      assessmentId: assessment.id,
      reportId: report.id,
      level: report.level,
    }),
  );
}

export const confirmReport = (db: Db, input: ConfirmReportInput): Promise<AssessmentRow> =>
  transact(db, async (tx) => {
    const confirmation = await tx.once('confirmReport', input, ReportConfirmationRow, (id) =>
      takeConfirmation(tx, id, input),
    );
    return findForRead(tx, confirmation.assessmentId);
  });

async function takeConfirmation(
  tx: Tx,
  id: string,
  input: ConfirmReportInput,
): Promise<ReportConfirmationRow> {
  const { clientId } = await ownAssessment(tx, input.assessmentId);
  await lockActiveClient(tx, clientId);
  const assessment = await findForUpdate(tx, AssessmentRow, input.assessmentId, input.expectedVersion);
  move(assessment.state, 'confirm');
  const report = given(await reportOf(tx, assessment.id), 'The report');
  const newer = await tx.findOne(AssessmentRow, {
    clientId,
    attemptNo: MoreThan(given(assessment.attemptNo, 'The attempt')),
  });
  const profile = await tx.findOne(RiskProfileRow, { id: clientId });
  const rules = await rulesInForce(tx, dayOf(tx.now));
  const { finalLevel, lowestCategory, state } = assessment;
  const effect = confirm(
    {
      id: assessment.id,
      clientId,
      state,
      finalLevel: given(finalLevel, 'The level'),
      lowestCategory: lowestCategory === true,
    },
    { hash: report.contentHash, confirmedHash: input.reportHash, isNewest: newer === null },
    profile,
    { now: tx.now, validityMonths: rules.limits.validityMonths },
  );
  const last = await tx.findOne(AssessmentRow, { clientId, state: 'EFFECTIVE' });
  if (last !== null) await tx.update(AssessmentRow, last, { state: move(last.state, 'supersede') });
  await tx.update(AssessmentRow, assessment, effect.changes);
  if (profile === null) await tx.insert(RiskProfileRow, { id: clientId, ...effect.profile, version: 1 });
  else await tx.update(RiskProfileRow, profile, effect.profile);
  await tx.record(...effect.events);
  const confirmedAt = tx.now;
  return tx.insert(ReportConfirmationRow, {
    id,
    assessmentId: assessment.id,
    reportId: report.id,
    clientId,
    reportHash: report.contentHash,
    confirmedAt,
  });
}

/** What waits for a professional, oldest first. */
export const assessmentsAwaitingInterview = (db: Db, args: PageArgs): Promise<Connection<AssessmentRow>> =>
  page(db, AssessmentRow, args, { state: In([...AWAITING_INTERVIEW]) }, 'OLDEST_FIRST');

const ABANDON_BATCH = 500;

/** Closes drafts that were left open for too long; whoever comes back begins anew. */
export async function abandonDrafts(db: Db): Promise<void> {
  for (let count = ABANDON_BATCH; count === ABANDON_BATCH; ) {
    count = await transact(db, async (tx) => {
      const { limits } = await rulesInForce(tx, dayOf(tx.now));
      const before = new Date(tx.now.getTime() - limits.draftHours * 3_600_000);
      const drafts = await tx.find(AssessmentRow, {
        where: { state: 'DRAFT', startedAt: LessThan(before) },
        take: ABANDON_BATCH,
        lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
      });
      for (const draft of drafts)
        await tx.update(AssessmentRow, draft, { state: move(draft.state, 'abandon') });
      return drafts.length;
    });
  }
}
