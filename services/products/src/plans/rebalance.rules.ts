import { Decimal } from '@client-graph/kit/decimal';
import { currencyDecimals } from '@client-graph/kit/money';
import { UNIT_DECIMALS } from '../orders/settlement.rules.js';
import type { Category, Rating } from '../products/products.rules.js';
import type { Level } from '../suitability/levels.rules.js';
import type { Allowed } from '../suitability/suitability.rules.js';
import {
  type AllocationTable,
  allocationOf,
  equityWeight,
  type Position,
  sum,
  type Target,
} from './allocation.rules.js';
import { because, type Figures, type LineReason, type LineReasonCode } from './plan-words.rules.js';

/** A product that suits and may take money, best first. */
export type Candidate = {
  productId: string;
  category: Category;
  rating: Rating;
  minAmount: Decimal;
  /** The most that may lie in it, in per cent of the whole, where its rating asks for less than the level does. */
  maxPct: Decimal | null;
};

export type Line = {
  side: 'BUY' | 'SWITCH' | 'REDEEM';
  /** What is bought; of a redemption what is taken out. */
  productId: string;
  fromProductId: string | null;
  units: Decimal | null;
  amount: Decimal;
  reasons: LineReason[];
};

export type Ask = {
  table: AllocationTable;
  target: Target;
  level: Level;
  allowed: Pick<Allowed, 'ratings' | 'categories'>;
  positions: readonly Position[];
  candidates: readonly Candidate[];
  /** New money to invest. */
  cash: Decimal;
  currency: string;
};

type Sale = { position: Position; amount: Decimal; reason: LineReason; isRequired: boolean };
type Purchase = { candidate: Candidate; amount: Decimal; reason: LineReason };

const ZERO = new Decimal(0);
const down = (amount: Decimal, currency: string): Decimal =>
  amount.toDecimalPlaces(currencyDecimals(currency), Decimal.ROUND_DOWN);

/**
 * What to change so that equity lies in its band and nothing above the level, or too large a part of one product, is held
 * (policy 5.1). What is sold for another product becomes a switch; what nothing can take is paid out only where it must go.
 * Nothing is proposed below a product's minimum, nor moves smaller than the table's least.
 */
export function rebalance(ask: Ask): Line[] {
  const total = sum(ask.positions.map(({ value }) => value)).plus(ask.cash);
  if (total.isZero()) return [];
  const sales = salesOf(ask, total);
  const purchases = purchasesOf(ask, total, sales);
  return paired(ask, sales, purchases);
}

const minTrade = ({ table }: Ask, total: Decimal): Decimal => total.times(table.minTradePct ?? 0).div(100);

function figuresOf({ target, level, table, positions }: Ask): Figures {
  const { equityPct } = allocationOf(table, positions);
  return {
    level,
    pct: equityPct.toFixed(),
    min: target.minPct.toFixed(),
    max: target.maxPct.toFixed(),
    aim: target.aimPct.toFixed(),
  };
}

/** What can be sold of a position, in money. */
const sellable = ({ freeUnits, nav }: Position, currency: string): Decimal =>
  down(freeUnits.times(nav), currency);

function salesOf(ask: Ask, total: Decimal): Sale[] {
  const required = ask.positions.flatMap((position) => requiredSale(ask, position, total));
  const sold = new Map(required.map((sale) => [sale.position.productId, sale.amount]));
  const left = ask.positions
    .map((position) => ({ position, gone: sold.get(position.productId) ?? ZERO }))
    .map(({ position, gone }) => ({
      position,
      value: position.value.minus(gone),
      sellable: sellable(position, ask.currency).minus(gone),
    }))
    .sort((a, b) => b.value.comparedTo(a.value));
  return [...required, ...optionalSales(ask, total, required, left)];
}

