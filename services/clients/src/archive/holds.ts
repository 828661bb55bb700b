import {
  type Approvable,
  type ApprovalDecision,
  type Db,
  findForUpdate,
  isUuid,
  openApproval,
  refuse,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { staffOf } from '../actors.js';
import type { ClientRow } from '../clients.entities.js';
import { clientForUpdate } from '../clients.js';
import type {
  DecideLegalHoldInput,
  LiftLegalHoldInput,
  PlaceLegalHoldInput,
} from '../generated/resolvers.js';
import { line } from '../profiles.rules.js';
import { refuseAccess } from './access.rules.js';
import { LegalHoldRow } from './archive.entities.js';
import { itemsOf } from './file.js';
import { moveHold, refuseHold } from './holds.rules.js';

const ITEMS_MAX = 200;

/** A legal hold that waits for a second person; it holds meanwhile, and ends with its proposal. */
export const LEGAL_HOLD: Approvable = {
  action: 'LEGAL_HOLD',
  scope: 'archive:hold',
  days: 14,
  lapse: async (tx, id) => {
    const hold = await findForUpdate(tx, LegalHoldRow, id);
    await tx.update(LegalHoldRow, hold, { status: moveHold(hold.status, 'EXPIRE') });
  },
};

/** Lifting a legal hold; one that nobody lifts stays. */
export const HOLD_LIFT: Approvable = {
  action: 'HOLD_LIFT',
  scope: 'archive:hold',
  days: 14,
  lapse: async (tx, liftId) => {
    const hold = await tx.findOne(LegalHoldRow, { liftId });
    if (hold !== null) await keep(tx, hold, null);
  },
};

const payloadOf = ({ clientId, itemIds, caseReference, reason }: LegalHoldRow) => ({
  clientId,
  itemIds,
  caseReference,
  reason,
});
const liftOf = ({ id, liftReason }: LegalHoldRow) => ({ holdId: id, liftReason });

/** Puts a legal hold on a file or on some of its items: it holds at once, and for good when another person agrees. */
export const placeLegalHold = (db: Db, input: PlaceLegalHoldInput): Promise<LegalHoldRow> =>
  transact(db, (tx) =>
    tx.once('placeLegalHold', input, LegalHoldRow, async (id) => {
      const client = await clientForUpdate(tx, input.clientId);
      const hold: LegalHoldRow = {
        id,
        clientId: client.id,
        itemIds: await itemsAsked(tx, client, input.itemIds ?? []),
        caseReference: line(input.caseReference, 'caseReference', 100),
        reason: line(input.reason, 'reason', 500),
        status: 'PROPOSED',
        setBy: staffOf(tx),
        setAt: tx.now,
        liftId: null,
        liftReason: null,
        liftedAt: null,
        decisionReason: null,
        version: 1,
      };
      await openApproval(tx, LEGAL_HOLD, {
        subject: client.id,
        targetId: id,
        payload: payloadOf(hold),
        clientId: client.id,
      });
      return tx.insert(LegalHoldRow, hold);
    }),
  );

async function itemsAsked(tx: Tx, client: ClientRow, itemIds: readonly string[]): Promise<string[]> {
  const asked = [...new Set(itemIds.map((id) => id.toLowerCase()))];
  if (asked.length === 0) return [];
  const found = asked.length > ITEMS_MAX || !asked.every(isUuid) ? [] : await itemsOf(tx, client.id, asked);
  if (found.length !== asked.length) throw refuseAccess('ITEMS_NEEDED', { max: ITEMS_MAX });
  return asked;
}

/** Proposes to lift a hold; it holds until another person agrees. */
export const liftLegalHold = (db: Db, input: LiftLegalHoldInput): Promise<LegalHoldRow> =>
  transact(db, async (tx) => {
    const { client, hold } = await lock(tx, input.holdId, input.expectedVersion);
    moveHold(hold.status, 'PROPOSE_LIFT');
    const asked = await tx.update(LegalHoldRow, hold, {
      liftId: tx.newId(),
      liftReason: line(input.reason, 'reason', 500),
    });
    await openApproval(tx, HOLD_LIFT, {
      subject: hold.id,
      targetId: asked.liftId ?? '',
      payload: liftOf(asked),
      clientId: client.id,
    });
    return asked;
  });

/** Decides on what is proposed about a hold: to set it or, once it is in force, to lift it. */
export const decideLegalHold = (
  db: Db,
  input: DecideLegalHoldInput,
  decision: ApprovalDecision,
): Promise<LegalHoldRow> =>
  transact(db, async (tx) => {
    const { client, hold } = await lock(tx, input.holdId, input.expectedVersion);
    const decisionReason = line(input.reason, 'reason', 500);
    const adviserIds = [client.adviserId];
    if (hold.status === 'PROPOSED') {
      const about = { targetId: hold.id, payload: payloadOf(hold), adviserIds };
      await settleApproval(tx, LEGAL_HOLD, decision, about);
      const status = moveHold(hold.status, ACTIONS[decision]);
      return tx.update(LegalHoldRow, hold, { status, decisionReason });
    }
    if (hold.status !== 'IN_FORCE' || hold.liftId === null)
      throw refuseHold('HOLD_STATE', { status: hold.status });
    const about = { targetId: hold.liftId, payload: liftOf(hold), adviserIds };
    await settleApproval(tx, HOLD_LIFT, decision, about);
    if (decision !== 'APPROVED') return keep(tx, hold, decisionReason);
    const status = moveHold(hold.status, 'APPROVE_LIFT');
    return tx.update(LegalHoldRow, hold, { status, decisionReason, liftedAt: tx.now });
  });

const ACTIONS = { APPROVED: 'APPROVE', REJECTED: 'REJECT', WITHDRAWN: 'WITHDRAW' } as const;

const keep = (tx: Tx, hold: LegalHoldRow, decisionReason: string | null) =>
  tx.update(LegalHoldRow, hold, {
    status: moveHold(hold.status, 'KEEP'),
    liftId: null,
    liftReason: null,
    decisionReason,
  });

/** Locks the client and then its hold, the order of everyone. */
async function lock(
  tx: Tx,
  holdId: string,
  expectedVersion: number,
): Promise<{ client: ClientRow; hold: LegalHoldRow }> {
  const found = isUuid(holdId) ? await tx.findOne(LegalHoldRow, { id: holdId }) : null;
  if (found === null) throw refuse('NOT_FOUND');
  const client = await clientForUpdate(tx, found.clientId);
  return { client, hold: await findForUpdate(tx, LegalHoldRow, holdId, expectedVersion) };
}
