import { Decimal } from '@client-graph/kit/decimal';
import { isRefusal } from '@client-graph/kit/refusals';
import { expect, test } from '@jest/globals';
import { givingUp } from './redemptions.rules.js';

const d = (text: string) => new Decimal(text);
const holding = {
  id: 'h',
  clientId: 'c',
  productId: 'p',
  currency: 'CNY',
  units: d('100'),
  lastNav: d('1.5'),
  asOf: '2026-03-02',
  version: 1,
};
const outcome = (
  status: string,
  asked: string | null,
  reserved = '0',
  held: typeof holding | null = holding,
) => {
  try {
    const { units, amount } = givingUp(status, held, {
      asked: asked === null ? null : d(asked),
      reserved: d(reserved),
    });
    return [units.toFixed(), amount.toFixed()];
  } catch (error) {
    if (isRefusal(error)) return error.code;
    throw error;
  }
};

test.each([
  ['ACTIVE', '40', '0', ['40', '60']],
  ['ACTIVE', '100', '0', ['100', '150']],
  ['ACTIVE', '100.000001', '0', 'INSUFFICIENT_UNITS'],
  ['ACTIVE', '60', '40', ['60', '90']],
  ['ACTIVE', '60.000001', '40', 'INSUFFICIENT_UNITS'],
  ['ACTIVE', null, '40', ['60', '90']],
  ['ACTIVE', null, '100', 'INSUFFICIENT_UNITS'],
  ['ACTIVE', '0.000001', '0', ['0.000001', '0']],
  ['ACTIVE', '0.0000001', '0', 'BAD_INPUT'],
  ['ACTIVE', '0', '0', 'BAD_INPUT'],
  ['ACTIVE', '-1', '0', 'BAD_INPUT'],
  ['DORMANT', '1', '0', ['1', '1.5']],
  ['CLOSING', '1', '0', ['1', '1.5']],
  ['RESTRICTED', '1', '0', 'CLIENT_NOT_SERVED'],
  ['ONBOARDING', '1', '0', 'CLIENT_NOT_SERVED'],
  ['DECEASED', '1', '0', 'CLIENT_NOT_SERVED'],
])('%s asks for %s with %s given up already: %s', (status, asked, reserved, expected) => {
  expect(outcome(status, asked, reserved)).toEqual(expected);
});

test('nothing held is nothing to redeem', () => {
  expect(outcome('ACTIVE', '1', '0', null)).toBe('INSUFFICIENT_UNITS');
  expect(outcome('ACTIVE', null, '0', null)).toBe('INSUFFICIENT_UNITS');
});
