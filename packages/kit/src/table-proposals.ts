import { type Approvable, openApproval, settleApproval } from './approvals.js';
import { type ApprovalDecision, refuseApproval } from './approvals.rules.js';
import { type Db, findForUpdate, type Row, type RowClass, type Tx, transact } from './db.js';
import { refuse } from './refusals.js';

/** What the row of a table of rules says of its way into force: who wants it and why, who has decided and why. */
type OnItsWay = {
  status: 'PROPOSED' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED';
  reason: string;
  makerId: string | null;
  checkerId: string | null;
  proposedAt: Date | null;
  decidedAt: Date | null;
  decisionReason: string | null;
};

/** A table that the caller wants, now, for this reason. */
export function wanted(
  tx: Tx,
  reason: string,
): OnItsWay & { status: 'PROPOSED'; makerId: string; proposedAt: Date } {
  if (tx.actor.id === null) throw refuse('UNAUTHENTICATED', { reason: 'NO_TOKEN' });
  return {
    status: 'PROPOSED',
    reason,
    makerId: tx.actor.id,
    checkerId: null,
    proposedAt: tx.now,
    decidedAt: null,
    decisionReason: null,
  };
}

type Kind<R> = Omit<Approvable, 'lapse'> & {
  row: RowClass<R & Row>;
  /** What is open once at a time. */
  subject: (row: R) => string;
  /** The properties that are proposed: what is approved is what they said then. */
  says: readonly (keyof R & string)[];
  /** Looks once more, and does what else the approval does. It may refuse. */
  approve: (tx: Tx, row: R) => unknown;
};

/** Tables of rules of one kind, each proposed by one person and decided by another; its row is kept whatever becomes of it. */
export function tableProposals<R extends Row & OnItsWay>(
  kind: Kind<R>,
): {
  approvable: Approvable;
  /** Proposes what `wanted` has begun. Refuses PROPOSAL_OPEN. */
  propose: (tx: Tx, row: R) => Promise<R>;
  /** Approves, rejects or withdraws. Refuses NOT_FOUND, PROPOSAL_CLOSED and what `settleApproval` refuses. */
  decide: (db: Db, id: string, decision: ApprovalDecision, decisionReason: string) => Promise<R>;
} {
  const { row: rowClass, subject, says, approve, ...about } = kind;
  const said = (row: R) => Object.fromEntries(says.map((property) => [property, row[property]]));
  const move = (tx: Tx, row: R, changes: Partial<OnItsWay>): Promise<R> =>
    // biome-ignore lint/plugin: R has these properties, which TypeScript cannot see of a type that is not known yet.
    tx.update(rowClass, row, changes as Partial<R>);
  const approvable: Approvable = {
    ...about,
    lapse: async (tx, id) =>
      move(tx, await findForUpdate(tx, rowClass, id), { status: 'EXPIRED', decidedAt: tx.now }),
  };
  return {
    approvable,
    propose: async (tx, row) => {
      await openApproval(tx, approvable, { subject: subject(row), targetId: row.id, payload: said(row) });
      return tx.insert(rowClass, row);
    },
    decide: (db, id, decision, decisionReason) =>
      transact(db, async (tx) => {
        const row = await findForUpdate(tx, rowClass, id);
        if (row.status !== 'PROPOSED') throw refuseApproval('PROPOSAL_CLOSED', { status: row.status });
        const { checkerId } = await settleApproval(tx, approvable, decision, {
          targetId: id,
          payload: said(row),
        });
        if (decision === 'APPROVED') await approve(tx, row);
        return move(tx, row, { status: decision, checkerId, decidedAt: tx.now, decisionReason });
      }),
  };
}
