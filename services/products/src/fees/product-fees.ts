import {
  type Approvable,
  type ApprovalDecision,
  type Context,
  type Db,
  Decimal,
  dayOf,
  findForUpdate,
  openApproval,
  refuse as refuseAny,
  settleApproval,
  type Tx,
  transact,
} from '@client-graph/kit';
import { ProductRow } from '../entities.js';
import { ProductFeesRow } from './product-fees.entities.js';
import { checkFees, type Fees, mustComeLater } from './product-fees.rules.js';

/** One proposal at a time for each product. */
export const PRODUCT_FEES: Approvable = {
  action: 'PRODUCT_FEES',
  scope: 'fees:approve',
  days: 30,
  lapse: (tx, id) => tx.manager.update(ProductFeesRow, id, { state: 'EXPIRED', decidedAt: tx.now }),
};

/** What a second person says yes to: other fees in the place of those that would hold on that day. */
const payloadOf = (
  { productId, validFrom, purchaseFeePct, redemptionFeePct }: ProductFeesRow,
  was: Fees,
) => ({
  ...{ productId, validFrom },
  fees: [purchaseFeePct.toFixed(), redemptionFeePct.toFixed()],
  was: [was.purchaseFeePct.toFixed(), was.redemptionFeePct.toFixed()],
});

type Propose = Fees & { requestId: string; productId: string; validFrom: string };

/** Proposes fees that orders are placed by from a day to come. */
export const proposeProductFees = (db: Db, input: Propose): Promise<ProductFeesRow> =>
  transact(db, (tx) =>
    tx.once('proposeProductFees', input, ProductFeesRow, async (id) => {
      const product = await findForUpdate(tx, ProductRow, input.productId);
      const was = await feesOn(tx, product, input.validFrom);
      checkFees(input, was, dayOf(tx.now));
      if (tx.actor.id === null) throw refuseAny('UNAUTHENTICATED');
      const fees: ProductFeesRow = {
        id,
        productId: product.id,
        wasPurchasePct: was.purchaseFeePct,
        wasRedemptionPct: was.redemptionFeePct,
        purchaseFeePct: input.purchaseFeePct,
        redemptionFeePct: input.redemptionFeePct,
        validFrom: input.validFrom,
        state: 'PENDING',
        proposedBy: tx.actor.id,
        proposedAt: tx.now,
        decidedBy: null,
        decidedAt: null,
        version: 1,
      };
      await openApproval(tx, PRODUCT_FEES, {
        subject: product.id,
        targetId: id,
        payload: payloadOf(fees, was),
      });
      return tx.insert(ProductFeesRow, fees);
    }),
  );

/** Approves, rejects or withdraws. Approved, they hold from their day, unless that has come meanwhile. */
export const decideProductFees = (
  db: Db,
  decision: ApprovalDecision,
  input: { feesId: string; expectedVersion: number },
): Promise<ProductFeesRow> =>
  transact(db, async (tx) => {
    const fees = await findForUpdate(tx, ProductFeesRow, input.feesId, input.expectedVersion);
    const product = await findForUpdate(tx, ProductRow, fees.productId);
    const was = await feesOn(tx, product, fees.validFrom);
    const { checkerId } = await settleApproval(tx, PRODUCT_FEES, decision, {
      targetId: fees.id,
      payload: payloadOf(fees, was),
    });
    if (decision === 'APPROVED') mustComeLater(fees, dayOf(tx.now));
    return tx.update(ProductFeesRow, fees, { state: decision, decidedBy: checkerId, decidedAt: tx.now });
  });

/** The fees that a product is ordered by on a day. */
export async function feesOn(tx: Tx, product: ProductRow, day: string): Promise<Fees> {
  const [changed] = await changedFees(tx, [product.id], day);
  return changed ?? product;
}

/** Fees in the place of those that products were listed with, in the order asked; null where none are. One statement for all. */
export async function changedFees(
  source: { query: (sql: string, parameters: unknown[]) => Promise<Raw[]> },
  productIds: readonly string[],
  day: string,
): Promise<(Fees | null)[]> {
  const found = await source.query(
    `select distinct on (product_id) product_id as id, purchase_fee_pct as purchase, redemption_fee_pct as redemption
     from product_fees where product_id = any ($1::uuid[]) and state = 'APPROVED' and valid_from <= $2
     order by product_id, valid_from desc, decided_at desc, id desc`,
    [productIds, day],
  );
  const byId = new Map(found.map((row) => [row.id, row]));
  return productIds.map((id) => {
    const raw = byId.get(id);
    if (raw === undefined) return null;
    return { purchaseFeePct: new Decimal(raw.purchase), redemptionFeePct: new Decimal(raw.redemption) };
  });
}

type Raw = { id: string; purchase: string; redemption: string };

/** Today's fees; those of many products cost one statement. */
export async function feesToday(ctx: Context, product: ProductRow): Promise<Fees> {
  const changed = await ctx.loadBy('fees today', product.id, (ids) =>
    changedFees(ctx.db.source, ids, dayOf(ctx.db.now())),
  );
  return changed ?? product;
}
