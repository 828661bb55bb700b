import { Decimal } from '@client-graph/kit/decimal';
import { expect, test } from '@jest/globals';
import { effectiveRating, list, type NewProduct, nameIn, ratingsUpTo } from './products.rules.js';

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
