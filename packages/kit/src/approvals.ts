import { Column, Entity, PrimaryColumn } from 'typeorm';
import {
  type ApprovalDecision,
  type ApprovalStatus,
  decideProposal,
  type Proposal,
  refuseApproval,
} from './approvals.rules.js';
import type { Actor } from './auth.js';
import { asService, type Db, sortedKeys, type Tx, transact } from './db.js';
import type { Job } from './jobs.js';
import { type Connection, connectionOf, type PageArgs, pageOf } from './paging.js';
import { refuse } from './refusals.js';

/** A proposal that waits for a second person, or how it ended (table in `approval.sql`). Its free text stays with its noun. */
@Entity('approval')
export class ApprovalRow implements Proposal {
  @PrimaryColumn({ type: 'uuid' }) id: string;
  @Column({ type: 'text' }) action: string;
  @Column({ type: 'text' }) subject: string;
  @Column({ type: 'uuid' }) targetId: string;
  @Column({ type: 'uuid', nullable: true }) clientId: string | null;
  @Column({ type: 'text' }) payloadHash: string;
  @Column({ type: 'text' }) status: ApprovalStatus;
  @Column({ type: 'uuid' }) makerId: string;
  @Column({ type: 'uuid', nullable: true }) checkerId: string | null;
  @Column({ type: 'timestamptz' }) proposedAt: Date;
  @Column({ type: 'timestamptz' }) expiresAt: Date;
  @Column({ type: 'timestamptz', nullable: true }) decidedAt: Date | null;
  @Column({ type: 'integer' }) version: number;
}

/** Something that one person proposes and another decides; a service has a table of them. */
export type Approvable = {
  action: string;
  /** The scope that deciding needs; it stands in the schema too. */
  scope: string;
  /** How many days a proposal waits. */
  days: number;
  /** Closes the record of the noun, when nobody has decided in time. */
  lapse: (tx: Tx, targetId: string) => Promise<unknown>;
};

type Ask = {
  /** What would change: at most one proposal of the action is open for it. */
  subject: string;
  /** The record of the noun that holds what is proposed. */
  targetId: string;
  /** All that is proposed; decided is what has the same hash. */
  payload: unknown;
  clientId?: string | null;
};

/** Proposes in the caller's name; nobody proposes for somebody else. Refuses PROPOSAL_OPEN, also to the second of two at once. */
export async function openApproval(tx: Tx, approvable: Approvable, ask: Ask): Promise<ApprovalRow> {
  const { action, days } = approvable;
  const makerId = deciderOf(tx);
  const row: ApprovalRow = {
    id: tx.newId(),
    action,
    subject: ask.subject,
    targetId: ask.targetId,
    clientId: ask.clientId ?? null,
    payloadHash: hashOf(tx, ask.payload),
    status: 'PENDING',
    makerId,
    checkerId: null,
    proposedAt: tx.now,
    expiresAt: new Date(tx.now.getTime() + days * 86_400_000),
    decidedAt: null,
    version: 1,
  };
  if (await insertOpen(tx, row)) return row;
  const open = await tx.manager.findOneOrFail(ApprovalRow, {
    where: { action, subject: ask.subject, status: 'PENDING' },
    lock: { mode: 'pessimistic_write' },
  });
  if (tx.now < open.expiresAt) throw refuseApproval('PROPOSAL_OPEN', { approvalId: open.id });
  await expire(tx, approvable, open);
  if (!(await insertOpen(tx, row))) throw refuseApproval('PROPOSAL_OPEN');
  return row;
}

/** The unique index decides: the second of two at once waits here for the first. */
async function insertOpen(tx: Tx, row: ApprovalRow): Promise<boolean> {
  const inserted = await tx.query(
    `insert into approval (id, action, subject, target_id, client_id, payload_hash, status, maker_id, proposed_at, expires_at, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (subject, action) where status = 'PENDING' do nothing returning 1`,
    [
      ...[row.id, row.action, row.subject, row.targetId, row.clientId, row.payloadHash],
      ...[row.status, row.makerId, row.proposedAt, row.expiresAt, row.version],
    ],
  );
  return inserted.length === 1;
}

