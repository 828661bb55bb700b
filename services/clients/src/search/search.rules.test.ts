import { describe, expect, test } from '@jest/globals';
import { boundsOf, namePartsOf, wayOf } from './search.rules.js';

const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test.each([
  ['王小明', ['王小明', '小明', '明']],
  ['Xiaoming  WANG', ['xiaoming wang', 'wang']],
  ["O'Neil, Anne-Marie", ['o neil anne marie', 'neil anne marie', 'anne marie', 'marie']],
  ['ＡＢＣ科技', ['abc科技', '科技', '技']],
  ['明明', ['明明', '明']],
  ['  ', []],
])('%s is found by %j', (name, parts) => expect(namePartsOf(name)).toEqual(parts));

test('a name of any length has a bounded number of bounded parts', () => {
  const parts = namePartsOf('王'.repeat(500));
  expect(parts.length).toBeLessThanOrEqual(40);
  expect(Math.max(...parts.map((part) => [...part].length))).toBeLessThanOrEqual(80);
});

describe('what was typed', () => {
  test.each([
    ['王', '王'],
    [' Wang ', 'wang'],
    ['w', 'NAME_TOO_SHORT'],
    ['', 'NAME_TOO_SHORT'],
    ['%_', 'NAME_TOO_SHORT'],
  ])('%j', (typed, expected) => {
    const bounds = code(() => boundsOf(typed)) as { from?: string } | string;
    expect(typeof bounds === 'string' ? bounds : bounds.from).toBe(expected);
  });
});

test.each<[object, string]>([
  [{}, 'ONE_OF'],
  [{ name: null }, 'ONE_OF'],
  [{ name: 'a', mobile: 'b' }, 'ONE_OF'],
  [{ name: 'a', mobile: null }, 'name'],
  [{ identity: {} }, 'identity'],
  [{ uscc: 'x' }, 'uscc'],
])('%j is searched by %s', (by, expected) => expect(code(() => wayOf(by))).toBe(expected));
