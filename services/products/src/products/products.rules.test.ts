import { Decimal } from '@client-graph/kit/decimal';
import { expect, test } from '@jest/globals';
import {
  effectiveRating,
  list,
  moveProduct,
  type NewProduct,
  nameIn,
  PRODUCT_MOVES,
  type ProductAction,
  type ProductStatus,
  RATINGS,
  type Rating,
  ratingsUpTo,
  rerate,
} from './products.rules.js';

const aProduct = (facts: Partial<NewProduct> = {}): NewProduct => ({
  code: 'WMP-001',
  nameEn: 'Steady 90 days',
  nameZhHans: '稳健90天',
  nameZhHant: '穩健90天',
  issuerType: 'BANK_WMP',
  category: 'STEADY_MIX',
  minAmount: { amount: new Decimal('10000'), currency: 'CNY' },
  minHorizonMonths: 3,
  issuerRating: 'R2',
  sellerRating: 'R2',
  ...facts,
});
const ids = { id: '019c0000-0000-7000-8000-000000000001', ratingId: '019c0000-0000-7000-8000-000000000002' };
const refusalOf = (facts: Partial<NewProduct>) => {
  try {
    list(aProduct(facts), ids, '2026-03-02');
  } catch (error) {
    return error as { code: string; details: Record<string, unknown> };
  }
  return null;
};

test.each([
  ['R1', 'R1', 'R1'],
  ['R2', 'R3', 'R3'],
  ['R3', 'R2', 'R3'],
  ['R1', 'R5', 'R5'],
  ['R5', 'R1', 'R5'],
] as const)('issuer %s and seller %s count as the higher, %s', (issuer, seller, effective) => {
  expect(effectiveRating(issuer, seller)).toBe(effective);
});

test('ratings up to one include it and all below', () => {
  expect(ratingsUpTo('R1')).toEqual(['R1']);
  expect(ratingsUpTo('R3')).toEqual(['R1', 'R2', 'R3']);
  expect(ratingsUpTo('R5')).toEqual(['R1', 'R2', 'R3', 'R4', 'R5']);
});

test('a new product is listed in the currency of its minimum, with its first rating and its event', () => {
  const { product, rating, events } = list(
    aProduct({ issuerRating: 'R2', sellerRating: 'R3' }),
    ids,
    '2026-03-02',
  );
  expect(product).toMatchObject({ status: 'LISTED', rating: 'R3', currency: 'CNY', version: 1 });
  expect(rating).toEqual({
    id: ids.ratingId,
    productId: ids.id,
    issuerRating: 'R2',
    sellerRating: 'R3',
    effectiveRating: 'R3',
    validFrom: '2026-03-02',
  });
  expect(events.map((event) => [event.contract.type, event.data])).toEqual([
    ['product.listed', { productId: ids.id, productClass: 'BANK_WMP', category: 'STEADY_MIX', rating: 'R3' }],
  ]);
  expect([nameIn(product, 'EN'), nameIn(product, 'ZH_HANS'), nameIn(product, 'ZH_HANT')]).toEqual([
    'Steady 90 days',
    '稳健90天',
    '穩健90天',
  ]);
});

test.each([
  ['BAD_INPUT', { code: 'x' }],
  ['BAD_INPUT', { code: 'lower-case' }],
  ['BAD_INPUT', { code: 'A'.repeat(33) }],
  ['BAD_INPUT', { nameEn: '   ' }],
  ['BAD_INPUT', { nameZhHans: 'x'.repeat(121) }],
  ['BAD_INPUT', { minHorizonMonths: -1 }],
  ['BAD_INPUT', { minHorizonMonths: 601 }],
  ['BAD_INPUT', { minAmount: { amount: new Decimal(0), currency: 'CNY' } }],
  ['BAD_INPUT', { minAmount: { amount: new Decimal('0.001'), currency: 'CNY' } }],
  ['BAD_INPUT', { minAmount: { amount: new Decimal(1), currency: 'XXX' } }],
  ['PROMISES_RETURN', { nameZhHant: '保本理財' }],
  ['PROMISES_RETURN', { nameZhHans: '零风险一号' }],
  ['PROMISES_RETURN', { nameEn: 'Guaranteed Growth' }],
] as const)('%s: a product with %j is not listed', (code, facts) => {
  expect(refusalOf(facts)?.code).toBe(code);
});

test('the edges of a product are allowed', () => {
  expect(refusalOf({ code: 'AB', nameEn: 'x'.repeat(120), minHorizonMonths: 600 })).toBeNull();
  expect(refusalOf({ code: 'A'.repeat(32), minHorizonMonths: 0 })).toBeNull();
});

const WAYS: Record<ProductStatus, Partial<Record<ProductAction, ProductStatus>>> = {
  LISTED: { suspend: 'SUSPENDED', close: 'CLOSED' },
  SUSPENDED: { resume: 'LISTED', close: 'CLOSED' },
  CLOSED: {},
};
const statuses = Object.keys(PRODUCT_MOVES) as ProductStatus[];
test.each(
  statuses.flatMap((status) =>
    (['suspend', 'resume', 'close'] as const).map((action): [ProductStatus, ProductAction] => [
      status,
      action,
    ]),
  ),
)('a product that is %s and %s: the table says what follows', (status, action) => {
  const product = { id: ids.id, status, issuerType: 'TRUST', rating: 'R3' } as const;
  const wanted = WAYS[status][action];
  if (wanted === undefined) {
    expect(() => moveProduct(product, action)).toThrow(expect.objectContaining({ code: 'WRONG_STATUS' }));
    return;
  }
  const { changes, events } = moveProduct(product, action);
  expect(changes).toEqual({ status: wanted });
  expect(events.map((event) => event.data)).toEqual([
    { productId: ids.id, productClass: 'TRUST', rating: 'R3' },
  ]);
});

const cells = RATINGS.flatMap((seller) =>
  [null, ...RATINGS].map((floor): [Rating, Rating | null] => [seller, floor]),
);
test.each(cells)("the firm's %s with a floor of %s", (seller, floor) => {
  const product = { id: ids.id, issuerType: 'TRUST', rating: 'R2' } as const;
  const current = { issuerRating: 'R2', sellerRating: 'R1' } as const;
  const ask = { issuerRating: 'R1', sellerRating: seller } as const;
  const work = () => rerate(product, current, ask, floor, '2026-03-02');
  if (floor !== null && seller < floor) {
    expect(work).toThrow(expect.objectContaining({ code: 'BELOW_FLOOR', details: { floor } }));
    return;
  }
  expect(work().changes).toEqual({ rating: seller });
  expect(work().events.map((event) => event.data)).toEqual(
    seller === 'R2'
      ? []
      : [{ productId: ids.id, productClass: 'TRUST', from: 'R2', to: seller, effectiveFrom: '2026-03-02' }],
  );
});

test('ratings that are as they were are no change', () => {
  const product = { id: ids.id, issuerType: 'TRUST', rating: 'R2' } as const;
  const current = { issuerRating: 'R2', sellerRating: 'R1' } as const;
  expect(() => rerate(product, current, current, null, '2026-03-02')).toThrow(
    expect.objectContaining({ code: 'RATING_UNCHANGED' }),
  );
});
