import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { learnedTexts, listedTexts, readList } from './texts.js';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const persisted = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } });
const none = { query: undefined, id: undefined, extensions: undefined };
const TEXT = '{ a }';

describe('texts that callers leave', () => {
  test('are known by their hash once they came with it, and not before', () => {
    const texts = learnedTexts();
    const byHash = { ...none, extensions: persisted(hash(TEXT)) };
    expect(texts.find(byHash)).toMatchObject({ status: 200, code: 'PERSISTED_QUERY_NOT_FOUND' });
    expect(texts.find({ ...none, query: TEXT })).toEqual({ text: TEXT, rest: undefined });
    expect(texts.find(byHash)).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
    expect(texts.find({ ...byHash, query: TEXT })).toEqual({ text: TEXT, rest: undefined });
    expect(texts.find(byHash)).toEqual({ text: TEXT, rest: undefined });
    expect(texts.find({ ...none, id: hash(TEXT) })).toMatchObject({ text: TEXT });
    expect(texts.find({ ...none, id: `sha256:${hash(TEXT)}` })).toMatchObject({ text: TEXT });
  });

  test('cannot be left under the hash of another', () => {
    const texts = learnedTexts();
    expect(texts.find({ ...none, query: '{ b }', extensions: persisted(hash(TEXT)) })).toMatchObject({
      status: 400,
      code: 'PERSISTED_QUERY_HASH_MISMATCH',
    });
    expect(texts.find({ ...none, extensions: persisted(hash(TEXT)) })).toMatchObject({
      code: 'PERSISTED_QUERY_NOT_FOUND',
    });
  });

  test('are forgotten, the ones unused first, before they fill the memory', () => {
    const texts = learnedTexts();
    const leave = (query: string) => texts.find({ ...none, query, extensions: persisted(hash(query)) });
    const find = (query: string) => texts.find({ ...none, extensions: persisted(hash(query)) });
    leave(TEXT);
    for (let n = 0; n < 3_000; n += 1) {
      leave(`{ a${n} }`);
      find(TEXT);
    }
    expect(find(TEXT)).toMatchObject({ text: TEXT });
    expect(find('{ a0 }')).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
  });

  test('other extensions stay as they are', () => {
    const texts = learnedTexts();
    expect(texts.find({ query: TEXT, id: undefined, extensions: { x: 1 } })).toEqual({
      text: TEXT,
      rest: { x: 1 },
    });
    expect(
      texts.find({ query: TEXT, id: undefined, extensions: { x: 1, ...persisted(hash(TEXT)) } }),
    ).toEqual({
      text: TEXT,
      rest: { x: 1 },
    });
  });
});

describe('listed texts', () => {
  const texts = listedTexts(new Map([['page', TEXT]]));
  test.each([
    ['its text', { query: TEXT }],
    ['its text with spaces around it', { query: `\n${TEXT} ` }],
    ['its id', { id: 'page' }],
    ['its hash', { id: hash(TEXT) }],
    ['its hash as an extension', { extensions: persisted(hash(TEXT)) }],
  ])('one is found by %s', (_, named) => {
    expect(texts.find({ ...none, ...named })).toEqual({ text: TEXT, rest: undefined });
  });
  test.each([
    ['another text', { query: '{ a b }' }],
    ['another id', { id: 'other' }],
    ['another hash', { extensions: persisted(hash('{ b }')) }],
    ['another text under a listed hash', { query: '{ b }', extensions: persisted(hash(TEXT)) }],
    ['nothing', {}],
  ])('none is found by %s', (_, named) => {
    expect(texts.find({ ...none, ...named })).toMatchObject({ status: 403, code: 'OPERATION_NOT_LISTED' });
  });
});

describe('the list', () => {
  const folder = mkdtempSync(join(tmpdir(), 'client-graph-list-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  test('is a folder, a file of ids and texts, or one that Apollo writes', () => {
    mkdirSync(join(folder, 'operations/deep'), { recursive: true });
    file('operations/a.graphql', '{ a }');
    file('operations/deep/b.graphql', '{ b }');
    file('operations/readme.md', 'not this');
    expect([...readList(join(folder, 'operations')).values()].sort()).toEqual(['{ a }', '{ b }']);
    expect(readList(file('a.json', '{"page": "{ a }"}'))).toEqual(new Map([['page', '{ a }']]));
    const manifest = {
      format: 'apollo-persisted-query-manifest',
      version: 1,
      operations: [{ id: 'x', name: 'A', type: 'query', body: '{ a }' }],
    };
    expect(readList(file('b.json', JSON.stringify(manifest)))).toEqual(new Map([['x', '{ a }']]));
  });

  test.each([
    ['no JSON', 'nonsense', /neither a folder/],
    ['another JSON', '[1]', /lists no operations/],
    ['empty', '{}', /lists no operation/],
  ])('is refused when it is %s', (_, text, sentence) => {
    expect(() => readList(file('bad.json', text))).toThrow(sentence);
  });
});
