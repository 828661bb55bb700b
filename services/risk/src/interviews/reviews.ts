import {
  InterviewCompleted,
  InterviewRequired,
  ReportIssued,
  RiskProfileChanged,
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
import { watchLevel } from '../alerts/watch.js';
import {
  type AssessmentRules,
  checkChecklist,
  checkInterviewer,
  refuseAssessment,
} from '../assessments/assessments.rules.js';
import { findForRead, given, lockActiveClient, ownAssessment } from '../assessments/subjects.js';
import { AssessmentRow, type InterviewRow, ReviewRow, RiskProfileRow } from '../entities.js';
import { optionalText } from '../free-text.rules.js';
import type { DecideReviewInput, RequestReviewInput, RequireInterviewInput } from '../generated/resolvers.js';
import { rulesInForce } from '../questionnaires/questionnaires.js';
import { issueNextReport } from '../reports/reports.js';
import { endAssessment } from '../validity/validity.js';
import { checkFindings, closeReview, writeInterview } from './interviews.js';
import { askReview, concludeReview, moveReview, type ReviewAsker, refuseReview } from './reviews.rules.js';

const COMMENT_MAX = 2_000;

/** The client wants a person to look at the result (domain.md 2.3 P4). */
export const requestReview = (db: Db, input: RequestReviewInput): Promise<ReviewRow> =>
  transact(db, (tx) =>
    tx.once('requestReview', input, ReviewRow, async (id) => {
      await ownAssessment(tx, input.assessmentId);
      return ask(tx, id, 'CLIENT', input);
    }),
  );

/** Compliance wants an interview, whatever the rules have said. */
export const requireInterview = (db: Db, input: RequireInterviewInput): Promise<ReviewRow> =>
  transact(db, (tx) =>
    tx.once('requireInterview', input, ReviewRow, (id) => ask(tx, id, 'COMPLIANCE', input)),
  );

async function ask(
  tx: Tx,
  id: string,
  askedBy: ReviewAsker,
  input: { assessmentId: string; expectedVersion: number; comment?: string | null },
): Promise<ReviewRow> {
  const comment = optionalText('comment', input.comment, COMMENT_MAX);
  const { clientId } = await findForRead(tx, input.assessmentId);
  await lockActiveClient(tx, clientId);
  const open = await tx.findOne(ReviewRow, { assessmentId: input.assessmentId, state: 'OPEN' });
  if (open !== null) throw refuseReview('REVIEW_OPEN', { reviewId: open.id });
  const assessment = await findForUpdate(tx, AssessmentRow, input.assessmentId, input.expectedVersion);
  const { changes, events } = askReview(assessment, id, askedBy);
  const review = await tx.insert(ReviewRow, {
    id,
    assessmentId: assessment.id,
    clientId,
    askedBy,
    askedById: given(tx.actor.id, 'The caller'),
    askedAt: tx.now,
    comment,
    state: 'OPEN',
    outcome: null,
    decidedAt: null,
    interviewId: null,
    version: 1,
  });
  await tx.record(...events);
  if (changes !== null) {
    const { interviewReasons: reasonCodes } = await tx.update(AssessmentRow, assessment, changes);
    await tx.record(InterviewRequired({ clientId, assessmentId: assessment.id, reasonCodes }));
  }
  return review;
}

/** What a professional makes of a level that counts. It may be lowered at once, and is never raised. */
export const decideReview = (db: Db, input: DecideReviewInput): Promise<ReviewRow> =>
  transact(db, async (tx) => {
    checkFindings(input);
    const found = await tx.findOne(ReviewRow, { id: input.reviewId });
    if (found === null) throw refuse('NOT_FOUND');
    const client = await lockActiveClient(tx, found.clientId);
    const review = await findForUpdate(tx, ReviewRow, input.reviewId, input.expectedVersion);
    moveReview(review.state, 'decide');
    const assessment = await findForUpdate(tx, AssessmentRow, review.assessmentId);
    // Before the report is confirmed, the interview that the assessment awaits decides the review: recordInterview.
    if (assessment.state !== 'EFFECTIVE')
      throw refuseAssessment('WRONG_STATE', { state: assessment.state, action: 'decideReview' });
    const rules = await rulesInForce(tx, dayOf(tx.now));
    checkInterviewer(tx.actor.id, client.adviserId);
    checkChecklist(input.checklist, rules.interview);
    const lowered = concludeReview(
      given(assessment.finalLevel, 'The level'),
      assessment.marksLowestCategory === true,
      { outcome: input.outcome, newLevel: input.newLevel ?? null },
    );
    const interview = await writeInterview(tx, assessment, input);
    const decided = await closeReview(tx, review, interview);
    await tx.record(
      InterviewCompleted({ clientId: review.clientId, assessmentId: assessment.id, outcome: input.outcome }),
    );
    if (lowered !== null) await lower(tx, assessment, lowered, { interview, rules });
    if (input.outcome === 'REDO') await endAssessment(tx, assessment, 'REVIEW_REDO');
    return decided;
  });

type Lowered = NonNullable<ReturnType<typeof concludeReview>>;

/** The lower level counts at once and a new report states it; a client is never asked to agree to more protection. */
async function lower(
  tx: Tx,
  before: AssessmentRow,
  lowered: Lowered,
  { interview, rules }: { interview: InterviewRow; rules: AssessmentRules },
): Promise<void> {
  const assessment = await tx.update(AssessmentRow, before, lowered);
  const { id: assessmentId, clientId } = assessment;
  const profile = given(await tx.findOne(RiskProfileRow, { id: clientId }), 'The profile');
  const { finalLevel: to, lowestCategory } = lowered;
  await tx.update(RiskProfileRow, profile, { level: to, lowestCategory });
  await watchLevel(tx, clientId, profile, { level: to, lowestCategory });
  const report = await issueNextReport(tx, assessment, interview, rules);
  await tx.record(
    ReportIssued({ clientId, assessmentId, reportId: report.id, level: to, contentHash: report.contentHash }),
    RiskProfileChanged({
      clientId,
      assessmentId,
      from: profile.level,
      to,
      lowestCategory,
      validTo: profile.validTo,
    }),
  );
}

/** Reviews that wait for a professional, oldest first. */
export const reviewsOpen = (db: Db, args: PageArgs): Promise<Connection<ReviewRow>> =>
  page(db, ReviewRow, args, { state: 'OPEN', ...ofSeenClients(db.actor) }, 'OLDEST_FIRST');
