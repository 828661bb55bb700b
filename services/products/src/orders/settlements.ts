import { type Context, type Db, Decimal, type Tx, transact } from '@client-graph/kit';
import { IsNull } from 'typeorm';
import { OrderRow, ProductRow, SettlementRow } from '../entities.js';
import { releaseCredits } from '../fees/fee-credits.js';
import { moveUnits } from '../holdings/holdings.js';
import { lockClient } from '../suitability/suitability.js';
import { lockOrder, reachableOrder } from './orders.js';
import { type ReverseReason, refuse } from './orders.rules.js';
import { reservedUnits } from './redemptions.js';
import { type Leg, reverse, settle } from './settlement.rules.js';

type SettleOrder = {
  requestId: string;
  orderId: string;
  expectedVersion: number;
  nav: Decimal;
  fromNav?: Decimal | null | undefined;
  settledOn: string;
};

/** Settles an order: the order, the ledger rows and the holdings change in one transaction. */
export const settleOrder = (db: Db, input: SettleOrder): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const settlement = await tx.once('settleOrder', input, SettlementRow, async (id) => {
      const { order, product } = await lockOrder(tx, input);
      const fromProduct = await fromProductOf(tx, order);
      const { changes, legs, events } = settle(order, { product, fromProduct }, input, tx.now);
      const [row] = await book(tx, order, legs, { id, reverses: [] });
      await tx.update(OrderRow, order, { ...changes, settlementId: id });
      await tx.record(...events);
      if (row === undefined) throw new Error('An order was settled without a row of the ledger.');
      return row;
    });
    return tx.manager.findOneOrFail(OrderRow, { where: { id: settlement.orderId } });
  });

const fromProductOf = (tx: Tx, { fromProductId }: OrderRow): Promise<ProductRow | null> =>
  fromProductId === null ? Promise.resolve(null) : tx.findOne(ProductRow, { id: fromProductId });

/**
 * Books legs and moves the units of their holdings; the last leg, which is of the order's own product, gets the id and comes
 * first in the answer. `reverses` are the rows that the legs undo, in the same order.
 */
async function book(
  tx: Tx,
  order: OrderRow,
  legs: readonly Leg[],
  { id, reverses }: { id: string; reverses: readonly string[] },
): Promise<SettlementRow[]> {
  const rows: SettlementRow[] = [];
  for (const [at, { productId, ...leg }] of legs.entries()) {
    const { rating } = await tx.manager.findOneOrFail(ProductRow, { where: { id: productId } });
    const holdingId = await moveUnits(tx, { ...order, productId }, leg, rating);
    const isOwn = at === legs.length - 1;
    const row = await tx.insert(SettlementRow, {
      id: isOwn ? id : tx.newId(),
      orderId: order.id,
      holdingId,
      ...leg,
      reversesId: reverses[at] ?? null,
      currency: order.currency,
      bookedAt: tx.now,
    });
    rows.unshift(row);
  }
  return rows;
}

type ReverseOrder = { requestId: string; orderId: string; expectedVersion: number; reason: ReverseReason };

/** Takes a settlement back that was an error: each row of the ledger gets a row that undoes it. */
export const reverseOrder = (db: Db, input: ReverseOrder): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const undone = await tx.once('reverseOrder', input, SettlementRow, async (id) => {
      const seen = await reachableOrder(tx, input.orderId);
      // Redemptions are placed under the client's lock: none gives up units that are being taken back.
      await lockClient(tx, seen.clientId);
      const { order, product } = await lockOrder(tx, input);
      const booked = await tx.find(SettlementRow, {
        where: { orderId: order.id, reversesId: IsNull() },
        order: { id: 'ASC' },
      });
      const ordered = [...booked].sort(
        (a, b) => Number(a.id === order.settlementId) - Number(b.id === order.settlementId),
      );
      const products = await productsOf(tx, ordered);
      const legs = ordered.map((row, at): Leg => ({ ...legOf(row), productId: products[at] ?? product.id }));
      const { changes, legs: undoing, events } = reverse(order, product, legs);
      for (const leg of undoing) await demandFree(tx, order.clientId, leg);
      const [row] = await book(tx, order, undoing, { id, reverses: ordered.map((one) => one.id) });
      await tx.update(OrderRow, order, { ...changes, reverseReason: input.reason });
      await tx.record(...events);
      await releaseCredits(tx, order.id);
      if (row === undefined) throw new Error('A settled order without a row of the ledger.');
      return row;
    });
    return tx.manager.findOneOrFail(OrderRow, { where: { id: undone.orderId } });
  });

const legOf = ({ units, nav, residual, fee, amount, settledOn }: SettlementRow) => ({
  units,
  nav,
  residual,
  fee,
  amount,
  settledOn,
});

async function productsOf(tx: Tx, rows: readonly SettlementRow[]): Promise<string[]> {
  const found = await tx.query<{ id: string; productId: string }>(
    'select id, product_id as "productId" from holding where id = any ($1)',
    [rows.map((row) => row.holdingId)],
  );
  const byHolding = new Map(found.map((row) => [row.id, row.productId]));
  return rows.flatMap((row) => byHolding.get(row.holdingId) ?? []);
}

/** Refuses UNITS_GONE when the holding has not the units that a leg takes away, apart from those other orders give up. */
async function demandFree(tx: Tx, clientId: string, leg: Leg): Promise<void> {
  if (leg.units.greaterThan(0)) return;
  const [held] = await tx.query<{ units: string }>(
    'select units from holding where client_id = $1 and product_id = $2 for update',
    [clientId, leg.productId],
  );
  const reserved = await reservedUnits(tx, clientId, leg.productId);
  if (
    leg.units
      .plus(held?.units ?? 0)
      .minus(reserved)
      .lessThan(0)
  )
    throw refuse('UNITS_GONE');
}

/** Every row that an order has booked, oldest first; the ledgers of many orders cost one statement. */
export const settlementsOf = (ctx: Context, order: OrderRow): Promise<SettlementRow[]> =>
  ctx.loadList(SettlementRow, 'orderId', order.id);

/** What the order has cost in fees; nothing once it was reversed. */
export const feeOf = async (ctx: Context, order: OrderRow): Promise<Decimal> =>
  (await settlementsOf(ctx, order)).reduce((sum, row) => sum.plus(row.fee), new Decimal(0));
