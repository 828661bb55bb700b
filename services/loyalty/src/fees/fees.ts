import type { DataOf, FeeCreditBooked, FeeCreditReleased } from '@client-graph/events';
import { ClientCopyRow, dayOf, type Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { type MembershipRow, RedemptionRow } from '../entities.js';
import { loadProgramme, loadTiers, lockOwner, ownerOf } from '../membership/membership.js';
import { loadAccount } from '../points/ledger.js';
import { balanceOf } from '../points/lots.rules.js';
import { requested, reserve, takeRedemptionStep } from '../redemptions/redemptions.js';
import {
  move,
  mustOffer,
  mustSpend,
  type RedemptionState,
  type RedemptionStep,
  refuse,
} from '../redemptions/redemptions.rules.js';
import { lockReward, termsInForce } from '../rewards/rewards.js';
import {
  type CreditRequest,
  creditPoints,
  declined,
  FEE_CREDIT,
  granted,
  objectionTo,
} from './fees.rules.js';

/**
 * Products asks for points against a fee: they are set aside, or the answer is no. Either answer leaves in the outbox of the
 * same transaction, so a side that dies anywhere finds its books right and goes on. Asked again it has been answered.
 */
export async function answerFeeCredit(tx: Tx, request: CreditRequest): Promise<void> {
  const client = await tx.findOne(ClientCopyRow, { id: await ownerOf(tx, request.clientId) });
  if (client === null) return tx.record(declined(request, 'CLIENT_UNKNOWN'));
  const today = dayOf(tx.now);
  const membership = await lockOwner(tx, client.id, today);
  if ((await tx.findOne(RedemptionRow, { creditId: request.creditId })) !== null) return;

  const programme = await loadProgramme(tx, today);
  const terms = await termsInForce(tx, FEE_CREDIT, today);
  const redemption = {
    ...requested(tx, tx.newId(), client.id, today),
    rewardCode: FEE_CREDIT,
    termsVersion: terms?.version ?? null,
    quantity: 1,
    points: Math.max(1, creditPoints(request, programme)),
    orderId: request.orderId,
    creditId: request.creditId,
    feeMinor: request.feeMinor,
    creditMinor: request.amountMinor,
    currency: request.currency,
  };
  const objection = await objectionIn(tx, request, membership, client.status);
  if (objection === null) {
    const reserved = await reserve(tx, membership, redemption);
    return tx.record(granted(request, reserved));
  }
  const { changes, events } = move({ ...redemption, kind: FEE_CREDIT_KIND }, 'FAIL', objection);
  await tx.insert(RedemptionRow, { ...redemption, kind: FEE_CREDIT_KIND, ...changes });
  await tx.record(...events, declined(request, objection));
}

const FEE_CREDIT_KIND = 'FEE_CREDIT';

async function objectionIn(
  tx: Tx,
  request: CreditRequest,
  membership: MembershipRow,
  clientStatus: string,
): Promise<string | null> {
  const released = await tx.query('select from released_credit where credit_id = $1', [request.creditId]);
  if (released.length > 0) return 'RELEASED';
  const today = dayOf(tx.now);
  const reward = await lockReward(tx, FEE_CREDIT);
  const terms = await termsInForce(tx, FEE_CREDIT, today);
  const tiers = await loadTiers(tx, today);
  const account = await loadAccount(tx, membership);
  return objectionTo(request, {
    programme: await loadProgramme(tx, today),
    creditedMinor: await creditedOn(tx, request.orderId),
    balance: balanceOf(account.lots),
    mustHave: () => {
      mustSpend(membership, clientStatus);
      mustOffer({ reward, terms, quantity: 1, hadThisYear: 0, membership, tiers, today });
    },
  });
}

async function creditedOn(tx: Tx, orderId: string): Promise<number> {
  const standing = await tx.find(RedemptionRow, { where: { orderId, state: In(['RESERVED', 'FULFILLED']) } });
  return standing.reduce((sum, redemption) => sum + (redemption.creditMinor ?? 0), 0);
}

/** Products has taken the credit off the fee: the points are spent. Refuses WRONG_STATE for a credit that is not set aside. */
export async function fulfilFeeCredit(tx: Tx, { creditId }: DataOf<typeof FeeCreditBooked>): Promise<void> {
  const redemption = await tx.findOne(RedemptionRow, { creditId });
  if (redemption === null) throw refuse('WRONG_STATE', { creditId });
  if (redemption.state === 'FULFILLED') return;
  await takeRedemptionStep(tx, 'FULFIL', { redemptionId: redemption.id, reason: null });
}

/** Products lets the credit go, booked or not: what was taken goes back; where nothing was, nothing will be. */
export async function releaseFeeCredit(
  tx: Tx,
  { clientId, creditId, reason }: DataOf<typeof FeeCreditReleased>,
): Promise<void> {
  await lockOwner(tx, clientId, dayOf(tx.now));
  await tx.query('insert into released_credit values ($1) on conflict do nothing', [creditId]);
  const redemption = await tx.findOne(RedemptionRow, { creditId });
  const step = redemption === null ? undefined : RELEASE[redemption.state];
  if (redemption !== null && step !== undefined)
    await takeRedemptionStep(tx, step, { redemptionId: redemption.id, reason });
}

const RELEASE: Partial<Record<RedemptionState, RedemptionStep>> = {
  RESERVED: 'CANCEL',
  FULFILLED: 'REVERSE',
};
