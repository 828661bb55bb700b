import { readFileSync } from 'node:fs';
import { isRefusal } from '@client-graph/kit/refusals';
import { describe, expect, test } from '@jest/globals';
import {
  type BannedPhrases,
  bannedPhrase,
  checkedValues,
  checkedWords,
  rendered,
} from './templates.rules.js';

const banned: BannedPhrases = JSON.parse(
  readFileSync(new URL('../../data/banned-phrases.json', import.meta.url), 'utf8'),
);
const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'done';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.code;
  }
};
const words = {
  code: 'LECTURE',
  kind: 'MARKETING',
  subject: 'A lecture: {{title}}',
  body: 'On {{ date }} at {{place}}.',
} as const;

describe('a promise', () => {
  test.each([
    ['本产品保本', '保本'],
    ['本產品保證收益', '保证收益'],
    ['保 證 收 益', '保证收益'],
    ['保·本', '保本'],
    ['保\u200b本', '保本'],
    ['保－本', '保本'],
    ['零風險！', '零风险'],
    ['穩賺', '稳赚'],
    ['剛性兌付', '刚性兑付'],
    ['ＧＵＡＲＡＮＴＥＥＤ returns', 'guaranteed'],
    ['G u a r a n t e e d', 'guaranteed'],
    ['It is risk-free.', 'riskfree'],
    ['不保本，但保證收益', '保证收益'],
    ['不得不保本', '保本'],
    ['不會不保證收益', '保证收益'],
    ['不僅保本', '保本'],
    ['not only guaranteed', 'guaranteed'],
    ['ｇｕａｒａｎｔｅｅｄ', 'guaranteed'],
    ['gu\u00adaranteed', 'guaranteed'],
    ['guаrаnteed', 'guaranteed'],
    ['GUARANTÉED', 'guaranteed'],
    ['保\n本', '保本'],
    ['保\ufe0f本', '保本'],
    ['保 証 收 益', '保证收益'],
    ['絶對安全', '绝对安全'],
    ['無　風　險', '无风险'],
    ['保．本', '保本'],
    ['〇風險', '〇风险'],
    ['0风险', '0风险'],
    ['r.i.s.k - f.r.e.e', 'riskfree'],
  ])('%s is seen', (text, phrase) => {
    expect(bannedPhrase(text, banned)).toBe(phrase);
  });
  test.each([
    '本产品不保本、不保證收益。',
    'Returns are not guaranteed.',
    '投资有风险',
    'A talk on risk.',
    '',
  ])('none is seen in: %s', (text) => {
    expect(bannedPhrase(text, banned)).toBeNull();
  });
});

describe('the words of a template', () => {
  test('name their variables', () => {
    expect(checkedWords(words, banned).variables).toEqual(['title', 'date', 'place']);
  });
  test.each([
    ['with a variable of another kind', { body: 'Dear {{gift}}' }, 'UNKNOWN_VARIABLE'],
    ['with a variable that is nothing', { body: '{{}}' }, 'UNKNOWN_VARIABLE'],
    ['with half a variable', { body: 'Dear {{title}' }, 'TEMPLATE_TEXT'],
    ['with a subject of two lines', { subject: 'a\nBcc: x@y.example' }, 'TEMPLATE_TEXT'],
    ['without text', { body: ' ' }, 'TEMPLATE_TEXT'],
    ['with a promise over subject and body', { subject: '保', body: '本' }, 'BANNED_PHRASE'],
    ['with a code that is none', { code: 'x' }, 'BAD_INPUT'],
  ])('%s are refused', (_, changes, code) => {
    expect(codeOf(() => checkedWords({ ...words, ...changes }, banned))).toBe(code);
  });
  const values = (changes: Record<string, string> = {}) =>
    new Map(Object.entries({ title: 't', date: 'd', place: 'p', ...changes }));
  test.each([
    ['all', values(), 'done'],
    ['too few', new Map([['title', 't']]), 'MISSING_VARIABLE'],
    ['too many', values({ gift: 'g' }), 'MISSING_VARIABLE'],
    ['a promise', values({ title: '保 本' }), 'BANNED_PHRASE'],
  ])('take %s of their values: %s', (_, given, code) => {
    const template = { ...words, variables: ['title', 'date', 'place'] };
    expect(codeOf(() => checkedValues(template, given, banned))).toBe(code);
  });
  test('are filled in, and a value breaks no line of the subject', () => {
    expect(rendered(words, values({ title: 'a\r\nBcc: x' }))).toEqual({
      subject: 'A lecture: a Bcc: x',
      text: 'On d at p.',
    });
  });
});
