import { type Context, type Decimal, dayOf, isUuid, type Tx } from '@client-graph/kit';
import { In } from 'typeorm';
import { HoldingRow, ProductRow, RiskCopyRow } from '../entities.js';
import { holdingsOf, valued } from '../holdings/holdings.js';
import { type Holding, holdingValue } from '../holdings/holdings.rules.js';
import { reservedUnits } from '../orders/redemptions.js';
import type { Level } from '../suitability/levels.rules.js';
import { ruleInForce } from '../suitability/rule-in-force.js';
import {
  allocationOf,
  driftOf,
  type Goal,
  type Position,
  type Target,
  targetOf,
} from './allocation.rules.js';

const positionOf = (holding: Holding, product: ProductRow, reserved: Decimal | number): Position => ({
  productId: product.id,
  category: product.category,
  rating: product.rating,
  value: holdingValue(holding),
  freeUnits: holding.units.minus(reserved),
  nav: holding.lastNav,
});

/** What a client holds of a currency, for a command; the client is locked. */
export async function positionsFor(tx: Tx, clientId: string, currency: string): Promise<Position[]> {
  const held = (await holdingsOf(tx, clientId)).filter(
    (holding) => holding.currency === currency && holding.units.greaterThan(0),
  );
  const products = await tx.find(ProductRow, { where: { id: In(held.map(({ productId }) => productId)) } });
  const positions: Position[] = [];
  for (const product of products) {
    const own = held.filter((holding) => holding.productId === product.id);
    const [first] = own;
    if (first === undefined) continue;
    const units = own.reduce((total, one) => total.plus(one.units), first.units.times(0));
    positions.push(positionOf({ ...first, units }, product, await reservedUnits(tx, clientId, product.id)));
  }
  return positions;
}

export type Spread = {
  currency: string;
  level: Level | null;
  total: Decimal;
  equityPct: Decimal;
  target: Target | null;
  driftPct: Decimal | null;
  categories: ReturnType<typeof allocationOf>['categories'];
  products: ReturnType<typeof allocationOf>['products'];
};

/** How what a client holds is spread, beside the band of their level and goal, by currency; many clients cost as many statements as one. */
export async function allocationsOf(
  ctx: Context,
  client: { id: string },
  goal: Goal | null,
): Promise<Spread[]> {
  if (!isUuid(client.id)) return [];
  const today = dayOf(ctx.db.now());
  const { tables } = await ctx.loadBy('suitability rule', today, (days) =>
    Promise.all(days.map((day) => ruleInForce(ctx.db.source, day))),
  );
  const table = tables.allocation;
  if (table === undefined) return [];
  const profile = await ctx.load(RiskCopyRow, client.id);
  const holdings = (await ctx.loadList(HoldingRow, 'clientId', client.id)).filter((one) =>
    one.units.greaterThan(0),
  );
  const products = await Promise.all(holdings.map((holding) => ctx.load(ProductRow, holding.productId)));
  const now = await Promise.all(holdings.map((holding) => valued(ctx, holding)));
  const level = profile !== null && today <= profile.validTo ? profile.level : null;
  const target = level === null ? null : targetOf(table, level, goal);
  return [...new Set(holdings.map(({ currency }) => currency))].sort().map((currency) => {
    const positions = now.flatMap((holding, at) => {
      const product = products[at] ?? null;
      return holding.currency === currency && product !== null ? [positionOf(holding, product, 0)] : [];
    });
    const found = allocationOf(table, positions);
    return { currency, level, ...found, target, driftPct: target && driftOf(target, found) };
  });
}

type Of<T> = T & { currency: string };
export type CategoryPart = Of<Spread['categories'][number]>;
export type ProductPart = Of<Spread['products'][number]>;
