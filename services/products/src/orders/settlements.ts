import { type Context, type Db, Decimal, type Tx, transact } from '@client-graph/kit';
import { In } from 'typeorm';
import { HoldingRow, OrderRow, ProductRow, SettlementRow } from '../entities.js';
import { releaseCredits } from '../fees/fee-credits.js';
import { atFeesOf } from '../fees/product-fees.rules.js';
import { book, post } from './booking.js';
import { lockWithClient } from './orders.js';
import { isPartlySettled, type ReverseReason, refuse } from './orders.rules.js';
import { reservedUnits } from './redemptions.js';
import {
  giveUpRest as endWithPart,
  type Leg,
  reverse,
  settle,
  settled,
  settlePart as settleOne,
  totalsOf,
} from './settlement.rules.js';

type Settling = {
  requestId: string;
  orderId: string;
  expectedVersion: number;
  nav: Decimal;
  fromNav?: Decimal | null | undefined;
  settledOn: string;
};

/** Settles what is left of an order: the order, the ledger rows and the holdings change in one transaction. */
export const settleOrder = (db: Db, input: Settling): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const settlement = await tx.once('settleOrder', input, SettlementRow, async (id) => {
      const { order, product } = await lockToSettle(tx, input);
      const fromProduct = await fromProductOf(tx, order);
      const { changes, legs, settledOn, ...own } = settle(order, { product, fromProduct }, input, tx.now);
      const row = await bookOwn(tx, order, legs, id);
      const all = isPartlySettled(order) ? await bookedTotals(tx, order) : own;
      const now = await tx.update(OrderRow, order, { ...changes, settlementId: id });
      await tx.record(...settled(now, product, { ...all, settledOn }));
      return row;
    });
    return orderById(tx, settlement.orderId);
  });

/** Settles a part of an order; the rest is still to come. */
export const settlePart = (
  db: Db,
  input: Settling & { amount?: Decimal | null | undefined; units?: Decimal | null | undefined },
): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const settlement = await tx.once('settlePart', input, SettlementRow, async (id) => {
      const { order, product } = await lockToSettle(tx, input);
      const fromProduct = await fromProductOf(tx, order);
      const { changes, legs, events } = settleOne(order, { product, fromProduct }, input, tx.now);
      const row = await bookOwn(tx, order, legs, id);
      await tx.update(OrderRow, order, { ...changes, settlementId: id });
      await tx.record(...events);
      return row;
    });
    return orderById(tx, settlement.orderId);
  });

/** Ends an order with what is settled of it: the rest will not come. */
export const giveUpRest = (db: Db, input: { orderId: string; expectedVersion: number }): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const { order, product } = await lockToSettle(tx, input);
    const { changes } = endWithPart(order);
    const last = await tx.manager.findOneOrFail(SettlementRow, {
      where: { orderId: order.id },
      order: { settledOn: 'DESC', id: 'DESC' },
    });
    const now = await tx.update(OrderRow, order, changes);
    const all = await bookedTotals(tx, order);
    await tx.record(...settled(now, product, { ...all, settledOn: last.settledOn }));
    return now;
  });

const bookedTotals = async (tx: Tx, { id: orderId }: OrderRow) =>
  totalsOf(await tx.find(SettlementRow, { where: { orderId } }));

/** The order, locked after its client, and its product at the fees that the order was placed by. */
export async function lockToSettle(tx: Tx, input: { orderId: string; expectedVersion: number }) {
  const { order, product } = await lockWithClient(tx, input);
  return { order, product: atFeesOf(order, product) };
}

export const orderById = (tx: Tx, id: string): Promise<OrderRow> =>
  tx.manager.findOneOrFail(OrderRow, { where: { id } });

export async function fromProductOf(tx: Tx, order: OrderRow): Promise<ProductRow | null> {
  if (order.fromProductId === null) return null;
  const product = await tx.findOne(ProductRow, { id: order.fromProductId });
  return product && atFeesOf(order, product);
}

/** Books, and answers with the row of the order's own product. */
async function bookOwn(tx: Tx, order: OrderRow, legs: readonly Leg[], id: string): Promise<SettlementRow> {
  const row = (await book(tx, order, legs, id)).at(-1);
  if (row === undefined) throw new Error('An order was settled without a row of the ledger.');
  return row;
}

type ReverseOrder = { requestId: string; orderId: string; expectedVersion: number; reason: ReverseReason };

/** Takes a settlement back that was an error: each row of the ledger gets a row that undoes it. */
export const reverseOrder = (db: Db, input: ReverseOrder): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const undone = await tx.once('reverseOrder', input, SettlementRow, async (id) => {
      // Redemptions are placed under the client's lock: none gives up units that are being taken back.
      const { order, product } = await lockToSettle(tx, input);
      const undoing = await undoingOf(tx, order);
      const { changes, legs, events } = reverse(
        order,
        product,
        undoing.map(({ leg }) => leg),
      );
      for (const leg of legs) await demandFree(tx, order.clientId, leg);
      const postings = legs.flatMap((leg, at) => {
        const found = undoing[at];
        return found === undefined ? [] : [{ ...found, leg }];
      });
      const row = (await post(tx, order, postings, id)).at(-1);
      await tx.update(OrderRow, order, { ...changes, reverseReason: input.reason });
      await tx.record(...events);
      await releaseCredits(tx, order.id);
      if (row === undefined) throw new Error('A settled order without a row of the ledger.');
      return row;
    });
    return orderById(tx, undone.orderId);
  });

/** Every row that an order has booked and that was not undone, each with its holding, locked. */
export async function standingPostings(tx: Tx, order: OrderRow) {
  const booked = await standingRows(tx, order.id);
  const holdings = await tx.manager.find(HoldingRow, {
    where: { id: In(booked.map(({ holdingId }) => holdingId)) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  const byId = new Map(holdings.map((holding) => [holding.id, holding]));
  return booked.map((row) => {
    const holding = byId.get(row.holdingId);
    if (holding === undefined) throw new Error(`The holding ${row.holdingId} is gone.`);
    return {
      id: row.id,
      booking: row.bookingId ?? order.id,
      leg: { ...legOf(row), productId: holding.productId },
      holding,
    };
  });
}

/** What undoes them; what comes in again goes first. */
const undoingOf = async (tx: Tx, order: OrderRow) =>
  (await standingPostings(tx, order))
    .sort((a, b) => a.leg.units.comparedTo(b.leg.units))
    .map(({ id: reversesId, leg, holding }) => ({ leg, holding, reversesId }));

/** Rows of the ledger that no other row undoes. */
async function standingRows(tx: Tx, orderId: string): Promise<SettlementRow[]> {
  const rows = await tx.find(SettlementRow, { where: { orderId }, order: { id: 'ASC' } });
  const undone = new Set(rows.flatMap(({ reversesId }) => reversesId ?? []));
  return rows.filter((row) => row.reversesId === null && !undone.has(row.id));
}

const legOf = ({ units, nav, residual, fee, amount, settledOn }: SettlementRow) => ({
  units,
  nav,
  residual,
  fee,
  amount,
  settledOn,
});

/** Refuses UNITS_GONE when the client has not the units that a leg takes away, apart from those that other orders give up. */
export async function demandFree(
  tx: Tx,
  clientId: string,
  leg: Pick<Leg, 'productId' | 'units'>,
): Promise<void> {
  if (leg.units.greaterThan(0)) return;
  const [held] = await tx.query<{ units: string }>(
    'select sum(units) as units from holding where client_id = $1 and product_id = $2',
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
