import { type ClientUpdated, type DataOf, ReviewLapsed } from '@client-graph/events';
import { type Db, dayOf, findForUpdate, type Tx, transact } from '@client-graph/kit';
import { In, IsNull, LessThan, LessThanOrEqual } from 'typeorm';
import { watchEnd } from '../alerts/watch.js';
import { lockClient, NOT_RESTRICTED } from '../assessments/subjects.js';
import { AnswerSheetRow, AssessmentRow, ReviewRow, RiskProfileRow } from '../entities.js';
import { moveReview } from '../interviews/reviews.rules.js';
import { rulesInForce } from '../questionnaires/questionnaires.js';
import {
  concerns,
  expire,
  expiring,
  gravest,
  INVALIDATED_FROM,
  invalidate,
  warnUntil,
} from './validity.rules.js';

const BATCH = 200;

/** A review of an assessment that has ended can no longer come to anything. */
export async function lapseReviews(tx: Tx, assessmentId: string): Promise<void> {
  const open = await tx.findOne(ReviewRow, { assessmentId, state: 'OPEN' });
  if (open === null) return;
  await tx.update(ReviewRow, open, { state: moveReview(open.state, 'lapse') });
  await tx.record(ReviewLapsed({ clientId: open.clientId, assessmentId, reviewId: open.id }));
}

/** Ends an assessment for the reason, and the level with it where it counted. The caller holds the client's copy. */
export async function endAssessment(
  tx: Tx,
  assessment: AssessmentRow,
  reason: string,
): Promise<AssessmentRow> {
  const profile = await tx.findOne(RiskProfileRow, { id: assessment.clientId });
  const ended = invalidate(assessment, profile, reason, dayOf(tx.now));
  const after = await tx.update(AssessmentRow, assessment, { ...ended.changes, endedAt: tx.now });
  if (profile !== null && ended.profile !== null) await tx.update(RiskProfileRow, profile, ended.profile);
  await lapseReviews(tx, assessment.id);
  await tx.record(...ended.events);
  return after;
}

/** Ends, or asks anew for, what the changed file of a client no longer agrees with. */
export async function applyMaterialChanges(tx: Tx, data: DataOf<typeof ClientUpdated>): Promise<void> {
  const { clientId, changedFieldCodes: codes, ...standing } = data;
  const { materialChanges } = await rulesInForce(tx, dayOf(tx.now));
  // The copy of the client is locked already: it was written by the handler before this one.
  const assessments = await tx.find(AssessmentRow, {
    where: { clientId, state: In([...INVALIDATED_FROM]) },
    order: { attemptNo: 'ASC' },
  });
  for (const assessment of assessments) {
    const sheet = await tx.findOne(AnswerSheetRow, { assessmentId: assessment.id });
    const change = gravest(
      materialChanges.changes.filter((one) =>
        concerns(one, { codes, facts: standing }, sheet?.facts ?? null),
      ),
    );
    if (change?.effect === 'INVALIDATE') await endAssessment(tx, assessment, change.code);
    if (change?.effect === 'REASSESS' && assessment.validTo !== null)
      await tx.record(expiring(assessment, assessment.validTo, change.code));
  }
}

/** Ends every validity that has run out; of a restricted client's once the restriction has ended, for nothing is told of them. */
export async function expireAssessments(db: Db): Promise<void> {
  const today = dayOf(db.now());
  const due = () =>
    db.source.getRepository(AssessmentRow).find({
      where: { state: 'EFFECTIVE', validTo: LessThan(today), clientId: NOT_RESTRICTED },
      order: { validTo: 'ASC' },
      take: BATCH,
    });
  for (let batch = await due(); batch.length > 0; batch = await due()) {
    for (const { id, clientId } of batch) await transact(db, (tx) => expireOne(tx, { id, clientId }));
  }
}

async function expireOne(tx: Tx, { id, clientId }: { id: string; clientId: string }): Promise<void> {
  await lockClient(tx, clientId);
  const assessment = await findForUpdate(tx, AssessmentRow, id);
  // A new report may have taken its place since the batch was read.
  if (assessment.state !== 'EFFECTIVE' || assessment.validTo === null) return;
  const ended = expire(assessment, assessment.validTo);
  await tx.update(AssessmentRow, assessment, { ...ended.changes, endedAt: tx.now });
  const profile = await tx.findOne(RiskProfileRow, { id: clientId });
  if (profile?.assessmentId === id) await tx.update(RiskProfileRow, profile, ended.profile);
  await lapseReviews(tx, id);
  await tx.record(...ended.events);
  await watchEnd(tx, 'ASSESSMENT_EXPIRED', { clientId, id, validTo: assessment.validTo });
}

/** Tells once of every validity that ends soon. */
export async function tellExpiring(db: Db): Promise<void> {
  const today = dayOf(db.now());
  const until = await transact(db, async (tx) => warnUntil(today, (await rulesInForce(tx, today)).limits));
  for (let told = BATCH; told === BATCH; ) {
    told = await transact(db, async (tx) => {
      const due = await tx.find(AssessmentRow, {
        where: {
          state: 'EFFECTIVE',
          validTo: LessThanOrEqual(until),
          expiryToldAt: IsNull(),
          clientId: NOT_RESTRICTED,
        },
        order: { id: 'ASC' },
        take: BATCH,
        lock: { mode: 'pessimistic_write', onLocked: 'skip_locked' },
      });
      for (const assessment of due) await tellOne(tx, assessment, today);
      return due.length;
    });
  }
}

async function tellOne(tx: Tx, assessment: AssessmentRow, today: string): Promise<void> {
  await tx.update(AssessmentRow, assessment, { expiryToldAt: tx.now });
  // What has run out already is told by its expiry.
  const { id, clientId, validTo } = assessment;
  if (validTo === null || validTo < today) return;
  await tx.record(expiring(assessment, validTo));
  await watchEnd(tx, 'ASSESSMENT_EXPIRING', { clientId, id, validTo });
}