/** What the level is not offered goes; of one product too much goes down to its limit. */
function requiredSale(ask: Ask, position: Position, total: Decimal): Sale[] {
  const { allowed, target, currency } = ask;
  const figures = { ...figuresOf(ask), rating: position.rating };
  const most = sellable(position, currency);
  const sale = (amount: Decimal, code: LineReasonCode, more: Figures = {}): Sale[] =>
    amount.lessThanOrEqualTo(minTrade(ask, total)) || most.isZero()
      ? []
      : [
          {
            position,
            amount: Decimal.min(amount, most),
            reason: because(code, { ...figures, ...more }),
            isRequired: true,
          },
        ];
  if (!allowed.ratings.includes(position.rating)) return sale(position.value, 'ABOVE_LEVEL');
  if (!allowed.categories.includes(position.category)) return sale(position.value, 'CATEGORY_NOT_OFFERED');
  const limit = total.times(target.maxSinglePct).div(100);
  const pct = position.value.times(100).div(total).toDecimalPlaces(2).toFixed();
  return sale(down(position.value.minus(limit), currency), 'OVER_SINGLE_LIMIT', {
    pct,
    max: target.maxSinglePct.toFixed(),
  });
}

/** Beyond what must go: equity above its band is brought back to the aim; below it, what is no equity makes room. */
function optionalSales(
  ask: Ask,
  total: Decimal,
  required: readonly Sale[],
  left: readonly { position: Position; sellable: Decimal }[],
): Sale[] {
  const { table, target, currency } = ask;
  const weight = ({ category }: Position) => equityWeight(table, category);
  const pool = ask.cash.plus(sum(required.map(({ amount }) => amount)));
  const equity = sum(ask.positions.map((one) => one.value.times(weight(one)))).minus(
    sum(required.map(({ amount, position }) => amount.times(weight(position)))),
  );
  const aim = total.times(target.aimPct).div(100);
  const isAbove = equity.greaterThan(total.times(target.maxPct).div(100));
  // What can be bought decides how much room is needed: a mix that is half equity takes twice the money.
  const densest = Decimal.max(ZERO, ...ask.candidates.map(({ category }) => equityWeight(table, category)));
  const isBelow =
    densest.greaterThan(0) && equity.plus(pool.times(densest)).lessThan(total.times(target.minPct).div(100));
  if (!isAbove && !isBelow) return [];
  const code = isAbove ? 'EQUITY_ABOVE_BAND' : 'EQUITY_BELOW_BAND';
  let missing = isAbove ? equity.minus(aim) : aim.minus(equity).div(densest).minus(pool);
  const sales: Sale[] = [];
  for (const { position, sellable: most } of left.filter(
    (one) => weight(one.position).isZero() !== isAbove,
  )) {
    if (missing.lessThanOrEqualTo(minTrade(ask, total))) break;
    const wanted = isAbove ? missing.div(weight(position)) : missing;
    const amount = Decimal.min(down(wanted, currency), most);
    if (amount.lessThanOrEqualTo(minTrade(ask, total))) continue;
    sales.push({ position, amount, reason: because(code, figuresOf(ask)), isRequired: false });
    missing = missing.minus(isAbove ? amount.times(weight(position)) : amount);
  }
  return sales;
}

