import { type Db, findForUpdate, isUuid, refuse, transact } from '@client-graph/kit';
import type {
  DecideExtensionInput,
  ExtendComplaintInput,
  ProposeExtensionInput,
} from '../generated/resolvers.js';
import { ComplaintExtensionRow, type ComplaintRow } from './complaints.entities.js';
import { actorId, carryOut, clockOf, lockComplaint } from './complaints.js';
import { checkExtension, checkedText, extend, refuse as refuseStep } from './complaints.rules.js';

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
    await tx.insert(ComplaintExtensionRow, {
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
    return carryOut(tx, complaint, 'PROPOSE_EXTENSION', { changes: {}, events: [] }, input.reason);
  });

/** Grants or refuses what another has proposed; granted before the present due date, with the complainant told. */
export const decideComplaintExtension = (db: Db, input: DecideExtensionInput): Promise<ComplaintRow> =>
  transact(db, async (tx) => {
    const complaint = await lockComplaint(tx, input.complaintId, input.expectedVersion);
    const by = actorId(tx);
    const found = isUuid(input.extensionId)
      ? await findForUpdate(tx, ComplaintExtensionRow, input.extensionId)
      : null;
    if (found?.status !== 'PROPOSED' || found.complaintId !== complaint.id)
      throw refuse('NOT_FOUND', { field: 'extensionId' });
    if (found.proposedBy === by) throw refuseStep('SAME_PERSON');
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
