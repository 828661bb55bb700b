import { describe, expect, test } from '@jest/globals';
import { nameTokens, searchTokens, wayOf } from './search.rules.js';

const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test.each([
  ['王小明', ['王', '王小', '王小明', '小', '小明', '明']],
  ['Li WANG', ['l', 'li', 'w', 'wa', 'wan', 'wang']],
  ['Ｏ’Neil', ['o', 'n', 'ne', 'nei', 'neil']],
  ['ＡＢ科技', ['科', '科技', '技', 'a', 'ab']],
  ['明明', ['明', '明明']],
  ['龍', ['龙']],
  ['  ', []],
])('%s is found by %j', (name, tokens) => expect(nameTokens(name)).toEqual(tokens));

test('a name of any length has a bounded number of bounded tokens', () => {
  const long = Array.from({ length: 500 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join('');
  expect(nameTokens(`${long} ${'x'.repeat(500)}`).length).toBe(200);
  expect(Math.max(...nameTokens('x'.repeat(500)).map((token) => token.length))).toBe(12);
});

describe('what was typed', () => {
  test.each<[string, unknown]>([
    ['王', ['王']],
    ['欧阳震华', ['欧阳震', '阳震华']],
    [' Wang ', ['wang']],
    ['j Wang', ['wang', 'j']],
    ['上海 abcd', ['abcd', '上海']],
    ['Maximilianovich', ['maximilianov']],
    ['w', 'NAME_TOO_SHORT'],
    ['', 'NAME_TOO_SHORT'],
    ['%_', 'NAME_TOO_SHORT'],
  ])('%j', (typed, expected) => expect(code(() => searchTokens(typed))).toEqual(expected));

  test.each(['王小明', '小明', '明', 'wang', 'XIAO wa', '震华控'])('%s finds the name it is of', (typed) => {
    const tokens = nameTokens('王小明 Xiaoming Wang 欧阳震华控股');
    expect(searchTokens(typed).every((token) => tokens.includes(token))).toBe(true);
  });
});

test.each([
  ['張國榮', '张国荣'],
  ['歐陽麗華', '欧阳丽华'],
  ['鍾楚紅', '钟楚红'],
  ['葉問', '叶问'],
  ['乾隆', '干隆'],
  ['說文', '説文'],
  ['裡裏', '里里'],
  ['滙豐銀行', '汇丰银行'],
  ['王一', '王一'],
])('%s and %s are one name, in whole and in every part', (traditional, simple) => {
  expect(nameTokens(traditional)).toEqual(nameTokens(simple));
  for (const part of [traditional, simple].flatMap((name) => [name, ...name]))
    for (const token of searchTokens(part)) expect(nameTokens(traditional)).toContain(token);
});

test.each<[object, string]>([
  [{}, 'ONE_OF'],
  [{ name: null }, 'ONE_OF'],
  [{ name: 'a', mobile: 'b' }, 'ONE_OF'],
  [{ name: 'a', mobile: null }, 'name'],
  [{ identity: {} }, 'identity'],
  [{ uscc: 'x' }, 'uscc'],
])('%j is searched by %s', (by, expected) => expect(code(() => wayOf(by))).toBe(expected));
