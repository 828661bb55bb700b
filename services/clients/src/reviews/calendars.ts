import {
  type ApprovalDecision,
  asService,
  type Db,
  dayOf,
  findForUpdate,
  type Tx,
  tableProposals,
  transact,
  wanted,
} from '@client-graph/kit';
import { In, Not } from 'typeorm';
import { ClientRow } from '../clients.entities.js';
import type { DecideReviewCalendarInput, ProposeReviewCalendarInput } from '../generated/resolvers.js';
import { IdDocumentRow } from '../profiles.entities.js';
import { code, line } from '../profiles.rules.js';
import { mustBeToCome, refuseCalendar, reviewCalendarOf } from './calendars.rules.js';
import { InformationReviewRow, ReviewCalendarRow } from './reviews.entities.js';
import { redated } from './reviews.rules.js';
import { calendarRowOn, noteNextReview } from './schedule.js';

/** The calendar of reviews: one proposal at a time, for the whole firm. */
const CALENDARS = tableProposals({
  action: 'REVIEW_CALENDAR',
  scope: 'tables:approve',
  days: 90,
  row: ReviewCalendarRow,
  subject: () => 'review-calendar',
  says: ['version', 'effectiveFrom', 'source', 'rules', 'reason'],
  approve: (tx, { effectiveFrom }) => mustBeToCome(effectiveFrom, dayOf(tx.now)),
});
export const REVIEW_CALENDAR = CALENDARS.approvable;

/** Proposes a calendar that takes effect on a day to come, once another person has approved it. */
export const proposeReviewCalendar = (
  db: Db,
  input: ProposeReviewCalendarInput,
): Promise<ReviewCalendarRow> =>
  transact(db, (tx) =>
    tx.once('proposeReviewCalendar', input, ReviewCalendarRow, async (id) => {
      const rules = reviewCalendarOf(input.rules);
      const { effectiveFrom } = input;
      mustBeToCome(effectiveFrom, dayOf(tx.now));
      const version = code(input.version, 'version');
      if ((await tx.findOne(ReviewCalendarRow, { version })) !== null) throw refuseCalendar('VERSION_TAKEN');
      if ((await tx.findOne(ReviewCalendarRow, { effectiveFrom, status: 'APPROVED' })) !== null)
        throw refuseCalendar('EFFECTIVE_DATE_TAKEN');
      return CALENDARS.propose(tx, {
        id,
        version,
        effectiveFrom,
        source: line(input.source, 'source', 200),
        rules,
        ...wanted(tx, line(input.reason, 'reason', 500)),
        appliedTo: null,
        appliedAt: null,
      });
    }),
  );

/** Approves, rejects or withdraws the open proposal. */
export const decideReviewCalendar = (
  db: Db,
  { calendarId, reason }: Omit<DecideReviewCalendarInput, 'decision'>,
  decision: ApprovalDecision,
): Promise<ReviewCalendarRow> => CALENDARS.decide(db, calendarId, decision, line(reason, 'reason', 500));

const BATCH = 200;

/** Dates every open review anew by the calendar in force, once, in batches that commit; a run that dies goes on where it stopped. */
export async function applyReviewCalendar(db: Db): Promise<void> {
  let isDone: boolean;
  do isDone = await transact(asService(db), applyToBatch);
  while (!isDone);
}

async function applyToBatch(tx: Tx): Promise<boolean> {
  const { id } = await calendarRowOn(tx, dayOf(tx.now));
  const calendar = await findForUpdate(tx, ReviewCalendarRow, id);
  if (calendar.appliedAt !== null) return true;
  const ids = await tx.query<{ id: string }>(
    `select distinct client_id as id from information_review
     where stage <> 'DONE' and ($1::uuid is null or client_id > $1) order by 1 limit ${BATCH}`,
    [calendar.appliedTo],
  );
  await redateBatch(
    tx,
    ids.map((row) => row.id),
    calendar,
  );
  const isDone = ids.length < BATCH;
  await tx.update(ReviewCalendarRow, calendar, {
    appliedTo: ids.at(-1)?.id ?? calendar.appliedTo,
    ...(isDone ? { appliedAt: tx.now } : {}),
  });
  return isDone;
}

/** The clients are locked before their reviews, the order of everyone. */
async function redateBatch(tx: Tx, ids: readonly string[], { rules }: ReviewCalendarRow): Promise<void> {
  const today = dayOf(tx.now);
  const clients = await tx.find(ClientRow, {
    where: { id: In(ids) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  const reviews = await tx.find(InformationReviewRow, { where: { clientId: In(ids), stage: Not('DONE') } });
  const documents = await tx.find(IdDocumentRow, { where: { id: In(ids) } });
  for (const { id, grade } of clients) {
    const expiresOn = documents.find((document) => document.id === id)?.expiresOn ?? null;
    for (const review of reviews.filter(({ clientId }) => clientId === id)) {
      const { dueOn, stage, lookOn } = redated(review, { grade, expiresOn }, today, rules);
      const isSame = dueOn === review.dueOn && stage === review.stage && lookOn === review.lookOn;
      if (!isSame) await tx.update(InformationReviewRow, review, { dueOn, stage, lookOn });
    }
    await noteNextReview(tx, id);
  }
}
