import { expect, test } from '@jest/globals';
import { minorUnits, positiveMoney } from './money.js';
import { Decimal, isDay, scalarResolvers } from './scalars.js';

test.each([
  ['0', 'CNY', 'NOT_POSITIVE'],
  ['-1', 'CNY', 'NOT_POSITIVE'],
  ['1.001', 'CNY', 'TOO_MANY_DECIMALS'],
  ['1.5', 'JPY', 'TOO_MANY_DECIMALS'],
  ['1', 'XXX', 'CURRENCY'],
  ['1', 'toString', 'CURRENCY'],
])('%s %s is refused: %s', (amount, currency, reason) => {
  expect(() => positiveMoney({ amount: new Decimal(amount), currency }, 'amount')).toThrow(
    expect.objectContaining({
      code: 'BAD_INPUT',
      details: expect.objectContaining({ field: 'amount', reason }),
    }),
  );
});

test('amounts become minor units exactly', () => {
  expect(minorUnits(new Decimal('88000.00'), 'CNY')).toBe(8_800_000);
  expect(minorUnits(new Decimal('0.29'), 'CNY')).toBe(29);
  expect(minorUnits(new Decimal('500'), 'JPY')).toBe(500);
  expect(() => minorUnits(new Decimal('0.001'), 'CNY')).toThrow(/too many decimals/);
});

test.each(['1e5', '0x10', '', ' 1', '1.', '1234567890123456789012345678901', 'NaN', 1.5, null])(
  '%p is no Decimal',
  (value) => {
    expect(() => scalarResolvers.Decimal.parseValue(value)).toThrow(/A Decimal is a string/);
  },
);

test('a Decimal keeps every digit on its way in and out', () => {
  const text = '123456789012345678901234567890.123456789012';
  expect(scalarResolvers.Decimal.serialize(scalarResolvers.Decimal.parseValue(text))).toBe(text);
  expect(scalarResolvers.Decimal.serialize(new Decimal('0.1').plus('0.2'))).toBe('0.3');
});

test.each([
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['2026-1-1', false],
  ['2026-04-31', false],
])('%s is a day: %p', (text, expected) => {
  expect(isDay(text)).toBe(expected);
});
