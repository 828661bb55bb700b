import {
  type Approvable,
  type ApprovalDecision,
  type Connection,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  openApproval,
  type PageArgs,
  page,
  refuse,
  refuseApproval,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { staffOf } from '../actors.js';
import type { ClientRow } from '../clients.entities.js';
import { clientForUpdate } from '../clients.js';
import type {
  DecideGradeOverrideInput,
  EndGradeOverrideInput,
  ProposeGradeOverrideInput,
} from '../generated/resolvers.js';
import { regrade } from '../grading.js';
import { line } from '../profiles.rules.js';
import { GradeOverrideRow } from './overrides.entities.js';
import { inForce, mustStillCome, propose } from './overrides.rules.js';

/** A grade against the rules: one proposal at a time per client. */
export const GRADE_OVERRIDE: Approvable = {
  action: 'GRADE_OVERRIDE',
  scope: 'grades:approve',
  days: 14,
  lapse: (tx, id) => tx.manager.update(GradeOverrideRow, id, { status: 'EXPIRED', decidedAt: tx.now }),
};

const payloadOf = ({ clientId, grade, until, reason }: GradeOverrideRow) => ({
  clientId,
  grade,
  until,
  reason,
});

/** Proposes a grade against the rules; another person decides. */
export const proposeGradeOverride = (db: Db, input: ProposeGradeOverrideInput): Promise<GradeOverrideRow> =>
  transact(db, (tx) =>
    tx.once('proposeGradeOverride', input, GradeOverrideRow, async (id) => {
      const client = await clientForUpdate(tx, input.clientId);
      propose(client, input, dayOf(tx.now));
      const override: GradeOverrideRow = {
        id,
        clientId: client.id,
        grade: input.grade,
        reason: line(input.reason, 'reason', 500),
        until: input.until,
        status: 'PROPOSED',
        makerId: staffOf(tx),
        checkerId: null,
        proposedAt: tx.now,
        decidedAt: null,
        decisionReason: null,
        version: 1,
      };
      await openApproval(tx, GRADE_OVERRIDE, {
        subject: client.id,
        targetId: id,
        payload: payloadOf(override),
        clientId: client.id,
      });
      return tx.insert(GradeOverrideRow, override);
    }),
  );

/** Approves a proposal, and the client has the grade at once; rejects it; or takes it back. */
export const decideGradeOverride = (
  db: Db,
  input: DecideGradeOverrideInput,
  status: ApprovalDecision,
): Promise<GradeOverrideRow> =>
  transact(db, async (tx) => {
    const { client, override } = await lock(tx, input.overrideId, input.expectedVersion);
    if (override.status !== 'PROPOSED') throw refuseApproval('PROPOSAL_CLOSED', { status: override.status });
    const { checkerId } = await settleApproval(tx, GRADE_OVERRIDE, status, {
      targetId: override.id,
      payload: payloadOf(override),
      adviserIds: [client.adviserId],
    });
    if (status === 'APPROVED') mustStillCome(override, dayOf(tx.now));
    const decisionReason = line(input.reason, 'reason', 500);
    const decided = await tx.update(GradeOverrideRow, override, {
      status,
      checkerId,
      decidedAt: tx.now,
      decisionReason,
    });
    if (status === 'APPROVED') await regrade(tx, client, { gradeOverrideId: override.id });
    return decided;
  });

/** Ends an override before its day; the rules decide again at once. */
export const endGradeOverride = (db: Db, input: EndGradeOverrideInput): Promise<GradeOverrideRow> =>
  transact(db, async (tx) => {
    const { client, override } = await lock(tx, input.overrideId, input.expectedVersion);
    if (inForce(override, dayOf(tx.now)) === null)
      throw refuseApproval('PROPOSAL_CLOSED', { status: override.status });
    const ended = await tx.update(GradeOverrideRow, override, { status: 'ENDED' });
    await regrade(tx, client);
    return ended;
  });

/** Locks the client and then its override, the order of everyone. */
async function lock(
  tx: Tx,
  overrideId: string,
  expectedVersion: number,
): Promise<{ client: ClientRow; override: GradeOverrideRow }> {
  const found = isUuid(overrideId) ? await tx.findOne(GradeOverrideRow, { id: overrideId }) : null;
  if (found === null) throw refuse('NOT_FOUND');
  const client = await clientForUpdate(tx, found.clientId);
  return { client, override: await findForUpdate(tx, GradeOverrideRow, overrideId, expectedVersion) };
}

/** The proposals that wait for a second person. */
export const listOverrideProposals = (db: Db, args: PageArgs): Promise<Connection<GradeOverrideRow>> =>
  page(db, GradeOverrideRow, args, { status: 'PROPOSED' }, 'OLDEST_FIRST');
