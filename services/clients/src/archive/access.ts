import { ArchiveAccessGranted } from '@client-graph/events';
import {
  type Approvable,
  type ApprovalDecision,
  asService,
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
import { staffOf } from '../actors.js';
import type { ClientRow } from '../clients.entities.js';
import { clientForUpdate } from '../clients.js';
import type {
  ArchiveAccessInput,
  DecideArchiveAccessInput,
  RequestArchiveAccessInput,
} from '../generated/resolvers.js';
import { line } from '../profiles.rules.js';
import {
  type AccessStatus,
  isOver,
  itemsAsked,
  moveAccess,
  openWindow,
  refuseAccess,
  returnAccess,
} from './access.rules.js';
import { ArchiveAccessRow } from './archive.entities.js';
import { itemsOf } from './file.js';

/** Access to named items of a file; who asks and who allows are two people. */
export const ARCHIVE_ACCESS: Approvable = {
  action: 'ARCHIVE_ACCESS',
  scope: 'archive:approve',
  days: 7,
  lapse: async (tx, id) => expire(tx, await findForUpdate(tx, ArchiveAccessRow, id)),
};

const payloadOf = ({ clientId, itemIds, purpose, reason, hours, requesterId }: ArchiveAccessRow) => ({
  clientId,
  itemIds,
  purpose,
  reason,
  hours,
  requesterId,
});

/** Asks to see named items of a client's file for a purpose. */
export const requestArchiveAccess = (db: Db, input: RequestArchiveAccessInput): Promise<ArchiveAccessRow> =>
  transact(db, (tx) =>
    tx.once('requestArchiveAccess', input, ArchiveAccessRow, async (id) => {
      const client = await clientForUpdate(tx, input.clientId);
      const itemIds = itemsAsked(input.itemIds, input.hours);
      const found = itemIds.every(isUuid) ? await itemsOf(tx, client.id, itemIds) : [];
      if (found.length !== itemIds.length) throw refuseAccess('ITEMS_NEEDED', { known: found.length });
      const access: ArchiveAccessRow = {
        id,
        clientId: client.id,
        itemIds,
        purpose: input.purpose,
        reason: line(input.reason, 'reason', 500),
        hours: input.hours,
        status: 'REQUESTED',
        requesterId: staffOf(tx),
        requesterRole: tx.actor.roles[0] ?? 'NONE',
        approverId: null,
        requestedAt: tx.now,
        decidedAt: null,
        decisionReason: null,
        openedAt: null,
        closesAt: null,
        endedAt: null,
        version: 1,
      };
      await openApproval(tx, ARCHIVE_ACCESS, {
        subject: id,
        targetId: id,
        payload: payloadOf(access),
        clientId: client.id,
      });
      return tx.insert(ArchiveAccessRow, access);
    }),
  );

const ACTIONS = { APPROVED: 'APPROVE', REJECTED: 'REJECT', WITHDRAWN: 'WITHDRAW' } as const;

/** Allows or refuses an access, by another person than who has asked; or takes the request back. */
export const decideArchiveAccess = (
  db: Db,
  input: DecideArchiveAccessInput,
  decision: ApprovalDecision,
): Promise<ArchiveAccessRow> =>
  transact(db, async (tx) => {
    const { client, access } = await lock(tx, input);
    const { checkerId } = await settleApproval(tx, ARCHIVE_ACCESS, decision, {
      targetId: access.id,
      payload: payloadOf(access),
      adviserIds: [client.adviserId],
    });
    const decided = await tx.update(ArchiveAccessRow, access, {
      status: moveAccess(access.status, ACTIONS[decision]),
      approverId: checkerId,
      decidedAt: tx.now,
      decisionReason: line(input.reason, 'reason', 500),
    });
    if (decision === 'APPROVED') {
      const items = await itemsOf(tx, access.clientId, access.itemIds);
      await tx.record(
        ArchiveAccessGranted({
          clientId: access.clientId,
          requestId: access.id,
          itemClasses: [...new Set(items.map(({ itemClass }) => itemClass))],
          role: access.requesterRole,
        }),
      );
    }
    return decided;
  });

/** Begins the window of an access that was allowed. */
export const openArchiveAccess = (db: Db, input: ArchiveAccessInput): Promise<ArchiveAccessRow> =>
  transact(db, async (tx) => {
    const { access } = await lock(tx, input);
    const { status, closesAt } = openWindow(access, staffOf(tx), tx.now);
    return tx.update(ArchiveAccessRow, access, { status, closesAt, openedAt: tx.now });
  });

/** Gives a file back before its time. */
export const returnArchiveAccess = (db: Db, input: ArchiveAccessInput): Promise<ArchiveAccessRow> =>
  transact(db, async (tx) => {
    const { access } = await lock(tx, input);
    const status = returnAccess(access, staffOf(tx));
    return tx.update(ArchiveAccessRow, access, { status, endedAt: tx.now });
  });

const expire = (tx: Tx, access: ArchiveAccessRow) =>
  tx.update(ArchiveAccessRow, access, { status: moveAccess(access.status, 'EXPIRE'), endedAt: tx.now });

const BATCH = 100;

/** Ends every window that is over, and every approval that nobody has used. */
export async function expireArchiveAccess(db: Db): Promise<void> {
  let found: number;
  do {
    found = await transact(asService(db), async (tx) => {
      const ids = await tx.query<{ id: string }>(
        `select id from archive_access
         where (status = 'OPEN' and closes_at <= $1) or (status = 'APPROVED' and decided_at <= $1::timestamptz - interval '72 hours')
         order by id limit ${BATCH} for update`,
        [tx.now],
      );
      for (const { id } of ids) {
        const access = await findForUpdate(tx, ArchiveAccessRow, id);
        if (isOver(access, tx.now)) await expire(tx, access);
      }
      return ids.length;
    });
  } while (found === BATCH);
}

/** Locks the client, which the caller must reach, and then the access. */
async function lock(
  tx: Tx,
  { accessId, expectedVersion }: ArchiveAccessInput,
): Promise<{ client: ClientRow; access: ArchiveAccessRow }> {
  const found = isUuid(accessId) ? await tx.findOne(ArchiveAccessRow, { id: accessId }) : null;
  if (found === null) throw refuse('NOT_FOUND');
  const client = await clientForUpdate(tx, found.clientId);
  return { client, access: await findForUpdate(tx, ArchiveAccessRow, accessId, expectedVersion) };
}

/** Accesses, newest first: those who may allow or watch see all, others their own. */
export const listArchiveAccesses = (
  db: Db,
  args: PageArgs & { status?: AccessStatus | null | undefined },
): Promise<Connection<ArchiveAccessRow>> =>
  page(db, ArchiveAccessRow, args, {
    ...(args.status ? { status: args.status } : {}),
    ...(seesAll(db) ? {} : { requesterId: db.actor.id ?? '' }),
  });

/** Whether the caller may look at the accesses of others. */
export const seesAll = ({ actor }: Db): boolean =>
  actor.scopes.has('archive:approve') || actor.scopes.has('inspections:manage');
