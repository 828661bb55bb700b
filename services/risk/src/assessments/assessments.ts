import {
  AssessmentAbandoned,
  AssessmentScored,
  AssessmentSubmitted,
  AssessmentSuperseded,
  ReportIssued,
} from '@client-graph/events';
import {
  type ClientCopyRow,
  type Db,
  dayOf,
  findForUpdate,
  refuse,
  serves,
  type Tx,
  transact,
} from '@client-graph/kit';
import { LessThan, MoreThan } from 'typeorm';
import { settleEnds, watchLevel, watchSheets } from '../alerts/watch.js';
import {
  AnswerSheetRow,
  AssessmentRow,
  type Channel,
  QuestionnaireRow,
  ReportConfirmationRow,
  RiskProfileRow,
} from '../entities.js';
import type {
  ConfirmReportInput,
  StartAssessmentInput,
  StartAssistedAssessmentInput,
  SubmitAnswersInput,
} from '../generated/resolvers.js';
import type { Facts } from '../questionnaires/conditions.rules.js';
import { questionnaireFor, rulesInForce, successorOn } from '../questionnaires/questionnaires.js';
import { completeSheet, isLowestCategory, score } from '../questionnaires/scoring.rules.js';
import { issueReport, reportOf } from '../reports/reports.js';
import { lapseReviews } from '../validity/validity.js';
import {
  type AssessmentRules,
  checkAttempts,
  checkDraftAge,
  confirm,
  decide,
  gateIds,
  move,
  refuseAssessment,
} from './assessments.rules.js';
import {
  findForRead,
  given,
  lockActiveClient,
  lockClient,
  NOT_RESTRICTED,
  ownAssessment,
} from './subjects.js';

export const startAssessment = (db: Db, input: StartAssessmentInput): Promise<AssessmentRow> =>
  transact(db, (tx) =>
    tx.once('startAssessment', input, AssessmentRow, async (id) => {
      if (input.clientId !== tx.actor.clientId) throw refuse('NOT_FOUND');
      const client = await lockActiveClient(tx, input.clientId);
      return begin(tx, client, { id, staffId: null, ...input });
    }),
  );

/** Staff opens the session beside the client, who answers and confirms alone (domain.md 3.2.3). */
export const startAssistedAssessment = (
  db: Db,
  input: StartAssistedAssessmentInput,
): Promise<AssessmentRow> =>
  transact(db, (tx) =>
    tx.once('startAssistedAssessment', input, AssessmentRow, async (id) => {
      const client = await lockClient(tx, input.clientId);
      if (!serves(tx.actor, client)) throw refuse('NOT_FOUND');
      if (client.status !== 'ACTIVE') throw refuseAssessment('CLIENT_NOT_ACTIVE', { status: client.status });
      return begin(tx, client, { id, staffId: tx.actor.id, channel: 'BRANCH', ...input });
    }),
  );

type Session = { id: string; staffId: string | null; channel: Channel; questionnaireCode?: string | null };

async function begin(tx: Tx, client: ClientCopyRow, session: Session): Promise<AssessmentRow> {
  const { id, staffId, channel, questionnaireCode } = session;
  const questionnaire = await questionnaireFor(tx, client.kind, questionnaireCode, dayOf(tx.now));
  return tx.insert(AssessmentRow, {
    id,
    clientId: client.id,
    questionnaireId: questionnaire.id,
    ruleVersion: null,
    channel,
    staffId,
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
    endedReason: null,
    endedAt: null,
    expiryToldAt: null,
    version: 1,
  });
}

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
  await checkAsked(tx, questionnaire);
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
    facts: {
      ...facts,
      lastLevel: profile?.level ?? null,
      isMarkedImportant: client.isMarkedImportant ?? false,
    },
  });
  await takeScore(tx, {
    assessment,
    questionnaire,
    sheet,
    rules,
    attemptNo: await nextAttempt(tx, clientId),
  });
  return sheet;
}

async function nextAttempt(tx: Tx, clientId: string): Promise<number> {
  const [last] = await tx.query<{ n: number }>(
    'select coalesce(max(attempt_no), 0) as n from assessment where client_id = $1',
    [clientId],
  );
  return (last?.n ?? 0) + 1;
}

/** Refuses QUESTIONNAIRE_RETIRED for a version that was retired, or replaced by the day, since the draft was begun. */
async function checkAsked(tx: Tx, questionnaire: QuestionnaireRow): Promise<void> {
  const successor = await successorOn(tx, questionnaire, dayOf(tx.now));
  if (questionnaire.status !== 'RETIRED' && successor === null) return;
  const { code, version } = questionnaire;
  throw refuseAssessment('QUESTIONNAIRE_RETIRED', { code, version, inForce: successor?.version ?? null });
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
  const { grade, lastLevel, isMarkedImportant } = sheet.facts;
  const { changes, events } = decide(
    assessment,
    scored,
    { grade: String(grade), lastLevel, isMarkedImportant },
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
      : [
          ReportIssued({
            clientId,
            assessmentId,
            reportId: report.id,
            level: report.level,
            contentHash: report.contentHash,
          }),
        ]),
  );
  await watchSheets(tx, clientId, scored.scoredLevel);
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
  if (last !== null) await supersede(tx, last);
  await tx.update(AssessmentRow, assessment, effect.changes);
  if (profile === null) await tx.insert(RiskProfileRow, { id: clientId, ...effect.profile, version: 1 });
  else await tx.update(RiskProfileRow, profile, effect.profile);
  await tx.record(...effect.events);
  await settleEnds(tx, clientId);
  await watchLevel(tx, clientId, profile, effect.profile);
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

async function supersede(tx: Tx, last: AssessmentRow): Promise<void> {
  await tx.update(AssessmentRow, last, { state: move(last.state, 'supersede'), endedAt: tx.now });
  await lapseReviews(tx, last.id);
  await tx.record(AssessmentSuperseded({ clientId: last.clientId, assessmentId: last.id, reason: 'NEWER' }));
}

const ABANDON_BATCH = 500;

/** Closes drafts that were left open for too long; whoever comes back begins anew. */
export async function abandonDrafts(db: Db): Promise<void> {
  for (let count = ABANDON_BATCH; count === ABANDON_BATCH; ) {
    count = await transact(db, async (tx) => {
      const { limits } = await rulesInForce(tx, dayOf(tx.now));
      const before = new Date(tx.now.getTime() - limits.draftHours * 3_600_000);
      const drafts = await tx.find(AssessmentRow, {
        where: { state: 'DRAFT', startedAt: LessThan(before), clientId: NOT_RESTRICTED },
        take: ABANDON_BATCH,
        lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
      });
      for (const draft of drafts) await abandon(tx, draft);
      return drafts.length;
    });
  }
}

async function abandon(tx: Tx, draft: AssessmentRow): Promise<void> {
  const reason = 'LEFT_OPEN';
  await tx.update(AssessmentRow, draft, {
    state: move(draft.state, 'abandon'),
    endedReason: reason,
    endedAt: tx.now,
  });
  await tx.record(AssessmentAbandoned({ clientId: draft.clientId, assessmentId: draft.id, reason }));
}