/** Where the money goes: into equity up to the aim, then into what steadies; never more of a product than its limit. */
function purchasesOf(ask: Ask, total: Decimal, sales: readonly Sale[]): Purchase[] {
  const { table, target, candidates, currency } = ask;
  const weight = ({ category }: { category: Category }) => equityWeight(table, category);
  const soldOf = (productId: string) =>
    sum(sales.filter((sale) => sale.position.productId === productId).map(({ amount }) => amount));
  const keptOf = (productId: string) =>
    sum(ask.positions.filter((one) => one.productId === productId).map((one) => one.value)).minus(
      soldOf(productId),
    );
  let pool = ask.cash.plus(sum(sales.map(({ amount }) => amount)));
  let equity = sum(ask.positions.map((one) => one.value.minus(soldOf(one.productId)).times(weight(one))));
  const aim = total.times(target.aimPct).div(100);
  const purchases: Purchase[] = [];
  const buy = (candidate: Candidate, most: Decimal, code: LineReasonCode) => {
    const limitPct = Decimal.min(target.maxSinglePct, candidate.maxPct ?? target.maxSinglePct);
    const room = total.times(limitPct).div(100).minus(keptOf(candidate.productId));
    const amount = down(Decimal.min(most, room, pool), currency);
    if (amount.lessThan(candidate.minAmount) || amount.lessThanOrEqualTo(minTrade(ask, total))) return;
    purchases.push({ candidate, amount, reason: because(code, figuresOf(ask)) });
    pool = pool.minus(amount);
    equity = equity.plus(amount.times(weight(candidate)));
  };
  // What is being sold is not bought.
  const open = candidates.filter(({ productId }) => soldOf(productId).isZero());
  for (const candidate of open.filter((one) => weight(one).greaterThan(0)))
    if (equity.lessThan(aim)) buy(candidate, aim.minus(equity).div(weight(candidate)), 'BRINGS_EQUITY');
  for (const candidate of open.filter((one) => weight(one).isZero())) buy(candidate, pool, 'STEADIES');
  return purchases;
}

/** Sells and buys side by side: a sale pays for a purchase as a switch, new money pays as a purchase. */
function paired(ask: Ask, sales: readonly Sale[], purchases: readonly Purchase[]): Line[] {
  const free = new Map(ask.positions.map(({ productId, freeUnits }) => [productId, freeUnits]));
  const left = sales.map((sale) => ({ ...sale }));
  let cash = ask.cash;
  const lines: Line[] = [];
  for (const { candidate, amount, reason } of purchases) {
    const { productId } = candidate;
    let wanted = amount;
    for (const sale of left) {
      const money = Decimal.min(wanted, sale.amount);
      if (money.isZero() || money.lessThan(candidate.minAmount) || isAimless(sale, reason)) continue;
      const fromProductId = sale.position.productId;
      const given = giveUp(free, sale.position, { money, currency: ask.currency });
      lines.push({ side: 'SWITCH', productId, fromProductId, ...given, reasons: [sale.reason, reason] });
      sale.amount = sale.amount.minus(money);
      wanted = wanted.minus(money);
    }
    const money = Decimal.min(wanted, cash);
    if (money.isZero() || money.lessThan(candidate.minAmount)) continue;
    const reasons = [because('NEW_MONEY'), reason];
    lines.push({ side: 'BUY', productId, fromProductId: null, units: null, amount: money, reasons });
    cash = cash.minus(money);
  }
  const paidOut = left
    .filter(({ isRequired, amount }) => isRequired && amount.greaterThan(0))
    .map(({ position, amount: money, reason }): Line => {
      const given = giveUp(free, position, { money, currency: ask.currency });
      const reasons = [reason, because('NOTHING_FITS')];
      return { side: 'REDEEM', productId: position.productId, fromProductId: null, ...given, reasons };
    })
    .filter(({ amount }) => amount.greaterThan(0));
  return [...lines.sort(bySide), ...paidOut];
}

/** What was to make room for equity buys nothing else. */
const isAimless = (sale: Sale, bought: LineReason): boolean =>
  sale.reason.code === 'EQUITY_BELOW_BAND' && bought.code === 'STEADIES';

const bySide = (a: Line, b: Line): number => Number(a.side === 'BUY') - Number(b.side === 'BUY');

/** The units that are worth the money, rounded up so that a minimum stays reached, and what they are worth; they are no longer free. */
function giveUp(
  free: Map<string, Decimal>,
  { productId, nav }: Position,
  { money, currency }: { money: Decimal; currency: string },
): { units: Decimal; amount: Decimal } {
  const left = free.get(productId) ?? ZERO;
  const units = Decimal.min(money.div(nav).toDecimalPlaces(UNIT_DECIMALS, Decimal.ROUND_UP), left);
  free.set(productId, left.minus(units));
  const amount = units.times(nav).toDecimalPlaces(currencyDecimals(currency), Decimal.ROUND_HALF_UP);
  return { units, amount };
}
