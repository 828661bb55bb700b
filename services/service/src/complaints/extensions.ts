import {
  type Approvable,
  type Db,
  findForUpdate,
  isUuid,
  openApproval,
  refuse,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import type {
  DecideExtensionInput,
  ExtendComplaintInput,
  ProposeExtensionInput,
} from '../generated/resolvers.js';
import { ComplaintExtensionRow, type ComplaintRow } from './complaints.entities.js';
import { actorId, carryOut, clientOf, clockOf, lockComplaint } from './complaints.js';
import { checkExtension, checkedText, extend, refuse as refuseStep } from './complaints.rules.js';

/** An extension that a second person grants; one that nobody decides on is refused by time. */
export const COMPLAINT_EXTENSION: Approvable = {
  action: 'COMPLAINT_EXTENSION',
  scope: 'complaints:oversee',
  days: 60,
  lapse: async (tx, id) => {
    const extension = await findForUpdate(tx, ComplaintExtensionRow, id);
    await tx.update(ComplaintExtensionRow, extension, { status: 'REFUSED', decidedAt: tx.now });
  },
};

/** What a second person says yes to: for the clock that ran when it was proposed, and no later one. */
const payloadOf = (
  { clockFrom }: Pick<ComplaintRow, 'clockFrom'>,
  { complaintId, complexity, reason }: Pick<ComplaintExtensionRow, 'complaintId' | 'complexity' | 'reason'>,
) => ({ complaintId, complexity, reason, clockFrom });

/** Grants the next extension, of which the complainant has been told. */
export const extendComplaint = (db: Db, input: ExtendComplaintInput): Promise<ComplaintRow> =>
  transact(db, async (tx) => {
    const complaint = await lockComplaint(tx, input.complaintId, input.expectedVersion);
    const by = actorId(tx);
    const ask = { complexity: input.complexity, toldAt: input.toldAt, proposedBy: null };
    const outcome = extend(complaint, ask, await clockOf(tx, complaint), { by, now: tx.now });
    await tx.insert(ComplaintExtensionRow, {
      id: tx.newId(),
      complaintId: complaint.id,
      complexity: outcome.changes.complexity,
      status: 'GRANTED',
      reason: checkedText(input.reason),
      proposedBy: by,
      proposedAt: tx.now,
      decidedBy: by,
      decidedAt: tx.now,
      toldVia: input.toldVia,
      toldAt: input.toldAt,
      dueBefore: complaint.dueAt,
      dueAfter: outcome.changes.dueAt,
    });
    return carryOut(tx, complaint, 'EXTEND', outcome, input.reason);
  });

/** Proposes an extension that a second person must grant. One at a time. */
export const proposeComplaintExtension = (db: Db, input: ProposeExtensionInput): Promise<ComplaintRow> =>
  transact(db, async (tx) => {
    const complaint = await lockComplaint(tx, input.complaintId, input.expectedVersion);
    const by = actorId(tx);
    const { terms } = await clockOf(tx, complaint);
    const next = checkExtension(complaint, input.complexity, terms, { by, now: tx.now });
    if ((await tx.findOne(ComplaintExtensionRow, { complaintId: complaint.id, status: 'PROPOSED' })) !== null)
      throw refuseStep('EXTENSION_PROPOSED');
    const extension = await tx.insert(ComplaintExtensionRow, {
      id: tx.newId(),
      complaintId: complaint.id,
      complexity: next.complexity,
      status: 'PROPOSED',
      reason: checkedText(input.reason),
      proposedBy: by,
      proposedAt: tx.now,
      decidedBy: null,
      decidedAt: null,
      toldVia: null,
      toldAt: null,
      dueBefore: complaint.dueAt,
      dueAfter: null,
    });
    await openApproval(tx, COMPLAINT_EXTENSION, {
      subject: `complaint:${complaint.id}`,
      targetId: extension.id,
      payload: payloadOf(complaint, extension),
      clientId: complaint.clientId,
    });
    return carryOut(tx, complaint, 'PROPOSE_EXTENSION', { changes: {}, events: [] }, input.reason);
  });

/** The proposed extension, locked, with the decision on it made. An adviser of the client decides nothing about it. */
async function settled(tx: Tx, complaint: ComplaintRow, input: DecideExtensionInput) {
  const found = isUuid(input.extensionId)
    ? await findForUpdate(tx, ComplaintExtensionRow, input.extensionId)
    : null;
  if (found?.status !== 'PROPOSED' || found.complaintId !== complaint.id)
    throw refuse('NOT_FOUND', { field: 'extensionId' });
  if (found.proposedBy === tx.actor.id) throw refuseStep('SAME_PERSON');
  const client = await clientOf(tx, complaint.clientId);
  await settleApproval(tx, COMPLAINT_EXTENSION, input.isGranted ? 'APPROVED' : 'REJECTED', {
    targetId: found.id,
    payload: payloadOf(complaint, found),
    adviserIds: client?.adviserId ? [client.adviserId] : [],
  });
  return found;
}

/** Grants or refuses what another has proposed; granted before the present due date, with the complainant told. */
export const decideComplaintExtension = (db: Db, input: DecideExtensionInput): Promise<ComplaintRow> =>
  transact(db, async (tx) => {
    const complaint = await lockComplaint(tx, input.complaintId, input.expectedVersion);
    const by = actorId(tx);
    const found = await settled(tx, complaint, input);
    const decided = { decidedBy: by, decidedAt: tx.now };
    if (!input.isGranted) {
      await tx.update(ComplaintExtensionRow, found, { ...decided, status: 'REFUSED' });
      return carryOut(tx, complaint, 'REFUSE_EXTENSION', { changes: {}, events: [] }, input.note);
    }
    if (!input.toldAt || !input.toldVia) throw refuseStep('TOLD_AT');
    const ask = { complexity: found.complexity, toldAt: input.toldAt, proposedBy: found.proposedBy };
    const outcome = extend(complaint, ask, await clockOf(tx, complaint), { by, now: tx.now });
    await tx.update(ComplaintExtensionRow, found, {
      ...decided,
      status: 'GRANTED',
      toldVia: input.toldVia,
      toldAt: input.toldAt,
      dueAfter: outcome.changes.dueAt,
    });
    return carryOut(tx, complaint, 'EXTEND', outcome, input.note);
  });
