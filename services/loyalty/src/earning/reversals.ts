import type { DataOf, OrderReversed, OrderSettled } from '@client-graph/events';
import { dayOf, type Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { AllocationRow, EarnRuleRow, LedgerEntryRow, type MembershipRow, PointLotRow } from '../entities.js';
import { loadProgramme, lockOwner } from '../membership/membership.js';
import { book, loadAccount, settleDebt } from '../points/ledger.js';
import { takeBack } from '../points/lots.rules.js';
import {
  cut,
  deserved,
  type EarnedPurchase,
  isPurchaseRule,
  type PurchaseBasis,
  type Redeemed,
} from '../points/points.rules.js';
import { restore } from '../points/restoring.rules.js';

/** Takes back what an order has earned, now or when it is told later. */
export async function reverseForOrder(tx: Tx, order: DataOf<typeof OrderReversed>): Promise<void> {
  const membership = await lockOwner(tx, order.clientId, dayOf(tx.now));
  const first = await tx.query(
    'insert into reversed_order values ($1, $2) on conflict do nothing returning 1',
    [order.orderId, order.clientId],
  );
  if (first.length === 0) return;
  // What was redeemed by an order that is undone cuts no purchase that is still to come.
  await tx.query('update early_redemption set open_minor = 0 where order_id = $1', [order.orderId]);
  for (const purchase of await earnedPurchases(tx, `basis ->> 'orderId' = $1`, [order.orderId]))
    await undo(tx, membership, purchase, deserved(purchase));
  await restoreCuts(tx, membership, order.orderId);
}

type CutRow = { id: string; reversalId: string | null; lotId: string; isUndone: boolean };

/** A redemption that is undone was none: what it has cut off purchases comes back, and may be cut by the next redemption. */
async function restoreCuts(tx: Tx, membership: MembershipRow, orderId: string): Promise<void> {
  const cuts = await tx.query<CutRow>(
    `select c.id, c.reversal_id as "reversalId", e.lot_id as "lotId",
            exists (select from reversed_order where order_id::text = e.basis ->> 'orderId') as "isUndone"
     from purchase_cut c join ledger_entry e on e.id = c.entry_id
     where c.order_id = $1 and not c.is_restored order by c.id`,
    [orderId],
  );
  if (cuts.length === 0) return;
  for (const { id, reversalId, lotId, isUndone } of cuts) {
    await tx.query('update purchase_cut set is_restored = true where id = $1', [id]);
    // A purchase that was itself undone has nothing to come back to.
    if (reversalId !== null && !isUndone) await giveBackCut(tx, membership, { reversalId, lotId });
  }
  await settleDebt(tx, membership.id);
  const [redeemed] = await tx.query<{ productId: string }>(
    'select product_id as "productId" from early_redemption where order_id = $1',
    [orderId],
  );
  if (redeemed !== undefined) await cutPurchases(tx, membership, redeemed.productId);
}

async function giveBackCut(
  tx: Tx,
  membership: MembershipRow,
  { reversalId, lotId }: { reversalId: string; lotId: string },
): Promise<void> {
  const open = await loadAccount(tx, membership);
  const entry = await tx.manager.findOneOrFail(LedgerEntryRow, { where: { id: reversalId } });
  const taken = await tx.find(AllocationRow, { where: { entryId: reversalId }, order: { id: 'ASC' } });
  const ids = [lotId, ...taken.map((part) => part.lotId)];
  const known = new Set(open.lots.map((lot) => lot.id));
  const others = await tx.find(PointLotRow, { where: { id: In(ids.filter((id) => !known.has(id))) } });
  const account = { ...open, lots: [...open.lots, ...others] };
  const today = dayOf(tx.now);
  const { graceDays } = await loadProgramme(tx, today);
  await book(
    tx,
    open,
    restore(account, { entry, taken, lotId }, { today, graceDays }, () => tx.newId()),
  );
}

/** Redeeming within the pending days of a purchase cancels the points of what was redeemed (earn rule E1). */
export async function cutForRedemption(tx: Tx, order: DataOf<typeof OrderSettled>): Promise<void> {
  const productId = givenUp(order);
  if (productId === null) return;
  const { orderId, currency, settledOn, amountMinor, units = null } = order;
  const membership = await lockOwner(tx, order.clientId, settledOn);
  const [undone] = await tx.query('select from reversed_order where order_id = $1', [orderId]);
  if (undone !== undefined) return;
  await tx.query(
    `insert into early_redemption (order_id, client_id, product_id, currency, settled_on, open_minor, amount_minor, units)
     values ($1, $2, $3, $4, $5, $6, $6, $7) on conflict do nothing`,
    [orderId, membership.id, productId, currency, settledOn, amountMinor, units],
  );
  await cutPurchases(tx, membership, productId);
}

/** The product whose units an order gives up; null for a purchase, and for a switch of which an older message does not say. */
function givenUp({ side, productId, fromProductId }: DataOf<typeof OrderSettled>): string | null {
  switch (side) {
    case 'BUY':
      return null;
    case 'REDEEM':
      return productId;
    case 'SWITCH':
      return fromProductId ?? null;
    default:
      return side satisfies never;
  }
}

type Open = Redeemed & { orderId: string; currency: string; settledOn: string };

/** Lets the redemptions of a product that have not found their purchases yet cut those that are there. */
export async function cutPurchases(tx: Tx, membership: MembershipRow, productId: string): Promise<void> {
  const redemptions = await tx.query<Open>(
    `select order_id as "orderId", currency, to_char(settled_on, 'YYYY-MM-DD') as "settledOn", open_minor::float8 as "openMinor",
       amount_minor::float8 as "amountMinor", units
     from early_redemption where client_id = $1 and product_id = $2 and open_minor > 0 order by settled_on, order_id`,
    [membership.id, productId],
  );
  for (const { orderId, currency, settledOn, ...redeemed } of redemptions) {
    const purchases = await earnedPurchases(
      tx,
      `l.client_id = $1 and basis ->> 'productId' = $2 and basis ->> 'currency' = $3
       and $4 >= l.earned_on and $4 < l.available_on
       and not exists (select from reversed_order where order_id::text = basis ->> 'orderId')`,
      [membership.id, productId, currency, settledOn],
    );
    const { cuts, left } = cut(purchases, redeemed);
    for (const { purchase, amountMinor, points } of cuts) {
      const reversalId = await undo(tx, membership, purchase, points);
      await tx.query(
        'insert into purchase_cut (id, entry_id, order_id, amount_minor, reversal_id) values ($1, $2, $3, $4, $5)',
        [tx.newId(), purchase.entryId, orderId, amountMinor, reversalId],
      );
    }
    await tx.query('update early_redemption set open_minor = $2 where order_id = $1', [orderId, left]);
  }
}

type Found = EarnedPurchase & {
  entryId: string;
  lotId: string;
  rule: string;
  qualifyingOn: string | null;
};

/** Purchases that have earned, newest first, with what was cut off them. */
async function earnedPurchases(tx: Tx, condition: string, values: unknown[]): Promise<Found[]> {
  type Raw = Omit<Found, 'terms' | 'basis'> & { basis: PurchaseBasis; ruleVersion: number };
  const found = await tx.query<Raw>(
    `select e.id as "entryId", e.lot_id as "lotId", e.rule, e.rule_version as "ruleVersion", e.basis,
            to_char(e.qualifying_on, 'YYYY-MM-DD') as "qualifyingOn",
            (select coalesce(sum(amount_minor), 0) from purchase_cut where entry_id = e.id and not is_restored)::float8 as "cutMinor"
     from ledger_entry e join point_lot l on l.id = e.lot_id
     where e.type = 'EARN' and ${condition} order by l.earned_on desc, e.id desc`,
    values,
  );
  const rules = (await tx.find(EarnRuleRow, {})).filter(isPurchaseRule);
  return found.map(({ ruleVersion, ...purchase }) => {
    const rule = rules.find((row) => row.code === purchase.rule && row.version === ruleVersion);
    if (rule === undefined) throw new Error('The rule of an earning is gone.');
    return { ...purchase, terms: rule.terms };
  });
}

/** Returns the entry that has taken the points back; null when there was nothing to take. */
async function undo(
  tx: Tx,
  membership: MembershipRow,
  purchase: Found,
  points: number,
): Promise<string | null> {
  if (points === 0) return null;
  const today = dayOf(tx.now);
  const account = await loadAccount(tx, membership);
  const [lapsed] = await tx.query<{ points: number }>(
    `select coalesce(-sum(pending + available), 0)::float8 as points from ledger_entry
     where type = 'EXPIRE' and lot_id in (select id from point_lot where id = $1 or origin_lot_id = $1)`,
    [purchase.lotId],
  );
  const lot = await tx.manager.findOneOrFail(PointLotRow, { where: { id: purchase.lotId } });
  const undoing = {
    entryId: purchase.entryId,
    lotId: lot.id,
    rule: purchase.rule,
    points,
    held: Math.max(0, Math.min(points, deserved(purchase) - (lapsed?.points ?? 0))),
    qualifyingOn: purchase.qualifyingOn,
    day: today,
  };
  const { debtRule } = await loadProgramme(tx, today);
  const booking = takeBack(account, undoing, debtRule, () => tx.newId());
  await book(tx, account, booking);
  return booking.entries[0]?.id ?? null;
}
