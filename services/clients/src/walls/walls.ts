import {
  type Approvable,
  type ApprovalDecision,
  type Connection,
  type Db,
  findForUpdate,
  isUuid,
  openApproval,
  type PageArgs,
  page,
  refuse,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In } from 'typeorm';
import { staffOf } from '../actors.js';
import type { DecideWallInput, LiftWallInput, RaiseWallInput } from '../generated/resolvers.js';
import { line } from '../profiles.rules.js';
import { lockReach, refreshReach } from './reach.js';
import { EthicalWallRow } from './walls.entities.js';
import { moveWall, refuseWall, type WallStatus } from './walls.rules.js';

/** A wall between two members of staff, that waits for a second person. */
export const WALL: Approvable = {
  action: 'WALL',
  scope: 'walls:manage',
  days: 14,
  lapse: async (tx, id) => {
    const wall = await findForUpdate(tx, EthicalWallRow, id);
    await tx.update(EthicalWallRow, wall, { status: moveWall(wall.status, 'EXPIRE') });
  },
};

/** Lifting a wall; one that nobody lifts stands. */
export const WALL_LIFT: Approvable = {
  action: 'WALL_LIFT',
  scope: 'walls:manage',
  days: 14,
  lapse: async (tx, liftId) => {
    const wall = await tx.findOne(EthicalWallRow, { liftId });
    if (wall !== null) await keep(tx, wall, null);
  },
};

const payloadOf = ({ oneId, otherId, caseReference, reason }: EthicalWallRow) => ({
  oneId,
  otherId,
  caseReference,
  reason,
});
const liftOf = ({ id, liftReason }: EthicalWallRow) => ({ wallId: id, liftReason });

/** Proposes a wall between two members of staff. */
export const raiseWall = (db: Db, input: RaiseWallInput): Promise<EthicalWallRow> =>
  transact(db, (tx) =>
    tx.once('raiseWall', input, EthicalWallRow, async (id) => {
      const [oneId, otherId] = pairOf(input);
      await lockReach(tx);
      const before = { oneId, otherId, status: In<WallStatus>(['PROPOSED', 'IN_FORCE']) };
      if ((await tx.findOne(EthicalWallRow, before)) !== null) throw refuseWall('WALL_STANDS');
      const wall: EthicalWallRow = {
        id,
        oneId,
        otherId,
        caseReference: line(input.caseReference, 'caseReference', 100),
        reason: line(input.reason, 'reason', 500),
        status: 'PROPOSED',
        raisedBy: staffOf(tx),
        raisedAt: tx.now,
        liftId: null,
        liftReason: null,
        liftedAt: null,
        decisionReason: null,
        version: 1,
      };
      await openApproval(tx, WALL, {
        subject: `${oneId} ${otherId}`,
        targetId: id,
        payload: payloadOf(wall),
      });
      return tx.insert(EthicalWallRow, wall);
    }),
  );

/** The two in one order, so that there is one wall between them whichever is named first. */
function pairOf({ oneId, otherId }: RaiseWallInput): [string, string] {
  for (const [field, id] of Object.entries({ oneId, otherId }))
    if (!isUuid(id)) throw refuse('BAD_INPUT', { field, expected: 'UUID' });
  const [first, second] = [oneId.toLowerCase(), otherId.toLowerCase()];
  if (first === second) throw refuse('BAD_INPUT', { field: 'otherId', expected: 'somebody else' });
  return first < second ? [first, second] : [second, first];
}

/** Proposes to lift a wall; it stands until another person agrees. */
export const liftWall = (db: Db, input: LiftWallInput): Promise<EthicalWallRow> =>
  transact(db, async (tx) => {
    const wall = await findForUpdate(tx, EthicalWallRow, input.wallId, input.expectedVersion);
    moveWall(wall.status, 'PROPOSE_LIFT');
    const liftId = tx.newId();
    const asked = await tx.update(EthicalWallRow, wall, {
      liftId,
      liftReason: line(input.reason, 'reason', 500),
    });
    await openApproval(tx, WALL_LIFT, { subject: wall.id, targetId: liftId, payload: liftOf(asked) });
    return asked;
  });

/** Decides on what is proposed about a wall: to raise it or, once it stands, to lift it. Neither of the two decides. */
export const decideWall = (
  db: Db,
  input: DecideWallInput,
  decision: ApprovalDecision,
): Promise<EthicalWallRow> =>
  transact(db, async (tx) => {
    await lockReach(tx);
    const wall = await findForUpdate(tx, EthicalWallRow, input.wallId, input.expectedVersion);
    const decisionReason = line(input.reason, 'reason', 500);
    const adviserIds = [wall.oneId, wall.otherId];
    if (wall.status === 'PROPOSED') {
      await settleApproval(tx, WALL, decision, { targetId: wall.id, payload: payloadOf(wall), adviserIds });
      const status = moveWall(wall.status, ACTIONS[decision]);
      return moved(tx, wall, { status, decisionReason });
    }
    if (wall.status !== 'IN_FORCE' || wall.liftId === null)
      throw refuseWall('WALL_STATE', { status: wall.status });
    await settleApproval(tx, WALL_LIFT, decision, {
      targetId: wall.liftId,
      payload: liftOf(wall),
      adviserIds,
    });
    if (decision !== 'APPROVED') return keep(tx, wall, decisionReason);
    const status = moveWall(wall.status, 'APPROVE_LIFT');
    return moved(tx, wall, { status, decisionReason, liftedAt: tx.now });
  });

const ACTIONS = { APPROVED: 'APPROVE', REJECTED: 'REJECT', WITHDRAWN: 'WITHDRAW' } as const;

/** Writes how the wall now stands, and who reaches the clients of the two from here on. */
async function moved(
  tx: Tx,
  wall: EthicalWallRow,
  changes: Pick<EthicalWallRow, 'status' | 'decisionReason'> & { liftedAt?: Date },
): Promise<EthicalWallRow> {
  const changed = await tx.update(EthicalWallRow, wall, changes);
  const clients = await tx.query<{ id: string }>(
    'select id from client where adviser_id in ($1, $2) order by id',
    [wall.oneId, wall.otherId],
  );
  await refreshReach(
    tx,
    clients.map(({ id }) => id),
  );
  return changed;
}

const keep = (tx: Tx, wall: EthicalWallRow, decisionReason: string | null) =>
  tx.update(EthicalWallRow, wall, {
    status: moveWall(wall.status, 'KEEP'),
    liftId: null,
    liftReason: null,
    decisionReason,
  });

/** The walls, newest first. */
export const listWalls = (db: Db, args: PageArgs): Promise<Connection<EthicalWallRow>> =>
  page(db, EthicalWallRow, args);

/** Refuses WALLED where a wall stands between two members of staff. The caller has locked the reach. */
export async function mustNotCrossWall(tx: Tx, one: string, other: string): Promise<void> {
  const [oneId, otherId] = one < other ? [one, other] : [other, one];
  if ((await tx.findOne(EthicalWallRow, { oneId, otherId, status: 'IN_FORCE' })) !== null)
    throw refuseWall('WALLED');
}
