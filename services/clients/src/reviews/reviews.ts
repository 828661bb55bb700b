import { ClientReviewDue } from '@client-graph/events';
import {
  asService,
  type Connection,
  type Context,
  connectionOf,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  type PageArgs,
  pageOf,
  reachedSql,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In, Not } from 'typeorm';
import { ClientRow } from '../clients.entities.js';
import { clientForUpdate } from '../clients.js';
import { mustBeEditable } from '../clients.rules.js';
import type { CompleteReviewInput } from '../generated/resolvers.js';
import { changeOrganisation, changePerson } from '../profile-changes.js';
import { InformationReviewRow } from './reviews.entities.js';
import { ASKED, complete, reviewedAs, stageOn } from './reviews.rules.js';
import { type Answer, calendarRowOn, closeReview, schedulePeriodic } from './schedule.js';

/** Completes a review: every field is confirmed or changed, and the next periodic one is scheduled. */
export const completeReview = (
  db: Db,
  input: CompleteReviewInput,
  hashKey: string,
): Promise<InformationReviewRow> =>
  transact(db, async (tx) => {
    const found = isUuid(input.reviewId)
      ? await tx.findOne(InformationReviewRow, { id: input.reviewId })
      : null;
    if (found === null) throw refuse('NOT_FOUND');
    const client = await clientForUpdate(tx, found.clientId);
    const review = await findForUpdate(tx, InformationReviewRow, found.id, input.expectedVersion);
    mustBeEditable(client);
    const changes = { ...(client.kind === 'INSTITUTION' ? input.institution : input.individual) };
    const changed = reviewedAs(
      Object.entries(changes).flatMap(([field, value]) => (value === undefined ? [] : [field])),
    );
    complete(review, client.kind, { confirmed: input.confirmed, changed });
    const graded = changed.length === 0 ? client : await change(tx, client, input, hashKey);
    const answer = { confirmed: [...input.confirmed], changed };
    const completed = await closeReview(tx, review, answer);
    await closeOthers(tx, client.id, answer);
    await schedulePeriodic(tx, graded);
    return completed;
  });

/** Every field was asked, so what else asks for them is answered too; those who have heard that it is due hear that it is done. */
async function closeOthers(tx: Tx, clientId: string, answer: Answer): Promise<void> {
  const others = await tx.find(InformationReviewRow, {
    where: { clientId, kind: In(['PERIODIC', 'EVENT']), stage: Not('DONE') },
    order: { id: 'ASC' },
  });
  for (const other of others)
    if (other.stage === 'SCHEDULED') await tx.manager.delete(InformationReviewRow, other.id);
    else await closeReview(tx, other, answer);
}

const change = (
  tx: Tx,
  client: ClientRow,
  input: CompleteReviewInput,
  hashKey: string,
): Promise<ClientRow> =>
  client.kind === 'INSTITUTION'
    ? changeOrganisation(tx, client, { ...input.institution }, {}, hashKey)
    : changePerson(tx, client, { ...input.individual }, {}, hashKey);

const BATCH = 200;

/** Tells the others of every review that is due, overdue, or so late that new purchases need it first. */
export async function remindReviews(db: Db): Promise<void> {
  let found: number;
  do found = await transact(asService(db), remindBatch);
  while (found === BATCH);
}

async function remindBatch(tx: Tx): Promise<number> {
  const today = dayOf(tx.now);
  const { rules: calendar } = await calendarRowOn(tx, today);
  const ids = await tx.query<{ id: string }>(
    `select id from information_review where look_on <= $1 order by look_on, id limit ${BATCH} for update`,
    [today],
  );
  const reviews = await tx.find(InformationReviewRow, { where: { id: In(ids.map(({ id }) => id)) } });
  const clients = await tx.find(ClientRow, { where: { id: In(reviews.map(({ clientId }) => clientId)) } });
  for (const review of reviews) {
    const { stage, lookOn } = stageOn(review.dueOn, today, calendar);
    await tx.manager.update(InformationReviewRow, review.id, { stage, lookOn });
    const { clientId, kind, dueOn } = review;
    const isAsked = clients.some(({ id, status }) => id === clientId && ASKED.includes(status));
    if (isAsked && stage !== 'SCHEDULED') await tx.record(ClientReviewDue({ clientId, kind, dueOn, stage }));
  }
  return ids.length;
}

const DUE_MAX = 100;

/** The open reviews due by a day of the clients that the caller reaches, most urgent first, at most 100. */
export const reviewsDue = (ctx: Context, by: string | null): Promise<InformationReviewRow[]> =>
  dueBy(ctx, by, null, DUE_MAX);

/** The same, page by page. */
export async function reviewsDuePage(
  ctx: Context,
  by: string | null,
  args: PageArgs,
): Promise<Connection<InformationReviewRow>> {
  const { first, afterId } = pageOf(args);
  const last = afterId === null ? null : await ctx.load(InformationReviewRow, afterId);
  if (afterId !== null && last === null) throw refuse('BAD_CURSOR');
  return connectionOf(await dueBy(ctx, by, last, first + 1), first);
}

async function dueBy(
  { db, actor, load }: Context,
  by: string | null,
  last: InformationReviewRow | null,
  limit: number,
): Promise<InformationReviewRow[]> {
  const values: unknown[] = [by ?? dayOf(db.now()), [...ASKED]];
  const reached = reachedSql(actor, 'c', () => `$${values.push(actor.id)}`);
  const beyond =
    last === null ? '' : ` and (r.due_on, r.id) > ($${values.push(last.dueOn)}, $${values.push(last.id)})`;
  const rows: { id: string }[] = await db.source.query(
    `select r.id from information_review r join client c on c.id = r.client_id
     where r.stage <> 'DONE' and r.due_on <= $1 and c.status = any($2) and ${reached}${beyond}
     order by r.due_on, r.id limit ${limit}`,
    values,
  );
  const reviews = await Promise.all(rows.map(({ id }) => load(InformationReviewRow, id)));
  return reviews.filter((review) => review !== null);
}
