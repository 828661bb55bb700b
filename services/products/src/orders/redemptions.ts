import {
  type Db,
  Decimal,
  dayOf,
  type Refusal,
  refuse as refuseInput,
  type Tx,
  transact,
} from '@client-graph/kit';
import { OrderRow, type ProductRow } from '../entities.js';
import { feesOn } from '../fees/product-fees.js';
import { heldOf } from '../holdings/holdings.js';
import { decideFor, lockClient, lockProduct } from '../suitability/suitability.js';
import { orderOf, submit } from './orders.js';
import { objection, submitted } from './orders.rules.js';
import { givingUp, refuse } from './redemptions.rules.js';

type Redeem = {
  requestId: string;
  clientId: string;
  productId: string;
  units?: Decimal | null | undefined;
};

/** Places the redemption of some units, or of all that are free. What suits is not asked: taking out is always allowed. */
export const redeem = (db: Db, input: Redeem): Promise<OrderRow> =>
  transact(db, async (tx) => {
    const client = await lockClient(tx, input.clientId);
    return tx.once('redeem', input, OrderRow, async (id) => {
      const product = await lockProduct(tx, input.productId);
      return placeRedemption(tx, id, client, { product, units: input.units ?? null });
    });
  });

/** Stores and tells the redemption of these units, or of all that are free. The client is locked. */
export async function placeRedemption(
  tx: Tx,
  id: string,
  client: { id: string; status: string },
  ask: { product: ProductRow; units: Decimal | null },
): Promise<OrderRow> {
  const { product } = ask;
  const { units, amount } = await unitsToGiveUp(tx, client, product.id, ask.units);
  const { purchaseFeePct, redemptionFeePct } = await feesOn(tx, product, dayOf(tx.now));
  const fees = { purchaseFeePct, redemptionFeePct };
  const order = await tx.insert(OrderRow, {
    id,
    clientId: client.id,
    productId: product.id,
    decisionId: null,
    side: 'REDEEM',
    amount,
    currency: product.currency,
    units,
    fromProductId: null,
    state: 'SUBMITTED',
    acknowledgedWarnings: [],
    placedBy: tx.actor.id,
    submittedAt: tx.now,
    acceptedAt: null,
    rejectReason: null,
    reverseReason: null,
    settlementId: null,
    isOverride: false,
    coolingOffUntil: null,
    witnessId: null,
    recordingRef: null,
    settledAmount: new Decimal(0),
    settledUnits: new Decimal(0),
    originClientId: client.id,
    ...fees,
    version: 1,
  });
  await tx.record(submitted(order, product));
  return order;
}

type Switch = {
  requestId: string;
  clientId: string;
  fromProductId: string;
  toProductId: string;
  units?: Decimal | null | undefined;
  acknowledgedWarnings?: readonly string[] | undefined;
};

/** Places a switch: units of one product against those of another, which must suit like a purchase. */
export async function switchProducts(db: Db, input: Switch): Promise<OrderRow> {
  const acknowledged = [...new Set(input.acknowledgedWarnings ?? [])];
  const outcome = await transact(db, async (tx): Promise<OrderRow | Refusal> => {
    const client = await lockClient(tx, input.clientId);
    const before = await tx.answered('switchProducts', input, OrderRow);
    if (before !== null) return before;
    const product = await lockProduct(tx, input.toProductId);
    const from = await lockProduct(tx, input.fromProductId);
    if (from.id === product.id || from.currency !== product.currency) throw refuse('SAME_PRODUCT');
    const { units, amount } = await unitsToGiveUp(tx, client, from.id, input.units ?? null);
    if (amount.isZero()) throw refuseInput('BAD_INPUT', { field: 'units', expected: 'units of some worth' });
    const money = { amount, currency: product.currency };
    const givesUp = { productId: from.id, units };
    const decision = await decideFor(tx, client, product, money, { givesUp });
    return (
      objection(decision, acknowledged) ??
      tx.once('switchProducts', input, OrderRow, (id) =>
        submit(tx, id, {
          side: 'SWITCH',
          amount: money,
          units,
          from,
          acknowledged,
          decision,
          product,
          witness: null,
        }),
      )
    );
  });
  return orderOf(outcome);
}

/** The client is locked, so that two orders never give up the same units. */
export async function unitsToGiveUp(
  tx: Tx,
  client: { id: string; status: string },
  productId: string,
  asked: Decimal | null,
) {
  const holding = await heldOf(tx, client.id, productId);
  return givingUp(client.status, holding, { asked, reserved: await reservedUnits(tx, client.id, productId) });
}

/** Units that orders under way give up. */
export async function reservedUnits(tx: Tx, clientId: string, productId: string): Promise<Decimal> {
  const [row] = await tx.query<{ units: string }>(
    `select coalesce(sum(units - settled_units), 0) as units from product_order
     where client_id = $1 and coalesce(from_product_id, product_id) = $2
       and units is not null and state in ('COOLING_OFF', 'CALLBACK_OK', 'SUBMITTED', 'ACCEPTED')`,
    [clientId, productId],
  );
  return new Decimal(row?.units ?? 0);
}
