import { Decimal } from '@client-graph/kit/decimal';
import { expect, test } from '@jest/globals';
import { isIncomeDown } from './profile-changes.rules.js';

const income = (text: string) => {
  const [amount = '0', currency = 'CNY'] = text.split(' ');
  return { annualIncome: new Decimal(amount), annualIncomeCurrency: currency };
};

test.each<[string, string[], string, boolean]>([
  ['at once by less than 30 %', ['100'], '70.01', false],
  ['at once by 30 %', ['100'], '70', true],
  ['in steps that come to 30 %', ['100', '90', '80'], '70', true],
  ['in steps that do not', ['100', '90', '80'], '70.01', false],
  ['after a rise, from the highest', ['100', '200', '150'], '140', true],
  ['a little more, once the fall is told', ['100', '90', '70'], '65', false],
  ['by 30 % more, once the fall is told', ['100', '90', '70', '60'], '49', true],
  ['not: it rises, though it is still low', ['100', '80', '70.5', '69'], '69.5', false],
  ['not: the same again', ['100'], '100', false],
  ['from nothing to nothing', ['0'], '0', false],
  ['in another currency', ['100'], '1 USD', false],
  ['in the currency it has since', ['1000', '100 USD', '80 USD'], '70 USD', true],
  ['by the cent, in whole amounts of any size', ['9007199254740993'], '6305039478318695.1', true],
  ['by the cent, one more', ['9007199254740993'], '6305039478318695.2', false],
  ['with nothing on file', [], '1', false],
])('an income has fallen %s', (_, before, after, expected) => {
  expect(isIncomeDown(before.map(income), income(after))).toBe(expected);
});
