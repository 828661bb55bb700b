import {
  AssessmentAbandoned,
  InterviewCompleted,
  InterviewScheduled,
  ReportIssued,
} from '@client-graph/events';
import {
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  ofSeenClients,
  type PageArgs,
  page,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In, Raw } from 'typeorm';
import {
  type AssessmentRules,
  AWAITING_INTERVIEW,
  checkInterviewer,
  concludeInterview,
  type InterviewOutcome,
  move,
} from '../assessments/assessments.rules.js';
import { findForRead, given, lockActiveClient } from '../assessments/subjects.js';
import { AppointmentRow, AssessmentRow, type InterviewMode, InterviewRow, ReviewRow } from '../entities.js';
import { checkText } from '../free-text.rules.js';
import type { RecordInterviewInput, ScheduleInterviewInput } from '../generated/resolvers.js';
import { capped, type RiskLevel } from '../levels.rules.js';
import { rulesInForce } from '../questionnaires/questionnaires.js';
import { issueNextReport } from '../reports/reports.js';
import { checkAppointment, decideReview } from './reviews.rules.js';

/** What every record of an interview says. */
type Findings = {
  outcome: InterviewOutcome;
  newLevel?: RiskLevel | null;
  mode: InterviewMode;
  checklist: readonly string[];
  summary: string;
  recordingRef?: string | null;
};

const SUMMARY_MAX = 4_000;

export function checkFindings({ summary, outcome, newLevel, recordingRef }: Findings): void {
  checkText('summary', summary, SUMMARY_MAX);
  if (outcome !== 'LOWER' && typeof newLevel === 'string')
    throw refuse('BAD_INPUT', { field: 'newLevel', expected: 'only with the outcome LOWER' });
  if (typeof recordingRef === 'string' && !/^[\w.:/-]{1,200}$/.test(recordingRef))
    throw refuse('BAD_INPUT', { field: 'recordingRef' });
}

/** Writes the interview down; it counts in place of an earlier one of the same assessment. */
export async function writeInterview(
  tx: Tx,
  { id: assessmentId, clientId }: { id: string; clientId: string },
  findings: Findings,
): Promise<InterviewRow> {
  const { outcome, mode, checklist, summary } = findings;
  return tx.insert(InterviewRow, {
    id: tx.newId(),
    assessmentId,
    clientId,
    assessorId: given(tx.actor.id, 'The assessor'),
    heldAt: tx.now,
    mode,
    checklist: [...checklist],
    summary,
    recordingRef: findings.recordingRef ?? null,
    outcome,
    newLevel: findings.newLevel ?? null,
    ordinal: 1 + (await tx.manager.countBy(InterviewRow, { assessmentId })),
  });
}

/** The interview decides the review. */
export async function closeReview(tx: Tx, review: ReviewRow, interview: InterviewRow): Promise<ReviewRow> {
  const { changes, events } = decideReview(review, interview.outcome);
  await tx.record(...events);
  return tx.update(ReviewRow, review, { ...changes, decidedAt: tx.now, interviewId: interview.id });
}

/** The assessor gives the interview a time; a later call moves it, and the assessor who calls takes it over. */
export const scheduleInterview = (db: Db, input: ScheduleInterviewInput): Promise<AssessmentRow> =>
  transact(db, async (tx) => {
    const { clientId } = await findForRead(tx, input.assessmentId);
    const client = await lockActiveClient(tx, clientId);
    const assessment = await findForUpdate(tx, AssessmentRow, input.assessmentId, input.expectedVersion);
    const state = move(assessment.state, 'scheduleInterview');
    const { interview: rules } = await rulesInForce(tx, dayOf(tx.now));
    const assessorId = checkInterviewer(tx.actor.id, client.adviserId);
    checkAppointment(input.at, tx.now, rules.scheduleWithinDays);
    await tx.insert(AppointmentRow, {
      id: tx.newId(),
      assessmentId: assessment.id,
      assessorId,
      at: input.at,
      mode: input.mode,
      madeAt: tx.now,
      ordinal: 1 + (await tx.manager.countBy(AppointmentRow, { assessmentId: assessment.id })),
    });
    await tx.record(
      InterviewScheduled({
        clientId,
        assessmentId: assessment.id,
        assessorId,
        at: input.at.toISOString(),
        mode: input.mode,
      }),
    );
    return tx.update(AssessmentRow, assessment, { state });
  });

export const recordInterview = (db: Db, input: RecordInterviewInput): Promise<AssessmentRow> =>
  transact(db, async (tx) => {
    checkFindings(input);
    const { clientId } = await findForRead(tx, input.assessmentId);
    const client = await lockActiveClient(tx, clientId);
    const assessment = await findForUpdate(tx, AssessmentRow, input.assessmentId, input.expectedVersion);
    const { state, scoredLevel, marksLowestCategory } = assessment;
    move(state, 'holdInterview');
    const rules = await rulesInForce(tx, dayOf(tx.now));
    const earlier = await tx.find(InterviewRow, { where: { assessmentId: assessment.id } });
    const concluded = concludeInterview(
      {
        state,
        // What an earlier interview has lowered, a later one does not raise again.
        scoredLevel: capped(
          given(scoredLevel, 'The level'),
          earlier.flatMap(({ newLevel }) => newLevel ?? []),
        ),
        marksLowestCategory: marksLowestCategory === true,
      },
      { outcome: input.outcome, newLevel: input.newLevel ?? null, checklist: input.checklist },
      { assessorId: tx.actor.id, adviserId: client.adviserId },
      rules.interview,
    );
    const isRedo = concluded.state === 'ABANDONED';
    const after = await tx.update(AssessmentRow, assessment, {
      ...concluded,
      ...(isRedo ? { endedReason: 'INTERVIEW_REDO', endedAt: tx.now } : {}),
    });
    const interview = await writeInterview(tx, assessment, input);
    const review = await tx.findOne(ReviewRow, { assessmentId: assessment.id, state: 'OPEN' });
    if (review !== null) await closeReview(tx, review, interview);
    await tell(tx, after, interview, rules);
    return after;
  });

async function tell(
  tx: Tx,
  assessment: AssessmentRow,
  interview: InterviewRow,
  rules: AssessmentRules,
): Promise<void> {
  const subject = { clientId: assessment.clientId, assessmentId: assessment.id };
  await tx.record(InterviewCompleted({ ...subject, outcome: interview.outcome }));
  if (assessment.state === 'ABANDONED')
    await tx.record(AssessmentAbandoned({ ...subject, reason: 'INTERVIEW_REDO' }));
  if (assessment.state !== 'REPORT_ISSUED') return;
  const report = await issueNextReport(tx, assessment, interview, rules);
  await tx.record(
    ReportIssued({ ...subject, reportId: report.id, level: report.level, contentHash: report.contentHash }),
  );
}

/** Once a newer sheet is handed in, nobody can confirm the report of an older one: no interview of it is needed. */
const IS_NEWEST = Raw((column) => {
  const row = column.slice(0, column.lastIndexOf('.'));
  return `not exists (select from assessment newer
    where newer.client_id = ${row}.client_id and newer.attempt_no > ${row}.attempt_no)`;
});

/** What waits for a professional, oldest first. */
export const assessmentsAwaitingInterview = (db: Db, args: PageArgs): Promise<Connection<AssessmentRow>> =>
  page(
    db,
    AssessmentRow,
    args,
    { state: In([...AWAITING_INTERVIEW]), attemptNo: IS_NEWEST, ...ofSeenClients(db.actor) },
    'OLDEST_FIRST',
  );