/**
 * Decides on a proposal by its noun's record, which the caller has locked. `payload` is what would take effect now, and
 * `adviserIds` are the advisers of the clients it is about. Refuses NOT_FOUND and what `decideProposal` refuses.
 */
export async function settleApproval(
  tx: Tx,
  { action }: Approvable,
  decision: ApprovalDecision,
  about: { targetId: string; payload: unknown; adviserIds?: readonly string[] },
): Promise<ApprovalRow> {
  const approval = await tx.manager.findOne(ApprovalRow, {
    where: { action, targetId: about.targetId },
    lock: { mode: 'pessimistic_write' },
  });
  if (approval === null) throw refuse('NOT_FOUND');
  const staffId = deciderOf(tx);
  const status = decideProposal(
    approval,
    decision,
    { staffId, adviserIds: about.adviserIds ?? [] },
    { now: tx.now, payloadHash: hashOf(tx, about.payload) },
  );
  return tx.update(ApprovalRow, approval, {
    status,
    checkerId: decision === 'WITHDRAWN' ? null : staffId,
    decidedAt: tx.now,
  });
}

const expire = async (tx: Tx, { lapse }: Approvable, approval: ApprovalRow): Promise<void> => {
  await tx.update(ApprovalRow, approval, { status: 'EXPIRED', decidedAt: tx.now });
  await lapse(tx, approval.targetId);
};

const BATCH = 100;

/** Closes every proposal that nobody has decided in time, with the record of its noun. */
export const expireApprovals = (approvables: readonly Approvable[]): Job => ({
  name: 'expire-approvals',
  cron: '*/10 * * * *',
  run: async (db) => {
    let found: number;
    do found = await transact(asService(db), (tx) => expireBatch(tx, approvables));
    while (found === BATCH);
  },
});

async function expireBatch(tx: Tx, approvables: readonly Approvable[]): Promise<number> {
  const late = await tx.query<{ id: string }>(
    `select id from approval where status = 'PENDING' and expires_at <= $1 and action = any($2)
     order by id limit ${BATCH} for update`,
    [tx.now, approvables.map(({ action }) => action)],
  );
  for (const { id } of late) {
    const approval = await tx.manager.findOneByOrFail(ApprovalRow, { id });
    const approvable = approvables.find(({ action }) => action === approval.action);
    if (approvable !== undefined) await expire(tx, approvable, approval);
  }
  return late.length;
}

/** Whether the caller may decide on this proposal by role and person; that nobody checks their own client is seen when deciding. */
export const canDecide = (
  actor: Actor,
  approvables: readonly Approvable[],
  { action, makerId }: Pick<ApprovalRow, 'action' | 'makerId'>,
): boolean =>
  makerId !== actor.id &&
  approvables.some((approvable) => approvable.action === action && actor.scopes.has(approvable.scope));

/** The proposals that wait: those the caller may decide and the caller's own. Oldest first. */
export async function listApprovals(
  db: Db,
  approvables: readonly Approvable[],
  args: PageArgs,
): Promise<Connection<ApprovalRow>> {
  const { first, afterId } = pageOf(args);
  const actions = approvables.filter(({ scope }) => db.actor.scopes.has(scope)).map(({ action }) => action);
  const rows = await db.source
    .getRepository(ApprovalRow)
    .createQueryBuilder('row')
    .where(`row.status = 'PENDING' and row.expires_at > :now`, { now: db.now() })
    .andWhere('(row.action = any(:actions) or row.maker_id = :me)', { actions, me: db.actor.id })
    .andWhere(afterId === null ? 'true' : 'row.id > :afterId', { afterId })
    .orderBy('row.id', 'ASC')
    .take(first + 1)
    .getMany();
  return connectionOf(rows, first);
}

function deciderOf(tx: Tx): string {
  if (tx.actor.id === null) throw refuse('UNAUTHENTICATED', { reason: 'NO_TOKEN' });
  return tx.actor.id;
}

/** The same for the same content, in whatever order its fields come, before and after the database; keyed, so that no reason is guessed by it. */
const hashOf = (tx: Tx, payload: unknown): string => tx.hash('approval', JSON.stringify(payload, sortedKeys));
