import {
  ProductClosed,
  ProductListed,
  ProductRatingChanged,
  ProductResumed,
  ProductSuspended,
} from '@client-graph/events';
import { Decimal } from '@client-graph/kit/decimal';
import { type Money, positiveMoney } from '@client-graph/kit/money';
import { defineRefusals, refuse as refuseInput } from '@client-graph/kit/refusals';

export type Liquidity = 'DAILY' | 'WEEKLY' | 'MONTHLY' | 'QUARTERLY' | 'CLOSED';

/** From least to most risk: the order of this list is the order of the ratings. */
export const RATINGS = ['R1', 'R2', 'R3', 'R4', 'R5'] as const;
export type Rating = (typeof RATINGS)[number];

type Words = Readonly<Record<'EN' | 'ZH_HANS' | 'ZH_HANT', string>>;
const words = (EN: string, ZH_HANS: string, ZH_HANT: string): Words => ({ EN, ZH_HANS, ZH_HANT });

export const RATING_WORDS = {
  R1: words('R1 low risk', 'R1 低风险', 'R1 低風險'),
  R2: words('R2 medium-low risk', 'R2 中低风险', 'R2 中低風險'),
  R3: words('R3 medium risk', 'R3 中风险', 'R3 中風險'),
  R4: words('R4 medium-high risk', 'R4 中高风险', 'R4 中高風險'),
  R5: words('R5 high risk', 'R5 高风险', 'R5 高風險'),
} as const satisfies Record<Rating, Words>;

export const CATEGORY_WORDS = {
  CASH: words('Cash management', '现金管理类', '現金管理類'),
  FIXED_INCOME: words('Fixed income', '固定收益类', '固定收益類'),
  STEADY_MIX: words('Steady mix', '稳健混合类', '穩健混合類'),
  BALANCED_MIX: words('Balanced mix', '平衡混合类', '平衡混合類'),
  EQUITY: words('Equity', '权益类', '權益類'),
  PRIVATE_EQUITY: words('Private equity', '私募股权类', '私募股權類'),
  STRUCTURED: words('Structured', '结构性产品', '結構性產品'),
} as const;
export type Category = keyof typeof CATEGORY_WORDS;

export const ISSUER_WORDS = {
  BANK_WMP: words('Bank wealth-management product', '银行理财产品', '銀行理財產品'),
  PUBLIC_FUND: words('Public fund', '公募基金', '公募基金'),
  PRIVATE_FUND: words('Private fund', '私募基金', '私募基金'),
  TRUST: words('Trust plan', '信托计划', '信託計劃'),
  INSURANCE: words('Insurance product', '保险产品', '保險產品'),
  BROKER_AM: words('Broker asset-management plan', '券商资产管理计划', '券商資產管理計劃'),
} as const;
export type IssuerType = keyof typeof ISSUER_WORDS;

export const STATUS_WORDS = {
  LISTED: words('On sale', '在售', '在售'),
  SUSPENDED: words('Suspended', '暂停销售', '暫停銷售'),
  CLOSED: words('Closed', '停止销售', '停止銷售'),
} as const;
export type ProductStatus = keyof typeof STATUS_WORDS;

export type Product = {
  id: string;
  code: string;
  nameEn: string;
  nameZhHans: string;
  nameZhHant: string;
  issuerType: IssuerType;
  category: Category;
  currency: string;
  minAmount: Money['amount'];
  minHorizonMonths: number;
  isComplex: boolean;
  /** Per cent of what is invested; the fee is inside the amount of the order. As it was listed: changes are dated, `product-fees.ts`. */
  purchaseFeePct: Decimal;
  /** Per cent of what the units are worth. */
  redemptionFeePct: Decimal;
  status: ProductStatus;
  rating: Rating;
  /** Who issues it, by name; null where nobody has told. */
  issuer: string | null;
  /** After how many months it ends; null where it has no end. */
  termMonths: number | null;
  liquidity: Liquidity;
  version: number;
};

export const refuse = defineRefusals({
  CODE_TAKEN: 'Another product has this code.',
  WRONG_STATUS: 'The product is in a status from which this is not possible.',
  RATING_UNCHANGED: 'Both ratings are as they are now.',
  BELOW_FLOOR:
    "The firm's rating may not be lower than the swings of the product's value say: see `details`.",
  PROMISES_RETURN: 'A name must not promise principal or return: take the words in `details` out.',
});

