import {
  type Context,
  type Db,
  Decimal,
  dayOf,
  daysBetween,
  refuse,
  type Tx,
  transact,
} from '@client-graph/kit';
import { In } from 'typeorm';
import { NavImportRow, NavPointRow, ProductRow } from '../entities.js';
import { ruleInForce } from '../suitability/rule-in-force.js';
import {
  gapsIn,
  type NavProblem,
  type NavValue,
  readNavs,
  type SeriesGap,
  type Swing,
  volatilityOf,
} from './navs.rules.js';

type ImportNavs = { requestId: string; csv: string; gapDaysMax?: number | undefined };

const GAP_DAYS_MAX = 366;
const GAPS_SHOWN_MAX = 100;
const SERIES_DAYS_MAX = 400;

/** Takes a file of net asset values in. A value that is there already is left; another value for its day is reported. */
export const importNavs = (db: Db, input: ImportNavs): Promise<NavImportRow> =>
  transact(db, (tx) =>
    tx.once('importNavs', input, NavImportRow, async (id) => {
      const gapDaysMax = input.gapDaysMax ?? 31;
      if (gapDaysMax < 1 || gapDaysMax > GAP_DAYS_MAX)
        throw refuse('BAD_INPUT', { field: 'gapDaysMax', min: 1, max: GAP_DAYS_MAX });
      const { read, lines, problems } = readNavs(input.csv, dayOf(tx.now));
      const products = await productsByCode(tx, [...new Set(lines.map((line) => line.productCode))]);
      const known = lines.flatMap(({ productCode, ...line }) => {
        const productId = products.get(productCode);
        if (productId === undefined) problems.push({ line: line.line, code: 'UNKNOWN_PRODUCT' });
        return productId === undefined ? [] : [{ ...line, productId }];
      });
      const { imported, conflicts } = await insertNew(tx, id, known);
      problems.push(...conflicts);
      const productIds = [...new Set(known.map((line) => line.productId))];
      return tx.insert(NavImportRow, {
        id,
        read,
        imported,
        unchanged: known.length - imported - conflicts.length,
        problems: problems.sort((a, b) => a.line - b.line),
        gaps: await gapsOf(tx, productIds, gapDaysMax),
        importedAt: tx.now,
        importedBy: tx.actor.id,
      });
    }),
  );

async function productsByCode(tx: Tx, codes: string[]): Promise<Map<string, string>> {
  const products = codes.length === 0 ? [] : await tx.find(ProductRow, { where: { code: In(codes) } });
  return new Map(products.map((product) => [product.code, product.id]));
}

type KnownLine = NavValue & { line: number; productId: string };

/** One statement for all lines, so that of two imports at once each day is taken from one; the other is told where it differs. */
async function insertNew(
  tx: Tx,
  importId: string,
  lines: readonly KnownLine[],
): Promise<{ imported: number; conflicts: NavProblem[] }> {
  const rows = lines.map(({ nav, ...line }) => ({ ...line, id: tx.newId(), nav: nav.toFixed() }));
  const inserted = await tx.query(
    `insert into nav_point (id, product_id, day, nav, import_id)
     select n.id, n."productId", n.day, n.nav, $2
     from jsonb_to_recordset($1) as n(id uuid, "productId" uuid, day date, nav numeric) order by n."productId", n.day
     on conflict (product_id, day) do nothing returning 1`,
    [JSON.stringify(rows), importId],
  );
  const conflicts = await tx.query<NavProblem>(
    `select n.line, 'CONFLICT' as code
     from jsonb_to_recordset($1) as n(line int, "productId" uuid, day date, nav numeric)
     join nav_point p on p.product_id = n."productId" and p.day = n.day where p.nav <> n.nav`,
    [JSON.stringify(rows)],
  );
  return { imported: inserted.length, conflicts };
}

async function gapsOf(tx: Tx, productIds: string[], gapDaysMax: number): Promise<SeriesGap[]> {
  const series = await tx.query<{ productId: string; days: string[] }>(
    `select product_id as "productId", array_agg(to_char(day, 'YYYY-MM-DD') order by day) as days
     from nav_point where product_id = any ($1) group by product_id order by product_id`,
    [productIds],
  );
  return series.flatMap(({ productId, days }) => gapsIn(productId, days, gapDaysMax)).slice(-GAPS_SHOWN_MAX);
}

/** The newest value of each product; one statement for all. */
export const latestNav = (ctx: Context, productId: string): Promise<NavValue | null> =>
  ctx.loadBy('latest nav', productId, (productIds) => latestNavs(ctx.db.source, productIds));

/** A database, or a transaction of it. */
type Source = { query: (sql: string, parameters?: unknown[]) => Promise<RawPoint[]> };
type RawPoint = { productId: string; day: string; nav: string };

/** The newest value of each product, in the order asked; null where there is none. */
export async function latestNavs(
  source: Source,
  productIds: readonly string[],
): Promise<(NavValue | null)[]> {
  const found: RawPoint[] = await source.query(
    `select keys.id as "productId", to_char(p.day, 'YYYY-MM-DD') as day, p.nav
     from unnest($1::uuid[]) as keys(id)
     cross join lateral (select day, nav from nav_point where product_id = keys.id order by day desc limit 1) p`,
    [productIds],
  );
  const byProduct = new Map(
    found.map(({ productId, day, nav }) => [productId, { day, nav: new Decimal(nav) }]),
  );
  return productIds.map((id) => byProduct.get(id) ?? null);
}

/** The values of a span of days, oldest first. */
export async function navsBetween(
  db: Db,
  product: ProductRow,
  { from, to }: { from: string; to: string },
): Promise<NavPointRow[]> {
  if (from > to || daysBetween(from, to) > SERIES_DAYS_MAX)
    throw refuse('BAD_INPUT', { field: 'to', expected: `at most ${SERIES_DAYS_MAX} days after from` });
  return db.source
    .getRepository(NavPointRow)
    .createQueryBuilder('point')
    .where('point.product_id = :id and point.day between :from and :to', { id: product.id, from, to })
    .orderBy('point.day')
    .getMany();
}

/** How much the value of a product swings, and the floor of its rating; null without enough months. */
export async function volatilityOfProduct(ctx: Context, product: ProductRow): Promise<Swing | null> {
  const today = dayOf(ctx.db.now());
  const { tables } = await ctx.loadBy('suitability rule', today, (days) =>
    Promise.all(days.map((day) => ruleInForce(ctx.db.source, day))),
  );
  const points = await ctx.loadBy('months of nav', product.id, (ids) => monthsOf(ctx.db.source, ids));
  return tables.volatility === undefined ? null : volatilityOf(tables.volatility, points, product.isComplex);
}

/** The last value of each month of each product, oldest first; one statement for all. */
export async function monthsOf(source: Source, productIds: readonly string[]): Promise<NavValue[][]> {
  const found: RawPoint[] = await source.query(
    `select distinct on (product_id, date_trunc('month', day)) product_id as "productId", to_char(day, 'YYYY-MM-DD') as day, nav
     from nav_point where product_id = any ($1::uuid[])
     order by product_id, date_trunc('month', day), nav_point.day desc`,
    [productIds],
  );
  const series = new Map<string, NavValue[]>(productIds.map((id) => [id, []]));
  for (const { productId, day, nav } of found) series.get(productId)?.push({ day, nav: new Decimal(nav) });
  return productIds.map((id) => series.get(id) ?? []);
}
