import {
  ClientCopyRow,
  type Connection,
  connectionOf,
  type Db,
  dayOf,
  findForUpdate,
  isWalled,
  type PageArgs,
  pageOf,
  plusDays,
  refuse,
  seesRestricted,
  type Tx,
  transact,
  walledSql,
} from '@client-graph/kit';
import { In } from 'typeorm';
import { calendarBetween } from '../calendar/calendar.js';
import { clientOfCase } from '../communications/contacts.js';
import { dueAfter } from '../complaints/clocks.rules.js';
import { refuse as refuseFiling } from '../complaints/filing.rules.js';
import type {
  AnswerFeedbackInput,
  ConcludeFeedbackInput,
  GiveFeedbackInput,
  TakeUpFeedbackInput,
} from '../generated/resolvers.js';
import { openSurvey } from '../surveys/opening.js';
import { bannedOn, rowOn } from '../table-versions/table-versions.js';
import { FeedbackRow } from './feedback.entities.js';
import * as rules from './feedback.rules.js';

const CALENDAR_DAYS = 100;
const UNANSWERED = ['RECEIVED', 'IN_HAND'] as const;

export const giveFeedback = (db: Db, input: GiveFeedbackInput): Promise<FeedbackRow> =>
  transact(db, (tx) =>
    tx.once('giveFeedback', input, FeedbackRow, async (id): Promise<FeedbackRow> => {
      if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
      const client = await clientOfCase(tx, input.clientId);
      if (client.status === 'MERGED') throw refuseFiling('CLIENT_MERGED');
      const today = dayOf(tx.now);
      const { terms } = await rowOn(tx, 'FEEDBACK_TERMS', 'FEEDBACK', today);
      const calendar = await calendarBetween(tx, today, plusDays(today, CALENDAR_DAYS));
      const { kind, channel } = input;
      const text = rules.checkedText(input.text);
      const head = {
        id,
        version: 1,
        clientId: client.id,
        kind,
        channel,
        text,
        receivedAt: tx.now,
        givenBy: tx.actor.id,
      };
      const open = { state: 'RECEIVED' as const, handlerId: null, answer: null, answeredAt: null };
      const dueAt = dueAfter(terms.answerWithin, tx.now, calendar).at;
      const row = await tx.insert(FeedbackRow, {
        ...head,
        dueAt,
        ...open,
        isImproved: null,
        conclusion: null,
      });
      await tx.record(rules.received(row));
      return row;
    }),
  );

type Step = { feedbackId: string; expectedVersion: number };
type Outcome = { changes: Partial<Omit<FeedbackRow, 'id' | 'version'>>; events: Parameters<Tx['record']> };

const step = (
  db: Db,
  input: Step,
  decide: (row: FeedbackRow, act: { by: string; now: Date }, tx: Tx) => Outcome | Promise<Outcome>,
): Promise<FeedbackRow> =>
  transact(db, async (tx) => {
    if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
    const row = await findForUpdate(tx, FeedbackRow, input.feedbackId, input.expectedVersion);
    const client = await tx.findOne(ClientCopyRow, { id: row.clientId });
    if (client !== null && isWalled(tx.actor, client)) throw refuse('NOT_FOUND');
    const { changes, events } = await decide(row, { by: tx.actor.id, now: tx.now }, tx);
    const changed = await tx.update(FeedbackRow, row, changes);
    await tx.record(...events);
    return changed;
  });

export const takeUpFeedback = (db: Db, input: TakeUpFeedbackInput) =>
  step(db, input, (row, { by }) => rules.takeUp(row, by));

export const answerFeedback = (db: Db, input: AnswerFeedbackInput) =>
  step(db, input, async (row, act, tx) => {
    const outcome = rules.answer(row, input.answer, await bannedOn(tx, dayOf(tx.now)), act);
    await openSurvey(tx, { clientId: row.clientId, caseKind: 'FEEDBACK', caseId: row.id });
    return outcome;
  });

export const concludeFeedback = (db: Db, input: ConcludeFeedbackInput) =>
  step(db, input, (row) => rules.conclude(row, input));

type Wanted = {
  state?: readonly rules.FeedbackState[] | null | undefined;
  isOverdue?: boolean | null | undefined;
};

/** The desk's list, the latest first. */
export async function feedbackList(db: Db, args: PageArgs & Wanted): Promise<Connection<FeedbackRow>> {
  const { first, afterId } = pageOf(args);
  const query = db.source.getRepository(FeedbackRow).createQueryBuilder('f').where('true');
  if (afterId !== null) query.andWhere('f.id < :afterId', { afterId });
  if (args.state) query.andWhere({ state: In([...args.state]) });
  if (args.isOverdue)
    query.andWhere('f.dueAt < :now', { now: db.now() }).andWhere({ state: In([...UNANSWERED]) });
  // What is answered of a restricted client is only stored (domain 3.1.3).
  if (!seesRestricted(db.actor))
    query.andWhere(
      `not exists (select from client_copy r where r.client_id = f.client_id
        and (${walledSql('r', ':me')} or r.status = 'RESTRICTED' and f.state not in (:...open)))`,
      { open: [...UNANSWERED], me: db.actor.id },
    );
  const rows = await query
    .orderBy('f.id', 'DESC')
    .take(first + 1)
    .getMany();
  return connectionOf(rows, first);
}

type Figures = {
  kind: rules.FeedbackKind;
  received: number;
  answered: number;
  answeredOnTime: number;
  improved: number;
};

/** What came of the feedback of a period, by kind, in Shanghai's days. */
export async function feedbackFigures(
  db: Db,
  { from, to }: { from: string; to: string },
): Promise<Figures[]> {
  if (from > to) throw refuse('BAD_INPUT', { field: 'from', reason: 'AFTER_TO' });
  return db.source.query(
    `select kind, count(*)::int as received, count(answered_at)::int as answered,
       count(*) filter (where date_trunc('second', answered_at) <= due_at)::int as "answeredOnTime",
       count(*) filter (where is_improved)::int as improved
     from feedback where received_at >= ($1::date)::timestamp at time zone 'Asia/Shanghai'
       and received_at < ($2::date + 1)::timestamp at time zone 'Asia/Shanghai' group by 1 order by 1`,
    [from, to],
  );
}

export const isOverdue = ({ state, dueAt }: FeedbackRow, now: Date): boolean =>
  UNANSWERED.some((open) => open === state) && dueAt < now;