/** Words that promise principal or return, which the law forbids (policy 4.5; private funds regulation, article 20). */
const PROMISES = [
  '保本',
  '保收益',
  '保證收益',
  '保证收益',
  '零風險',
  '零风险',
  '無風險',
  '无风险',
  'guarantee',
  'risk-free',
] as const;

/** Every move of a product: status → action → status. What is closed stays closed. */
export const PRODUCT_MOVES = {
  LISTED: { suspend: 'SUSPENDED', close: 'CLOSED' },
  SUSPENDED: { resume: 'LISTED', close: 'CLOSED' },
  CLOSED: {},
} as const satisfies Record<ProductStatus, Partial<Record<'suspend' | 'resume' | 'close', ProductStatus>>>;
export type ProductAction = 'suspend' | 'resume' | 'close';

const CODE = /^[A-Z0-9][A-Z0-9-]{1,31}$/;
const NAME_MAX = 120;
const HORIZON_MONTHS_MAX = 600;
const FEE_PCT_MAX = 5;
const FEE_DECIMALS_MAX = 4;

/** Where issuer and seller rate differently the higher rating counts (NFRA order 2025 no. 7). */
export const effectiveRating = (issuer: Rating, seller: Rating): Rating =>
  RATINGS.indexOf(issuer) >= RATINGS.indexOf(seller) ? issuer : seller;

/** The name in a language; each product has all three. */
export function nameIn(product: Product, locale: keyof Words): string {
  switch (locale) {
    case 'EN':
      return product.nameEn;
    case 'ZH_HANS':
      return product.nameZhHans;
    case 'ZH_HANT':
      return product.nameZhHant;
    default:
      return locale satisfies never;
  }
}

export const isAtLeast = (rating: Rating, floor: Rating): boolean =>
  RATINGS.indexOf(rating) >= RATINGS.indexOf(floor);

export const ratingsUpTo = (max: Rating): Rating[] => RATINGS.slice(0, RATINGS.indexOf(max) + 1);

export type NewProduct = Pick<
  Product,
  'code' | 'nameEn' | 'nameZhHans' | 'nameZhHant' | 'issuerType' | 'category' | 'minHorizonMonths'
> & {
  minAmount: Money;
  issuer?: string | null | undefined;
  termMonths?: number | null | undefined;
  liquidity?: Liquidity | undefined;
  isComplex?: boolean | undefined;
  purchaseFeePct?: Decimal | null | undefined;
  redemptionFeePct?: Decimal | null | undefined;
  issuerRating: Rating;
  sellerRating: Rating;
};

/** A new product is listed at once; its currency is that of its minimum. */
export function list(ask: NewProduct, ids: { id: string; ratingId: string }, today: string) {
  checkForm(ask);
  const { minAmount, issuerRating, sellerRating } = ask;
  const rating = effectiveRating(issuerRating, sellerRating);
  const product: Product = {
    id: ids.id,
    code: ask.code,
    nameEn: ask.nameEn.trim(),
    nameZhHans: ask.nameZhHans.trim(),
    nameZhHant: ask.nameZhHant.trim(),
    issuerType: ask.issuerType,
    category: ask.category,
    currency: minAmount.currency,
    minAmount: minAmount.amount,
    minHorizonMonths: ask.minHorizonMonths,
    isComplex: ask.isComplex ?? false,
    purchaseFeePct: ask.purchaseFeePct ?? new Decimal(0),
    redemptionFeePct: ask.redemptionFeePct ?? new Decimal(0),
    status: 'LISTED',
    rating,
    issuer: ask.issuer?.trim() || null,
    termMonths: ask.termMonths ?? null,
    liquidity: ask.liquidity ?? 'DAILY',
    version: 1,
  };
  return {
    product,
    rating: {
      id: ids.ratingId,
      productId: ids.id,
      issuerRating,
      sellerRating,
      effectiveRating: rating,
      validFrom: today,
    },
    events: [
      ProductListed({ productId: ids.id, productClass: ask.issuerType, category: ask.category, rating }),
    ],
  };
}

