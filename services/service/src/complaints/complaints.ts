import type { EventDraft } from '@client-graph/events';
import {
  type Actor,
  ClientCopyRow,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  isWalled,
  plusDays,
  positiveMoney,
  reaches,
  reachesAll,
  refuse,
  seesRestricted,
  type Tx,
  transact,
} from '@client-graph/kit';
import { calendarBetween } from '../calendar/calendar.js';
import type {
  AcknowledgeComplaintInput,
  AssignComplaintInput,
  CloseComplaintInput,
  DeclineComplaintInput,
  FollowUpComplaintInput,
  InvestigateComplaintInput,
  MergeComplaintInput,
  ResolveComplaintInput,
  TakeUpComplaintInput,
  WithdrawComplaintInput,
} from '../generated/resolvers.js';
import { openSurvey } from '../surveys/opening.js';
import { ComplaintActionRow, ComplaintClockRow, ComplaintRow } from './complaints.entities.js';
import * as rules from './complaints.rules.js';
import { watchRootCause } from './rectifications.js';

/** Far enough for every span of every profile. */
const CALENDAR_DAYS = 200;

/**
 * Whether the caller may see the complaint. Nobody sees one about themself; who handles or oversees complaints sees all others. A
 * decided one of a restricted client is only stored: those who watch over the firm see it and nobody else (domain 3.1.3).
 */
export function reachesComplaint(
  actor: Actor,
  complaint: Pick<ComplaintRow, 'clientId' | 'concernedStaffIds' | 'status'>,
  client: ClientCopyRow | null,
): boolean {
  if (actor.id !== null && complaint.concernedStaffIds.includes(actor.id)) return false;
  if (client !== null && isWalled(actor, client)) return false;
  const isOpen = rules.OPEN_STATUSES.some((open) => open === complaint.status);
  if (client?.status === 'RESTRICTED' && !isOpen && !seesRestricted(actor)) return false;
  if (actor.scopes.has('complaints:handle') || reachesAll(actor)) return true;
  return client !== null && client.id === complaint.clientId && reaches(actor, client);
}

export const actorId = (tx: Tx): string => {
  if (tx.actor.id === null) throw refuse('UNAUTHENTICATED');
  return tx.actor.id;
};

export const clientOf = (tx: Tx, id: string | null | undefined) =>
  typeof id === 'string' && isUuid(id) ? tx.findOne(ClientCopyRow, { id }) : Promise.resolve(null);

/** The complaint, locked, if the caller may see it. */
export async function lockComplaint(tx: Tx, id: string, expectedVersion?: number): Promise<ComplaintRow> {
  const complaint = await findForUpdate(tx, ComplaintRow, id, expectedVersion);
  if (!reachesComplaint(tx.actor, complaint, await clientOf(tx, complaint.clientId)))
    throw refuse('NOT_FOUND');
  return complaint;
}

export const calendarFrom = (tx: Tx, at: Date) =>
  calendarBetween(tx, dayOf(at), plusDays(dayOf(at), CALENDAR_DAYS));

export async function clockOf(tx: Tx, complaint: Pick<ComplaintRow, 'clockId' | 'clockFrom'>, from?: Date) {
  const clock = await tx.findOne(ComplaintClockRow, { id: complaint.clockId });
  if (clock === null) throw new Error('A complaint has lost its clock.');
  return { terms: clock.terms, calendar: await calendarFrom(tx, from ?? complaint.clockFrom) };
}

type Outcome = { changes: Partial<Omit<ComplaintRow, 'id' | 'version'>>; events: EventDraft[] };

/** Writes what a rule has decided, and that it was done. */
export async function carryOut(
  tx: Tx,
  complaint: ComplaintRow,
  action: ComplaintActionRow['action'],
  { changes, events }: Outcome,
  note: string | null | undefined,
): Promise<ComplaintRow> {
  const changed = await tx.update(ComplaintRow, complaint, changes);
  await tx.insert(ComplaintActionRow, {
    id: tx.newId(),
    complaintId: complaint.id,
    action,
    fromStatus: complaint.status,
    toStatus: changed.status,
    note: note ? rules.checkedText(note) : null,
    by: tx.actor.id,
    at: tx.now,
  });
  await tx.record(...events);
  return changed;
}

type Step = { complaintId: string; expectedVersion: number; note?: string | null | undefined };

/** One step of a complaint: lock, decide, write. */
const step = (
  db: Db,
  input: Step,
  action: rules.ComplaintAction,
  decide: (complaint: ComplaintRow, act: rules.Act, tx: Tx) => Outcome | Promise<Outcome>,
): Promise<ComplaintRow> =>
  transact(db, async (tx) => {
    const complaint = await lockComplaint(tx, input.complaintId, input.expectedVersion);
    const outcome = await decide(complaint, { by: actorId(tx), now: tx.now }, tx);
    return carryOut(tx, complaint, action, outcome, input.note);
  });

function idOf(id: string, field: string): string {
  if (!isUuid(id)) throw refuse('BAD_INPUT', { field });
  return id.toLowerCase();
}

/** Who advises the complaint's client, and so is no judge of it. */
const adviserOf = async (tx: Tx, complaint: ComplaintRow): Promise<string | null> =>
  (await clientOf(tx, complaint.clientId))?.adviserId ?? null;

