import { type Db, dayOf, findForUpdate, type Tx, transact } from '@client-graph/kit';
import { ProductRatingRow, ProductRow } from '../entities.js';
import { monthsOf } from '../navs/navs.js';
import { volatilityOf } from '../navs/navs.rules.js';
import { ruleInForce } from '../suitability/rule-in-force.js';
import { isAtLeast, moveProduct, type ProductAction, type Rating, rerate } from './products.rules.js';
import { planSweeps, sweepProduct } from './sweeps.js';

type Change = { productId: string; expectedVersion: number };

/** Suspends, resumes or closes a product; orders that may not be placed any more go back, and what holders hold of it is told. */
export async function changeStatus(db: Db, input: Change, action: ProductAction): Promise<ProductRow> {
  const changed = await transact(db, async (tx) => {
    // Whoever decides about the product holds it shared until the decision is written, so nothing slips between.
    const current = await findForUpdate(tx, ProductRow, input.productId, input.expectedVersion);
    const { changes, events } = moveProduct(current, action);
    const product = await tx.update(ProductRow, current, changes);
    await tx.record(...events);
    if (action !== 'resume') await planSweeps(tx, product.id, ['ORDERS', 'HOLDERS']);
    return product;
  });
  await sweepProduct(db, changed.id);
  return changed;
}

/** Gives a product new ratings. Refuses BELOW_FLOOR, RATING_UNCHANGED. */
export async function rateProduct(
  db: Db,
  input: Change & { issuerRating: Rating; sellerRating: Rating },
): Promise<ProductRow> {
  const rated = await transact(db, async (tx) => {
    const product = await findForUpdate(tx, ProductRow, input.productId, input.expectedVersion);
    return rate(tx, product, await currentRating(tx, product.id), input);
  });
  await sweepProduct(db, rated.id);
  return rated;
}

type Ratings = { issuerRating: Rating; sellerRating: Rating };

async function rate(tx: Tx, product: ProductRow, current: Ratings, ask: Ratings): Promise<ProductRow> {
  const floor = await floorOf(tx, product);
  const { changes, rating, events } = rerate(product, current, ask, floor, dayOf(tx.now));
  await tx.insert(ProductRatingRow, { id: tx.newId(), ...rating, publishedAt: tx.now });
  const rated = await tx.update(ProductRow, product, changes);
  await tx.record(...events);
  // With thousands of holders this is not one transaction: it is noted here, and done after.
  if (events.length > 0) await planSweeps(tx, rated.id, ['ORDERS', 'HOLDERS']);
  return rated;
}

const currentRating = (tx: Tx, productId: string): Promise<ProductRatingRow> =>
  tx.manager.findOneOrFail(ProductRatingRow, { where: { productId }, order: { id: 'DESC' } });

async function floorOf(tx: Tx, product: ProductRow): Promise<Rating | null> {
  const { tables } = await ruleInForce(tx, dayOf(tx.now));
  const [points = []] = await monthsOf(tx, [product.id]);
  const swing = tables.volatility && volatilityOf(tables.volatility, points, product.isComplex);
  return swing?.floor ?? null;
}

const PRODUCTS_AT_ONCE = 100;

/** Raises the firm's rating of every product whose value has come to swing more than it says. Run again, it changes nothing. */
export async function raiseRatings(db: Db): Promise<void> {
  for (let after: string | null = null; ; ) {
    const products: { id: string }[] = await db.source.query(
      `select id from product where status <> 'CLOSED' and ($1::uuid is null or id > $1)
         and exists (select from nav_point where product_id = product.id)
       order by id limit $2`,
      [after, PRODUCTS_AT_ONCE],
    );
    for (const { id } of products) {
      await transact(db, (tx) => raise(tx, id));
      await sweepProduct(db, id);
    }
    const last = products.at(-1);
    if (last === undefined) return;
    after = last.id;
  }
}

async function raise(tx: Tx, productId: string): Promise<void> {
  const product = await findForUpdate(tx, ProductRow, productId);
  const current = await currentRating(tx, productId);
  const floor = await floorOf(tx, product);
  if (floor === null || isAtLeast(current.sellerRating, floor)) return;
  await rate(tx, product, current, { issuerRating: current.issuerRating, sellerRating: floor });
}
