import { expect, test } from '@jest/globals';
import { whyNot } from './recommendations.rules.js';

test.each([
  ['SUITABLE', [], null],
  ['WARN', [{ code: 'HORIZON', effect: 'WARNS' }], ['HORIZON']],
  ['BLOCKED', [{ code: 'RATING_ABOVE_LEVEL', effect: 'BLOCKS' }], ['RATING_ABOVE_LEVEL']],
] as const)('%s with %j: refused for %j', (result, reasons, codes) => {
  const refusal = whyNot({ id: 'd', result, reasons });
  expect(refusal?.details ?? null).toEqual(codes && { decisionId: 'd', reasons: codes });
});
