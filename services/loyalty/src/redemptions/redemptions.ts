import {
  ClientCopyRow,
  type Db,
  dayOf,
  findForUpdate,
  isUuid,
  ofSeenClients,
  type PageArgs,
  page,
  reachesAll,
  refuse as refuseAny,
  serves,
  type Tx,
  transact,
} from '@client-graph/kit';
import { Between, In } from 'typeorm';
import {
  AllocationRow,
  LedgerEntryRow,
  MembershipRow,
  PointLotRow,
  RedemptionRow,
  type RewardTermsRow,
} from '../entities.js';
import { loadProgramme, loadTiers, lockMembership } from '../membership/membership.js';
import { book, loadAccount, settleDebt } from '../points/ledger.js';
import { giveBack } from '../points/lots.rules.js';
import { lockReward, moveStock, termsInForce } from '../rewards/rewards.js';
import {
  GIVES_BACK,
  move,
  mustOffer,
  mustSpend,
  type RedemptionState,
  type RedemptionStep,
  redeem,
  refuse,
} from './redemptions.rules.js';

type RedeemPoints = {
  requestId: string;
  clientId: string;
  rewardCode: string;
  quantity?: number | undefined;
};

const QUANTITY_MAX = 100;

/** Takes points and stock for a reward, both or neither; the reward is handed over or called off later. */
export const redeemPoints = (db: Db, input: RedeemPoints): Promise<RedemptionRow> =>
  transact(db, async (tx) => {
    const quantity = input.quantity ?? 1;
    if (quantity < 1 || quantity > QUANTITY_MAX)
      throw refuseAny('BAD_INPUT', { field: 'quantity', max: QUANTITY_MAX });
    const client = await reachedClient(tx, input.clientId);
    const today = dayOf(tx.now);
    const membership = await lockMembership(tx, client.id, today);
    return tx.once('redeemPoints', input, RedemptionRow, async (id) => {
      mustSpend(membership, client.status);
      const terms = await offered(tx, {
        membership,
        code: input.rewardCode,
        quantity,
        today,
      });
      if (terms.points === null) throw refuse('FEE_CREDIT_BY_ORDER');
      return reserve(tx, membership, {
        ...requested(tx, id, client.id, today),
        rewardCode: terms.code,
        termsVersion: terms.version,
        quantity,
        points: terms.points * quantity,
      });
    });
  });

/** The client of a command, by the service's own copy. Refuses NOT_FOUND when there is none or the caller does not reach it. */
async function reachedClient(tx: Tx, clientId: string): Promise<ClientCopyRow> {
  const client = isUuid(clientId) ? await tx.findOne(ClientCopyRow, { id: clientId }) : null;
  if (client === null || !serves(tx.actor, client)) throw refuseAny('NOT_FOUND');
  return client;
}

type Asked = { membership: MembershipRow; code: string; quantity: number; today: string };

/** Locks the reward and returns the terms by which this member may have it. */
async function offered(tx: Tx, { membership, code, quantity, today }: Asked): Promise<RewardTermsRow> {
  const reward = await lockReward(tx, code);
  const terms = await termsInForce(tx, code, today);
  mustOffer({
    reward,
    terms,
    quantity,
    hadThisYear: await hadThisYear(tx, membership.id, code, today),
    membership,
    tiers: await loadTiers(tx, today),
    today,
  });
  if (terms === undefined) throw refuse('REWARD_NOT_OFFERED');
  return terms;
}

async function hadThisYear(tx: Tx, clientId: string, rewardCode: string, today: string): Promise<number> {
  const year = today.slice(0, 4);
  const had = await tx.manager.sum(RedemptionRow, 'quantity', {
    clientId,
    rewardCode,
    state: In(['REQUESTED', 'RESERVED', 'FULFILLED'] satisfies RedemptionState[]),
    requestedOn: Between(`${year}-01-01`, `${year}-12-31`),
  });
  return had ?? 0;
}

/** A redemption as it begins; what it is for is for the caller to add. */
export const requested = (tx: Tx, id: string, clientId: string, today: string) => ({
  id,
  clientId,
  state: 'REQUESTED' as const,
  reason: null,
  orderId: null,
  creditId: null,
  feeMinor: null,
  creditMinor: null,
  currency: null,
  requestedBy: tx.actor.id,
  requestedOn: today,
  requestedAt: tx.now,
  version: 1,
});

