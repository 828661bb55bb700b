import { type Context, Decimal, type Tx } from '@client-graph/kit';
import { MoreThan } from 'typeorm';
import { HoldingRow, type OrderRow, type ProductRow } from '../entities.js';
import { latestNav, latestNavs } from '../navs/navs.js';
import type { Rating } from '../products/products.rules.js';
import {
  credit,
  type Holding,
  holdingChanged,
  holdingValue,
  type Settled,
  valuationOf,
} from './holdings.rules.js';
import { type Flow, performanceOf } from './performance.rules.js';

/** Moves the units of a settlement into the client's holding, which the first one opens, or out of it; returns the holding's id. */
export async function moveUnits(
  tx: Tx,
  order: Pick<OrderRow, 'clientId' | 'productId' | 'currency'>,
  settled: Settled,
  rating: Rating,
): Promise<string> {
  const { clientId, productId, currency } = order;
  // Two first settlements at once: the second waits for the first one's row, finds it there and adds to it.
  await tx.manager
    .createQueryBuilder()
    .insert()
    .into(HoldingRow)
    .values({
      id: tx.newId(),
      clientId,
      productId,
      currency,
      units: new Decimal(0),
      lastNav: settled.nav,
      asOf: settled.settledOn,
      version: 0,
    })
    .orIgnore()
    .execute();
  const holding = await tx.manager.findOneOrFail(HoldingRow, {
    where: { clientId, productId },
    lock: { mode: 'pessimistic_write' },
  });
  const { changes, events } = credit(holding, settled, rating);
  await tx.update(HoldingRow, holding, changes);
  await tx.record(...events);
  return holding.id;
}

/** The holding as it is valued now. */
export async function valued(ctx: Context, holding: HoldingRow): Promise<Holding> {
  return { ...holding, ...valuationOf(holding, await latestNav(ctx, holding.productId)) };
}

/** The holding as it is valued now, for a command. */
export async function valuedHolding(tx: Tx, holding: HoldingRow): Promise<Holding> {
  const [latest = null] = await latestNavs(tx, [holding.productId]);
  return { ...holding, ...valuationOf(holding, latest) };
}

/** What a client holds, as it is valued now. */
export async function holdingsOf(tx: Tx, clientId: string): Promise<Holding[]> {
  const holdings = await tx.find(HoldingRow, { where: { clientId } });
  if (holdings.length === 0) return [];
  const navs = await latestNavs(
    tx,
    holdings.map((holding) => holding.productId),
  );
  return holdings.map((holding, at) => ({ ...holding, ...valuationOf(holding, navs[at] ?? null) }));
}

/** Tells of every holding of a product whose rating has changed, so that others see who is exposed. */
export async function tellHolders(tx: Tx, product: ProductRow): Promise<void> {
  const holdings = await tx.find(HoldingRow, {
    where: { productId: product.id, units: MoreThan(new Decimal(0)) },
    order: { clientId: 'ASC' },
  });
  const [latest = null] = await latestNavs(tx, [product.id]);
  await tx.record(
    ...holdings.map((holding) =>
      holdingChanged({ ...holding, ...valuationOf(holding, latest) }, product.rating),
    ),
  );
}

/** What a holding has brought; the ledgers of many holdings cost one statement. */
export async function performanceOfHolding(ctx: Context, holding: HoldingRow) {
  const now = await valued(ctx, holding);
  const flows = await ctx.loadBy('ledger of units', holding.id, (ids) => ledgersOf(ctx, ids));
  const { currency } = holding;
  const money = (amount: Decimal) => ({ amount, currency });
  const found = performanceOf(flows, { value: holdingValue(now), nav: now.lastNav });
  return {
    paidIn: money(found.paidIn),
    paidOut: money(found.paidOut),
    profit: money(found.profit),
    returnPct: found.returnPct,
  };
}

async function ledgersOf(ctx: Context, holdingIds: readonly string[]): Promise<Flow[][]> {
  type Raw = { holdingId: string; units: string; nav: string; amount: string; settledOn: string };
  const rows: Raw[] = await ctx.db.source.query(
    `select holding_id as "holdingId", units, nav, amount, to_char(settled_on, 'YYYY-MM-DD') as "settledOn"
     from settlement where holding_id = any ($1::uuid[]) and reverses_id is null
       and not exists (select from settlement undoing where undoing.reverses_id = settlement.id)
     order by id`,
    [holdingIds],
  );
  const ledgers = new Map<string, Flow[]>(holdingIds.map((id) => [id, []]));
  for (const { holdingId, units, nav, amount, settledOn } of rows)
    ledgers
      .get(holdingId)
      ?.push({ units: new Decimal(units), nav: new Decimal(nav), amount: new Decimal(amount), settledOn });
  return holdingIds.map((id) => ledgers.get(id) ?? []);
}