function checkForm(ask: NewProduct): void {
  if (!CODE.test(ask.code))
    throw refuseInput('BAD_INPUT', { field: 'code', expected: '2 to 32 capital letters, digits and dashes' });
  positiveMoney(ask.minAmount, 'minAmount');
  if (ask.minHorizonMonths < 0 || ask.minHorizonMonths > HORIZON_MONTHS_MAX) {
    throw refuseInput('BAD_INPUT', { field: 'minHorizonMonths', min: 0, max: HORIZON_MONTHS_MAX });
  }
  checkTerm(ask);
  for (const field of ['purchaseFeePct', 'redemptionFeePct'] as const)
    mustBeFeePct(field, ask[field] ?? new Decimal(0));
  for (const field of ['nameEn', 'nameZhHans', 'nameZhHant'] as const) {
    const name = ask[field].trim();
    if (name === '' || name.length > NAME_MAX)
      throw refuseInput('BAD_INPUT', { field, expected: `1 to ${NAME_MAX} characters` });
    mustPromiseNothing(field, name);
  }
}

/** Refuses BAD_INPUT where a fee is negative, too high or too fine. */
export function mustBeFeePct(field: string, pct: Decimal): void {
  if (pct.lessThan(0) || pct.greaterThan(FEE_PCT_MAX) || pct.decimalPlaces() > FEE_DECIMALS_MAX)
    throw refuseInput('BAD_INPUT', {
      field,
      expected: `0 to ${FEE_PCT_MAX}, at most ${FEE_DECIMALS_MAX} decimals`,
    });
}

const ISSUER_MAX = 120;

function checkTerm({ issuer, termMonths, liquidity }: NewProduct): void {
  if ((issuer ?? '').length > ISSUER_MAX)
    throw refuseInput('BAD_INPUT', { field: 'issuer', expected: `at most ${ISSUER_MAX} characters` });
  if (termMonths !== null && termMonths !== undefined && (termMonths < 1 || termMonths > HORIZON_MONTHS_MAX))
    throw refuseInput('BAD_INPUT', { field: 'termMonths', min: 1, max: HORIZON_MONTHS_MAX });
  if (liquidity === 'CLOSED' && (termMonths ?? null) === null)
    throw refuseInput('BAD_INPUT', {
      field: 'termMonths',
      expected: 'a term, where nothing is paid out before it',
    });
}

/** Refuses PROMISES_RETURN where words promise principal or return. */
export function mustPromiseNothing(field: string, text: string): void {
  const promises = PROMISES.filter((phrase) => text.toLowerCase().includes(phrase));
  if (promises.length > 0) throw refuse('PROMISES_RETURN', { field, promises });
}

const FACTS = { suspend: ProductSuspended, resume: ProductResumed, close: ProductClosed } as const;

/** Suspends, resumes or closes a product. Refuses WRONG_STATUS. */
export function moveProduct(
  product: Pick<Product, 'id' | 'status' | 'issuerType' | 'rating'>,
  action: ProductAction,
) {
  const moves: Partial<Record<ProductAction, ProductStatus>> = PRODUCT_MOVES[product.status];
  const status = moves[action];
  if (status === undefined)
    throw refuse('WRONG_STATUS', { status: product.status, possible: Object.keys(moves) });
  const { id: productId, issuerType: productClass, rating } = product;
  return { changes: { status }, events: [FACTS[action]({ productId, productClass, rating })] };
}

type Ratings = { issuerRating: Rating; sellerRating: Rating };

/**
 * A new rating, which counts from today. The firm's own may not lie below the floor that the swings of the value set; null is
 * no floor. Only another effective rating is an event: the lower of the two may move without anybody's noticing.
 */
export function rerate(
  product: Pick<Product, 'id' | 'issuerType' | 'rating'>,
  current: Ratings,
  ask: Ratings,
  floor: Rating | null,
  today: string,
) {
  const { issuerRating, sellerRating } = ask;
  if (issuerRating === current.issuerRating && sellerRating === current.sellerRating)
    throw refuse('RATING_UNCHANGED');
  if (floor !== null && !isAtLeast(sellerRating, floor)) throw refuse('BELOW_FLOOR', { floor });
  const { id: productId, issuerType: productClass, rating: from } = product;
  const to = effectiveRating(issuerRating, sellerRating);
  return {
    changes: { rating: to },
    rating: { productId, issuerRating, sellerRating, effectiveRating: to, validFrom: today },
    events:
      to === from ? [] : [ProductRatingChanged({ productId, productClass, from, to, effectiveFrom: today })],
  };
}