export const assignComplaint = (db: Db, input: AssignComplaintInput) => {
  const { isRecusalChecked, reportsToId = null } = input;
  // Ids of staff are compared as texts, so they are of one spelling.
  const handlerId = idOf(input.handlerId, 'handlerId');
  const ask = { handlerId, reportsToId: reportsToId && idOf(reportsToId, 'reportsToId'), isRecusalChecked };
  return step(db, input, 'ASSIGN', async (complaint, act, tx) =>
    rules.assign(complaint, { ...ask, adviserId: await adviserOf(tx, complaint) }, act),
  );
};

export const acknowledgeComplaint = (db: Db, input: AcknowledgeComplaintInput) =>
  step(db, input, 'ACKNOWLEDGE', rules.acknowledge);

export const investigateComplaint = (db: Db, input: InvestigateComplaintInput) =>
  step(db, input, 'INVESTIGATE', rules.investigate);

/** Decides the case, or the review of it, and looks whether its root cause has become too frequent. */
const decideBy = (db: Db, input: ResolveComplaintInput, action: 'RESOLVE' | 'DECIDE_REVIEW') =>
  step(db, input, action, async (complaint, act, tx) => {
    rules.mustAllow(action, complaint.status);
    const { changes, events } = rules.resolve(
      complaint,
      { ...input, locale: input.locale ?? 'ZH_HANT', adviserId: await adviserOf(tx, complaint) },
      await clockOf(tx, complaint),
      act,
    );
    const money = input.redress?.amount ? positiveMoney(input.redress.amount, 'redress.amount') : null;
    const redress = {
      redressType: input.redress?.type ?? null,
      redressAmount: money?.amount ?? null,
      redressCurrency: money?.currency ?? null,
    };
    const watched = await watchRootCause(tx, complaint.id, input.rootCause);
    const isSameCause = complaint.rootCause === input.rootCause;
    const rectificationId = watched.rectificationId ?? (isSameCause ? complaint.rectificationId : null);
    return { changes: { ...changes, ...redress, rectificationId }, events: [...events, ...watched.events] };
  });

export const resolveComplaint = (db: Db, input: ResolveComplaintInput) => decideBy(db, input, 'RESOLVE');
export const decideComplaintReview = (db: Db, input: ResolveComplaintInput) =>
  decideBy(db, input, 'DECIDE_REVIEW');

export const followUpComplaint = (db: Db, input: FollowUpComplaintInput) => {
  const ask = { isReached: input.isReached, satisfaction: input.satisfaction ?? null };
  return step(db, input, input.isReached ? 'FOLLOW_UP' : 'MISS', (complaint, act) =>
    rules.followUp(complaint, ask, act),
  );
};

/** Closes the case and asks the client how content they are with it. */
export const closeComplaint = (db: Db, input: CloseComplaintInput) =>
  step(db, input, 'CLOSE', async (complaint, act, tx) => {
    const outcome = rules.close(complaint, act);
    const { id: caseId, clientId } = complaint;
    if (clientId !== null) await openSurvey(tx, { clientId, caseKind: 'COMPLAINT', caseId });
    return outcome;
  });
export const withdrawComplaint = (db: Db, input: WithdrawComplaintInput) =>
  step(db, input, 'WITHDRAW', (complaint, act, tx) => {
    // A client withdraws now; staff may enter what came in earlier.
    const at = tx.actor.clientId === null ? (input.receivedAt ?? act.now) : act.now;
    return rules.withdraw(complaint, at, act);
  });
export const declineComplaint = (db: Db, input: DeclineComplaintInput) =>
  step(db, { ...input, note: input.reason }, 'DECLINE', rules.decline);

/** Both rows are locked in the order of their ids by everyone, so that two merges cannot wait for each other. */
export const mergeComplaint = (db: Db, input: MergeComplaintInput): Promise<ComplaintRow> =>
  transact(db, async (tx) => {
    const ids = [input.complaintId, input.intoId].map((id) => id.toLowerCase()).sort();
    const rows: ComplaintRow[] = [];
    for (const id of ids)
      rows.push(
        await lockComplaint(
          tx,
          id,
          id === input.complaintId.toLowerCase() ? input.expectedVersion : undefined,
        ),
      );
    const complaint = rows.find((row) => row.id === input.complaintId.toLowerCase());
    const into = rows.find((row) => row.id === input.intoId.toLowerCase());
    if (complaint === undefined || into === undefined) throw refuse('NOT_FOUND');
    const { clocks, ...outcome } = rules.merge(complaint, into, { by: actorId(tx), now: tx.now });
    if (clocks.dueAt < into.dueAt || clocks.acknowledgeDueAt < into.acknowledgeDueAt)
      await tx.record(...rules.rescheduled(into, await tx.update(ComplaintRow, into, clocks)));
    return carryOut(tx, complaint, 'MERGE', outcome, input.note);
  });

const takeUp = (db: Db, input: TakeUpComplaintInput, action: 'REOPEN' | 'REVIEW') =>
  step(db, { ...input, note: input.reason }, action, async (complaint, act, tx) =>
    rules.takeUpAgain(action, complaint, await clockOf(tx, complaint, tx.now), act),
  );
export const reopenComplaint = (db: Db, input: TakeUpComplaintInput) => takeUp(db, input, 'REOPEN');
export const reviewComplaint = (db: Db, input: TakeUpComplaintInput) => takeUp(db, input, 'REVIEW');
