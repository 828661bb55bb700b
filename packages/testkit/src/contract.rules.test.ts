import { describe, expect, test } from '@jest/globals';
import { refusalProblems } from './contract.js';

const schema = (refuses: string) => `
type Query { account: Int }
type Mutation {
  """
  Closes an account.
  ${refuses}
  """
  close(id: ID!): Int
}`;

describe('refusals and their documentation', () => {
  test("agree when every code stands on both sides, over line breaks and with kit's common codes", () => {
    const text = schema('Refuses: NOT_FOUND, IS_CLOSED,\n  HAS_MONEY.');
    expect(refusalProblems(text, { IS_CLOSED: '' }, { HAS_MONEY: '' })).toEqual([]);
  });

  test('a code that no field promises is a problem', () => {
    expect(refusalProblems(schema('Refuses: IS_CLOSED.'), { IS_CLOSED: '', HAS_MONEY: '' })).toEqual([
      'HAS_MONEY is refused by the code and promised nowhere in the schema.',
    ]);
  });

  test('a promise that no table keeps is a problem', () => {
    expect(refusalProblems(schema('Refuses: IS_CLOSED.'))).toEqual([
      'Mutation.close promises IS_CLOSED, which no table of refusals declares.',
    ]);
  });
});
