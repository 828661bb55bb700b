import {
  type Approvable,
  ClientCopyRow,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  ofSeenClients,
  openApproval,
  type PageArgs,
  page,
  refuse as refuseAny,
  serves,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { AdjustmentRow, type MembershipRow } from '../entities.js';
import { loadProgramme, lockMembership } from '../membership/membership.js';
import { book, loadAccount, settleDebt } from '../points/ledger.js';
import { balanceOf } from '../points/lots.rules.js';
import { mustSpend, refuse } from '../redemptions/redemptions.rules.js';
import {
  type AdjustmentReason,
  type AdjustmentState,
  adjust,
  adjustmentDecided,
  adjustmentProposed,
  refuseAdjustment,
  shortOf,
} from './adjustments.rules.js';

export const ADJUST_POINTS: Approvable = {
  action: 'ADJUST_POINTS',
  scope: 'points:approve',
  days: 7,
  lapse: async (tx, id) => {
    const row = await findForUpdate(tx, AdjustmentRow, id);
    await close(tx, row, 'EXPIRED', { decidedBy: null });
  },
};

type ProposeAdjustment = {
  requestId: string;
  clientId: string;
  points: number;
  reason: AdjustmentReason;
  reference?: string | null | undefined;
};

const POINTS_MAX = 1_000_000;

/** Asks for points to be booked by hand, up or down; another person decides. */
export const proposeAdjustment = (db: Db, input: ProposeAdjustment): Promise<AdjustmentRow> =>
  transact(db, (tx) =>
    tx.once('proposeAdjustment', input, AdjustmentRow, async (id) => {
      const { points, reason, reference = null } = input;
      if (points === 0 || Math.abs(points) > POINTS_MAX)
        throw refuseAny('BAD_INPUT', { field: 'points', max: POINTS_MAX });
      if (reference !== null && !/^[\w.:/-]{1,64}$/.test(reference))
        throw refuseAny('BAD_INPUT', { field: 'reference' });
      const client = await reachedClient(tx, input.clientId);
      const membership = await lockMembership(tx, client.id, dayOf(tx.now));
      mustSpend(membership, client.status);
      const proposedBy = tx.actor.id;
      if (proposedBy === null) throw refuseAny('UNAUTHENTICATED');
      const row = await tx.insert(AdjustmentRow, {
        id,
        clientId: client.id,
        points,
        reason,
        reference,
        state: 'PROPOSED',
        proposedBy,
        proposedAt: tx.now,
        decidedBy: null,
        decidedAt: null,
        entryId: null,
        version: 1,
      });
      await openApproval(tx, ADJUST_POINTS, {
        subject: client.id,
        targetId: id,
        payload: payloadOf(row),
        clientId: client.id,
      });
      await tx.record(adjustmentProposed(row));
      return row;
    }),
  );

const payloadOf = ({ id, clientId, points, reason }: AdjustmentRow) => ({ id, clientId, points, reason });

async function reachedClient(tx: Tx, clientId: string): Promise<ClientCopyRow> {
  const client = isUuid(clientId) ? await tx.findOne(ClientCopyRow, { id: clientId }) : null;
  if (client === null || !serves(tx.actor, client)) throw refuseAny('NOT_FOUND');
  return client;
}

type Decide = { adjustmentId: string; expectedVersion: number };
type Outcome = 'APPROVED' | 'REJECTED' | 'WITHDRAWN';

/** Decides on an adjustment; approved it is booked at once, by the balance of that moment. */
export const decideAdjustment = (db: Db, outcome: Outcome, input: Decide): Promise<AdjustmentRow> =>
  transact(db, async (tx) => {
    const seen = isUuid(input.adjustmentId)
      ? await tx.findOne(AdjustmentRow, { id: input.adjustmentId })
      : null;
    if (seen === null) throw refuseAny('NOT_FOUND');
    const client = await reachedClient(tx, seen.clientId);
    // The membership first, as everywhere: whoever changes points takes turns here.
    const membership = await lockMembership(tx, client.id, dayOf(tx.now));
    const row = await findForUpdate(tx, AdjustmentRow, seen.id, input.expectedVersion);
    if (row.state !== 'PROPOSED') throw refuseAdjustment('ADJUSTMENT_CLOSED', { state: row.state });
    await settleApproval(tx, ADJUST_POINTS, outcome, {
      targetId: row.id,
      payload: payloadOf(row),
      adviserIds: [client.adviserId],
    });
    if (outcome !== 'APPROVED') return close(tx, row, outcome, { decidedBy: tx.actor.id });
    mustSpend(membership, client.status);
    const entryId = await bookAdjustment(tx, membership, row);
    return close(tx, row, outcome, { decidedBy: tx.actor.id, entryId });
  });

async function bookAdjustment(tx: Tx, membership: MembershipRow, row: AdjustmentRow): Promise<string | null> {
  const day = dayOf(tx.now);
  const account = await loadAccount(tx, membership);
  if (shortOf(account, row.points) > 0)
    throw refuse('POINTS_SHORT', { balance: balanceOf(account.lots), points: -row.points });
  const { adjustmentExpiryMonths: expiryMonths } = await loadProgramme(tx, day);
  const booking = adjust(account, row, { day, expiryMonths }, () => tx.newId());
  await book(tx, account, booking);
  await settleDebt(tx, membership.id);
  return booking.entries[0]?.id ?? null;
}

async function close(
  tx: Tx,
  row: AdjustmentRow,
  outcome: Exclude<AdjustmentState, 'PROPOSED'>,
  { decidedBy, entryId = null }: { decidedBy: string | null; entryId?: string | null },
): Promise<AdjustmentRow> {
  await tx.record(adjustmentDecided(row, outcome));
  return tx.update(AdjustmentRow, row, { state: outcome, decidedBy, decidedAt: tx.now, entryId });
}

/** Adjustments of all clients, newest first; of one state when asked. */
export const listAdjustments = (db: Db, args: PageArgs & { state?: AdjustmentState | null | undefined }) =>
  page(db, AdjustmentRow, args, {
    ...(args.state === null || args.state === undefined ? {} : { state: args.state }),
    ...ofSeenClients(db.actor),
  });
