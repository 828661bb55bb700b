import {
  type Connection,
  type Context,
  type Db,
  Decimal,
  dayOf,
  type PageArgs,
  page,
  refuse as refuseInput,
  transact,
} from '@client-graph/kit';
import { type FindOptionsWhere, In, Raw } from 'typeorm';
import { ProductRatingRow, ProductRow } from '../entities.js';
import {
  type Category,
  type IssuerType,
  list,
  type NewProduct,
  type ProductStatus,
  type Rating,
  ratingsUpTo,
  refuse,
} from './products.rules.js';

/** Puts a product into the catalogue with its first rating. */
export const createProduct = (db: Db, input: NewProduct & { requestId: string }): Promise<ProductRow> =>
  transact(db, (tx) =>
    tx.once('createProduct', input, ProductRow, async (id) => {
      const { product, rating, events } = list(input, { id, ratingId: tx.newId() }, dayOf(tx.now));
      // One statement, so that of two at once with the same code one is refused and none meets a fault.
      const inserted = await tx.manager
        .createQueryBuilder()
        .insert()
        .into(ProductRow)
        .values(product)
        .orIgnore()
        .returning('id')
        .execute();
      if (inserted.raw.length === 0) throw refuse('CODE_TAKEN', { code: input.code });
      await tx.insert(ProductRatingRow, { ...rating, publishedAt: tx.now });
      await tx.record(...events);
      return product;
    }),
  );

type Filter = PageArgs & {
  search?: string | null | undefined;
  category?: Category | null | undefined;
  maxRating?: Rating | null | undefined;
  issuerType?: IssuerType | null | undefined;
  status?: ProductStatus | null | undefined;
  currency?: string | null | undefined;
};

const SEARCH_MAX = 60;

/** A page of the catalogue. */
export function listProducts(
  db: Db,
  { search, category, maxRating, issuerType, status, currency, ...args }: Filter,
): Promise<Connection<ProductRow>> {
  const where: FindOptionsWhere<ProductRow> = {
    ...(search ? { code: namedLike(search) } : {}),
    ...(category ? { category } : {}),
    ...(issuerType ? { issuerType } : {}),
    ...(status ? { status } : {}),
    ...(currency ? { currency } : {}),
    ...(maxRating ? { rating: In(ratingsUpTo(maxRating)) } : {}),
  };
  return page(db, ProductRow, args, where);
}

/** Code or a name, in whatever language, holds the words; signs that mean something to `like` are taken as they are. */
function namedLike(search: string) {
  const words = search.trim();
  if (words === '' || words.length > SEARCH_MAX)
    throw refuseInput('BAD_INPUT', { field: 'search', expected: `1 to ${SEARCH_MAX} characters` });
  const like = `%${words.replace(/[\\%_]/g, '\\$&')}%`;
  return Raw(
    (code) =>
      `(${code} ilike :like or name_en ilike :like or name_zh_hans ilike :like or name_zh_hant ilike :like)`,
    { like },
  );
}

/** The product that a row of ours refers to; the database does not let it go missing. */
export async function productOf(ctx: Context, { productId }: { productId: string }): Promise<ProductRow> {
  const product = await ctx.load(ProductRow, productId);
  if (product === null) throw new Error(`The product ${productId} is gone.`);
  return product;
}

/** How much of a product clients hold, and how many orders for it are under way; one statement for many products. */
export const exposureOfProduct = (ctx: Context, product: ProductRow) =>
  ctx.loadBy('exposure of product', product.id, async (ids) => {
    type Raw = { id: string; holders: number; units: string; openOrders: number };
    const found: Raw[] = await ctx.db.source.query(
      `select keys.id, held.holders, held.units, under_way.n as "openOrders"
       from unnest($1::uuid[]) as keys(id)
       cross join lateral (select count(*)::int as holders, coalesce(sum(units), 0) as units
                           from holding where product_id = keys.id and units > 0) held
       cross join lateral (select count(*)::int as n from product_order
                           where product_id = keys.id and state in ('SUBMITTED', 'ACCEPTED')) under_way`,
      [ids],
    );
    const byId = new Map(
      found.map(({ id, units, ...counts }) => [id, { ...counts, units: new Decimal(units) }]),
    );
    return ids.map((id) => byId.get(id) ?? { holders: 0, units: new Decimal(0), openOrders: 0 });
  });
