import { readFileSync } from 'node:fs';
import { ClientReviewCompleted } from '@client-graph/events';
import { type Db, dayOf, type Tx, transact } from '@client-graph/kit';
import { LessThanOrEqual, Not } from 'typeorm';
import { z } from 'zod';
import { staffOf } from '../actors.js';
import type { ClientRow } from '../clients.entities.js';
import { InformationReviewRow, ReviewCalendarRow } from './reviews.entities.js';
import {
  expiryDue,
  nextDue,
  notBefore,
  type ReviewCalendar,
  type ReviewKind,
  type ReviewStage,
  stageOn,
} from './reviews.rules.js';

const months = z.int().positive();
const Rules = z.object({
  months: z.object({
    BRONZE: months,
    SILVER: months,
    GOLD: months,
    DIAMOND: months,
    SMALL: months,
    MEDIUM: months,
    LARGE: months,
  }),
  idExpiryDaysBefore: z.int().positive(),
  overdueAfterDays: z.int().positive(),
  blockingAfterDays: z.int().positive(),
});
const CalendarFile = Rules.extend({
  version: z.string().min(1),
  effectiveFrom: z.iso.date(),
  source: z.string().min(1),
});

/** The calendar that counts on a day. */
export const calendarRowOn = (tx: Tx, day: string): Promise<ReviewCalendarRow> =>
  tx.manager.findOneOrFail(ReviewCalendarRow, {
    where: { effectiveFrom: LessThanOrEqual(day), status: 'APPROVED' },
    order: { effectiveFrom: 'DESC' },
  });

const calendarOn = async (tx: Tx, day: string): Promise<ReviewCalendar> =>
  (await calendarRowOn(tx, day)).rules;

/** Loads the calendar of `data/` if it is not there yet. */
export async function seedReviewCalendar(db: Db): Promise<void> {
  const text = readFileSync(new URL('../../data/review-calendar.json', import.meta.url), 'utf8');
  const { version, effectiveFrom, source, ...rules } = CalendarFile.parse(JSON.parse(text));
  await transact(db, (tx) =>
    tx.query(
      `insert into review_calendar (id, version, effective_from, source, rules, status, reason, applied_at)
       values ($1, $2, $3, $4, $5, 'APPROVED', '', $6) on conflict do nothing`,
      [tx.newId(), version, effectiveFrom, source, JSON.stringify(rules), tx.now],
    ),
  );
}

/** Opens a review of this kind, unless one is open. */
async function open(tx: Tx, clientId: string, kind: ReviewKind, dueOn: string): Promise<void> {
  const { stage, lookOn } = stageOn(dueOn, '0001-01-01', await calendarOn(tx, dayOf(tx.now)));
  await tx.query(
    `insert into information_review (id, client_id, kind, due_on, counted_from, stage, look_on, confirmed, changed, version)
     values ($1, $2, $3, $4, $5, $6, $7, '{}', '{}', 1) on conflict do nothing`,
    [tx.newId(), clientId, kind, dueOn, dayOf(tx.now), stage, lookOn],
  );
  await noteNextReview(tx, clientId);
}

/** Keeps on the client the first day on which its file is to be asked about. */
export async function noteNextReview(tx: Tx, clientId: string): Promise<void> {
  await tx.query(
    `update client set review_due_on = (select min(due_on) from information_review where client_id = $1 and stage <> 'DONE')
     where id = $1`,
    [clientId],
  );
}

/**
 * Another grade is asked as often as that grade says, counted from the last time. A day that has passed by then is today: nobody is
 * late by a change of grade; and a review that was told keeps its day, for the others know it by that.
 */
export async function reschedulePeriodic(tx: Tx, client: Pick<ClientRow, 'id' | 'grade'>): Promise<void> {
  const today = dayOf(tx.now);
  const calendar = await calendarOn(tx, today);
  const [open] = await tx.query<{ id: string; due_on: string; counted_from: string | null }>(
    `select id, due_on::text, counted_from::text from information_review
     where client_id = $1 and kind = 'PERIODIC' and stage = 'SCHEDULED'`,
    [client.id],
  );
  if (open === undefined || open.counted_from === null) return;
  const dueOn = notBefore(today, nextDue(client.grade, open.counted_from, calendar));
  if (dueOn === open.due_on) return;
  const { stage, lookOn } = stageOn(dueOn, '0001-01-01', calendar);
  await tx.query(
    'update information_review set due_on = $2, stage = $3, look_on = $4, version = version + 1 where id = $1',
    [open.id, dueOn, stage, lookOn],
  );
  await noteNextReview(tx, client.id);
}

/** The next look at the file of a client, as often as its grade asks for. */
export async function schedulePeriodic(tx: Tx, client: Pick<ClientRow, 'id' | 'grade'>): Promise<void> {
  const today = dayOf(tx.now);
  await open(tx, client.id, 'PERIODIC', nextDue(client.grade, today, await calendarOn(tx, today)));
}

export type Answer = Pick<InformationReviewRow, 'confirmed' | 'changed'>;

/** Those who have heard that the review is due hear that it is done. */
export async function closeReview(
  tx: Tx,
  review: InformationReviewRow,
  answer: Answer,
): Promise<InformationReviewRow> {
  const { clientId, kind, dueOn } = review;
  const done = { stage: 'DONE' as const, lookOn: null, completedBy: staffOf(tx), completedAt: tx.now };
  const completed = await tx.update(InformationReviewRow, review, { ...answer, ...done });
  await tx.record(ClientReviewCompleted({ clientId, kind, dueOn }));
  return completed;
}

/** A look before the identity document ends; a new document takes the place of an old date, and answers a look that was asked for. */
export async function scheduleExpiry(tx: Tx, clientId: string, expiresOn: string | null): Promise<void> {
  const where = { clientId, kind: 'ID_EXPIRY' as const, stage: Not<ReviewStage>('DONE') };
  for (const review of await tx.find(InformationReviewRow, { where }))
    if (review.stage === 'SCHEDULED') await tx.manager.delete(InformationReviewRow, review.id);
    else await closeReview(tx, review, { confirmed: [], changed: ['idExpiresOn'] });
  if (expiresOn === null) return noteNextReview(tx, clientId);
  const today = dayOf(tx.now);
  await open(tx, clientId, 'ID_EXPIRY', expiryDue(expiresOn, today, await calendarOn(tx, today)));
}

/** A look at once, after something that may have changed more than itself. */
export const scheduleAfterEvent = (tx: Tx, clientId: string): Promise<void> =>
  open(tx, clientId, 'EVENT', dayOf(tx.now));
