import { Decimal } from '@client-graph/kit/decimal';
import type { Category, Rating } from '../products/products.rules.js';
import type { Level } from '../suitability/levels.rules.js';

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;

/** What a client invests for; it narrows the band of their level. */
export const GOAL_WORDS = {
  PRESERVE: { EN: 'Keep what is there', ZH_HANS: '财富保值', ZH_HANT: '財富保值' },
  INCOME: { EN: 'Regular income', ZH_HANS: '稳定收益', ZH_HANT: '穩定收益' },
  BALANCED: { EN: 'Income and growth', ZH_HANS: '收益与增长并重', ZH_HANT: '收益與增長並重' },
  GROWTH: { EN: 'Growth', ZH_HANS: '资产增值', ZH_HANT: '資產增值' },
} as const satisfies Record<string, Words>;
export type Goal = keyof typeof GOAL_WORDS;

type Band = readonly [number, number];

/** How much of what a client holds may swing with equity, and how much may lie in one product (policy 4.5, 5.1: data). */
export type AllocationTable = {
  equityLike: readonly Category[];
  halfEquity: readonly Category[];
  equityTargetPct: Readonly<Record<Level, Band>>;
  maxSingleProductPct: Readonly<Record<Level, number>>;
  reviewMonths: number;
  /** From version 2026.3 on: the part of the level's band that each goal aims at, and how much of each category is equity. */
  goals?: Readonly<Record<Goal, Band>>;
  equityWeightPct?: Readonly<Partial<Record<Category, number>>>;
  minTradePct?: number;
  planValidDays?: number;
};

export type Target = { minPct: Decimal; maxPct: Decimal; aimPct: Decimal; maxSinglePct: Decimal };

/** The band for a level, and a goal where one is named; the aim is its middle. */
export function targetOf(table: AllocationTable, level: Level, goal: Goal | null): Target {
  const [low, high] = table.equityTargetPct[level];
  const [from, to] = (goal === null ? undefined : table.goals?.[goal]) ?? [0, 100];
  const at = (part: number) => new Decimal(low).plus(new Decimal(high - low).times(part).div(100));
  const [minPct, maxPct] = [at(from), at(to)];
  return {
    minPct,
    maxPct,
    aimPct: minPct.plus(maxPct).div(2),
    maxSinglePct: new Decimal(table.maxSingleProductPct[level]),
  };
}

/** How much of a category is equity, 0 to 1. */
export function equityWeight(table: AllocationTable, category: Category): Decimal {
  const listed = table.equityLike.includes(category) ? 100 : table.halfEquity.includes(category) ? 50 : 0;
  return new Decimal(table.equityWeightPct?.[category] ?? listed).div(100);
}

/** What is held of one product, valued. */
export type Position = {
  productId: string;
  category: Category;
  rating: Rating;
  value: Decimal;
  /** Units that no order gives up. */
  freeUnits: Decimal;
  nav: Decimal;
};

const ZERO = new Decimal(0);
const PCT_DECIMALS = 2;
export const sum = (values: readonly Decimal[]): Decimal =>
  values.reduce((total, value) => total.plus(value), ZERO);
const share = (part: Decimal, whole: Decimal): Decimal =>
  whole.isZero() ? ZERO : part.times(100).div(whole).toDecimalPlaces(PCT_DECIMALS);

/** What positions of one currency come to: the whole, the equity in it, and each category and product, largest first. */
export function allocationOf(table: AllocationTable, positions: readonly Position[]) {
  const total = sum(positions.map(({ value }) => value));
  const equity = sum(positions.map(({ value, category }) => value.times(equityWeight(table, category))));
  const categories = [...new Set(positions.map(({ category }) => category))].map((category) => {
    const value = sum(positions.filter((one) => one.category === category).map((one) => one.value));
    return { category, value, pct: share(value, total) };
  });
  const products = positions.map(({ productId, value }) => ({ productId, value, pct: share(value, total) }));
  const largestFirst = (a: { value: Decimal }, b: { value: Decimal }) => b.value.comparedTo(a.value);
  return {
    total,
    equityPct: share(equity, total),
    categories: categories.sort(largestFirst),
    products: products.sort(largestFirst),
  };
}

/** How far the equity lies outside the band: negative below it, positive above, zero within or where nothing is held. */
export function driftOf(
  { minPct, maxPct }: Target,
  { total, equityPct }: { total: Decimal; equityPct: Decimal },
) {
  if (total.isZero()) return ZERO;
  if (equityPct.lessThan(minPct)) return equityPct.minus(minPct);
  return equityPct.greaterThan(maxPct) ? equityPct.minus(maxPct) : ZERO;
}
