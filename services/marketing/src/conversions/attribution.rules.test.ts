import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MODELS, type Source, shareOut } from './attribution.rules.js';

const WEIGHTS = { positionFirst: '0.4', positionLast: '0.4' };
const of = (campaignId: string): Source => ({ channel: 'ONLINE', campaignId });
const shares = (touches: string, model: string, weights = WEIGHTS) =>
  Object.fromEntries(
    shareOut([...touches].map(of), weights)
      .filter((share) => share.model === model)
      .map(({ campaignId, share }) => [campaignId, share.toFixed()]),
  );

describe('the shares of a conversion', () => {
  test.each<[touches: string, model: string, expected: Record<string, string>]>([
    ['a', 'FIRST', { a: '1' }],
    ['a', 'LAST', { a: '1' }],
    ['a', 'LINEAR', { a: '1' }],
    ['a', 'POSITION_BASED', { a: '1' }],
    ['ab', 'FIRST', { a: '1' }],
    ['ab', 'LAST', { b: '1' }],
    ['ab', 'LINEAR', { a: '0.5', b: '0.5' }],
    ['ab', 'POSITION_BASED', { a: '0.5', b: '0.5' }],
    ['abc', 'LINEAR', { a: '0.333333', b: '0.333333', c: '0.333334' }],
    ['abc', 'POSITION_BASED', { a: '0.4', b: '0.2', c: '0.4' }],
    ['abcde', 'POSITION_BASED', { a: '0.4', b: '0.066666', c: '0.066666', d: '0.066668', e: '0.4' }],
    ['aba', 'LINEAR', { a: '0.666667', b: '0.333333' }],
    ['aba', 'POSITION_BASED', { a: '0.8', b: '0.2' }],
    ['aab', 'LAST', { b: '1' }],
  ])('%s, %s', (touches, model, expected) => {
    expect(shares(touches, model)).toEqual(expected);
  });

  test('weights of the firm are kept, and two touches divide the whole in their proportion', () => {
    const weights = { positionFirst: '0.6', positionLast: '0.2' };
    expect(shares('abc', 'POSITION_BASED', weights)).toEqual({ a: '0.6', b: '0.2', c: '0.2' });
    expect(shares('ab', 'POSITION_BASED', weights)).toEqual({ a: '0.75', b: '0.25' });
    expect(shares('ab', 'POSITION_BASED', { positionFirst: '0', positionLast: '0' })).toEqual({
      a: '0.5',
      b: '0.5',
    });
  });

  test('whatever the touches, the shares of each model sum to exactly one', () => {
    const touches = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(touches, (given) => {
        const found = shareOut(given.map(of), WEIGHTS);
        for (const model of MODELS) {
          const sum = found
            .filter((share) => share.model === model)
            .reduce((total, { share }) => share.plus(total), found[0]!.share.times(0));
          expect(sum.toFixed()).toBe('1');
        }
      }),
    );
  });
});