/** Sets points and stock aside for a request. */
export async function reserve(
  tx: Tx,
  membership: MembershipRow,
  request: Omit<RedemptionRow, 'kind'>,
): Promise<RedemptionRow> {
  const reward = await lockReward(tx, request.rewardCode);
  const redemption: RedemptionRow = { ...request, kind: reward.kind };
  const account = await loadAccount(tx, membership);
  const { id: redemptionId, points, rewardCode, requestedOn: day } = redemption;
  const booking = redeem(account, { redemptionId, reward: rewardCode, points, day }, () => tx.newId());
  const { changes, events } = move(redemption, 'RESERVE', null);
  const reserved = await tx.insert(RedemptionRow, { ...redemption, ...changes });
  await book(tx, account, booking);
  await moveStock(tx, reward, -redemption.quantity, redemption.id);
  await tx.record(...events);
  return reserved;
}

type Step = { redemptionId: string; expectedVersion?: number; reason: string | null };

/** Takes a redemption one step on; where that ends it without the reward, points and stock go back. */
export async function takeRedemptionStep(tx: Tx, step: RedemptionStep, input: Step): Promise<RedemptionRow> {
  const seen = isUuid(input.redemptionId)
    ? await tx.findOne(RedemptionRow, { id: input.redemptionId })
    : null;
  if (seen === null) throw refuseAny('NOT_FOUND');
  const membership = await findForUpdate(tx, MembershipRow, seen.clientId);
  const redemption = await findForUpdate(tx, RedemptionRow, seen.id, input.expectedVersion);
  const { changes, events } = move(redemption, step, input.reason);
  const moved = await tx.update(RedemptionRow, redemption, changes);
  if (GIVES_BACK.has(step)) {
    await returnPoints(tx, membership, redemption);
    await moveStock(tx, await lockReward(tx, redemption.rewardCode), redemption.quantity, redemption.id);
  }
  await tx.record(...events);
  return moved;
}

async function returnPoints(tx: Tx, membership: MembershipRow, redemption: RedemptionRow): Promise<void> {
  const open = await loadAccount(tx, membership);
  const debit = await tx.findOne(LedgerEntryRow, { referenceId: redemption.id, type: 'REDEEM' });
  if (debit === null) return;
  const taken = await tx.find(AllocationRow, { where: { entryId: debit.id }, order: { id: 'ASC' } });
  const from = await tx.find(PointLotRow, { where: { id: In(taken.map((part) => part.lotId)) } });
  const known = new Set(open.lots.map((lot) => lot.id));
  const account = { ...open, lots: [...open.lots, ...from.filter((lot) => !known.has(lot.id))] };
  const today = dayOf(tx.now);
  const { graceDays } = await loadProgramme(tx, today);
  const back = { redemptionId: redemption.id, reward: redemption.rewardCode, taken, today, graceDays };
  await book(
    tx,
    account,
    giveBack(account, back, () => tx.newId()),
  );
  await settleDebt(tx, redemption.clientId);
}

/** Refuses NOT_FOUND for a client whom the caller does not reach, by the service's own copy, which alone knows of a restriction. */
async function mustReach(tx: Tx, clientId: string): Promise<void> {
  const client = await tx.findOne(ClientCopyRow, { id: clientId });
  const isReached = client === null ? reachesAll(tx.actor) : serves(tx.actor, client);
  if (!isReached) throw refuseAny('NOT_FOUND');
}

type MoveRedemption = { redemptionId: string; expectedVersion: number; reason?: string | null };

/** A step that somebody commands. Refuses NOT_FOUND for a redemption of a client whom the caller does not reach. */
export const commandStep = (db: Db, step: RedemptionStep, input: MoveRedemption): Promise<RedemptionRow> =>
  transact(db, async (tx) => {
    const redemption = isUuid(input.redemptionId)
      ? await tx.findOne(RedemptionRow, { id: input.redemptionId })
      : null;
    if (redemption === null) throw refuseAny('NOT_FOUND');
    await mustReach(tx, redemption.clientId);
    // Its other half is at the order: products says what becomes of the credit.
    if (redemption.kind === 'FEE_CREDIT') throw refuse('FEE_CREDIT_BY_ORDER');
    return takeRedemptionStep(tx, step, { ...input, reason: input.reason ?? null });
  });

export const listRedemptions = (db: Db, args: PageArgs & { state?: RedemptionState | null | undefined }) =>
  page(
    db,
    RedemptionRow,
    args,
    {
      ...(args.state === null || args.state === undefined ? {} : { state: args.state }),
      ...ofSeenClients(db.actor),
    },
    'OLDEST_FIRST',
  );
