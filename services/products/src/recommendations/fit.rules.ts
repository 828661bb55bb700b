import { Decimal } from '@client-graph/kit/decimal';
import type { Target } from '../plans/allocation.rules.js';
import { RATINGS, type Rating } from '../products/products.rules.js';

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;

/** How many of 100 points each thing can give (data). */
export type FitTable = Readonly<Record<Part, number>>;
type Part = 'allocation' | 'horizon' | 'concentration' | 'rating' | 'fees';

const FIT_WORDS = {
  BRINGS_EQUITY: {
    EN: 'Brings equity towards the middle of the band for the level and goal.',
    ZH_HANS: '有助于权益占比靠近该等级与目标的配置区间中值。',
    ZH_HANT: '有助於權益佔比靠近該等級與目標的配置區間中值。',
  },
  STEADIES: {
    EN: 'Steadies what is held: there is equity enough for the level and goal.',
    ZH_HANS: '权益占比已达该等级与目标的要求，该产品有助于稳定组合。',
    ZH_HANT: '權益佔比已達該等級與目標的要求，該產品有助於穩定組合。',
  },
  WITHIN_HORIZON: {
    EN: 'Asks to stay no longer than the client means to.',
    ZH_HANS: '建议持有期限在客户的投资期限之内。',
    ZH_HANT: '建議持有期限在客戶的投資期限之內。',
  },
  SPREADS: {
    EN: 'Spreads what is held: none, or little, of this product is held so far.',
    ZH_HANS: '目前未持有或持有较少，有助于分散配置。',
    ZH_HANT: '目前未持有或持有較少，有助於分散配置。',
  },
  NEAR_LEVEL: {
    EN: 'Its rating is the highest, or next to it, that the level is offered.',
    ZH_HANS: '其风险等级接近客户等级适配的上限。',
    ZH_HANT: '其風險等級接近客戶等級適配的上限。',
  },
  LOW_FEES: {
    EN: 'Costs little to buy.',
    ZH_HANS: '申购费率较低。',
    ZH_HANT: '申購費率較低。',
  },
  NOT_PERSONALISED: {
    EN: 'Suits; the order is that of the catalogue, for the client has not allowed personalised recommendations.',
    ZH_HANS: '符合适当性要求；因客户未同意个性化推荐，按产品目录顺序展示。',
    ZH_HANT: '符合適當性要求；因客戶未同意個性化推薦，按產品目錄順序展示。',
  },
} as const satisfies Record<string, Words>;
export type FitCode = keyof typeof FIT_WORDS;
export type FitPoints = { code: FitCode; points: number };
/** What is said of a product that is shown without looking at the client beyond what the rules of suitability ask (PIPL Art. 24). */
export const NOT_PERSONALISED: { points: number; reasons: FitPoints[] } = {
  points: 0,
  reasons: [{ code: 'NOT_PERSONALISED', points: 0 }],
};

export const fitWords = (code: FitCode): Words => FIT_WORDS[code];

/** What is known of the client when products are held beside each other. */
export type FitClient = {
  target: Target;
  equityPct: Decimal;
  horizonMonths: number | null;
  /** The ratings that the client is offered. */
  ratings: readonly Rating[];
};

export type FitProduct = {
  id: string;
  rating: Rating;
  minHorizonMonths: number;
  purchaseFeePct: Decimal;
  /** 0 to 1. */
  equityWeight: Decimal;
  /** Of what the client holds, in per cent. */
  sharePct: Decimal;
};

const ONE = new Decimal(1);
const HALF = 0.5;
const FEE_PCT_MAX = 5;
const within = (part: Decimal): Decimal => Decimal.max(0, Decimal.min(1, part));

/** How well a product that suits fits, 0 to 100, and what speaks for it, most first. */
export function fitOf(
  table: FitTable,
  client: FitClient,
  product: FitProduct,
): { points: number; reasons: FitPoints[] } {
  const { target } = client;
  const isShort = client.equityPct.lessThan(target.aimPct);
  const highest = Math.max(...client.ratings.map((rating) => RATINGS.indexOf(rating)));
  const below = Math.max(0, highest - RATINGS.indexOf(product.rating));
  const parts: [Part, FitCode, Decimal][] = [
    [
      'allocation',
      isShort ? 'BRINGS_EQUITY' : 'STEADIES',
      isShort ? product.equityWeight : ONE.minus(product.equityWeight),
    ],
    ['horizon', 'WITHIN_HORIZON', horizonPart(client.horizonMonths, product.minHorizonMonths)],
    ['concentration', 'SPREADS', within(ONE.minus(product.sharePct.div(target.maxSinglePct)))],
    ['rating', 'NEAR_LEVEL', within(ONE.minus(new Decimal(below).div(RATINGS.length - 1)))],
    ['fees', 'LOW_FEES', within(ONE.minus(product.purchaseFeePct.div(FEE_PCT_MAX)))],
  ];
  const scored = parts.map(([part, code, value]) => ({
    code,
    // A horizon that nobody has told speaks for nothing.
    isStrong:
      value.greaterThanOrEqualTo(HALF) && (code !== 'WITHIN_HORIZON' || client.horizonMonths !== null),
    points: value.times(table[part]).toDecimalPlaces(0).toNumber(),
  }));
  return {
    points: scored.reduce((total, { points }) => total + points, 0),
    reasons: scored
      .filter(({ isStrong, points }) => isStrong && points > 0)
      .sort((a, b) => b.points - a.points)
      .map(({ code, points }) => ({ code, points })),
  };
}

/** Unknown is neither for nor against. */
const horizonPart = (horizonMonths: number | null, minHorizonMonths: number): Decimal =>
  horizonMonths === null ? new Decimal(HALF) : new Decimal(minHorizonMonths <= horizonMonths ? 1 : 0);
