import { type Context, Decimal, type Tx } from '@client-graph/kit';
import { MoreThan } from 'typeorm';
import { HoldingRow, type OrderRow } from '../entities.js';
import { latestNav, latestNavs } from '../navs/navs.js';
import type { Rating } from '../products/products.rules.js';
import {
  credit,
  type Holding,
  holdingChanged,
  holdingValue,
  type Settled,
  together,
  valuationOf,
} from './holdings.rules.js';
import { type Flow, performanceOf } from './performance.rules.js';

type Owner = Pick<OrderRow, 'clientId' | 'originClientId' | 'currency'>;

/** The holding that a purchase adds to, locked; the first one opens it. */
export async function holdingFor(
  tx: Tx,
  { clientId, originClientId, currency }: Owner,
  productId: string,
  settled: Settled,
): Promise<HoldingRow> {
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
      originClientId,
      version: 0,
    })
    .orIgnore()
    .execute();
  return tx.manager.findOneOrFail(HoldingRow, {
    where: { originClientId, productId },
    lock: { mode: 'pessimistic_write' },
  });
}

/** The holdings that units leave, locked: of the client the order was placed under first. */
export async function holdingsToGive(
  tx: Tx,
  { clientId, originClientId }: Owner,
  productId: string,
): Promise<HoldingRow[]> {
  const held = await tx.manager.find(HoldingRow, {
    where: { clientId, productId, units: MoreThan(new Decimal(0)) },
    order: { id: 'ASC' },
    lock: { mode: 'pessimistic_write' },
  });
  const isOwn = (holding: HoldingRow) => Number(holding.originClientId === originClientId);
  return held.sort((a, b) => isOwn(b) - isOwn(a));
}

/** Adds the units to the holding, which the caller has locked, or takes them out. */
export const moveUnits = (tx: Tx, holding: HoldingRow, settled: Settled): Promise<HoldingRow> =>
  tx.update(HoldingRow, holding, credit(holding, settled));

/** Tells what a client now holds of a product. */
export async function tellHolding(
  tx: Tx,
  { clientId, productId, rating }: { clientId: string; productId: string; rating: Rating },
): Promise<void> {
  const held = together(await tx.find(HoldingRow, { where: { clientId, productId } }));
  if (held !== null) await tx.record(holdingChanged(held, rating));
}

/** What a client holds of a product in all, as it is valued now, for a command; null where nothing was ever held. */
export async function heldOf(tx: Tx, clientId: string, productId: string): Promise<Holding | null> {
  const held = together(await tx.find(HoldingRow, { where: { clientId, productId } }));
  return held && valuedHolding(tx, held);
}

/** The holding as it is valued now. */
export async function valued(ctx: Context, holding: HoldingRow): Promise<Holding> {
  return { ...holding, ...valuationOf(holding, await latestNav(ctx, holding.productId)) };
}

/** The holding as it is valued now, for a command. */
async function valuedHolding(tx: Tx, holding: Holding): Promise<Holding> {
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
